//! The core and the letters by themselves: deciding on an account with a year behind it, taking its events, a letter as PDF.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use escalation::account::EffectState;
use escalation::cash::Payment;
use escalation::event::Event;
use escalation::invoice::{Invoice, plus_days};
use escalation::{
    Account, AccountId, Clearance, Currency, Date, Effect, Fact, InvoiceNumber, Money, Now, Packs, Policy, clear,
    decide, evolve,
};
use letters::facts::Facts;
use letters::{Kind, Letters, sample};

use super::nightly::policy;
use super::{Figure, ROUNDS, debtor, middle, nanos};
use crate::demo::rss_kb;
use crate::workspace;

const FIRST: Date = Date::constant(2025, 3, 10);
const DAYS: i32 = 364;
/// There is an invoice a week; the last so many are never paid.
const UNPAID: i32 = 10;
const EVENTS: usize = 1_000;
const TIMES: u32 = 2_000;
const LETTERS: usize = 1_000;
/// From then on memory should stay where it is.
const WARM: usize = 200;

pub fn core() -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let (policy, packs) = (policy()?, Packs::shipped()?);
    let year = Year::lived(&policy, &packs);
    let open = year.account.open_items().len();
    eprintln!(
        "core: {open} open invoices, {} events in a year, {} effects",
        year.events.len(),
        year.account.effects.len()
    );
    Ok(vec![year.decisions(&policy, &packs), year.taken()])
}

/// An account that was invoiced every week, paid late, and in the end not at all.
struct Year {
    account: Account,
    events: Vec<Event>,
    now: Now,
}

impl Year {
    fn lived(policy: &Policy, packs: &Packs) -> Self {
        let mut year = Self { account: Account::new(AccountId::new("D-1001")), events: Vec::new(), now: at(FIRST) };
        year.takes("accounting", Fact::DebtorSynced { debtor: debtor() });
        let weeks = DAYS / 7;
        for day in 0..DAYS {
            year.now = at(plus_days(FIRST, day));
            let week = day / 7;
            if day % 7 == 0 {
                year.takes("accounting", Fact::InvoiceIssued { invoice: invoice(week) });
            }
            // Issued, due after 14 days, paid 20 days after that.
            let paid = week - 4;
            if day % 7 == 6 && paid >= 0 && paid < weeks - UNPAID {
                year.takes("gateway", Fact::PaymentReceived { payment: payment(paid, year.now.today()) });
            }
            year.settles(policy, packs);
        }
        year
    }

    /// Decides until nothing is new, and lets go out what may.
    fn settles(&mut self, policy: &Policy, packs: &Packs) {
        for fact in decide(&self.account, policy, packs, &self.now).events {
            self.takes("policy", fact);
        }
        let planned = self.account.effects.values().filter(|known| known.state == EffectState::Planned);
        let planned: Vec<Effect> = planned.map(|known| known.effect.clone()).collect();
        for effect in planned {
            if clear(&self.account, &effect, policy, packs, &self.now) == Clearance::Allow {
                self.takes("dispatch", Fact::EffectDone { key: effect.key, reference: "<1@mail.example>".to_owned() });
            }
        }
    }

    fn takes(&mut self, origin: &str, fact: Fact) {
        let event = Event { at: self.now.at, on: self.now.today(), origin: origin.to_owned(), fact };
        evolve(&mut self.account, &event);
        self.events.push(event);
    }

    fn decisions(&self, policy: &Policy, packs: &Packs) -> Figure {
        let ours = timed(TIMES, || drop(black_box(decide(black_box(&self.account), policy, packs, &self.now))));
        let bare = timed(TIMES, || drop(black_box(black_box(&self.account).clone())));
        eprintln!("core: {} decisions a second in one core", 1_000_000_000 / ours.max(1));
        Figure::new("decide: 10 open invoices, a year", "ns", ours, "cloning the account", bare)
    }

    /// The first thousand events, or as many as there are again and again.
    fn taken(&self) -> Figure {
        let events: Vec<Event> = self.events.iter().take(EVENTS).cloned().collect();
        let fold = || {
            let mut account = Account::new(AccountId::new("D-1001"));
            events.iter().for_each(|event| evolve(&mut account, event));
            drop(black_box(account));
        };
        let ours = timed(TIMES / 10, fold);
        let bare = timed(TIMES / 10, || drop(black_box(events.clone())));
        let each = u64::try_from(events.len()).unwrap_or(1).max(1);
        let of_thousand = |nanos: u64| nanos * 1_000 / each;
        Figure::new("evolve: 1,000 events", "ns", of_thousand(ours), "cloning the events", of_thousand(bare))
    }
}

/// Letters of all templates in all languages, each to another name, one after the other.
pub fn letters(folder: &Path) -> Result<Vec<Figure>, Box<dyn std::error::Error>> {
    let workspace = folder.join("letters-bench");
    workspace::write(&workspace)?;
    let letters = Letters::load(&workspace.join("letters"), Packs::shipped()?)?;
    let kinds: Vec<(&str, &str)> = letters.all().map(|(language, template, _)| (language, template)).collect();
    let (mut taken, mut bare) = (Vec::with_capacity(LETTERS), Vec::with_capacity(LETTERS));
    let mut warm = 0;
    for (round, (language, template)) in kinds.iter().cycle().take(LETTERS).enumerate() {
        let mut facts = facts(language, template);
        facts.debtor.name = format!("{} {round}", facts.debtor.name);
        let begun = Instant::now();
        let written = letters.write(template, language, &facts)?;
        black_box(written.html());
        bare.push(nanos(begun.elapsed()) / 1_000);
        let begun = Instant::now();
        black_box(letters.print(&written)?);
        if round >= kinds.len() {
            taken.push(nanos(begun.elapsed()) / 1_000);
        }
        if round + 1 == WARM {
            warm = rss_kb();
        }
    }
    Ok(vec![
        Figure::new("letter as PDF, warm", "us", middle(taken), "the same as HTML", middle(bare)),
        Figure::new("memory after 1,000 letters", "KiB", rss_kb(), "after 200", warm),
    ])
}

/// Made-up facts; only a law firm's letter has a mandate.
fn facts(language: &str, template: &str) -> Facts {
    let facts = sample::facts(language);
    let is_firm = Kind::named(template) == Some(Kind::LawFirmLetter);
    Facts { mandate: facts.mandate.clone().filter(|_| is_firm), ..facts }
}

/// Nanoseconds of one of so many, the middle of some rounds.
fn timed(times: u32, what: impl Fn()) -> u64 {
    let round = || {
        let begun = Instant::now();
        (0..times).for_each(|_| what());
        nanos(begun.elapsed()) / u64::from(times)
    };
    middle((0..ROUNDS).map(|_| round()).collect())
}

fn at(day: Date) -> Now {
    Now { at: day.at(9, 0, 0, 0), cash_known_until: Some(day), backfill: false, offset_minutes: 60 }
}

fn number(week: i32) -> InvoiceNumber {
    InvoiceNumber::new(format!("INV-2025-{week:04}"))
}

fn amount(week: i32) -> Money {
    Money::new(50_000 + i64::from(week) * 137, Currency::EUR)
}

fn invoice(week: i32) -> Invoice {
    let issued_on = plus_days(FIRST, week * 7);
    Invoice {
        number: number(week),
        issued_on,
        due_on: plus_days(issued_on, 14),
        total: amount(week),
        payable: amount(week),
        terms: "14 days net".to_owned(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    }
}

fn payment(week: i32, on: Date) -> Payment {
    Payment {
        id: format!("P-{week}").as_str().into(),
        amount: amount(week),
        account: "DE02120300000000202051".to_owned(),
        booked_on: on,
        value_on: on,
        payer_name: Some("Musterbau GmbH".to_owned()),
        payer_account: None,
        references: Vec::new(),
        end_to_end_id: None,
        bank_reference: None,
        text: format!("invoice {}", number(week)),
        reason: None,
    }
}
