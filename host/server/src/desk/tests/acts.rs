//! What people do at the desk is theirs, and by name.

use super::*;

#[tokio::test]
async fn an_act_needs_the_proof_of_its_own_session() {
    let fixture = Fixture::of(1, 20).await;
    let (session, other) = (fixture.session().await, fixture.session().await);
    let path = link::account(&account_of(0));
    let foreign = proof(&fixture.page(&other, &path).await);
    for body in [
        "reason=agreed&who=Ada".to_owned(),
        format!("reason=agreed&who=Ada&proof={foreign}"),
        "proof=&reason=x&who=y".into(),
    ] {
        let seen = fixture.post(&session, &format!("{path}/block"), body).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN);
    }
    assert!(fixture.hub.acts.lock().unwrap().is_empty());

    let own = proof(&fixture.page(&session, &path).await);
    let body = format!("reason=agreed+by+phone&until=2026-03-01&who=Ada+L.&proof={own}");
    let seen = fixture.post(&session, &format!("{path}/block"), body).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), format!("{path}?said=blocked"));
    let until = Some("2026-03-01".parse().unwrap());
    let fact = Fact::DunningBlocked { reason: "agreed by phone".into(), until };
    assert_eq!(fixture.hub.acts.lock().unwrap()[..], [(account_of(0), "Ada L.".to_owned(), fact)]);
    // The next form knows the name.
    let name = seen.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let page = fixture.page(&format!("{session}; {name}"), &format!("{path}?said=blocked")).await;
    assert!(page.text.contains("value=\"Ada L.\"") && page.text.contains("Dunning is blocked."));
}
