//! What the world may say, and the fact that it becomes.

use escalation::account::EffectState;
use escalation::cash::{Allocation, Evidence, Payment, Target};
use escalation::dispute::Dispute;
use escalation::event::Fact;
use escalation::invoice::{CreditMemo, Discount, Invoice, plus_days};
use escalation::placement::{Collection, commission_of};
use escalation::promise::{Promise, PromiseState};
use escalation::protection::{Protection, ProtectionKind};
use escalation::report::{CallResult, Tracking};
use escalation::{Action, Currency, Date, InvoiceNumber, Money};
use proptest::prelude::*;

use crate::agreed::{Agree, agree};
use crate::world::World;

/// Something that happens; `n` picks among what is there.
#[derive(Clone, Debug)]
pub enum Op {
    Days(u8),
    Invoice {
        minor: i64,
        due_in: i32,
        foreign: bool,
    },
    Pay {
        minor: i64,
        names: u8,
    },
    PayExactly(u8),
    Announce(u8),
    Reverse(u8),
    Memo {
        minor: i64,
        names: u8,
    },
    Restate {
        n: u8,
        minor: i64,
    },
    Promise {
        minor: i64,
        days: i32,
        names: u8,
    },
    Dispute(u8),
    Resolve(u8),
    Block(u8),
    Unblock,
    Stop(u8),
    LiftStop(u8),
    Protect(u8),
    Unprotect(u8),
    CallEnded(u8),
    Bounce,
    Agency {
        n: u8,
        minor: i64,
    },
    Assign {
        n: u8,
        minor: i64,
    },
    Settle(bool),
    /// A full listing lacks an invoice, or has it again.
    Listed {
        n: u8,
        missing: bool,
    },
    Backfill(bool),
    /// What people agree with the debtor.
    Agree(Agree),
    /// A person gives somebody a task, or ends one.
    Task(u8),
    /// A law firm may write for the creditor, or may not any more.
    Mandate(bool),
    /// How effects end from now on: done, unknown, rejected, delayed.
    Outcome(u8),
    /// An effect that was just cancelled went out all the same.
    TooLate,
}

pub fn op() -> impl Strategy<Value = Op> {
    let minor = 1i64..300_000;
    prop_oneof![
        6 => (1u8..20).prop_map(Op::Days),
        3 => (minor.clone(), -60i32..40, prop::bool::weighted(0.2)).prop_map(|(minor, due_in, foreign)| Op::Invoice { minor, due_in, foreign }),
        2 => (minor.clone(), any::<u8>()).prop_map(|(minor, names)| Op::Pay { minor, names }),
        2 => any::<u8>().prop_map(Op::PayExactly),
        1 => any::<u8>().prop_map(Op::Announce),
        1 => any::<u8>().prop_map(Op::Reverse),
        1 => (minor.clone(), any::<u8>()).prop_map(|(minor, names)| Op::Memo { minor, names }),
        1 => (any::<u8>(), 0i64..300_000).prop_map(|(n, minor)| Op::Restate { n, minor }),
        1 => (minor.clone(), 0i32..40, any::<u8>()).prop_map(|(minor, days, names)| Op::Promise { minor, days, names }),
        1 => any::<u8>().prop_map(Op::Dispute),
        1 => any::<u8>().prop_map(Op::Resolve),
        1 => any::<u8>().prop_map(Op::Block),
        1 => Just(Op::Unblock),
        1 => any::<u8>().prop_map(Op::Stop),
        1 => any::<u8>().prop_map(Op::LiftStop),
        1 => any::<u8>().prop_map(Op::Protect),
        1 => any::<u8>().prop_map(Op::Unprotect),
        2 => any::<u8>().prop_map(Op::CallEnded),
        1 => Just(Op::Bounce),
        3 => (any::<u8>(), minor.clone()).prop_map(|(n, minor)| Op::Agency { n, minor }),
        1 => (any::<u8>(), minor).prop_map(|(n, minor)| Op::Assign { n, minor }),
        1 => any::<bool>().prop_map(Op::Settle),
        1 => (any::<u8>(), any::<bool>()).prop_map(|(n, missing)| Op::Listed { n, missing }),
        5 => agree().prop_map(Op::Agree),
        2 => any::<u8>().prop_map(Op::Task),
        1 => any::<bool>().prop_map(Op::Mandate),
        1 => any::<bool>().prop_map(Op::Backfill),
        2 => (0u8..8).prop_map(Op::Outcome),
        1 => Just(Op::TooLate),
    ]
}

impl World {
    pub fn item(&self, n: u8) -> Option<&InvoiceNumber> {
        let count = self.account.items.len();
        (count > 0).then(|| self.account.items.keys().nth(usize::from(n) % count)).flatten()
    }

    pub fn named(&self, names: u8) -> Vec<InvoiceNumber> {
        if names.is_multiple_of(3) { Vec::new() } else { self.item(names).into_iter().cloned().collect() }
    }

    pub fn payment(&mut self, minor: i64, text: &str) -> Payment {
        let id = format!("bank-{}", self.fresh());
        Payment {
            bank_reference: Some(id.clone()),
            id: id.as_str().into(),
            amount: Money::new(minor, Currency::EUR),
            account: "creditor".into(),
            booked_on: self.now.date(),
            value_on: self.now.date(),
            payer_name: Some("ACME".into()),
            payer_account: None,
            references: Vec::new(),
            end_to_end_id: None,
            text: text.to_owned(),
            reason: None,
        }
    }

    pub fn fact(&mut self, op: Op) -> Option<Fact> {
        match op {
            Op::Days(_) | Op::Outcome(_) | Op::Backfill(_) => None,
            Op::Agree(agree) => self.agreed(agree),
            Op::CallEnded(n) => Some(self.call_ended(n)),
            Op::Task(n) => self.task(n),
            Op::Mandate(given) => Some(self.mandate(given)),
            Op::Agency { n, minor } => self.agency(n, minor),
            Op::Promise { .. }
            | Op::Dispute(_)
            | Op::Resolve(_)
            | Op::Block(_)
            | Op::Unblock
            | Op::Stop(_)
            | Op::Bounce => self.words(op),
            op => self.money(op),
        }
    }

    fn invoice(&mut self, total: Money, due_on: Date) -> Invoice {
        Invoice {
            number: format!("INV-{}", self.fresh()).as_str().into(),
            issued_on: plus_days(due_on, -30),
            due_on,
            total,
            payable: total,
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: match total.minor % 3 {
                0 => vec![Discount { percent: "2.5".into(), until: plus_days(due_on, -10) }],
                _ => Vec::new(),
            },
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        }
    }

    fn money(&mut self, op: Op) -> Option<Fact> {
        let today = self.now.date();
        let eur = |minor| Money::new(minor, Currency::EUR);
        Some(match op {
            Op::Invoice { minor, due_in, foreign } => {
                let currency = if foreign { "SEK".parse().unwrap() } else { Currency::EUR };
                Fact::InvoiceIssued { invoice: self.invoice(Money::new(minor, currency), plus_days(today, due_in)) }
            }
            Op::Pay { minor, names } => {
                let text = self.named(names).first().map(ToString::to_string).unwrap_or_default();
                Fact::PaymentReceived { payment: self.payment(minor, &text) }
            }
            Op::PayExactly(n) => {
                let number = self.item(n)?.clone();
                let open = self.account.items[&number].open;
                let mut payment = self.payment(open.minor, number.as_str());
                payment.amount.currency = open.currency;
                Fact::PaymentReceived { payment }
            }
            Op::Announce(n) => {
                let number = self.item(n)?.clone();
                let minor = self.account.items[&number].open.minor;
                Fact::PaymentAnnounced { payment: self.payment(minor, number.as_str()) }
            }
            Op::Reverse(n) => {
                let count = self.account.payments.len().max(1);
                let payment = self.account.payments.values().nth(usize::from(n) % count)?.payment.clone();
                Fact::PaymentReversed {
                    payment: Payment { id: format!("back-{}", self.fresh()).as_str().into(), ..payment },
                }
            }
            Op::Memo { minor, names } => {
                let number = format!("CM-{}", self.fresh()).as_str().into();
                let (amount, invoices) = (eur(minor), self.named(names));
                Fact::CreditMemoIssued {
                    memo: CreditMemo { number, issued_on: today, amount, invoices, reason: String::new() },
                }
            }
            Op::Restate { n, minor } => {
                let number = self.item(n)?.clone();
                let currency = self.account.items[&number].open.currency;
                Fact::InvoiceRestated { number, open: Money::new(minor, currency) }
            }
            Op::Assign { n, minor } => {
                let to = Target::Invoice(self.item(n)?.clone());
                let posted = self.account.payments.values().find(|posted| posted.unapplied.is_positive())?;
                let amount = Money::new(minor, posted.unapplied.currency);
                let (payment, by) = (posted.payment.id.clone(), Evidence::Person);
                Fact::CashAssigned { payment, allocations: vec![Allocation { to, amount, by }] }
            }
            Op::Listed { n, missing } => {
                let number = self.item(n)?.clone();
                if missing { Fact::InvoiceMissing { number } } else { Fact::InvoiceFound { number } }
            }
            Op::Settle(happened) => {
                let mut known = self.account.effects.values();
                let unknown = known.find(|known| known.state == EffectState::Unknown)?;
                // What happened after all was sent once.
                let happened = happened && !matches!(unknown.effect.action, Action::SendNotice(_));
                Fact::EffectSettled { key: unknown.effect.key.clone(), happened, text: String::new() }
            }
            Op::TooLate => {
                let back = self.account.cancelled.last()?;
                let harmless = !matches!(back.effect.action, Action::SendNotice(_));
                let key = harmless.then(|| back.effect.key.clone())?;
                Fact::EffectDone { key, reference: String::new() }
            }
            _ => return None,
        })
    }

    fn words(&mut self, op: Op) -> Option<Fact> {
        let today = self.now.date();
        let eur = |minor| Money::new(minor, Currency::EUR);
        Some(match op {
            Op::Promise { minor, days, names } => {
                let promise = Promise {
                    id: format!("promise-{}", self.fresh()).as_str().into(),
                    amount: eur(minor),
                    made_on: today,
                    due_on: plus_days(today, days),
                    invoices: self.named(names),
                    text: String::new(),
                    state: PromiseState::Running,
                    received: eur(0),
                };
                Fact::PromiseMade { promise }
            }
            Op::Dispute(n) => {
                let invoice = self.item(n)?.clone();
                let amount = self.account.items[&invoice].open;
                let id = format!("dispute-{}", self.fresh()).as_str().into();
                let (reason, text) = ("price".to_owned(), String::new());
                Fact::DisputeOpened {
                    dispute: Dispute {
                        id,
                        invoice,
                        amount,
                        reason,
                        text,
                        opened_on: today,
                        resolution: None,
                        owner: None,
                    },
                }
            }
            Op::Resolve(n) => {
                let dispute = self.account.open_disputes().next()?.id.clone();
                let outcome = ["upheld", "rejected", "partial", "withdrawn"][usize::from(n) % 4].to_owned();
                Fact::DisputeResolved { dispute, outcome, text: String::new() }
            }
            Op::Block(n) => {
                let until = (!n.is_multiple_of(4)).then(|| plus_days(today, i32::from(n % 20)));
                Fact::DunningBlocked { reason: "because".into(), until }
            }
            Op::Unblock => Fact::DunningUnblocked { reason: String::new() },
            Op::Stop(n) => {
                let medium = if n.is_multiple_of(8) { "all" } else { ["call", "email", "letter"][usize::from(n) % 3] };
                Fact::StopRequested { medium: medium.to_owned(), text: String::new() }
            }
            Op::LiftStop(n) => {
                let medium = ["all", "call", "email", "letter"][usize::from(n) % 4].to_owned();
                Fact::StopLifted { medium, reason: "asked for it".to_owned() }
            }
            Op::Protect(n) => {
                let kind = ProtectionKind::ALL[usize::from(n) % 4];
                let until = (!n.is_multiple_of(3)).then(|| plus_days(today, i32::from(n % 30)));
                Fact::ProtectionBegan { protection: Protection { kind, since: today, until, text: String::new() } }
            }
            Op::Unprotect(n) => {
                let kind = ProtectionKind::ALL[usize::from(n) % 4];
                Fact::ProtectionEnded { kind, reason: String::new() }
            }
            Op::Bounce => {
                let message = self.account.contacts.last()?.key.clone();
                Fact::MessageTracked { message, status: Tracking::Bounced, text: String::new() }
            }
            _ => return None,
        })
    }

    fn call_ended(&self, n: u8) -> Fact {
        let mut effects = self.account.effects.values();
        let call = effects.find(|known| known.state == EffectState::Handed).map(|known| known.effect.key.clone());
        let words = [
            "no_answer",
            "rpc_ptp",
            "canceled",
            "voicemail_left",
            "busy",
            "invalid_number",
            "dnc_request",
            "failed",
            "rpc_paid_claimed",
            "bankruptcy",
        ];
        Fact::CallEnded(CallResult {
            account: self.account.id.clone(),
            call,
            disposition: words[usize::from(n) % words.len()].to_owned(),
            at: self.now,
            duration_s: 1,
            agent: String::new(),
            text: String::new(),
        })
    }

    fn agency(&mut self, n: u8, minor: i64) -> Option<Fact> {
        let known = self.account.placements.last()?.clone();
        let placement = known.key.clone();
        let text = String::new();
        let transaction = format!("T-{}", self.fresh());
        Some(match n % 7 {
            0..=2 => Fact::PlacementAcknowledged {
                placement,
                status: ["accepted", "rejected", "recalled"][usize::from(n % 7)].to_owned(),
                agency_reference: text.clone(),
                reason: text,
            },
            3 | 4 => {
                let gross = Money { minor, currency: known.total.currency };
                let commission = commission_of(gross, &known.commission)?;
                let net = Money { minor: gross.minor - commission.minor, ..gross };
                let (remittance, on) = ("net".to_owned(), self.now.date());
                let collection = Collection {
                    transaction,
                    reverses: None,
                    gross,
                    commission,
                    net,
                    remittance,
                    on,
                    remittance_reference: text,
                };
                Fact::AgencyCollected { placement, collection }
            }
            5 => {
                let original = known.collections.iter().find(|one| one.reverses.is_none())?.clone();
                let minus = |money: Money| Money { minor: -money.minor, ..money };
                let collection = Collection {
                    transaction,
                    reverses: Some(original.transaction.clone()),
                    gross: minus(original.gross),
                    commission: minus(original.commission),
                    net: minus(original.net),
                    ..original
                };
                Fact::AgencyCollected { placement, collection }
            }
            _ => Fact::PlacementReturned { placement, reason: "uncollectable".to_owned() },
        })
    }
}
