//! The time machine: under the policy that decided, history comes out as it was; under another, what the world did stays.

use escalation::event::{Event, Fact};
use escalation::relive::{Course, Span, relive};
use escalation::{Date, Policy};
use jiff::SignedDuration;
use proptest::prelude::*;

use crate::says::{Op, op};
use crate::world::{World, packs, policy};

/// A life in which everything that is sent arrives at once, and nothing else happens at the moment of a decision.
fn life(ops: Vec<Op>) -> World {
    let mut world = World::new();
    for op in ops {
        match op {
            Op::Backfill(_) | Op::Outcome(_) | Op::TooLate | Op::Settle(_) => continue,
            Op::Days(_) => {}
            _ => {
                let morning = world.now.date().at(9, 0, 0, 0);
                world.now = world.now.max(morning).checked_add(SignedDuration::from_mins(1)).unwrap();
            }
        }
        world.live(op);
    }
    world.pass_days(60);
    world
}

fn span(world: &World, from: Date) -> Span {
    Span { from, until: world.now.date() }
}

fn reported(history: &[Event]) -> Vec<&Event> {
    history.iter().filter(|event| !matches!(event.source(), "policy" | "dispatch")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_same_policy_makes_the_same_history(ops in prop::collection::vec(op(), 1..30), days in 0i32..60) {
        let world = life(ops);
        let from = escalation::invoice::plus_days(world.journal[0].at.date(), days);
        let again = relive(&world.account.id, &world.journal, policy(), packs(), span(&world, from)).unwrap();
        let differs = again.iter().zip(&world.journal).find(|(now, then)| now != then);
        prop_assert!(differs.is_none() && again.len() == world.journal.len(), "{:?}", differs);
        let days = span(&world, from);
        prop_assert_eq!(Course::of(&again, days), Course::of(&world.journal, days));
    }

    /// A policy that does nothing leaves nothing but what was reported.
    #[test]
    fn another_policy_changes_no_report(ops in prop::collection::vec(op(), 1..30)) {
        let world = life(ops);
        let from = world.journal[0].at.date();
        let quiet = "name = \"quiet\"\nversion = \"1\"\n[[level]]\nid = \"one\"\ntitle = \"one\"\naction = \"call\"\ndays = 3000\n";
        let quiet = Policy::parse(quiet, "quiet.toml").unwrap();
        let again = relive(&world.account.id, &world.journal, &quiet, packs(), span(&world, from)).unwrap();
        let (was, is) = (reported(&world.journal), reported(&again));
        prop_assert!(is.iter().all(|event| was.contains(event)), "something was made up");
        let money = |events: &[&Event]| events.iter().filter(|event| matches!(event.fact, Fact::PaymentReceived { .. })).count();
        prop_assert_eq!(money(&was), money(&is));
        let course = Course::of(&again, span(&world, from));
        prop_assert_eq!((course.contacts(), course.placements, course.holds), (0, 0, 0));
    }
}
