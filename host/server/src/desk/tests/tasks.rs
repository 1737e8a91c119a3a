//! Work for people: the list, its acts, one person's share of it, and the hours in which calls come first.

use escalation::Approval;
use escalation::effect::{Action, Call, Effect};
use escalation::task::{Task, TaskEnd, TaskKind};

use super::*;
use crate::peak::PeakHours;

const NUMBER: &str = "INV-103-1";

fn task(fixture: &Fixture, id: &str, kind: TaskKind, to: &str) -> Fact {
    let today = fixture.hub.now().date();
    Fact::TaskOpened {
        task: Task {
            id: id.into(),
            kind,
            what: format!("do what {id} says"),
            invoices: Vec::new(),
            to: to.into(),
            due_on: today,
            opened_on: today,
            because: "a test wants it".into(),
            opened_by: String::new(),
        },
    }
}

/// A call about the account as a whole, for the dialer's queue.
fn queued(fixture: &Fixture) -> Fact {
    let call = Call { level: "call".into(), invoices: Vec::new(), reason: "a test wants it".into(), weight: 1 };
    let (due_on, action) = (fixture.hub.now().date(), Action::QueueCall(call));
    let effect = Effect { key: "call:test".into(), due_on, valid_until: None, approval: Approval::None, action };
    Fact::EffectPlanned { effect }
}

/// Those of the test; the policy has opened others.
fn ours(answer: &serde_json::Value) -> Vec<&str> {
    let ids = answer["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap());
    ids.filter_map(|id| id.strip_prefix("t-")).collect()
}

#[tokio::test]
async fn a_task_is_listed_with_its_facts_and_ended_by_a_person() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let id = account_of(3);
    fixture.hub.happens(&id, task(&fixture, "rep-1", TaskKind::JoinIn { level: "rep".into() }, "sales-rep")).await;
    let page = fixture.page(&session, "/tasks?for=sales-rep").await;
    for words in ["Do what rep-1 says", "A test wants it", "sales-rep until", "Last contacts: ", "days past due"] {
        assert!(page.text.contains(words), "`{words}` is missing: {}", page.text);
    }
    let card = fixture.page(&session, &link::account(&id)).await;
    assert!(card.text.contains("Do what rep-1 says") && card.text.contains("Give a task"), "{}", card.text);
    let send = async |body: &str| {
        let body = format!("{body}&from=tasks&who=Kim&proof={}", proof(&page));
        fixture.post(&session, &format!("{}/work", link::account(&id)), body).await
    };
    assert_eq!(send("what=drop&id=rep-1").await.status, StatusCode::BAD_REQUEST, "dropped without a reason");
    assert_eq!(send("what=done&id=rep-2").await.status, StatusCode::CONFLICT);
    assert_eq!(send("what=dance&id=rep-1").await.status, StatusCode::BAD_REQUEST);
    let seen = send("what=drop&id=rep-1&reason=too+small").await;
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), "/tasks?said=agreed", "{}", seen.text);
    let acts = fixture.hub.acts.lock().unwrap();
    let [(_, who, Fact::TaskClosed { task, end, because })] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!((who.as_str(), task.as_str(), *end, because.as_str()), ("Kim", "rep-1", TaskEnd::Dropped, "too small"));
}

#[tokio::test]
async fn one_person_sees_the_accounts_that_are_hers() {
    let fixture = Fixture::of(8, 60).await;
    let (hers, his) = (account_of(3), account_of(5));
    let charge = |who: &str| Fact::CollectorAssigned { collector: Some(who.into()), reason: String::new() };
    fixture.hub.happens(&hers, charge("Ada Byron")).await;
    fixture.hub.happens(&his, charge("Ben")).await;
    fixture.hub.happens(&hers, task(&fixture, "t-hers", TaskKind::Other, "collector")).await;
    fixture.hub.happens(&his, task(&fixture, "t-his", TaskKind::Other, "collector")).await;
    fixture.hub.happens(&his, task(&fixture, "t-by-name", TaskKind::Other, "ada byron")).await;
    let of = async |whom: &str| fixture.api(&format!("/api/tasks?for={whom}")).await.1;
    assert_eq!(ours(&of("ADA%20Byron").await), ["by-name", "hers"]);
    assert_eq!(ours(&of("Ben").await), ["his"]);
    assert!(ours(&of("nobody").await).is_empty());
    assert_eq!(ours(&of("").await).len(), 3);
    let (_, list) = fixture.api("/api/worklist?for=ada%20byron").await;
    let accounts: Vec<&str> =
        list["lines"].as_array().unwrap().iter().map(|l| l["account"].as_str().unwrap()).collect();
    assert_eq!(accounts, [hers.as_str()]);
    let (status, _) = fixture.api(&format!("/api/tasks?for={}", "x".repeat(61))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

/// No account without a queued call stands before one with a call.
fn calls_first(list: &serde_json::Value) -> bool {
    let has_call = |line: &serde_json::Value| line["flags"].as_array().unwrap().iter().any(|flag| flag == "call");
    let lines: Vec<bool> = list["lines"].as_array().unwrap().iter().map(has_call).collect();
    lines.contains(&true) && lines.is_sorted_by(|before, after| before >= after)
}

#[tokio::test]
async fn at_peak_hours_calls_come_first() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (_, usual) = fixture.api("/api/worklist").await;
    let last = usual["lines"].as_array().unwrap().last().unwrap()["account"].as_str().unwrap().to_owned();
    fixture.hub.happens(&last, task(&fixture, "t-paper", TaskKind::Other, "collector")).await;
    fixture.hub.happens(&last, queued(&fixture)).await;
    let (_, usual) = fixture.api("/api/worklist").await;
    assert_eq!(ours(&usual), ["paper"]);
    assert!(!calls_first(&usual), "{usual}");
    assert!(usual["peak_until"].is_null());

    let now = fixture.hub.now();
    let hour = |time: jiff::civil::Time| time.strftime("%H:%M").to_string();
    let (from, until) = (now.time(), now.time().saturating_add(jiff::SignedDuration::from_hours(1)));
    *fixture.hub.peak.lock().unwrap() = PeakHours::read(&[format!("{}-{}", hour(from), hour(until))]).unwrap();
    let (_, peak) = fixture.api("/api/worklist").await;
    assert!(ours(&peak).is_empty());
    let kinds: Vec<_> = peak["tasks"].as_array().unwrap().iter().map(|task| task["kind"].as_str().unwrap()).collect();
    assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "confirm-arrival"), "{kinds:?}");
    assert!(calls_first(&peak), "{peak}");
    assert_eq!(peak["lines"].as_array().unwrap().len(), usual["lines"].as_array().unwrap().len());
    let page = fixture.page(&session, "/worklist").await;
    assert!(page.text.contains(&format!("Peak hours until {}", hour(until))), "{}", page.text);
}

#[tokio::test]
async fn work_is_given_at_the_desk() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let path = link::account(&account_of(3));
    let page = fixture.page(&session, &path).await;
    let send = async |body: &str| {
        let body = format!("{body}&who=Kim&proof={}", proof(&page));
        fixture.post(&session, &format!("{path}/work"), body).await.status
    };
    let give = "what=give&task=visit+them&to=Lee&due=2027-01-31&reason=no+answer";
    for (wrong, status) in [
        (give.replace("2027", "2020"), StatusCode::BAD_REQUEST),
        (format!("{give}&invoices=INV-0"), StatusCode::CONFLICT),
        (format!("what=sue&court=AG&invoices={NUMBER}"), StatusCode::BAD_REQUEST),
        ("what=end-suit&id=s&reason=x".to_owned(), StatusCode::CONFLICT),
        ("what=arrived&invoices=INV-0&reason=x".to_owned(), StatusCode::CONFLICT),
    ] {
        assert_eq!(send(&wrong).await, status, "{wrong}");
    }
    assert!(fixture.hub.acts.lock().unwrap().is_empty());
    for right in [
        give.to_owned(),
        format!("what=arrived&invoices={NUMBER}&reason=they+said+so"),
        "what=charge&collector=Lee&reason=knows+them".to_owned(),
        "what=charge&collector=&reason=as+it+was".to_owned(),
        format!("what=sue&court=AG&invoices={NUMBER}&deadline-1=file&on-1=2027-01-31&deadline-3=pay&on-3=2027-02-28"),
    ] {
        assert_eq!(send(&right).await, StatusCode::SEE_OTHER, "{right}");
    }
    let acts: Vec<Fact> = fixture.hub.acts.lock().unwrap().iter().map(|(_, _, fact)| fact.clone()).collect();
    let [
        Fact::TaskOpened { task },
        Fact::ArrivalConfirmed { invoice, .. },
        Fact::CollectorAssigned { collector: Some(lee), .. },
        Fact::CollectorAssigned { collector: None, .. },
        Fact::SuitPrepared { suit },
    ] = &acts[..]
    else {
        panic!("{acts:?}")
    };
    assert_eq!(
        (task.to.as_str(), task.what.as_str(), invoice.as_str(), lee.as_str()),
        ("Lee", "visit them", NUMBER, "Lee")
    );
    assert_eq!(suit.deadlines.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), ["file", "pay"]);
}

#[tokio::test]
async fn a_complaint_shows_who_settles_it_and_that_it_is_late() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let id = account_of(3);
    let today = fixture.hub.now().date();
    let dispute = escalation::dispute::Dispute {
        id: "d-1".into(),
        invoice: NUMBER.into(),
        amount: Money::new(100, "EUR".parse().unwrap()),
        reason: "quality".into(),
        text: String::new(),
        opened_on: today,
        resolution: None,
        owner: None,
    };
    fixture.hub.happens(&id, Fact::DisputeOpened { dispute }).await;
    let due_on = today.yesterday().unwrap();
    let assigned = Fact::DisputeAssigned { dispute: "d-1".into(), owner: "workshop".into(), due_on };
    fixture.hub.happens(&id, assigned).await;
    let page = fixture.page(&session, &link::account(&id)).await;
    assert!(page.text.contains(&format!("workshop settles it until {due_on}")), "{}", page.text);
    assert!(page.text.contains("overdue</span>"), "{}", page.text);
    fixture.hub.happens(&id, task(&fixture, "c-1", TaskKind::Complaint { dispute: "d-1".into() }, "workshop")).await;
    let body = format!("what=done&id=c-1&who=Kim&proof={}", proof(&page));
    let seen = fixture.post(&session, &format!("{}/work", link::account(&id)), body).await;
    assert_eq!(seen.status, StatusCode::BAD_REQUEST);
    assert!(seen.text.contains("Resolve the dispute"), "{}", seen.text);
}

#[tokio::test]
async fn a_pick_up_is_arranged_on_the_phone() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (_, list) = fixture.api("/api/worklist").await;
    let path = format!("{}/call", link::account(list["lines"][0]["account"].as_str().unwrap()));
    let page = fixture.page(&session, &path).await;
    let send = async |fields: &str| {
        let body = format!("ending=pick_up&amount=1,50&due=2026-12-31{fields}&who=Kim&proof={}", proof(&page));
        fixture.post(&session, &path, body).await.status
    };
    assert_eq!(send("").await, StatusCode::BAD_REQUEST, "nobody knows where");
    assert!(fixture.hub.acts.lock().unwrap().is_empty(), "nothing is half on record");
    assert_eq!(send("&place=Harbour+5").await, StatusCode::SEE_OTHER);
    let acts = fixture.hub.acts.lock().unwrap().clone();
    let [(_, _, Fact::CallEnded(call)), (_, _, Fact::PromiseMade { promise }), (_, _, Fact::TaskOpened { task })] =
        &acts[..]
    else {
        panic!("{acts:?}")
    };
    assert_eq!(call.disposition, "rpc_ptp");
    assert_eq!(task.kind, TaskKind::PickUp { promise: promise.id.clone() });
    assert_eq!((task.to.as_str(), task.due_on), ("courier", promise.due_on));
    assert!(task.what.contains("Harbour 5"), "{}", task.what);
}
