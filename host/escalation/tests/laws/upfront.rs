//! Before a debt exists, whatever happens in whatever order: a decision comes to rest, and what time alone changes is foreseen.

use escalation::credit::{Advice, AgreedTerms, CreditApplication, CreditReport, CreditVerdict, Evidence, EvidenceKind};
use escalation::engagement::{Cover, Engagement, EngagementKind, Insured};
use escalation::event::Event;
use escalation::invoice::plus_days;
use escalation::{Account, Action, Currency, Date, Fact, Money, Now, Policy, clear, decide, evolve};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::world::packs;

const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");
const FIRST: Date = Date::constant(2026, 3, 2);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// One of each fact, told apart by two numbers.
fn fact(kind: u8, n: u8, today: Date) -> Fact {
    let text = String::new;
    let later = (!n.is_multiple_of(3)).then(|| plus_days(today, i32::from(n % 40)));
    match kind {
        0 => Fact::CustomerSince { since: plus_days(today, -i32::from(n) * 3) },
        1 => {
            let id = format!("APP-{}", n % 4).as_str().into();
            let amount = eur(i64::from(n) * 10_000 + 1);
            Fact::CreditApplied { application: CreditApplication { id, amount, applied_on: today, text: text() } }
        }
        2 => Fact::CreditReported {
            report: CreditReport {
                report: format!("R-{}", n % 5),
                bureau: "Bureau".to_owned(),
                score: text(),
                advice: [Advice::Approve, Advice::Review, Advice::Decline][usize::from(n % 3)],
                limit: n.is_multiple_of(2).then(|| eur(i64::from(n) * 20_000)),
                price: Some(eur(8_900)),
                reported_on: today,
                valid_until: later,
                text: text(),
            },
        },
        3 => {
            let kind = EvidenceKind::ALL[usize::from(1 + n % 2)];
            Fact::EvidenceRecorded { evidence: Evidence { kind, proof: text(), recorded_on: today, until: later } }
        }
        4 => Fact::TermsRecorded {
            terms: AgreedTerms {
                agreed_on: plus_days(today, i32::from(n % 5) - 2),
                proof: text(),
                net_days: u16::from(n % 60),
                signed: n.is_multiple_of(2),
                fee_agreed: false,
                interest: None,
                until: later,
            },
        },
        5 => {
            let insured =
                n.is_multiple_of(2).then(|| Insured { payer: "P".into(), member: "M".into(), service: text() });
            let (id, on) = (format!("A-{}", n % 3).as_str().into(), plus_days(today, i32::from(n % 30)));
            let (kind, amount) = (EngagementKind::Appointment, eur(i64::from(n) * 100));
            Fact::Engaged { engagement: Engagement { id, kind, on, amount, insured } }
        }
        6 => {
            let (from, payer, member) = (None, text(), text());
            let cover = Cover {
                active: n.is_multiple_of(2),
                checked_on: today,
                from,
                until: later,
                payer,
                member,
                text: text(),
            };
            Fact::CoverReported { engagement: format!("A-{}", n % 3).as_str().into(), cover }
        }
        7 => Fact::EngagementEnded { engagement: format!("A-{}", n % 3).as_str().into(), reason: text() },
        _ => {
            let verdict = CreditVerdict { granted: n.is_multiple_of(2), on: today, until: later, because: text() };
            Fact::CreditDecided { application: format!("APP-{}", n % 4).as_str().into(), verdict }
        }
    }
}

struct Life {
    account: Account,
    policy: Policy,
    today: Date,
    wake: Option<Date>,
}

impl Life {
    fn new() -> Self {
        let mut account = Account::new("acme".into());
        account.debtor.email = Some("a@b.example".to_owned());
        Self { account, policy: Policy::parse(STANDARD, "standard.toml").unwrap(), today: FIRST, wake: None }
    }

    fn now(&self) -> Now {
        Now { at: self.today.at(9, 0, 0, 0), cash_known_until: Some(self.today), backfill: false, offset_minutes: 0 }
    }

    fn happens(&mut self, fact: Fact) {
        let event = Event { at: self.now().at, on: self.today, origin: "test".to_owned(), fact };
        evolve(&mut self.account, &event);
    }

    /// Decides and lets everything go out that may, until nothing moves.
    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 10, "it does not come to rest on {}", self.today);
            let decision = decide(&self.account, &self.policy, packs(), &self.now());
            self.wake = decision.look_again.map(|at| at.date());
            decision.events.into_iter().for_each(|fact| self.happens(fact));
            let again = decide(&self.account, &self.policy, packs(), &self.now());
            assert!(again.events.is_empty(), "decided twice on {}: {:?}", self.today, again.events);
            let due: Vec<_> = self.account.effects.values().map(|known| known.effect.clone()).collect();
            let mut ended = false;
            for effect in due {
                if clear(&self.account, &effect, &self.policy, packs(), &self.now()) == escalation::Clearance::Allow {
                    self.happens(Fact::EffectDone { key: effect.key, reference: String::new() });
                    ended = true;
                }
            }
            if !ended {
                return;
            }
        }
    }

    /// A day on which nobody asked to look must bring nothing.
    fn day_passes(&mut self) {
        self.today = plus_days(self.today, 1);
        if self.wake.is_some_and(|wake| wake <= self.today) {
            return self.settle();
        }
        let decision = decide(&self.account, &self.policy, packs(), &self.now());
        assert!(decision.events.is_empty(), "on {} it was due and not foreseen: {:?}", self.today, decision.events);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_decision_rests_and_what_time_changes_is_foreseen(told in vec((0u8..9, any::<u8>(), 0u8..12), 1..25)) {
        let mut life = Life::new();
        for (kind, n, days) in told {
            (0..days).for_each(|_| life.day_passes());
            let fact = fact(kind, n, life.today);
            life.happens(fact);
            life.settle();
        }
        (0..60).for_each(|_| life.day_passes());
    }

    /// What a bureau was paid is the sum over its reports, however often each was told.
    #[test]
    fn a_report_costs_once(told in vec(any::<u8>(), 1..40)) {
        let mut life = Life::new();
        let mut known = std::collections::BTreeSet::new();
        for n in told {
            let fact = fact(2, n, life.today);
            life.happens(fact);
            known.insert(n % 5);
        }
        prop_assert_eq!(life.account.upfront.costs(), vec![eur(8_900 * known.len() as i64)]);
    }

    /// An application buys one report at most, and an agreement is never followed by a proposal while it holds.
    #[test]
    fn one_report_for_an_application_and_no_proposal_against_an_agreement(told in vec((0u8..9, any::<u8>()), 1..40)) {
        let mut life = Life::new();
        for (kind, n) in told {
            let fact = fact(kind, n, life.today);
            life.happens(fact);
            let decision = decide(&life.account, &life.policy, packs(), &life.now());
            let agreed = life.account.upfront.terms_on(life.today).is_some();
            for event in &decision.events {
                let proposed = matches!(event, Fact::TermsProposed { .. });
                prop_assert!(!(agreed && proposed), "proposed against an agreement");
                if let Fact::EffectPlanned { effect } = event
                    && let Action::OrderCreditReport { .. } = effect.action
                {
                    prop_assert!(!life.account.spent.contains(&effect.key));
                }
            }
            life.settle();
        }
    }
}
