//! The simulator itself: the same seed tells the same story, and a few seeds hold in every test run.

use crate::sweep::one;

#[test]
fn the_same_seed_tells_the_same_story() {
    let (first, again, other) = (one(3).unwrap(), one(3).unwrap(), one(4).unwrap());
    assert_eq!(first.digest, again.digest);
    assert_ne!(first.digest, other.digest);
    assert!(first.marks > 10 && first.faults.values().sum::<u64>() > 10);
}

#[test]
fn a_few_seeds_hold() {
    for seed in 5..9 {
        let report = one(seed).unwrap();
        assert!(report.violations.is_empty(), "seed {seed}: {:#?}\n{:#?}", report.violations, report.story);
        assert!(report.story.iter().any(|line| line.contains("moved to history")), "seed {seed}: {:#?}", report.story);
    }
}

/// A host that was frozen between mark and call for longer than the other side remembers keys must not call any more.
#[test]
fn a_frozen_host_does_not_call_with_a_dead_key() {
    let report = one(1244).unwrap();
    assert!(report.violations.is_empty(), "{:#?}", report.violations);
}
