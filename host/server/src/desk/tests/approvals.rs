//! Two people approve an effect or a level: the desk shows who did, and takes the same person once.

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

#[tokio::test]
async fn a_level_is_taken_when_two_different_people_agree() {
    let fixture = Fixture::asked(8, 60).await;
    let session = fixture.session().await;
    let page = fixture.page(&session, "/needs").await;
    assert!(page.text.contains("For people to decide") && page.text.contains("Waits for two people to approve it."));
    let (_, needs) = fixture.api("/api/needs-person").await;
    let asked = &needs["to_approve"][0];
    let (id, proposal) = (asked["account"].as_str().unwrap(), &asked["proposals"][0]);
    assert_eq!((&proposal["level"], &proposal["title"]), (&"firm-notice".into(), &"firm notice".into()));
    let decide = async |what: &str, who: &str, more: &str| {
        let body = format!("what={what}&id=firm-notice&who={who}&from=needs{more}&proof={}", proof(&page));
        fixture.post(&session, &format!("{}/agree", link::account(id)), body).await
    };
    assert_eq!(decide("approve-level", "Ada", "").await.status, StatusCode::SEE_OTHER);
    let approved = || Fact::LevelApproved { level: "firm-notice".into() };
    fixture.hub.does(id, "Ada", approved()).await;
    let again = decide("approve-level", "ada", "").await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let account = fixture.page(&session, &link::account(id)).await;
    assert!(account.text.contains("Ada approved it; a second person has to."), "{}", account.text);
    assert_eq!(decide("decline-level", "Kim", "").await.status, StatusCode::BAD_REQUEST, "a reason is asked for");
    assert_eq!(decide("decline-level", "Kim", "&reason=in+talks").await.status, StatusCode::SEE_OTHER);
    let declined = Fact::LevelDeclined { level: "firm-notice".into(), because: "in talks".to_owned() };
    fixture.hub.does(id, "Kim", declined).await;
    let (_, after) = fixture.api("/api/needs-person").await;
    assert!(after["to_approve"].as_array().unwrap().iter().all(|other| other["account"] != id));
    assert_eq!(decide("approve-level", "Lee", "").await.status, StatusCode::CONFLICT);
}
