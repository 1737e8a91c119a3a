//! Calls by hand: the script, and what came of them.

use super::*;

#[tokio::test]
async fn a_call_by_hand_is_put_on_record_with_what_was_promised() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (_, list) = fixture.api("/api/worklist").await;
    let id = list["lines"][0]["account"].as_str().unwrap().to_owned();
    let path = format!("{}/call", link::account(&id));
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("When will you pay it?") && page.text.contains("promised to pay"), "{}", page.text);
    let mark = proof(&page);
    let send = async |fields: &str| fixture.post(&session, &path, format!("{fields}&who=Kim&proof={mark}")).await;
    for wrong in [
        "ending=",
        "ending=rpc_rich",
        "ending=rpc_ptp&amount=10",
        "ending=rpc_ptp&amount=ten&due=2030-01-01",
        "ending=rpc_ptp&amount=99999999&due=2030-01-01",
        "ending=rpc_ptp&amount=10&due=2020-01-01",
        "ending=rpc_dispute&invoice=none&reason=quality",
    ] {
        assert_eq!(send(wrong).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert!(fixture.hub.acts.lock().unwrap().is_empty(), "nothing is half on record");
    let seen = send("ending=rpc_ptp&amount=1,50&due=2026-12-31&note=courier+at+the+gate").await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    let acts = fixture.hub.acts.lock().unwrap().clone();
    let [(_, who, Fact::CallEnded(call)), (_, _, Fact::PromiseMade { promise })] = &acts[..] else {
        panic!("{acts:?}")
    };
    assert_eq!((who.as_str(), call.disposition.as_str(), promise.amount.minor), ("Kim", "rpc_ptp", 150));
    assert_eq!(promise.text, "courier at the gate");
}

#[tokio::test]
async fn who_must_not_be_called_is_said_before_anybody_dials() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let id = account_of(3);
    fixture.hub.happens(&id, Fact::StopRequested { medium: "call".into(), text: String::new() }).await;
    let page = fixture.page(&session, &format!("{}/call", link::account(&id))).await;
    assert!(page.text.contains("Do not call"), "{}", page.text);
}
