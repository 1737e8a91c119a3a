//! Laws: whatever the world reports, in whatever order, these hold.

#![allow(clippy::unwrap_used)] // a test may

mod agreed;
mod charges;
mod checks;
mod ladder;
mod money;
mod relive;
mod says;
mod upfront;
mod work;
mod world;

use escalation::event::{Event, Fact};
use escalation::{Account, Money, Now, Packs, Policy, decide, evolve};
use proptest::prelude::*;

use checks::{ladder_law, money_law};
use says::op;
use world::{World, policy};

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Money is never made, lost or mixed; the ladder is climbed step by step; nobody is contacted about what is paid,
    /// disputed, promised, placed or stopped. Checked after every single fact.
    #[test]
    fn a_life_keeps_the_laws(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = World::new();
        for op in ops {
            world.live(op);
        }
        world.pass_days(120);
    }

    /// The journal is enough: folding it again gives the same account, and so does its JSON.
    #[test]
    fn a_replay_is_the_same(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = World::new();
        for op in ops {
            world.live(op);
        }
        let mut again = Account::new(world.account.id.clone());
        world.journal.iter().for_each(|event| evolve(&mut again, event));
        prop_assert_eq!(&again, &world.account);
        let text = serde_json::to_string(&world.account).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Account>(&text).unwrap(), &world.account);
        let journal = serde_json::to_string(&world.journal).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Vec<Event>>(&journal).unwrap(), &world.journal);
    }

    /// Facts in any order and any number: no panic, and money still adds up.
    #[test]
    fn facts_in_any_order_keep_money_together(
        (ops, order) in (prop::collection::vec(op(), 1..25), prop::collection::vec(any::<prop::sample::Index>(), 1..150)),
    ) {
        let mut world = World::new();
        for op in ops {
            world.live(op);
        }
        prop_assume!(!world.journal.is_empty());
        let mut account = Account::new(world.account.id.clone());
        for index in order {
            evolve(&mut account, index.get(&world.journal));
            money_law(&account);
        }
    }

    /// A payment that is given back leaves the items as they were before it came.
    #[test]
    fn a_reversal_undoes_exactly_its_payment(ops in prop::collection::vec(op(), 1..25), minor in 1i64..200_000) {
        let mut world = World::new();
        for op in ops {
            world.live(op);
        }
        let before: Vec<Money> = world.account.items.values().map(|item| item.open).collect();
        let payment = world.payment(minor, "INV-1 INV-2 INV-3");
        world.fold("gateway", Fact::PaymentReceived { payment: payment.clone() });
        for fact in escalation::cash::apply(&world.account) {
            if matches!(&fact, Fact::CashApplied { payment: id, .. } if *id == payment.id) {
                world.fold("policy", fact);
            }
        }
        let back = escalation::cash::Payment { id: "back".into(), ..payment };
        world.fold("gateway", Fact::PaymentReversed { payment: back });
        let after: Vec<Money> = world.account.items.values().map(|item| item.open).collect();
        prop_assert_eq!(before, after);
    }
}

/// The laws can fail: a step out of order and a payment that does not add up are found.
#[test]
fn the_laws_bite() {
    let mut world = World::new();
    world.live(says::Op::Invoice { minor: 50_000, due_in: -5, foreign: false });
    ladder_law(&world.account, policy());
    let mut skipped = world.account.clone();
    skipped.items.values_mut().for_each(|item| {
        item.steps.remove(0);
    });
    assert!(std::panic::catch_unwind(|| ladder_law(&skipped, policy())).is_err());
    let mut lost = world.account.clone();
    lost.items.values_mut().for_each(|item| item.open.minor -= 1);
    assert!(std::panic::catch_unwind(|| money_law(&lost)).is_err());
}

/// Deciding twice at the same moment decides nothing new, and nothing becomes due before `look_again` says so.
pub fn at_rest(account: &Account, now: &Now, policy: &Policy, packs: &Packs) {
    let decision = decide(account, policy, packs, now);
    assert_eq!(decision.events, Vec::new(), "a second decision at {} decides again", now.at);
    let days = match decision.look_again {
        Some(at) => escalation::invoice::days_between(now.today(), at.date()) - 1,
        None => 500,
    };
    if days > 0 {
        let later = escalation::invoice::plus_days(now.today(), days).at(6, 0, 0, 0);
        let now = Now { at: later, cash_known_until: Some(later.date()), ..*now };
        assert_eq!(decide(account, policy, packs, &now).events, Vec::new(), "due on {later}, not foreseen");
    }
}
