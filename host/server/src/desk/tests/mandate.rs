//! A law firm's mandate, and what lateness cost, at the desk.

use super::*;

#[tokio::test]
async fn a_mandate_is_put_on_record_and_ends_at_the_desk() {
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (id, path) = (account_of(3), link::account(&account_of(3)));
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("No firm has a mandate"), "{}", page.text);
    let mark = proof(&page);
    let act = async |act: &str, fields: &str| {
        let body = format!("{fields}&who=Ada&proof={mark}");
        fixture.post(&session, &format!("{path}/{act}"), body).await
    };
    assert_eq!(act("end-mandate", "reason=over").await.status, StatusCode::CONFLICT);
    let firm = "firm=Brandt&address=Markt+1,+Bremen&email=office%40brandt.example";
    assert_eq!(act("mandate", &format!("{firm}&file=")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(act("mandate", &format!("{firm}&file=142/26&given=2099-01-01")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(act("mandate", &format!("{firm}&file=142/26")).await.status, StatusCode::SEE_OTHER);
    let fact = fixture.hub.acts.lock().unwrap()[0].2.clone();
    let given = |fact: &Fact| matches!(fact, Fact::MandateGiven { mandate } if mandate.firm.address == ["Markt 1", "Bremen"] && mandate.file == "142/26");
    assert!(given(&fact), "{fact:?}");
    fixture.hub.happens(&id, fact).await;
    let page = fixture.page(&session, &path).await;
    assert!(page.text.contains("Brandt") && page.text.contains("142/26"), "{}", page.text);
    assert_eq!(act("end-mandate", "reason=laid+down").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_lateness_cost_stands_with_its_rule_and_source() {
    use escalation::charge::{Charge, ChargeKind};
    let fixture = Fixture::of(8, 60).await;
    let session = fixture.session().await;
    let (id, path) = (account_of(3), link::account(&account_of(3)));
    let (account, _) = fixture.hub.store().account(&escalation::AccountId::new(&id)).await.unwrap().unwrap();
    let item = account.items.values().find(|item| item.is_open()).unwrap();
    let charge = Charge {
        invoice: item.invoice.number.clone(),
        kind: ChargeKind::Compensation,
        amount: escalation::Money { minor: 4_000, ..item.open },
        on: item.invoice.due_on,
        notice: "notice:1".into(),
        rule: "bgb-288-5".to_owned(),
        title: "lump sum of 40.00 EUR".to_owned(),
        source: "the civil code".to_owned(),
        certainty: escalation::pack::Certainty::Verified,
        billed: item.billed(),
        bears: Vec::new(),
    };
    fixture.hub.happens(&id, Fact::Charged { charge }).await;
    let page = fixture.page(&session, &path).await;
    for told in ["Interest and costs", "compensation for", "lump sum of 40.00 EUR", "the civil code", "bgb-288-5"] {
        assert!(page.text.contains(told), "{told}: {}", page.text);
    }
}
