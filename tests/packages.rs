//! A plugin as a package: packed, signed, looked at, allowed, taken up by a running hub, and taken back.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use escalation::Role;
use server::clock::SystemClock;
use server::config::Config;
use server::hub::Desked;
use tempfile::TempDir;

use crate::program::{run, stderr, stdout};
use crate::workspace;

/// A workspace, and an author who has a key.
struct House {
    folder: TempDir,
    author: TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { folder: workspace::fresh(), author: TempDir::new().unwrap() };
        good(&run(&["plugin", "key", &house.at("key")]));
        house
    }

    /// A file of the author's.
    fn at(&self, file: &str) -> String {
        self.author.path().join(file).display().to_string()
    }

    fn config(&self) -> String {
        self.folder.path().join("dunlin.toml").display().to_string()
    }

    /// A package of `dialer-file` whose manifest was changed.
    fn packed(&self, name: &str, change: impl FnOnce(String) -> String) -> String {
        let source = workspace::components().join("dialer-file");
        let folder = self.author.path().join(format!("of-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(source.join("dialer-file.wasm"), folder.join("dialer-file.wasm")).unwrap();
        std::fs::write(folder.join("LICENSE"), "Apache-2.0").unwrap();
        let manifest = std::fs::read_to_string(source.join("plugin.toml")).unwrap();
        std::fs::write(folder.join("plugin.toml"), change(manifest)).unwrap();
        let package = self.at(&format!("{name}.dunlin"));
        let out = run(&["plugin", "pack", &folder.display().to_string(), "--out", &package, "--key", &self.at("key")]);
        good(&out);
        package
    }

    fn plugin(&self, act: &str, on: &str, more: &[&str]) -> Output {
        let config = self.config();
        let mut arguments = vec!["plugin", act, on, "--config", &config, "--who", "kim"];
        arguments.extend(more);
        run(&arguments)
    }

    fn list(&self) -> String {
        stdout(&run(&["plugin", "list", "--config", &self.config()]))
    }

    fn cached(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("cache")).unwrap().count()
    }
}

#[track_caller]
fn good(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    stdout(output)
}

#[track_caller]
fn refused(output: &Output, told: &[&str]) {
    let text = stderr(output);
    assert!(!output.status.success(), "{text}");
    for part in told {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

fn version(to: &'static str) -> impl FnOnce(String) -> String {
    move |manifest| manifest.replacen("version = \"0.1.0\"", &format!("version = \"{to}\""), 1)
}

#[test]
fn a_package_waits_until_somebody_allows_it_and_an_upgrade_only_if_it_asks_for_more() {
    let house = House::new();
    good(&house.plugin("forget", "dialer-file", &[]));
    let told = good(&house.plugin("install", &house.packed("one", version("1.0.0")), &[]));
    assert!(told.contains("waits") && told.contains("performs `queue-call`"), "{told}");
    assert!(told.contains("dunlin plugin approve dialer-file"), "{told}");
    assert!(house.list().contains("dialer-file, not allowed yet"), "{}", house.list());
    let compiled = house.cached();
    good(&house.plugin("approve", "dialer-file", &[]));
    assert!(house.list().contains("dialer-file 1.0.0"), "{}", house.list());
    // What the process of its own compiled is what the hub runs.
    good(&run(&["plugin", "check", "--config", &house.config()]));
    assert_eq!(house.cached(), compiled);

    let told = good(&house.plugin("install", &house.packed("two", version("1.1.0")), &[]));
    assert!(told.contains("asks for nothing more than before"), "{told}");
    let greedy = house.packed("three", |manifest| {
        version("2.0.0")(manifest.replacen("imports = [\"files\"", "imports = [\"kv\", \"files\"", 1))
    });
    let told = good(&house.plugin("install", &greedy, &[]));
    assert!(told.contains("waits") && told.contains("uses `kv`") && !told.contains("uses `files`"), "{told}");
    let list = house.list();
    assert!(list.contains("dialer-file 1.1.0") && list.contains("2.0.0 waits; it asks for uses `kv`"), "{list}");
    good(&house.plugin("approve", "dialer-file", &[]));
    assert!(house.list().contains("dialer-file 2.0.0"));
    good(&house.plugin("roll-back", "dialer-file", &[]));
    let list = house.list();
    assert!(list.contains("dialer-file 1.1.0") && list.contains("2.0.0 waits"), "{list}");
}

#[test]
fn what_is_forged_unsigned_or_somebody_elses_is_not_installed() {
    let house = House::new();
    let package = house.packed("one", version("1.0.0"));
    good(&house.plugin("install", &package, &[]));
    good(&house.plugin("approve", "dialer-file", &[]));

    let mut bytes = std::fs::read(&package).unwrap();
    let last = bytes.len() - 3_000;
    bytes[last] ^= 1;
    std::fs::write(house.at("forged.dunlin"), &bytes).unwrap();
    refused(&house.plugin("install", &house.at("forged.dunlin"), &[]), &["forged.dunlin", "signature does not fit"]);
    std::fs::write(house.at("rubbish.dunlin"), "PK\u{3}\u{4}").unwrap();
    refused(&house.plugin("install", &house.at("rubbish.dunlin"), &[]), &["is no package"]);
    refused(&house.plugin("install", &house.at("nowhere.dunlin"), &[]), &["nowhere.dunlin"]);
    refused(&house.plugin("install", &package, &["--sha256", "00"]), &["not 00", "nothing was installed"]);
    refused(&house.plugin("install", "https://127.0.0.1/x.dunlin", &[]), &["127.0.0.1"]);
    refused(&house.plugin("install", "http://example.com/x.dunlin", &[]), &["not encrypted"]);

    // Another key for the same plugin.
    good(&run(&["plugin", "key", &house.at("other-key")]));
    let other = house.packed("other", version("1.0.1"));
    good(&run(&["plugin", "sign", &other, "--key", &house.at("other-key")]));
    refused(&house.plugin("install", &other, &[]), &["is published by ed25519:", "is signed by ed25519:", "forget"]);
    // A lie about what it can do is found before anything is compiled.
    let pack = |change: &str| {
        let folder = house.author.path().join("of-one");
        let manifest = std::fs::read_to_string(folder.join("plugin.toml")).unwrap();
        std::fs::write(folder.join("plugin.toml"), manifest.replace("roles = [\"dialer\"]", change)).unwrap();
        let out = run(&["plugin", "pack", &folder.display().to_string(), "--out", &house.at("lie.dunlin")]);
        std::fs::write(folder.join("plugin.toml"), manifest).unwrap();
        out
    };
    refused(&pack("roles = [\"dialer\", \"gateway\"]"), &["role `gateway`", "does not export it"]);
    assert!(house.list().contains("dialer-file 1.0.0"), "what was allowed stays");
    assert!(!house.list().contains("waits"), "{}", house.list());
}

#[test]
fn what_was_changed_behind_the_hubs_back_does_not_run() {
    let house = House::new();
    let check = || run(&["plugin", "check", "--config", &house.config()]);
    good(&check());
    let file = house.folder.path().join("components/dialer-file/plugin.toml");
    let manifest = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, manifest.replace("\"files\", \"log\"", "\"files\", \"kv\", \"log\"")).unwrap();
    refused(&check(), &["dialer-file.toml", "plugin.toml of `dialer-file` is not the one that was allowed", "approve"]);
    std::fs::write(&file, &manifest).unwrap();
    let wasm = house.folder.path().join("components/dialer-file/dialer-file.wasm");
    let other = workspace::components().join("agency-file/agency-file.wasm");
    std::fs::copy(other, wasm).unwrap();
    refused(&check(), &["component of `dialer-file` is not the one that was allowed"]);
    good(&house.plugin("forget", "dialer-file", &[]));
    refused(&check(), &["`dialer-file` was never allowed"]);
}

async fn hub(folder: &Path) -> Desked {
    let config = Config::read(&folder.join("dunlin.toml")).unwrap();
    let clock = Arc::new(SystemClock::new(config.zone.clone()));
    let started = server::start::start(&config, clock).await.unwrap();
    Desked::new(Arc::new(started.engine), started.plugins).renewed_by(started.upgrades)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_hub_takes_a_new_version_up_and_goes_back_when_it_keeps_failing() {
    let house = House::new();
    let hub = hub(house.folder.path()).await;
    let dialer = hub.plugins.iter().find(|plugin| plugin.name() == "dialer-file").unwrap().clone();
    let runs = || dialer.manifest().version.clone();
    let works = async || dialer.pull(Role::Dialer, None).await.result.is_ok();
    assert!(works().await);

    good(&house.plugin("install", &house.packed("one", version("1.0.0")), &[]));
    hub.renew().await;
    assert_eq!(runs(), "0.1.0", "it waits");
    good(&house.plugin("approve", "dialer-file", &[]));
    assert_eq!(runs(), "0.1.0", "until the next turn");
    hub.renew().await;
    assert_eq!(runs(), "1.0.0");
    assert!(works().await);

    // The next one has no room for what comes.
    let small = house.packed("two", |manifest| {
        let limits = manifest.find("[limits]").unwrap();
        version("1.0.1")(format!("{}[limits]\nmemory_mib = 2\n", &manifest[..limits]))
    });
    let told = good(&house.plugin("install", &small, &[]));
    assert!(told.contains("asks for nothing more"), "{told}");
    hub.renew().await;
    assert_eq!(runs(), "1.0.1");
    let results = house.folder.path().join("exchange/dialer/results");
    std::fs::create_dir_all(&results).unwrap();
    std::fs::write(results.join("large.csv"), "x\n".repeat(1 << 20)).unwrap();
    for _ in 0..2 {
        assert!(!works().await);
    }
    hub.renew().await;
    assert_eq!(runs(), "1.0.1", "two failures may happen");
    assert!(!works().await);
    hub.renew().await;
    assert_eq!(runs(), "1.0.0");
    assert!(works().await);
    let list = house.list();
    assert!(list.contains("dialer-file 1.0.0") && list.contains("1.0.1 waits"), "{list}");
    // What waits is not taken up by itself again.
    hub.renew().await;
    assert_eq!(runs(), "1.0.0");
}
