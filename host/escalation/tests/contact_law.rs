//! The law of the debtor's country, asked at the door: invariants 13, 14 and 15, and what is not known.

#![allow(clippy::unwrap_used, clippy::panic)] // a test may

use std::sync::LazyLock;

use escalation::event::Event;
use escalation::invoice::{Invoice, days_between, plus_days};
use escalation::report::CallResult;
use escalation::{Account, Clearance, Currency, Date, DateTime, Effect, Fact, Money, Now, Packs, Party, Policy};
use escalation::{Action, clear, decide, evolve, party::PartyKind};
use jiff::civil::{Time, date, time};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// Calls any day, any number: whatever holds a call back here is the law.
const POLICY: &str = r#"
name = "calls"
version = "1"
[contact]
weekdays_only = false
gap_days = 0
calls_per_week_max = 1000
[[level]]
id = "call"
title = "call"
action = "call"
days = 1
"#;

static RULES: LazyLock<(Policy, Packs)> =
    LazyLock::new(|| (Policy::parse(POLICY, "calls.toml").unwrap(), Packs::shipped().unwrap()));

const DUE: Date = date(2026, 1, 1);

/// A debtor whom somebody wants to call, and the moment in UTC.
struct Phone {
    account: Account,
    at: DateTime,
}

impl Phone {
    fn of(country: &str, kind: PartyKind, zone: Option<&str>) -> Self {
        let mut phone = Self { account: Account::new("ann".into()), at: DUE.at(0, 0, 0, 0) };
        let debtor = Party {
            name: "Ann".into(),
            country: country.into(),
            kind,
            phone: Some("+1".into()),
            zone: zone.map(Into::into),
            ..Party::default()
        };
        phone.happens(Fact::DebtorSynced { debtor });
        let total = Money::new(50_000, Currency::EUR);
        let invoice = Invoice {
            number: "INV-7".into(),
            issued_on: DUE,
            due_on: DUE,
            total,
            payable: total,
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        phone.happens(Fact::InvoiceIssued { invoice });
        phone
    }

    fn happens(&mut self, fact: Fact) {
        evolve(&mut self.account, &Event { at: self.at, on: self.at.date(), origin: "test".into(), fact });
    }

    fn called(&mut self, disposition: &str) {
        let call = CallResult {
            account: "ann".into(),
            call: None,
            disposition: disposition.into(),
            at: self.at,
            duration_s: 60,
            agent: String::new(),
            text: String::new(),
        };
        self.happens(Fact::CallEnded(call));
    }

    fn now(&self) -> Now {
        Now { at: self.at, cash_known_until: None, backfill: false, offset_minutes: 0 }
    }

    /// May the call go out at this moment? What plans it is left aside.
    fn clearance(&self) -> Clearance {
        let action = Action::QueueCall(escalation::effect::Call {
            level: "call".into(),
            invoices: vec!["INV-7".into()],
            reason: String::new(),
            weight: 1,
        });
        let approval = escalation::approval::Approval::None;
        let effect = Effect { key: "call:now".into(), due_on: self.at.date(), valid_until: None, approval, action };
        let mut account = self.account.clone();
        let fact = Fact::EffectPlanned { effect: effect.clone() };
        evolve(&mut account, &Event { at: self.at, on: self.at.date(), origin: "test".into(), fact });
        clear(&account, &effect, &RULES.0, &RULES.1, &self.now())
    }

    /// The guard's code, and when it is asked again.
    fn refused(&self) -> Option<(String, Option<DateTime>)> {
        match self.clearance() {
            Clearance::Wait { guard, until } => Some((guard.code, until)),
            Clearance::Allow => None,
            other => panic!("{other:?}"),
        }
    }

    fn at(mut self, at: DateTime) -> Self {
        self.at = at;
        self
    }
}

fn american() -> Phone {
    Phone::of("US", PartyKind::Consumer, None)
}

/// Noon in New York, eight in the morning in Anchorage, and six in Honolulu: not everywhere yet.
#[test]
fn the_hours_have_to_be_right_in_every_state() {
    let noon = american().at(date(2026, 1, 21).at(17, 0, 0, 0));
    assert_eq!(noon.refused(), Some(("quiet-hours".into(), Some(date(2026, 1, 21).at(18, 0, 0, 0)))));
    assert_eq!(american().at(date(2026, 1, 21).at(18, 0, 0, 0)).refused(), None);
    // 21:00 in New York, the last moment; a minute later the day is over.
    assert_eq!(american().at(date(2026, 1, 22).at(2, 0, 0, 0)).refused(), None);
    let late = american().at(date(2026, 1, 22).at(2, 1, 0, 0));
    assert_eq!(late.refused(), Some(("quiet-hours".into(), Some(date(2026, 1, 22).at(18, 0, 0, 0)))));
    let known = Phone::of("US", PartyKind::Consumer, Some("America/New_York"));
    assert_eq!(known.at(date(2026, 1, 21).at(17, 0, 0, 0)).refused(), None);
    let business = Phone::of("US", PartyKind::Business, None);
    assert_eq!(business.at(date(2026, 1, 21).at(4, 0, 0, 0)).refused(), None);
}

/// Clocks go forward in New York on 2026-03-08: eight in the morning is 13:00 UTC the day before and 12:00 on the day.
#[test]
fn the_morning_moves_with_the_clocks() {
    let there = |at| Phone::of("US", PartyKind::Consumer, Some("America/New_York")).at(at).refused();
    assert!(there(date(2026, 3, 7).at(12, 0, 0, 0)).is_some());
    assert!(there(date(2026, 3, 7).at(13, 0, 0, 0)).is_none());
    assert!(there(date(2026, 3, 8).at(11, 59, 0, 0)).is_some());
    assert!(there(date(2026, 3, 8).at(12, 0, 0, 0)).is_none());
    // And back on 2026-11-01.
    assert!(there(date(2026, 11, 1).at(12, 0, 0, 0)).is_some());
    assert!(there(date(2026, 11, 1).at(13, 0, 0, 0)).is_none());
}

/// Spoken to on 1 June: the first of the quiet days. The eighth is free (12 CFR 1006.14(b)(2)(i)(B)).
#[test]
fn after_a_conversation_nobody_calls_for_seven_days() {
    let mut phone = american().at(date(2026, 6, 1).at(19, 0, 0, 0));
    phone.called("rpc_refused");
    for day in 2..8 {
        phone.at = date(2026, 6, day).at(19, 0, 0, 0);
        let free = date(2026, 6, 8).at(6, 0, 0, 0);
        assert_eq!(phone.refused(), Some(("after-conversation".into(), Some(free))), "{day} June");
    }
    phone.at = date(2026, 6, 8).at(19, 0, 0, 0);
    assert_eq!(phone.refused(), None);
}

#[test]
fn the_eighth_call_waits_until_the_first_is_seven_days_old() {
    let mut phone = american().at(date(2026, 6, 1).at(19, 0, 0, 0));
    for day in [1, 1, 2, 3, 4, 4, 5] {
        phone.at = date(2026, 6, day).at(19, 0, 0, 0);
        assert_eq!(phone.refused(), None, "{day} June");
        phone.called("no_answer");
    }
    phone.at = date(2026, 6, 7).at(19, 0, 0, 0);
    assert_eq!(phone.refused(), Some(("contact-budget".into(), Some(date(2026, 6, 8).at(6, 0, 0, 0)))));
    phone.at = date(2026, 6, 8).at(19, 0, 0, 0);
    assert_eq!(phone.refused(), None);
}

/// Greece: working days from 9 to 20 hours, every second day, not before the tenth day overdue. 2026: Orthodox Good Friday on
/// 10 April, Easter Monday on 13 April.
#[test]
fn greek_calls_keep_days_hours_and_distance() {
    let greek = |at: DateTime| Phone::of("GR", PartyKind::Consumer, None).at(at);
    assert_eq!(greek(date(2026, 1, 9).at(9, 0, 0, 0)).refused().unwrap().0, "too-early");
    let good_friday = greek(date(2026, 4, 10).at(9, 0, 0, 0)).refused();
    assert_eq!(good_friday, Some(("holiday".into(), Some(date(2026, 4, 14).at(6, 0, 0, 0)))));
    // 8:59 in Athens is 5:59 UTC in summer.
    assert_eq!(greek(date(2026, 4, 14).at(5, 59, 0, 0)).refused().unwrap().0, "quiet-hours");
    let mut phone = greek(date(2026, 4, 14).at(6, 0, 0, 0));
    assert_eq!(phone.refused(), None);
    phone.called("no_answer");
    phone.at = date(2026, 4, 15).at(9, 0, 0, 0);
    assert_eq!(phone.refused().unwrap().0, "contact-gap");
    phone.at = date(2026, 4, 16).at(9, 0, 0, 0);
    assert_eq!(phone.refused(), None);
}

#[test]
fn what_is_not_known_waits() {
    let noon = date(2026, 1, 21).at(18, 0, 0, 0);
    let code = |country, kind, zone| Phone::of(country, kind, zone).at(noon).refused().map(|(code, _)| code);
    assert_eq!(code("", PartyKind::Business, None).as_deref(), Some("unknown-country"));
    assert_eq!(code("NO", PartyKind::Business, None).as_deref(), Some("no-pack"));
    assert_eq!(code("FR", PartyKind::Business, None), None, "a member of the union has its directive's pack");
    assert_eq!(code("US", PartyKind::Consumer, Some("Mars/Olympus")).as_deref(), Some("unknown-zone"));
    // Of no known kind: the careful reading.
    let early = Phone::of("US", PartyKind::Unknown, None).at(date(2026, 1, 21).at(10, 0, 0, 0));
    assert_eq!(early.refused().unwrap().0, "quiet-hours");
}

/// Planned on its day, and sent when the hour has come.
#[test]
fn the_hour_is_looked_at_when_it_goes_out() {
    let phone = american().at(date(2026, 1, 21).at(6, 0, 0, 0));
    let decision = decide(&phone.account, &RULES.0, &RULES.1, &phone.now());
    assert!(decision.events.iter().any(|fact| matches!(fact, Fact::EffectPlanned { .. })), "{:?}", decision.because);
    assert_eq!(phone.refused().unwrap().1, Some(date(2026, 1, 21).at(18, 0, 0, 0)));
}

const AMERICA: [&str; 7] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Invariant 13: inside the window at all plausible places, on any day of the year; and what is refused names a moment at which it
    /// would not be.
    #[test]
    fn invariant_13_inside_the_window_everywhere(minutes in 0i64..500_000) {
        let at = DUE.at(0, 0, 0, 0).checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
        let moment = TimeZone::UTC.to_timestamp(at).unwrap();
        let local = |zone: &&str| TimeZone::get(zone).unwrap().to_datetime(moment).time();
        let open = |time: Time| time >= time_of(8) && time <= time_of(21);
        let phone = american().at(at);
        let refused = phone.refused();
        prop_assert_eq!(refused.is_none(), AMERICA.iter().map(&local).all(open));
        if let Some((_, until)) = refused {
            prop_assert_eq!(american().at(until.unwrap()).refused(), None);
        }
    }

    /// Invariant 14: any seven days in a row hold seven calls at most, and none follows a conversation within its seven days.
    #[test]
    fn invariant_14_seven_calls_in_seven_days(attempts in prop::collection::vec((0u8..3, 0u8..8), 1..80)) {
        let mut phone = american().at(date(2026, 1, 12).at(19, 0, 0, 0));
        let mut made: Vec<(Date, bool)> = Vec::new();
        for (days, answer) in attempts {
            phone.at = plus_days(phone.at.date(), i32::from(days)).at(19, 0, 0, 0);
            if phone.refused().is_none() {
                let talked = answer == 0;
                phone.called(if talked { "rpc_refused" } else { "no_answer" });
                made.push((phone.at.date(), talked));
            }
        }
        for (n, (day, _)) in made.iter().enumerate() {
            let week = made[..=n].iter().filter(|(other, _)| days_between(*other, *day) < 7).count();
            prop_assert!(week <= 7, "{week} calls in the seven days up to {day}");
            let talk = made[..n].iter().filter(|(_, talked)| *talked).map(|(other, _)| days_between(*other, *day)).min();
            prop_assert!(talk.is_none_or(|days| days >= 7), "called {talk:?} days after a conversation");
        }
    }

    /// Invariant 15: Greek calls on working days, from 9 to 20 hours, late enough, and never on two days in a row.
    #[test]
    fn invariant_15_greek_calls(hours in prop::collection::vec(1i64..60, 1..60)) {
        let mut phone = Phone::of("GR", PartyKind::Consumer, None);
        let athens = TimeZone::get("Europe/Athens").unwrap();
        let mut last: Option<Date> = None;
        for step in hours {
            phone.at = phone.at.checked_add(jiff::SignedDuration::from_hours(step)).unwrap();
            if phone.refused().is_some() {
                continue;
            }
            let local = athens.to_datetime(TimeZone::UTC.to_timestamp(phone.at).unwrap());
            prop_assert!(local.time() >= time_of(9) && local.time() <= time_of(20), "{local}");
            prop_assert!(days_between(DUE, phone.at.date()) >= 10);
            prop_assert!(last.is_none_or(|last| days_between(last, phone.at.date()) >= 2));
            let weekend = [jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday].contains(&local.date().weekday());
            prop_assert!(!weekend && local.date() != date(2026, 1, 6), "Epiphany is free");
            phone.called("no_answer");
            last = Some(phone.at.date());
        }
    }
}

fn time_of(hour: i8) -> Time {
    time(hour, 0, 0, 0)
}
