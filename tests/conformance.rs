//! The conformance kit: a good plugin passes it, and each of these faults is found.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::languages::{does, new};
use crate::program::{run, stdout};

/// Builds the project and tries it.
fn tried(project: &str) -> Output {
    does(Path::new(project), &["cargo", "build", "--quiet", "--target", "wasm32-wasip2", "--profile", "plugin"]);
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages/wasm32-wasip2/plugin/gateway_acme.wasm");
    run(&["plugin", "test", project, "--component", &built.display().to_string()])
}

#[test]
fn a_good_plugin_passes_and_a_bad_one_is_found_out() {
    let folder = TempDir::new().unwrap();
    let project = new(folder.path(), "gateway", "rust");
    let good = tried(&project);
    assert!(good.status.success(), "{}", stdout(&good));
    for (fault, file, from, to, found) in [
        (
            "it falls over what it does not expect",
            "src/map.rs",
            "row.day.parse().map_err(|_| format!(\"`day` is `{}`; it is written like 2026-03-02\", row.day))?",
            "row.day.parse().expect(\"a day\")",
            &["FAILED damaged", "it panicked"][..],
        ),
        (
            "it names facts by where they stand on the page",
            "src/lib.rs",
            "Ok(event) => events.push(event),",
            "Ok(mut event) => { event.source.key = events.len().to_string(); events.push(event) }",
            &["FAILED reads", "keys"],
        ),
        (
            "it takes trouble for an empty page, and goes on behind it",
            "src/lib.rs",
            "let rows = read(config.page, after)?;",
            "let rows = match read(config.page, after) { Ok(rows) => rows, Err(_) => vec![serde_json::json!({\"id\": after + 8})] };",
            &["FAILED interrupted", "missing"],
        ),
        (
            "it has nobody look at a wrong credential",
            "src/lib.rs",
            ".send()?.ok()?.json()",
            ".send()?.ok().map_err(|error| Error::retry_later(error.message))?.json()",
            &["FAILED interrupted", "answers 401", "Misconfigured"],
        ),
        (
            "it takes every configuration",
            "src/lib.rs",
            "#[serde(deny_unknown_fields)]",
            "",
            &["FAILED configuration", "it takes it"],
        ),
    ] {
        let file = Path::new(&project).join(file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{fault}: {from}");
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        let bad = tried(&project);
        std::fs::write(&file, text).unwrap();
        let told = stdout(&bad);
        assert_eq!(bad.status.code(), Some(1), "{fault}: {told}");
        for part in found {
            assert!(told.contains(part), "{fault}: `{part}` is not in: {told}");
        }
    }
}
