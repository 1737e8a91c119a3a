//! The plugin as the host sees it, on folders in memory.

use dunlin_plugin_sdk::messenger::{OptOut, Tracking, Withdrawal};
use dunlin_plugin_sdk::testing::{Folder, Laws};
use dunlin_plugin_sdk::{Date, Kind, Party, config};
use mail_parser::{MessageParser, MimeHeaders};

use super::*;

const CONFIG: &str = r#"{"from_address": "receivables@nordlicht.example"}"#;
const BOUNCED: &[u8] = include_bytes!("../fixtures/bounced.eml");
const REPLY: &[u8] = include_bytes!("../fixtures/reply.eml");

fn config(json: &str) -> Config {
    config::parse(json).unwrap()
}

fn batch() -> Batch {
    Batch {
        id: "b-1".to_owned(),
        at: 1_772_446_500_000,
        today: Date::constant(2026, 3, 2),
        creditor: Party {
            name: "Nordlicht Handel GmbH".to_owned(),
            address: vec!["Am Kai 1".to_owned(), "20457 Hamburg".to_owned()],
            ..Party::default()
        },
    }
}

fn message(channel: &str) -> Message {
    Message {
        account: "C-7".to_owned(),
        channel: channel.to_owned(),
        recipient: Party {
            name: "Åkerlund & Söner AB".to_owned(),
            country: "SE".to_owned(),
            address: vec!["Sjögatan 3".to_owned(), "211 20 Malmö".to_owned(), "SWEDEN".to_owned()],
            ..Party::default()
        },
        address: if channel == "email" { "kontor@akerlund.example".to_owned() } else { String::new() },
        language: "sv".to_owned(),
        subject: "Påminnelse: faktura INV-7 förföll 2026-02-20".to_owned(),
        text: "Hej,\n\nfaktura INV-7 på 12 000,50 kr är obetald.\n\nVänliga hälsningar\nNordlicht".to_owned(),
        html: Some("<p>Hej,</p>\n<p>faktura INV-7 på <b>12 000,50 kr</b> är obetald.</p>".to_owned()),
        notes: Vec::new(),
    }
}

fn greek() -> Message {
    Message {
        recipient: Party { name: "Μαρία Παπαδοπούλου".to_owned(), ..Party::default() },
        language: "el".to_owned(),
        subject: "Υπενθύμιση: το τιμολόγιο INV-9 έληξε".to_owned(),
        text: "Αγαπητή κυρία,\n\nτο τιμολόγιο INV-9 παραμένει ανεξόφλητο.\n".to_owned(),
        html: None,
        ..message("email")
    }
}

fn send(key: &str, message: Message) -> Request<Effect> {
    Request { key: key.to_owned(), effect: Effect::Send(message) }
}

fn withdraw(message: &str) -> Request<Effect> {
    let withdrawal = Withdrawal { message: message.to_owned(), account: "C-7".into(), reason: "paid".into() };
    Request { key: format!("withdraw:{message}"), effect: Effect::Withdraw(withdrawal) }
}

fn perform(json: &str, request: Request<Effect>) -> Outcome {
    Mailbox::perform(&config(json), &batch(), &[request]).unwrap().remove(0)
}

fn written(folder: &Folder, outcome: &Outcome) -> Vec<u8> {
    let Outcome::Done(receipt) = outcome else { panic!("{outcome:?}") };
    folder.get(&receipt.reference).unwrap()
}

fn pulled(file: &[u8]) -> (Vec<(String, Fact)>, Vec<String>) {
    let folder = Folder::new("mailbox");
    folder.put("incoming/a.eml", file);
    let page = Mailbox::pull(&config(CONFIG), None).unwrap();
    let facts = page.events.into_iter().map(|event| (event.source.key, event.fact)).collect();
    (facts, page.progress.refusals.into_iter().map(|refusal| refusal.reason).collect())
}

fn tracking(message: &str, account: &str, at: i64, text: &str) -> Tracking {
    Tracking { message: message.into(), account: account.into(), at, text: text.into() }
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    let files: [(&str, &[u8]); 2] = [("a.eml", BOUNCED), ("b.eml", REPLY)];
    Laws { config: CONFIG, connection: "mailbox", folder: "incoming", files: &files }.hold(Mailbox::pull);
}

#[test]
fn an_email_is_as_the_golden_file_and_the_same_again() {
    let folder = Folder::new("mailbox");
    let request = || send("notice:first:INV-7:cycle-1", message("email"));
    let outcome = perform(CONFIG, request());
    let file = written(&folder, &outcome);
    assert_eq!(String::from_utf8_lossy(&file), include_str!("../fixtures/swedish.golden.eml"));
    assert_eq!(perform(CONFIG, request()), outcome);
    assert_eq!((written(&folder, &outcome), folder.paths().len()), (file, 1));
}

#[test]
fn an_email_reads_back_as_it_was_meant() {
    let folder = Folder::new("mailbox");
    let file = written(&folder, &perform(CONFIG, send("notice:first:INV-9:cycle-1", greek())));
    assert_eq!(String::from_utf8_lossy(&file), include_str!("../fixtures/greek.golden.eml"));
    assert!(file.split(|byte| *byte == b'\n').all(|line| line.len() <= 998 && line.is_ascii()));
    let read = MessageParser::default().parse(&file).unwrap();
    assert_eq!(read.subject(), Some("Υπενθύμιση: το τιμολόγιο INV-9 έληξε"));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), greek().text);
    assert_eq!(read.message_id(), Some("notice=3Afirst=3AINV-9=3Acycle-1.C-7@nordlicht.example"));
    assert_eq!(read.to().unwrap().first().unwrap().name(), Some("Μαρία Παπαδοπούλου"));
    assert_eq!(read.from().unwrap().first().unwrap().name(), Some("Nordlicht Handel GmbH"));
    assert_eq!(read.date().unwrap().to_timestamp(), 1_772_446_500);
    assert_eq!(read.content_type().unwrap().attribute("charset"), Some("utf-8"));
}

#[test]
fn the_configuration_names_the_sender_and_the_ways_out() {
    let folder = Folder::new("mailbox");
    let json = r#"{"from_address": "a@n.example", "from_name": "Buchhaltung, Süd", "reply_to": "r@n.example",
        "message_id_domain": "hub.n.example", "unsubscribe_url": "https://n.example/stop"}"#;
    let file = written(&folder, &perform(json, send("k", greek())));
    let read = MessageParser::default().parse(&file).unwrap();
    assert_eq!(read.from().unwrap().first().unwrap().name(), Some("Buchhaltung, Süd"));
    assert_eq!(read.reply_to().unwrap().first().unwrap().address(), Some("r@n.example"));
    assert_eq!(read.message_id(), Some("k.C-7@hub.n.example"));
    let unsubscribe = read.header_raw("List-Unsubscribe").unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(unsubscribe, "<https://n.example/stop>, <mailto:r@n.example?subject=STOP%20k.C-7>");
}

#[test]
fn nothing_in_a_message_adds_a_header() {
    let folder = Folder::new("mailbox");
    let mut evil = message("email");
    evil.subject = "a\r\nBcc: x@y.example".to_owned();
    evil.recipient.name = "b\r\nX-Evil: 1".to_owned();
    evil.language = "sv\r\nX-Evil: 1".to_owned();
    let file = written(&folder, &perform(CONFIG, send("k\r\nX-Evil: 1", evil)));
    let head = String::from_utf8(file).unwrap();
    let head = head.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.starts_with("Bcc") || line.starts_with("X-Evil")), "{head}");
}

#[test]
fn a_letter_is_as_the_golden_file() {
    let folder = Folder::new("mailbox");
    let mut letter = message("letter");
    letter.html = None;
    let outcome = perform(CONFIG, send("notice:final:INV-7:cycle-1", letter));
    assert_eq!(String::from_utf8_lossy(&written(&folder, &outcome)), include_str!("../fixtures/letter.golden.html"));
    let mut american = message("letter");
    american.recipient.country = "US".to_owned();
    let page = String::from_utf8(written(&folder, &perform(CONFIG, send("k", american)))).unwrap();
    assert!(page.contains("size: letter") && page.contains("<b>12 000,50 kr</b>"), "{page}");
}

#[test]
fn what_cannot_be_sent_is_rejected_with_its_reason() {
    let _folder = Folder::new("mailbox");
    let rejected = |message| match perform(CONFIG, send("k", message)) {
        Outcome::Rejected(rejection) => (rejection.code, rejection.reason),
        other => panic!("{other:?}"),
    };
    let to = |address: &str| Message { address: address.to_owned(), ..message("email") };
    assert_eq!(rejected(to("")), ("invalid-address".into(), "`` is not an e-mail address".into()));
    assert_eq!(rejected(to("a@b\r\nBcc: c@d.example")).0, "invalid-address");
    let nowhere = Message { recipient: Party { name: "X".into(), ..Party::default() }, ..message("letter") };
    assert_eq!(rejected(nowhere), ("invalid-address".into(), "`X` has no postal address".into()));
    for channel in ["sms", "registered-letter"] {
        assert_eq!(rejected(message(channel)).0, "not-supported");
    }
}

#[test]
fn what_was_not_collected_can_be_withdrawn() {
    let folder = Folder::new("mailbox");
    for channel in ["email", "letter"] {
        perform(CONFIG, send(channel, message(channel)));
    }
    assert_eq!(perform(CONFIG, withdraw("email")), Outcome::done("outgoing/email/withdrawn/email.eml"));
    assert_eq!(perform(CONFIG, withdraw("letter")), Outcome::done("outgoing/letters/withdrawn/letter.html"));
    assert_eq!(folder.paths(), ["outgoing/email/withdrawn/email.eml", "outgoing/letters/withdrawn/letter.html"]);
    assert_eq!(perform(CONFIG, withdraw("email")), Outcome::done("outgoing/email/withdrawn/email.eml"));
    assert!(matches!(perform(CONFIG, withdraw("other")), Outcome::Rejected(r) if r.code == "too-late"));
}

#[test]
fn a_look_up_finds_what_still_lies_there() {
    let _folder = Folder::new("mailbox");
    perform(CONFIG, send("a:1", message("letter")));
    let findings = Mailbox::lookup(&config(CONFIG), &["a:1".to_owned(), "b".to_owned()]).unwrap();
    assert!(matches!(&findings[0], Finding::Done(receipt) if receipt.reference.starts_with("outgoing/letters/a-1.")));
    assert!(matches!(findings[1], Finding::Unclear(_)));
}

#[test]
fn reports_say_what_became_of_a_message() {
    let text = "5.1.1: smtp; 550 5.1.1 <kontor@akerlund.example>: user unknown";
    let bounced = Fact::Bounced(tracking("notice:first:INV-7:cycle-1", "C-7", 1_772_524_805_000, text));
    assert_eq!(pulled(BOUNCED).0, [("20260303080005.4F@mx.example:bounced".to_owned(), bounced)]);
    let delivered = Fact::Delivered(tracking("notice:first:INV-8:cycle-1", "C-8", 1_772_525_400_000, "2.0.0"));
    assert_eq!(
        pulled(include_bytes!("../fixtures/delivered.eml")).0,
        [("d-1@mx.example:delivered".to_owned(), delivered)]
    );
    assert_eq!(pulled(include_bytes!("../fixtures/delayed.eml")), (Vec::new(), Vec::new()));
}

#[test]
fn replies_are_told_from_stop_requests_and_holidays() {
    let replied = Fact::Replied(tracking("notice:first:INV-9:cycle-1", "C-9", 1_772_627_400_000, "Πληρώνω αύριο."));
    assert_eq!(pulled(REPLY).0, [("r-1@example.gr:replied".to_owned(), replied)]);
    let stop = |account: &str, text: &str| {
        Fact::OptedOut(OptOut { account: account.into(), medium: "email".into(), text: text.into() })
    };
    assert_eq!(
        pulled(include_bytes!("../fixtures/stop-reply.eml")).0,
        [("s-1@example.dk:opted-out".to_owned(), stop("C-10", "Unsubscribe."))]
    );
    let both = pulled(include_bytes!("../fixtures/stop-link.eml")).0;
    assert!(matches!(&both[0].1, Fact::Replied(reply) if reply.message == "notice:first:INV-11:cycle-1"));
    assert_eq!(both[1], ("s-2@example.se:opted-out".to_owned(), stop("C-11", "Jag har redan betalat.")));
    assert_eq!(pulled(include_bytes!("../fixtures/holiday.eml")), (Vec::new(), Vec::new()));
}

#[test]
fn strangers_and_broken_files_are_refused() {
    let (facts, refusals) = pulled(include_bytes!("../fixtures/stranger.eml"));
    assert!(facts.is_empty());
    assert_eq!(refusals, ["it answers no message of ours: no Message-ID at `nordlicht.example` is quoted"]);
    for broken in [&b""[..], b"\xff\xfe\x00", b"Subject: x\r\n\r\n", b"Date: never\r\n\r\nx"] {
        assert_eq!(pulled(broken).1.len(), 1);
    }
}

#[test]
fn a_wrong_configuration_is_named() {
    let told = |json| config::parse::<Config>(json).unwrap_err().message;
    assert_eq!(told("{}"), "configuration missing field `from_address`");
    assert!(told(r#"{"from_address": "nobody"}"#).contains("at `from_address`: `nobody` is not an e-mail address"));
    let _folder = Folder::new("mailbox");
    assert_eq!(Mailbox::check(&config(CONFIG)), Ok(()));
    for key in [r#""unsubscribe_url": "http://x""#, r#""message_id_domain": "a b""#] {
        let json = format!(r#"{{"from_address": "a@b.example", {key}}}"#);
        assert_eq!(Mailbox::check(&config(&json)).unwrap_err().kind, Kind::Misconfigured);
    }
}
