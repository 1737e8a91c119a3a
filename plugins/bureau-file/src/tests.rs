//! The plugin as the host sees it, on folders in memory.

use dunlin_plugin_sdk::bureau::ReportOrder;
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Date, Money, Party, config};

use super::*;

const CONFIG: &str = r#"{"verdicts": {"A": "approve"}, "customer_number": "K-1"}"#;
const REPORTS_JSON: &[u8] = include_bytes!("../fixtures/reports.json");

fn config(json: &str) -> Config {
    config::parse(json).unwrap()
}

fn batch() -> Batch {
    Batch { id: "b-1".to_owned(), at: 1_772_446_500_000, today: Date::constant(2026, 3, 2), creditor: Party::default() }
}

fn order(key: &str) -> Request<Effect> {
    let order = ReportOrder {
        account: "C-7".to_owned(),
        debtor: Party {
            name: "Acme GmbH".to_owned(),
            country: "DE".to_owned(),
            address: vec!["Hafenstr. 1".to_owned()],
            ..Party::default()
        },
        amount: Money::new(1_200_000, "EUR"),
        reason: "an application for credit before a deal".to_owned(),
        price_max: Some(Money::new(12_000, "EUR")),
    };
    Request { key: key.to_owned(), effect: Effect::OrderCreditReport(order) }
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    Laws { config: CONFIG, connection: "bureau", folder: "reports", files: &[("a.json", REPORTS_JSON)] }
        .hold(BureauFile::pull);
}

#[test]
fn a_batch_of_orders_is_one_file_and_the_same_again() {
    let folder = Folder::new("bureau");
    let requests = [order("credit-report:APP-2"), order("credit-report:APP-3")];
    let outcomes = BureauFile::perform(&config(CONFIG), &batch(), &requests).unwrap();
    assert_eq!(outcomes[0], Outcome::done("outgoing/orders-b-1.json"));
    let text = folder.text("outgoing/orders-b-1.json");
    for part in ["\"K-1\"", "\"2026-03-02\"", "\"12000.00\"", "\"120.00\"", "\"Acme GmbH\"", "credit-report:APP-3"] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(BureauFile::perform(&config(CONFIG), &batch(), &requests).unwrap(), outcomes);
    assert_eq!((folder.text("outgoing/orders-b-1.json"), folder.paths().len()), (text, 1));
    let keys = ["credit-report:APP-3".to_owned(), "credit-report:APP-9".to_owned()];
    let found = BureauFile::lookup(&config(CONFIG), &keys).unwrap();
    assert!(matches!(found[0], Finding::Done(_)) && matches!(found[1], Finding::Unclear(_)));
}

#[test]
fn reports_are_read_and_only_a_bad_one_is_refused() {
    let folder = Folder::new("bureau");
    folder.put("reports/day.json", REPORTS_JSON);
    let page = BureauFile::pull(&config(CONFIG), None).unwrap();
    let keys: Vec<_> = page.events.iter().map(|event| event.source.key.as_str()).collect();
    assert_eq!(keys, ["Auskunft Nord:R-9", "Auskunft Nord:R-11"]);
    let Fact::CreditReport(report) = &page.events[0].fact else { panic!() };
    assert_eq!((report.verdict.as_str(), report.score.as_str()), ("approve", "263"));
    assert_eq!(report.limit, Some(Money::new(2_000_000, "EUR")));
    assert_eq!(report.price, Some(Money::new(8_900, "EUR")));
    let [refusal] = page.progress.refusals.as_slice() else { panic!("{:?}", page.progress.refusals) };
    assert_eq!(refusal.place, "report 2");
    assert!(refusal.reason.contains("`perhaps`") && refusal.reason.contains("`review`"), "{}", refusal.reason);
}

#[test]
fn what_is_no_file_of_reports_goes_to_quarantine() {
    let folder = Folder::new("bureau");
    folder.put("reports/a.json", b"{}");
    folder.put("reports/b.json", br#"{"reports": []}"#);
    let page = BureauFile::pull(&config("{}"), None).unwrap();
    assert!(page.events.is_empty());
    BureauFile::pull(&config("{}"), Some(&page.progress.cursor)).unwrap();
    assert!(folder.text("reports/quarantine/a.json.reason.txt").contains("`reports`"));
    assert!(folder.text("reports/quarantine/b.json.reason.txt").contains("`bureau` is missing"));
}

#[test]
fn a_wrong_configuration_names_its_place() {
    let told = config::parse::<Config>(r#"{"verdicts": {"A": "yes"}}"#).unwrap_err().message;
    assert!(told.contains("`verdicts.A`") && told.contains("`approve`"), "{told}");
}
