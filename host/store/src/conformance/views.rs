//! What people and cash application read follows from the accounts, and adds up.

use std::collections::BTreeMap;

use escalation::InvoiceNumber;

use super::*;
use crate::view::{AccountFilter, CALLS_KEPT_MAX, CallRow, ItemRow, Lookup};

fn item(invoice: &str, open: i64, due_on: Date, level: Option<&str>) -> ItemRow {
    ItemRow {
        invoice: InvoiceNumber::new(invoice),
        issued_on: day(1),
        due_on,
        total: euros(open.max(1)),
        open: euros(open),
        level: level.map(str::to_owned),
        source: "books".to_owned(),
        references: vec![invoice.replace('-', ""), "SHARED".to_owned()],
    }
}

fn row(account: &str, name: &str, country: &str, items: Vec<ItemRow>) -> AccountRow {
    let open = items.iter().filter(|item| item.open.is_positive());
    AccountRow {
        name: name.to_owned(),
        country: country.to_owned(),
        open_minor: open.clone().map(|item| item.open.minor).sum(),
        oldest_due_on: open.map(|item| item.due_on).min(),
        items,
        ..account_row(account)
    }
}

/// Makes the accounts, or writes their rows again.
async fn show(store: &dyn Store, rows: Vec<AccountRow>) {
    for row in &rows {
        let n = store.counts().await.unwrap().inbox;
        tell(store, row.account.as_str(), &format!("news {n}"), 8).await;
    }
    let claimed = claim(store, 9).await;
    assert_eq!(claimed.len(), rows.len());
    let mut rows: BTreeMap<AccountId, AccountRow> = rows.into_iter().map(|row| (row.account.clone(), row)).collect();
    let decided = |lane: &Claimed| {
        let mut decided = decision(lane, vec![], None);
        decided.after.as_mut().unwrap().row = rows.remove(&lane.account).unwrap();
        decided
    };
    store.decided(claimed.iter().map(decided).collect()).await.unwrap();
}

fn three() -> Vec<AccountRow> {
    let mut a = row(
        "a",
        "Ärger AG",
        "DE",
        vec![item("INV-1", 500, day(2), Some("reminder")), item("INV-2", 100, day(20), None)],
    );
    a.flags = vec!["promise".to_owned(), "hold".to_owned()];
    (a.level, a.level_rank) = (Some("reminder".to_owned()), 1);
    let mut b = row("b", "Bolero", "GR", vec![item("INV-3", 900, day(4), Some("final-demand"))]);
    (b.level, b.level_rank, b.unapplied_minor) = (Some("final-demand".to_owned()), 5, 70);
    b.payer_accounts = vec!["GR16".to_owned()];
    b.references = vec!["PLACE1".to_owned()];
    let mut c = row("c", "celo", "DE", vec![item("INV-4", 500, day(20), None), item("INV-5", 0, day(2), None)]);
    c.flags = vec!["hold".to_owned()];
    vec![a, b, c]
}

async fn found(store: &dyn Store, filter: AccountFilter) -> Vec<String> {
    let page = store.accounts(&AccountFilter { per_page: 100, ..filter }).await.unwrap();
    assert_eq!(page.total, page.rows.len() as u64);
    page.rows.iter().map(|row| row.account.to_string()).collect()
}

pub async fn accounts_are_filtered_sorted_and_paged(backend: &mut dyn Backend) {
    let store = backend.start().await;
    show(&*store, three()).await;
    let all = AccountFilter { sort: "name".to_owned(), ..AccountFilter::default() };
    let search = |text: &str| AccountFilter { search: text.to_owned(), ..all.clone() };
    assert_eq!(found(&*store, search("ÄRGER")).await, ["a"]);
    assert_eq!(found(&*store, search("inv-3")).await, ["b"]);
    assert_eq!(found(&*store, search("100%_")).await, [""; 0]);
    assert_eq!(found(&*store, AccountFilter { country: Some("GR".to_owned()), ..all.clone() }).await, ["b"]);
    assert_eq!(found(&*store, AccountFilter { flag: Some("hold".to_owned()), ..all.clone() }).await, ["c", "a"]);
    assert_eq!(found(&*store, AccountFilter { level: Some("reminder".to_owned()), ..all.clone() }).await, ["a"]);
    let overdue = AccountFilter { overdue_only: true, today: Some(day(3)), ..all.clone() };
    assert_eq!(found(&*store, overdue).await, ["a"]);
    let sorted = |sort: &str, descending: bool| AccountFilter { sort: sort.to_owned(), descending, ..all.clone() };
    assert_eq!(found(&*store, sorted("", false)).await, ["c", "a", "b"]);
    assert_eq!(found(&*store, sorted("open", true)).await, ["b", "a", "c"]);
    assert_eq!(found(&*store, sorted("overdue", true)).await, ["a", "b", "c"]);
    assert_eq!(found(&*store, sorted("overdue", false)).await, ["c", "b", "a"]);
    assert_eq!(found(&*store, sorted("level", true)).await, ["b", "a", "c"]);
    let second = store.accounts(&AccountFilter { page: 1, per_page: 2, ..sorted("open", true) }).await.unwrap();
    assert_eq!((second.total, &second.rows), (3, &vec![three().remove(2)]));

    tell(&*store, "a", "poison", 9).await;
    let poisoned = claim_one(&*store, 9).await;
    store.park(&id("a"), poisoned.fence, "poison").await.unwrap();
    assert_eq!(found(&*store, AccountFilter { flag: Some("parked".to_owned()), ..all.clone() }).await, ["a"]);
    let shown = store.accounts(&AccountFilter { per_page: 9, ..search("ärger") }).await.unwrap().rows.remove(0);
    assert_eq!(shown.flags, ["promise", "hold", "parked"]);
}

pub async fn views_follow_the_account(backend: &mut dyn Backend) {
    let store = backend.start().await;
    show(&*store, three()).await;
    let token = |text: &str| Lookup { tokens: vec![text.to_owned()], ..Lookup::default() };
    assert_eq!(store.candidates(&token("INV1")).await.unwrap().len(), 1);
    let paid = row("a", "Ärger AG", "DE", vec![item("INV-2", 100, day(20), None)]);
    show(&*store, vec![paid.clone()]).await;
    assert!(store.candidates(&token("INV1")).await.unwrap().is_empty());
    assert_eq!(store.candidates(&token("INV2")).await.unwrap().len(), 1);
    let rows = store
        .accounts(&AccountFilter { search: "inv-2".to_owned(), per_page: 9, ..AccountFilter::default() })
        .await
        .unwrap()
        .rows;
    assert_eq!(rows, [paid]);
    drop(store);
    let store = backend.start().await;
    assert_eq!(store.overview(day(8)).await.unwrap().accounts, 3);
}

pub async fn candidates_come_by_reference_amount_and_payer(backend: &mut dyn Backend) {
    let store = backend.start().await;
    show(&*store, three()).await;
    let invoices = async |lookup: Lookup| -> Vec<String> {
        let found = store.candidates(&lookup).await.unwrap();
        found
            .iter()
            .map(|one| one.invoice.as_ref().map_or(format!("account {}", one.account), |i| i.to_string()))
            .collect()
    };
    let tokens = |tokens: &[&str]| Lookup {
        tokens: tokens.iter().map(|token| (*token).to_owned()).collect(),
        ..Lookup::default()
    };
    assert_eq!(invoices(tokens(&["NOTHING", "INV3"])).await, ["INV-3"]);
    // A settled item is nobody's candidate.
    assert_eq!(invoices(tokens(&["SHARED"])).await, ["INV-1", "INV-2", "INV-3", "INV-4"]);
    assert_eq!(invoices(tokens(&["PLACE1"])).await, ["account b"]);
    assert_eq!(invoices(Lookup { amount: Some(euros(500)), ..Lookup::default() }).await, ["INV-1", "INV-4"]);
    assert!(
        invoices(Lookup { amount: Some(Money::new(500, "USD".parse().unwrap())), ..Lookup::default() })
            .await
            .is_empty()
    );
    assert!(invoices(Lookup::default()).await.is_empty());
    let lookup = Lookup { amount: Some(euros(900)), payer_account: Some("GR16".to_owned()), ..tokens(&["INV3"]) };
    let one = store.candidates(&lookup).await.unwrap().remove(0);
    assert_eq!((one.account, one.debtor_name.as_str(), one.open), (id("b"), "Bolero", euros(900)));
    assert_eq!(
        (one.payer_accounts, one.references),
        (vec!["GR16".to_owned()], vec!["INV3".to_owned(), "SHARED".to_owned()])
    );
}

pub async fn the_worklist_ranks_by_money_and_days(backend: &mut dyn Backend) {
    let store = backend.start().await;
    show(&*store, three()).await;
    let work = store.worklist(day(12), &[], 10).await.unwrap();
    assert_eq!(work.iter().map(|row| row.account.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!((work[0].overdue, work[0].days_past_due, work[0].weight), (euros(900), 8, 7200));
    assert_eq!((work[1].overdue, work[1].days_past_due, work[1].weight), (euros(500), 10, 5000));
    assert_eq!(
        (work[1].flags.as_slice(), work[1].level.as_deref()),
        (["promise".to_owned(), "hold".to_owned()].as_slice(), Some("reminder"))
    );
    assert_eq!(store.worklist(day(12), &[], 1).await.unwrap().len(), 1);
    let flagged = async |flags: &[&str]| {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        let rows = store.worklist(day(12), &flags, 10).await.unwrap();
        rows.into_iter().map(|row| row.account.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(flagged(&["promise", "hold"]).await, ["a"]);
    assert!(flagged(&["promise", "dispute"]).await.is_empty(), "all of them have to be there");
}

pub async fn the_overview_adds_up(backend: &mut dyn Backend) {
    let store = backend.start().await;
    show(&*store, three()).await;
    plan(&*store, "d", vec![hold("hold:1", day(5))]).await;
    tell(&*store, "d", "poison", 10).await;
    let fence = claim_one(&*store, 10).await.fence;
    store.park(&id("d"), fence, "poison").await.unwrap();
    let overview = store.overview(Date::constant(2026, 2, 3)).await.unwrap();
    // Due on the 2nd, 4th and 20th of January: 32, 30 and 14 days past due on 3 February.
    assert_eq!(overview.aging[&Currency::EUR], [0, 1500, 500, 0, 0]);
    let long_ago = store.overview(Date::constant(2026, 4, 4)).await.unwrap().aging[&Currency::EUR];
    // 92, 90 and 74 days.
    assert_eq!(long_ago, [0, 0, 0, 1500, 500]);
    assert_eq!(store.overview(day(2)).await.unwrap().aging[&Currency::EUR], [2000, 0, 0, 0, 0]);
    assert_eq!(overview.levels, BTreeMap::from([("reminder".to_owned(), 1), ("final-demand".to_owned(), 1)]));
    assert_eq!(overview.unapplied, BTreeMap::from([(Currency::EUR, 70)]));
    let flags = [("hold".to_owned(), 2), ("promise".to_owned(), 1), ("parked".to_owned(), 1)];
    assert_eq!(overview.flags, BTreeMap::from(flags));
    assert_eq!((overview.accounts, overview.parked, overview.effects_planned, overview.effects_unknown), (4, 1, 1, 0));
}

pub async fn memory_is_small_and_bounded(backend: &mut dyn Backend) {
    let store = backend.start().await;
    assert_eq!(store.note_get("day").await.unwrap(), None);
    store.note_set("day", "1").await.unwrap();
    store.note_set("day", "2").await.unwrap();
    assert_eq!(store.note_get("day").await.unwrap().as_deref(), Some("2"));
    let notes = store.notes(&["day".to_owned(), "night".to_owned()]).await.unwrap();
    assert_eq!(notes, [("day".to_owned(), "2".to_owned())].into());
    assert!(store.notes(&[]).await.unwrap().is_empty());
    let call = |plugin: &str, n: u64| CallRow {
        plugin: plugin.to_owned(),
        version: "0.1.0".to_owned(),
        function: "pull".to_owned(),
        at: at(8),
        micros: n,
        error: String::new(),
        log: vec!["read 1 file".to_owned()],
    };
    store.record_call(call("quiet", 0)).await.unwrap();
    for n in 0..CALLS_KEPT_MAX as u64 + 3 {
        store.record_call(call("busy", n)).await.unwrap();
    }
    let calls = store.calls("busy", 1000).await.unwrap();
    assert_eq!(calls.len() as i64, CALLS_KEPT_MAX);
    assert_eq!((&calls[0], calls.last().unwrap().micros), (&call("busy", CALLS_KEPT_MAX as u64 + 2), 3));
    assert_eq!(store.calls("quiet", 10).await.unwrap(), [call("quiet", 0)]);
}
