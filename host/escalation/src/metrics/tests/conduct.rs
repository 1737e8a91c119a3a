//! Promises, calls, disputes, agencies and what a customer costs, each worked out by hand.

use super::*;
use crate::approval::Approval;
use crate::commission::CommissionTerms;
use crate::dispute::Dispute;
use crate::effect::{Action, Effect};
use crate::id::{DisputeId, EffectKey, PromiseId};
use crate::invoice::CreditMemo;
use crate::placement::{Collection, PlacedItem};
use crate::policy::Channel;
use crate::promise::{Promise, PromiseState};
use crate::report::CallResult;

fn april() -> Setup {
    setup("2026-03-31", "2026-04-30")
}

fn owing(total: i64) -> Event {
    event(day("2026-03-01"), invoice("INV-1", day("2026-03-01"), day("2026-03-15"), euros(total)))
}

fn promise(id: &str, made: &str, amount: Money) -> Event {
    let promise = Promise {
        id: PromiseId::new(id),
        amount,
        made_on: day(made),
        due_on: day(made),
        // About an invoice of its own, so that no promise takes the place of another.
        invoices: vec![InvoiceNumber::new(id)],
        text: String::new(),
        state: PromiseState::Running,
        received: Money::zero(amount.currency),
    };
    event(day(made), Fact::PromiseMade { promise })
}

fn called(on: &str, disposition: &str) -> Event {
    let result = CallResult {
        account: "D/1".into(),
        call: None,
        disposition: disposition.into(),
        at: day(on).at(10, 0, 0, 0),
        duration_s: 60,
        agent: String::new(),
        text: String::new(),
    };
    event(day(on), Fact::CallEnded(result))
}

#[test]
fn promises_that_ended_in_the_period() {
    let id = PromiseId::new;
    let events = [
        owing(1000),
        promise("A", "2026-03-02", euros(100)),
        promise("B", "2026-04-02", euros(200)),
        promise("C", "2026-04-02", euros(300)),
        promise("D", "2026-04-02", euros(400)),
        promise("E", "2026-04-02", euros(50)),
        promise("F", "2026-04-02", euros(60)),
        // Kept, but in March.
        event(day("2026-03-20"), Fact::PromiseKept { promise: id("A") }),
        event(day("2026-04-10"), Fact::PromiseKept { promise: id("B") }),
        event(day("2026-04-10"), Fact::PromiseBroken { promise: id("C") }),
        event(day("2026-04-11"), Fact::PromiseKept { promise: id("D") }),
        // It has ended already.
        event(day("2026-04-12"), Fact::PromiseBroken { promise: id("D") }),
        event(day("2026-04-12"), Fact::PromiseBroken { promise: id("A") }),
        event(day("2026-04-12"), Fact::PromisePartlyKept { promise: id("E") }),
        // Too far away to be taken as a promise.
        event(day("2026-04-12"), Fact::PromiseRefused { promise: id("F"), because: String::new() }),
        // After the period.
        event(day("2026-05-01"), Fact::PromiseBroken { promise: id("B") }),
    ];
    let metrics = measured(&april(), &events);
    // Kept: B and D. Broken: C. 2 / 3; (200 + 400) / (200 + 400 + 300) = 600 / 900.
    assert_eq!(told(&metrics, Metric::PromisesKept), "66.67");
    assert_eq!(told(&metrics, Metric::PromisedAmountKept), "66.67");
    let promises = &metrics.currencies[0].position.promises;
    assert_eq!((promises.kept, promises.partly_kept, promises.broken), (2, 1, 1));
    assert_eq!((promises.kept_amount, promises.partly_kept_amount, promises.broken_amount), (60_000, 5_000, 30_000));
}

#[test]
fn rates_of_calls_name_their_denominators() {
    let mut events = vec![owing(10), called("2026-03-31", "rpc_ptp")];
    let words = [
        "rpc_ptp",
        "rpc_refused",
        "dnc_request",
        "wrong_party",
        "third_party_no_disclosure",
        "no_answer",
        "busy",
        "voicemail_left",
        "abandoned",
        "failed",
        "canceled",
        "something_new",
    ];
    events.extend(words.map(|word| called("2026-04-08", word)));
    let metrics = measured(&april(), &events);
    let calls = &metrics.contacts.calls;
    // All but `canceled` were dialled. Somebody spoke in the first five; the debtor in the first three.
    assert_eq!((calls.dials, calls.connects, calls.right_party, calls.promises), (11, 5, 3, 1));
    assert_eq!((calls.abandoned, calls.unknown), (1, 1));
    // 3/11, 3/5, 1/3, 5/11, 1/(1 + 5).
    assert_eq!(told(&metrics, Metric::RpcPerDial), "27.27");
    assert_eq!(told(&metrics, Metric::RpcPerConnect), "60.00");
    assert_eq!(told(&metrics, Metric::PromiseRate), "33.33");
    assert_eq!(told(&metrics, Metric::ContactRate), "45.45");
    assert_eq!(told(&metrics, Metric::AbandonRate), "16.67");

    let silent = measured(&april(), &[owing(10)]);
    assert_eq!(silent.calls[&Metric::RpcPerDial].value, Err("nobody was called in the period"));
}

#[test]
fn disputes_by_count_and_by_amount() {
    let dispute = |id: &str, number: &str, amount| {
        let dispute = Dispute {
            id: DisputeId::new(id),
            invoice: number.into(),
            amount,
            reason: "quality".into(),
            text: String::new(),
            opened_on: day("2026-04-09"),
            resolution: None,
            owner: None,
        };
        event(day("2026-04-09"), Fact::DisputeOpened { dispute })
    };
    let issued = |number: &str, total| {
        event(day("2026-04-02"), invoice(number, day("2026-04-02"), day("2026-05-02"), euros(total)))
    };
    let outcome =
        Fact::DisputeResolved { dispute: DisputeId::new("2"), outcome: "rejected".into(), text: String::new() };
    let events = [
        owing(600),
        issued("INV-2", 100),
        issued("INV-3", 200),
        issued("INV-4", 100),
        // More than is open of it: 100 counts. Of INV-1, which is no invoice of the period, 150.
        dispute("1", "INV-2", euros(170)),
        dispute("2", "INV-3", euros(200)),
        dispute("3", "INV-1", euros(150)),
        event(day("2026-04-20"), outcome),
    ];
    let metrics = measured(&april(), &events);
    // INV-2 and INV-3 of three invoices; the second dispute is over.
    assert_eq!(told(&metrics, Metric::DisputeRate), "66.67");
    // (100 + 150) / 1000.
    assert_eq!(told(&metrics, Metric::DisputedShare), "25.00");
}

/// Two complaints about the quality of one invoice of 500.00, of 200.00 and 150.00, both upheld, and 250.00 credited: 350.00 were
/// disputed, and 200.00 + 50.00 credited. One about its price of 80.00 was rejected; one word is none of ours; and what was
/// opened before the period is not of it, and has its credit all the same.
#[test]
fn what_a_cause_costs() {
    let opened = |id: &str, number: &str, reason: &str, amount, on: &str| {
        let (id, invoice, reason) = (DisputeId::new(id), number.into(), reason.to_owned());
        let (opened_on, text) = (day(on), String::new());
        let dispute = Dispute { id, invoice, amount, reason, text, opened_on, resolution: None, owner: None };
        event(opened_on, Fact::DisputeOpened { dispute })
    };
    let ended = |id: &str, outcome: &str| {
        let (dispute, outcome) = (DisputeId::new(id), outcome.to_owned());
        event(day("2026-04-25"), Fact::DisputeResolved { dispute, outcome, text: String::new() })
    };
    let credited = |number: &str, to: &str, amount| {
        let (number, invoices) = (number.to_owned(), vec![to.into()]);
        let memo = CreditMemo {
            number: number.as_str().into(),
            issued_on: day("2026-04-26"),
            amount,
            invoices,
            reason: String::new(),
        };
        event(day("2026-04-26"), Fact::CreditMemoIssued { memo })
    };
    let issued =
        |number: &str| event(day("2026-03-02"), invoice(number, day("2026-03-02"), day("2026-05-02"), euros(500)));
    let events = [
        issued("INV-2"),
        issued("INV-3"),
        opened("0", "INV-3", "quality", euros(100), "2026-03-20"),
        opened("1", "INV-2", "quality", euros(200), "2026-04-09"),
        opened("2", "INV-2", "quality", euros(150), "2026-04-10"),
        opened("3", "INV-2", "price", euros(80), "2026-04-11"),
        opened("4", "INV-3", "weather", euros(10), "2026-04-12"),
        ended("0", "upheld"),
        ended("1", "upheld"),
        ended("2", "partial"),
        ended("3", "rejected"),
        ended("4", "upheld"),
        credited("CM-1", "INV-2", euros(250)),
        credited("CM-2", "INV-3", euros(100)),
    ];
    let metrics = measured(&april(), &events);
    let causes = &metrics.currencies[0].position.causes;
    let found: Vec<_> =
        causes.iter().map(|(reason, one)| (*reason, one.disputes, one.disputed, one.credited)).collect();
    assert_eq!(found, [("other", 1, 1_000, 0), ("price", 1, 8_000, 0), ("quality", 2, 35_000, 25_000)]);
}

fn placed(key: &str, on: &str) -> [Event; 2] {
    let items = vec![PlacedItem { invoice: "INV-1".into(), amount: euros(1000) }];
    let action = Action::PlaceWithAgency {
        agency: None,
        sequence: 1,
        items,
        total: euros(1000),
        commission: "1/4".into(),
        terms: CommissionTerms::default(),
    };
    let effect =
        Effect { key: EffectKey::new(key), due_on: day(on), valid_until: None, approval: Approval::None, action };
    [
        event(day(on), Fact::EffectPlanned { effect }),
        event(day(on), Fact::EffectDone { key: EffectKey::new(key), reference: String::new() }),
    ]
}

fn collected(key: &str, transaction: &str, reverses: Option<&str>, on: &str, gross: i64, commission: i64) -> Event {
    let collection = Collection {
        transaction: transaction.into(),
        reverses: reverses.map(ToOwned::to_owned),
        gross: euros(gross),
        commission: euros(commission),
        net: euros(gross - commission),
        remittance: "net".into(),
        on: day(on),
        remittance_reference: String::new(),
    };
    event(day(on), Fact::AgencyCollected { placement: EffectKey::new(key), collection })
}

#[test]
fn liquidation_and_netback_of_an_agency() {
    let mut events = vec![owing(1000)];
    events.extend(placed("place:1", "2026-03-20"));
    events.push(collected("place:1", "T-1", None, "2026-03-25", 200, 50));
    events.push(collected("place:1", "T-2", None, "2026-04-05", 160, 40));
    // Of the second, 80 came back, with its commission.
    events.push(collected("place:1", "T-3", Some("T-2"), "2026-04-07", -80, -20));
    // 120 paid to the creditor while the agency had it: a quarter is the agency's all the same.
    events.extend(pays("P-1", day("2026-04-10"), "INV-1", euros(120)));
    let metrics = measured(&april(), &events);
    // Collected 200 + 160 - 80 = 280, direct 120: 400 of 1000. Commission 50 + 40 - 20 + 30 = 100: 300 of 1000.
    assert_eq!(told(&metrics, Metric::Liquidation), "40.00");
    assert_eq!(told(&metrics, Metric::Netback), "30.00");
    let position = &metrics.currencies[0].position;
    assert_eq!(
        (position.placed.collected, position.placed.direct, position.placed.commission),
        (28_000, 12_000, 10_000)
    );
    // In April: 40 - 20 + 30.
    assert_eq!(position.commission, 5_000);
}

#[test]
fn a_placement_that_the_agency_rejected_was_none() {
    let mut events = vec![owing(1000)];
    events.extend(placed("place:1", "2026-04-01"));
    let rejected = Fact::PlacementAcknowledged {
        placement: EffectKey::new("place:1"),
        status: "rejected".into(),
        agency_reference: String::new(),
        reason: "too old".into(),
    };
    events.push(event(day("2026-04-02"), rejected));
    let metrics = measured(&april(), &events);
    assert_eq!(metrics.currencies[0].position.placed, Placed::default());
    assert_eq!(value(&metrics, Metric::Liquidation), None);
}

fn prices() -> UnitCosts {
    UnitCosts {
        currency: Currency::EUR,
        email: "0.015".parse().unwrap(),
        sms: "0.10".parse().unwrap(),
        letter: "1.20".parse().unwrap(),
        registered_letter: "4".parse().unwrap(),
        call: "2.5".parse().unwrap(),
        financing_percent: "7.3".parse().unwrap(),
        margin_percent: Some("20".parse().unwrap()),
    }
}

#[test]
fn what_it_costs_to_serve_a_customer() {
    let costs = Some(prices());
    let setup = Setup { costs, ..april() };
    let events = [
        owing(1000),
        event(day("2026-04-06"), invoice("INV-2", day("2026-04-06"), day("2026-05-06"), euros(300))),
        // In March: no cost of April.
        planned("n:1", Channel::Letter, "2026-03-20"),
        done("n:1", "2026-03-20"),
        planned("n:2", Channel::Email, "2026-04-02"),
        done("n:2", "2026-04-02"),
        // Said twice, sent once.
        done("n:2", "2026-04-03"),
        planned("n:3", Channel::Letter, "2026-04-10"),
        done("n:3", "2026-04-10"),
        // Never went out.
        planned("n:4", Channel::RegisteredLetter, "2026-04-12"),
        event(day("2026-04-12"), Fact::EffectCancelled { key: EffectKey::new("n:4"), because: String::new() }),
        // Cancelled, and on its way at that very moment.
        planned("n:5", Channel::Sms, "2026-04-13"),
        event(day("2026-04-13"), Fact::EffectCancelled { key: EffectKey::new("n:5"), because: String::new() }),
        done("n:5", "2026-04-13"),
        called("2026-04-14", "no_answer"),
        called("2026-04-15", "rpc_refused"),
    ];
    let metrics = measured(&setup, &events);
    let contacts = &metrics.contacts;
    assert_eq!((contacts.emails, contacts.sms, contacts.letters, contacts.registered_letters), (1, 1, 1, 0));
    let cost = metrics.currencies[0].cost.clone().unwrap();
    // 0.015 + 0.10 + 1.20 + 2 x 2.50 = 6.315, which rounds up to 6.32.
    assert_eq!(cost.contacts.to_string(), "6.32 EUR");
    // 1000 past due on 30 evenings: 30000 x 7.3 % / 365 = 6.00.
    assert_eq!(cost.financing.to_string(), "6.00 EUR");
    assert_eq!(cost.commission.to_string(), "0.00 EUR");
    assert_eq!(cost.total.to_string(), "12.32 EUR");
    // 20 % of the 300 that April sold.
    assert_eq!(cost.margin.unwrap().to_string(), "60.00 EUR");
    assert_eq!(metrics.currencies[0].costliest[0].account.as_str(), "D/1");
    assert_eq!(measured(&april(), &events).currencies[0].cost, None, "without prices nothing is made up");
}

#[test]
fn contacts_cost_in_the_currency_of_their_prices() {
    let setup = Setup { costs: Some(prices()), ..april() };
    let kroner = Money::new(100_000, "SEK".parse().unwrap());
    let events = [
        event(day("2026-04-01"), invoice("INV-1", day("2026-04-01"), day("2026-04-20"), kroner)),
        called("2026-04-14", "no_answer"),
    ];
    let metrics = measured(&setup, &events);
    let costs: Vec<_> = metrics.currencies.iter().map(|one| one.cost.clone().unwrap()).collect();
    assert_eq!(costs[0].contacts.to_string(), "2.50 EUR");
    // 1000.00 SEK on the ten evenings of 21 to 30 April: 10000 x 7.3 % / 365 = 2.00.
    assert_eq!((costs[1].contacts.to_string(), costs[1].financing.to_string()), ("0.00 SEK".into(), "2.00 SEK".into()));
}

#[test]
fn only_the_dearest_accounts_are_named() {
    let setup = Setup { costs: Some(prices()), ..april() };
    let mut meter = Meter::new(&setup);
    for n in 0..COSTLIEST_MAX + 5 {
        let calls = (0..=n).map(|_| called("2026-04-14", "no_answer"));
        let events: Vec<_> = std::iter::once(owing(1)).chain(calls).collect();
        meter.take(&seen(&setup, &format!("D/{n}"), &events).unwrap());
    }
    meter.erased();
    let metrics = meter.read();
    let named: Vec<_> = metrics.currencies[0].costliest.iter().map(|one| one.account.to_string()).collect();
    assert_eq!((named.len(), named[0].as_str(), named[19].as_str()), (20, "D/24", "D/5"));
    assert_eq!((metrics.accounts, metrics.erased), (25, 1));
}

#[test]
fn a_price_is_a_decimal() {
    for wrong in ["", "1,5", "-1", "1.", ".5", "0.0000001", "1000001", "1e3"] {
        assert!(wrong.parse::<Price>().unwrap_err().to_string().contains("hint:"), "{wrong}");
    }
}
