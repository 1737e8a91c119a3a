//! Signatures against the examples that their makers publish, and against everything that is nearly right.

#![allow(clippy::unwrap_used)] // a test may

use hooks::{APART_MAX, Doubt, Incoming, Known, Signature};
use proptest::prelude::*;

fn signature(text: &str) -> Signature {
    toml::from_str(text).unwrap()
}

/// A webhook and what is known, each part to be changed.
#[derive(Clone)]
struct Case {
    signature: Signature,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    secrets: Vec<String>,
    address: Option<String>,
    now: i64,
}

impl Case {
    fn new(text: &str, headers: &[(&str, &str)], body: &str, secret: &str) -> Self {
        Self {
            signature: signature(text),
            query: String::new(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: body.as_bytes().to_vec(),
            secrets: vec![secret.to_owned()],
            address: None,
            now: 0,
        }
    }

    fn prove(&self) -> Result<String, Doubt> {
        let secrets: Vec<&str> = self.secrets.iter().map(String::as_str).collect();
        let told = Incoming { query: &self.query, headers: &self.headers, body: &self.body };
        self.signature.prove(&told, &Known { secrets: &secrets, address: self.address.as_deref(), now: self.now })
    }
}

/// GitHub's documentation, "Validating webhook deliveries".
fn body_hmac() -> Case {
    let value = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    Case::new(
        "scheme = \"body-hmac\"\nheader = \"X-Hub-Signature-256\"\nencoding = \"hex\"\nprefix = \"sha256=\"",
        &[("x-hub-signature-256", value)],
        "Hello, World!",
        "It's a Secret to Everybody",
    )
}

/// Made by Python's `hmac` over the same bytes; the shape of Stripe's documentation, with the value of a retired key beside.
fn timed_hmac() -> Case {
    let value = "t=1614265330,v1=00ff,v1=dda3a55922d6b5ee6dc63508ae417655989b5944a6288e0d777461e16d018165,v0=6f";
    let mut case = Case::new(
        "scheme = \"timed-hmac\"\nheader = \"Stripe-Signature\"",
        &[("stripe-signature", value)],
        "{\"id\": \"evt_1\"}",
        "whsec_test",
    );
    case.now = 1_614_265_400;
    case
}

/// The specification's own example (standardwebhooks.com).
fn standard() -> Case {
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1a,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let mut case = Case::new("scheme = \"standard-webhooks\"", &headers, "{\"test\": 2432232314}", secret);
    case.now = 1_614_265_330;
    case
}

/// Twilio's documentation, "Validating Signatures from Twilio".
fn form_hmac() -> Case {
    let mut case = Case::new(
        "scheme = \"form-hmac\"\nheader = \"X-Twilio-Signature\"",
        &[("x-twilio-signature", "GvWf1cFY/Q7PnoempGyD5oXAezc=")],
        "To=%2B18005551212&From=%2B14158675310&Digits=1234&Caller=%2B14158675310&CallSid=CA1234567890ABCDE",
        "12345",
    );
    case.address = Some("https://mycompany.com/myapp.php".to_owned());
    case.query = "foo=1&bar=2".to_owned();
    case
}

/// The example of Adyen's libraries: `HmacValidator`.
fn item_hmac() -> Case {
    let text = r#"
scheme = "item-hmac"
items = "/notificationItems"
item = "/NotificationRequestItem"
fields = ["/pspReference", "/originalReference", "/merchantAccountCode", "/merchantReference", "/amount/value", "/amount/currency", "/eventCode", "/success"]
value = "/additionalData/hmacSignature"
"#;
    let body = r#"{"live": "false", "notificationItems": [{"NotificationRequestItem": {
        "additionalData": {"hmacSignature": "coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0="},
        "amount": {"value": 1130, "currency": "EUR"}, "pspReference": "7914073381342284", "eventCode": "AUTHORISATION",
        "merchantAccountCode": "TestMerchant", "merchantReference": "TestPayment-1407325143704", "success": "true"}}]}"#;
    Case::new(text, &[], body, "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056")
}

fn shared_secret() -> Case {
    let mut case = Case::new("scheme = \"shared-secret\"\nparameter = \"key\"", &[], "", "correct horse");
    case.query = "lead=7&key=correct+horse&status=SALE".to_owned();
    case
}

fn all() -> [Case; 6] {
    [body_hmac(), timed_hmac(), standard(), form_hmac(), item_hmac(), shared_secret()]
}

#[test]
fn the_makers_own_examples_are_believed() {
    for case in all() {
        assert!(case.prove().is_ok(), "{:?}: {:?}", case.signature, case.prove());
    }
}

#[test]
fn another_secret_is_not_believed_and_an_old_one_beside_a_new_one_is() {
    for case in all() {
        let other = if matches!(case.signature, Signature::ItemHmac { .. }) { "00ff" } else { "d2hhdCBlbHNl" };
        let wrong = Case { secrets: vec![other.to_owned()], ..case.clone() };
        assert_eq!(wrong.prove(), Err(Doubt::Forged), "{:?}", case.signature);
        let both = Case { secrets: vec![other.to_owned(), case.secrets[0].clone()], ..case.clone() };
        assert_eq!(both.prove(), case.prove());
        let none = Case { secrets: Vec::new(), ..case };
        assert_eq!(none.prove(), Err(Doubt::Forged));
    }
}

#[test]
fn what_has_no_proof_or_two_is_not_believed() {
    for mut case in all().into_iter().filter(|case| !case.headers.is_empty()) {
        let first = case.headers[0].clone();
        case.headers.push(first);
        assert!(matches!(case.prove(), Err(Doubt::Unsigned(_))), "{:?}", case.signature);
        case.headers.clear();
        assert!(matches!(case.prove(), Err(Doubt::Unsigned(_))), "{:?}", case.signature);
    }
    let mut twice = shared_secret();
    twice.query.push_str("&key=correct+horse");
    assert!(matches!(twice.prove(), Err(Doubt::Unsigned(_))));
}

#[test]
fn a_proof_of_another_time_is_not_believed() {
    for (case, at) in [(timed_hmac(), 1_614_265_330), (standard(), 1_614_265_330)] {
        for (now, is_near) in [
            (at - APART_MAX - 1, false),
            (at - APART_MAX, true),
            (at + APART_MAX, true),
            (at + APART_MAX + 1, false),
            (i64::MIN, false),
            (i64::MAX, false),
        ] {
            let answer = Case { now, ..case.clone() }.prove();
            assert_eq!(answer.is_ok(), is_near, "{now}");
            assert!(is_near || matches!(answer, Err(Doubt::Stale { .. })), "{answer:?}");
        }
        // The time is signed: it cannot be brought up to date by whoever kept the webhook.
        let mut late = Case { now: at + 10_000, ..case };
        for (_, value) in &mut late.headers {
            *value = value.replace("1614265330", &(at + 10_000).to_string());
        }
        assert_eq!(late.prove(), Err(Doubt::Forged));
    }
}

#[test]
fn the_same_one_has_the_same_key_and_another_one_another() {
    // The same event, sent and signed again a minute later.
    let mut again = timed_hmac();
    again.headers[0].1 = "t=1614265390,v1=30eccce9e33d0fc05d9012df13dca9858b0a1d53a5db23bf93073fc42e0a8707".to_owned();
    assert_eq!(again.prove(), timed_hmac().prove());
    let mut keys: Vec<String> = all().iter().map(|case| case.prove().unwrap()).collect();
    keys.extend(all().iter().map(|case| case.prove().unwrap()));
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), all().len());
    // The order of a form's fields and the secret in a query tell nothing.
    let mut form = form_hmac();
    let first = form.prove().unwrap();
    form.body =
        b"CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675310&Digits=1234&From=%2B14158675310".to_vec();
    assert_eq!(form.prove().unwrap(), first);
    let mut shared = shared_secret();
    let first = shared.prove().unwrap();
    shared.secrets = vec!["another secret".to_owned()];
    shared.query = "lead=7&key=another+secret&status=SALE".to_owned();
    assert_eq!(shared.prove().unwrap(), first);
}

#[test]
fn an_address_of_ours_that_is_signed_has_to_be_known() {
    let unknown = Case { address: None, ..form_hmac() };
    assert!(matches!(unknown.prove(), Err(Doubt::Unset(_))));
    let other = Case { address: Some("https://other.example/myapp.php".to_owned()), ..form_hmac() };
    assert_eq!(other.prove(), Err(Doubt::Forged));
}

#[test]
fn every_item_is_signed_or_nothing_is_believed() {
    let case = item_hmac();
    let text = String::from_utf8(case.body.clone()).unwrap();
    for (from, to) in [
        ("1130", "1131"),
        ("\"true\"", "\"false\""),
        ("TestMerchant", "Test:Merchant"),
        ("{\"NotificationRequestItem\"", "{\"Other\""),
        ("\"notificationItems\"", "\"items\""),
        ("hmacSignature", "signature"),
    ] {
        assert!(text.contains(from));
        let changed = Case { body: text.replacen(from, to, 1).into_bytes(), ..case.clone() };
        assert!(changed.prove().is_err(), "{from} -> {to}");
    }
    let item = &text[text.find("{\"NotificationRequestItem\"").unwrap()..text.rfind("]}").unwrap()];
    let second = item.replacen("1130", "9999", 1);
    let two = text.replacen(item, &format!("{item}, {second}"), 1);
    assert_eq!(Case { body: two.into_bytes(), ..case.clone() }.prove(), Err(Doubt::Forged));
    let none = Case { body: br#"{"notificationItems": []}"#.to_vec(), ..case };
    assert!(matches!(none.prove(), Err(Doubt::Malformed(_))));
}

#[test]
fn a_manifest_says_only_what_can_be() {
    for (text, told) in [
        ("scheme = \"none\"", "body-hmac"),
        ("scheme = \"body-hmac\"\nheader = \"x\"", "encoding"),
        ("scheme = \"body-hmac\"\nheader = \"x\"\nencoding = \"hex\"\nhash = \"md5\"", "sha256"),
        ("scheme = \"standard-webhooks\"\nheader = \"x\"", "header"),
    ] {
        let error = toml::from_str::<Signature>(text).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    for (text, told) in [
        ("scheme = \"timed-hmac\"\nheader = \"x y\"", "`x y`"),
        ("scheme = \"form-hmac\"\nheader = \"\"", "`signature.header`"),
        ("scheme = \"shared-secret\"", "either `header` or `parameter`"),
        ("scheme = \"shared-secret\"\nheader = \"a\"\nparameter = \"b\"", "either"),
        ("scheme = \"item-hmac\"\nitems = \"/a\"\nfields = []\nvalue = \"/b\"", "`signature.fields`"),
        ("scheme = \"item-hmac\"\nitems = \"a\"\nfields = [\"/c\"]\nvalue = \"/b\"", "`a`"),
    ] {
        let error = signature(text).check().unwrap_err();
        assert!(error.contains(told), "{error}");
    }
    assert!(all().iter().all(|case| case.signature.check().is_ok()));
}

proptest! {
    /// Whatever is changed in what is signed, it is not believed any more; and nothing that comes makes it fall over.
    #[test]
    fn a_change_is_noticed(n in 0_usize..5, at in 0_usize..1_000, bit in 0_u8..8) {
        let mut case = all()[n].clone();
        let place = at % case.body.len();
        case.body[place] ^= 1 << bit;
        let before = &all()[n].body;
        let same_form = |a: &[u8], b: &[u8]| {
            let sorted = |body: &[u8]| {
                let mut fields: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
                fields.sort();
                fields
            };
            sorted(a) == sorted(b)
        };
        match &case.signature {
            // Fields that are not signed, and spaces between them, say nothing.
            Signature::ItemHmac { .. } => { let _ = case.prove(); }
            Signature::FormHmac { .. } if same_form(&case.body, before) => {}
            _ => prop_assert!(case.prove().is_err()),
        }
    }

    #[test]
    fn nothing_that_comes_makes_it_fall_over(
        n in 0_usize..6,
        query in ".{0,60}",
        value in ".{0,80}",
        body in proptest::collection::vec(any::<u8>(), 0..200),
        secret in ".{0,40}",
    ) {
        let mut case = all()[n].clone();
        for (_, known) in &mut case.headers {
            known.clone_from(&value);
        }
        case.query = query;
        case.body = body;
        case.secrets = vec![secret];
        prop_assert!(case.prove().is_err());
    }
}
