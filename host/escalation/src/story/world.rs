//! The simulated days of a story: decisions when they are due, effects done at once, and a record of what happened.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};

use super::agreed;
use super::deed::Deed;
use super::hear;
use super::judge;
use super::outcome::Outcome;
use super::parse::{Entry, Story};
use super::says::Trait;
use super::upfront;
use super::work;
use super::{Book, StoryReport};
use crate::account::{Account, EffectState};
use crate::approval::{self, Approval};
use crate::assignment::PolicyRef;
use crate::clear::{Clearance, clear};
use crate::decide::{MORNING_HOUR, Now, Reason, decide};
use crate::effect::Effect;
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::id::{InvoiceNumber, LevelId};
use crate::in_flight::{self, InFlight};
use crate::party::{Party, PartyKind};
use crate::policy::Policy;

/// Decisions and dispatches of one moment; more means that the core does not come to rest.
const ROUNDS_MAX: usize = 20;
/// Days that one story may last.
const DAYS_MAX: i32 = 20_000;

pub(super) struct World<'a> {
    book: Book<'a>,
    /// The version that new ladders begin with.
    policy: &'a Policy,
    /// By the debtor's name.
    pub lanes: BTreeMap<String, Lane>,
    pub now: DateTime,
    /// The gateway fell silent on this day.
    pub statements_until: Option<Date>,
    pub backfill: bool,
    /// For names of payments, promises and so on.
    pub count: u32,
    pub happened: Vec<Happening>,
    pub outcome: Outcome,
    /// Debtors of whom something was heard and nothing decided yet.
    pub heard: BTreeSet<String>,
}

pub(super) struct Lane {
    pub account: Account,
    pub wake: Option<DateTime>,
}

/// What the story can see of a day.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    pub on: Date,
    pub name: String,
    pub what: Happened,
}

#[derive(Clone, Debug)]
pub(super) enum Happened {
    Did(Deed),
    Cancelled(Deed),
    Fact(String),
    Because(Reason),
}

pub(super) fn tell(story: &Story, file: &str, book: Book<'_>) -> StoryReport {
    let mut lines = Vec::new();
    let mut checked = 0;
    let Some(first) = story.entries.first() else { return StoryReport { ok: true, checked, lines } };
    let mut world = World {
        book,
        policy: book.policy,
        lanes: BTreeMap::new(),
        now: first.on.at(MORNING_HOUR, 0, 0, 0),
        statements_until: None,
        backfill: false,
        count: 0,
        happened: Vec::new(),
        outcome: Outcome::Done,
        heard: BTreeSet::new(),
    };
    for (name, traits) in &story.debtors {
        world.know(name, traits);
    }
    for (at, entry) in story.entries.iter().enumerate() {
        // Lines of one day without expectations between them are one delivery: all is heard before anything is decided.
        let next = story.entries.get(at + 1).filter(|next| next.on == entry.on);
        let goes_on = next.is_some() && entry.expects.is_empty() && entry.outcome == Outcome::Done;
        let is_last = next.is_none();
        if let Err(wrong) = world.live(entry, goes_on, is_last) {
            lines.push(format!("{file}:{}: {wrong}", entry.line));
            break;
        }
        checked += entry.expects.len();
        if !goes_on {
            let differences = judge::judge(&world, entry, story.complete);
            lines.extend(differences.into_iter().map(|line| format!("{file}:{line}")));
            world.happened.clear();
        }
    }
    StoryReport { ok: lines.is_empty(), checked, lines }
}

impl<'a> World<'a> {
    /// The days up to the entry, then what it reports, then what follows; after the last one of a day, its evening too.
    fn live(&mut self, entry: &Entry, goes_on: bool, is_last: bool) -> Result<(), String> {
        let morning = entry.on.at(MORNING_HOUR, 0, 0, 0);
        if crate::invoice::days_between(self.now.date(), entry.on) > DAYS_MAX {
            return Err(format!("{} is more than {DAYS_MAX} days later", entry.on));
        }
        self.outcome = Outcome::Done;
        self.pass(morning, entry)?;
        self.outcome = entry.outcome.clone();
        self.now = self.now.max(entry.on.at(9, 0, 0, 0));
        let heard = hear::hear(self, &entry.says)?;
        self.heard.extend(heard);
        if goes_on {
            return Ok(());
        }
        for name in std::mem::take(&mut self.heard) {
            self.settle(&name)?;
        }
        if self.outcome != Outcome::Delayed {
            if is_last {
                self.pass(entry.on.at(23, 59, 59, 0), entry)?;
            }
            self.ask_why()?;
        }
        Ok(())
    }

    /// Decides whoever asked to be looked at up to a moment.
    fn pass(&mut self, until: DateTime, entry: &Entry) -> Result<(), String> {
        while let Some(next) = self.next_wake().filter(|next| *next <= until) {
            self.now = self.now.max(next);
            if self.now.date() == entry.on {
                self.outcome = entry.outcome.clone();
            }
            let due = self.lanes.iter().filter(|(_, lane)| lane.wake.is_some_and(|wake| wake <= self.now));
            let due: Vec<String> = due.map(|(name, _)| name.clone()).collect();
            for name in due {
                self.settle(&name)?;
            }
        }
        Ok(())
    }

    /// Why is nothing done? A decision that nobody asked for must not act, or `look_again` was wrong.
    fn ask_why(&mut self) -> Result<(), String> {
        let now = self.clock();
        let ask = |lane: &Lane| decide(&lane.account, self.policy_of(&lane.account), self.book.packs, &now);
        let asked: Vec<_> = self.lanes.iter().map(|(name, lane)| (name.clone(), ask(lane))).collect();
        for (name, decision) in asked {
            if let Some(fact) = decision.events.first() {
                return Err(format!("{name}: on {} a decision was due and not foreseen: {fact:?}", now.today()));
            }
            for reason in decision.because {
                self.saw(&name, Happened::Because(reason));
            }
        }
        Ok(())
    }

    fn next_wake(&self) -> Option<DateTime> {
        self.lanes.values().filter_map(|lane| lane.wake).min()
    }

    fn clock(&self) -> Now {
        let today = self.now.date();
        let cash_known_until = Some(self.statements_until.unwrap_or(today));
        Now { at: self.now, cash_known_until, backfill: self.backfill, offset_minutes: 0 }
    }

    /// Decides and dispatches until nothing moves any more.
    pub fn settle(&mut self, name: &str) -> Result<(), String> {
        for _ in 0..ROUNDS_MAX {
            let now = self.clock();
            let Some(policy) = self.lanes.get(name).map(|lane| self.policy_of(&lane.account)) else { return Ok(()) };
            let Some(lane) = self.lanes.get_mut(name) else { return Ok(()) };
            let decision = decide(&lane.account, policy, self.book.packs, &now);
            lane.wake = decision.look_again;
            for reason in decision.because {
                self.saw(name, Happened::Because(reason));
            }
            for fact in decision.events {
                self.happens(name, "policy", fact);
            }
            if !self.agree(name) && !self.dispatch(name) {
                return Ok(());
            }
        }
        Err(format!("{name}: after {ROUNDS_MAX} decisions on {} there is still something to do", self.now.date()))
    }

    /// Where one person has to agree to a level, that person does; a second pair of eyes has to be told.
    fn agree(&mut self, name: &str) -> bool {
        let asked = self.lanes.get(name).into_iter().flat_map(|lane| lane.account.awaited_levels());
        let by_one = asked.filter(|(_, known)| known.approval == Approval::One);
        let asked: Vec<LevelId> = by_one.map(|(level, _)| level.clone()).collect();
        for level in &asked {
            self.happens(name, "desk:SOMEBODY", Fact::LevelApproved { level: level.clone() });
        }
        !asked.is_empty()
    }

    /// Sends what is planned and due; answers whether anything ended.
    fn dispatch(&mut self, name: &str) -> bool {
        if self.outcome == Outcome::Delayed {
            return false;
        }
        let now = self.clock();
        let Some(lane) = self.lanes.get(name) else { return false };
        let planned = lane.account.effects.values().filter(|known| known.state == EffectState::Planned);
        let planned: Vec<Effect> = planned.map(|known| known.effect.clone()).collect();
        let (mut ended, mut sent) = (false, false);
        for effect in planned.into_iter().filter(|effect| effect.due_on <= now.today()) {
            let Some(policy) = self.lanes.get(name).map(|lane| self.policy_of(&lane.account)) else { return ended };
            let Some(lane) = self.lanes.get_mut(name) else { return ended };
            let key = effect.key.clone();
            match clear(&lane.account, &effect, policy, self.book.packs, &now) {
                Clearance::Wait { until, .. } => {
                    lane.wake = [lane.wake, until].into_iter().flatten().min();
                    continue;
                }
                Clearance::Cancel { guard } => {
                    self.happens(name, "dispatch", Fact::EffectCancelled { key, because: guard.text });
                }
                // Where one person has to agree, that person does; a second pair of eyes has to be told.
                Clearance::NeedsApproval if approval::needed(&effect, policy) == Approval::FourEyes => continue,
                Clearance::NeedsApproval => self.happens(name, "desk:SOMEBODY", Fact::EffectApproved { key }),
                Clearance::Allow => {
                    sent = true;
                    self.saw(name, Happened::Did(Deed::of(name, &effect)));
                    let fact = match &self.outcome {
                        Outcome::Unknown => Fact::EffectUnknown { key, text: "the connection broke".to_owned() },
                        Outcome::Rejected(code) => {
                            Fact::EffectRejected { key, code: code.clone(), reason: "refused".to_owned() }
                        }
                        Outcome::Done | Outcome::Delayed => Fact::EffectDone { key, reference: String::new() },
                    };
                    self.happens(name, "dispatch", fact);
                }
            }
            ended = true;
        }
        if sent {
            // What follows from an outcome goes well.
            self.outcome = Outcome::Done;
        }
        ended
    }

    /// The version that the account keeps, or the current one.
    pub fn policy_of(&self, account: &Account) -> &'a Policy {
        account.in_flight().and_then(|kept| self.book.version(kept)).unwrap_or(self.policy)
    }

    /// Another version becomes the current one; accounts in flight are moved as the story says.
    pub fn publish(&mut self, version: &PolicyRef, how: InFlight) -> Result<Vec<String>, String> {
        let new = self.book.version(version).ok_or_else(|| format!("there is no policy `{version}`"))?;
        let now = self.clock();
        let moves: Vec<(String, Fact)> = self
            .lanes
            .iter()
            .filter_map(|(name, lane)| {
                let kept = self.policy_of(&lane.account);
                let moved = in_flight::plan(&lane.account, (kept, new), self.book.packs, how, &now, "published")?;
                Some((name.clone(), moved.fact?))
            })
            .collect();
        for (name, fact) in moves {
            self.happens(&name, "desk:SOMEBODY", fact);
        }
        self.policy = new;
        Ok(self.lanes.keys().cloned().collect())
    }

    /// Folds a fact, and keeps what a story may ask about.
    pub fn happens(&mut self, name: &str, origin: &str, fact: Fact) {
        let on = self.now.date();
        let Some(lane) = self.lanes.get_mut(name) else { return };
        let seen = match &fact {
            Fact::EffectCancelled { key, .. } | Fact::EffectExpired { key } => {
                lane.account.effects.get(key).map(|known| Happened::Cancelled(Deed::of(name, &known.effect)))
            }
            Fact::PromiseKept { .. } => Some(Happened::Fact(format!("promise of {name} kept"))),
            Fact::PromisePartlyKept { .. } => Some(Happened::Fact(format!("promise of {name} partly kept"))),
            Fact::PromiseBroken { .. } => Some(Happened::Fact(format!("promise of {name} broken"))),
            Fact::PromiseRefused { .. } => Some(Happened::Fact(format!("promise of {name} refused"))),
            Fact::LevelPassed { invoice, level, .. } => Some(Happened::Fact(format!("pass {level} for {invoice}"))),
            fact => {
                let seen = upfront::in_words(name, fact).or_else(|| agreed::seen(name, fact));
                seen.or_else(|| work::seen(&lane.account, name, fact)).map(Happened::Fact)
            }
        };
        evolve(&mut lane.account, &Event { at: self.now, on, origin: origin.to_owned(), fact });
        if let Some(seen) = seen {
            self.saw(name, seen);
        }
    }

    pub fn saw(&mut self, name: &str, what: Happened) {
        self.happened.push(Happening { on: self.now.date(), name: name.to_owned(), what });
    }

    /// The debtor's account; who was never mentioned can be reached by every medium.
    pub fn lane(&mut self, name: &str) -> &mut Lane {
        self.lanes.entry(name.to_owned()).or_insert_with(|| {
            let mut account = Account::new(name.into());
            account.debtor = Party {
                id: name.to_owned(),
                name: name.to_owned(),
                kind: PartyKind::Business,
                country: "DE".to_owned(),
                language: "de".to_owned(),
                address: vec![name.to_owned(), "Street 1".to_owned()],
                email: Some("billing@debtor.example".to_owned()),
                phone: Some("+49 40 1".to_owned()),
                vat_id: None,
                zone: None,
            };
            Lane { account, wake: None }
        })
    }

    /// What a story says of a debtor is told as the accounting package would.
    pub fn know(&mut self, name: &str, traits: &[Trait]) {
        let mut debtor = self.lane(name).account.debtor.clone();
        for one in traits {
            match one {
                Trait::Email(email) => debtor.email = email.clone(),
                Trait::Phone(phone) => debtor.phone = phone.clone(),
                Trait::Address(address) => debtor.address = address.iter().cloned().collect(),
                Trait::Kind(kind) => debtor.kind = *kind,
                Trait::Country(country) => debtor.country = country.clone(),
                Trait::Language(language) => debtor.language = language.clone(),
                Trait::Zone(zone) => debtor.zone = zone.clone(),
            }
        }
        self.happens(name, "accounting", Fact::DebtorSynced { debtor });
    }

    /// The debtor whose invoice it is.
    pub fn owner(&self, number: &InvoiceNumber) -> Result<String, String> {
        let owner = self.lanes.iter().find(|(_, lane)| lane.account.items.contains_key(number));
        owner.map(|(name, _)| name.clone()).ok_or_else(|| format!("there is no invoice `{number}` yet"))
    }

    /// A name for something that comes from outside.
    pub fn fresh(&mut self, what: &str) -> String {
        self.count += 1;
        format!("{what}-{}", self.count)
    }
}
