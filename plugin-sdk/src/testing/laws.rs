//! The laws of a plugin that reads a folder: whatever happens between two pulls, every fact counts, and counts once.
#![allow(clippy::panic, reason = "a broken law fails the test")]

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::de::DeserializeOwned;

use super::Folder;
use crate::{Event, Kind, Page, Result, config};

/// Pulls that a few files may take; more is a plugin that never comes to an end.
const PULLS: usize = 1_000;

/// What the laws are tried on: a plugin's configuration, and good files in the folder that it pulls from.
///
/// `Laws { config: "{}", connection: "lists", folder: "results", files: &[("a.csv", A)] }.hold(<MyPlugin as Dialer>::pull)`
pub struct Laws<'a> {
    /// The configuration as JSON.
    pub config: &'a str,
    /// As the manifest names it.
    pub connection: &'a str,
    /// The folder within the connection; empty for its top.
    pub folder: &'a str,
    /// Name and content, at least one that gives events.
    pub files: &'a [(&'a str, &'a [u8])],
}

/// What makes an event the same when it comes again.
type Identity = (String, Option<String>, Option<String>);

impl Laws<'_> {
    /// Fails the test with the law that is broken.
    pub fn hold<C: DeserializeOwned, F: Clone + Debug + PartialEq>(
        &self,
        pull: fn(&C, Option<&str>) -> Result<Page<F>>,
    ) {
        self.unknown_keys_are_named::<C>();
        let config: C = config::parse(self.config).unwrap_or_else(|error| panic!("the configuration: {error}"));
        let pull = |cursor: Option<&str>| pull(&config, cursor).unwrap_or_else(|error| panic!("a pull: {error}"));

        let undisturbed = self.read_all(&pull, false);
        assert!(!undisturbed.is_empty(), "the files give no events, so that nothing would be proved");
        let distinct: BTreeSet<_> = undisturbed.iter().map(identity).collect();
        assert_eq!(distinct.len(), undisturbed.len(), "two events have one key");

        let interrupted = self.read_all(&pull, true);
        assert_eq!(interrupted, undisturbed, "a crash between pulls changes what is read");

        // The folders of the last run are still there: the same files come a second time.
        let folder = Folder { connection: self.connection.to_owned() };
        let before = folder.paths().len();
        self.put_all(&folder);
        let again = drain(&pull, false);
        assert_eq!(again, undisturbed, "the same file again gives other facts");
        assert_eq!(folder.paths().len(), before + self.files.len(), "a file of the same name was overwritten");
    }

    fn unknown_keys_are_named<C: DeserializeOwned>(&self) {
        let mut config: serde_json::Value =
            serde_json::from_str(self.config).unwrap_or_else(|error| panic!("the configuration: {error}"));
        config["no_such_key"] = true.into();
        match config::parse::<C>(&config.to_string()) {
            Ok(_) => panic!("an unknown key is taken: give `Config` `#[serde(deny_unknown_fields)]`"),
            Err(error) => assert!(
                error.kind == Kind::Misconfigured && error.message.contains("no_such_key"),
                "an unknown key is not named: {error}"
            ),
        }
    }

    fn read_all<F: Clone + Debug + PartialEq>(
        &self,
        pull: &impl Fn(Option<&str>) -> Page<F>,
        interrupted: bool,
    ) -> Vec<Event<F>> {
        let folder = Folder::new(self.connection);
        self.put_all(&folder);
        let events = drain(pull, interrupted);
        let start = if self.folder.is_empty() { String::new() } else { format!("{}/", self.folder) };
        for (name, _) in self.files {
            assert!(folder.get(&format!("{start}{name}")).is_none(), "`{name}` still lies where it was put");
            assert!(folder.get(&format!("{start}processed/{name}")).is_some(), "`{name}` did not go to `processed/`");
        }
        events
    }

    fn put_all(&self, folder: &Folder) {
        for (name, content) in self.files {
            let path = if self.folder.is_empty() { (*name).to_owned() } else { format!("{}/{name}", self.folder) };
            folder.put(&path, content);
        }
    }
}

/// Pulls until nothing is left. Interrupted: each answer is lost once before it is kept, as if the host had died.
fn drain<F: Clone + Debug + PartialEq>(pull: &impl Fn(Option<&str>) -> Page<F>, interrupted: bool) -> Vec<Event<F>> {
    let mut cursor: Option<String> = None;
    let mut events = Vec::new();
    for _ in 0..PULLS {
        let lost = interrupted.then(|| pull(cursor.as_deref()));
        let page = pull(cursor.as_deref());
        if let Some(lost) = lost {
            assert_eq!(lost, page, "the same cursor gives another page");
        }
        let ended = page.events.is_empty() && !page.progress.more && cursor.as_ref() == Some(&page.progress.cursor);
        events.extend(page.events);
        cursor = Some(page.progress.cursor);
        if ended {
            return events;
        }
    }
    panic!("still more to pull after {PULLS} pulls")
}

fn identity<F>(event: &Event<F>) -> Identity {
    (event.source.key.clone(), event.source.version.clone(), event.source.digest.clone())
}
