//! Connections at the desk.

use super::*;

#[tokio::test]
async fn a_connection_that_does_not_know_us_asks_for_a_person() {
    let fixture = Fixture::of(2, 5).await;
    let session = fixture.session().await;
    let before = fixture.page(&session, "/needs").await;
    assert!(!before.text.contains("the password is wrong"));
    let locked = ValveChange::Locked { why: "the password is wrong".into() };
    fixture.hub.store().turn_valve("bank", locked).await.unwrap();
    let needs = fixture.page(&session, "/needs").await;
    assert!(needs.text.contains("The password is wrong"), "{}", needs.text);
    let (_, overview) = fixture.api("/api/overview").await;
    assert_eq!(overview["needs_person"]["connections"], 1);
    let seen =
        fixture.post(&session, "/plugins/bank/turn", format!("act=resume&from=needs&proof={}", proof(&needs))).await;
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), "/needs?said=resumed");
    assert_eq!(fixture.api("/api/needs-person").await.1["connections"], serde_json::json!([]));

    let page = fixture.page(&session, "/plugins").await;
    assert!(page.text.contains("30 a minute, 10 at once"));
    let form = format!("act=pause&who=Kim&reason=they+move+house&proof={}", proof(&page));
    assert_eq!(fixture.post(&session, "/plugins/agency/turn", form).await.status, StatusCode::SEE_OTHER);
    assert!(fixture.page(&session, "/plugins").await.text.contains("Connection paused: Kim: they move house"));
    let nobody = format!("act=pause&reason=why&proof={}", proof(&page));
    assert_eq!(fixture.post(&session, "/plugins/bank/turn", nobody).await.status, StatusCode::BAD_REQUEST);
}
