//! A host's connection to a provider or source, with all that can happen on the way.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use engine::Connector;
use escalation::answer::{CallError, Called, ErrorKind, Finding, Outcome, Page, Performs};
use escalation::request::{Batch, Request};
use escalation::{DateTime, EffectKey, Role};
use store::valve::Rate;

use crate::fate::Fate;
use crate::gate::{Gate, Point};
use crate::town::{Manner, Town};

pub struct Link {
    pub name: &'static str,
    pub roles: BTreeSet<Role>,
    pub rate: Option<Rate>,
    pub town: Town,
    pub gate: Gate,
    pub fate: Fate,
    pub host: String,
}

/// Entries of a page at most.
const PAGE_MAX: usize = 4;

/// The connections of the town, and what they are for.
pub const LINKS: [(&str, Role); 5] = [
    ("books", Role::Accounting),
    ("bank", Role::Gateway),
    ("phone", Role::Dialer),
    ("agency", Role::Agency),
    ("post", Role::Messenger),
];

impl Link {
    fn manner(&self) -> Manner {
        if self.fate.is_calm() || self.fate.lock().trouble == 0 {
            return Manner::Good;
        }
        let (manner, fault) = match self.fate.below(40) {
            0 | 1 => (Manner::ActsThenSilent, "provider acts, then times out"),
            2 => (Manner::HalfThenSilent, "provider does half, then times out"),
            3 => (Manner::Silent, "provider times out"),
            4 | 5 => (Manner::ActsThenFails, "provider acts, then answers 500"),
            6 => (Manner::Busy, "provider answers 429"),
            7 if self.fate.once_in(4) => (Manner::Locked, "provider refuses our credentials"),
            _ => return Manner::Good,
        };
        self.fate.fault(fault);
        manner
    }

    fn now(&self) -> DateTime {
        self.fate.lock().now
    }

    fn error(&self, kind: ErrorKind, message: &str, retry_after: Option<Duration>) -> CallError {
        let message = format!("{}: {message}", self.name);
        CallError { kind, message, hint: None, retry_after, last_words: String::new() }
    }

    fn silent(&self) -> CallError {
        self.error(ErrorKind::OutOfTime, "no answer", None)
    }
}

#[async_trait]
impl Connector for Link {
    fn name(&self) -> &str {
        self.name
    }

    fn version(&self) -> String {
        "1".to_owned()
    }

    fn roles(&self) -> &BTreeSet<Role> {
        &self.roles
    }

    fn performs(&self, kind: &str) -> Option<Performs> {
        self.town.lock().performs.get(kind).copied()
    }

    fn rate(&self) -> Option<Rate> {
        self.rate
    }

    fn paused(&self) -> Option<String> {
        None
    }

    async fn pull(&self, _: Role, cursor: Option<&str>) -> Called<Page> {
        self.gate.pass(Point::BeforeCall).await;
        if !self.fate.is_calm() && self.fate.lock().trouble > 0 && self.fate.once_in(30) {
            self.fate.fault("source does not answer");
            return Called::plain(Err(self.silent()));
        }
        let from = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0_usize);
        let most = 1 + self.fate.below(PAGE_MAX);
        let again = if self.fate.once_in(8) { from.min(2) } else { 0 };
        if again > 0 {
            self.fate.fault("source lists again what it listed");
        }
        let (received, until, more) = self.town.lock().page(self.name, from - again, most + again);
        self.gate.pass(Point::AfterCall).await;
        let page = Page { received, cursor: until.to_string(), more, refusals: Vec::new(), totals: Vec::new() };
        Called::plain(Ok(page))
    }

    async fn perform(&self, batch: &Batch, _: Role, requests: &[Request]) -> Called<Vec<Outcome>> {
        self.gate.pass(Point::BeforeCall).await;
        let (manner, now) = (self.manner(), self.now());
        let outcomes = self.town.lock().perform(manner, requests, now);
        if let Err(error) = self.town.keep() {
            self.fate.violates(error);
        }
        let keys: Vec<&str> = requests.iter().map(|request| request.key.as_str()).collect();
        self.fate.tell(format!("{}: {} {manner:?} {} [{}]", self.host, self.name, batch.id, keys.join(", ")));
        self.gate.pass(Point::AfterCall).await;
        Called::plain(match (outcomes, manner) {
            (Some(outcomes), _) => Ok(outcomes),
            (None, Manner::Busy) => {
                let wait = Duration::from_secs(60 * (1 + self.fate.below(600) as u64));
                Err(self.error(ErrorKind::RetryLater, "429 too many requests", Some(wait)))
            }
            (None, Manner::Locked) => Err(self.error(ErrorKind::Misconfigured, "401 unauthorized", None)),
            (None, _) => Err(self.silent()),
        })
    }

    async fn lookup(&self, _: Role, keys: &[EffectKey]) -> Called<Vec<Finding>> {
        self.gate.pass(Point::BeforeCall).await;
        if !self.fate.is_calm() && self.fate.lock().trouble > 0 && self.fate.once_in(5) {
            self.fate.fault("lookup does not answer");
            return Called::plain(Err(self.silent()));
        }
        let findings: Vec<Finding> = keys.iter().map(|key| self.town.lock().lookup(key)).collect();
        self.fate.tell(format!("{}: {} asked after {} effects", self.host, self.name, keys.len()));
        self.gate.pass(Point::AfterCall).await;
        Called::plain(Ok(findings))
    }
}
