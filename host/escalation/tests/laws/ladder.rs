//! Invariants of the ladder, told from the journal alone: whatever happens, under several ladders and two versions of a policy.

use std::collections::{BTreeMap, BTreeSet};

use escalation::account::EffectState;
use escalation::event::{Event, Fact};
use escalation::invoice::{days_between, plus_days};
use escalation::policy::{Level, LevelAction, Tone};
use escalation::{Account, Action, Catalogue, InFlight, InvoiceNumber, Policy, PolicyRef, decide, evolve};
use proptest::prelude::*;

use crate::says::{Op, op};
use crate::world::{World, packs, segments, segments_2};

/// A life under several ladders, which a new version meets somewhere on its way.
fn life(ops: Vec<Op>, change: usize, how: InFlight) -> World {
    let mut world = World::under(segments());
    for (n, op) in ops.into_iter().enumerate() {
        if n == change {
            world.migrates(segments_2(), how);
        }
        world.live(op);
    }
    world.pass_days(90);
    world
}

/// Small amounts with a few that make a key account.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    let large =
        (4_000_000i64..9_000_000, -40i32..20).prop_map(|(minor, due_in)| Op::Invoice { minor, due_in, foreign: false });
    prop::collection::vec(prop_oneof![9 => op(), 2 => large], 1..30)
}

fn how() -> impl Strategy<Value = InFlight> {
    prop_oneof![Just(InFlight::Migrate), Just(InFlight::Restart)]
}

/// Each event with the account before it, and the version that applied to it.
fn told(world: &World, mut look: impl FnMut(&Account, &Policy, &Event)) {
    let versions: BTreeMap<PolicyRef, &Policy> =
        [segments(), segments_2()].into_iter().map(|policy| (policy.reference(), policy)).collect();
    let mut account = Account::new(world.account.id.clone());
    for event in &world.journal {
        let policy = account.policy.as_ref().map_or(segments(), |version| versions[version]);
        look(&account, policy, event);
        evolve(&mut account, event);
    }
    assert_eq!(account, world.account);
}

fn of<'a>(policy: &'a Policy, account: &Account, level: &escalation::LevelId) -> Option<&'a Level> {
    policy.levels_of(account).iter().find(|known| &known.id == level)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Never two notices of one level for one item in one walk, whatever becomes of segments and versions.
    #[test]
    fn invariant_3_no_level_is_sent_twice(ops in ops(), change in 0usize..30, how in how()) {
        let world = life(ops, change, how);
        let mut sent = BTreeSet::new();
        told(&world, |account, _, event| {
            let Fact::EffectDone { key, .. } = &event.fact else { return };
            let Some(known) = account.effects.get(key).filter(|known| known.state != EffectState::Handed) else { return };
            let Action::SendNotice(notice) = &known.effect.action else { return };
            for number in &notice.invoices {
                let item = &account.items[number];
                if item.level() == Some(&notice.level) && known.effect.due_on == item.last_taken().unwrap().on {
                    assert!(sent.insert((number.clone(), item.cycle, notice.level.clone())), "{} twice for {number}", notice.level);
                }
            }
        });
    }

    /// A level is the one after the highest of the ladder that was left behind, or a mandatory one that was missed; what is
    /// passed over has its sentence, and a mandatory level never is.
    #[test]
    fn invariant_4_levels_rise_one_by_one(ops in ops(), change in 0usize..30, how in how()) {
        told(&life(ops, change, how), |account, policy, event| {
            let (invoice, level, passed) = match &event.fact {
                Fact::LevelReached { invoice, level } => (invoice, level, None),
                Fact::LevelPassed { invoice, level, because } => (invoice, level, Some(because)),
                _ => return,
            };
            let (levels, item) = (policy.levels_of(account), &account.items[invoice]);
            let rank = |id| levels.iter().position(|known| &known.id == id);
            let now = rank(level).unwrap();
            let highest = item.steps.iter().filter_map(|step| rank(&step.level)).max();
            let missed = levels[now].mandatory && highest.is_some_and(|highest| now <= highest);
            assert!(missed || highest.map_or(0, |highest| highest + 1) == now, "{level} for {invoice} after {:?}", item.steps);
            assert!(passed.is_none_or(|because| !because.is_empty() && !levels[now].mandatory), "{level} is passed over");
        });
    }

    /// A notice is never friendlier than one that was sent before, unless the ladder was begun anew.
    #[test]
    fn invariant_5_the_tone_never_falls(ops in ops(), change in 0usize..30, how in how()) {
        told(&life(ops, change, how), |account, policy, event| {
            let Fact::LevelReached { invoice, level } = &event.fact else { return };
            let Some(ours) = of(policy, account, level).filter(|ours| ours.action == LevelAction::Notice) else { return };
            let steps = account.items[invoice].steps.iter().filter(|step| step.passed.is_none());
            let before: Option<Tone> = steps
                .filter_map(|step| policy.level(&step.level))
                .filter(|level| level.action == LevelAction::Notice)
                .map(|level| level.tone)
                .max();
            assert!(ours.mandatory || before.is_none_or(|before| before <= ours.tone), "{level} after {before:?}");
        });
    }

    /// A level keeps its distance from the one before, and from the deadline that was stated there, in another version too.
    #[test]
    fn invariant_6_gaps_and_deadlines_are_kept(ops in ops(), change in 0usize..30, how in how()) {
        let mut deadlines: BTreeMap<InvoiceNumber, (u32, escalation::Date)> = BTreeMap::new();
        told(&life(ops, change, how), |account, policy, event| {
            let Fact::LevelReached { invoice, level } = &event.fact else { return };
            let (ours, item) = (of(policy, account, level).unwrap(), &account.items[invoice]);
            if let Some(last) = item.last_taken() {
                let gap = days_between(last.on, event.on);
                assert!(gap >= i32::from(ours.gap_days).max(1), "{level} for {invoice} {gap} days after {}", last.level);
                if let Some((_, deadline)) = deadlines.get(invoice).filter(|(cycle, _)| *cycle == item.cycle) {
                    let stands = item.last_taken().is_some_and(|last| policy.level(&last.level).is_some_and(|l| l.deadline_days.is_some()));
                    assert!(!stands || *deadline < event.on, "{level} for {invoice} before the deadline of {deadline}");
                }
            }
            if let Some(days) = ours.deadline_days {
                deadlines.insert(invoice.clone(), (item.cycle, plus_days(event.on, i32::from(days))));
            }
        });
    }

    /// No level before its day, and a stated deadline counts from the day of sending.
    #[test]
    fn invariant_7_nothing_comes_before_its_day(ops in ops(), change in 0usize..30, how in how()) {
        told(&life(ops, change, how), |account, policy, event| match &event.fact {
            Fact::LevelReached { invoice, level } => {
                let (ours, item) = (of(policy, account, level).unwrap(), &account.items[invoice]);
                let anchor = match ours.after {
                    escalation::policy::Anchor::Issue => item.invoice.issued_on,
                    escalation::policy::Anchor::Due => item.invoice.due_on,
                };
                assert!(days_between(anchor, event.on) >= i32::from(ours.days), "{level} for {invoice} on {}", event.on);
            }
            Fact::EffectDone { key, .. } => {
                let Some(known) = account.effects.get(key).filter(|known| known.state == EffectState::Planned) else { return };
                let Action::SendNotice(notice) = &known.effect.action else { return };
                let stated = policy.level(&notice.level).and_then(|level| level.deadline_days);
                if let (Some(days), Some(deadline)) = (stated, notice.deadline) {
                    assert_eq!(deadline, plus_days(event.on, i32::from(days)), "{key}");
                }
            }
            _ => {}
        });
    }

    /// Nothing of the ladder while a promise runs, and none is broken before its day and grace, with the money short.
    #[test]
    fn invariant_8_a_promise_is_waited_for(ops in ops(), change in 0usize..30, how in how()) {
        told(&life(ops, change, how), |account, policy, event| match &event.fact {
            Fact::LevelReached { invoice, level } => {
                let promised = account.running_promises().any(|one| one.invoices.is_empty() || one.invoices.contains(invoice));
                assert!(!promised, "{level} for {invoice}, which is promised");
            }
            Fact::PromiseBroken { promise } => {
                let known = account.promises.iter().find(|known| &known.id == promise).unwrap();
                assert!(event.on > plus_days(known.due_on, i32::from(policy.promise.grace_days)), "{promise} too early");
                let kept = i128::from(known.amount.minor) * i128::from(policy.promise.tolerance_percent);
                assert!(i128::from(known.received.minor) * 100 < kept, "{promise} was kept");
            }
            _ => {}
        });
    }

    /// Every step stands under a version that is on record, and deciding again on the same facts decides the same.
    #[test]
    fn invariant_40_every_decision_has_its_version_and_can_be_made_again(ops in ops(), change in 0usize..30, how in how()) {
        let world = life(ops, change, how);
        told(&world, |account, _, event| {
            if let Fact::LevelReached { level, .. } | Fact::LevelPassed { level, .. } = &event.fact {
                let version = account.policy.as_ref().unwrap_or_else(|| panic!("{level} without a version"));
                assert_eq!(version.name, "segments");
            }
        });
        let decision = || decide(&world.account, world.policy, packs(), &world.clock());
        prop_assert_eq!(decision(), decision());
    }

    /// A version that is published leaves accounts in flight alone, and one that is imposed never rewrites what was done.
    #[test]
    fn invariant_41_a_new_version_changes_only_what_comes_after(ops in ops(), how in how()) {
        let mut world = World::under(segments());
        ops.into_iter().for_each(|op| world.live(op));
        let catalogue = Catalogue::new(segments_2().clone().into()).with(segments().clone().into());
        let chosen = catalogue.of(&world.account).unwrap().version.clone();
        prop_assert_eq!(chosen, if world.account.in_flight().is_some() { "1" } else { "2" });
        let before = world.account.clone();
        world.migrates(segments_2(), how);
        for (number, item) in &before.items {
            let after = &world.account.items[number];
            let restarted = how == InFlight::Restart && item.is_open() && !item.steps.is_empty();
            prop_assert!(restarted || after.steps.starts_with(&item.steps), "{}: {:?} became {:?}", number, item.steps, after.steps);
            prop_assert_eq!(after.cycle, item.cycle + u32::from(restarted));
        }
    }
}
