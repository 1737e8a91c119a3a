//! Builds the hostile guest once, and loads it under a name with a configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use async_trait::async_trait;
use escalation::request::{Ask, Batch, CallAsk, CallWithdrawal, Request};
use escalation::{DateTime, Money, Party};
use sandbox::{Bound, Grant, LimitsMax, Manifest, Memory, Plugin, Runtime, RuntimeOptions, SandboxError, Told};
use serde_json::Value;

const TARGET: &str = "wasm32-wasip2";

pub fn manifest() -> Manifest {
    let text = r#"
        id = "hostile"
        version = "0.1.0"
        contract = "0.1"
        summary = "behaves badly"
        roles = ["dialer"]
        imports = ["files", "http", "kv", "log", "webhooks"]
        [[connection]]
        name = "lists"
        type = "files"
        purpose = "something to break out of"
        [performs.queue-call]
        class = "none"
        batch_max = 5
        [limits]
        cpu_ms = 200
        wall_ms = 5000
        memory_mib = 16
    "#;
    Manifest::parse(text, "plugin.toml").unwrap()
}

/// The same with a system instead of a folder.
pub fn with_api() -> Manifest {
    let mut manifest = manifest();
    let api = "name = \"api\"\ntype = \"http\"\npurpose = \"x\"\nmethods = [\"GET\", \"POST\"]\npaths = [\"/v1/\"]";
    manifest.connections = vec![toml::from_str(api).unwrap()];
    manifest
}

/// The hostile guest, built with a feature of its crate or none.
pub fn wasm(feature: &str) -> Vec<u8> {
    static BUILT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let target_dir = target_dir().join("guests");
    let kept = target_dir.join(format!("hostile-{feature}.wasm"));
    if !built.contains(feature) {
        add_target();
        let done = Command::new(std::env::var("CARGO").unwrap())
            .args([
                "build",
                "--quiet",
                "--target",
                TARGET,
                "--profile",
                "plugin",
                "-p",
                "hostile",
                "--features",
                feature,
            ])
            .arg("--target-dir")
            .arg(&target_dir)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap())
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        std::fs::copy(target_dir.join(TARGET).join("plugin/hostile.wasm"), &kept).unwrap();
        built.insert(feature.to_owned());
    }
    std::fs::read(kept).unwrap()
}

/// Where cargo does not fetch targets by itself, it is done here.
fn add_target() {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap().stdout;
    let sysroot = PathBuf::from(String::from_utf8(sysroot).unwrap().trim());
    if !sysroot.join("lib/rustlib").join(TARGET).is_dir() {
        eprintln!("the target {TARGET} is missing: running `rustup target add {TARGET}`");
        assert!(Command::new("rustup").args(["target", "add", TARGET]).status().unwrap().success());
    }
}

/// Compiled guests stay here, so that later runs need not compile them again.
pub fn target_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| runtime_with(target_dir().join("compiled")))
}

pub fn runtime_with(cache_dir: PathBuf) -> Runtime {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let secrets = egress::Secrets::new(egress::Vault::open(&cache_dir).unwrap(), &cache_dir);
    Runtime::new(RuntimeOptions { cache_dir, zone, limits: LimitsMax::default(), secrets }).unwrap()
}

/// Everything granted; the connection is an empty folder under target.
pub fn grant(config: Value) -> Grant {
    let folder = target_dir().join("lists");
    std::fs::create_dir_all(&folder).unwrap();
    Grant {
        connections: BTreeMap::from([("lists".to_owned(), Bound::Folder(folder))]),
        config,
        imports: manifest().imports,
    }
}

pub async fn load(name: &str, config: Value) -> Plugin {
    load_as(name, manifest(), config, &Kept::default()).await.unwrap()
}

pub async fn load_as(name: &str, manifest: Manifest, config: Value, kept: &Kept) -> Result<Plugin, SandboxError> {
    runtime().load(name, manifest, &wasm(""), grant(config), kept.shared()).await
}

/// The host's store of what plugins remember.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<BTreeMap<String, Vec<u8>>>>, Arc<Mutex<Vec<String>>>);

impl Kept {
    pub fn set(&self, key: &str, value: Vec<u8>) {
        self.0.lock().unwrap().insert(key.to_owned(), value);
    }

    /// The host takes a webhook for the plugin.
    pub fn hear(&self, told: &Told) {
        self.1.lock().unwrap().push(told.to_text());
    }

    pub fn shared(&self) -> Arc<dyn Memory> {
        Arc::new(self.clone())
    }
}

#[async_trait]
impl Memory for Kept {
    async fn get(&self, _plugin: &str, key: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(self.0.lock().unwrap().get(key).cloned())
    }

    async fn size(&self, _plugin: &str) -> Result<u64, String> {
        Ok(self.0.lock().unwrap().iter().map(|(key, value)| (key.len() + value.len()) as u64).sum())
    }

    async fn heard(&self, _plugin: &str, after: i64, limit: u32) -> Result<Vec<(i64, DateTime, String)>, String> {
        let at: DateTime = "2026-03-02T09:00:00".parse().unwrap();
        let rows = (1..).zip(self.1.lock().unwrap().clone()).filter(|(place, _)| *place > after);
        Ok(rows.take(limit as usize).map(|(place, text)| (place, at, text)).collect())
    }
}

pub fn batch() -> Batch {
    let creditor = Party { id: "nordlicht".to_owned(), name: "Nordlicht Handel GmbH".to_owned(), ..Party::default() };
    Batch { id: "b-1".to_owned(), at: "2026-03-02T09:00:00".parse().unwrap(), creditor }
}

pub fn requests(count: usize) -> Vec<Request> {
    (0..count).map(request).collect()
}

/// About one kilobyte of a call to be made.
pub fn request(n: usize) -> Request {
    let line = |length: usize| "x".repeat(length);
    let ask = CallAsk {
        account: "C-1".into(),
        debtor: Party {
            id: "C-1".to_owned(),
            name: line(60),
            address: vec![line(100); 4],
            phone: Some("+49 40 1234567".to_owned()),
            ..Party::default()
        },
        phone: "+49 40 1234567".to_owned(),
        rank: 1,
        overdue: Money::new(120_000, escalation::Currency::EUR),
        days_past_due: 8,
        items: Vec::new(),
        reason: line(400),
        expires_on: "2026-03-20".parse().unwrap(),
    };
    Request { key: format!("call:{n}").as_str().into(), ask: Ask::QueueCall(ask) }
}

pub fn withdrawal() -> Request {
    let ask = CallWithdrawal {
        call: "call:0".into(),
        account: "C-1".into(),
        phone: "+49 40 1234567".to_owned(),
        reason: "paid".to_owned(),
    };
    Request { key: "withdraw:0".into(), ask: Ask::WithdrawCall(ask) }
}
