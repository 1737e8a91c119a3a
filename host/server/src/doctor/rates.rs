//! The rates of law: whether a series that this creditor or its debtors need is about to end, or has ended.

use escalation::pack::RunsOut;
use escalation::{Date, Packs};
use store::{AccountFilter, Result, Store};

use super::Check;
use crate::config::Config;
use crate::packs;

pub async fn examine(config: &Config, store: &dyn Store, today: Date) -> Check {
    let packs = match packs::of(config) {
        Ok(packs) => packs,
        Err(error) => return Check::failed("rates", &error),
    };
    match needed(&packs, &config.creditor.country, store).await {
        Ok(needed) => judge(&packs.runs_out(today), &needed),
        Err(error) => Check::failed("rates", &error),
    }
}

/// The countries of the packs that the creditor or one of its debtors lives in.
async fn needed(packs: &Packs, creditor: &str, store: &dyn Store) -> Result<Vec<String>> {
    let mut needed = Vec::new();
    for pack in packs.iter() {
        let mut lives = false;
        for code in std::iter::once(&pack.country).chain(&pack.also) {
            let filter = AccountFilter { country: Some(code.clone()), per_page: 1, ..AccountFilter::default() };
            lives = lives || code == creditor || store.accounts(&filter).await?.total > 0;
        }
        if lives {
            needed.push(pack.country.clone());
        }
    }
    Ok(needed)
}

fn judge(ends: &[RunsOut], needed: &[String]) -> Check {
    let (ours, others): (Vec<_>, Vec<_>) = ends.iter().partition(|end| needed.contains(&end.country));
    if ours.is_empty() {
        let aside = if others.is_empty() { "" } else { "; of countries that are not yours: " };
        return Check::well("rates", format!("every rate that you need is known{aside}{}", told(&others)));
    }
    Check::wrong(
        "rates",
        told(&ours),
        "look the new rate up at its source, add it to `rates` of the series in the workspace's `packs`, and move `known_until`",
    )
}

fn told(ends: &[&RunsOut]) -> String {
    let one = |end: &&RunsOut| {
        let word = if end.days_left < 0 { "ended on" } else { "ends on" };
        format!("`{}` of {} {word} {}", end.series, end.country, end.known_until)
    };
    ends.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_ends_is_to_be_done_where_it_is_needed_and_named_where_it_is_not() {
        let packs = packs::built_in().unwrap();
        let needed = ["DE".to_owned()];
        let on = |month, day| judge(&packs.runs_out(jiff::civil::date(2026, month, day)), &needed);
        assert!(on(6, 15).well && on(6, 15).says == "every rate that you need is known");
        // Fourteen days before the Danish and Swedish series end.
        let told = on(6, 16);
        assert!(told.well && told.says.contains("`dk-lending-rate` of DK ends on 2026-06-30"), "{}", told.says);
        assert!(on(12, 16).well);
        let told = on(12, 17);
        assert!(!told.well && told.says == "`de-base-rate` of DE ends on 2026-12-31", "{}", told.says);
    }
}
