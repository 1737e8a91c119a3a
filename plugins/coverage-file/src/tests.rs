//! The plugin as the host sees it, on folders in memory.

use dunlin_plugin_sdk::coverage::CoverEnquiry;
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Date, Party, config};

use super::*;

const CONFIG: &str = r#"{"statuses": {"6": "active"}}"#;
const ANSWERS_CSV: &[u8] = include_bytes!("../fixtures/answers.csv");

fn config(json: &str) -> Config {
    config::parse(json).unwrap()
}

fn batch() -> Batch {
    Batch {
        id: "b-1".to_owned(),
        at: 1_773_396_900_000,
        today: Date::constant(2026, 3, 13),
        creditor: Party::default(),
    }
}

fn enquiry(key: &str, name: &str, on: Date) -> Request<Effect> {
    let enquiry = CoverEnquiry {
        account: "C-7".to_owned(),
        debtor: Party { name: name.to_owned(), ..Party::default() },
        appointment: "A-1".to_owned(),
        on,
        payer: "Nordkasse".to_owned(),
        member: "M-77".to_owned(),
        service: String::new(),
        notes: Vec::new(),
    };
    Request { key: key.to_owned(), effect: Effect::EnquireCover(enquiry) }
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    Laws { config: CONFIG, connection: "payers", folder: "answers", files: &[("a.csv", ANSWERS_CSV)] }
        .hold(CoverageFile::pull);
}

#[test]
fn a_batch_of_enquiries_is_one_file_and_the_same_again() {
    let folder = Folder::new("payers");
    let day = Date::constant(2026, 3, 20);
    let requests = [
        enquiry("cover:A-1:2026-03-20:7", "Meyer, Anna", day),
        enquiry("cover:A-2:2026-03-20:7", "=HYPERLINK(\"x\")", day),
        enquiry("cover:A-0:2026-03-12:1", "late", Date::constant(2026, 3, 12)),
    ];
    let outcomes = CoverageFile::perform(&config("{}"), &batch(), &requests).unwrap();
    assert_eq!(outcomes[0], Outcome::done("outgoing/enquiries-b-1.csv"));
    assert_eq!(outcomes[2], Outcome::rejected("expired", "the appointment was on 2026-03-12"));
    let text = folder.text("outgoing/enquiries-b-1.csv");
    let expected = "enquiry_id,account,appointment,service_date,payer,member,name,service\n\
         cover:A-1:2026-03-20:7,C-7,A-1,2026-03-20,Nordkasse,M-77,\"Meyer, Anna\",\n\
         cover:A-2:2026-03-20:7,C-7,A-1,2026-03-20,Nordkasse,M-77,\"'=HYPERLINK(\"\"x\"\")\",\n";
    assert_eq!(text, expected);
    assert_eq!(CoverageFile::perform(&config("{}"), &batch(), &requests).unwrap(), outcomes);
    assert_eq!((folder.text("outgoing/enquiries-b-1.csv"), folder.paths().len()), (text, 1));
    let keys = ["cover:A-1:2026-03-20:7".to_owned(), "cover:A-9".to_owned()];
    let found = CoverageFile::lookup(&config("{}"), &keys).unwrap();
    assert!(matches!(found[0], Finding::Done(_)) && matches!(found[1], Finding::Unclear(_)));
}

#[test]
fn answers_are_read_and_only_bad_rows_refused() {
    let folder = Folder::new("payers");
    folder.put("answers/day.csv", ANSWERS_CSV);
    let page = CoverageFile::pull(&config(CONFIG), None).unwrap();
    let [first, second] = page.events.as_slice() else { panic!("{:?}", page.events) };
    let Fact::Lapsed(cover) = &first.fact else { panic!() };
    assert_eq!((cover.appointment.as_str(), cover.active_until), ("A-1", Some(Date::constant(2026, 2, 28))));
    assert_eq!(first.source.occurred_on, Date::constant(2026, 3, 14));
    assert!(matches!(&second.fact, Fact::Active(cover) if cover.active_until.is_none()));
    let told: Vec<_> = page.progress.refusals.iter().map(|refusal| refusal.place.as_str()).collect();
    assert_eq!(told, ["row 4", "row 5"]);
    assert!(page.progress.refusals[0].reason.contains("`perhaps`"));
    assert!(page.progress.refusals[1].reason.contains("`checked_on`"));
}

#[test]
fn a_foreign_table_goes_to_quarantine() {
    let folder = Folder::new("payers");
    folder.put("answers/a.csv", "a,b\n1,2\n");
    let page = CoverageFile::pull(&config("{}"), None).unwrap();
    CoverageFile::pull(&config("{}"), Some(&page.progress.cursor)).unwrap();
    assert!(folder.text("answers/quarantine/a.csv.reason.txt").contains("lacks `answer_id`"));
}

#[test]
fn a_wrong_configuration_names_its_place() {
    let told = config::parse::<Config>(r#"{"statuses": {"6": "yes"}}"#).unwrap_err().message;
    assert!(told.contains("`statuses.6`") && told.contains("`active`"), "{told}");
}
