//! What each action becomes, and what is refused.

use super::*;
use crate::tests::{changed, config, payments};
use serde_json::json;

fn event(action: &str) -> Value {
    changed(&payments()["events"][0], &[("/action", json!(action)), ("/id", json!("EV1"))])
}

fn payment(changes: &[(&str, Value)]) -> Value {
    changed(&payments()["linked"]["payments"][0], changes)
}

/// The confirmed payment with other values, or why not.
fn paid(changes: &[(&str, Value)]) -> Read<Payment> {
    let sight = sight(&event("confirmed"), Kind::Payments)?.unwrap();
    let Fact::Received(paid) = sight.of_payment(&config(), &payment(changes))?.fact else { panic!("not received") };
    Ok(paid[0].clone())
}

fn refused(changes: &[(&str, Value)]) -> String {
    paid(changes).unwrap_err()
}

#[test]
fn a_payment_says_whom_and_what_for() {
    let told = sight(&event("confirmed"), Kind::Payments).unwrap().unwrap();
    let told = told.of_payment(&config(), &payment(&[])).unwrap();
    assert_eq!(told.source.key, "PM0001/confirmed/EV1");
    assert_eq!((told.source.document.as_str(), told.source.place.as_str()), ("EV1", "PM0001"));
    let Fact::Received(paid) = told.fact else { panic!("not received") };
    assert_eq!(
        paid,
        [Payment {
            amount: Money::new(11_900, "EUR"),
            account: "gocardless".to_owned(),
            booked_on: Date::constant(2026, 3, 25),
            value_on: Date::constant(2026, 3, 4),
            payer_name: None,
            payer_account: Some("MD0001".to_owned()),
            references: vec!["INV-11".to_owned(), "NORDLICHT-11".to_owned()],
            end_to_end_id: None,
            bank_reference: Some("PM0001".to_owned()),
            text: "Invoice INV-11".to_owned(),
            reason: None,
            notes: vec![
                Note::new("mandate", "MD0001"),
                Note::new("scheme", "sepa_core"),
                Note::new("cause", "The chargeback was reversed."),
            ],
        }]
    );
}

#[test]
fn amounts_are_minor_units_as_number_or_text() {
    assert_eq!(paid(&[("/amount", json!("11900"))]).unwrap().amount, Money::new(11_900, "EUR"));
    assert_eq!(paid(&[("/amount", json!(1)), ("/currency", json!("SEK"))]).unwrap().amount, Money::new(1, "SEK"));
    assert_eq!(refused(&[("/amount", json!("119.00"))]), "`119.00` is not an amount");
    assert_eq!(refused(&[("/amount", json!(0))]), "`0` is not an amount of a payment");
    assert_eq!(refused(&[("/amount", json!(-5))]), "`-5` is not an amount of a payment");
    assert!(refused(&[("/amount", json!(119.5))]).starts_with("the payment cannot be read"));
    assert_eq!(refused(&[("/currency", json!("JPY"))]), "what an amount in `JPY` means is not known to this plugin");
    assert_eq!(refused(&[("/currency", json!("eur"))]), "what an amount in `eur` means is not known to this plugin");
}

#[test]
fn references_are_those_of_the_configured_keys_and_the_statement() {
    let metadata = json!({"order": " A-1 ", "invoice": "NORDLICHT-11", "po": "P-9"});
    let named = [("/metadata", metadata)];
    assert_eq!(paid(&named).unwrap().references, ["NORDLICHT-11", "A-1"]);
    let own = Config { reference_keys: vec!["po".to_owned()], ..config() };
    let sight = sight(&event("confirmed"), Kind::Payments).unwrap().unwrap();
    let Fact::Received(paid) = sight.of_payment(&own, &payment(&named)).unwrap().fact else { panic!() };
    assert_eq!(paid[0].references, ["P-9", "NORDLICHT-11"]);
}

#[test]
fn days_are_those_of_utc_and_a_day_that_is_none_is_refused() {
    let without = paid(&[("/charge_date", Value::Null)]).unwrap();
    assert_eq!(without.value_on, without.booked_on);
    assert_eq!(refused(&[("/charge_date", json!("4.3.2026"))]), "`charge_date` is `4.3.2026`, which is no day");
    let late = changed(&event("confirmed"), &[("/created_at", json!("2026-03-04T23:59:59.999Z"))]);
    let told = sight(&late, Kind::Payments).unwrap().unwrap().of_payment(&config(), &payment(&[])).unwrap();
    assert_eq!(told.source.occurred_on, Date::constant(2026, 3, 4));
    assert_eq!(written("2026-03-04T05:06:07.089Z".parse().unwrap()), "2026-03-04T05:06:07.089Z");
}

#[test]
fn what_is_not_understood_is_refused() {
    let wrong = |changes: &[(&str, Value)]| sight(&changed(&event("confirmed"), changes), Kind::Payments).unwrap_err();
    assert_eq!(wrong(&[("/action", json!("odd"))]), "`odd` of a payment is not known");
    assert_eq!(wrong(&[("/created_at", json!("yesterday"))]), "`yesterday` is not an instant");
    assert_eq!(wrong(&[("/links", json!({}))]), "it names no payment");
    assert_eq!(sight(&event("odd"), Kind::Refunds).unwrap_err(), "`odd` of a refund is not known");
    for field in ["id", "created_at", "action"] {
        let mut holed = event("confirmed");
        holed.as_object_mut().unwrap().remove(field);
        assert!(sight(&holed, Kind::Payments).unwrap_err().contains(&format!("missing field `{field}`")));
    }
    for field in ["id", "amount", "currency"] {
        let mut holed = payment(&[]);
        holed.as_object_mut().unwrap().remove(field);
        let sight = sight(&event("confirmed"), Kind::Payments).unwrap().unwrap();
        assert!(sight.of_payment(&config(), &holed).unwrap_err().contains(&format!("missing field `{field}`")));
    }
    assert!(sight(&json!("EV1"), Kind::Payments).is_err());
    let place = refusal(&event("odd"), "payment", "why");
    assert_eq!((place.document.as_str(), place.place.as_str()), ("EV1", "PM0001"));
}

#[test]
fn words_that_change_at_gocardless_do_not_change_the_digest() {
    let sight = sight(&event("confirmed"), Kind::Payments).unwrap().unwrap();
    let digest = |changes: &[(&str, Value)]| sight.of_payment(&config(), &payment(changes)).unwrap().source.digest;
    let renamed = [("/description", json!("new")), ("/metadata", json!({})), ("/status", json!("failed"))];
    assert_eq!(digest(&[]), digest(&renamed));
    assert_ne!(digest(&[]), digest(&[("/amount", json!(1))]));
}
