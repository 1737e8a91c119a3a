//! The policy time machine: an account's own history again, under another policy.
//!
//! What the world and people did stays as it was, on its days; what the policy decided is left out and decided anew. So it answers what
//! we would have done, not what debtors would have done about it.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use serde::Serialize;

use crate::account::{Account, EffectState};
use crate::clear::{Clearance, clear};
use crate::decide::{MORNING_HOUR, Now, decide};
use crate::effect::{Action, Effect};
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::id::{AccountId, EffectKey, LevelId};
use crate::invoice::days_between;
use crate::money::{Currency, Money};
use crate::pack::Packs;
use crate::policy::Policy;

/// Decisions of one moment; more means that two rules feed each other.
const ROUNDS_MAX: u32 = 20;

/// The days that are lived again, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    pub from: Date,
    pub until: Date,
}

/// What was done, or would have been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Course {
    /// Contacts by medium: `email`, `letter`, `call`, ...
    pub contacts: BTreeMap<String, u64>,
    /// Levels that invoices reached.
    pub levels: BTreeMap<String, u64>,
    pub holds: u64,
    /// Days on which credit was held.
    pub held_days: u64,
    pub placements: u64,
    /// What was placed with agencies, in minor units, by currency.
    pub placed: BTreeMap<String, i64>,
    /// The first contact.
    pub first_contact: Option<Date>,
}

impl Course {
    /// What the journal itself says about these days.
    pub fn of(history: &[Event], span: Span) -> Self {
        let mut course = Self::default();
        let mut account = Account::new("course".into());
        let mut planned: BTreeMap<&str, &Effect> = BTreeMap::new();
        let mut held_since = None;
        for event in history {
            let day = event.at.date();
            match &event.fact {
                Fact::EffectPlanned { effect } => {
                    planned.insert(effect.key.as_str(), effect);
                }
                Fact::EffectDone { key, .. } => {
                    if let Some(effect) = planned.remove(key.as_str()).filter(|_| span.holds(day)) {
                        course.did(effect, day);
                    }
                }
                Fact::LevelReached { level, .. } if span.holds(day) => course.reached(level.as_str()),
                _ => {}
            }
            evolve(&mut account, event);
            course.hold(&account, day, span, &mut held_since);
        }
        course.close(held_since, span);
        course
    }

    /// Adds another account's course.
    pub fn add(&mut self, other: &Self) {
        let sum = |into: &mut BTreeMap<String, u64>, from: &BTreeMap<String, u64>| {
            for (name, count) in from {
                *into.entry(name.clone()).or_default() += count;
            }
        };
        sum(&mut self.contacts, &other.contacts);
        sum(&mut self.levels, &other.levels);
        self.holds += other.holds;
        self.held_days += other.held_days;
        self.placements += other.placements;
        for (currency, minor) in &other.placed {
            let total = self.placed.entry(currency.clone()).or_default();
            *total = total.saturating_add(*minor);
        }
        self.first_contact = [self.first_contact, other.first_contact].into_iter().flatten().min();
    }

    pub fn contacts(&self) -> u64 {
        self.contacts.values().sum()
    }

    /// What was placed, as money.
    pub fn placed(&self) -> Vec<Money> {
        let amount = |(currency, minor): (&String, &i64)| Some(Money::new(*minor, currency.parse::<Currency>().ok()?));
        self.placed.iter().filter_map(amount).collect()
    }

    fn did(&mut self, effect: &Effect, day: Date) {
        let medium = match &effect.action {
            Action::SendNotice(notice) => notice.channel.as_str(),
            Action::QueueCall(_) => "call",
            Action::PlaceWithAgency { total, .. } => {
                self.placements += 1;
                let placed = self.placed.entry(total.currency.to_string()).or_default();
                *placed = placed.saturating_add(total.minor);
                return;
            }
            _ => return,
        };
        *self.contacts.entry(medium.to_owned()).or_default() += 1;
        self.first_contact = Some(self.first_contact.map_or(day, |first| first.min(day)));
    }

    fn reached(&mut self, level: &str) {
        *self.levels.entry(level.to_owned()).or_default() += 1;
    }

    /// Credit was held or released by the last event.
    fn hold(&mut self, account: &Account, day: Date, span: Span, since: &mut Option<Date>) {
        match (account.hold.is_some(), *since) {
            (true, None) => {
                *since = Some(day);
                self.holds += u64::from(span.holds(day));
            }
            (false, Some(from)) => {
                *since = None;
                self.held(from, day, span);
            }
            _ => {}
        }
    }

    fn close(&mut self, since: Option<Date>, span: Span) {
        if let Some(from) = since {
            self.held(from, span.until, span);
        }
    }

    fn held(&mut self, from: Date, until: Date, span: Span) {
        let days = days_between(from.max(span.from), until.min(span.until)).max(0);
        self.held_days += u64::try_from(days).unwrap_or_default();
    }
}

impl Span {
    pub fn holds(self, day: Date) -> bool {
        self.from <= day && day <= self.until
    }
}

/// Lives the days of the span again under a policy: what happened before them is as it was. The answer is the new history, the part
/// before the span included.
///
/// Effects succeed on the day on which they may go out, and a person who has to approve one does. An answer to something that
/// now was never done (the result of a call, what an agency collected) is left out with it.
///
/// # Errors
///
/// When the policy does not come to rest on a day.
pub fn relive(
    id: &AccountId,
    history: &[Event],
    policy: &Policy,
    packs: &Packs,
    span: Span,
) -> Result<Vec<Event>, String> {
    let mut life = Life { account: Account::new(id.clone()), lived: Vec::new(), wake: None, policy, packs };
    let (before, during): (Vec<&Event>, Vec<&Event>) = history.iter().partition(|event| event.at.date() < span.from);
    for event in before {
        life.takes(event.clone());
    }
    life.wake = Some(morning(span.from));
    for event in during.into_iter().filter(|event| event.at.date() <= span.until && life_goes_on(event)) {
        life.pass(|wake| wake < event.at)?;
        if life.answers_nothing(event) {
            continue;
        }
        life.takes(event.clone());
        life.wake = Some(event.at);
    }
    let evening = span.until.at(23, 59, 59, 0);
    life.pass(|wake| wake <= evening)?;
    Ok(life.lived)
}

fn morning(day: Date) -> DateTime {
    day.at(MORNING_HOUR, 0, 0, 0)
}

/// Said by the world or by people, not by the policy or its dispatch.
fn life_goes_on(event: &Event) -> bool {
    !matches!(event.source(), "policy" | "dispatch")
}

/// One account, lived again.
struct Life<'a> {
    account: Account,
    lived: Vec<Event>,
    wake: Option<DateTime>,
    policy: &'a Policy,
    packs: &'a Packs,
}

impl Life<'_> {
    fn takes(&mut self, event: Event) {
        evolve(&mut self.account, &event);
        self.lived.push(event);
    }

    /// Days go by, and what is due is decided. What happens at one moment is all heard first.
    fn pass(&mut self, comes: impl Fn(DateTime) -> bool) -> Result<(), String> {
        while let Some(at) = self.wake.filter(|wake| comes(*wake)) {
            self.wake = None;
            self.settle(at)?;
        }
        Ok(())
    }

    fn settle(&mut self, at: DateTime) -> Result<(), String> {
        let now = Now { at, cash_known_until: None, backfill: false, offset_minutes: 0 };
        for _ in 0..ROUNDS_MAX {
            let decision = decide(&self.account, self.policy, self.packs, &now);
            self.wake = decision.look_again.filter(|again| *again > at);
            for fact in decision.events {
                self.takes(Event { at, on: now.today(), origin: "policy".to_owned(), fact });
            }
            if !self.agree(&now) && !self.dispatch(&now) {
                return Ok(());
            }
        }
        Err(format!("the policy does not come to rest on {}", now.today()))
    }

    /// The people who have to agree to a level do; answers whether anybody was asked.
    fn agree(&mut self, now: &Now) -> bool {
        let asked: Vec<LevelId> = self.account.awaited_levels().map(|(level, _)| level.clone()).collect();
        for level in &asked {
            for origin in ["desk:somebody", "desk:somebody else"] {
                let fact = Fact::LevelApproved { level: level.clone() };
                self.takes(Event { at: now.at, on: now.today(), origin: origin.to_owned(), fact });
            }
        }
        !asked.is_empty()
    }

    /// Sends what is planned; answers whether anything ended.
    fn dispatch(&mut self, now: &Now) -> bool {
        let planned = self.account.effects.values().filter(|known| known.state == EffectState::Planned);
        let planned: Vec<Effect> = planned.map(|known| known.effect.clone()).collect();
        let mut ended = false;
        for effect in planned.into_iter().filter(|effect| effect.due_on <= now.today()) {
            let key = effect.key.clone();
            let fact = match clear(&self.account, &effect, self.policy, self.packs, now) {
                Clearance::Wait { until, .. } => {
                    let later = until.filter(|until| *until > now.at);
                    self.wake = [self.wake, later].into_iter().flatten().min();
                    continue;
                }
                Clearance::Cancel { guard } => Fact::EffectCancelled { key, because: guard.text },
                Clearance::Allow | Clearance::NeedsApproval => Fact::EffectDone { key, reference: String::new() },
            };
            self.takes(Event { at: now.at, on: now.today(), origin: "dispatch".to_owned(), fact });
            ended = true;
        }
        ended
    }

    /// An answer to something that was not done this time.
    fn answers_nothing(&self, event: &Event) -> bool {
        let placed = |key: &EffectKey| self.account.placements.iter().any(|known| &known.key == key);
        match &event.fact {
            Fact::CallEnded(call) => call.call.as_ref().is_some_and(|key| !self.account.effects.contains_key(key)),
            Fact::MessageTracked { message, .. } => {
                !self.account.contacts.iter().any(|contact| &contact.key == message)
            }
            Fact::PlacementAcknowledged { placement, .. }
            | Fact::AgencyCollected { placement, .. }
            | Fact::PlacementReturned { placement, .. } => !placed(placement),
            Fact::EffectApproved { key } | Fact::EffectSettled { key, .. } => !self.account.effects.contains_key(key),
            Fact::LevelApproved { level } | Fact::LevelDeclined { level, .. } => {
                !self.account.proposals.contains_key(level)
            }
            _ => false,
        }
    }
}
