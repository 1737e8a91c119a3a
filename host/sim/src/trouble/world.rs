//! What is outside of several real processes: a file to which every act is appended, as the other side would remember it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use engine::Connector;
use escalation::answer::{CallError, Called, Class, ErrorKind, Finding, Outcome, Page, Performs, Stated};
use escalation::request::{Batch, Request};
use escalation::{EffectKey, Role};
use store::valve::Rate;

/// The connection of a host to the world.
pub struct World {
    file: PathBuf,
    roles: BTreeSet<Role>,
}

/// What the world remembers: how often each effect was asked for, and how often it was done.
#[derive(Debug, Default)]
pub struct Memory {
    pub asked: BTreeMap<String, u32>,
    pub done: BTreeMap<String, u32>,
}

/// How the world performs: one kind by its key, one that can be asked about, all others neither.
pub fn class(kind: &str) -> Class {
    match kind {
        "post-cash-application" => Class::Native,
        "send" => Class::Lookup,
        _ => Class::None,
    }
}

impl World {
    pub fn new(file: &Path) -> Self {
        let roles = BTreeSet::from([Role::Accounting, Role::Dialer, Role::Agency, Role::Messenger]);
        Self { file: file.to_owned(), roles }
    }

    /// Does what it is asked for, with the file in its hands.
    fn act(&self, requests: &[Request]) -> std::io::Result<Vec<Outcome>> {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&self.file)?;
        file.lock()?;
        let memory = read(&mut file)?;
        let mut lines = String::new();
        for request in requests {
            let (key, kind) = (&request.key, request.ask.performed_by().1);
            lines += &format!("asked {kind} {key}\n");
            if class(kind) != Class::Native || !memory.done.contains_key(&named(kind, key)) {
                lines += &format!("done {kind} {key}\n");
            }
        }
        file.seek(SeekFrom::End(0))?;
        file.write_all(lines.as_bytes())?;
        let done = || Outcome::Done { reference: String::new(), stated: Stated::default() };
        Ok(requests.iter().map(|_| done()).collect())
    }
}

pub fn remembered(file: &Path) -> std::io::Result<Memory> {
    read(&mut OpenOptions::new().create(true).truncate(false).read(true).write(true).open(file)?)
}

fn named(kind: &str, key: &EffectKey) -> String {
    format!("{kind} {key}")
}

fn read(file: &mut File) -> std::io::Result<Memory> {
    let (mut text, mut memory) = (String::new(), Memory::default());
    file.seek(SeekFrom::Start(0))?;
    file.read_to_string(&mut text)?;
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("asked", what)) => *memory.asked.entry(what.to_owned()).or_default() += 1,
            Some(("done", what)) => *memory.done.entry(what.to_owned()).or_default() += 1,
            _ => return Err(std::io::Error::other(format!("`{line}` is no line of the world's memory"))),
        }
    }
    Ok(memory)
}

#[async_trait]
impl Connector for World {
    fn name(&self) -> &str {
        "world"
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        Some(Performs { class: class(kind), batch_max: 5, key_hours: None })
    }

    fn rate(&self) -> Option<Rate> {
        None
    }

    fn paused(&self) -> Option<String> {
        None
    }

    async fn pull(&self, _: Role, cursor: Option<&str>) -> Called<Page> {
        let cursor = cursor.unwrap_or("0").to_owned();
        let (received, refusals, totals) = (Vec::new(), Vec::new(), Vec::new());
        Called::plain(Ok(Page { received, cursor, more: false, refusals, totals }))
    }

    async fn perform(&self, _: &Batch, _: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        Called::plain(self.act(requests).map_err(|error| CallError {
            kind: ErrorKind::OutOfTime,
            message: format!("world: {error}"),
            hint: None,
            retry_after: None,
            last_words: String::new(),
        }))
    }

    async fn lookup(&self, _: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        let memory = remembered(&self.file).unwrap_or_default();
        let find = |key: &EffectKey| match memory.done.contains_key(&named("send", key)) {
            true => Finding::Done { reference: String::new(), stated: Stated::default() },
            false => Finding::Absent,
        };
        Called::plain(Ok(keys.iter().map(find).collect()))
    }
}
