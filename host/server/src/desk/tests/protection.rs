//! Protections and requests to stop at the desk.

use super::*;

#[tokio::test]
async fn a_protection_is_put_on_record_and_ends_at_the_desk() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (id, path) = (account_of(3), link::account(&account_of(3)));
    let mark = proof(&fixture.page(&session, &path).await);
    let act = async |act: &str, fields: &str| {
        let body = format!("{fields}&who=Ada&proof={mark}");
        fixture.post(&session, &format!("{path}/{act}"), body).await
    };
    assert_eq!(act("protect", "kind=attorney&note=Kanzlei+Nord").await.status, StatusCode::SEE_OTHER);
    let fact = fixture.hub.acts.lock().unwrap()[0].2.clone();
    assert!(matches!(&fact, Fact::ProtectionBegan { protection } if protection.text == "Kanzlei Nord"), "{fact:?}");
    fixture.hub.happens(&id, fact).await;
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("Attorney: Kanzlei Nord") && page.text.contains("protected"), "{}", page.text);
    assert_eq!(act("unprotect", "kind=insolvency&reason=over").await.status, StatusCode::CONFLICT);
    assert_eq!(act("unprotect", "kind=attorney&reason=mandate+laid+down").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_request_to_stop_is_lifted_with_proof_only() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (id, path) = (account_of(3), link::account(&account_of(3)));
    fixture.hub.happens(&id, Fact::StopRequested { medium: "call".into(), text: String::new() }).await;
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("Asked: no call"), "{}", page.text);
    let mark = proof(&page);
    let act = async |fields: &str| {
        let body = format!("{fields}&who=Ada&proof={mark}");
        fixture.post(&session, &format!("{path}/lift-stop"), body).await
    };
    assert_eq!(act("medium=call&reason=").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(act("medium=call&reason=letter+of+5+March").await.status, StatusCode::SEE_OTHER);
    let fact = fixture.hub.acts.lock().unwrap()[0].2.clone();
    fixture.hub.happens(&id, fact).await;
    assert!(!fixture.page(&session, &path).await.text.contains("Asked: no call"));
}
