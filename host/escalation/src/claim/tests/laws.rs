//! Laws of money that hold for every claim, by the numbers under which the house keeps them.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::{claim, money, pack};
use crate::claim::{Answer, Claim, Notice, Order, PartPayment};
use crate::fraction::Fraction;
use crate::money::Money;
use crate::pack::{NoticeKind, Pack};
use crate::party::PartyKind;

/// Countries whose consumers and businesses both have an answer from 1 January 2025 to 30 June 2026.
const COUNTRIES: [(&str, &str); 4] = [("DE", "EUR"), ("DK", "DKK"), ("SE", "SEK"), ("UK", "GBP")];
const FIRST: Date = date(2025, 1, 1);
const LAST: Date = date(2026, 6, 30);

fn day(offset: i32) -> Date {
    FIRST.saturating_add(offset.days()).min(LAST)
}

fn kinds() -> impl Strategy<Value = PartyKind> {
    use PartyKind::{Business, Consumer, PublicAuthority, SoleTrader};
    prop_oneof![Just(Business), Just(Consumer), Just(SoleTrader), Just(PublicAuthority)]
}

/// A claim with its country: payments and notices from a month before the due date on.
fn claims() -> impl Strategy<Value = (Pack, Claim)> {
    let some = |most| proptest::collection::vec((-30..400i32, 1..400_000i64, any::<bool>()), 0..most);
    let order = prop_oneof![Just(Order::Legal), Just(Order::PrincipalFirst)];
    (0..COUNTRIES.len(), kinds(), 1..1_000_000i64, 0..200i32, 0..400i32, some(4), some(7), order).prop_map(
        |(country, debtor, minor, due, late, paid, sent, order)| {
            let (country, currency) = COUNTRIES[country];
            let mut claim = claim(debtor, &format!("1.00 {currency}"), day(due), day(due + late));
            claim.principal.minor = minor;
            let currency = claim.principal.currency;
            claim.payments = (paid.iter())
                .map(|(after, minor, _)| PartPayment { amount: Money::new(*minor, currency), on: day(due + after) })
                .collect();
            claim.notices = (sent.iter())
                .map(|(after, _, fee_agreed)| {
                    let kind = NoticeKind::Reminder;
                    Notice { sent: day(due + after), kind, with_fee: true, fee_agreed: *fee_agreed, cost: None }
                })
                .collect();
            claim.allocation = order;
            (pack(country), claim)
        },
    )
}

fn answer(pack: &Pack, claim: &Claim) -> Answer {
    let answer = claim.compute(pack).unwrap();
    assert_eq!(answer.refused, []);
    answer
}

fn exact(answer: &Answer) -> Fraction {
    answer.segments.iter().fold(Fraction::ZERO, |sum, segment| sum.plus(segment.exact).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// 23: the legal order is kept, and every payment goes somewhere, whole.
    #[test]
    fn invariant_23_payments_go_in_the_legal_order((pack, claim) in claims()) {
        let answer = answer(&pack, &claim);
        for paid in &answer.payments {
            let parts = [paid.costs, paid.interest, paid.principal, paid.unapplied].map(|part| part.minor);
            prop_assert!(parts.iter().all(|part| *part >= 0));
            prop_assert_eq!(parts.iter().sum::<i64>(), paid.amount.minor);
        }
        let taken = |part: fn(&crate::claim::Allocated) -> Money| answer.payments.iter().map(|paid| part(paid).minor).sum::<i64>();
        let arisen = answer.arisen.unwrap();
        prop_assert_eq!(answer.principal_open.unwrap().minor, claim.principal.minor - taken(|paid| paid.principal));
        prop_assert_eq!(answer.interest.unwrap().minor, arisen.interest.minor - taken(|paid| paid.interest));
        let costs = arisen.fees.minor + arisen.compensation.minor - taken(|paid| paid.costs);
        prop_assert_eq!(answer.fees.unwrap().minor + answer.compensation.unwrap().minor, costs);
        // In the legal order no principal is paid while interest is open.
        for paid in answer.payments.iter().filter(|paid| claim.allocation == Order::Legal && paid.principal.minor > 0) {
            let mut then = claim.clone();
            then.as_of = paid.on;
            then.payments.retain(|other| other.on < paid.on);
            let before = self::answer(&pack, &then);
            let same_day: i64 = answer.payments.iter().filter(|other| other.on == paid.on).map(|other| other.interest.minor).sum();
            prop_assert_eq!(before.interest.unwrap().minor, same_day);
        }
    }

    /// 27: simple, never below zero, growing with time, additive before rounding, nothing before the default, never on costs.
    #[test]
    fn invariant_27_interest_is_simple((pack, mut claim) in claims(), cut in 0..400i32) {
        claim.payments.clear();
        let whole = answer(&pack, &claim);
        let mut plain = claim.clone();
        plain.notices.clear();
        prop_assert_eq!(answer(&pack, &plain).interest, whole.interest);
        let mut first = claim.clone();
        first.as_of = claim.due.saturating_add(cut.days()).min(claim.as_of);
        let begun = answer(&pack, &first);
        prop_assert!(begun.interest.unwrap().minor >= 0 && begun.interest.unwrap().minor <= whole.interest.unwrap().minor);
        prop_assert!(whole.segments.iter().all(|segment| segment.principal == claim.principal));
        let days: i32 = whole.segments.iter().map(|segment| segment.days).sum();
        prop_assert!(whole.segments.is_empty() || days == claim.due.until(claim.as_of).unwrap().get_days());
        // A payment that takes nothing off the principal only splits the days: the parts add up to the whole.
        let mut split = claim.clone();
        split.payments.push(PartPayment { amount: Money::new(1, claim.principal.currency), on: first.as_of });
        let parts = answer(&pack, &split);
        if first.as_of > claim.due && parts.payments.iter().all(|paid| paid.principal.minor == 0) {
            prop_assert_eq!(exact(&parts), exact(&whole));
        }
        let mut early = claim.clone();
        early.as_of = claim.due;
        prop_assert_eq!(answer(&pack, &early).interest.unwrap().minor, 0);
    }

    /// 28: every day has the rate that the table has for it; past the table there is no answer; the British rate never moves.
    #[test]
    fn invariant_28_rates_stand_in_the_table((pack, claim) in claims(), past in 1..2_000i32) {
        let answer = answer(&pack, &claim);
        for segment in &answer.segments {
            let rule = pack.interest_for(claim.debtor, claim.due).unwrap();
            let fixed = pack.country == "UK";
            for asked in [segment.from, segment.to] {
                let asked = if fixed { claim.due.tomorrow().unwrap() } else { asked };
                let base = pack.rate(rule.series.as_deref().unwrap(), asked).unwrap();
                prop_assert_eq!(segment.rate, base.percent.plus(rule.margin.unwrap()));
            }
        }
        let mut beyond = claim.clone();
        beyond.payments.clear();
        beyond.as_of = date(2026, 12, 31).saturating_add(past.days());
        let told = beyond.compute(&pack).unwrap();
        prop_assert_eq!(told.total.is_none(), pack.country != "UK");
    }

    /// 29: consumers never get what is meant for trade.
    #[test]
    fn invariant_29_consumers_never_pay_what_trade_does((pack, mut claim) in claims()) {
        claim.debtor = PartyKind::Consumer;
        let consumer = answer(&pack, &claim);
        prop_assert_eq!(consumer.arisen.unwrap().compensation.minor, 0);
        if pack.country == "DE" {
            let base = |segment: &crate::claim::Segment| pack.rate("de-base-rate", segment.from).unwrap().percent;
            prop_assert!(consumer.segments.iter().all(|one| one.rate == base(one).plus("5".parse().unwrap())));
        }
        if pack.country == "UK" {
            prop_assert_eq!(consumer.interest.unwrap().minor, 0);
        }
    }

    /// 30: Danish fees are three at most, of letters ten days apart; Swedish ones are agreed; the German first is free; the fixed
    /// sum comes once.
    #[test]
    fn invariant_30_fees_keep_their_limits((pack, mut claim) in claims()) {
        claim.payments.clear();
        let answer = answer(&pack, &claim);
        let arisen = answer.arisen.unwrap();
        let late: Vec<&Notice> = claim.notices.iter().filter(|notice| notice.sent > claim.due && notice.sent <= claim.as_of).collect();
        let mut sent: Vec<Date> = late.iter().map(|notice| notice.sent).collect();
        sent.sort();
        let most = match pack.country.as_str() {
            "DK" => {
                let apart = sent.iter().zip(sent.iter().skip(1)).filter(|(one, next)| one.until(**next).unwrap().get_days() >= 10);
                10_000 * i64::try_from(apart.count() + usize::from(!sent.is_empty())).unwrap().min(3)
            }
            "SE" if late.iter().any(|notice| notice.fee_agreed) && claim.debtor == PartyKind::Consumer => 6_000,
            _ => 0,
        };
        prop_assert_eq!(arisen.fees.minor, most);
        let once = ["0.00", "40.00", "310.00", "450.00", "70.00", "100.00"];
        prop_assert!(once.contains(&arisen.compensation.plain().as_str()));
    }

    /// 31: one currency in a claim, its own minor unit, and the exact sum rounded once, half away from zero.
    #[test]
    fn invariant_31_rounding_is_once_and_in_the_minor_unit((pack, claim) in claims()) {
        let answer = answer(&pack, &claim);
        let parts = [answer.principal_open, answer.interest, answer.fees, answer.compensation].map(Option::unwrap);
        prop_assert!(parts.iter().all(|part| part.currency == claim.principal.currency));
        prop_assert_eq!(parts.iter().map(|part| part.minor).sum::<i64>(), answer.total.unwrap().minor);
        prop_assert_eq!(Some(answer.arisen.unwrap().interest.minor), exact(&answer).rounded());
    }
}

/// 31 again: 30 days at 6.27 %. 100000 * 6.27 * 30 / 36500 = 515.3425: whole yen, and thousandths of a dinar.
#[test]
fn invariant_31_minor_units_are_the_currencys_own() {
    let of = |amount: &str| {
        let claim = claim(PartyKind::Consumer, amount, date(2026, 1, 1), date(2026, 1, 31));
        answer(&pack("DE"), &claim).interest.unwrap()
    };
    assert_eq!(of("100000 JPY"), money("515 JPY"));
    assert_eq!(of("100.000 KWD"), money("0.515 KWD"));
}
