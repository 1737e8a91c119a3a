//! The connection `webhooks`: what is believed, what a guest may read of it, and what is not told at all.

use escalation::answer::{ErrorKind, Outcome};
use escalation::effect::Role;
use sandbox::{Bound, Doubted, Grant, Manifest, Plugin, SandboxError, Told};
use serde_json::{Value, json};

use crate::guest::{self, Kept, requests, runtime, wasm};
use crate::says;

fn listening() -> Manifest {
    let mut manifest = guest::manifest();
    let news = "name = \"news\"\ntype = \"webhooks\"\npurpose = \"x\"\nanswer = \"[accepted]\"\n\
                signature = { scheme = \"shared-secret\", parameter = \"key\" }";
    manifest.connections = vec![toml::from_str(news).unwrap()];
    manifest
}

fn grant(config: Value, ear: Option<&str>) -> Grant {
    let mut grant = guest::grant(config);
    grant.connections.clear();
    grant.connections.extend(ear.map(|ear| ("news".to_owned(), Bound::Webhooks(toml::from_str(ear).unwrap()))));
    grant.imports = listening().imports;
    grant
}

const EAR: &str = "webhook = { command = [\"printf\", \"correct-horse\"] }";

async fn load(config: Value, ear: Option<&str>, kept: &Kept) -> Result<Plugin, SandboxError> {
    runtime().load("listener", listening(), &wasm(""), grant(config, ear), kept.shared()).await
}

fn told(key: &str, body: &str) -> Told {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Told {
        query: format!("lead=7&key={key}"),
        headers: vec![header("authorization", "Bearer mine"), header("x-lead", "seven"), header("cookie", "a=b")],
        body: body.as_bytes().to_vec(),
    }
}

async fn reads(config: Value, ear: Option<&str>, kept: &Kept) -> Result<String, (ErrorKind, String)> {
    let plugin = load(config, ear, kept).await.unwrap();
    let called = plugin.perform(&guest::batch(), Role::Dialer, &requests(1)).await;
    match called.result.map_err(|error| (error.kind, error.message))?.into_iter().next().unwrap() {
        Outcome::Done { reference, .. } => Ok(reference),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_what_is_proven_is_believed() {
    let plugin = load(json!({}), Some(EAR), &Kept::default()).await.unwrap();
    assert_eq!(plugin.listens().as_deref(), Some("[accepted]"));
    let key = plugin.believe(&told("correct-horse", "a"), 0).await.unwrap();
    assert_ne!(plugin.believe(&told("correct-horse", "b"), 0).await.unwrap(), key);
    let forged = plugin.believe(&told("wrong", "a"), 0).await.unwrap_err();
    assert!(matches!(forged, Doubted::Proof(_)) && !format!("{forged:?} {forged}").contains("horse"), "{forged}");
    let long =
        plugin.believe(&Told { body: vec![0; (1 << 20) + 1], ..told("correct-horse", "") }, 0).await.unwrap_err();
    says(&long.to_string(), &["its body has 1048577 bytes", "1048576"]);
    let gone = load(json!({}), Some("webhook = { env = \"NO_SUCH_VARIABLE\" }"), &Kept::default()).await.unwrap();
    let error = gone.believe(&told("correct-horse", "a"), 0).await.unwrap_err();
    says(&error.to_string(), &["NO_SUCH_VARIABLE", "is not set"]);
}

#[tokio::test]
async fn nobody_may_tell_what_the_operator_did_not_bind() {
    let kept = Kept::default();
    kept.hear(&told("x", "from a time when somebody might"));
    let plugin = load(json!({}), None, &kept).await.unwrap();
    assert_eq!(plugin.listens(), None);
    assert_eq!(plugin.believe(&told("correct-horse", "a"), 0).await, Err(Doubted::Nobody));
    assert_eq!(reads(json!({"do": "hear"}), None, &kept).await.unwrap(), "call:0");
}

#[tokio::test]
async fn a_guest_reads_in_order_and_sees_no_credential() {
    let kept = Kept::default();
    for body in ["one", "two", "three"] {
        kept.hear(&Told { query: "lead=7".to_owned(), ..told("", body) });
    }
    let seen = reads(json!({"do": "hear", "limit": 2}), Some(EAR), &kept).await.unwrap();
    assert_eq!(seen, "1 ?lead=7 x-lead=seven one; 2 ?lead=7 x-lead=seven two");
    let rest = reads(json!({"do": "hear", "after": "2"}), Some(EAR), &kept).await.unwrap();
    assert_eq!(rest, "3 ?lead=7 x-lead=seven three");
    for (act, says_so) in [
        (json!({"do": "hear", "after": "two"}), "is no `id` of a webhook"),
        (json!({"do": "hear", "connection": "vault"}), "by the connection `news`"),
    ] {
        let (kind, message) = reads(act, Some(EAR), &kept).await.unwrap_err();
        assert_eq!(kind, ErrorKind::Refused);
        says(&message, &[says_so]);
    }
    // Large ones come a few at a time.
    let large = Kept::default();
    for _ in 0..4 {
        large.hear(&told("", &"x".repeat(1 << 20)));
    }
    let seen = reads(json!({"do": "hear"}), Some(EAR), &large).await;
    assert_eq!(seen.unwrap().matches("x-lead").count(), 1);
}

#[tokio::test]
async fn a_binding_of_another_kind_is_refused_with_what_to_write() {
    let mut wrong = grant(json!({}), None);
    let binding = Box::new(toml::from_str("url = \"https://api.example.com\"").unwrap());
    wrong.connections.insert("news".to_owned(), Bound::System(binding));
    let error =
        runtime().load("listener", listening(), &wasm(""), wrong, Kept::default().shared()).await.err().unwrap();
    says(&error.to_string(), &["connection `news` is of the type `webhooks`, not `http`", "`webhook = \"...\"`"]);
    let mut signs_address = listening();
    signs_address.connections[0].signature =
        Some(toml::from_str("scheme = \"form-hmac\"\nheader = \"x-signature\"").unwrap());
    let error = runtime()
        .load("listener", signs_address, &wasm(""), grant(json!({}), Some(EAR)), Kept::default().shared())
        .await
        .err()
        .unwrap();
    says(&error.to_string(), &["signs the address", "`address = \"https://...\"`"]);
}
