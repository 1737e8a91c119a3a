//! Balances, days and rolls, each worked out by hand.

use super::*;
use crate::invoice::CreditMemo;

/// One account over April 2026, from the evening of 31 March to the evening of 30 April: 30 days.
///
/// INV-1 of 1000, dated 1 March, due 15 March. INV-2 of 500, dated 20 March, due 20 April. INV-3 of 600, dated 5 April, due
/// 5 May, which the hub learned of on 6 April. INV-4 of 300, dated 10 April, due 24 April. 400 came for INV-1 on 12 April, and 500 for INV-2 on 15 April.
fn april() -> Vec<Event> {
    let mut events = vec![
        event(day("2026-03-01"), invoice("INV-1", day("2026-03-01"), day("2026-03-15"), euros(1000))),
        event(day("2026-03-20"), invoice("INV-2", day("2026-03-20"), day("2026-04-20"), euros(500))),
        event(day("2026-04-06"), invoice("INV-3", day("2026-04-05"), day("2026-05-05"), euros(600))),
        event(day("2026-04-10"), invoice("INV-4", day("2026-04-10"), day("2026-04-24"), euros(300))),
    ];
    events.extend(pays("P-1", day("2026-04-12"), "INV-1", euros(400)));
    events.extend(pays("P-2", day("2026-04-15"), "INV-2", euros(500)));
    events
}

fn of_april() -> Metrics {
    measured(&setup("2026-03-31", "2026-04-30"), &april())
}

#[test]
fn balances_of_both_evenings() {
    let metrics = of_april();
    let position = &metrics.currencies[0].position;
    // Begin: 1000 + 500. Sales: 600 + 300. End: INV-1 1000 - 400, INV-3 600, INV-4 300. Not past due: INV-3.
    assert_eq!(position.open_at_begin, 150_000);
    assert_eq!((position.sales, position.invoices), (90_000, 2));
    assert_eq!((position.open(), position.current, position.past_due()), (150_000, 60_000, 90_000));
    assert_eq!(metrics.first, Some(day("2026-03-01")));
}

#[test]
fn days_sales_outstanding() {
    let metrics = of_april();
    // 1500 / 900 x 30 = 50; 600 / 900 x 30 = 20; 50 - 20 = 30.
    assert_eq!(told(&metrics, Metric::Dso), "50.00");
    assert_eq!(told(&metrics, Metric::BestPossibleDso), "20.00");
    assert_eq!(told(&metrics, Metric::AverageDaysDelinquent), "30.00");
    // (600 x 60 + 600 x 25 + 300 x 20) / 900 = 57000 / 900 = 63.333...
    assert_eq!(told(&metrics, Metric::TrueDso), "63.33");
    // April sold 900 of 1500 (30 days); of the other 600, March sold 1500 in 31 days: 600 / 1500 x 31 = 12.4.
    assert_eq!(told(&metrics, Metric::DsoCountback), "42.40");
}

#[test]
fn effectiveness_and_turnover() {
    let metrics = of_april();
    // (1500 + 900 - 1500) / (1500 + 900 - 600) = 900 / 1800.
    assert_eq!(told(&metrics, Metric::Cei), "50.00");
    // 900 / ((1500 + 1500) / 2) = 0.6.
    assert_eq!(told(&metrics, Metric::Turnover), "0.60");
}

#[test]
fn how_long_it_takes_and_how_late_it_is() {
    let metrics = of_april();
    // INV-1: 1 March to 12 April, 42 days; INV-2: 20 March to 15 April, 26 days. (400 x 42 + 500 x 26) / 900 = 33.111...
    assert_eq!(told(&metrics, Metric::DaysToPay), "33.11");
    // INV-1 is 46 days late, INV-4 6 days. (600 x 46 + 300 x 6) / 900 = 29400 / 900 = 32.666..., which rounds up.
    assert_eq!(told(&metrics, Metric::DaysPastDue), "32.67");
    // 900 / 1500.
    assert_eq!(told(&metrics, Metric::PastDueShare), "60.00");
    // INV-3 came a day late, INV-4 at once: 1 / 2.
    assert_eq!(told(&metrics, Metric::DaysToRecord), "0.50");
    assert_eq!(value(&metrics, Metric::DaysToRelease), None);
}

#[test]
fn aging_by_due_date_and_by_invoice_date() {
    let metrics = of_april();
    // INV-3 is not due, INV-4 6 days late, INV-1 46.
    assert_eq!(metrics.currencies[0].position.aging, [60_000, 30_000, 60_000, 0, 0]);
    let by_invoice = Setup { basis: Basis::InvoiceDate, ..setup("2026-03-31", "2026-04-30") };
    let metrics = measured(&by_invoice, &april());
    // INV-1 is 60 days old, INV-3 25, INV-4 20.
    assert_eq!(metrics.currencies[0].position.aging, [90_000, 60_000, 0, 0]);
    assert_eq!(told(&metrics, Metric::PastDueShare), "60.00", "what is past due goes by the due date all the same");
}

#[test]
fn an_edge_belongs_to_the_younger_bucket() {
    let edges: Edges = "30,60,90".parse().unwrap();
    assert_eq!(
        edges.names(Basis::DueDate),
        ["not yet due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days"]
    );
    assert_eq!(edges.names(Basis::InvoiceDate), ["0 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days"]);
    let due = day("2026-01-01");
    let events = [event(day("2025-12-01"), invoice("INV-1", day("2025-12-01"), due, euros(1)))];
    // Days past due: 0, 1, 30, 31, 60, 61, 90, 91.
    for (as_of, bucket) in [
        ("2026-01-01", 0),
        ("2026-01-02", 1),
        ("2026-01-31", 1),
        ("2026-02-01", 2),
        ("2026-03-02", 2),
        ("2026-03-03", 3),
        ("2026-04-01", 3),
        ("2026-04-02", 4),
    ] {
        let metrics = measured(&setup("2025-12-31", as_of), &events);
        let found = metrics.currencies[0].position.aging.iter().position(|open| *open == 100);
        assert_eq!(found, Some(bucket), "{as_of}");
    }
    for wrong in ["", "30,", "60,30", "30,30", "0,30", "-1", "3651", "a", "1,2,3,4,5,6,7,8,9,10,11,12,13"] {
        assert!(wrong.parse::<Edges>().unwrap_err().to_string().contains("hint:"), "{wrong}");
    }
}

#[test]
fn money_rolls_from_bucket_to_bucket_or_is_cured() {
    let metrics = of_april();
    let rolls = &metrics.currencies[0].position.rolls;
    // On 31 March INV-1 was 16 days late and INV-2 not due.
    assert_eq!(rolls.begin, [50_000, 100_000, 0, 0, 0]);
    // Of INV-1 600 is left, now 46 days late; INV-2 is settled.
    assert_eq!(rolls.moved[0], [0, 0, 0, 0, 0]);
    assert_eq!(rolls.moved[1], [0, 0, 60_000, 0, 0]);
    // 600 in 31 to 60 days now / 1000 in 1 to 30 days then.
    assert_eq!(share(rolls.end[2], rolls.begin[1]).decimal().unwrap(), "60.00");
    // 400 of the 1000 that was past due is settled.
    assert_eq!(told(&metrics, Metric::CureRate), "40.00");
}

#[test]
fn late_money_costs_by_the_day() {
    let metrics = of_april();
    // INV-1: 1000 on the evenings of 1 to 11 April, 600 on those of 12 to 30. INV-4: 300 on those of 25 to 30. INV-2 was
    // paid before it was due. 11 x 1000 + 19 x 600 + 6 x 300 = 24200 euros times days.
    assert_eq!(metrics.currencies[0].position.late_days, 2_420_000);
}

#[test]
fn what_comes_to_the_record_late_was_open_at_the_begin() {
    let mut events = april();
    // Dated 10 February, known since 2 April only.
    events.push(event(day("2026-04-02"), invoice("INV-0", day("2026-02-10"), day("2026-02-24"), euros(70))));
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    let position = &metrics.currencies[0].position;
    assert_eq!((position.open_at_begin, position.sales, position.open()), (157_000, 90_000, 157_000));
    // On the evening of 31 March itself nobody knew of it.
    let then = measured(&setup("2026-02-28", "2026-03-31"), &events);
    assert_eq!(then.currencies[0].position.open(), 150_000);
}

#[test]
fn a_payment_that_was_given_back_paid_nothing() {
    let mut events = april();
    let reversal = payment("R-1", day("2026-04-20"), euros(400));
    let reversal = crate::cash::Payment { references: vec!["P-1".into()], ..reversal };
    events.push(event(day("2026-04-20"), Fact::PaymentReversed { payment: reversal }));
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    // Only INV-2 was paid, after 26 days; INV-1 is open with 1000 again.
    assert_eq!(told(&metrics, Metric::DaysToPay), "26.00");
    assert_eq!(metrics.currencies[0].position.open(), 190_000);
    assert_eq!(told(&metrics, Metric::CureRate), "0.00");
}

#[test]
fn money_and_credit_that_no_invoice_took_stand_apart() {
    let mut events = april();
    events.push(event(
        day("2026-04-16"),
        Fact::PaymentReceived { payment: payment("P-3", day("2026-04-16"), euros(25)) },
    ));
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    let position = &metrics.currencies[0].position;
    assert_eq!((position.open(), position.unapplied, position.net()), (150_000, 2_500, 147_500));

    let memo = CreditMemo {
        number: "CN-1".into(),
        issued_on: day("2026-04-18"),
        amount: euros(1_600),
        invoices: Vec::new(),
        reason: String::new(),
    };
    events.push(event(day("2026-04-18"), Fact::CreditMemoIssued { memo }));
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    let position = &metrics.currencies[0].position;
    // 1600 settles the 1500 that is open; 100 waits.
    assert_eq!((position.open(), position.credit, position.net()), (0, 10_000, -12_500));
}

#[test]
fn what_cannot_be_divided_has_no_value_and_says_why() {
    let events = [event(day("2026-03-01"), invoice("INV-1", day("2026-03-01"), day("2026-06-01"), euros(10)))];
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    let figures = &metrics.currencies[0].figures;
    for (metric, why) in [
        (Metric::Dso, "there were no credit sales in the period"),
        (Metric::TrueDso, "there were no credit sales in the period"),
        (Metric::DaysPastDue, "nothing is past due"),
        (Metric::DaysToPay, "no invoice was paid in the period"),
        (Metric::Cei, "nothing could be collected in the period"),
        (Metric::PromisesKept, "no promise was kept or broken in the period"),
        (Metric::CureRate, "nothing was past due at the begin"),
        (Metric::Liquidation, "nothing was placed with an agency"),
    ] {
        assert_eq!(figures[&metric].value, Err(why), "{metric:?}");
        assert_eq!(figures[&metric].decimal(), None);
    }
    // March sold all that is open: 30 days of April and 31 of March.
    assert_eq!(told(&metrics, Metric::DsoCountback), "61.00");
    assert_eq!(told(&metrics, Metric::PastDueShare), "0.00");

    // Older than any month that counts.
    let metrics = measured(&setup("2029-05-31", "2029-06-30"), &events);
    assert!(metrics.currencies[0].figures[&Metric::DsoCountback].value.is_err());
}

#[test]
fn currencies_are_never_mixed() {
    let mut events = april();
    let kroner = Money::new(777_700, "DKK".parse().unwrap());
    events.push(event(day("2026-04-07"), invoice("INV-9", day("2026-04-07"), day("2026-04-14"), kroner)));
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    let codes: Vec<_> = metrics.currencies.iter().map(|one| one.currency.to_string()).collect();
    assert_eq!(codes, ["DKK", "EUR"]);
    assert_eq!(metrics.currencies[1], of_april().currencies[0]);
    assert_eq!(metrics.currencies[0].position.open(), 777_700);
}

#[test]
fn a_fraction_is_rounded_once_half_away_from_zero() {
    let written = |over, under| Ratio::new(over, under).unwrap().decimal(2);
    assert_eq!(written(1, 3), "0.33");
    assert_eq!(written(2, 3), "0.67");
    assert_eq!(written(5, 1000), "0.01");
    assert_eq!(written(-5, 1000), "-0.01");
    assert_eq!(written(-4, 1000), "0.00");
    assert_eq!(written(1999, 2000), "1.00");
    assert_eq!(written(-7, -2), "3.50");
    assert_eq!(Ratio::new(3203, -90).unwrap().exact(), "-3203/90");
    assert_eq!(Ratio::new(10, 5).unwrap().exact(), "2");
    assert_eq!(Ratio::new(1, 0), None);
    assert_eq!((Ratio::new(5, 2).unwrap().rounded(), Ratio::new(-5, 2).unwrap().rounded()), (3, -3));
}

#[test]
fn a_period_has_an_end_after_its_begin() {
    let period = Period::until(day("2026-03-31"), None).unwrap();
    assert_eq!((period.from(), period.days()), (day("2025-12-31"), 90));
    assert_eq!(period.previous().unwrap(), Period::new(day("2025-10-02"), day("2025-12-31")).unwrap());
    for (from, as_of) in [("2026-03-31", "2026-03-31"), ("2026-04-01", "2026-03-31"), ("2010-01-01", "2026-03-31")] {
        let why = Period::new(day(from), day(as_of)).unwrap_err().to_string();
        assert!(why.contains("hint:") && why.contains(from), "{why}");
    }
}

#[test]
fn an_invoice_is_released_on_the_day_on_which_the_hub_sent_it() {
    let mut events = vec![
        event(day("2026-04-03"), invoice("INV-1", day("2026-04-01"), day("2026-05-01"), euros(1000))),
        event(day("2026-04-03"), invoice("INV-2", day("2026-04-03"), day("2026-05-03"), euros(500))),
        planned("reminder", Channel::Email, "2026-04-03"),
        done("reminder", "2026-04-03"),
    ];
    assert_eq!(
        value(&measured(&setup("2026-03-31", "2026-04-30"), &events), Metric::DaysToRelease),
        None,
        "a reminder hands nothing over"
    );
    let mut release = planned("release", Channel::Email, "2026-04-03");
    if let Fact::EffectPlanned { effect } = &mut release.fact
        && let Action::SendNotice(notice) = &mut effect.action
    {
        notice.template = crate::effect::INVOICE.to_owned();
    }
    events.extend([release, done("release", "2026-04-05")]);
    // INV-1 of 1 April went out on the 5th; INV-2 did not go out.
    let metrics = measured(&setup("2026-03-31", "2026-04-30"), &events);
    assert_eq!(told(&metrics, Metric::DaysToRelease), "4.00");
}
