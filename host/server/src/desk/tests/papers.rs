//! Letters that people take from the desk.

use axum::http::{StatusCode, header};

use crate::web::fixture::Fixture;
use crate::web::fixture::town::account_of;
use crate::web::link;

#[tokio::test]
async fn an_account_is_taken_away_on_paper() {
    let fixture = Fixture::of(4, 40).await;
    let session = fixture.session().await;
    let own = link::account(&account_of(3));
    let page = fixture.page(&session, &own).await;
    for (paper, kind) in [("statement.pdf", "statement-of-account"), ("case-file.pdf", "case-file")] {
        let path = format!("{own}/{paper}");
        assert!(page.text.contains(&format!("href=\"{path}\"")), "the account's page has no link to {path}");
        let seen = fixture.page(&session, &path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}: {}", seen.text);
        assert_eq!(seen.headers[header::CONTENT_TYPE], "application/pdf");
        let name = seen.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
        assert_eq!(name, format!("attachment; filename=\"{kind}-D%2F1003-2026-02-13.pdf\""));
        assert!(seen.body.starts_with(b"%PDF-1.7"), "{path}");
        assert_eq!(fixture.page("", &path).await.status, StatusCode::UNAUTHORIZED);
    }
    // Nothing was sent, and nothing recorded.
    assert!(fixture.hub.acts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_set_says_why() {
    let fixture = Fixture::of(1, 3).await;
    let session = fixture.session().await;
    let nobody = fixture.page(&session, "/accounts/nobody/statement.pdf").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(nobody.text.contains("There is no account <code>nobody</code>"), "{}", nobody.text);
    fixture.hub.letterhead.lock().unwrap().party.address.clear();
    let bare = fixture.page(&session, &format!("{}/statement.pdf", link::account(&account_of(0)))).await;
    assert_eq!(bare.status, StatusCode::CONFLICT);
    assert!(
        bare.text.contains("lacks the sender&#39;s address") || bare.text.contains("lacks the sender's address"),
        "{}",
        bare.text
    );
    assert!(bare.text.contains("omplete <code>[creditor]</code> in dunlin.toml"), "{}", bare.text);
}
