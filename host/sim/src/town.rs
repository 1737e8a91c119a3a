//! Everything outside: what the sources list, what the providers did, and what they remember of it. It survives every crash, and
//! its ledgers are the truth that the hub is held against.

mod provider;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use escalation::answer::{Class, Outcome, Performs};
use escalation::cash::Payment;
use escalation::disposition::meaning;
use escalation::report::{CallResult, InvoiceReport, Statement, Tracking};
use escalation::request::Ask;
use escalation::{
    AccountId, Currency, Date, DateTime, EffectKey, InvoiceNumber, Money, Party, PaymentId, Received, Report, Source,
};
use jiff::ToSpan;
use serde::{Deserialize, Serialize};

/// Shared by all hosts, as the world is.
#[derive(Clone)]
pub struct Town {
    outside: Arc<Mutex<Outside>>,
    /// Where it is kept, when it has to outlive a process.
    file: Option<Arc<Path>>,
}

/// Something that was really done for us.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Act {
    pub key: EffectKey,
    pub ask: Ask,
    /// The provider did it once more by its own mistake.
    pub mistake: bool,
}

#[derive(Serialize, Deserialize)]
pub struct Outside {
    /// The seed of everything that is still to come.
    luck: u64,
    /// Moments that it has lived.
    pub lived: usize,
    pub performs: BTreeMap<String, Performs>,
    /// What each connection lists, in the order in which it came to be.
    pub feeds: BTreeMap<String, Vec<Received>>,
    /// Payments that are brought to us until we acknowledge them, and now and then once more.
    pub hooks: Vec<Hook>,
    pub ledger: Vec<Act>,
    /// How often each effect was asked for.
    pub asked: BTreeMap<EffectKey, u64>,
    remembered: BTreeMap<EffectKey, (DateTime, Outcome)>,
    /// Effects that were done with other money than was asked for.
    pub misstated: BTreeSet<EffectKey>,
    /// Acts that were answered with a reaction already.
    reacted: BTreeSet<EffectKey>,
    open: Vec<(AccountId, InvoiceNumber, i64)>,
    numbers: u64,
    /// Source keys that were listed with two contents.
    pub contradictions: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
pub struct Hook {
    pub received: Received,
    pub acknowledged: bool,
    pub brought: u32,
}

/// How a provider behaves in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Good,
    /// Everything is done, and the answer never comes.
    ActsThenSilent,
    /// Half of it is done, and the answer never comes.
    HalfThenSilent,
    Silent,
    /// Everything is done, and the answer is an error.
    ActsThenFails,
    /// Too many requests: nothing is done.
    Busy,
    /// Our credentials are not accepted: nothing is done.
    Locked,
}

const ACCOUNTS: u64 = 5;
const EFFECTS: [&str; 13] = [
    "send",
    "withdraw",
    "queue-call",
    "withdraw-call",
    "place",
    "report-direct-payment",
    "recall",
    "hold-credit",
    "release-credit",
    "post-cash-application",
    "write-off",
    "reverse-write-off",
    "issue-credit-memo",
];

impl Town {
    pub fn new(seed: u64) -> Self {
        let mut dice = fastrand::Rng::with_seed(seed ^ 0x5EED_0F70);
        let performs = EFFECTS.into_iter().map(|kind| (kind.to_owned(), class(&mut dice))).collect();
        let outside = Outside {
            luck: dice.u64(..),
            lived: 0,
            performs,
            feeds: BTreeMap::new(),
            hooks: Vec::new(),
            ledger: Vec::new(),
            asked: BTreeMap::new(),
            remembered: BTreeMap::new(),
            reacted: BTreeSet::new(),
            open: Vec::new(),
            numbers: 0,
            contradictions: BTreeSet::new(),
            misstated: BTreeSet::new(),
        };
        Self { outside: Arc::new(Mutex::new(outside)), file: None }
    }

    /// The town that is kept in a file, or a new one.
    pub fn kept(file: &Path, seed: u64) -> Result<Self, String> {
        let town = Self { file: Some(Arc::from(file)), ..Self::new(seed) };
        town.look_again()?;
        Ok(town)
    }

    /// As another process left it, if one was here.
    pub fn look_again(&self) -> Result<(), String> {
        if let Some(text) = self.file.as_ref().and_then(|file| std::fs::read_to_string(file).ok()) {
            *self.lock() = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Keeps it, all or nothing: a process may be killed at any moment.
    pub fn keep(&self) -> Result<(), String> {
        let Some(file) = &self.file else { return Ok(()) };
        let text = serde_json::to_string(&*self.lock()).map_err(|error| error.to_string())?;
        let beside = file.with_extension("new");
        std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, file)).map_err(|error| error.to_string())
    }

    pub fn lock(&self) -> MutexGuard<'_, Outside> {
        self.outside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn class(dice: &mut fastrand::Rng) -> Performs {
    let class = [Class::Native, Class::Lookup, Class::None][dice.usize(0..3)];
    let key_hours = (class == Class::Native && dice.bool()).then_some(24);
    Performs { class, batch_max: dice.u32(1..6), key_hours }
}

impl Outside {
    /// A day of the town: invoices, payments, statements, and reactions to what was done. `calm`: nothing new begins.
    pub fn live(&mut self, now: DateTime, calm: bool) {
        let today = now.date();
        let mut dice = fastrand::Rng::with_seed(self.luck);
        self.luck = dice.u64(..);
        self.lived += 1;
        if !calm {
            for _ in 0..dice.usize(0..3) {
                self.invoice(today, &mut dice);
            }
            for _ in 0..dice.usize(0..3) {
                self.payment(today, &mut dice);
            }
        }
        self.react(now);
        if calm || dice.u32(0..4) > 0 {
            self.statement(today);
        }
    }

    fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn list(&mut self, feed: &'static str, key: String, on: Date, report: Report) {
        let source = Source {
            document: format!("{feed}-{key}"),
            key,
            version: None,
            digest: None,
            place: String::new(),
            occurred_on: on,
        };
        self.feeds.entry(feed.to_owned()).or_default().push(Received { source, report });
    }

    fn invoice(&mut self, today: Date, dice: &mut fastrand::Rng) {
        let n = self.number();
        let account = format!("D-{}", dice.u64(1..=ACCOUNTS));
        let number = InvoiceNumber::new(format!("INV{n:05}"));
        let minor = dice.i64(1_000..90_000);
        let total = Money::new(minor, Currency::EUR);
        let issued_on = today.saturating_sub(dice.i64(0..20).days());
        let report = InvoiceReport {
            debtor: debtor(&account),
            number: number.clone(),
            issued_on,
            due_on: Some(issued_on.saturating_add(14.days())),
            total,
            payable: total,
            terms: String::new(),
            discounts: Vec::new(),
            payment_references: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        self.open.push((AccountId::new(&account), number, minor));
        let key = format!("invoice-{n}");
        self.list("books", key.clone(), issued_on, Report::Invoice(report.clone()));
        if dice.u32(0..20) == 0 {
            // The same document once more, and once with another amount: the first counts, the other is put aside.
            let other = Money::new(minor + 1, Currency::EUR);
            let changed = InvoiceReport { total: other, payable: other, ..report };
            self.contradictions.insert(key.clone());
            self.list("books", key, issued_on, Report::Invoice(changed));
        }
    }

    fn payment(&mut self, today: Date, dice: &mut fastrand::Rng) {
        if self.open.is_empty() {
            return;
        }
        let at = dice.usize(0..self.open.len());
        let (_, number, minor) = self.open[at].clone();
        let part = match dice.u32(0..6) {
            0 => minor / 2 + 1,
            1 => minor + 700,
            _ => minor,
        };
        if part >= minor {
            self.open.remove(at);
        } else {
            self.open[at].2 -= part;
        }
        let n = self.number();
        let payment = Payment {
            id: PaymentId::new(format!("PAY{n:05}")),
            amount: Money::new(part, Currency::EUR),
            account: "DE02".to_owned(),
            booked_on: today,
            value_on: today,
            payer_name: None,
            payer_account: None,
            references: vec![number.to_string()],
            end_to_end_id: None,
            bank_reference: None,
            text: number.to_string(),
            reason: None,
        };
        let report = Report::PaymentsReceived { payments: vec![payment] };
        if dice.bool() {
            self.list("bank", format!("payment-{n}"), today, report);
        } else {
            let source = Source {
                key: format!("payment-{n}"),
                version: None,
                digest: None,
                document: format!("hook-{n}"),
                place: String::new(),
                occurred_on: today,
            };
            self.hooks.push(Hook { received: Received { source, report }, acknowledged: false, brought: 0 });
        }
    }

    fn statement(&mut self, today: Date) {
        let n = self.number();
        let zero = Money::new(0, Currency::EUR);
        let statement = Statement {
            account: "DE02".to_owned(),
            id: format!("statement-{n}"),
            from: today,
            until: today,
            opening: zero,
            closing: zero,
            credits: zero,
            debits: zero,
            entries: 0,
        };
        self.list("bank", format!("statement-{n}"), today, Report::Statement(statement));
    }

    /// What people and agencies answer to what reached them, each in its own way whatever the order.
    fn react(&mut self, now: DateTime) {
        let mut fresh: Vec<Act> = self.ledger.iter().filter(|act| !self.reacted.contains(&act.key)).cloned().collect();
        fresh.sort_by(|a, b| a.key.cmp(&b.key));
        fresh.dedup_by(|a, b| a.key == b.key);
        for act in fresh {
            self.reacted.insert(act.key.clone());
            let mut dice = own_dice(&act.key);
            let today = now.date();
            match &act.ask {
                Ask::QueueCall(call) => self.phone_rang(&act.key, call.account.clone(), now, &mut dice),
                Ask::Place(placement) => {
                    let status = if dice.u32(0..5) == 0 { "rejected" } else { "accepted" };
                    let report = Report::Acknowledged {
                        account: placement.account.clone(),
                        placement: act.key.clone(),
                        status: status.to_owned(),
                        agency_reference: format!("CASE-{}", act.key),
                        reason: String::new(),
                    };
                    self.list("agency", format!("ack-{}", act.key), today, report);
                }
                Ask::Send(message) if message.recipient.id.starts_with("D-") && dice.u32(0..12) == 0 => {
                    let report = Report::Tracked {
                        account: message.account.clone(),
                        message: act.key.clone(),
                        status: Tracking::Bounced,
                        at: now,
                        text: "no such mailbox".to_owned(),
                    };
                    self.list("post", format!("bounce-{}", act.key), today, report);
                }
                _ => {}
            }
        }
    }

    fn phone_rang(&mut self, key: &EffectKey, account: AccountId, now: DateTime, dice: &mut fastrand::Rng) {
        let withdrawn = self.ledger.iter().any(|act| matches!(&act.ask, Ask::WithdrawCall(back) if &back.call == key));
        if withdrawn {
            return;
        }
        let disposition = ["rpc_ptp", "no_answer", "busy", "rpc_refused", "voicemail_left"][dice.usize(0..5)];
        let result = CallResult {
            account: account.clone(),
            call: Some(key.clone()),
            disposition: disposition.to_owned(),
            at: now,
            duration_s: 60,
            agent: String::new(),
            text: String::new(),
        };
        self.list("phone", format!("call-{key}"), now.date(), Report::CallEnded(result));
        if disposition == "rpc_ptp" && meaning(disposition).conversation {
            let report = Report::Promised {
                account,
                amount: Money::new(dice.i64(1_000..20_000), Currency::EUR),
                due_on: now.date().saturating_add(dice.i64(1..8).days()),
                invoices: Vec::new(),
                text: String::new(),
            };
            self.list("phone", format!("promise-{key}"), now.date(), report);
        }
    }
}

/// The same key has the same luck, in whatever order things happen.
fn own_dice(key: &EffectKey) -> fastrand::Rng {
    let seed = key
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    fastrand::Rng::with_seed(seed)
}

fn debtor(account: &str) -> Party {
    Party {
        id: account.to_owned(),
        name: format!("Debtor {account}"),
        country: "DE".to_owned(),
        language: "de".to_owned(),
        address: vec!["Musterstraße 1".to_owned(), "20095 Hamburg".to_owned()],
        email: Some(format!("{account}@example.com")),
        phone: Some("+49 40 1".to_owned()),
        ..Party::default()
    }
}
