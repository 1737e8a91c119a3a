//! Two people approve: the desk shows who did, and takes the same person once.

use super::*;

#[tokio::test]
async fn the_second_person_is_another_one() {
    let fixture = Fixture::four_eyes(4, 100).await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/needs").await;
    let (_, needs) = fixture.api("/api/needs-person").await;
    let effect = &needs["approvals"][0];
    assert_eq!(effect["approved_by"], serde_json::json!([]));
    let (key, id) = (effect["key"].as_str().unwrap(), effect["account"].as_str().unwrap());
    let send = async |who: &str| {
        let body = format!("key={}&who={who}&from=needs&proof={}", link::part(key), proof(&page));
        fixture.post(&session, &format!("{}/approve", link::account(id)), body).await
    };
    assert_eq!(send("Ada").await.headers[header::LOCATION].to_str().unwrap(), "/needs?said=approved-first");
    fixture.hub.does(id, "Ada", Fact::EffectApproved { key: key.into() }).await;

    let page = fixture.page(&session, "/needs").await;
    assert!(page.text.contains("Ada approved it; a second person has to."), "{}", page.text);
    let again = send("ada").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.text.contains("a second, different person has to"), "{}", again.text);
    assert_eq!(send("Kim").await.headers[header::LOCATION].to_str().unwrap(), "/needs?said=approved");
    fixture.hub.does(id, "Kim", Fact::EffectApproved { key: key.into() }).await;
    let (_, after) = fixture.api("/api/needs-person").await;
    assert!(after["approvals"].as_array().unwrap().iter().all(|other| other["key"] != key));
}
