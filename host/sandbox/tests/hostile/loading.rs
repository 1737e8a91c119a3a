//! What is refused before a guest runs, and whose compiled code is trusted.

use std::fs;

use escalation::effect::Role;
use sandbox::Bound;
use serde_json::json;

use crate::guest::{self, Kept, grant, manifest, runtime, runtime_with, wasm, with_api};
use crate::says;

/// Why the guest was not loaded.
async fn refusal(manifest: sandbox::Manifest, wasm: &[u8], grant: sandbox::Grant) -> String {
    match runtime().load("bad", manifest, wasm, grant, Kept::default().shared()).await {
        Ok(_) => panic!("it was loaded"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_guest_that_wants_the_file_system_or_the_network_is_not_loaded() {
    let told = refusal(manifest(), &wasm("file-system"), grant(json!({}))).await;
    says(
        &told,
        &["plugin `bad`: it imports `wasi:filesystem/", "which no plugin may have", "hint: ", "connection `files`"],
    );
    let told = refusal(manifest(), &wasm("network"), grant(json!({}))).await;
    says(&told, &["it imports `wasi:sockets/", "hint: plugins have no network"]);
}

#[tokio::test]
async fn an_import_that_was_not_granted_is_named() {
    let mut grant = grant(json!({}));
    grant.imports.remove("kv");
    says(&refusal(manifest(), &wasm(""), grant).await, &["it needs `kv`, which is not granted", "hint: grant it"]);
    let mut silent = manifest();
    silent.imports.remove("log");
    let mut grant = guest::grant(json!({}));
    grant.imports.remove("log");
    says(&refusal(silent, &wasm(""), grant).await, &["uses `log`, but its manifest does not ask for it"]);
}

#[tokio::test]
async fn a_grant_has_to_answer_what_the_manifest_asks() {
    let mut unbound = grant(json!({}));
    let folder = unbound.connections.remove("lists").unwrap();
    says(
        &refusal(manifest(), &wasm(""), unbound).await,
        &["connection `lists` is not bound", "something to break out of"],
    );
    let mut missing = grant(json!({}));
    missing.connections.insert("lists".to_owned(), Bound::Folder("nowhere".into()));
    says(
        &refusal(manifest(), &wasm(""), missing).await,
        &["connection `lists`: there is no folder", "hint: make the folder"],
    );
    let mut more = grant(json!({}));
    more.connections.insert("vault".to_owned(), folder);
    says(&refusal(manifest(), &wasm(""), more).await, &["no connection `vault`", "asks for `lists`"]);
    let mut less = manifest();
    less.imports.remove("kv");
    says(&refusal(less, &wasm(""), grant(json!({}))).await, &["`kv` is granted, but its manifest does not ask"]);
    let mut other = grant(json!({}));
    let binding = toml::from_str("url = \"https://api.example.com\"").unwrap();
    other.connections.insert("lists".to_owned(), Bound::System(Box::new(binding)));
    says(&refusal(manifest(), &wasm(""), other).await, &["connection `lists` is of the type `files`, not `http`"]);
}

#[tokio::test]
async fn a_system_has_to_be_one_that_may_be_reached() {
    let load = async |binding: &str| {
        let mut grant = grant(json!({}));
        grant.connections = [("api".to_owned(), Bound::System(Box::new(toml::from_str(binding).unwrap())))].into();
        grant.imports = with_api().imports;
        refusal(with_api(), &wasm(""), grant).await
    };
    says(
        &load("url = \"https://127.1/\"").await,
        &["connection `api`: `url`", "127.0.0.1", "allow = [\"127.0.0.1/32\"]"],
    );
    says(&load("url = \"https://a.example\"\nauth = \"bearer\"").await, &["connection `api`: `secret`: it is missing"]);
    says(&load("url = \"https://a.example\"\nca = \"none.pem\"").await, &["connection `api`: `ca`", "none.pem"]);
    says(
        &refusal(with_api(), &wasm(""), grant(json!({}))).await,
        &["connection `api` is not bound", "[connections.api]"],
    );
}

#[tokio::test]
async fn the_roles_of_manifest_and_component_must_agree() {
    let mut other = manifest();
    other.roles = [Role::Dialer, Role::Agency].into();
    says(
        &refusal(other, &wasm(""), grant(json!({}))).await,
        &["the role `agency`, but the component does not export it"],
    );
    let mut other = manifest();
    other.roles = [].into();
    says(
        &refusal(other, &wasm(""), grant(json!({}))).await,
        &["has the role `dialer`, but the manifest does not name it"],
    );
}

#[tokio::test]
async fn what_is_no_component_is_not_compiled() {
    for (bytes, part) in [
        (&b"#!/bin/sh"[..], "no wasm component"),
        (&b"\0asm\x01\0\0\0"[..], "core module"),
        (&b"\0asm\x0d\0\x01\0\xff\xff\xff"[..], "cannot be read"),
        (&wasm("")[..40_000], "cannot be read"),
        (&vec![0; (20 << 20) + 1], "larger than"),
    ] {
        says(&refusal(manifest(), bytes, grant(json!({}))).await, &[part]);
    }
}

#[tokio::test]
async fn a_tampered_cache_file_is_compiled_again_and_not_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let load = async || {
        let runtime = runtime_with(folder.path().to_owned());
        let plugin =
            runtime.load("cached", manifest(), &wasm(""), grant(json!({})), Kept::default().shared()).await.unwrap();
        assert!(plugin.check(Role::Dialer).await.result.is_ok());
    };
    load().await;
    let files = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let path = files.into_iter().find(|path| path.extension().is_some_and(|ext| ext == "cwasm")).unwrap();
    let good = fs::read(&path).unwrap();
    load().await;
    assert_eq!(fs::read(&path).unwrap(), good, "an honest file is used as it is");
    let mut bad = good.clone();
    let middle = bad.len() / 2;
    bad[middle..middle + 64].fill(0xcc);
    fs::write(&path, &bad).unwrap();
    load().await;
    assert_eq!(fs::read(&path).unwrap(), good, "it was compiled and written again");
}
