//! The desk over real accounts.

mod acts;
mod agreed;
mod approvals;
mod call;
mod connections;
mod mandate;
mod protection;
mod metrics;
mod papers;
mod sources;
mod tasks;
mod upfront;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use escalation::cash::Target;
use escalation::{AccountId, Fact, Money};
use store::{Refused, ValveChange};

use crate::web::Hub;
use crate::web::fixture::town::{HOSTILE, account_of, received};
use crate::web::fixture::{Fixture, Seen, TOKEN};
use crate::web::link;

const PAGES: &[&str] =
    &["/", "/accounts", "/worklist", "/upfront", "/tasks", "/needs", "/totals", "/metrics", "/plugins"];

/// The hidden proof of the first form of a page.
fn proof(page: &Seen) -> String {
    page.text.split("name=\"proof\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn first_with(fixture: &Fixture, flag: &str) -> String {
    let (_, list) = fixture.api(&format!("/api/accounts?flag={flag}")).await;
    list["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("no account has `{flag}`")).to_owned()
}

#[tokio::test]
async fn every_page_shows_what_there_is() {
    let fixture = Fixture::of(8, 75).await;
    let session = fixture.session().await;
    for (path, words) in [
        ("/", ["Aging", "over 90 days", "Money in"]),
        ("/accounts", ["Müller Bau GmbH", "Nyhavn Kontor ApS", "8 accounts"]),
        ("/worklist", ["Ranked by", "Nyhavn Kontor ApS", "D/1003"]),
        ("/totals", ["statement 2026-03-01", "agrees", "Counted"]),
        ("/plugins", ["accounting-einvoice", "exchange/bank", "out of fuel"]),
    ] {
        let page = fixture.page(&session, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        words.iter().for_each(|word| assert!(page.text.contains(word), "{path} does not say `{word}`"));
        assert!(page.text.contains("Friday 20 March 2026"), "{path}");
        assert!(page.text.contains("day 57 of 120"), "{path}");
    }
}

#[tokio::test]
async fn an_account_page_tells_reasons_and_pages_through_its_history() {
    let fixture = Fixture::of(4, 75).await;
    let session = fixture.session().await;
    let path = link::account(&account_of(3));
    let page = fixture.page(&session, &path).await;
    for word in [
        "What happens next",
        "No new orders: credit hold since",
        "Open items",
        "INV-103-1",
        "level-reached",
        "Looks again",
    ] {
        assert!(page.text.contains(word), "`{word}` is missing");
    }
    let (_, timeline) = fixture.api(&format!("/api{path}/timeline")).await;
    let pages = timeline["pages"].as_u64().unwrap();
    assert!(pages > 1, "{timeline}");
    let last = fixture.page(&session, &format!("{path}?page={pages}")).await;
    assert!(last.text.contains("Invoice INV-103-1 of"));
    assert!(!last.text.contains("Older →"));
    let first: Vec<_> = timeline["entries"].as_array().unwrap().iter().filter(|e| e["kind"] == "event").collect();
    let (_, second) = fixture.api(&format!("/api{path}/timeline?page=2")).await;
    let newest = second["entries"].as_array().unwrap().iter().find(|e| e["kind"] == "event").unwrap();
    assert_eq!(first.last().unwrap()["seq"].as_i64().unwrap() - 1, newest["seq"].as_i64().unwrap());
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let fixture = Fixture::of(3, 40).await;
    fixture
        .hub
        .refuse(vec![Refused {
            document: "<img src=x>.xml".into(),
            place: "1".into(),
            reason: "\"><svg onload=x>".into(),
        }])
        .await;
    let session = fixture.session().await;
    let own = link::account(&account_of(1));
    for path in [
        "/",
        "/accounts",
        "/worklist",
        "/needs",
        &own,
        "/accounts?search=%22%3E%3Cscript%3E",
        "/?currency=%22%3E%3Cscript%3E",
    ] {
        let page = fixture.page(&session, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for attack in ["<script>alert", "<img src=x", "<svg onload", "\"><script>"] {
            assert!(!page.text.contains(attack), "{path} has `{attack}`");
        }
    }
    assert!(fixture.page(&session, "/accounts").await.text.contains("&lt;script&gt;alert"));
    let found = fixture.page(&session, &link::query("/accounts", &[("search", HOSTILE.to_owned())])).await;
    assert!(found.text.contains("1 account<"), "{}", found.text);
}

#[tokio::test]
async fn nothing_opens_without_the_token() {
    let fixture = Fixture::of(2, 20).await;
    let own = link::account(&account_of(0));
    for path in PAGES.iter().copied().chain([
        own.as_str(),
        "/live",
        "/live/overview",
        "/assets/desk.js",
        "/assets/desk.css",
        "/nowhere",
    ]) {
        for session in ["", "dunlin-00000000=0.0", "dunlin-who=41"] {
            let page = fixture.page(session, path).await;
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
            assert!(page.text.contains("dunlin serve") && page.text.contains("dunlin.toml"), "{path}");
            assert!(!page.text.contains("Nordlicht") && !page.text.contains("Müller"), "{path}");
        }
    }
    assert_eq!(fixture.page("", "/?token=wrong").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        fixture.post("", &format!("{own}/block"), "reason=x&who=y".into()).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn the_link_with_the_token_opens_a_session_and_leaves_the_address() {
    let fixture = Fixture::of(1, 3).await;
    let seen = fixture.page("", &format!("/accounts?country=DE&token={TOKEN}")).await;
    assert_eq!(
        (seen.status, seen.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/accounts?country=DE")
    );
    let cookie = seen.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains(TOKEN), "{cookie}");
    let away = fixture.page("", &format!("//evil.example/?token={TOKEN}")).await;
    assert_eq!(away.headers[header::LOCATION].to_str().unwrap(), "/evil.example/");
}

#[tokio::test]
async fn other_host_names_are_refused() {
    let fixture = Fixture::of(1, 3).await;
    let session = fixture.session().await;
    let ask = async |host: &str| {
        let request = Request::get("/").header(header::HOST, host).header(header::COOKIE, &session);
        fixture.send(request.body(Body::empty()).unwrap()).await.status
    };
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", ""] {
        assert_eq!(ask(host).await, StatusCode::MISDIRECTED_REQUEST, "{host}");
    }
    for host in ["localhost:8080", "127.0.0.1", "[::1]:8080", "desk.example", "DESK.example:443"] {
        assert_eq!(ask(host).await, StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn answers_carry_closed_headers() {
    let fixture = Fixture::of(1, 3).await;
    let session = fixture.session().await;
    for seen in
        [fixture.page(&session, "/").await, fixture.page("", "/").await, fixture.page(&session, "/nowhere").await]
    {
        let policy = seen.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"));
        assert_eq!(seen.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(seen.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(!seen.text.contains(" style=\"") && !seen.text.contains(" onclick="));
    }
}

#[tokio::test]
async fn acts_are_checked_before_they_are_recorded() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (rich, quiet) = (first_with(&fixture, "dispute").await, account_of(3));
    let mark = proof(&fixture.page(&session, &link::account(&rich)).await);
    for (id, act, fields, status) in [
        (&quiet, "block", "reason=&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "block", "reason=x&who=", StatusCode::BAD_REQUEST),
        (&quiet, "block", "reason=x&who=Ada&until=2020-01-01", StatusCode::BAD_REQUEST),
        (&quiet, "block", "reason=a%0Ab&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "protect", "kind=rich&note=x&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "protect", "kind=attorney&note=&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "protect", "kind=moratorium&note=x&until=2020-01-01&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "unprotect", "kind=attorney&reason=x&who=Ada", StatusCode::CONFLICT),
        (&quiet, "lift-stop", "medium=call&reason=x&who=Ada", StatusCode::CONFLICT),
        (&quiet, "resolve", "dispute=none&outcome=upheld&who=Ada", StatusCode::CONFLICT),
        (&rich, "resolve", "dispute=none&outcome=forgotten&who=Ada", StatusCode::BAD_REQUEST),
        (&quiet, "settle", "key=none&happened=yes&note=x&who=Ada", StatusCode::CONFLICT),
        (&quiet, "assign", "payment=none&invoice=none&who=Ada", StatusCode::CONFLICT),
        (&quiet, "repair", "act=retry&reason=mended&who=Ada", StatusCode::CONFLICT),
        (&"nobody".to_owned(), "block", "reason=x&who=Ada", StatusCode::NOT_FOUND),
    ] {
        let seen =
            fixture.post(&session, &format!("{}/{act}", link::account(id)), format!("{fields}&proof={mark}")).await;
        assert_eq!(seen.status, status, "{act} {fields}: {}", seen.text);
    }
    assert!(fixture.hub.acts.lock().unwrap().is_empty());
    *fixture.hub.is_away.lock().unwrap() = true;
    let path = format!("{}/block", link::account(&quiet));
    let seen = fixture.post(&session, &path, format!("reason=x&who=Ada&proof={mark}")).await;
    assert_eq!(
        (seen.status, seen.headers[header::RETRY_AFTER].as_bytes()),
        (StatusCode::SERVICE_UNAVAILABLE, &b"5"[..])
    );
    let long = "x".repeat(70_000);
    let seen = fixture
        .post(&session, &format!("{}/block", link::account(&quiet)), format!("reason={long}&who=A&proof={mark}"))
        .await;
    assert_eq!(seen.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn disputes_are_resolved_and_cash_is_assigned() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let id = first_with(&fixture, "dispute").await;
    let page = fixture.page(&session, &link::account(&id)).await;
    let dispute = page.text.split("name=\"dispute\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = format!("dispute={dispute}&outcome=rejected&note=photos+show+it&who=Ada&proof={}", proof(&page));
    let seen = fixture.post(&session, &format!("{}/resolve", link::account(&id)), body).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);

    let account = AccountId::new(account_of(3));
    let (before, _) = fixture.hub.store().account(&account).await.unwrap().unwrap();
    let mut open: Vec<_> = before.open_items().into_iter().map(|item| item.invoice.number.clone()).collect();
    let (invoice, today) = (open.remove(0), fixture.hub.now().date());
    let unclear = received(account.as_str(), "thanks", Money::new(777, "DKK".parse().unwrap()), today);
    fixture.hub.happens(account.as_str(), unclear).await;
    let page = fixture.page(&session, &link::account(account.as_str())).await;
    let payment = page.text.split("name=\"payment\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let send = async |amount: &str| {
        let body = format!(
            "payment={}&invoice={invoice}&amount={amount}&who=Ada&proof={}",
            link::part(&payment),
            proof(&page)
        );
        fixture.post(&session, &format!("{}/assign", link::account(account.as_str())), body).await.status
    };
    assert_eq!(send("7.78").await, StatusCode::BAD_REQUEST);
    assert_eq!(send("-1").await, StatusCode::BAD_REQUEST);
    assert_eq!(send("").await, StatusCode::SEE_OTHER);
    assert_eq!(send("5%2C50").await, StatusCode::SEE_OTHER);

    let acts = fixture.hub.acts.lock().unwrap();
    assert!(
        matches!(&acts[0].2, Fact::DisputeResolved { outcome, text, .. } if outcome == "rejected" && text == "photos show it")
    );
    let assigned = |fact: &Fact| match fact {
        Fact::CashAssigned { allocations, .. } => (allocations[0].to.clone(), allocations[0].amount.minor),
        other => panic!("{other:?}"),
    };
    assert_eq!(assigned(&acts[1].2), (Target::Invoice(invoice.clone()), 777));
    assert_eq!(assigned(&acts[2].2), (Target::Invoice(invoice.clone()), 550));
}

#[tokio::test]
async fn what_waits_for_a_person_can_be_settled() {
    let fixture = Fixture::of(24, 60).await;
    fixture.hub.park_one().await;
    fixture
        .hub
        .refuse(vec![Refused {
            document: "bad.xml".into(),
            place: "line 42".into(),
            reason: "there is no total".into(),
        }])
        .await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/needs").await;
    for word in
        ["bad.xml", "line 42", "there is no total", "division by zero", "It did not happen", "the connection broke"]
    {
        assert!(page.text.contains(word), "`{word}` is missing");
    }
    let (_, unknown) = fixture.api("/api/effects").await;
    let (key, id) =
        (unknown["effects"][0]["key"].as_str().unwrap(), unknown["effects"][0]["account"].as_str().unwrap());
    let body =
        format!("key={}&happened=no&note=called+them&who=Ada&from=needs&proof={}", link::part(key), proof(&page));
    let seen = fixture.post(&session, &format!("{}/settle", link::account(id)), body).await;
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), "/needs?said=settled");
    assert!(
        matches!(&fixture.hub.acts.lock().unwrap()[0].2, Fact::EffectSettled { happened: false, text, .. } if text == "called them")
    );

    let euros = received(&account_of(6), "thanks", Money::new(777, "EUR".parse().unwrap()), fixture.hub.now().date());
    fixture.hub.happens(&account_of(6), euros).await;
    let (_, needs) = fixture.api("/api/needs-person").await;
    let unapplied = needs["unapplied"].as_array().unwrap();
    let own = unapplied.iter().find(|one| one["account"] == account_of(6)).unwrap();
    assert_eq!(own["payments"][0]["unapplied"]["text"], "7.77 EUR", "{own}");
    let parked = needs["parked"][0]["account"].as_str().unwrap();
    let body = format!("act=retry&reason=mended&who=Ada&from=needs&proof={}", proof(&page));
    let seen = fixture.post(&session, &format!("{}/repair", link::account(parked)), body).await;
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), "/needs?said=repaired");
    let (_, needs) = fixture.api("/api/needs-person").await;
    assert_eq!(needs["parked"].as_array().unwrap().len(), 0);

    let seen = fixture.post(&session, "/plugins/dialer/turn", format!("act=resume&proof={}", proof(&page))).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER);
    assert_eq!(fixture.hub.resumed.lock().unwrap()[..], ["dialer"]);
}

#[tokio::test]
async fn placements_wait_for_approval_where_the_policy_says_so() {
    let fixture = Fixture::careful(4, 100).await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/needs").await;
    let (_, needs) = fixture.api("/api/needs-person").await;
    let effect = &needs["approvals"][0];
    let (key, id) = (effect["key"].as_str().unwrap(), effect["account"].as_str().unwrap());
    assert!(page.text.contains("Waiting for approval") && page.text.contains(&format!("name=\"key\" value=\"{key}\"")));
    assert!(fixture.page(&session, &link::account(id)).await.text.contains("Waits for a person to agree."));
    let send = async |key: &str| {
        let body = format!("key={}&who=Ada&from=needs&proof={}", link::part(key), proof(&page));
        fixture.post(&session, &format!("{}/approve", link::account(id)), body).await
    };
    assert_eq!(send("another").await.status, StatusCode::CONFLICT);
    assert_eq!(send(key).await.headers[header::LOCATION].to_str().unwrap(), "/needs?said=approved");
    assert!(
        matches!(&fixture.hub.acts.lock().unwrap()[..], [(_, _, Fact::EffectApproved { key: known })] if known.as_str() == key)
    );
    fixture.hub.happens(id, Fact::EffectApproved { key: key.into() }).await;
    let (_, after) = fixture.api("/api/needs-person").await;
    assert!(after["approvals"].as_array().unwrap().iter().all(|other| other["key"] != key));
}

#[tokio::test]
async fn a_payment_moves_to_the_account_that_it_was_meant_for() {
    let fixture = Fixture::of(4, 25).await;
    let (session, from) = (fixture.session().await, account_of(3));
    let unclear = received(&from, "thanks", Money::new(777, "DKK".parse().unwrap()), fixture.hub.now().date());
    fixture.hub.happens(&from, unclear).await;
    let page = fixture.page(&session, &link::account(&from)).await;
    assert!(page.text.contains("Or to another account"));
    for (to, status) in [(account_of(2), StatusCode::SEE_OTHER), ("nobody".to_owned(), StatusCode::CONFLICT)] {
        let body = format!("payment=p1&to={}&who=Ada&proof={}", link::part(&to), proof(&page));
        assert_eq!(fixture.post(&session, &format!("{}/move", link::account(&from)), body).await.status, status);
    }
    let moved = fixture.hub.moved.lock().unwrap();
    assert_eq!(moved[..], [[from, "p1".to_owned(), account_of(2), "Ada".to_owned()]]);
}

#[tokio::test]
async fn fresh_parts_are_those_of_the_page() {
    let fixture = Fixture::of(8, 40).await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/?currency=SEK").await;
    assert!(page.text.contains("data-live=\"/live/overview?currency=SEK\""));
    let live = fixture.page(&session, "/live/overview?currency=SEK").await;
    let parts: serde_json::Value = serde_json::from_str(&live.text).unwrap();
    for (name, content) in parts.as_object().unwrap() {
        assert!(page.text.contains(&format!("data-part=\"{name}\"")), "{name}");
        assert!(page.text.contains(content.as_str().unwrap()), "{name}");
    }
    assert_eq!(parts.as_object().unwrap().len(), 7);
}
