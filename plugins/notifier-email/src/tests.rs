//! The plugin as the host sees it, on folders in memory.

use dunlin_plugin_sdk::testing::{Folder, Laws, logged};
use dunlin_plugin_sdk::{Date, Kind, Party, config};
use mail_parser::MessageParser;

use super::*;

const CONFIG: &str = r#"{"from_address": "dunlin@nordlicht.example"}"#;
const ANSWER: &[u8] = include_bytes!("../fixtures/answer.eml");

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

fn request(key: &str, address: &str) -> Request<Effect> {
    let notification = Notification {
        account: "C-7".to_owned(),
        recipient_role: "sales-rep".to_owned(),
        recipient: Party { name: "sales-rep".to_owned(), ..Party::default() },
        address: address.to_owned(),
        language: "en".to_owned(),
        subject: "Overdue: Åkerlund & Söner AB".to_owned(),
        text: "Åkerlund & Söner AB is 9 days past due.".to_owned(),
        html: None,
        link: "https://dunlin.nordlicht.example/accounts/C-7".to_owned(),
        notes: Vec::new(),
    };
    Request { key: key.to_owned(), effect: Effect::Notify(notification) }
}

fn perform(key: &str, address: &str) -> Outcome {
    NotifierEmail::perform(&config(CONFIG), &batch(), &[request(key, address)]).unwrap().remove(0)
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    Laws { config: CONFIG, connection: "mailbox", folder: "incoming", files: &[("a.eml", ANSWER)] }
        .hold(NotifierEmail::pull);
}

#[test]
fn a_notification_is_one_email_and_the_same_again() {
    let folder = Folder::new("mailbox");
    let outcome = perform("tell:sales-rep:INV-7:cycle-1", "vertrieb@nordlicht.example");
    let Outcome::Done(receipt) = &outcome else { panic!("{outcome:?}") };
    let file = folder.get(&receipt.reference).unwrap();
    let read = MessageParser::default().parse(&file).unwrap();
    assert_eq!(read.subject(), Some("Overdue: Åkerlund & Söner AB"));
    assert_eq!(read.message_id(), Some("tell=3Asales-rep=3AINV-7=3Acycle-1.C-7@nordlicht.example"));
    let text = read.body_text(0).unwrap();
    assert!(text.contains("9 days past due") && text.contains("/accounts/C-7"), "{text}");
    assert_eq!(perform("tell:sales-rep:INV-7:cycle-1", "vertrieb@nordlicht.example"), outcome);
    assert_eq!((folder.get(&receipt.reference).unwrap(), folder.paths().len()), (file, 1));
    let key = "tell:sales-rep:INV-7:cycle-1".to_owned();
    assert!(matches!(NotifierEmail::lookup(&config(CONFIG), &[key]).unwrap()[0], Finding::Done(_)));
}

#[test]
fn what_is_no_address_is_refused_with_the_role() {
    let _folder = Folder::new("mailbox");
    let Outcome::Rejected(rejection) = perform("k", "room 7") else { panic!() };
    assert_eq!(rejection.code, "invalid-address");
    assert!(rejection.reason.contains("`sales-rep`") && rejection.reason.contains("`room 7`"), "{}", rejection.reason);
}

#[test]
fn an_answer_acknowledges_and_a_machine_says_nothing() {
    let folder = Folder::new("mailbox");
    folder.put("incoming/a.eml", ANSWER);
    folder.put("incoming/b.eml", include_bytes!("../fixtures/holiday.eml"));
    folder.put("incoming/c.eml", b"Date: Wed, 4 Mar 2026 14:30:00 +0100\r\nFrom: a@b.example\r\n\r\nhello\r\n");
    let page = NotifierEmail::pull(&config(CONFIG), None).unwrap();
    let [event] = page.events.as_slice() else { panic!("{:?}", page.events) };
    let Fact::Acknowledged(told) = &event.fact else { panic!() };
    assert_eq!((told.notification.as_str(), told.account.as_str()), ("tell:sales-rep:INV-7:cycle-1", "C-7"));
    assert_eq!((told.by.as_str(), told.text.as_str()), ("vertrieb@nordlicht.example", "I will call them today."));
    assert!(logged().iter().any(|line| line.contains("automatic")), "{:?}", logged());
    let [refusal] = page.progress.refusals.as_slice() else { panic!() };
    assert_eq!(refusal.document, "c.eml");
}

#[test]
fn a_wrong_configuration_is_named() {
    let told = |json| config::parse::<Config>(json).unwrap_err().message;
    assert_eq!(told("{}"), "configuration missing field `from_address`");
    let _folder = Folder::new("mailbox");
    let odd = config(r#"{"from_address": "a@b.example", "message_id_domain": "a b"}"#);
    assert_eq!(NotifierEmail::check(&odd).unwrap_err().kind, Kind::Misconfigured);
}
