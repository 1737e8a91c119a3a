//! Sources and lanes at the desk: backfill, full reconciles, what is missing, what is parked.

use escalation::InvoiceNumber;
use store::{Listed, SweepDue, SweepEnd};

use super::*;

#[tokio::test]
async fn a_backfill_is_begun_and_ended_and_stands_on_the_overview() {
    let fixture = Fixture::of(2, 20).await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/plugins").await;
    let send = async |name: &str, act: &str| {
        let body = format!("act={act}&who=Ada&proof={}", proof(&page));
        fixture.post(&session, &format!("/plugins/{name}/backfill"), body).await
    };
    assert_eq!(send("bank", "pause").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send("bank", "begin").await.headers[header::LOCATION], "/plugins?said=backfill-begun");
    let overview = fixture.page(&session, "/").await;
    assert!(overview.text.contains("nothing is planned or sent until that ends"), "{}", overview.text);
    assert!(fixture.page(&session, "/plugins").await.text.contains("begun by Ada"));
    let (_, view) = fixture.api("/api/overview").await;
    assert_eq!(view["backfills"], serde_json::json!(["bank"]));
    assert_eq!(send("bank", "end").await.headers[header::LOCATION], "/plugins?said=backfill-ended");
    assert!(!fixture.page(&session, "/").await.text.contains("nothing is planned or sent"));
}

#[tokio::test]
async fn what_a_source_lists_stands_beside_what_is_known() {
    let fixture = Fixture::of(2, 20).await;
    let session = fixture.session().await;
    let store = fixture.hub.store();
    let now = fixture.hub.now();
    let due = SweepDue { complete_after: now, begun_after: now };
    store.begin_sweep("invoices", now, due).await.unwrap();
    let listed =
        Listed { account: "D".into(), invoice: "INV".into(), open: Money::new(123_456, "EUR".parse().unwrap()) };
    store.sweep_page("invoices", 1, vec![listed]).await.unwrap();
    store.end_sweep("invoices", 1, now, SweepEnd::Complete).await.unwrap();
    let page = fixture.page(&session, "/totals").await;
    for word in ["Full reconciles", "Reconcile invoices now", "complete", "1 invoice listed", "234.56", "differs"] {
        assert!(page.text.contains(word), "`{word}` is missing");
    }
    let (_, totals) = fixture.api("/api/totals").await;
    assert_eq!(totals["reconciles"][0]["totals"][0]["stated"]["minor"], 123_456);
    assert_eq!(totals["sources"], serde_json::json!(["invoices"]));
    let send = async |source: &str| {
        let body = format!("connection={source}&who=Ada&proof={}", proof(&page));
        fixture.post(&session, "/totals/reconcile", body).await
    };
    assert_eq!(send("bank").await.status, StatusCode::CONFLICT);
    assert_eq!(send("invoices").await.headers[header::LOCATION], "/totals?said=reconciling");
    assert_eq!(fixture.hub.reconciled.lock().unwrap()[..], [["invoices".to_owned(), "Ada".to_owned()]]);
}

#[tokio::test]
async fn a_missing_invoice_waits_for_a_person_who_may_close_it() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let (id, number) = (account_of(3), InvoiceNumber::new("INV-103-1"));
    fixture.hub.happens(&id, Fact::InvoiceMissing { number: number.clone() }).await;
    let (_, needs) = fixture.api("/api/needs-person").await;
    assert_eq!(
        (&needs["missing"][0]["account"], &needs["missing"][0]["invoice"]),
        (&id.as_str().into(), &number.as_str().into())
    );
    let page = fixture.page(&session, "/needs").await;
    assert!(page.text.contains("Missing at the source") && page.text.contains("Nothing is owed on it"));
    assert!(fixture.page(&session, "/").await.text.contains("missing at the source"));
    let told = fixture.page(&session, &link::account(&id)).await;
    assert!(told.text.contains("is missing in the accounting package") && told.text.contains("missing-at-source"));
    let send = async |invoice: &str| {
        let body = format!("invoice={invoice}&who=Ada&from=needs&proof={}", proof(&page));
        fixture.post(&session, &format!("{}/close", link::account(&id)), body).await
    };
    assert_eq!(send("INV-0").await.status, StatusCode::CONFLICT);
    assert_eq!(send(number.as_str()).await.headers[header::LOCATION], "/needs?said=closed");
    let acts = fixture.hub.acts.lock().unwrap();
    assert!(matches!(&acts[..], [(_, _, Fact::InvoiceRestated { open, .. })] if open.is_zero()));
}

#[tokio::test]
async fn an_operator_passes_over_what_a_parked_account_stumbles_on() {
    let fixture = Fixture::of(3, 30).await;
    let session = fixture.session().await;
    fixture.hub.park_one().await;
    let (_, lanes) = fixture.api("/api/lanes").await;
    let (account, event) = (lanes["parked"][0]["account"].as_str().unwrap(), &lanes["parked"][0]["unread"][0]);
    assert_eq!(event["fact"]["type"], "dunning-unblocked");
    let page = fixture.page(&session, "/needs").await;
    assert!(page.text.contains("Read this instead") && page.text.contains("dunning-unblocked"));
    let body = serde_json::json!({ "act": "skip", "who": "Ada", "reason": "sent twice", "seq": event["seq"] });
    let send = async |body: &serde_json::Value| {
        let request = Request::post(format!("/api/lanes/{}", link::part(account)))
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        fixture.send(request.body(Body::from(body.to_string())).unwrap()).await
    };
    let mut nameless = body.clone();
    nameless["reason"] = "".into();
    assert_eq!(send(&nameless).await.status, StatusCode::CONFLICT);
    let mut odd = body.clone();
    odd["act"] = "forget".into();
    assert_eq!(send(&odd).await.status, StatusCode::BAD_REQUEST);
    let seen = send(&body).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(seen.text.contains("\"parked\":[]"), "{}", seen.text);
    assert!(fixture.page(&session, &link::account(account)).await.text.contains("Ada: sent twice"));
}
