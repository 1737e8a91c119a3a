//! What only the core can see: clearance at the moment of dispatch, and reasons with their ends.

use jiff::civil::date;

use super::*;
use crate::account::EffectState;
use crate::clear::{Clearance, clear};
use crate::invoice::Invoice;
use crate::money::{Currency, Money};
use crate::party::Party;
use crate::promise::{Promise, PromiseState};

const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");

fn policy() -> Policy {
    Policy::parse(STANDARD, "standard.toml").unwrap()
}

fn packs() -> Packs {
    Packs::shipped().unwrap()
}

fn now(day: Date) -> Now {
    Now { at: day.at(6, 0, 0, 0), cash_known_until: Some(day), backfill: false, offset_minutes: 60 }
}

fn happens(account: &mut Account, day: Date, fact: Fact) {
    evolve(account, &Event { at: day.at(9, 0, 0, 0), on: day, origin: "test".to_owned(), fact });
}

/// Owes 500.00 EUR, due on 2026-03-01.
fn acme() -> Account {
    let mut account = Account::new("acme".into());
    let debtor = Party {
        name: "Acme".into(),
        country: "DE".into(),
        email: Some("a@b.example".into()),
        phone: Some("+1".into()),
        ..Party::default()
    };
    happens(&mut account, date(2026, 3, 2), Fact::DebtorSynced { debtor });
    let amount = Money::new(50_000, Currency::EUR);
    let invoice = Invoice {
        number: "INV-7".into(),
        issued_on: date(2026, 2, 1),
        due_on: date(2026, 3, 1),
        total: amount,
        payable: amount,
        terms: String::new(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    };
    happens(&mut account, date(2026, 3, 2), Fact::InvoiceIssued { invoice });
    account
}

/// Decides on a day and folds what was decided.
fn decided(account: &mut Account, day: Date) -> Decision {
    let decision = decide(account, &policy(), &packs(), &now(day));
    for fact in decision.events.clone() {
        happens(account, day, fact);
    }
    decision
}

fn planned(account: &Account) -> Effect {
    account.effects.values().find(|known| known.state == EffectState::Planned).unwrap().effect.clone()
}

fn promise(account: &mut Account, day: Date, due_on: Date) {
    let amount = Money::new(50_000, Currency::EUR);
    let promise = Promise {
        id: "promise".into(),
        amount,
        made_on: day,
        due_on,
        invoices: Vec::new(),
        text: String::new(),
        state: PromiseState::Running,
        received: Money::zero(Currency::EUR),
    };
    happens(account, day, Fact::PromiseMade { promise });
}

#[test]
fn the_key_says_what_it_means() {
    let mut account = acme();
    decided(&mut account, date(2026, 3, 2));
    assert_eq!(planned(&account).key.as_str(), "notice:first-notice:INV-7:cycle-1");
    assert_eq!(clear(&account, &planned(&account), &policy(), &packs(), &now(date(2026, 3, 2))), Clearance::Allow);
}

#[test]
fn what_is_paid_meanwhile_is_cancelled_at_the_door() {
    let mut account = acme();
    let day = date(2026, 3, 2);
    decided(&mut account, day);
    let effect = planned(&account);
    happens(&mut account, day, Fact::InvoiceRestated { number: "INV-7".into(), open: Money::zero(Currency::EUR) });
    let clearance = clear(&account, &effect, &policy(), &packs(), &now(day));
    assert!(matches!(&clearance, Clearance::Cancel { guard } if guard.code == "nothing-owed"), "{clearance:?}");
    decided(&mut account, day);
    let clearance = clear(&account, &effect, &policy(), &packs(), &now(day));
    assert!(matches!(&clearance, Clearance::Cancel { guard } if guard.code == "superseded"), "{clearance:?}");
}

#[test]
fn a_promise_holds_what_is_at_the_door_until_it_is_judged() {
    let mut account = acme();
    let day = date(2026, 3, 2);
    decided(&mut account, day);
    let effect = planned(&account);
    promise(&mut account, day, date(2026, 3, 9));
    let clearance = clear(&account, &effect, &policy(), &packs(), &now(day));
    assert!(
        matches!(&clearance, Clearance::Wait { guard, until } if guard.code == "promise" && *until == Some(date(2026, 3, 12).at(6, 0, 0, 0)))
    );
    let decision = decided(&mut account, day);
    assert_eq!(decision.look_again, Some(date(2026, 3, 12).at(6, 0, 0, 0)));
    let reason = decision.because.iter().find(|reason| reason.code == "promise").unwrap();
    assert_eq!((reason.text.as_str(), reason.until), ("running promise until 2026-03-09", Some(date(2026, 3, 12))));
}

#[test]
fn a_placement_waits_for_a_person_where_the_policy_says_so() {
    let mut account = acme();
    for (n, level) in policy().levels.iter().take(10).enumerate() {
        let level = level.id.clone();
        let on = crate::invoice::plus_days(date(2026, 3, 2), i32::try_from(n).unwrap());
        happens(&mut account, on, Fact::LevelReached { invoice: "INV-7".into(), level });
    }
    let day = date(2026, 4, 20);
    decided(&mut account, day);
    let effect = planned(&account);
    assert!(matches!(effect.action, Action::PlaceWithAgency { .. }));
    let text = STANDARD.replace("approval = false", "approval = true");
    let careful = Policy::parse(&text, "careful.toml").unwrap();
    assert_eq!(clear(&account, &effect, &careful, &packs(), &now(day)), Clearance::NeedsApproval);
    assert_eq!(clear(&account, &effect, &policy(), &packs(), &now(day)), Clearance::Allow);
}

/// The ladder had gone on to the warning without the firm notice; a policy that makes it mandatory takes it next, once.
#[test]
fn a_mandatory_level_that_was_missed_is_taken_next() {
    let mut account = acme();
    let text = STANDARD.replace("id = \"firm-notice\"", "id = \"firm-notice\"\nmandatory = true");
    let strict = Policy::parse(&text, "strict.toml").unwrap();
    let day = date(2026, 3, 23);
    let invoice = || "INV-7".into();
    for level in ["first-notice", "second-notice", "call", "sales-rep"] {
        happens(&mut account, date(2026, 3, 10), Fact::LevelReached { invoice: invoice(), level: level.into() });
    }
    let passed = Fact::LevelPassed { invoice: invoice(), level: "firm-notice".into(), because: "not for him".into() };
    happens(&mut account, date(2026, 3, 11), passed);
    happens(
        &mut account,
        date(2026, 3, 16),
        Fact::LevelReached { invoice: invoice(), level: "suspension-warning".into() },
    );
    let reached = |decision: &Decision| {
        decision.events.iter().find_map(|fact| match fact {
            Fact::LevelReached { level, .. } => Some(level.to_string()),
            _ => None,
        })
    };
    let decision = decide(&account, &strict, &packs(), &now(day));
    assert_eq!(reached(&decision).as_deref(), Some("firm-notice"));
    for fact in decision.events {
        happens(&mut account, day, fact);
    }
    // Then it goes on behind the highest level, not behind the one that was made up for.
    let key = planned(&account).key;
    happens(&mut account, day, Fact::EffectDone { key, reference: String::new() });
    assert_eq!(reached(&decide(&account, &strict, &packs(), &now(date(2026, 3, 30)))).as_deref(), Some("credit-hold"));
}

#[test]
fn a_cancelled_call_that_the_dialer_got_all_the_same_is_withdrawn() {
    let mut account = acme();
    decided(&mut account, date(2026, 3, 2));
    for day in [date(2026, 3, 2), date(2026, 3, 6)] {
        let key = planned(&account).key;
        happens(&mut account, day, Fact::EffectDone { key, reference: String::new() });
        decided(&mut account, if day == date(2026, 3, 2) { date(2026, 3, 6) } else { date(2026, 3, 9) });
    }
    let day = date(2026, 3, 9);
    let call = planned(&account);
    assert!(matches!(call.action, Action::QueueCall(_)));
    promise(&mut account, day, date(2026, 3, 16));
    let decision = decided(&mut account, day);
    assert!(decision.events.iter().any(|fact| matches!(fact, Fact::EffectCancelled { key, .. } if *key == call.key)));
    happens(&mut account, day, Fact::EffectDone { key: call.key.clone(), reference: String::new() });
    decided(&mut account, day);
    assert!(matches!(planned(&account).action, Action::WithdrawCall { call: withdrawn, .. } if withdrawn == call.key));
}

#[test]
fn the_explanation_says_what_is_next_and_until_when() {
    let mut account = acme();
    decided(&mut account, date(2026, 3, 2));
    let key = planned(&account).key;
    happens(&mut account, date(2026, 3, 2), Fact::EffectDone { key, reference: String::new() });
    let decision = decided(&mut account, date(2026, 3, 3));
    assert_eq!(
        crate::explain::explain(&account, &decision),
        [
            "Acme owes 500.00 EUR",
            "INV-7: next is `second-notice` (second e-mail) on 2026-03-06",
            "looked at again on 2026-03-06, or as soon as something happens",
        ]
    );
}

/// A ladder whose only level is somebody's task.
const JOIN_IN: &str = "name = \"join-in\"\nversion = \"1\"\n[cash]\nfeed_age_days_max = 0\n[[level]]\nid = \"rep\"\n\
                       title = \"the rep joins in\"\naction = \"task\"\ndays = 1\nto = \"sales-rep\"\ntask = \"visit them\"\n";

#[test]
fn who_has_too_many_tasks_gets_no_more_until_one_has_ended() {
    let mut account = acme();
    let (day, policy) = (date(2026, 3, 4), Policy::parse(JOIN_IN, "join-in.toml").unwrap());
    for n in 0..crate::task::TASKS_OPEN_MAX {
        let task = crate::task::Task {
            id: crate::id::TaskId::new(format!("task-{n}")),
            kind: crate::task::TaskKind::Other,
            what: "look at it".to_owned(),
            invoices: Vec::new(),
            to: "kim".to_owned(),
            due_on: day,
            opened_on: day,
            because: String::new(),
            opened_by: String::new(),
        };
        happens(&mut account, day, Fact::TaskOpened { task });
    }
    let decision = decide(&account, &policy, &packs(), &now(day));
    assert_eq!(decision.events, []);
    assert!(decision.because.iter().any(|reason| reason.code == "tasks-full"), "{:?}", decision.because);
    let (end, because) = (crate::task::TaskEnd::Done, String::new());
    happens(&mut account, day, Fact::TaskClosed { task: crate::id::TaskId::new("task-7"), end, because });
    let decision = decide(&account, &policy, &packs(), &now(day));
    let opened = decision.events.iter().any(|fact| matches!(fact, Fact::TaskOpened { task } if task.to == "sales-rep"));
    assert!(opened, "{:?}", decision.events);
}
