//! What holds for every file: it is taken exactly if its trailer agrees, and keys tell transactions apart.

use super::read;
use dunlin_plugin_sdk::Money;
use dunlin_plugin_sdk::agency::Fact;
use proptest::prelude::*;

/// A transaction that is made up: gross and commission in cents, remitted net, and taken back.
type Made = (i64, i64, bool, bool);

fn money(minor: i64) -> String {
    Money::new(minor, "EUR").plain()
}

fn file(made: &[Made], off: [i64; 3]) -> String {
    let mut text = "H,1,F-1,2026-05-04,westwind\n".to_owned();
    let mut sums = off;
    for (number, (gross, commission, net, back)) in made.iter().enumerate() {
        let left = if *net { gross - commission } else { *gross };
        let cells = [*gross, *commission, left].map(money).join(",");
        let mode = if *net { "net" } else { "gross" };
        text += &match back {
            false => format!("C,T-{number},p,D-1,EUR,{cells},{mode},2026-05-01,R-1\n"),
            true => format!("V,T-{number},p,D-1,T-0,EUR,{cells},2026-05-01,NSF\n"),
        };
        for (sum, amount) in sums.iter_mut().zip([*gross, *commission, left]) {
            *sum += if *back { -amount } else { amount };
        }
    }
    text + &format!("T,{},EUR,{}\n", made.len(), sums.map(money).join(","))
}

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = (1..1_000_000_000_i64, 0..=100_i64, any::<bool>(), any::<bool>());
    prop::collection::vec(one.prop_map(|(gross, share, net, back)| (gross, gross * share / 100, net, back)), 1..20)
}

proptest! {
    #[test]
    fn what_agrees_is_taken_whole(made in made()) {
        let events = read(&file(&made, [0; 3])).unwrap();
        let keys: std::collections::BTreeSet<_> = events.iter().map(|event| &event.source.key).collect();
        prop_assert_eq!(keys.len(), made.len());
        for (event, (gross, commission, ..)) in events.iter().zip(&made) {
            let found = match &event.fact {
                Fact::Collected(fact) => (fact.gross.minor, fact.commission.minor),
                Fact::Reversed(fact) => (fact.gross.minor, fact.commission.minor),
                other => panic!("{other:?}"),
            };
            prop_assert_eq!(found, (*gross, *commission));
        }
    }

    #[test]
    fn a_cent_off_refuses_it(made in made(), which in 0..3_usize, off in prop_oneof![-100..0_i64, 1..100_i64]) {
        let mut all = [0; 3];
        all[which] = off;
        let fault = read(&file(&made, all)).unwrap_err();
        prop_assert!(fault.contains("the trailer states"), "{}", fault);
    }

    #[test]
    fn noise_is_never_taken(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(crate::wire::incoming::read(&bytes, crate::wire::Delimiter::Comma).is_err());
    }
}
