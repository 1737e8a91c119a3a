//! The plugin as the host sees it: the laws, full lists over time, and import files.

use dunlin_plugin_sdk::accounting::{CashApplication, CreditMemoOrder, CreditNotice, Effect, Fact, WriteOff};
use dunlin_plugin_sdk::testing::{Folder, Laws, logged};
use dunlin_plugin_sdk::{Accounting, Batch, Date, Extension, Money, Outcome, Page, Party, Request, config};

use super::{BOOKING, Config, CsvLists, INCOMING};

const LISTS: &str = r#"{
    "delimiter": ";", "decimal": ",", "default_currency": "EUR", "full_list": true, "date_format": "DD.MM.YYYY",
    "as_of": { "file_name": "YYYYMMDD" },
    "columns": {
        "number": "No", "debtor_id": "Id", "debtor_name": "Name", "issued_on": "Date", "open": "Open", "email": "Mail"
    }
}"#;

fn list(rows: &[(&str, &str)]) -> String {
    let row = |(number, open): &(&str, &str)| format!("{number};K-1;Grün & Söhne;05.01.2026;{open};a@b.example\n");
    format!("No;Id;Name;Date;Open;Mail\n{}", rows.iter().map(row).collect::<String>())
}

fn settings() -> Config {
    config::parse(LISTS).unwrap()
}

/// Number and payable amount of each invoice of a page.
fn payable(page: &Page<Fact>) -> Vec<(String, i64)> {
    let one = |fact: &Fact| match fact {
        Fact::Invoice(invoice) => Some((invoice.number.clone(), invoice.payable.minor)),
        _ => None,
    };
    page.events.iter().filter_map(|event| one(&event.fact)).collect()
}

#[test]
fn every_row_counts_and_counts_once() {
    let (first, second, third) = (
        list(&[("1", "100,00"), ("2", "50,00"), ("4", "-5,00")]),
        list(&[("2", "20,00"), ("3", "7,00")]),
        list(&[("3", "7,00")]),
    );
    let files = [
        ("a-20260301.csv", first.as_bytes()),
        ("b-20260302.csv", second.as_bytes()),
        ("c-20260303.csv", third.as_bytes()),
    ];
    Laws { config: LISTS, connection: BOOKING, folder: INCOMING, files: &files }.hold(CsvLists::pull);
}

#[test]
fn an_item_that_is_gone_from_a_full_list_is_paid() {
    let folder = Folder::new(BOOKING);
    let pull = |name: &str, rows: &[(&str, &str)]| {
        folder.put(&format!("{INCOMING}/{name}"), list(rows));
        CsvLists::pull(&settings(), None).inspect(|page| {
            CsvLists::pull(&settings(), Some(&page.progress.cursor)).unwrap();
        })
    };
    let page = pull("20260301.csv", &[("1", "100,00"), ("2", "50,00")]).unwrap();
    assert_eq!(payable(&page), [("1".to_owned(), 10_000), ("2".to_owned(), 5_000)]);

    let page = pull("20260303.csv", &[("2", "50,00")]).unwrap();
    assert_eq!(payable(&page), [("2".to_owned(), 5_000), ("1".to_owned(), 0)]);
    let settled = page.events.last().unwrap();
    assert_eq!(settled.source.key, "K-1/invoice/1");
    assert!(settled.source.version.as_deref() > Some("2026-03-03"));
    assert!(matches!(&settled.fact, Fact::Invoice(i) if i.total.minor == 10_000 && i.debtor.email.is_some()));

    // A list that comes late knows less than the newer one.
    let page = pull("20260302.csv", &[("1", "100,00")]).unwrap();
    assert_eq!(payable(&page), [("1".to_owned(), 10_000)]);
    assert!(page.events[0].source.version < settled.source.version);

    // It may come back, when a payment was returned.
    let page = pull("20260303a.csv", &[("2", "50,00"), ("1", "100,00")]).unwrap();
    assert_eq!(payable(&page), [("2".to_owned(), 5_000), ("1".to_owned(), 10_000)]);
    let page = pull("20260304.csv", &[("2", "50,00")]).unwrap();
    assert_eq!(payable(&page), [("2".to_owned(), 5_000), ("1".to_owned(), 0)]);

    // A row that cannot be read may be the one that is missing.
    let page = pull("20260305.csv", &[("3", "x")]);
    assert_eq!(payable(&page.unwrap()), []);
    let page = pull("20260305.csv", &[("3", "1,00"), ("2", "x")]).unwrap();
    assert_eq!((payable(&page), page.progress.refusals.len()), (vec![("3".to_owned(), 100)], 1));
    assert!(logged().last().unwrap().contains("nothing is taken as paid"));

    let page = pull("20260306.csv", &[]).unwrap();
    assert_eq!((payable(&page).len(), page.progress.refusals.len()), (0, 1));
}

fn request(key: &str, effect: Effect) -> Request<Effect> {
    Request { key: key.to_owned(), effect }
}

#[test]
fn holds_and_cash_become_import_files() {
    let folder = Folder::new(BOOKING);
    let debtor = Party { id: "K-1".to_owned(), name: "Grün; Söhne Ελ".to_owned(), ..Party::default() };
    let day = Date::new(2026, 3, 5).unwrap();
    let notice = CreditNotice {
        debtor: debtor.clone(),
        reason: "overdue for 40 days".to_owned(),
        overdue: Money::new(123_456, "EUR"),
    };
    let cash = CashApplication {
        debtor,
        invoice: "RE-1".to_owned(),
        payment: "B-77".to_owned(),
        amount: Money::new(7_000, "JPY"),
        received_on: day,
    };
    let requests = [
        request("hold:1", Effect::HoldCredit(notice.clone())),
        request("cash:1", Effect::PostCashApplication(cash)),
        request("other:1", Effect::Other(Extension { kind: "book-fee".to_owned(), notes: Vec::new() })),
        request("release:1", Effect::ReleaseCredit(notice)),
    ];
    let batch = Batch { id: "b:1".to_owned(), at: 0, today: day, creditor: Party::default() };
    let config: Config =
        config::parse(&LISTS.replace("\"delimiter\"", "\"encoding\": \"windows-1252\", \"delimiter\"")).unwrap();
    let outcomes = CsvLists::perform(&config, &batch, &requests).unwrap();
    assert!(matches!(&outcomes[2], Outcome::Rejected(no) if no.code == "not-supported"));
    let Outcome::Done(receipt) = &outcomes[0] else { panic!("{outcomes:?}") };
    let read = |kind: &str| {
        let path = folder.paths().into_iter().find(|path| path.starts_with(&format!("outgoing/{kind}-"))).unwrap();
        (path.clone(), String::from_utf8_lossy(&folder.get(&path).unwrap()).into_owned())
    };
    let (path, holds) = read("holds");
    assert_eq!(path, format!("outgoing/{}", receipt.reference));
    assert_eq!(
        holds,
        "key;action;debtor_id;debtor_name;reason;overdue;currency;date\n\
         hold:1;hold;K-1;\"Gr\u{fffd}n; S\u{fffd}hne ??\";overdue for 40 days;1234,56;EUR;05.03.2026\n\
         release:1;release;K-1;\"Gr\u{fffd}n; S\u{fffd}hne ??\";overdue for 40 days;1234,56;EUR;05.03.2026\n"
    );
    let (_, cash) = read("cash");
    assert_eq!(cash.lines().nth(1), Some("cash:1;K-1;\"Gr\u{fffd}n; S\u{fffd}hne ??\";RE-1;B-77;7000;JPY;05.03.2026"));
    // The same batch again writes the same files and no others.
    let before = folder.paths();
    assert_eq!(CsvLists::perform(&config, &batch, &requests).unwrap(), outcomes);
    assert_eq!(folder.paths(), before);
}

#[test]
fn what_is_let_off_and_credited_becomes_import_files() {
    let folder = Folder::new(BOOKING);
    let debtor = Party { id: "K-1".to_owned(), name: "Grün".to_owned(), ..Party::default() };
    let lost = |kind: &str| WriteOff {
        debtor: debtor.clone(),
        invoice: "RE-1".to_owned(),
        kind: kind.to_owned(),
        amount: Money::new(1_250, "EUR"),
        reason: "too small to chase".to_owned(),
    };
    let returned = CreditMemoOrder {
        debtor: debtor.clone(),
        invoice: "RE-1".to_owned(),
        amount: Money::new(30_000, "EUR"),
        reason: "goods came back".to_owned(),
        reference: "return:1".to_owned(),
    };
    let requests = [
        request("write-off:1", Effect::WriteOff(lost("small-rest"))),
        request("write-off:1:back", Effect::ReverseWriteOff(lost("small-rest"))),
        request("memo:1", Effect::IssueCreditMemo(returned)),
    ];
    let today = Date::new(2026, 3, 5).unwrap();
    let batch = Batch { id: "b:1".to_owned(), at: 0, today, creditor: Party::default() };
    let outcomes = CsvLists::perform(&config::parse(LISTS).unwrap(), &batch, &requests).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_))), "{outcomes:?}");
    let read = |kind: &str| {
        let path = folder.paths().into_iter().find(|path| path.starts_with(&format!("outgoing/{kind}-"))).unwrap();
        String::from_utf8(folder.get(&path).unwrap()).unwrap()
    };
    let write_offs = read("write-offs");
    assert_eq!(
        write_offs,
        "key;action;debtor_id;invoice;kind;amount;currency;reason\n\
         write-off:1;write-off;K-1;RE-1;small-rest;12,50;EUR;too small to chase\n\
         write-off:1:back;reverse;K-1;RE-1;small-rest;12,50;EUR;too small to chase\n"
    );
    let memos = read("credit-memos");
    let memo = memos.lines().nth(1).unwrap();
    assert!(memo.starts_with("memo:1;K-1;") && memo.ends_with(";RE-1;300,00;EUR;goods came back;return:1"), "{memo}");
}
