//! `dunlin plugin new`, in every language: the project's own tests pass, and its component is packed, installed, allowed and called by
//! a hub.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use escalation::Role;
use serde_json::Value;
use server::clock::SystemClock;
use server::config::Config;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::program::{root, run, stderr};
use crate::workspace;

const PAGE: &str = include_str!("../plugin-sdk/templates/rust/fixtures/page.json");

/// Runs a command in a folder, and fails with what it said.
pub fn does(folder: &Path, words: &[&str]) {
    let mut command = Command::new(words[0]);
    command.current_dir(folder).args(&words[1..]);
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages"));
    // What the outer cargo says of its own package is not for the inner one.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "CARGO_TARGET_TMPDIR" {
            command.env_remove(name);
        }
    }
    let done = command.output().unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{words:?}: {}{}", said(&done.stdout), said(&done.stderr));
}

#[track_caller]
fn dunlin(words: &[&str]) {
    let done = run(words);
    assert!(done.status.success(), "{words:?}: {}", stderr(&done));
}

/// A new project, in a folder of its own.
pub fn new(folder: &Path, role: &str, language: &str) -> String {
    let name = format!("{role}-acme");
    let project = folder.join(&name).display().to_string();
    let sdk = root().join("plugin-sdk").display().to_string();
    dunlin(&["plugin", "new", &name, "--role", role, "--lang", language, "--dir", &project, "--sdk", &sdk]);
    project
}

/// Acme: what comes behind `after`, as many as are asked for, for who has the key.
async fn acme() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = vec![0; 16 << 10];
                while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
                    let number = |name: &str| {
                        let from = text.find(&format!("{name}=")).unwrap() + name.len() + 1;
                        text[from..].split(['&', ' ']).next().unwrap().parse::<u64>().unwrap()
                    };
                    let rows: Vec<Value> = serde_json::from_str(PAGE).unwrap();
                    let behind = rows.into_iter().filter(|row| row["id"].as_u64().unwrap() > number("after"));
                    let page: Vec<Value> = behind.take(number("limit") as usize).collect();
                    let body = serde_json::to_string(&page).unwrap();
                    let status = if text.contains("authorization: Bearer key-of-acme") { "200 OK" } else { "401 No" };
                    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all(format!("{head}{body}").as_bytes()).await.ok();
                }
            });
        }
    });
    url
}

/// Packs, installs, allows and runs it.
async fn runs(project: &str, component: &str) {
    let folder = workspace::fresh();
    let at = |file: &str| folder.path().join(file).display().to_string();
    let (config, key, package) = (at("dunlin.toml"), at("author"), at("acme.dunlin"));
    std::fs::write(Path::new(project).join("LICENSE"), "Apache-2.0").unwrap();
    dunlin(&["plugin", "key", &key]);
    dunlin(&["plugin", "pack", project, "--component", component, "--key", &key, "--out", &package]);
    dunlin(&["plugin", "install", &package, "--who", "kim", "--config", &config]);
    dunlin(&["plugin", "approve", "dialer-acme", "--who", "kim", "--config", &config]);
    std::fs::write(folder.path().join("key"), "key-of-acme").unwrap();
    let file = format!(
        "plugin = \"dialer-acme\"\n[connections.api]\nurl = \"{}\"\nallow = [\"127.0.0.1/32\"]\nauth = \"bearer\"\n\
         secret = {{ file = \"key\" }}\n[config]\npage = 2\n",
        acme().await
    );
    std::fs::write(folder.path().join("plugins/acme.toml"), file).unwrap();

    let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
    let clock = Arc::new(SystemClock::new(config.zone.clone()));
    let started = server::start::start(&config, clock).await.unwrap();
    let plugin = started.plugins.iter().find(|plugin| plugin.name() == "acme").unwrap();
    let page = plugin.pull(Role::Dialer, None).await;
    assert!(page.log[0].starts_with("info: api: GET /events: 200"), "{:?}", page.log);
    let page = page.result.unwrap();
    let keys: Vec<&str> = page.received.iter().map(|received| received.source.key.as_str()).collect();
    assert_eq!((keys, page.more, page.cursor.as_str()), (vec!["7"], true, "8"));
    assert!(page.refusals[0].place == "event 8" && page.refusals[0].reason.contains("day"), "{:?}", page.refusals);

    started.engine.turn().await.unwrap();
    let aside = started.engine.store.quarantine(10).await.unwrap();
    let mut told: Vec<String> = aside.iter().map(|one| format!("{}: {}", one.place, one.text)).collect();
    told.sort();
    // What a template says is nothing that the hub knows; what it could not read it gave a reason for.
    assert_eq!(told[0], "event 7: the kind `greeting` is not known to this version");
    assert!(told[1].starts_with("event 8: ") && told[1].contains("day"), "{told:?}");
    assert_eq!(told[2..], ["event 9: the kind `farewell` is not known to this version"]);
    assert_eq!(started.engine.store.cursor("acme").await.unwrap().as_deref(), Some("9"));
    let before = plugin.health();
    assert_eq!((before.failures, before.last_error), (0, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn rust() {
    let folder = TempDir::new().unwrap();
    let project = new(folder.path(), "dialer", "rust");
    does(Path::new(&project), &["cargo", "test", "--quiet"]);
    // One SDK for all of them: what differs is the role.
    for role in Role::ALL.iter().filter(|role| **role != Role::Dialer) {
        let other = new(folder.path(), role.as_str(), "rust");
        does(Path::new(&other), &["cargo", "test", "--quiet"]);
    }
    does(Path::new(&project), &["cargo", "build", "--quiet", "--target", "wasm32-wasip2", "--profile", "plugin"]);
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages/wasm32-wasip2/plugin/dialer_acme.wasm");
    runs(&project, &built.display().to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Node and npm"]
async fn javascript() {
    let folder = TempDir::new().unwrap();
    let project = new(folder.path(), "dialer", "js");
    for words in
        [&["npm", "install", "--silent"][..], &["npm", "test", "--silent"], &["npm", "run", "--silent", "build"]]
    {
        does(Path::new(&project), words);
    }
    runs(&project, &format!("{project}/dialer-acme.wasm")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Python with venv"]
async fn python() {
    let folder = TempDir::new().unwrap();
    let project = new(folder.path(), "dialer", "python");
    let at = Path::new(&project);
    does(at, &["python3", "-m", "venv", "venv"]);
    does(at, &["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "requirements.txt"]);
    does(at, &["venv/bin/python", "-m", "unittest", "--quiet"]);
    does(at, &["bash", "-c", "PATH=$PWD/venv/bin:$PATH ./build.sh"]);
    runs(&project, &format!("{project}/dialer-acme.wasm")).await;
}

#[test]
fn a_name_that_cannot_be_and_a_folder_that_is_there_are_refused() {
    let folder = TempDir::new().unwrap();
    let there = folder.path().join("there").display().to_string();
    std::fs::create_dir(&there).unwrap();
    for (name, role, told) in [
        ("Acme", "dialer", "`Acme` is no name of a plugin"),
        ("../acme", "dialer", "is no name of a plugin"),
        ("acme-", "dialer", "is no name of a plugin"),
        ("acme", "barber", "accounting, gateway"),
        ("acme", "dialer", "is there already"),
    ] {
        let done = run(&["plugin", "new", name, "--role", role, "--lang", "js", "--dir", &there]);
        assert!(!done.status.success() && stderr(&done).contains(told), "{name}: {}", stderr(&done));
    }
    assert_eq!(std::fs::read_dir(&there).unwrap().count(), 0);
}
