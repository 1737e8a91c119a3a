//! What became of cases.

use super::*;
use dunlin_plugin_sdk::http::Failure;
use std::collections::BTreeMap;

fn told(event: &Event<Fact>) -> String {
    let what = match &event.fact {
        Fact::Acknowledged(fact) => {
            format!("{} {} {} `{}` `{}`", fact.status, fact.placement, fact.account, fact.agency_reference, fact.reason)
        }
        Fact::Collected(fact) => {
            format!("collected {} less {} is {} ({})", fact.gross, fact.commission, fact.net, fact.remittance)
        }
        Fact::Reversed(fact) => {
            format!("reversed {} less {} is {} of {}", fact.gross, fact.commission, fact.net, &fact.reverses[28..])
        }
        Fact::Returned(fact) => format!("returned {} {} {}", fact.placement, fact.reason, fact.closed_on),
        Fact::Disputed(fact) => format!("disputed {} {}", fact.invoice, fact.amount),
        Fact::Other(other) => other.kind.clone(),
    };
    let key = event
        .source
        .key
        .replace("3f0c0b52-0a52-4f3c-9a53-00000000", "")
        .replace("7a1c0b52-0a52-4f3c-9a53-00000000", "");
    format!("{key} {}: {what}", event.source.occurred_on)
}

fn pull() -> Page<Fact> {
    AgencyDebitura::pull(&config(), None).unwrap()
}

fn refusals(page: &Page<Fact>) -> Vec<String> {
    page.progress.refusals.iter().map(|refusal| format!("{}: {}", refusal.place, refusal.reason)).collect()
}

/// One refusal of the first case, changed.
fn refused(changes: &[(&str, Value)]) -> String {
    let (debitura, _upstream) = placed();
    debitura.borrow_mut().cases.truncate(1);
    for (name, value) in changes {
        debitura.borrow_mut().cases[0][*name] = value.clone();
    }
    let page = pull();
    let [refusal] = &refusals(&page)[..] else { panic!("{:?}", refusals(&page)) };
    refusal.clone()
}

/// One refusal of the first payment, changed.
fn refused_payment(changes: &[(&str, Value)]) -> String {
    let (debitura, _upstream) = placed();
    for (name, value) in changes {
        debitura.borrow_mut().payments[0][*name] = value.clone();
    }
    let page = pull();
    let [refusal] = &refusals(&page)[..] else { panic!("{:?}", refusals(&page)) };
    assert!(page.events.iter().any(|event| told(event).contains("collected 100.00 EUR")), "the others go on");
    refusal.clone()
}

#[test]
fn cases_and_payments_become_facts() {
    let (_, upstream) = placed();
    let page = pull();
    let expected = [
        "0001/accepted 2026-04-03: accepted place:INV-7:1 D-7 `Q8OAXF1` ``",
        "payment/0001 2026-04-28: collected 300.01 EUR less 52.50 EUR is 247.51 EUR (net)",
        "payment/0003 2026-05-02: collected 100.00 EUR less 17.50 EUR is 82.50 EUR (net)",
        "0002/accepted 2026-04-04: accepted place:INV-9:1 D-9 `Q8OAXF2` ``",
        "0002/disputed/0 2026-04-04: disputed INV-9 800.00 EUR",
        "0002/disputed/1 2026-04-04: disputed INV-9b 100.01 EUR",
        "0002/closed 2026-05-06: returned place:INV-9:1 insolvent 2026-05-06",
        "0003/rejected 2026-04-02: rejected place:INV-12:1 D-12 `Q8OAXF3` `Case never started`",
        "0004/accepted 2026-04-04: accepted place:INV-13:1 D-13 `Q8OAXF4` ``",
        "0004/recalled 2026-05-07: recalled place:INV-13:1 D-13 `Q8OAXF4` `Withdrawn by Client`",
    ];
    assert_eq!(page.events.iter().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(refusals(&page), Vec::<String>::new());
    let asked: Vec<String> = upstream.asked().iter().map(|asked| asked.target.clone()).collect();
    assert_eq!(asked[0], "/cases?Page=1&PageSize=25&Sort=DateCreated%3Aasc");
    assert_eq!(asked.len(), 5, "payments are asked for where there can be some: {asked:?}");
    assert_eq!(pull(), page, "two reads are alike");
}

#[test]
fn a_payment_that_is_deleted_is_reversed() {
    let (debitura, _upstream) = placed();
    pull();
    debitura.borrow_mut().payments.remove(0);
    let page = pull();
    let reversed = "payment/0001/deleted 2026-04-28: reversed 300.01 EUR less 52.50 EUR is 247.51 EUR of 00000001";
    assert!(page.events.iter().map(told).any(|line| line == reversed), "{:?}", page.events);
    assert_eq!(pull(), page);
    // So is one that turns out to have gone to the creditor.
    debitura.borrow_mut().payments[1]["recipient"] = json!("Creditor");
    assert!(pull().events.iter().map(told).any(|line| line.starts_with("payment/0003/deleted")));
    // A case whose payments are not asked for loses none.
    debitura.borrow_mut().cases[0]["lifecycle"] = json!("More Info Required");
    assert!(!pull().events.iter().map(told).any(|line| line.contains("deleted")));
}

#[test]
fn what_was_told_of_a_payment_stays() {
    let (debitura, _upstream) = placed();
    let before = pull();
    debitura.borrow_mut().cases[0]["preLegalSuccessFee"] = json!(30);
    debitura.borrow_mut().cases[0]["currentEngagementPhase"] = json!("Legal");
    assert_eq!(pull(), before);
}

#[test]
fn words_are_taken_in_both_spellings() {
    let closed = |code: &str| {
        let (debitura, _upstream) = placed();
        debitura.borrow_mut().cases.swap(0, 1);
        debitura.borrow_mut().cases.truncate(1);
        debitura.borrow_mut().cases[0]["closeCode"] = json!(code);
        debitura.borrow_mut().payments.clear();
        told(pull().events.last().unwrap()).split(": ").nth(1).unwrap().to_owned()
    };
    let returned = |reason: &str| format!("returned place:INV-9:1 {reason} 2026-05-06");
    assert_eq!(closed("PreLegalExhaustedNoPayment"), returned("uncollectable"));
    assert_eq!(closed("Pre-Legal Exhausted – No Payment"), returned("uncollectable"));
    assert_eq!(closed("Disputed – Legal Action Declined by Client"), returned("disputed"));
    assert_eq!(closed("Paid"), returned("collected"));
    assert_eq!(closed("Partially paid"), returned("partially-collected"));
    assert_eq!(closed("Statute of Limitations Expired"), returned("time-barred"));
    // It was begun, so that it is no refusal; and a code that nobody knows still ends it.
    assert_eq!(closed("Case never started"), returned("Case never started"));
    assert_eq!(closed("Moved to Mars"), returned("Moved to Mars"));
    assert!(closed("WithdrawnByClient").starts_with("recalled place:INV-9:1"));
}

#[test]
fn a_case_that_is_not_understood_is_refused() {
    assert_eq!(refused(&[("lifecycle", json!("Dreaming"))]), "place:INV-7:1: the lifecycle `Dreaming` is not known");
    assert!(refused(&[("lifecycle", Value::Null)]).ends_with("the lifecycle `` is not known"));
    assert!(refused(&[("lifecycle", json!("Merged"))]).contains("merged with another case"));
    assert!(refused(&[("isTestCase", json!(true))]).ends_with("`isTestCase` is true, and `test` is false"));
    assert!(refused(&[("currency", json!("SEK"))]).ends_with("it is in `SEK`, and EUR were placed"));
    assert!(refused(&[("dateCreated", json!("1.4.2026"))]).contains("`dateCreated` is `1.4.2026`"));
    assert!(refused(&[("id", Value::Null)]).contains("the case cannot be read"));
    assert!(refused(&[("lifecycle", json!("Closed"))]).ends_with("it is closed without `dateFinished`"));
    let finished = ("dateFinished", json!("2026-05-01T00:00:00Z"));
    assert!(refused(&[("lifecycle", json!("Closed")), finished]).ends_with("it is closed without a close code"));
}

#[test]
fn a_payment_that_is_not_understood_is_refused() {
    let id = "7a1c0b52-0a52-4f3c-9a53-000000000001";
    assert_eq!(
        refused_payment(&[("recipient", json!("Somebody"))]),
        format!("{id}: the recipient `Somebody` is not known")
    );
    assert!(refused_payment(&[("currency", json!("SEK"))]).ends_with("it is in `SEK`, and EUR were placed"));
    assert!(refused_payment(&[("grossAmount", json!(1.005))]).contains("more decimals than the currency"));
    assert!(refused_payment(&[("grossAmount", json!(-5))]).ends_with("-5.00 EUR is not an amount of a payment"));
    assert!(refused_payment(&[("grossAmount", json!(1e22))]).contains("is not an amount in EUR"));
    assert!(refused_payment(&[("grossAmount", json!("300"))]).contains("the payment cannot be read"));
    assert!(refused_payment(&[("date", json!("soon"))]).contains("`date` is `soon`"));
    let no_fee = |changes: &[(&str, Value)]| {
        let (debitura, _upstream) = placed();
        changes.iter().for_each(|(name, value)| debitura.borrow_mut().cases[0][*name] = value.clone());
        refusals(&pull())
    };
    assert!(
        no_fee(&[("preLegalSuccessFee", Value::Null)])
            .iter()
            .all(|line| line.contains("the partner's share is not known"))
    );
    assert!(no_fee(&[("preLegalSuccessFee", json!(101))])[0].ends_with("`101` is not a fee in percent"));
    assert!(no_fee(&[("currentEngagementPhase", json!("Legal"))])[0].contains("in the phase `Legal` is not told"));
}

#[test]
fn an_interruption_at_any_request_loses_and_doubles_nothing() {
    let count_all = {
        let (_, _upstream) = many();
        drain(&mut BTreeMap::new())
    };
    for broken in 0..20 {
        let (debitura, _) = many();
        let count = Rc::new(RefCell::new(0));
        let _upstream = Upstream::new("api", move |asked| {
            *count.borrow_mut() += 1;
            match *count.borrow() - 1 == broken {
                true => Err(Failure::lost(Error::retry_later("it broke off"))),
                false => Ok(debitura.borrow_mut().answer(asked)),
            }
        });
        assert_eq!(drain(&mut BTreeMap::new()), count_all, "{broken}");
    }
}

/// The fixtures behind thirty cases of other hands.
fn many() -> (Rc<RefCell<Debitura>>, Upstream) {
    let (debitura, upstream) = placed();
    let others = std::iter::repeat_n(cases()[5].clone(), 30);
    debitura.borrow_mut().cases.extend(others);
    let first = debitura.borrow().cases[1].clone();
    debitura.borrow_mut().cases.push(first);
    (debitura, upstream)
}

/// A round, each pull that fails asked for again; keys with their digests.
fn drain(facts: &mut BTreeMap<String, Option<String>>) -> BTreeMap<String, Option<String>> {
    let mut cursor: Option<String> = None;
    loop {
        let Ok(page) = AgencyDebitura::pull(&config(), cursor.as_deref()) else { continue };
        for event in page.events {
            let known = facts.entry(event.source.key).or_insert(event.source.digest.clone());
            assert_eq!(*known, event.source.digest);
        }
        cursor = Some(page.progress.cursor);
        if !page.progress.more {
            return facts.clone();
        }
    }
}

#[test]
fn pages_follow_each_other_and_begin_again() {
    let (_, upstream) = many();
    let first = pull();
    assert!(first.progress.more);
    let second = AgencyDebitura::pull(&config(), Some(&first.progress.cursor)).unwrap();
    assert!(!second.progress.more);
    AgencyDebitura::pull(&config(), Some(&second.progress.cursor)).unwrap();
    let pages: Vec<String> = upstream.asked().iter().filter_map(|asked| parameter(asked, "Page")).collect();
    assert_eq!(pages, ["1", "2", "1"]);
    assert!(AgencyDebitura::pull(&config(), Some("x")).unwrap_err().message.contains("cursor"));
}

#[test]
fn a_status_says_who_has_to_act() {
    let answers: [(Answer, Kind, Option<u64>); 6] = [
        (Answer::new(401, "{}"), Kind::Misconfigured, None),
        (Answer::new(403, "{}"), Kind::Misconfigured, None),
        (Answer::new(404, "{}"), Kind::Refused, None),
        (Answer::new(429, "{}").with("Retry-After", "2"), Kind::RetryLater, Some(2_000)),
        (Answer::new(500, "oops"), Kind::RetryLater, None),
        (Answer::new(200, "<html>"), Kind::Broken, None),
    ];
    for (answer, kind, wait) in answers {
        let _upstream = Upstream::new("api", move |_| Ok(answer.clone()));
        let error = AgencyDebitura::pull(&config(), None).unwrap_err();
        assert_eq!((error.kind, error.retry_after_ms), (kind, wait), "{error}");
    }
}
