//! What is agreed at the desk: plans, settlements and write-offs, with who did it and a second person where one is needed.

use escalation::Date;
use escalation::allowance::ItemAmount;
use escalation::write_off::{WriteOff, WriteOffState};

use super::*;

const NUMBER: &str = "INV-103-1";

#[tokio::test]
async fn a_plan_divides_what_is_open_to_the_cent() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let path = link::account(&account_of(3));
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("Agreed with the debtor") && page.text.contains("Offer the settlement"));
    let send = async |body: &str| {
        let body = format!("{body}&who=Kim&proof={}", proof(&page));
        fixture.post(&session, &format!("{path}/agree"), body).await
    };
    let plan = |count: &str| format!("what=plan&invoices={NUMBER}&count={count}&first=2027-01-31&hardship=seasonal");
    assert_eq!(send(&plan("1")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&plan("3").replace("seasonal", "mood")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&plan("3").replace(NUMBER, "INV-0")).await.status, StatusCode::CONFLICT);
    let seen = send(&plan("3")).await;
    assert_eq!(seen.headers[header::LOCATION].to_str().unwrap(), format!("{path}?said=agreed"), "{}", seen.text);
    let (account, _) = fixture.hub.store().account(&AccountId::new(account_of(3))).await.unwrap().unwrap();
    let open = account.items[&escalation::InvoiceNumber::new(NUMBER)].open.minor;
    let acts = fixture.hub.acts.lock().unwrap();
    let [(_, who, Fact::PlanAgreed { plan })] = &acts[..] else { panic!("{acts:?}") };
    assert_eq!(who, "Kim");
    assert_eq!(plan.instalments.iter().map(|one| one.amount.minor).sum::<i64>(), open);
    let days: Vec<String> = plan.instalments.iter().map(|one| one.due_on.to_string()).collect();
    assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31"]);
}

#[tokio::test]
async fn nobody_approves_what_he_proposed() {
    let fixture = Fixture::of(4, 60).await;
    let session = fixture.session().await;
    let (id, path) = (account_of(3), link::account(&account_of(3)));
    let today: Date = fixture.hub.now().date();
    let write_off = WriteOff {
        id: "w-1".into(),
        proposed_on: today,
        because: "the ladder has ended".into(),
        items: vec![ItemAmount { invoice: NUMBER.into(), amount: Money::new(1, "EUR".parse().unwrap()) }],
        state: WriteOffState::Proposed,
        proposed_by: String::new(),
        decided_by: None,
        decided_on: None,
    };
    fixture.hub.happens(&id, Fact::WriteOffProposed { write_off }).await;
    let (account, _) = fixture.hub.store().account(&AccountId::new(&id)).await.unwrap().unwrap();
    let first = account.write_offs[0].proposed_by.clone();
    let needs = fixture.page(&session, "/needs").await;
    assert!(needs.text.contains("For people to decide") && needs.text.contains("the ladder has ended"));
    let page = fixture.page(&session, &path).await;
    let send = async |who: &str| {
        let who = link::part(who);
        let body = format!("what=approve-write-off&id=w-1&who={who}&proof={}", proof(&page));
        fixture.post(&session, &format!("{path}/agree"), body).await
    };
    let refused = send(&first.to_uppercase()).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(refused.text.contains("Another person has to approve it"), "{}", refused.text);
    assert_eq!(send("Lee").await.status, StatusCode::SEE_OTHER);
    let acts = fixture.hub.acts.lock().unwrap();
    assert!(
        matches!(&acts[..], [(_, who, Fact::WriteOffApproved { write_off })] if who == "Lee" && write_off.as_str() == "w-1")
    );
}
