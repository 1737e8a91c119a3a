//! What to do now, and why. The only place where choices are made.
//!
//! The order matters: money first, so that nobody is chased for what is paid; then promises, plans and settlements; then what
//! was planned and has lost its reason; then the agency; then complaints, the ladder, what people have to do and what is lost; then
//! what is not owed yet; last what accounting has to be told.

mod approvals;
mod agreements;
mod allowances;
mod charges;
mod cleanup;
mod complaints;
mod credit;
mod engagements;
mod ladder;
mod notice_period;
mod place;
mod placements;
mod plan;
mod posting;
mod promises;
mod proposals;
mod segments;
mod tasks;
#[cfg(test)]
mod tests;
mod write_offs;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::approval::Approval;
use crate::effect::{Action, Effect};
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::guard::{self, Guard, Scene};
use crate::id::{EffectKey, InvoiceNumber, LevelId};
use crate::invoice::plus_days;
use crate::pack::Packs;
use crate::policy::Policy;

/// The hour at which a new day is looked at.
pub const MORNING_HOUR: i8 = 6;

/// What a decision knows of the world beside the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Hub time, in the creditor's zone.
    pub at: DateTime,
    /// The last day for which all bank statements are in; `Date::MIN`: none has come yet; none: no bank is connected.
    pub cash_known_until: Option<Date>,
    /// History is being read in: what happened is taken and judged, and nothing is planned or sent.
    pub backfill: bool,
    /// How far hub time is ahead of UTC at this moment, in minutes.
    #[serde(default)]
    pub offset_minutes: i32,
}

impl Now {
    pub fn today(&self) -> Date {
        self.at.date()
    }

    /// The moment itself, wherever one is.
    pub fn instant(&self) -> Option<Timestamp> {
        let offset = Offset::from_seconds(self.offset_minutes.checked_mul(60)?).ok()?;
        self.at.to_zoned(offset.to_time_zone()).ok().map(|zoned| zoned.timestamp())
    }

    /// A moment in hub time, as long as its clocks are not changed in between.
    pub fn in_hub_time(&self, moment: Timestamp) -> Option<DateTime> {
        let offset = Offset::from_seconds(self.offset_minutes.checked_mul(60)?).ok()?;
        Some(offset.to_datetime(moment))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// In order; [`crate::evolve`] takes them as they are, on the day of the decision. Effects are in it as `EffectPlanned`.
    pub events: Vec<Fact>,
    /// When to decide again if nothing happens before; none: only when something happens.
    pub look_again: Option<DateTime>,
    /// Every action's reason, and every silence's, with the day until which it lasts.
    pub because: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A guard's code, `level-reached`, `level-passed`, `not-yet`, `ladder-ended`, `cash-applied`, `promise-broken`, ...
    pub code: String,
    pub text: String,
    #[serde(default)]
    pub invoice: Option<InvoiceNumber>,
    #[serde(default)]
    pub level: Option<LevelId>,
    #[serde(default)]
    pub until: Option<Date>,
}

/// Decides. Calling it again after its own events were applied decides nothing new for the same `now`.
pub fn decide(account: &Account, policy: &Policy, packs: &Packs, now: &Now) -> Decision {
    let account = Cow::Borrowed(account);
    let mut work = Work { account, policy, packs, now, events: Vec::new(), because: Vec::new(), wake: None };
    posting::apply_cash(&mut work);
    promises::judge(&mut work);
    agreements::judge(&mut work);
    write_offs::drop_moot(&mut work);
    match guard::backfill(now) {
        Some(guard) => hold_still(&mut work, guard),
        None => act(&mut work),
    }
    let look_again = work.wake.map(|day| day.at(MORNING_HOUR, 0, 0, 0));
    Decision { events: work.events, look_again, because: work.because }
}

fn act(work: &mut Work<'_>) {
    posting::release_credit(work);
    approvals::follow(work);
    charges::restate(work);
    cleanup::take_back(work);
    placements::keep_up(work);
    segments::assign(work);
    complaints::follow(work);
    ladder::climb(work);
    proposals::end(work);
    tasks::end(work);
    tasks::open(work);
    write_offs::propose(work);
    write_offs::order_credit_memos(work);
    credit::consider(work);
    engagements::prepare(work);
    posting::tell_accounting(work);
}

/// Nothing new, and nothing that would have come with it; only what has lost its reason is taken back.
fn hold_still(work: &mut Work<'_>, guard: Guard) {
    cleanup::take_back(work);
    tasks::end(work);
    work.says(&guard.code, guard.text).until = guard.until;
    if let Some(until) = guard.until {
        work.wakes(until);
    }
}

/// A decision in the making. As soon as it has events the account is a copy that has them too; most decisions have none.
struct Work<'a> {
    account: Cow<'a, Account>,
    policy: &'a Policy,
    packs: &'a Packs,
    now: &'a Now,
    events: Vec<Fact>,
    because: Vec<Reason>,
    wake: Option<Date>,
}

impl Work<'_> {
    fn today(&self) -> Date {
        self.now.today()
    }

    fn scene(&self) -> Scene<'_> {
        Scene { account: &self.account, policy: self.policy, packs: self.packs, now: self.now, own: None }
    }

    fn happens(&mut self, fact: Fact) {
        let event = Event { at: self.now.at, on: self.today(), origin: "policy".to_owned(), fact };
        evolve(self.account.to_mut(), &event);
        self.events.push(event.fact);
    }

    fn plans(&mut self, key: EffectKey, valid_until: Option<Date>, action: Action) {
        self.plans_if_approved(key, valid_until, action, Approval::None);
    }

    fn plans_if_approved(&mut self, key: EffectKey, valid_until: Option<Date>, action: Action, approval: Approval) {
        let due_on = self.today();
        if let Some(last) = valid_until {
            self.wakes(plus_days(last, 1));
        }
        self.happens(Fact::EffectPlanned { effect: Effect { key, due_on, valid_until, approval, action } });
    }

    /// Tells a colleague once; nobody is named: nobody.
    fn alerts(&mut self, key: &str, to: &str, subject: String, text: String) {
        let key = EffectKey::new(key);
        if !to.is_empty() && !self.account.spent.contains(&key) {
            self.plans(key, None, Action::AlertColleague { to: to.to_owned(), subject, text });
        }
    }

    /// The debtor as people call them.
    fn name(&self) -> String {
        let debtor = &self.account.debtor;
        if debtor.name.is_empty() { self.account.id.to_string() } else { debtor.name.clone() }
    }

    fn says(&mut self, code: &str, text: impl Into<String>) -> &mut Reason {
        let text = text.into();
        self.because.push(Reason { code: code.to_owned(), text, invoice: None, level: None, until: None });
        let last = self.because.len() - 1;
        &mut self.because[last]
    }

    fn is_silent(&mut self, guard: Guard, invoice: &InvoiceNumber, level: Option<&LevelId>) {
        if let Some(until) = guard.until {
            self.wakes(until);
        }
        let (invoice, level) = (Some(invoice.clone()), level.cloned());
        self.because.push(Reason { code: guard.code, text: guard.text, invoice, level, until: guard.until });
    }

    /// Something can change by time alone on this day.
    fn wakes(&mut self, day: Date) {
        if day > self.today() {
            self.wake = Some(self.wake.map_or(day, |known| known.min(day)));
        }
    }

    /// A business key that was never used. The second use of one is possible only because the first was certainly taken back.
    fn fresh_key(&self, base: &str) -> EffectKey {
        let mut key = EffectKey::new(base);
        let mut again = 1u32;
        while self.account.spent.contains(&key) {
            key = EffectKey::new(format!("{base}:again-{again}"));
            again += 1;
        }
        key
    }
}
