//! A stand-in for the hub: walks the standard ladder with perfect knowledge of the books, and writes what the plugins write.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use jiff::civil::Date;

use crate::exchange::csv_text;
use crate::people::Debtor;
use crate::wares::Invoice;
use crate::xml::decimal;
use crate::{Town, days};

pub(super) struct Hub {
    exchange: PathBuf,
    done: BTreeSet<String>,
    batch: u32,
}

/// Days past due: what to do.
const LADDER: [(i64, &str); 10] = [
    (-3, "courtesy"),
    (1, "first"),
    (5, "second"),
    (8, "call"),
    (12, "call-again"),
    (14, "firm"),
    (18, "call-once-more"),
    (21, "suspension"),
    (30, "final"),
    (45, "place"),
];

impl Hub {
    pub(super) fn new(exchange: PathBuf) -> Self {
        Self { exchange, done: BTreeSet::new(), batch: 0 }
    }

    /// What the hub does after the town's day: takes the files away and acts on the books.
    pub(super) fn evening(&mut self, town: &Town, today: Date) {
        for folder in ["invoices", "bank", "dialer/results", "agency/incoming", "mail/incoming"] {
            self.take_away(folder);
        }
        self.batch += 1;
        let (mut calls, mut withdrawals, mut placements, mut direct) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for invoice in &town.world.invoices {
            let item = &town.memory.items[&invoice.number];
            let debtor = town.world.debtor(invoice);
            if item.open == 0 {
                let lead = format!("call:{}", invoice.number);
                let withdraw = town.memory.leads.keys().filter(|key| key.starts_with(&lead));
                withdrawals
                    .extend(withdraw.map(|key| vec![key.clone(), String::new(), debtor.id.clone(), "paid".to_owned()]));
                if let Some(case) = &item.placed
                    && item.paid_on.is_some()
                    && self.done.insert(format!("direct:{}", invoice.number))
                {
                    let amount = decimal(invoice.payable());
                    let cells = ["D", case, &debtor.id, "pay-1", invoice.currency, &amount, &today.to_string()];
                    direct.push(cells.map(str::to_owned).to_vec());
                }
                continue;
            }
            let late = days::between(invoice.due_on, today);
            let complained = item.complaint.as_ref().is_some_and(|complaint| !complaint.settled);
            let next = LADDER.iter().find(|(_, step)| !self.done.contains(&format!("{step}:{}", invoice.number)));
            let Some((from, step)) = next.filter(|(from, _)| late >= *from && !complained && item.placed.is_none())
            else {
                continue;
            };
            // A step behind time waits for another one to have worked.
            if late > from + 1 && self.done.contains(&format!("{today}:{}", invoice.number)) {
                continue;
            }
            self.done.insert(format!("{step}:{}", invoice.number));
            match *step {
                "place" => placements.extend(placement(invoice, debtor, item.open)),
                step if step.starts_with("call") => calls.extend(lead(invoice, debtor, item.open, step, today)),
                step => self.write(invoice, debtor, step),
            }
        }
        self.table("dialer/outgoing/calls", "lead_id,rank,phone,name,country,language,amount_due,currency,days_past_due,invoices,reason,expires_on,account", calls);
        self.table("dialer/outgoing/withdraw", "lead_id,phone,account,reason", withdrawals);
        self.table("agency/outgoing/placements", "H,1,b,2026-01-05,nordlicht,Nordlicht Handel GmbH", placements);
        self.table("agency/outgoing/direct-payments", "H,1,b,2026-01-05,nordlicht,Nordlicht Handel GmbH", direct);
    }

    fn take_away(&self, folder: &str) {
        let folder = self.exchange.join(folder);
        let Ok(entries) = fs::read_dir(&folder) else { return };
        fs::create_dir_all(folder.join("processed")).unwrap();
        for path in entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
            fs::rename(&path, folder.join("processed").join(path.file_name().unwrap())).unwrap();
        }
    }

    fn table(&self, start: &str, head: &str, rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let path = self.exchange.join(format!("{start}-{:03}.csv", self.batch));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("{head}\n{}", csv_text(rows))).unwrap();
        }
    }

    fn write(&self, invoice: &Invoice, debtor: &Debtor, step: &str) {
        let text = format!("Please pay invoice {}.", invoice.number);
        let (path, text) = match &debtor.email {
            Some(email) => {
                let head = format!(
                    "From: Nordlicht <rechnung@nordlicht.example>\r\nTo: <{email}>\r\nMessage-ID: <{step}.{}@hub>",
                    invoice.number
                );
                (format!("mail/outgoing/email/{step}-{}.eml", invoice.number), format!("{head}\r\n\r\n{text}\r\n"))
            }
            None => (format!("mail/outgoing/letters/{step}-{}.html", invoice.number), format!("<p>{text}</p>")),
        };
        let path = self.exchange.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn lead(invoice: &Invoice, debtor: &Debtor, open: i64, step: &str, today: Date) -> Option<Vec<String>> {
    let cells = [
        &format!("call:{}:{step}", invoice.number),
        "1",
        debtor.phone.as_ref()?,
        &debtor.name,
        debtor.country.code(),
        "de",
        &decimal(open),
        invoice.currency,
        "8",
        &invoice.number,
        "overdue",
        &days::plus(today, 5).to_string(),
        &debtor.id,
    ];
    Some(cells.map(str::to_owned).to_vec())
}

fn placement(invoice: &Invoice, debtor: &Debtor, open: i64) -> [Vec<String>; 2] {
    let key = format!("place:{}", invoice.number);
    let total = decimal(open);
    let case = [
        "A",
        &key,
        &debtor.id,
        "1",
        &debtor.name,
        "business",
        "DE",
        "de",
        "",
        "",
        "",
        "",
        "1/3",
        "",
        invoice.currency,
        &total,
    ];
    let item = ["I", &key, &invoice.number, "", "", invoice.currency, &total, &total];
    [case.map(str::to_owned).to_vec(), item.map(str::to_owned).to_vec()]
}
