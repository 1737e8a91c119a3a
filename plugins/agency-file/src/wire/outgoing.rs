//! What the agency gets: placements, recalls and direct payments, each a file with a header and control totals.

use super::{Delimiter, VERSION};
use dunlin_plugin_sdk::agency::{DirectPayment, Placement, Recall};
use dunlin_plugin_sdk::{Batch, Error, Money, Result};
use std::collections::BTreeMap;

/// Placements, each with its key.
pub fn placements(batch: &Batch, delimiter: Delimiter, placements: &[(&str, &Placement)]) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new(batch, delimiter)?;
    let mut totals = Totals::default();
    for (key, placement) in placements {
        let debtor = &placement.debtor;
        sheet.row(&[
            "A",
            key,
            &placement.account,
            &placement.sequence.to_string(),
            &debtor.name,
            &debtor.kind,
            &debtor.country,
            &debtor.language,
            &debtor.address.join("; "),
            debtor.email.as_deref().unwrap_or_default(),
            debtor.phone.as_deref().unwrap_or_default(),
            debtor.vat_id.as_deref().unwrap_or_default(),
            &placement.commission,
            &placement.last_payment_on.map(|day| day.to_string()).unwrap_or_default(),
            &placement.total.currency,
            &placement.total.plain(),
        ])?;
        for item in &placement.items {
            let (issued, due) = (item.issued_on.to_string(), item.due_on.to_string());
            let (original, open) = (item.original.plain(), item.open.plain());
            sheet.row(&["I", key, &item.invoice, &issued, &due, &item.open.currency, &original, &open])?;
        }
        for line in &placement.history {
            sheet.row(&["N", key, line])?;
        }
        totals.add(&placement.total, placement.items.len())?;
    }
    for (currency, total) in &totals.0 {
        let sum = Money::new(total.minor, currency.as_str()).plain();
        sheet.row(&["T", &total.records.to_string(), &total.items.to_string(), currency, &sum])?;
    }
    sheet.finish()
}

pub fn recalls(batch: &Batch, delimiter: Delimiter, recalls: &[(&str, &Recall)]) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new(batch, delimiter)?;
    for (_, recall) in recalls {
        sheet.row(&["R", &recall.placement, &recall.account, &recall.reason])?;
    }
    sheet.row(&["T", &recalls.len().to_string()])?;
    sheet.finish()
}

pub fn direct_payments(batch: &Batch, delimiter: Delimiter, payments: &[(&str, &DirectPayment)]) -> Result<Vec<u8>> {
    let mut sheet = Sheet::new(batch, delimiter)?;
    let mut totals = Totals::default();
    for (_, direct) in payments {
        let amount = &direct.amount;
        let (plain, day) = (amount.plain(), direct.received_on.to_string());
        sheet.row(&["D", &direct.placement, &direct.account, &direct.payment, &amount.currency, &plain, &day])?;
        totals.add(amount, 0)?;
    }
    for (currency, total) in &totals.0 {
        let sum = Money::new(total.minor, currency.as_str()).plain();
        sheet.row(&["T", &total.records.to_string(), currency, &sum])?;
    }
    sheet.finish()
}

struct Sheet(csv::Writer<Vec<u8>>);

impl Sheet {
    fn new(batch: &Batch, delimiter: Delimiter) -> Result<Sheet> {
        let writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter.byte()).from_writer(Vec::new());
        let mut sheet = Sheet(writer);
        let creditor = &batch.creditor;
        sheet.row(&["H", VERSION, &batch.id, &batch.today.to_string(), &creditor.id, &creditor.name])?;
        Ok(sheet)
    }

    fn row(&mut self, cells: &[&str]) -> Result<()> {
        self.0.write_record(cells).map_err(|why| Error::broken(format!("a row cannot be written: {why}")))
    }

    fn finish(self) -> Result<Vec<u8>> {
        self.0.into_inner().map_err(|why| Error::broken(format!("a file cannot be written: {why}")))
    }
}

/// Control totals by currency.
#[derive(Default)]
struct Totals(BTreeMap<String, Total>);

#[derive(Default)]
struct Total {
    records: usize,
    items: usize,
    minor: i64,
}

impl Totals {
    fn add(&mut self, amount: &Money, items: usize) -> Result<()> {
        let total = self.0.entry(amount.currency.clone()).or_default();
        total.records += 1;
        total.items += items;
        let sum = total.minor.checked_add(amount.minor);
        total.minor = sum.ok_or_else(|| Error::broken(format!("the amounts in {} are too large", amount.currency)))?;
        Ok(())
    }
}
