//! What Debitura is asked for.

use super::*;
use dunlin_plugin_sdk::http::Failure;

fn recall(placement: &str) -> Request<Effect> {
    let (account, reason) = ("D-7".to_owned(), "the goods came back".to_owned());
    request("recall:1", Effect::Recall(Recall { placement: placement.to_owned(), account, reason }))
}

fn direct(placement: &str) -> Request<Effect> {
    let (account, payment) = ("D-7".to_owned(), "PAY-1".to_owned());
    let received_on = Date::constant(2026, 4, 20);
    let paid = DirectPayment { placement: placement.to_owned(), account, payment, amount: euro(1_250), received_on };
    request("direct:1", Effect::ReportDirectPayment(paid))
}

fn one(request: Request<Effect>) -> Outcome {
    AgencyDebitura::perform(&config(), &batch(), &[request]).unwrap().remove(0)
}

fn reason(outcome: &Outcome) -> String {
    let Outcome::Rejected(rejection) = outcome else { panic!("{outcome:?}") };
    format!("{}: {}", rejection.code, rejection.reason)
}

fn answering(answer: Answer) -> Upstream {
    Upstream::new("api", move |asked| Ok(if asked.method == "GET" { Answer::new(404, "{}") } else { answer.clone() }))
}

/// `DUNLIN_WRITE_GOLDEN=1` writes what is found; look at the difference before it is kept.
fn is_golden(name: &str, found: &str) {
    let path = format!("{}/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let value: Value = serde_json::from_str(found).unwrap();
    if std::env::var_os("DUNLIN_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{value:#}\n")).unwrap();
    }
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(value, kept, "{name}");
}

#[test]
fn an_account_becomes_a_case_once() {
    let (debitura, upstream) = serve(Debitura::default());
    let requests = place_all();
    let outcomes = AgencyDebitura::perform(&config(), &batch(), &requests).unwrap();
    assert_eq!(outcomes[0], Outcome::done("Q0"));
    let asked = upstream.asked();
    assert_eq!((asked.len(), asked[0].header("Idempotency-Key")), (5, Some("place:INV-7:1")));
    assert_eq!(asked[0].header("XApiKey"), None);
    assert!(asked[0].text().contains("\"amountToRecover\":900.01"), "{}", asked[0].text());
    is_golden("new-case.json", &asked[0].text());
    assert_eq!(AgencyDebitura::perform(&config(), &batch(), &requests).unwrap(), outcomes);
    assert_eq!(debitura.borrow().cases.len(), 5);
}

#[test]
fn a_test_case_and_a_division_are_told() {
    let (_, upstream) = serve(Debitura::default());
    let own = Config { test: true, division: Some("div-1".to_owned()), ..config() };
    AgencyDebitura::perform(&own, &batch(), &place_all()[..1]).unwrap();
    let body: Value = serde_json::from_str(&upstream.asked()[0].text()).unwrap();
    assert_eq!((&body["isTest"], &body["creditorDivisionId"]), (&json!(true), &json!("div-1")));
}

#[test]
fn what_cannot_be_placed_is_rejected_without_a_request() {
    let (_, upstream) = serve(Debitura::default());
    let with = |change: &dyn Fn(&mut Placement)| {
        let mut placement = placement("D-1", vec![item("INV-1", 100)], 100);
        change(&mut placement);
        reason(&one(request("place:x", Effect::Place(placement))))
    };
    assert_eq!(with(&|p| p.items.clear()), "control-total: a placement without invoices");
    assert_eq!(
        with(&|p| p.total = euro(99)),
        "control-total: the items come to 1.00 EUR and the placement states 0.99 EUR"
    );
    assert!(with(&|p| p.items[0].open = Money::new(1, "SEK")).starts_with("control-total: invoice `INV-1`"));
    assert!(with(&|p| p.debtor.kind = String::new()).starts_with("debtor-type: "));
    assert!(with(&|p| p.debtor.country = String::new()).starts_with("country: "));
    assert!(with(&|p| p.debtor.address.truncate(1)).starts_with("address: "));
    assert!(with(&|p| p.debtor.country = "US".to_owned()).starts_with("address: `20457 Hamburg` has no state"));
    let many: Vec<OpenItem> = (0..600).map(|number| item(&format!("INV-{number:060}"), 1)).collect();
    let large = Effect::Place(placement("D-1", many, 600));
    assert!(reason(&one(request("place:y", large))).starts_with("too-large: "));
    let other = Effect::Other(Extension { kind: "sue".to_owned(), notes: Vec::new() });
    assert_eq!(reason(&one(request("o", other))), "not-supported: debitura does not take `sue`");
    assert!(upstream.asked().is_empty());
}

#[test]
fn a_person_is_private() {
    let (_, upstream) = serve(Debitura::default());
    let mut private = placement("D-1", vec![item("INV-1", 100)], 100);
    private.debtor.kind = "consumer".to_owned();
    one(request("place:x", Effect::Place(private)));
    let body: Value = serde_json::from_str(&upstream.asked()[0].text()).unwrap();
    assert_eq!(body["debtor"]["type"], "Private");
    assert!(body["debtor"].get("companyRegistrationNumber").is_none());
}

#[test]
fn a_debtor_of_no_known_kind_is_what_the_operator_says() {
    let (_, upstream) = serve(Debitura::default());
    let mut unknown = placement("D-1", vec![item("INV-1", 100)], 100);
    unknown.debtor.kind = String::new();
    let own = serde_json::from_value::<Config>(json!({"test": true, "unknown_debtor": "Company"})).unwrap();
    AgencyDebitura::perform(&own, &batch(), &[request("place:x", Effect::Place(unknown))]).unwrap();
    let body: Value = serde_json::from_str(&upstream.asked()[0].text()).unwrap();
    assert_eq!(body["debtor"]["type"], "Company");
}

#[test]
fn what_debitura_refuses_is_rejected_with_its_words() {
    let place = || one(place_all().remove(0));
    let contract = r#"{"businessErrors": [{"type": "MissingPowerOfAttorney", "message": "Sign it first.", "solutionUrl": "https://app.example/sign"}]}"#;
    let _upstream = answering(Answer::new(422, contract));
    assert_eq!(reason(&place()), "MissingPowerOfAttorney: Sign it first. (see https://app.example/sign)");
    let _upstream = answering(Answer::new(400, r#"{"error": "invalid", "message": "zipCode is too long"}"#));
    assert_eq!(reason(&place()), "http-400: zipCode is too long");
    let _upstream = answering(Answer::new(422, "<html>no</html>"));
    assert_eq!(reason(&place()), "http-422: <html>no</html>");
}

#[test]
fn a_refusal_of_a_case_that_is_there_is_that_case() {
    let _upstream = Upstream::new("api", |asked| {
        Ok(match asked.method.as_str() {
            "GET" => Answer::new(200, cases()[0].to_string()),
            _ => Answer::new(422, r#"{"businessErrors": [{"type": "DuplicateReference"}]}"#),
        })
    });
    assert_eq!(one(place_all().remove(0)), Outcome::done("Q8OAXF1"));
}

#[test]
fn an_answer_that_says_nothing_leaves_it_unknown() {
    let unknown = |answer: Answer| {
        let _upstream = answering(answer);
        matches!(one(place_all().remove(0)), Outcome::Unknown(_))
    };
    assert!(
        unknown(Answer::new(500, "oops"))
            && unknown(Answer::new(200, r#"{"id": "3f0"#))
            && unknown(Answer::new(200, "<html>"))
    );
    let _upstream = Upstream::new("api", |_| Err(Failure::lost(Error::retry_later("it broke off"))));
    assert_eq!(one(place_all().remove(0)), Outcome::Unknown("it broke off".to_owned()));
}

#[test]
fn a_batch_that_did_not_get_through_is_asked_for_again() {
    let kind = |answer: Answer| {
        let _upstream = answering(answer);
        let error = AgencyDebitura::perform(&config(), &batch(), &place_all()).unwrap_err();
        (error.kind, error.retry_after_ms)
    };
    assert_eq!(kind(Answer::new(401, "{}")), (Kind::Misconfigured, None));
    assert_eq!(kind(Answer::new(403, "{}")), (Kind::Misconfigured, None));
    assert_eq!(kind(Answer::new(429, "{}").with("Retry-After", "3")), (Kind::RetryLater, Some(3_000)));
    let _upstream = Upstream::new("api", |_| Err(Failure::not_sent(Error::retry_later("no way there"))));
    assert_eq!(AgencyDebitura::perform(&config(), &batch(), &place_all()).unwrap_err().kind, Kind::RetryLater);
}

#[test]
fn a_recall_and_a_direct_payment_are_messages_written_once() {
    let (debitura, upstream) = placed();
    let requests = [recall("place:INV-7:1"), direct("place:INV-7:1")];
    let outcomes = AgencyDebitura::perform(&config(), &batch(), &requests).unwrap();
    assert_eq!(outcomes, [Outcome::done("chat-0"), Outcome::done("chat-1")]);
    let written: Vec<String> =
        upstream.asked().iter().filter(|asked| asked.method == "POST").map(Asked::text).collect();
    is_golden("new-chat.json", &written[0]);
    let message = debitura.borrow().chats[1]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with("The debtor paid 12.50 EUR to us on 2026-04-20 (our payment PAY-1)."), "{message}");
    assert!(message.ends_with("\n\ndunlin direct:1"));
    assert_eq!(AgencyDebitura::perform(&config(), &batch(), &requests).unwrap(), outcomes);
    assert_eq!(debitura.borrow().chats.len(), 2);
}

#[test]
fn a_message_needs_a_case_and_a_name_under_it() {
    let (_, _upstream) = placed();
    assert_eq!(reason(&one(recall("place:INV-404:1"))), "unknown-placement: debitura has no case `place:INV-404:1`");
    let nobody = Config { user_email: None, ..config() };
    let outcomes = AgencyDebitura::perform(&nobody, &batch(), &[direct("place:INV-7:1")]).unwrap();
    assert!(reason(&outcomes[0]).starts_with("not-supported: without `user_email`"));
}

#[test]
fn what_is_unknown_is_looked_up() {
    let (debitura, _) = placed();
    let lost = debitura.clone();
    let _upstream = Upstream::new("api", move |asked| {
        let answer = lost.borrow_mut().answer(asked);
        if asked.method == "POST" { Err(Failure::lost(Error::retry_later("it broke off"))) } else { Ok(answer) }
    });
    let requests = [recall("place:INV-7:1"), request("place:INV-20:1", place_all().remove(0).effect)];
    let outcomes = AgencyDebitura::perform(&config(), &batch(), &requests).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Unknown(_))), "{outcomes:?}");
    let keys = ["recall:1", "place:INV-20:1", "place:INV-404:1"].map(str::to_owned);
    let found = AgencyDebitura::lookup(&config(), &keys).unwrap();
    assert!(matches!(&found[0], Finding::Done(receipt) if receipt.reference == "chat-0"), "{found:?}");
    assert!(matches!(&found[1], Finding::Done(receipt) if receipt.reference == "Q6"), "{found:?}");
    assert!(matches!(&found[2], Finding::Unclear(_)), "{found:?}");
    debitura.borrow_mut().cases.pop();
    debitura.borrow_mut().chats.clear();
    assert_eq!(AgencyDebitura::lookup(&config(), &keys[..2]).unwrap(), [Finding::Absent, Finding::Absent]);
}

#[test]
fn a_configuration_that_cannot_work_is_named() {
    let (_, _upstream) = serve(Debitura::default());
    AgencyDebitura::check(&config()).unwrap();
    let error = AgencyDebitura::check(&Config { user_email: Some("ar".to_owned()), ..config() }).unwrap_err();
    assert_eq!(error.kind, Kind::Misconfigured);
    let _upstream = Upstream::new("api", |_| Ok(Answer::new(401, "")));
    assert_eq!(AgencyDebitura::check(&config()).unwrap_err().kind, Kind::Misconfigured);
    for (wrong, named) in [(json!({"test": true, "tset": 1}), "tset"), (json!({}), "test")] {
        assert!(serde_json::from_value::<Config>(wrong).unwrap_err().to_string().contains(named));
    }
    assert!(include_str!("../../../../config/plugins/agency-debitura.toml").contains("enabled = false"));
}
