//! One host: an engine of its own, a gate, and what it is doing right now. It can crash, restart, and freeze.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;

use engine::holds::Holds;
use engine::{Clock, Connector, Engine};
use escalation::{Date, DateTime, Party, Policy, Received};
use store::seal::{self, KeyError, SealKey};
use store::{Retention, Store, StoreError};

use crate::fate::Fate;
use crate::gate::Gate;
use crate::link::{LINKS, Link};
use crate::scribe::Plain;
use crate::town::Town;
use crate::watch::Watch;
use crate::wire::Wire;

/// Short, so that a run sees history.
const AGES: Retention = Retention { effects_days: 3, events_days: 3, inbox_days: 10, notes_days: 1_000, at_once: 20 };

/// What a host does until it is done.
pub type Job = Pin<Box<dyn Future<Output = Result<(), String>>>>;

pub struct Host {
    pub name: String,
    incarnation: u32,
    pub gate: Gate,
    pub engine: Arc<Engine>,
    pub job: Option<Job>,
    /// It began when nothing went wrong any more, so it has no excuse.
    pub began_in_calm: bool,
    /// It stands still until then, and does not know.
    pub frozen_until: Option<DateTime>,
    /// How far its clock is from the others', in milliseconds.
    skew: i64,
    fate: Fate,
    /// When it last sealed the journal and moved what is old.
    kept_house_on: Option<Date>,
}

/// What hosts are made of.
#[derive(Clone)]
pub struct Surroundings {
    pub fate: Fate,
    pub town: Town,
    pub watch: Watch,
    pub policy: Arc<Policy>,
}

struct HostClock {
    fate: Fate,
    skew: i64,
}

impl Clock for HostClock {
    fn now(&self) -> DateTime {
        let now = self.fate.lock().now;
        now.checked_add(jiff::SignedDuration::from_millis(self.skew)).unwrap_or(now)
    }
}

impl Host {
    pub fn start(number: usize, skew: i64, store: Arc<dyn Store>, around: &Surroundings) -> Self {
        let (name, gate) = (format!("host {number}"), Gate::default());
        let engine = Arc::new(make(&name, 0, skew, &gate, store, around));
        Self {
            name,
            incarnation: 0,
            gate,
            engine,
            job: None,
            began_in_calm: false,
            frozen_until: None,
            skew,
            fate: around.fate.clone(),
            kept_house_on: None,
        }
    }

    /// Whatever it was doing is gone; a new process takes its place.
    pub fn crash(&mut self, store: Arc<dyn Store>, around: &Surroundings) {
        self.job = None;
        self.frozen_until = None;
        self.incarnation += 1;
        self.gate.reset();
        self.engine = Arc::new(make(&self.name, self.incarnation, self.skew, &self.gate, store, around));
    }

    /// Takes what is brought, then a turn.
    pub fn work(&mut self, brought: Vec<(usize, Received)>, town: Town) {
        let (engine, fate, name) = (self.engine.clone(), self.fate.clone(), self.name.clone());
        self.gate.reset();
        self.began_in_calm = self.fate.is_calm();
        let today = self.fate.lock().now.date();
        let keeps_house = self.kept_house_on.replace(today) != Some(today);
        self.job = Some(Box::pin(async move {
            for (hook, received) in brought {
                engine.accept("hooks", vec![received]).await.map_err(|error| told(&name, &error))?;
                // Only now, and only to a host that lives, it counts as acknowledged.
                town.lock().hooks[hook].acknowledged = true;
                town.keep()?;
            }
            engine.turn().await.map_err(|error| error.to_string())?;
            if keeps_house { keep_house(&engine, &fate).await } else { Ok(()) }
        }));
    }
}

/// As a host does between turns.
async fn keep_house(engine: &Engine, fate: &Fate) -> Result<(), String> {
    let key = seal_key()?;
    while seal::next(&*engine.store, &key, engine.at()).await.map_err(|error| error.to_string())?.is_some() {}
    let retained = engine.store.retain(&AGES, engine.at()).await.map_err(|error| error.to_string())?;
    if retained.events > 0 {
        fate.tell(format!("{} sealed events moved to history", retained.events));
    }
    Ok(())
}

/// The same in every process of a run.
pub fn seal_key() -> Result<SealKey, String> {
    "07".repeat(32).parse().map_err(|error: KeyError| error.to_string())
}

fn told(name: &str, error: &StoreError) -> String {
    format!("{name}: {error}")
}

fn make(name: &str, incarnation: u32, skew: i64, gate: &Gate, store: Arc<dyn Store>, around: &Surroundings) -> Engine {
    let Surroundings { fate, town, watch, policy } = around.clone();
    let packs = watch.packs.clone();
    let wire = Wire { store, gate: gate.clone(), fate: fate.clone(), watch: watch.clone(), host: name.to_owned() };
    let link = |(link, role)| {
        Arc::new(Link {
            name: link,
            roles: BTreeSet::from([role]),
            rate: None,
            town: town.clone(),
            gate: gate.clone(),
            fate: fate.clone(),
            host: name.to_owned(),
        }) as Arc<dyn Connector>
    };
    Engine {
        store: Arc::new(wire),
        clock: Arc::new(HostClock { fate: fate.clone(), skew }),
        policy,
        packs,
        creditor: Party { id: "creditor".to_owned(), ..Party::default() },
        scribe: Arc::new(Plain),
        plugins: LINKS.into_iter().map(link).collect(),
        owner: format!("{name}.{incarnation}"),
        holds: Holds::default(),
    }
}
