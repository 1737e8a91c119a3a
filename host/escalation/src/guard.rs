//! Reasons not to act. Each has a code for machines, a sentence for people, and a day on which it may end.

mod agreed;
mod codes;
mod contact;
mod law;
mod upfront;

pub use codes::CODES;
pub use contact::{call_impossible, channel, of_contact};
pub(crate) use law::{is_zone, pack_of};
pub use upfront::of_prepayment;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

use crate::account::{Account, EffectState};
use crate::decide::{MORNING_HOUR, Now};
use crate::effect::{Action, Effect};
use crate::id::{EffectKey, InvoiceNumber};
use crate::invoice::{OpenItem, days_between, plus_days};
use crate::money::Money;
use crate::pack::Packs;
use crate::policy::Policy;
use crate::task::TASKS_OPEN_MAX;

/// Something that keeps us from acting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// One of [`CODES`].
    pub code: String,
    pub text: String,
    /// When to look again; none: when something happens.
    pub until: Option<Date>,
    /// The hour of that day, hub time; none: its morning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<Time>,
}

/// When a guard of contacts is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The day has to be right; the hour is looked at when it goes out.
    Planning,
    AtTheDoor,
}

/// What a guard is asked with.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub account: &'a Account,
    pub policy: &'a Policy,
    pub packs: &'a Packs,
    pub now: &'a Now,
    /// The effect in question, which does not stand in its own way.
    pub own: Option<&'a EffectKey>,
}

impl Guard {
    pub(crate) fn new(code: &str, text: impl Into<String>, until: Option<Date>) -> Self {
        Self { code: code.to_owned(), text: text.into(), until, hour: None }
    }

    /// The hour, hub time.
    pub fn asked_again(&self) -> Option<DateTime> {
        let day = self.until?;
        Some(day.to_datetime(self.hour.unwrap_or(Time::constant(MORNING_HOUR, 0, 0, 0))))
    }

    /// What was planned before it is taken back; the ladder plans it anew when the guard is gone. The others are waited for.
    pub fn takes_back(&self) -> bool {
        matches!(
            self.code.as_str(),
            "nothing-owed"
                | "dispute"
                | "promise"
                | "dunning-block"
                | "placed"
                | "payment-pending"
                | "payment-claimed"
                | "attorney"
                | "insolvency"
                | "deceased"
                | "moratorium"
                | "stopped"
                | "small-balance"
                | "missing-at-source"
                | "plan"
                | "settlement"
                | "goods-return"
        )
    }

    /// What the effect was for is gone, and nothing will bring it back.
    pub fn is_final(&self) -> bool {
        matches!(self.code.as_str(), "nothing-owed" | "dispute" | "placed" | "stopped" | "superseded" | "expired")
    }
}

/// Why nothing of the ladder happens to this item now; the first reason that holds.
pub fn of_item(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    nothing_owed(item)
        .or_else(|| protected(scene))
        .or_else(|| stopped_all(scene.account))
        .or_else(|| dunning_block(scene))
        .or_else(|| placed(scene, item))
        .or_else(|| dispute(scene.account, item))
        .or_else(|| missing_at_source(item))
        .or_else(|| payment_pending(scene, item))
        .or_else(|| payment_claimed(scene))
        .or_else(|| promise(scene, item))
        .or_else(|| agreed::of_item(scene, item))
        .or_else(|| small_balance(scene, item))
        .or_else(|| stale_feed(scene))
        .or_else(|| contact::mail_in_transit(scene))
}

/// People have enough to do about this account: nothing is asked of them before a task has ended.
pub(crate) fn tasks_full(account: &Account) -> Option<Guard> {
    let text = format!("{TASKS_OPEN_MAX} tasks are open on this account: the next waits until one has ended");
    account.tasks_full().then(|| Guard::new("tasks-full", text, None))
}

/// An unknown outcome of the same purpose: it may have happened, so it is not done again until a person says.
pub fn unknown_outcome(account: &Account, action: &Action) -> Option<Guard> {
    let same = |other: &Action| {
        let (ours, theirs) = (action.invoices(), other.invoices());
        purpose(action) == purpose(other) && (ours.is_empty() || ours.iter().any(|invoice| theirs.contains(invoice)))
    };
    let unknown =
        account.effects.values().find(|known| known.state == EffectState::Unknown && same(&known.effect.action));
    unknown.map(|known| {
        let text = format!("it is not known whether `{}` happened; a person has to say", known.effect.key);
        Guard::new("unknown-outcome", text, None)
    })
}

/// Everything that stands in the way of an effect that is already planned; the first reason that holds.
pub fn of_effect(scene: Scene<'_>, effect: &Effect) -> Option<Guard> {
    let scene = Scene { own: Some(&effect.key), ..scene };
    let today = scene.now.today();
    if effect.valid_until.is_some_and(|last| last < today) {
        return Some(Guard::new("expired", "its last day has passed", None));
    }
    if let Some(text) = superseded(scene.account, effect, today) {
        return Some(Guard::new("superseded", text, None));
    }
    if let Some(guard) = upfront::of_action(scene, &effect.action) {
        return Some(guard);
    }
    if effect.action.is_ladder() {
        for number in effect.action.invoices() {
            let Some(item) = scene.account.items.get(number) else { continue };
            if let Some(guard) = of_item(scene, item) {
                let text = format!("{number}: {}", guard.text);
                return Some(Guard { text, ..guard });
            }
        }
    }
    let medium = match &effect.action {
        Action::SendNotice(notice) => channel(scene.account, &[notice.channel]).err(),
        Action::QueueCall(_) => call_impossible(scene.account).map(|text| Guard::new("superseded", text, None)),
        Action::AskPrepayment { channel: by, .. } => channel(scene.account, &[*by]).err(),
        _ => None,
    };
    let contact = || of_contact(scene, &effect.action, Asked::AtTheDoor);
    let medium = medium.map(|guard| Guard { code: "superseded".to_owned(), ..guard });
    let unknown = || unknown_outcome(scene.account, &effect.action);
    medium.or_else(contact).or_else(unknown).or_else(|| backfill(scene.now))
}

/// History is being read in: nothing goes out. Its end is no event of the account, which has to look again by itself.
pub(crate) fn backfill(now: &Now) -> Option<Guard> {
    let text = "history is being read in (backfill): nothing is planned or sent until that ends";
    now.backfill.then(|| Guard::new("backfill", text, Some(plus_days(now.today(), 1))))
}

fn nothing_owed(item: &OpenItem) -> Option<Guard> {
    (!item.is_open()).then(|| Guard::new("nothing-owed", "nothing is owed", None))
}

/// The first protection that holds today; what has no end comes first.
fn protected(scene: Scene<'_>) -> Option<Guard> {
    let today = scene.now.today();
    let holding = scene.account.protections.iter().filter(|known| known.holds_on(today));
    let known = holding.max_by_key(|known| (known.until.unwrap_or(Date::MAX), std::cmp::Reverse(known.kind)))?;
    Some(Guard::new(known.kind.as_str(), known.in_words(), known.ends_on()))
}

fn stopped_all(account: &Account) -> Option<Guard> {
    account.stopped.contains("all").then(|| Guard::new("stopped", "the debtor must not be contacted at all", None))
}

fn dunning_block(scene: Scene<'_>) -> Option<Guard> {
    let blocked = scene.account.blocked.as_ref()?;
    let why = if blocked.reason.is_empty() { String::new() } else { format!(": {}", blocked.reason) };
    match blocked.until {
        None => Some(Guard::new("dunning-block", format!("dunning block{why}"), None)),
        Some(last) if scene.now.today() <= last => {
            Some(Guard::new("dunning-block", format!("dunning block until {last}{why}"), Some(plus_days(last, 1))))
        }
        Some(_) => None,
    }
}

fn placed(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let placement = scene.account.placement_of(&item.invoice.number)?;
    if scene.own == Some(&placement.key) {
        return None;
    }
    Some(Guard::new("placed", format!("placed with the agency since {}", placement.proposed_on), None))
}

fn dispute(account: &Account, item: &OpenItem) -> Option<Guard> {
    let number = &item.invoice.number;
    for dispute in account.disputes.iter().filter(|dispute| &dispute.invoice == number) {
        match &dispute.resolution {
            None => {
                let text = format!("disputed since {} ({})", dispute.opened_on, dispute.reason);
                return Some(Guard::new("dispute", text, None));
            }
            Some(resolution) if resolution.outcome == "upheld" && corrected(item) < dispute.amount.minor => {
                let text = format!("the debtor was right; the credit memo of {} is awaited", dispute.amount);
                return Some(Guard::new("dispute", text, None));
            }
            Some(_) => {}
        }
    }
    None
}

fn missing_at_source(item: &OpenItem) -> Option<Guard> {
    let since = item.missing_since?;
    let text = format!("the accounting package does not list it any more, found on {since}: a person decides");
    Some(Guard::new("missing-at-source", text, None))
}

/// By how much accounting has lowered the item, by credit memos or in its open-item list.
fn corrected(item: &OpenItem) -> i64 {
    item.credited.minor.saturating_sub(item.adjusted.minor.min(0))
}

fn payment_pending(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let days = i32::from(scene.policy.cash.pending_days_max);
    let over = |booked_on: Date| plus_days(booked_on, days + 1);
    let pending = scene.account.pending.values().filter(|payment| payment.amount.currency == item.open.currency);
    let waited_for = pending.filter(|payment| scene.now.today() < over(payment.booked_on));
    let payment = waited_for.max_by_key(|payment| payment.booked_on)?;
    let text = format!("a payment of {} is announced", payment.amount);
    Some(Guard::new("payment-pending", text, Some(over(payment.booked_on))))
}

/// Money that was sent takes some days to arrive. The word of the debtor holds once.
fn payment_claimed(scene: Scene<'_>) -> Option<Guard> {
    let since = scene.account.claims_paid_since?;
    let free = plus_days(since, i32::from(scene.policy.cash.claimed_days) + 1);
    let text = format!("the debtor said on {since} that it is paid; the bank is waited for");
    (scene.now.today() < free).then(|| Guard::new("payment-claimed", text, Some(free)))
}

fn promise(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let number = &item.invoice.number;
    let ours = scene
        .account
        .running_promises()
        .filter(|promise| promise.invoices.is_empty() || promise.invoices.contains(number));
    let promise = ours.max_by_key(|promise| promise.due_on)?;
    let judged_on = promise_judged_on(scene.policy, promise.due_on);
    let text = format!("running promise until {}", promise.due_on);
    Some(Guard::new("promise", text, Some(judged_on)))
}

/// The day on which an unkept promise counts as broken.
pub(crate) fn promise_judged_on(policy: &Policy, due_on: Date) -> Date {
    plus_days(due_on, i32::from(policy.promise.grace_days) + 1)
}

fn small_balance(scene: Scene<'_>, item: &OpenItem) -> Option<Guard> {
    let currency = item.open.currency;
    let least = scene.policy.contact.balance_min.get(&currency)?;
    let least = Money::parse(least, currency).ok()?;
    let owed = scene.account.open().into_iter().find(|sum| sum.currency == currency)?;
    (owed.minor < least.minor)
        .then(|| Guard::new("small-balance", format!("{owed} is below the smallest balance of {least}"), None))
}

fn stale_feed(scene: Scene<'_>) -> Option<Guard> {
    let limit = scene.policy.cash.feed_age_days_max;
    let known_until = scene.now.cash_known_until?;
    let today = scene.now.today();
    let stale = limit > 0 && days_between(known_until, today) > i32::from(limit);
    let text = match known_until {
        Date::MIN => "no bank statement has come yet".to_owned(),
        day => format!("payments are known until {day} only"),
    };
    // A statement is no event of this account: it has to look again by itself.
    stale.then(|| Guard::new("stale-feed", text, Some(plus_days(today, 1))))
}

/// What an effect is for: two with the same purpose are never in the air together.
fn purpose(action: &Action) -> (&'static str, String) {
    match action {
        Action::SendNotice(_) => ("notice", String::new()),
        Action::TellColleague { to, .. } => ("tell", to.clone()),
        Action::QueueCall(_) => ("call", String::new()),
        Action::WithdrawCall { call, .. } => ("withdraw", call.to_string()),
        Action::WithdrawMessage { message, .. } => ("withdraw", message.to_string()),
        Action::HoldCredit { .. } => ("hold", String::new()),
        Action::ReleaseCredit { .. } => ("release", String::new()),
        Action::PlaceWithAgency { .. } => ("place", String::new()),
        Action::ReportDirectPayment { placement, payment, .. } => ("direct", format!("{placement} {payment}")),
        Action::RecallPlacement { placement, .. } => ("recall", placement.to_string()),
        Action::PostCashApplication { payment, .. } => ("post", payment.to_string()),
        Action::AlertColleague { to, subject, .. } => ("alert", format!("{to} {subject}")),
        Action::OrderCreditReport { application, .. } => ("report", application.to_string()),
        Action::EnquireCover { engagement, .. } => ("cover", engagement.to_string()),
        Action::AskPrepayment { engagement, .. } => ("prepayment", engagement.to_string()),
        Action::WriteOff(booking) | Action::ReverseWriteOff(booking) => ("let off", booking.line.to_string()),
        Action::IssueCreditMemo(order) => ("credit memo", order.reference.clone()),
    }
}

/// What it was for is gone.
fn superseded(account: &Account, effect: &Effect, today: Date) -> Option<String> {
    let reversed = |payment| account.payments.get(payment).is_none_or(|posted| posted.reversed_on.is_some());
    let gone = match &effect.action {
        Action::PostCashApplication { payment, .. } | Action::ReportDirectPayment { payment, .. } => {
            reversed(payment).then_some("the payment was given back")
        }
        Action::HoldCredit { .. } if effect.approval.is_none() => {
            account.hold.is_none().then_some("the hold was lifted")
        }
        // Proposed: it is held as soon as people have agreed.
        Action::HoldCredit { .. } => {
            (!account.owes_undisputed(today)).then_some("nothing undisputed is overdue any more")
        }
        Action::ReleaseCredit { .. } => account.hold.is_some().then_some("credit is held again"),
        Action::WithdrawCall { call, .. } => (!account.effects.contains_key(call)).then_some("the call has ended"),
        Action::PlaceWithAgency { items, .. } => {
            let open = |number: &InvoiceNumber| account.items.get(number).map(|item| item.open);
            let same = items.iter().all(|placed| open(&placed.invoice) == Some(placed.amount));
            (!same).then_some("what is open has changed")
        }
        Action::RecallPlacement { placement, .. } => {
            let live = account.placements.iter().any(|known| &known.key == placement && known.state.is_live());
            (!live).then_some("the placement has ended")
        }
        _ => None,
    };
    gone.map(str::to_owned)
}
