//! Stories of one connection, and laws that hold for every story.

use escalation::Date;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const RATE: Rate = Rate { per_minute: 6, burst: 3 };
const PROBE: Duration = Duration::from_secs(60);

/// So many seconds into the day.
fn at(seconds: i64) -> DateTime {
    let start = Date::constant(2026, 1, 5).at(8, 0, 0, 0);
    start.checked_add(Duration::from_secs(seconds.unsigned_abs())).unwrap()
}

fn take(valve: &mut Valve, now: DateTime, want: u32) -> Passage {
    valve.turn(ValveChange::Take { now, want, rate: Some(RATE), probe: PROBE })
}

fn fail(valve: &mut Valve, now: DateTime, wait: Option<u64>) -> Passage {
    let wait = wait.map(Duration::from_secs);
    valve.turn(ValveChange::Failed { now, why: "no answer".to_owned(), wait })
}

/// When it opens again.
fn until(passage: &Passage) -> DateTime {
    match passage {
        Passage::Until { at, .. } => *at,
        other => panic!("{other:?}"),
    }
}

/// A breaker that has just opened, and when it may be probed.
fn opened() -> (Valve, DateTime) {
    let mut valve = Valve::default();
    for _ in 1..FAILURES_MAX {
        assert_eq!(fail(&mut valve, at(0), None), Passage::Open(1));
    }
    let until = until(&fail(&mut valve, at(0), None));
    assert!(until > at(0) && until <= at(30), "{until}");
    (valve, until)
}

#[test]
fn a_burst_goes_at_once_and_the_rest_at_its_rate() {
    let mut valve = Valve::default();
    assert_eq!(take(&mut valve, at(0), 2), Passage::Open(2));
    assert_eq!(take(&mut valve, at(0), 2), Passage::Open(1));
    assert_eq!(until(&take(&mut valve, at(0), 1)), at(10));
    assert_eq!(until(&take(&mut valve, at(9), 1)), at(10));
    assert_eq!(take(&mut valve, at(10), 5), Passage::Open(1));
    assert_eq!(take(&mut valve, at(3_600), 5), Passage::Open(3));
    // Who asks often gets no less than who asks rarely.
    let mut granted = 0;
    for tenth in 0..600 {
        let now = at(3_600).checked_add(Duration::from_millis(tenth * 100)).unwrap();
        granted += u32::from(matches!(take(&mut valve, now, 1), Passage::Open(1)));
    }
    assert_eq!(granted, 5, "of the six in a minute the last comes at its end");
    let unlimited = ValveChange::Take { now: at(0), want: 70_000, rate: None, probe: PROBE };
    assert_eq!(valve.turn(unlimited), Passage::Open(70_000));
}

#[test]
fn a_rate_of_nothing_is_a_pause() {
    for rate in [Rate { per_minute: 0, burst: 1 }, Rate { per_minute: 1, burst: 0 }] {
        let change = ValveChange::Take { now: at(0), want: 1, rate: Some(rate), probe: PROBE };
        assert!(matches!(Valve::default().turn(change), Passage::Paused { .. }));
    }
}

#[test]
fn a_clock_that_goes_back_grants_nothing_and_stops_nothing() {
    let mut valve = Valve::default();
    assert_eq!(take(&mut valve, at(7_200), 9), Passage::Open(3));
    // A second host, whose clock is a little behind.
    assert_eq!(until(&take(&mut valve, at(7_170), 1)), at(7_210));
    assert_eq!(until(&take(&mut valve, at(7_200), 1)), at(7_210));
    // Winter time.
    assert_eq!(until(&take(&mut valve, at(3_600), 1)), at(3_610));
    assert_eq!(take(&mut valve, at(3_610), 1), Passage::Open(1));
    // Asked to wait while the clock stood a year ahead.
    let (ahead, day) = (at(365 * 86_400), 86_400);
    fail(&mut valve, ahead, Some(60));
    assert_eq!(until(&take(&mut valve, at(0), 1)), at(day));
    assert_eq!(take(&mut valve, at(day), 1), Passage::Open(1));
}

#[test]
fn an_open_breaker_lets_one_probe_out_at_a_time() {
    let (mut valve, reopens) = opened();
    assert_eq!(until(&take(&mut valve, at(0), 1)), reopens);
    assert_eq!(take(&mut valve, reopens, 3), Passage::Open(1));
    let probe_ends = after(reopens, PROBE);
    assert_eq!(until(&take(&mut valve, reopens, 3)), probe_ends);
    // The probe's host died: another goes out.
    assert_eq!(take(&mut valve, probe_ends, 3), Passage::Open(1));
    assert_eq!(valve.turn(ValveChange::Went), Passage::Open(1));
    assert_eq!(valve.failures, 0);
    assert_eq!(take(&mut valve, after(probe_ends, Duration::from_secs(60)), 3), Passage::Open(3));
}

#[test]
fn failed_probes_double_the_wait_up_to_its_bound() {
    let (mut valve, mut now) = opened();
    let mut bounds = Vec::new();
    for probes in 1..=12 {
        assert_eq!(take(&mut valve, now, 1), Passage::Open(1));
        let next = until(&fail(&mut valve, now, None));
        let wait = next.duration_since(now).unsigned_abs();
        let bound = OPEN_MAX.min(OPEN_FIRST * 2_u32.pow(probes));
        assert!(wait >= WAIT_MIN && wait <= bound, "{wait:?} after {probes} probes");
        bounds.push(wait);
        // A probe of the minute's rate has its token again by then.
        now = after(next, Duration::from_secs(10));
    }
    // Full jitter: no two alike, and some in each half.
    assert!(bounds.iter().any(|wait| *wait > OPEN_MAX / 2) && bounds.iter().skip(5).any(|wait| *wait < OPEN_MAX / 2));
    assert_eq!(valve.failures, FAILURES_MAX + 12);
}

#[test]
fn what_was_on_its_way_does_not_count_twice() {
    let (mut valve, reopens) = opened();
    for _ in 0..200 {
        assert!(until(&fail(&mut valve, at(0), None)) <= at(30));
    }
    assert_eq!(valve.failures, FAILURES_MAX);
    assert!(until(&take(&mut valve, at(0), 1)) >= reopens);
}

#[test]
fn a_long_wait_is_honoured_and_a_senseless_one_is_not() {
    let mut valve = Valve::default();
    assert_eq!(until(&fail(&mut valve, at(0), Some(7_200))), at(7_200));
    // Neither an answer to what went out before, nor a lesser failure, shortens it.
    assert_eq!(until(&valve.turn(ValveChange::Went)), at(7_200));
    assert_eq!(until(&fail(&mut valve, at(1), Some(10))), at(7_200));
    assert_eq!(until(&fail(&mut valve, at(1), None)), at(7_200));
    assert_eq!(until(&take(&mut valve, at(7_199), 1)), at(7_200));
    assert_eq!(take(&mut valve, at(7_200), 3), Passage::Open(1));
    assert_eq!(until(&fail(&mut valve, at(7_200), Some(u64::MAX))), after(at(7_200), WAIT_MAX));
    assert!(until(&fail(&mut Valve::default(), at(0), Some(0))) > at(0));
}

#[test]
fn a_locked_connection_waits_for_a_person() {
    let mut valve = Valve::default();
    let locked = || ValveChange::Locked { why: "401 invalid token".to_owned() };
    let paused = Passage::Paused { why: "401 invalid token".to_owned() };
    assert_eq!(valve.turn(locked()), paused);
    assert_eq!(take(&mut valve, at(999_999), 1), paused);
    assert_eq!(valve.turn(ValveChange::Went), paused);
    assert_eq!(fail(&mut valve, at(0), None), paused);
    assert_eq!(valve.turn(ValveChange::Resume), Passage::Open(1));
    assert_eq!(take(&mut valve, at(0), 3), Passage::Open(3));
    // A person's own sentence stays.
    valve.turn(ValveChange::Pause { why: "they move house".to_owned() });
    assert_eq!(valve.turn(locked()), Passage::Paused { why: "they move house".to_owned() });
    assert_eq!(valve.trouble, "401 invalid token");
}

#[test]
fn a_person_lifts_a_wait_and_gets_no_more_than_the_rate() {
    let mut valve = Valve::default();
    take(&mut valve, at(0), 3);
    fail(&mut valve, at(0), Some(7_200));
    assert_eq!(valve.turn(ValveChange::Resume), Passage::Open(1));
    assert_eq!(until(&take(&mut valve, at(0), 1)), at(10));
}

#[test]
fn an_effect_waits_longer_each_time() {
    let all = |attempt| backoff(attempt, u32::MAX);
    assert_eq!([all(0), all(1), all(2), all(3)].map(|wait| wait.as_secs()), [60, 60, 120, 240]);
    assert_eq!((all(7).as_secs(), all(u32::MAX).as_secs()), (3_600, 3_600));
    assert_eq!(backoff(3, u32::MAX / 2).as_secs(), 120);
    assert_eq!(backoff(9, 0), WAIT_MIN);
    assert_eq!(honour(Duration::from_secs(5_000)).as_secs(), 5_000);
}

/// What may happen to a valve, by the second of the day.
#[derive(Clone, Debug)]
enum Happens {
    Take { second: i64, want: u32 },
    Went,
    Failed { second: i64, wait: Option<u64> },
    Locked,
    Pause,
    Resume,
}

impl Happens {
    fn change(&self, rate: Rate) -> ValveChange {
        let why = "because".to_owned();
        match *self {
            Self::Take { second, want } => ValveChange::Take { now: at(second), want, rate: Some(rate), probe: PROBE },
            Self::Went => ValveChange::Went,
            Self::Failed { second, wait } => {
                ValveChange::Failed { now: at(second), why, wait: wait.map(Duration::from_secs) }
            }
            Self::Locked => ValveChange::Locked { why },
            Self::Pause => ValveChange::Pause { why },
            Self::Resume => ValveChange::Resume,
        }
    }

    fn second(&self) -> Option<i64> {
        match self {
            Self::Take { second, .. } | Self::Failed { second, .. } => Some(*second),
            _ => None,
        }
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    let second = 0..200_000_i64;
    prop_oneof![
        8 => (second.clone(), 0..20_u32).prop_map(|(second, want)| Happens::Take { second, want }),
        3 => Just(Happens::Went),
        4 => (second, prop::option::weighted(0.2, 0..200_000_u64))
            .prop_map(|(second, wait)| Happens::Failed { second, wait }),
        1 => Just(Happens::Locked),
        1 => Just(Happens::Pause),
        3 => Just(Happens::Resume),
    ]
}

fn rate() -> impl Strategy<Value = Rate> {
    (1..5_000_u32, 1..50_u32).prop_map(|(per_minute, burst)| Rate { per_minute, burst })
}

/// A clock that only goes forward.
fn in_order(mut story: Vec<Happens>) -> Vec<Happens> {
    let mut seconds: Vec<i64> = story.iter().filter_map(Happens::second).collect();
    seconds.sort_unstable();
    let mut seconds = seconds.into_iter();
    for happens in &mut story {
        if let Happens::Take { second, .. } | Happens::Failed { second, .. } = happens {
            *second = seconds.next().unwrap_or(*second);
        }
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_more_is_granted_than_the_rate_allows(story in vec(happens(), 1..80), rate in rate(), any_clock: bool) {
        let story = if any_clock { story } else { in_order(story) };
        let (mut valve, mut granted, mut passed, mut before) = (Valve::default(), 0_i64, 0, None);
        for happens in story {
            let passage = valve.turn(happens.change(rate));
            let Happens::Take { second, .. } = happens else { continue };
            // What the clock took back it passes once more.
            passed += (second - before.replace(second).unwrap_or(second)).max(0);
            if let Passage::Open(n) = passage {
                granted += i64::from(n);
            }
            let allowed = i64::from(rate.burst) + passed * i64::from(rate.per_minute) / 60;
            prop_assert!(granted <= allowed, "{granted} granted, {allowed} allowed");
        }
    }

    #[test]
    fn hosts_whose_clocks_differ_a_little_get_no_more_together(skews in vec(-25..=25_i64, 1..200), rate in rate()) {
        let (mut valve, mut granted) = (Valve::default(), 0);
        for skew in &skews {
            let change = ValveChange::Take { now: at(1_000 + skew), want: 50, rate: Some(rate), probe: PROBE };
            if let Passage::Open(n) = valve.turn(change) {
                granted += n;
            }
        }
        prop_assert!(granted <= rate.burst + rate.per_minute * 50 / 60);
    }

    #[test]
    fn a_paused_valve_grants_nothing_and_times_to_come_are_to_come(story in vec(happens(), 1..80), rate in rate()) {
        let (mut valve, mut paused) = (Valve::default(), false);
        for happens in story {
            let passage = valve.turn(happens.change(rate));
            match happens {
                Happens::Locked | Happens::Pause => paused = true,
                Happens::Resume => paused = false,
                _ => {}
            }
            prop_assert_eq!(matches!(passage, Passage::Paused { .. }), paused);
            match (&passage, happens.second()) {
                (Passage::Until { at: then, .. }, Some(second)) => {
                    prop_assert!(*then > at(second) && *then <= after(at(second), WAIT_MAX + OPEN_MAX));
                }
                (Passage::Open(n), _) => prop_assert!(*n >= 1),
                _ => {}
            }
        }
    }

    #[test]
    fn an_answered_probe_closes_the_breaker(story in vec(happens(), 1..80), rate in rate()) {
        let mut valve = Valve::default();
        for happens in in_order(story) {
            let was_probing = valve.probing_until.is_some();
            valve.turn(happens.change(rate));
            if matches!(happens, Happens::Went) {
                prop_assert_eq!(valve.failures, 0);
                prop_assert!(!was_probing || valve.closed_until.is_none());
            }
            prop_assert!(valve.closed_until.is_some() || valve.probing_until.is_none());
        }
        // Whatever happened: a person, and then time, bring it back.
        valve.turn(ValveChange::Resume);
        let passage = valve.turn(Happens::Take { second: 400_000, want: 1 }.change(rate));
        prop_assert_eq!(passage, Passage::Open(1));
    }
}
