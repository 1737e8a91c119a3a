//! Before a debt exists, at the desk.

use escalation::credit::CreditApplication;
use escalation::engagement::{Cover, Engagement, EngagementKind, Insured};
use escalation::invoice::plus_days;

use super::*;

fn eur(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

#[tokio::test]
async fn who_pays_first_who_has_no_cover_and_which_credit_is_open_stands_on_one_page() {
    let fixture = Fixture::of(2, 5).await;
    let session = fixture.session().await;
    let empty = fixture.page(&session, "/upfront").await;
    assert!(empty.text.contains("Nobody.") && empty.text.contains("None."), "{}", empty.text);

    let (account, today) = (account_of(0), fixture.hub.now().date());
    let insured = Some(Insured { payer: "Nordkasse".into(), member: "M-77".into(), service: String::new() });
    let (on, kind) = (plus_days(today, 10), EngagementKind::Appointment);
    let engagement = Engagement { id: "A-1".into(), kind, on, amount: eur(8_000), insured };
    fixture.hub.happens(&account, Fact::Engaged { engagement }).await;
    let cover = Cover {
        active: false,
        checked_on: today,
        from: None,
        until: None,
        payer: "Nordkasse".into(),
        member: String::new(),
        text: String::new(),
    };
    fixture.hub.happens(&account, Fact::CoverReported { engagement: "A-1".into(), cover }).await;
    let text = String::new();
    let application = CreditApplication { id: "APP-1".into(), amount: eur(1_200_000), applied_on: today, text };
    fixture.hub.happens(&account, Fact::CreditApplied { application }).await;

    let page = fixture.page(&session, "/upfront").await;
    for word in ["A-1", "of 80.00 EUR", "Nordkasse says that the cover lapsed", "APP-1", "credit report, references"] {
        assert!(page.text.contains(word), "the page does not say `{word}`:\n{}", page.text);
    }
    assert!(page.text.contains("14 days"), "terms are proposed to a new customer");
    let (_, view) = fixture.api("/api/upfront").await;
    assert_eq!(view["pay_first"][0]["lacking"]["minor"], 8_000);
    assert_eq!(view["applications"][0]["state"], "open");
    assert_eq!(first_with(&fixture, "cover-lapsed").await, account);
    let own = fixture.page(&session, &link::account(&account)).await;
    assert!(own.text.contains("Decide APP-1") && own.text.contains("A-1 is over"), "{}", own.text);
}

#[tokio::test]
async fn terms_and_verdicts_are_checked_before_they_are_recorded() {
    let fixture = Fixture::of(1, 5).await;
    let (session, path) = (fixture.session().await, link::account(&account_of(0)));
    let own = proof(&fixture.page(&session, &path).await);
    for (act, body, status) in [
        ("terms", "net_days=30&who=Ada", StatusCode::BAD_REQUEST),
        ("terms", "net_days=3000&where=x&who=Ada", StatusCode::BAD_REQUEST),
        ("terms", "net_days=30&where=x&who=Ada&agreed_on=2999-01-01", StatusCode::BAD_REQUEST),
        ("terms", "net_days=30&where=x&who=Ada&interest=-3", StatusCode::BAD_REQUEST),
        ("terms", "net_days=30&where=x&who=Ada&interest=much", StatusCode::BAD_REQUEST),
        ("evidence", "kind=credit-report&where=x&who=Ada", StatusCode::BAD_REQUEST),
        ("apply", "application=A&amount=-5&currency=EUR&who=Ada", StatusCode::BAD_REQUEST),
        ("apply", "application=A&amount=5&currency=Euro&who=Ada", StatusCode::BAD_REQUEST),
        ("decide", "application=none&verdict=grant&reason=x&who=Ada", StatusCode::CONFLICT),
        ("over", "engagement=none&reason=x&who=Ada", StatusCode::CONFLICT),
        ("engage", "kind=order&engagement=O-1&on=&amount=5&currency=EUR&who=Ada", StatusCode::BAD_REQUEST),
    ] {
        let seen = fixture.post(&session, &format!("{path}/{act}"), format!("{body}&proof={own}")).await;
        assert_eq!(seen.status, status, "{act} {body}: {}", seen.text);
    }
    assert!(fixture.hub.acts.lock().unwrap().is_empty());

    let body = format!("net_days=30&where=contract+7&signed=yes&fee=yes&interest=12,5&who=Ada&proof={own}");
    let seen = fixture.post(&session, &format!("{path}/terms"), body).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.text);
    let acts = fixture.hub.acts.lock().unwrap();
    let [(_, _, Fact::TermsRecorded { terms })] = &acts[..] else { panic!("{acts:?}") };
    assert!(terms.signed && terms.fee_agreed);
    assert_eq!(terms.interest.unwrap().to_string(), "12.50");
    assert_eq!((terms.net_days, terms.proof.as_str()), (30, "contract 7"));
}
