//! What every engine must do: one suite, run on each.

use std::time::Duration;

use async_trait::async_trait;
use escalation::effect::Call;
use escalation::event::Event;
use escalation::{
    Account, AccountId, Action, Currency, Date, DateTime, Effect, EffectKey, Fact, LevelId, Money, Received, Report,
    Source,
};

use crate::inbox::{Entry, Ingest};
use crate::journal::{Content, JournalEntry};
use crate::lane::{After, Claimed, Decided};
use crate::view::AccountRow;
use crate::{Store, StoreError};

pub mod growth;
pub mod hosts;
pub mod audit;
pub mod ingest;
pub mod lanes;
pub mod outbox;
pub mod policies;
pub mod webhooks;
pub mod sweeps;
pub mod views;

/// An engine with one database.
#[async_trait]
pub trait Backend: Send {
    /// Opens the database, for the first time or after the last store was dropped as a crash would drop it.
    async fn start(&mut self) -> Box<dyn Store>;

    /// A case is over; the engine may look at how it did its work.
    async fn end(&mut self) {
        // Not every engine tells.
    }
}

/// Makes a test of every case, on the backend that the expression makes.
macro_rules! suite {
    ($backend:expr, $attribute:tt, $($module:ident { $($case:ident)* })*) => { $(mod $module { use super::*; $(
        #[tokio::test]
        #$attribute
        async fn $case() {
            let mut backend = $backend;
            crate::conformance::$module::$case(&mut backend).await;
            crate::conformance::Backend::end(&mut backend).await;
        }
    )* })* };
}
pub(crate) use suite;

macro_rules! conformance {
    ($backend:expr) => {
        crate::conformance::conformance! { $backend, [cfg(test)] }
    };
    // Every case with an attribute: `[ignore = "needs ..."]`.
    ($backend:expr, $attribute:tt) => {
        crate::conformance::suite! { $backend, $attribute,
            ingest {
                a_page_is_taken_with_its_cursor_and_memory
                the_same_key_again_changes_nothing
                other_content_is_quarantined_once
                a_greater_version_replaces_and_a_lesser_one_does_not
                refusals_count_once
                control_totals_keep_the_latest_statement
                money_in_is_summed_by_day
                what_was_answered_survives_a_crash
            }
            lanes {
                lanes_are_claimed_when_due_oldest_first
                a_lease_keeps_others_out_until_it_ends
                a_lost_fence_writes_nothing
                a_decision_moves_its_lane
                a_decision_overtaken_by_events_is_void
                a_decision_made_again_is_counted
                reading_without_deciding_keeps_newcomers_unread
                a_lost_lane_does_not_hold_up_the_others
                a_parked_lane_waits_and_the_others_go_on
                an_operator_passes_over_an_event
                an_effect_planned_twice_parks_its_lane
                a_long_lane_is_read_in_parts
                only_the_newest_decisions_are_kept
            }
            outbox {
                effects_are_due_in_their_order
                a_mark_is_refused_when_the_world_has_moved
                what_is_in_the_air_comes_back_by_batch
                a_conclusion_counts_once_and_tells_the_lane
                what_did_not_happen_is_tried_again_later
                whoever_was_overtaken_cannot_say_that_it_did_not_happen
                only_what_is_still_planned_is_cancelled
                what_lost_its_reason_in_the_air_does_not_go_out_again
                a_person_settles_an_unknown_outcome
                an_effect_is_put_off
            }
            growth {
                what_ended_long_ago_reads_as_before
                what_has_not_ended_stays_at_hand
                what_was_read_and_sealed_reads_as_before
                growth_is_worked_off_in_pieces
                a_key_stays_spent_in_history
                what_came_in_is_known_without_its_body
                what_was_put_aside_goes
            }
            hosts {
                a_lease_has_one_holder_at_a_time
                a_renewed_lease_keeps_its_fence_and_a_lost_one_does_not
                a_lease_that_is_given_back_is_free
                a_valve_is_one_for_all_who_ask
                a_valve_stands_as_it_was_turned
                who_holds_what_is_told
            }
            sweeps {
                a_run_begins_once_and_when_it_is_due
                a_complete_run_keeps_both_sides_totals
                what_is_missing_twice_in_a_row_is_told_once
                what_is_settled_is_not_missed
                a_run_that_is_overtaken_changes_nothing
                only_the_newest_runs_are_kept
            }
            webhooks {
                a_webhook_is_kept_once
                webhooks_are_read_in_the_order_in_which_they_came
                what_was_heard_survives_a_crash
                an_old_webhook_is_known_without_its_content
            }
            policies {
                a_version_is_published_once
                the_current_version_is_the_last_that_was_published
                what_is_published_survives_a_crash
            }
            audit {
                the_tail_has_every_event_in_order
                seals_follow_each_other
                an_erased_account_tells_nothing_and_keeps_its_hashes
                only_an_account_at_rest_is_erased
                what_comes_for_an_erased_account_is_put_aside
            }
            views {
                accounts_are_filtered_sorted_and_paged
                views_follow_the_account
                candidates_come_by_reference_amount_and_payer
                the_worklist_ranks_by_money_and_days
                the_overview_adds_up
                memory_is_small_and_bounded
            }
        }
    };
}
pub(crate) use conformance;

const HOUR: Duration = Duration::from_secs(3_600);

/// An hour of the first day.
fn at(hour: i8) -> DateTime {
    day(5).at(hour, 0, 0, 0)
}

/// A day of the first month.
fn day(day: i8) -> Date {
    Date::constant(2026, 1, day)
}

fn id(account: &str) -> AccountId {
    AccountId::new(account)
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn event(fact: Fact) -> Event {
    Event { at: at(8), on: day(5), origin: "test".to_owned(), fact }
}

/// An event that can be told from others by its text.
fn said(text: &str) -> Event {
    event(Fact::DunningBlocked { reason: text.to_owned(), until: None })
}

fn texts<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<String> {
    let text = |event: &Event| match &event.fact {
        Fact::DunningBlocked { reason, .. } => reason.clone(),
        other => format!("{other:?}"),
    };
    events.into_iter().map(text).collect()
}

fn entry(key: &str, content: &str, events: &[(&str, Event)]) -> Entry {
    let source = Source {
        key: key.to_owned(),
        version: None,
        digest: None,
        document: format!("{key}.xml"),
        place: "line 1".to_owned(),
        occurred_on: day(5),
    };
    let report = Report::Other { kind: content.to_owned(), notes: Vec::new() };
    let events = events.iter().map(|(account, event)| (id(account), event.clone())).collect();
    Entry { received: Received { source, report }, events }
}

fn page(entries: Vec<Entry>) -> Ingest {
    Ingest {
        connection: "files".to_owned(),
        at: at(8),
        cursor: None,
        entries,
        refusals: Vec::new(),
        totals: Vec::new(),
        kv: Vec::new(),
    }
}

/// One event for an account, at an hour.
async fn tell(store: &dyn Store, account: &str, text: &str, hour: i8) {
    let entry = entry(&format!("{account}:{text}"), text, &[(account, said(text))]);
    let taken = store.ingest(Ingest { at: at(hour), ..page(vec![entry]) }).await.unwrap();
    assert_eq!(taken.taken, 1);
}

async fn claim(store: &dyn Store, hour: i8) -> Vec<Claimed> {
    store.claim("host", at(hour), HOUR, 100).await.unwrap()
}

async fn claim_one(store: &dyn Store, hour: i8) -> Claimed {
    let mut claimed = claim(store, hour).await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

/// A decision on all that was claimed.
fn decision(claimed: &Claimed, events: Vec<Event>, look_again: Option<DateTime>) -> Decided {
    Decided {
        account: claimed.account.clone(),
        fence: claimed.fence,
        at: at(9),
        read_seq: claimed.read_until,
        events,
        after: Some(After {
            state: claimed.state.clone().unwrap_or_else(|| Account::new(claimed.account.clone())),
            row: account_row(claimed.account.as_str()),
        }),
        policy: "standard@1".to_owned(),
        look_again,
        because: Vec::new(),
    }
}

pub fn account_row(account: &str) -> AccountRow {
    AccountRow {
        account: id(account),
        name: format!("{account} GmbH"),
        country: "DE".to_owned(),
        currency: Currency::EUR,
        open_minor: 0,
        unapplied_minor: 0,
        oldest_due_on: None,
        level: None,
        level_rank: 0,
        flags: Vec::new(),
        payer_accounts: Vec::new(),
        items: Vec::new(),
        references: Vec::new(),
    }
}

fn hold(key: &str, due_on: Date) -> Effect {
    Effect {
        key: EffectKey::new(key),
        due_on,
        valid_until: None,
        approval: escalation::Approval::None,
        action: Action::HoldCredit { reason: "late".to_owned() },
    }
}

fn call(key: &str, due_on: Date, weight: i64) -> Effect {
    let call = Call { level: LevelId::new("call"), invoices: Vec::new(), reason: "late".to_owned(), weight };
    Effect { action: Action::QueueCall(call), ..hold(key, due_on) }
}

fn planned(effect: Effect) -> Event {
    event(Fact::EffectPlanned { effect })
}

/// Makes an account whose decision planned these effects; nothing is left unread.
async fn plan(store: &dyn Store, account: &str, effects: Vec<Effect>) -> i64 {
    tell(store, account, "it begins", 8).await;
    let claimed = claim_one(store, 9).await;
    assert_eq!(claimed.account, id(account));
    let events = effects.into_iter().map(planned).collect();
    store.decided(vec![decision(&claimed, events, None)]).await.unwrap();
    seen(store, account).await
}

/// The lane's `done_seq`.
async fn seen(store: &dyn Store, account: &str) -> i64 {
    store.account(&id(account)).await.unwrap().unwrap().1.done_seq
}

fn lost(answer: Result<(), StoreError>, account: &str) {
    assert!(matches!(&answer, Err(StoreError::LostLane(lane)) if *lane == id(account)), "{answer:?}");
}
