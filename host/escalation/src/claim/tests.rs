//! Claims worked out by hand, country by country; the laws that hold for all of them are beside.

mod laws;

use jiff::civil::{Date, date};

use super::*;

/// One of the built-in packs.
pub(super) fn pack(country: &str) -> Pack {
    let text = match country {
        "DE" => include_str!("../../../../config/packs/DE.toml"),
        "DK" => include_str!("../../../../config/packs/DK.toml"),
        "SE" => include_str!("../../../../config/packs/SE.toml"),
        "GR" => include_str!("../../../../config/packs/GR.toml"),
        "UK" => include_str!("../../../../config/packs/UK.toml"),
        "US" => include_str!("../../../../config/packs/US.toml"),
        _ => include_str!("../../../../config/packs/EU.toml"),
    };
    Pack::parse(text, country).unwrap()
}

pub(super) fn money(text: &str) -> Money {
    let (amount, currency) = text.split_once(' ').unwrap();
    Money::parse(amount, currency.parse().unwrap()).unwrap()
}

pub(super) fn claim(debtor: PartyKind, amount: &str, due: Date, as_of: Date) -> Claim {
    Claim {
        debtor,
        actor: ActorRole::FirstPartyCreditor,
        principal: money(amount),
        due,
        as_of,
        payments: Vec::new(),
        notices: Vec::new(),
        allocation: Order::Legal,
        agreed: None,
    }
}

impl Claim {
    fn paid(mut self, amount: &str, on: Date) -> Self {
        self.payments.push(PartPayment { amount: money(amount), on });
        self
    }

    fn noticed(mut self, sent: Date, fee_agreed: bool) -> Self {
        self.notices.push(Notice { sent, kind: NoticeKind::Reminder, with_fee: true, fee_agreed, cost: None });
        self
    }
}

/// Principal, interest, fees, compensation, total, as plain numbers.
fn told(claim: &Claim, country: &str) -> [String; 5] {
    let answer = claim.compute(&pack(country)).unwrap();
    assert_eq!(answer.refused, [], "refused");
    let parts = [answer.principal_open, answer.interest, answer.fees, answer.compensation, answer.total];
    parts.map(|part| part.unwrap().plain())
}

fn refused(claim: &Claim, country: &str) -> String {
    let answer = claim.compute(&pack(country)).unwrap();
    assert_eq!((answer.interest, answer.total), (None, None), "a total was guessed");
    answer.refused.iter().map(Refusal::to_string).collect::<Vec<_>>().join("; ")
}

fn segments(claim: &Claim, country: &str) -> Vec<(String, i32, String, String)> {
    let answer = claim.compute(&pack(country)).unwrap();
    let segment = |one: &Segment| {
        let days = format!("{}..{}", one.from, one.to);
        (days, one.days, one.rate.to_string(), one.exact_amount().unwrap().decimal(4).unwrap())
    };
    answer.segments.iter().map(segment).collect()
}

const BUSINESS: PartyKind = PartyKind::Business;
const CONSUMER: PartyKind = PartyKind::Consumer;

#[test]
fn germany_business_across_the_half_year() {
    // 11 April to 30 June: 20 + 31 + 30 = 81 days at 1.27 + 9 = 10.27 %.   4200 * 10.27 * 81 / 36500 =  95.7220...
    // 1 July to 30 September: 31 + 31 + 30 = 92 days at 1.52 + 9 = 10.52 %. 4200 * 10.52 * 92 / 36500 = 111.3678...
    // Together 207.0899 -> 207.09. Lump sum 40.00. 4200.00 + 207.09 + 40.00 = 4447.09.
    let claim = claim(BUSINESS, "4200.00 EUR", date(2026, 4, 10), date(2026, 9, 30));
    assert_eq!(told(&claim, "DE"), ["4200.00", "207.09", "0.00", "40.00", "4447.09"]);
    let row = |days: &str, count, rate: &str, exact: &str| (days.to_owned(), count, rate.to_owned(), exact.to_owned());
    let rows =
        [row("2026-04-11..2026-06-30", 81, "10.27", "95.7220"), row("2026-07-01..2026-09-30", 92, "10.52", "111.3679")];
    assert_eq!(segments(&claim, "DE"), rows);
}

#[test]
fn germany_consumer() {
    // 16 to 30 June: 15 days at 6.27 %; 1 to 31 July: 31 days at 6.52 %. 1000 * (94.05 + 202.12) / 36500 = 8.1142 -> 8.11.
    let claim = claim(CONSUMER, "1000.00 EUR", date(2026, 6, 15), date(2026, 7, 31));
    assert_eq!(told(&claim, "DE"), ["1000.00", "8.11", "0.00", "0.00", "1008.11"]);
}

#[test]
fn germany_part_payment_in_the_order_of_367() {
    // To 15 June: 20 + 31 + 15 = 66 days. 4200 * 10.27 * 66 / 36500 = 77.9957 -> 78.00 due on that day.
    // 1000.00 pays 40.00 lump sum, 78.00 interest, 882.00 principal; 3318.00 stay.
    // Then 15 days at 10.27 and 92 at 10.52: 3318 * (154.05 + 967.84) / 36500 = 101.9844.
    // In all 77.9957 + 101.9844 = 179.9801 -> 179.98; 78.00 of it are paid, 101.98 open. 3318.00 + 101.98 = 3419.98.
    let claim =
        claim(BUSINESS, "4200.00 EUR", date(2026, 4, 10), date(2026, 9, 30)).paid("1000.00 EUR", date(2026, 6, 15));
    assert_eq!(told(&claim, "DE"), ["3318.00", "101.98", "0.00", "0.00", "3419.98"]);
    let answer = claim.compute(&pack("DE")).unwrap();
    let paid = &answer.payments[0];
    let parts = [paid.costs, paid.interest, paid.principal, paid.unapplied].map(|part| part.plain());
    assert_eq!(parts, ["40.00", "78.00", "882.00", "0.00"]);
    let arisen = answer.arisen.unwrap();
    assert_eq!((arisen.interest.plain(), arisen.compensation.plain()), ("179.98".to_owned(), "40.00".to_owned()));
}

#[test]
fn interest_is_not_lost_when_the_principal_is_paid_first() {
    // 3200.00 stay. 77.9957 + 3200 * (154.05 + 967.84) / 36500 = 77.9957 + 98.3575 = 176.3532 -> 176.35.
    let mut part =
        claim(BUSINESS, "4200.00 EUR", date(2026, 4, 10), date(2026, 9, 30)).paid("1000.00 EUR", date(2026, 6, 15));
    part.allocation = Order::PrincipalFirst;
    assert_eq!(told(&part, "DE"), ["3200.00", "176.35", "0.00", "40.00", "3416.35"]);
    // All of the principal on 15 June: 78.00 interest and 40.00 stay owed, and nothing is added to them.
    let mut whole =
        claim(BUSINESS, "4200.00 EUR", date(2026, 4, 10), date(2026, 9, 30)).paid("4200.00 EUR", date(2026, 6, 15));
    whole.allocation = Order::PrincipalFirst;
    assert_eq!(told(&whole, "DE"), ["0.00", "78.00", "0.00", "40.00", "118.00"]);
}

#[test]
fn germany_lump_sum_is_set_off_against_what_reminders_cost() {
    // The first reminder is free, the second cost 1.20: 40.00 - 1.20 = 38.80. Interest from 11 to 30 April: 20 days.
    // 4200 * 10.27 * 20 / 36500 = 23.6351 -> 23.64. 4200.00 + 23.64 + 1.20 + 38.80 = 4263.64.
    let mut claim =
        claim(BUSINESS, "4200.00 EUR", date(2026, 4, 10), date(2026, 4, 30)).noticed(date(2026, 4, 13), false);
    let cost = Some(money("1.20 EUR"));
    claim.notices.push(Notice {
        sent: date(2026, 4, 27),
        kind: NoticeKind::Reminder,
        with_fee: true,
        fee_agreed: false,
        cost,
    });
    assert_eq!(told(&claim, "DE"), ["4200.00", "23.64", "1.20", "38.80", "4263.64"]);
}

#[test]
fn denmark_with_fees_and_310() {
    // 3 March to 30 June: 29 + 30 + 31 + 30 = 120 days at 1.75 + 8 = 9.75 %. 10000 * 9.75 * 120 / 36500 = 320.5479 -> 320.55.
    // Reminders on 12 March, on 19 March (7 days later: free) and on 1 April (13 days later): 2 * 100.00. Compensation 310.00.
    // 10000.00 + 320.55 + 200.00 + 310.00 = 10830.55.
    let claim = claim(BUSINESS, "10000.00 DKK", date(2026, 3, 2), date(2026, 6, 30))
        .noticed(date(2026, 3, 12), false)
        .noticed(date(2026, 3, 19), false)
        .noticed(date(2026, 4, 1), false);
    assert_eq!(told(&claim, "DK"), ["10000.00", "320.55", "200.00", "310.00", "10830.55"]);
    let lines = claim.compute(&pack("DK")).unwrap().rules;
    assert!(lines.iter().any(|line| line.text.contains("only 7 days after the one before")), "{lines:?}");
}

#[test]
fn denmark_consumer_in_a_leap_year() {
    // 1 to 29 February 2024: 29 days at 3.75 + 8 = 11.75 % of a year of 366. 1000 * 11.75 * 29 / 36600 = 9.3101 -> 9.31
    // (a year of 365 would make 9.34).
    let claim = claim(CONSUMER, "1000.00 DKK", date(2024, 1, 31), date(2024, 2, 29));
    assert_eq!(told(&claim, "DK"), ["1000.00", "9.31", "0.00", "0.00", "1009.31"]);
}

#[test]
fn past_the_last_known_rate_nothing_is_computed() {
    let claim = claim(BUSINESS, "10000.00 DKK", date(2026, 3, 2), date(2026, 7, 1));
    assert_eq!(
        refused(&claim, "DK"),
        "the rate `dk-lending-rate` on 2026-07-01 is not known: known_until is 2026-06-30, and nothing is extrapolated"
    );
    // What does not hang on the rate is told.
    let answer = claim.compute(&pack("DK")).unwrap();
    assert_eq!((answer.principal_open, answer.compensation), (Some(money("10000.00 DKK")), Some(money("310.00 DKK"))));
    // With a payment in between, the principal hangs on it too.
    let answer = claim.clone().paid("500.00 DKK", date(2026, 5, 1)).compute(&pack("DK")).unwrap();
    assert_eq!((answer.principal_open, answer.segments.len()), (None, 0));
}

#[test]
fn sweden_business_with_450_in_the_place_of_fees() {
    // 1 February to 31 March: 28 + 31 = 59 days at 2.00 + 8 = 10 %. 20000 * 10 * 59 / 36500 = 323.2877 -> 323.29.
    let claim = claim(BUSINESS, "20000.00 SEK", date(2026, 1, 31), date(2026, 3, 31)).noticed(date(2026, 2, 10), true);
    assert_eq!(told(&claim, "SE"), ["20000.00", "323.29", "0.00", "450.00", "20773.29"]);
}

#[test]
fn sweden_consumer_with_what_was_agreed() {
    // 5000 * 10 * 59 / 36500 = 80.8219 -> 80.82. The reminder 60.00, agreed; the demand 180.00. In all 5320.82.
    let mut agreed =
        claim(CONSUMER, "5000.00 SEK", date(2026, 1, 31), date(2026, 3, 31)).noticed(date(2026, 2, 10), true);
    let demand = Notice {
        sent: date(2026, 3, 1),
        kind: NoticeKind::CollectionDemand,
        with_fee: true,
        fee_agreed: false,
        cost: None,
    };
    agreed.notices.push(demand);
    assert_eq!(told(&agreed, "SE"), ["5000.00", "80.82", "240.00", "0.00", "5320.82"]);
    agreed.notices[0].fee_agreed = false;
    assert_eq!(told(&agreed, "SE"), ["5000.00", "80.82", "180.00", "0.00", "5260.82"]);
}

#[test]
fn a_rate_that_was_agreed_counts_where_a_contract_may_differ() {
    // 5000 * 12 * 59 / 36500 = 96.9863 -> 96.99 in the place of 10 %.
    let agreed = |debtor, amount, percent: &str| Claim {
        agreed: Some(AgreedRate {
            percent: percent.parse().unwrap(),
            on: date(2026, 1, 5),
            proof: "contract 7".to_owned(),
        }),
        ..claim(debtor, amount, date(2026, 1, 31), date(2026, 3, 31))
    };
    assert_eq!(told(&agreed(CONSUMER, "5000.00 SEK", "12"), "SE"), ["5000.00", "96.99", "0.00", "0.00", "5096.99"]);
    // Between businesses in the United States only a contract gives any: 20000 * 18 * 59 / 36500 = 581.9178 -> 581.92.
    assert_eq!(told(&agreed(BUSINESS, "20000.00 USD", "18"), "US"), ["20000.00", "581.92", "0.00", "0.00", "20581.92"]);
    assert_eq!(told(&agreed(CONSUMER, "500.00 USD", "18"), "US"), ["500.00", "0.00", "0.00", "0.00", "500.00"]);
    // Nothing is known of contracts in Germany: the law's rate, and it is said. 28 + 31 = 59 days at 1.27 + 9 = 10.27 %:
    // 1000 * 10.27 * 59 / 36500 = 16.6008 -> 16.60.
    let german = agreed(BUSINESS, "1000.00 EUR", "12");
    assert_eq!(told(&german, "DE"), ["1000.00", "16.60", "0.00", "40.00", "1056.60"]);
    let answer = german.compute(&pack("DE")).unwrap();
    let said = answer.rules.iter().find(|line| line.rule == "agreed-rate").unwrap();
    assert!(said.text.starts_with("12.00 % a year, agreed on 2026-01-05, is not claimed"), "{}", said.text);
    // Agreed when it was late already: no claim.
    let late = Claim { agreed: german.agreed.map(|rate| AgreedRate { on: date(2026, 2, 1), ..rate }), ..german };
    assert_eq!(late.compute(&pack("DE")), Err(WrongClaim::AgreedLate(date(2026, 2, 1), date(2026, 1, 31))));
}

#[test]
fn greece_business_across_the_half_year() {
    // June: 30 days at 2.15 + 8 = 10.15 %; July: 31 days at 2.40 + 8 = 10.40 %. 3000 * (304.5 + 322.4) / 36500 = 51.5260 -> 51.53.
    let claim = claim(BUSINESS, "3000.00 EUR", date(2026, 5, 31), date(2026, 7, 31));
    assert_eq!(told(&claim, "GR"), ["3000.00", "51.53", "0.00", "40.00", "3091.53"]);
}

#[test]
fn greece_consumer_moves_with_every_decision() {
    // 11 to 16 June: 6 days at 9.40 %; 17 to 30 June: 14 days at 9.65 %. 1000 * (56.40 + 135.10) / 36500 = 5.2466 -> 5.25.
    let claim = claim(CONSUMER, "1000.00 EUR", date(2026, 6, 10), date(2026, 6, 30));
    assert_eq!(told(&claim, "GR"), ["1000.00", "5.25", "0.00", "0.00", "1005.25"]);
}

#[test]
fn britain_fixed_at_the_start_with_70() {
    // Interest begins on 16 June 2025: 4.75 + 8 = 12.75 % for good. 15 (June) + 184 (July to December) + 31 = 230 days.
    // 5000 * 12.75 * 230 / 36500 = 401.7123 -> 401.71. 5000.00 + 401.71 + 70.00 = 5471.71.
    let fixed = claim(BUSINESS, "5000.00 GBP", date(2025, 6, 15), date(2026, 1, 31));
    assert_eq!(told(&fixed, "UK"), ["5000.00", "401.71", "0.00", "70.00", "5471.71"]);
    assert_eq!(segments(&fixed, "UK").len(), 1);
    // By the size of the debt.
    for (amount, sum) in
        [("999.99 GBP", "40.00"), ("1000.00 GBP", "70.00"), ("9999.99 GBP", "70.00"), ("10000.00 GBP", "100.00")]
    {
        assert_eq!(told(&claim(BUSINESS, amount, date(2026, 1, 30), date(2026, 2, 1)), "UK")[3], sum);
    }
    // The rate of the start is enough: 31 December 2026 is known, and 2027 does not matter.
    let late = claim(BUSINESS, "5000.00 GBP", date(2026, 12, 30), date(2027, 3, 31));
    assert_eq!(segments(&late, "UK")[0].2, "11.75");
    let too_late = claim(BUSINESS, "5000.00 GBP", date(2026, 12, 31), date(2027, 3, 31));
    assert!(refused(&too_late, "UK").contains("on 2027-01-01 is not known"));
}

#[test]
fn no_interest_of_law_in_america_and_none_from_british_consumers() {
    let american =
        claim(BUSINESS, "1000.00 USD", date(2026, 1, 31), date(2026, 9, 30)).paid("100.00 USD", date(2026, 3, 1));
    assert_eq!(told(&american, "US"), ["900.00", "0.00", "0.00", "0.00", "900.00"]);
    let line = &american.compute(&pack("US")).unwrap().rules[0];
    assert_eq!((line.rule.as_str(), line.certainty), ("us-no-statutory-interest", Certainty::Unverified));
    let british = claim(CONSUMER, "1000.00 GBP", date(2026, 1, 31), date(2026, 9, 30));
    assert_eq!(told(&british, "UK"), ["1000.00", "0.00", "0.00", "0.00", "1000.00"]);
}

#[test]
fn the_directive_alone() {
    // February 2026: 28 days at 2.15 + 8 = 10.15 %. 500 * 10.15 * 28 / 36500 = 3.8932 -> 3.89.
    let trade = claim(BUSINESS, "500.00 EUR", date(2026, 1, 31), date(2026, 2, 28));
    assert_eq!(told(&trade, "EU"), ["500.00", "3.89", "0.00", "40.00", "543.89"]);
    let consumer = claim(CONSUMER, "500.00 EUR", date(2026, 1, 31), date(2026, 2, 28));
    assert!(refused(&consumer, "EU").starts_with("the pack `EU` states no interest for consumer"));
    // The order of payments is left to the members.
    let paid = trade.paid("100.00 EUR", date(2026, 2, 10));
    assert!(refused(&paid, "EU").contains("does not say what the payment of 2026-02-10 pays off first"));
}

#[test]
fn an_unknown_debtor_and_another_currency_are_refused() {
    let unknown = claim(PartyKind::Unknown, "4200.00 EUR", date(2026, 4, 10), date(2026, 9, 30));
    assert!(refused(&unknown, "DE").starts_with("what kind of debtor it is is not known"));
    let dollars = claim(BUSINESS, "4200.00 USD", date(2026, 4, 10), date(2026, 9, 30));
    assert!(refused(&dollars, "DE").contains("`bgb-288-5` states EUR, and the claim is in USD"));
}

#[test]
fn what_was_paid_in_time_bears_nothing_and_the_value_day_still_does() {
    let due = date(2026, 4, 10);
    let in_time = claim(BUSINESS, "4200.00 EUR", due, date(2026, 9, 30)).paid("4200.00 EUR", due);
    assert_eq!(told(&in_time, "DE"), ["0.00", "0.00", "0.00", "0.00", "0.00"]);
    // Paid a day late: one day of interest, 4200 * 10.27 / 36500 = 1.1817 -> 1.18.
    let mut late = claim(BUSINESS, "4200.00 EUR", due, date(2026, 9, 30)).paid("4200.00 EUR", date(2026, 4, 11));
    late.allocation = Order::PrincipalFirst;
    assert_eq!(told(&late, "DE"), ["0.00", "1.18", "0.00", "40.00", "41.18"]);
    // A payment after the day asked about does not count, and is named.
    let later = claim(BUSINESS, "4200.00 EUR", due, due).paid("1.00 EUR", date(2026, 5, 1));
    assert_eq!(told(&later, "DE")[4], "4200.00");
    assert_eq!(later.compute(&pack("DE")).unwrap().rules.last().unwrap().rule, "not-yet");
}

#[test]
fn rounding_once_and_rounding_each_segment_differ() {
    // 1000.03 EUR: 15 days at 6.27 % = 2.57678..., 31 days at 6.52 % = 5.53769...; once 8.11447 -> 8.11, each 2.58 + 5.54 = 8.12.
    let claim = claim(CONSUMER, "1000.03 EUR", date(2026, 6, 15), date(2026, 7, 31));
    let once = pack("DE");
    let mut each = once.clone();
    each.interest.iter_mut().for_each(|rule| rule.rounding = crate::pack::Rounding::PerSegment);
    let interest = |pack: &Pack| claim.compute(pack).unwrap().interest.unwrap().plain();
    assert_eq!((interest(&once), interest(&each)), ("8.11".to_owned(), "8.12".to_owned()));
}

#[test]
fn wrong_claims_are_said_to_be() {
    let due = date(2026, 4, 10);
    let wrong = |claim: Claim| claim.compute(&pack("DE")).unwrap_err();
    let mixed = claim(BUSINESS, "10.00 EUR", due, due).paid("1.00 USD", due);
    assert_eq!(wrong(mixed), WrongClaim::Mixed(money("1.00 USD"), Currency::EUR));
    assert!(matches!(wrong(claim(BUSINESS, "0.00 EUR", due, due)), WrongClaim::NotPositive(_)));
    assert!(matches!(wrong(claim(BUSINESS, "1.00 EUR", due, date(2226, 1, 1))), WrongClaim::TooLong(..)));
}
