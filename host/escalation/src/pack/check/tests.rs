//! Packs that are refused, each with its line and what would be right; and those that are built in.

use jiff::civil::date;

use crate::pack::{NoRate, Pack, Packs};

const GERMANY: &str = include_str!("../../../../../config/packs/DE.toml");
const DENMARK: &str = include_str!("../../../../../config/packs/DK.toml");
const GREECE: &str = include_str!("../../../../../config/packs/GR.toml");
const BRITAIN: &str = include_str!("../../../../../config/packs/UK.toml");

fn refused(text: &str) -> String {
    match Pack::parse(text, "p.toml") {
        Ok(_) => panic!("accepted:\n{text}"),
        Err(error) => error.to_string(),
    }
}

/// A pack with one text replaced, which must be there.
fn with(pack: &str, from: &str, to: &str) -> String {
    assert!(pack.contains(from), "`{from}` is not in the pack");
    pack.replacen(from, to, 1)
}

/// The pack is refused in the line that has `line` in it, and says `part`.
fn refused_at(text: &str, line: &str, part: &str) {
    let at = text.lines().position(|found| found.contains(line)).map(|at| at + 1).unwrap();
    let error = refused(text);
    assert!(error.starts_with(&format!("p.toml:{at}: ")), "line {at} is not in:\n{error}");
    assert!(error.contains(part), "`{part}` is not in:\n{error}");
}

#[test]
fn a_rate_without_source_is_refused() {
    let text = with(GERMANY, "percent = \"3.62\", source = \"Bundesbank, § 247 BGB\"", "percent = \"3.62\"");
    refused_at(&text, "percent = \"3.62\"", "missing field `source`");
    let text = with(GERMANY, "\"3.62\", source = \"Bundesbank, § 247 BGB\"", "\"3.62\", source = \" \"");
    refused_at(&text, "percent = \"3.62\"", "the rate of `de-base-rate` from 2024-01-01 has no source");
}

#[test]
fn a_gap_and_an_overlap_between_rates_are_refused() {
    let row = "    { from = 2025-01-01, percent = \"2.27\", source = \"Bundesbank, § 247 BGB\", certainty = \"verified\" },\n";
    refused_at(&with(GERMANY, row, ""), "from = 2025-07-01", "the half-year from 2025-01-01 is missing");
    refused_at(&with(GERMANY, row, &row.repeat(2)), "from = 2025-01-01", "overlaps the one from 2025-01-01");
    let text = with(GREECE, "from = 2026-06-17", "from = 2025-06-11");
    refused_at(&text, "percent = \"9.40\"", "overlaps");
}

#[test]
fn a_series_that_is_empty_or_known_for_too_long_is_refused() {
    let text = "country = \"XX\"\nname = \"x\"\nversion = \"1\"\ncurrency = \"EUR\"\nlanguage = \"en\"\n[series.a]\ntitle = \"a\"\n\
                rhythm = \"on-change\"\nknown_until = 2026-01-01\nrates = []\n";
    refused_at(text, "rates", "the series `a` is empty");
    let text = with(GERMANY, "known_until = 2026-12-31", "known_until = 2027-12-31");
    refused_at(&text, "known_until", "its last half-year ends on 2026-12-31, not on 2027-12-31");
    let text = with(GERMANY, "from = 2023-07-01", "from = 2023-07-02");
    refused_at(&text, "from = 2023-07-02", "changes by half-years, but begins on 2023-07-02");
}

#[test]
fn versions_of_a_rule_follow_each_other_and_two_rules_never_cover_one_case() {
    let text = with(DENMARK, "until = 2013-02-28", "until = 2013-02-27");
    refused_at(&text, "from = 2013-03-01", "`renteloven-5` has a gap from 2013-02-28 to 2013-03-01");
    let text = with(DENMARK, "until = 2013-02-28\n", "");
    refused_at(&text, "from = 2013-03-01", "overlaps its version from 2002-08-01");
    let text = with(GERMANY, "debtors = [\"consumer\"]", "debtors = [\"consumer\", \"business\"]");
    refused_at(&text, "from = 2002-01-01", "`bgb-288-1` from 2002-01-01 overlaps `bgb-288-2` from 2014-07-29");
}

#[test]
fn a_fee_above_its_cap_is_refused() {
    let text = with(DENMARK, "amount = \"100.00 DKK\"\ncap", "amount = \"100.01 DKK\"\ncap");
    refused_at(&text, "\"100.01 DKK\"", "the fee of 100.01 DKK is above its cap of 100.00 DKK");
    let text = with(DENMARK, "amount = \"100.00 DKK\"\ncap", "amount = \"10.00 EUR\"\ncap");
    refused_at(&text, "\"10.00 EUR\"", "10.00 EUR is not in DKK");
}

#[test]
fn unknown_kinds_and_keys_are_refused_with_what_is_allowed() {
    refused_at(&with(GERMANY, "[\"consumer\"]", "[\"citizen\"]"), "[\"citizen\"]", "`sole-trader`");
    refused_at(&with(GERMANY, "[\"consumer\"]", "[\"unknown\"]"), "[\"unknown\"]", "does not say whom it covers");
    refused_at(&with(GERMANY, "[\"consumer\"]", "[]"), "debtors = []", "does not say whom it covers");
    refused_at(&with(GERMANY, "margin = \"9\"", "marge = \"9\""), "marge", "`margin`");
    refused_at(&with(GERMANY, "series = \"de-base-rate\"", "series = \"base\""), "series = \"base\"", "`de-base-rate`");
    refused_at(&with(GERMANY, "\"act-act\"", "\"365\""), "\"365\"", "`act-365`");
}

#[test]
fn tiers_that_leave_a_debt_out_are_refused() {
    let text = with(BRITAIN, "{ amount = \"100.00 GBP\" }", "{ below = \"20000.00 GBP\", amount = \"100.00 GBP\" }");
    refused_at(&text, "tiers", "its tiers have a gap or overlap");
    let text = with(BRITAIN, "below = \"10000.00 GBP\"", "below = \"999.00 GBP\"");
    refused_at(&text, "tiers", "its tiers do not rise");
}

#[test]
fn a_listed_holiday_without_a_day_in_a_listed_year_is_refused() {
    let listed = "when = { dates = [2026-04-06] }";
    let text = with(GERMANY, "when = { western_easter = 1 }", listed);
    refused_at(&text, listed, "the calendar does not say for which years");
    let text = with(&text, "weekend =", "years = [2026, 2027]\nweekend =");
    refused_at(&text, listed, "`Ostermontag` has no day in 2027");
    let text = with(&text, listed, "when = { dates = [2026-04-06, 2027-03-29] }");
    assert!(Pack::parse(&text, "p.toml").is_ok());
}

#[test]
fn hours_that_cannot_be_are_refused() {
    refused_at(&with(GREECE, "until = \"20:00\"", "until = \"08:00\""), "hours = {", "before they begin");
}

#[test]
fn a_rate_is_answered_inside_its_days_and_refused_outside() {
    let pack = Pack::parse(GERMANY, "DE.toml").unwrap();
    let rate = |day| pack.rate("de-base-rate", day).map(|rate| rate.percent.to_string());
    assert_eq!(rate(date(2026, 6, 30)), Ok("1.27".to_owned()));
    assert_eq!(rate(date(2026, 7, 1)), Ok("1.52".to_owned()));
    assert_eq!(rate(date(2026, 12, 31)), Ok("1.52".to_owned()));
    let past =
        NoRate::Past { series: "de-base-rate".to_owned(), day: date(2027, 1, 1), known_until: date(2026, 12, 31) };
    assert_eq!(rate(date(2027, 1, 1)), Err(past.clone()));
    assert_eq!(
        past.to_string(),
        "the rate `de-base-rate` on 2027-01-01 is not known: known_until is 2026-12-31, and nothing is extrapolated"
    );
    assert!(
        matches!(rate(date(2023, 6, 30)), Err(NoRate::Before { known_from, .. }) if known_from == date(2023, 7, 1))
    );
    assert!(matches!(pack.rate("euribor", date(2026, 1, 1)), Err(NoRate::Unknown { .. })));
}

#[test]
fn a_series_is_told_of_fourteen_days_before_it_ends() {
    let mut packs = Packs::default();
    packs.put(Pack::parse(GERMANY, "DE.toml").unwrap());
    assert!(packs.runs_out(date(2026, 12, 16)).is_empty());
    let told = packs.runs_out(date(2026, 12, 17));
    assert_eq!((told.len(), told[0].series.as_str(), told[0].days_left), (1, "de-base-rate", 14));
    assert_eq!(packs.runs_out(date(2027, 1, 2))[0].days_left, -2);
}

#[test]
fn a_country_is_found_by_its_other_code_and_no_pack_stands_in_for_another() {
    let mut packs = Packs::default();
    packs.put(Pack::parse(BRITAIN, "UK.toml").unwrap());
    assert_eq!(packs.get("GB").map(|pack| pack.country.as_str()), Ok("UK"));
    let refused = packs.get("FR").unwrap_err().to_string();
    assert!(refused.starts_with("there is no pack for `FR`\n\nhint: there are `UK`"), "{refused}");
}

#[test]
fn the_built_in_packs_stand() {
    for country in ["DE", "DK", "SE", "GR", "UK", "US", "EU"] {
        let file = format!("{}/../../config/packs/{country}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&file).unwrap();
        let pack = Pack::parse(&text, &file).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(pack.country, country);
    }
}
