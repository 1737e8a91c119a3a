//! The plugin as the host sees it, on folders in memory.

use dunlin_plugin_sdk::dialer::{Call, CallResult, Withdrawal};
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Date, Extension, Kind, Money, OpenItem, Party, config};

use super::*;

const RESULTS_CSV: &[u8] = include_bytes!("../fixtures/results.csv");
const CONFIG: &str = r#"{"dispositions": {"NA": "no_answer"}}"#;

fn config(json: &str) -> Config {
    config::parse(json).unwrap()
}

fn batch() -> Batch {
    Batch {
        id: "b-1".to_owned(),
        at: 1_772_446_500_000,
        today: Date::constant(2026, 3, 2),
        creditor: Party { name: "Nordlicht Handel GmbH".to_owned(), ..Party::default() },
    }
}

fn queue(key: &str, rank: u32, name: &str, phone: &str, minor: i64, currency: &str) -> Request<Effect> {
    let item = |number: u32| OpenItem {
        invoice: format!("INV-{rank}{number}"),
        issued_on: Date::constant(2026, 1, 20),
        due_on: Date::constant(2026, 2, 20),
        original: Money::new(minor, currency),
        open: Money::new(minor, currency),
    };
    let call = Call {
        account: format!("C-{rank}"),
        debtor: Party { name: name.to_owned(), country: "SE".into(), language: "sv".into(), ..Party::default() },
        phone: phone.to_owned(),
        rank,
        overdue: Money::new(minor, currency),
        days_past_due: 10,
        items: vec![item(1), item(2)],
        reason: "10 days past due, no answer to two notices".to_owned(),
        expires_on: Date::constant(2026, 3, 4),
    };
    Request { key: key.to_owned(), effect: Effect::QueueCall(call) }
}

fn withdraw(key: &str, call: &str) -> Request<Effect> {
    let withdrawal = Withdrawal {
        call: call.to_owned(),
        account: "C-1".to_owned(),
        phone: "+46 8 123 456".to_owned(),
        reason: "paid".to_owned(),
    };
    Request { key: key.to_owned(), effect: Effect::WithdrawCall(withdrawal) }
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    let second = String::from_utf8_lossy(RESULTS_CSV).replace("r-", "s-");
    let files: [(&str, &[u8]); 2] = [("a.csv", RESULTS_CSV), ("b.csv", second.as_bytes())];
    Laws { config: CONFIG, connection: "lists", folder: "results", files: &files }.hold(DialerFile::pull);
}

#[test]
fn a_result_file_is_read_and_only_its_bad_row_refused() {
    let folder = Folder::new("lists");
    folder.put("results/day.csv", RESULTS_CSV);
    let page = DialerFile::pull(&config(CONFIG), None).unwrap();
    let keys: Vec<_> = page.events.iter().map(|event| event.source.key.as_str()).collect();
    assert_eq!(keys, ["r-1:call", "r-1:promise", "r-2:call", "r-3:call", "r-3:dispute", "r-5:call", "r-5:stop"]);
    let expected = CallResult {
        call: Some("notice:call-day-7:INV-3:cycle-1".to_owned()),
        account: "C-102".to_owned(),
        disposition: "rpc_dispute".to_owned(),
        at: 1_772_442_000_000,
        duration_s: 301,
        agent: "Νίκος".to_owned(),
        text: "två lådor saknas".to_owned(),
        notes: Vec::new(),
    };
    assert_eq!(page.events[3].fact, Fact::CallEnded(expected));
    let [refusal] = page.progress.refusals.as_slice() else { panic!("{:?}", page.progress.refusals) };
    assert_eq!((refusal.document.as_str(), refusal.place.as_str()), ("day.csv", "row 5"));
    assert!(refusal.reason.contains("`WHAT` is unknown") && refusal.reason.contains("`rpc_ptp`"), "{}", refusal.reason);
}

#[test]
fn a_foreign_table_goes_to_quarantine() {
    let folder = Folder::new("lists");
    folder.put("results/day.csv", "a,b\n1,2\n");
    let page = DialerFile::pull(&config("{}"), None).unwrap();
    assert!(page.events.is_empty());
    DialerFile::pull(&config("{}"), Some(&page.progress.cursor)).unwrap();
    assert!(folder.text("results/quarantine/day.csv.reason.txt").contains("lacks `result_id`"));
}

#[test]
fn a_batch_becomes_one_list_in_order_of_rank_and_is_the_same_again() {
    let folder = Folder::new("lists");
    let requests = [
        queue("k:2", 2, "=HYPERLINK(\"x\")", "+30 210 1234567", 5, "EUR"),
        withdraw("w:1", "k:0"),
        queue("k:1", 1, "Åkerlund, Sjö & Co", "+46 8 123 456", 1_200_050, "SEK"),
        queue("k:3", 3, "no phone", "unknown", 5, "EUR"),
        Request { key: "o".into(), effect: Effect::Other(Extension { kind: "fax".into(), notes: Vec::new() }) },
    ];
    let outcomes = DialerFile::perform(&config("{}"), &batch(), &requests).unwrap();
    assert_eq!(outcomes[0], Outcome::done("outgoing/calls-b-1.csv"));
    assert_eq!(outcomes[1], Outcome::done("outgoing/withdraw-b-1.csv"));
    assert_eq!(outcomes[3], Outcome::rejected("invalid-address", "`unknown` is not a telephone number"));
    assert_eq!(outcomes[4], Outcome::not_supported("a call list cannot carry `fax`"));
    let written = || (folder.text("outgoing/calls-b-1.csv"), folder.text("outgoing/withdraw-b-1.csv"));
    assert_eq!(written().0, include_str!("../fixtures/calls.golden.csv"));
    assert_eq!(written().1, include_str!("../fixtures/withdraw.golden.csv"));
    let before = written();
    assert_eq!(DialerFile::perform(&config("{}"), &batch(), &requests).unwrap(), outcomes);
    assert_eq!((written(), folder.paths().len()), (before, 2));
}

#[test]
fn a_list_id_and_another_delimiter_are_written_as_configured() {
    let folder = Folder::new("lists");
    let config = config(r#"{"list_id": "1001", "delimiter": ";"}"#);
    DialerFile::perform(&config, &batch(), &[queue("k:1", 1, "A;B", "+46 8 1", 100, "SEK")]).unwrap();
    let text = folder.text("outgoing/calls-b-1.csv");
    assert!(text.lines().next().unwrap().ends_with(";account;list_id"));
    assert!(text.contains(";\"A;B\";") && text.ends_with(";C-1;1001\n"), "{text}");
}

#[test]
fn a_call_that_expired_is_not_listed() {
    let folder = Folder::new("lists");
    let late = Batch { today: Date::constant(2026, 3, 5), ..batch() };
    let outcomes = DialerFile::perform(&config("{}"), &late, &[queue("k", 1, "A", "+46 8 1", 1, "SEK")]).unwrap();
    assert_eq!(outcomes, [Outcome::rejected("expired", "not to be called after 2026-03-04")]);
    assert!(folder.paths().is_empty());
}

#[test]
fn a_look_up_finds_what_still_lies_there() {
    let folder = Folder::new("lists");
    DialerFile::perform(&config("{}"), &batch(), &[queue("=k:1", 1, "A", "+46 8 1", 1, "SEK")]).unwrap();
    let findings = DialerFile::lookup(&config("{}"), &["=k:1".to_owned(), "k:9".to_owned()]).unwrap();
    assert!(matches!(&findings[0], Finding::Done(receipt) if receipt.reference == "outgoing/calls-b-1.csv"));
    assert!(matches!(findings[1], Finding::Unclear(_)));
    assert!(folder.text("outgoing/calls-b-1.csv").contains("\n'=k:1,"));
}

#[test]
fn a_wrong_configuration_names_its_place_and_what_is_allowed() {
    let told = |json| {
        let error = config::parse::<Config>(json).unwrap_err();
        assert_eq!(error.kind, Kind::Misconfigured);
        error.message
    };
    let message = told(r#"{"dispositions": {"NA": "nobody"}}"#);
    assert!(message.contains("`dispositions.NA`") && message.contains("`no_answer`"), "{message}");
    assert!(told(r#"{"delimiter": "a"}"#).contains("`a` cannot separate cells"));
    assert!(told(r#"{"lists": 1}"#).contains("expected one of `dispositions`, `list_id`, `delimiter`"));
}

#[test]
fn a_missing_connection_is_found_at_start() {
    assert_eq!(DialerFile::check(&config("{}")).unwrap_err().kind, Kind::Refused);
    let _folder = Folder::new("lists");
    assert_eq!(DialerFile::check(&config("{}")), Ok(()));
}
