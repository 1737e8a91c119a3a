//! What a pull reads, page by page, and what it makes of answers that are none.

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::Upstream;
use dunlin_plugin_sdk::{Accounting, Date, Error, Kind, Money};
use serde_json::json;

use super::config;
use super::ledger::{INVOICES, Ledger, PART_PAID, rows, stamped};
use crate::{PAGE, Tryton};

const NOON: &str = "2026-11-23T12:00:00";

type Page = dunlin_plugin_sdk::Page<Fact>;

fn pull(cursor: Option<&str>) -> Page {
    Tryton::pull(&config("{}"), cursor).unwrap()
}

/// Pulls until there is no more for now; the keys in their order, and the cursor.
fn drain(cursor: Option<&str>) -> (Vec<String>, String) {
    let (mut keys, mut cursor) = (Vec::new(), cursor.map(str::to_owned));
    for _ in 0..50 {
        let page = pull(cursor.as_deref());
        assert_eq!(page, pull(cursor.as_deref()), "the same cursor gives another page");
        assert!(page.events.len() <= PAGE);
        keys.extend(page.events.into_iter().map(|event| event.source.key));
        if !page.progress.more {
            return (keys, page.progress.cursor);
        }
        cursor = Some(page.progress.cursor);
    }
    panic!("it comes to no end");
}

fn keys(ids: impl Iterator<Item = usize>) -> Vec<String> {
    ids.map(|id| format!("invoice:{id}")).collect()
}

#[test]
fn everything_recorded_is_read_once() {
    let ledger = Ledger::recorded();
    let upstream = ledger.listen();
    let page = pull(None);
    assert_eq!((page.events.len(), page.progress.refusals.len(), page.progress.more), (7, 0, false));
    // Hours later nothing comes late any more: the cursor stands behind the last one.
    assert_eq!(page.progress.cursor, "2026-11-23T09:32:51.493475 6");
    let again = pull(Some(&page.progress.cursor));
    assert_eq!((again.events.len(), again.progress.cursor), (0, page.progress.cursor));
    let asked = upstream.asked();
    assert!(asked.iter().all(|one| one.target == "/rest/model/account.invoice/search_read"));
    assert!(asked.iter().all(|one| one.header("authorization").is_none()), "the key is the host's");
}

#[test]
fn a_run_of_invoices_with_one_time_is_read_whole_and_once() {
    let ledger = Ledger::with_invoices(&[NOON; 2 * PAGE + 50]);
    *ledger.now.borrow_mut() = "Mon, 23 Nov 2026 14:00:00 GMT".to_owned();
    let upstream = ledger.listen();
    let (read, cursor) = drain(None);
    assert_eq!(read, keys(1..=2 * PAGE + 50));
    assert_eq!(cursor, "2026-11-23T12:00:00.000000 250");
    assert_eq!(drain(Some(&cursor)).0, Vec::<String>::new());
    assert_eq!(upstream.asked().len(), 2 * 3 + 2);
}

#[test]
fn a_row_whose_transaction_took_long_is_not_lost() {
    let ledger = Ledger::with_invoices(&["2026-11-23T11:00:00", NOON]);
    *ledger.now.borrow_mut() = "Mon, 23 Nov 2026 12:00:10 GMT".to_owned();
    let _upstream = ledger.listen();
    let (read, cursor) = drain(None);
    assert_eq!(read, keys(1..=2));
    // Stamped before the last one that was read, and seen after it.
    let late = stamped(&rows(INVOICES)[0], 3, "2026-11-23T11:58:00");
    ledger.invoices.borrow_mut().push(late);
    let (read, cursor) = drain(Some(&cursor));
    assert_eq!(read, ["invoice:3", "invoice:2"], "the second comes again with the same key and version");
    *ledger.now.borrow_mut() = "Mon, 23 Nov 2026 13:00:00 GMT".to_owned();
    let (_, cursor) = drain(Some(&cursor));
    assert_eq!(drain(Some(&cursor)).0, Vec::<String>::new(), "an hour later nothing is read twice");
}

#[test]
fn a_part_payment_restates_what_is_open() {
    let ledger = Ledger::recorded();
    let _upstream = ledger.listen();
    let first = pull(None);
    ledger.invoices.borrow_mut().retain(|row| row["id"] != 2);
    ledger.invoices.borrow_mut().extend(rows(PART_PAID));
    let second = pull(Some(&first.progress.cursor));
    let of = |page: &Page| {
        let event = page.events.iter().find(|event| event.source.key == "invoice:2").unwrap().clone();
        let Fact::Invoice(invoice) = event.fact else { panic!() };
        (event.source.version.unwrap(), invoice.payable)
    };
    let ((before, open), (after, rest)) = (of(&first), of(&second));
    assert_eq!((open, rest), (Money::new(80_000, "EUR"), Money::new(70_000, "EUR")));
    assert!(after > before, "{after} is not later than {before}");
}

#[test]
fn what_cannot_be_read_is_refused_and_the_rest_goes_on() {
    let ledger = Ledger::recorded();
    ledger.invoices.borrow_mut()[0]["state"] = json!("on-hold");
    ledger.invoices.borrow_mut()[1]["currency."] = json!(null);
    ledger.invoices.borrow_mut()[2].as_object_mut().unwrap().remove("total_amount");
    let _upstream = ledger.listen();
    let page = pull(None);
    assert_eq!(page.events.len(), 4);
    let reasons: Vec<String> =
        page.progress.refusals.iter().map(|one| format!("{}: {}", one.document, one.reason)).collect();
    let [state, currency, total] = &reasons[..] else { panic!("{reasons:#?}") };
    assert!(state.starts_with("invoice 1: its state is `on-hold`"), "{state}");
    assert!(currency.starts_with("invoice 2: invalid type: null"), "{currency}");
    assert!(total.contains("missing field `total_amount`"), "{total}");
}

#[test]
fn the_configuration_narrows_what_is_asked_for() {
    let upstream = Ledger::recorded().listen();
    let narrow = config(r#"{"company": "Nordlicht Handel GmbH", "issued_from": "2026-10-01"}"#);
    Tryton::pull(&narrow, None).unwrap();
    let asked = upstream.asked()[0].text();
    assert!(asked.contains(r#"["company.party.name","=","Nordlicht Handel GmbH"]"#), "{asked}");
    let day = crate::wire::Day::json(Date::constant(2026, 10, 1));
    assert!(asked.contains(&json!(["invoice_date", ">=", day]).to_string()), "{asked}");
}

#[test]
fn an_answer_that_is_none_says_who_has_to_act() {
    let unauthorized = include_str!("../../fixtures/unauthorized.html");
    let forbidden = include_str!("../../fixtures/forbidden.html");
    let refused = include_str!("../../fixtures/payment-refused.json");
    for (answer, kind, text) in [
        (Answer::new(401, unauthorized), Kind::Misconfigured, "does not know the key"),
        (Answer::new(403, forbidden), Kind::Misconfigured, "forbids"),
        (Answer::new(404, "<!doctype html>"), Kind::Misconfigured, "no REST interface"),
        (Answer::new(400, refused), Kind::Misconfigured, "can not be greater"),
        (Answer::new(429, "").with("Retry-After", "7"), Kind::RetryLater, "429"),
        (Answer::new(500, "<!doctype html>"), Kind::RetryLater, "500"),
        (Answer::new(200, &INVOICES.as_bytes()[..INVOICES.len() / 2]), Kind::Broken, "not what was expected"),
        (Answer::new(200, r#"[{"id": 1, "write_date": null}]"#), Kind::Broken, "[0].write_date"),
    ] {
        let (status, played) = (answer.status, answer);
        let _upstream = Upstream::new("api", move |_| Ok(played.clone()));
        let error = Tryton::pull(&config("{}"), None).unwrap_err();
        assert_eq!(error.kind, kind, "{status}: {error}");
        assert!(error.message.contains(text), "{status}: {error}");
        assert_eq!(error.retry_after_ms, (status == 429).then_some(7_000));
    }
    let _upstream = Upstream::new("api", |_| Err(Failure::lost(Error::retry_later("it broke off"))));
    assert_eq!(Tryton::pull(&config("{}"), None).unwrap_err().kind, Kind::RetryLater);
}

#[test]
fn a_check_names_what_does_not_fit() {
    let _upstream = Ledger::recorded().listen();
    let told = |json: &str| Tryton::check(&config(json)).map_err(|error| error.message);
    assert_eq!(told("{}"), Ok(()));
    assert_eq!(told(r#"{"payment_method": "Bank", "company": "Nordlicht Handel GmbH"}"#), Ok(()));
    assert!(told(r#"{"payment_method": "Giro"}"#).unwrap_err().contains("`Giro`"));
    assert!(told(r#"{"company": "Südlicht"}"#).unwrap_err().contains("`Südlicht`"));
    assert!(dunlin_plugin_sdk::config::parse::<crate::Config>(r#"{"payment": 1}"#).is_err());
}
