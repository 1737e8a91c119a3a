//! `GET /api/accounts/{id}/timeline`: what happened to an account and what was decided, with the reasons, newest first.

use axum::Json;
use axum::extract::State;
use escalation::{AccountId, DateTime, Reason};
use serde::{Deserialize, Serialize};
use store::lane::DecisionRow;
use store::{Content, JournalEntry};
use utoipa::{IntoParams, ToSchema};

use super::narrate;
use super::{Answer, Named, Params};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct TimelineQuery {
    /// From 1, the newest.
    #[param(minimum = 1, maximum = 100_000)]
    pub page: Option<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Timeline)]
pub struct TimelineView {
    pub account: String,
    pub page: u32,
    pub pages: u32,
    /// Events of the account in all.
    pub events: i64,
    /// Newest first.
    pub entries: Vec<TimelineEntry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Hub time.
    pub at: String,
    /// `event` or `decision`.
    pub kind: String,
    /// Of an event: what it is about, such as `money`, `promise`, `effect`.
    pub topic: String,
    /// Of an event its place in the journal; of a decision the last event that it knew.
    pub seq: i64,
    pub text: String,
    /// Words of the other side, a key, a reference.
    pub detail: String,
    /// Of an event: where it comes from.
    pub origin: String,
    /// Of an event that an operator passed over: who, and why.
    pub skipped: Option<String>,
    /// Of an event: the business day, when that is not the day of `at`.
    pub on: Option<String>,
    /// Of a decision.
    pub reasons: Vec<ReasonView>,
    /// Of a decision: when it looks again if nothing happens.
    pub look_again: Option<String>,
    /// Of a decision: how often it came out the same in a row, and when first.
    pub times: u32,
    pub since: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Reason)]
pub struct ReasonView {
    pub code: String,
    pub text: String,
    pub invoice: Option<String>,
    pub level: Option<String>,
    /// The day until which it holds.
    pub until: Option<String>,
}

#[utoipa::path(get, path = "/api/accounts/{id}/timeline", params(("id" = String, Path), TimelineQuery), responses(
    (status = 200, body = TimelineView),
    (status = 404, body = ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(
    State(web): State<Shared>,
    Named(id): Named,
    Params(query): Params<TimelineQuery>,
) -> Answer<TimelineView> {
    let page = super::accounts::bounded("page", query.page.unwrap_or(1), limits::PAGE_MAX)?;
    let hub: &dyn Hub = web.hub.as_ref();
    let id = AccountId::new(id);
    let Some((_, lane)) = hub.store().account(&id).await? else { return Err(Problem::no_account(id.as_str())) };
    Ok(Json(gather(hub, &id, lane.head_seq, page).await?))
}

/// Page `page` of the account whose last event is `head`.
pub async fn gather(hub: &dyn Hub, id: &AccountId, head: i64, page: u32) -> Result<TimelineView, Problem> {
    let size = i64::from(limits::TIMELINE_EVENTS);
    let until = (head - i64::from(page - 1) * size).max(0);
    let after = (until - size).max(0);
    let events = if until == 0 {
        Vec::new()
    } else {
        hub.store().journal(id, after, (until - after).try_into().unwrap_or(limits::TIMELINE_EVENTS)).await?
    };
    let mut decisions = hub.store().decisions(id, limits::DECISIONS_MAX).await?;
    // A decision stands on the page of the last event that it knew; the oldest page also has those that knew none.
    decisions.retain(|decision| decision.seq <= until && (decision.seq > after || after == 0));
    if until == 0 && head > 0 {
        decisions.clear();
    }
    let pages = u32::try_from((head + size - 1) / size).unwrap_or(u32::MAX).max(1);
    Ok(TimelineView { account: id.to_string(), page, pages, events: head, entries: merge(events, decisions) })
}

/// `2026-03-02T10:15:00`
pub fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

pub fn reason(reason: &Reason) -> ReasonView {
    ReasonView {
        code: reason.code.clone(),
        text: reason.text.clone(),
        invoice: reason.invoice.as_ref().map(ToString::to_string),
        level: reason.level.as_ref().map(ToString::to_string),
        until: reason.until.map(|until| until.to_string()),
    }
}

fn merge(events: Vec<JournalEntry>, decisions: Vec<DecisionRow>) -> Vec<TimelineEntry> {
    let mut entries: Vec<_> = events.into_iter().map(event).chain(decisions.into_iter().map(decision)).collect();
    // Oldest first: an event, then the decisions that knew it as the last one, then the next event.
    entries.sort_by(|a, b| (a.seq, a.kind == "decision", &a.at).cmp(&(b.seq, b.kind == "decision", &b.at)));
    let mut merged: Vec<TimelineEntry> = Vec::new();
    for entry in entries {
        match merged.last_mut() {
            Some(last) if is_repeated(last, &entry) => {
                let since = last.since.take().unwrap_or_else(|| last.at.clone());
                *last = TimelineEntry { since: Some(since), times: last.times.saturating_add(entry.times), ..entry };
            }
            _ => merged.push(entry),
        }
    }
    merged.reverse();
    merged
}

fn is_repeated(last: &TimelineEntry, next: &TimelineEntry) -> bool {
    let same = |a: &TimelineEntry, b: &TimelineEntry| {
        let codes = |entry: &TimelineEntry| -> Vec<_> {
            entry.reasons.iter().map(|r| (r.code.clone(), r.invoice.clone(), r.level.clone())).collect()
        };
        codes(a) == codes(b)
    };
    last.kind == "decision" && next.kind == "decision" && last.seq == next.seq && same(last, next)
}

fn event(entry: JournalEntry) -> TimelineEntry {
    let (told, event) = match &entry.content {
        Content::Event(event) => (narrate::fact(&event.fact), Some(event)),
        Content::Erased => (narrate::gone("Erased", "who and what is not known any more"), None),
        Content::Unreadable(why) => (narrate::gone("Not readable", why), None),
    };
    let at = event.map_or(entry.recorded_at, |event| event.at);
    let origin = event.map(|event| event.origin.clone()).unwrap_or_default();
    let on = event.filter(|event| event.on != at.date()).map(|event| event.on.to_string());
    TimelineEntry {
        at: moment(at),
        kind: "event".to_owned(),
        topic: told.topic.to_owned(),
        seq: entry.seq,
        text: told.text,
        detail: told.detail,
        origin,
        skipped: entry.skipped,
        on,
        reasons: Vec::new(),
        look_again: None,
        times: 1,
        since: None,
    }
}

fn decision(row: DecisionRow) -> TimelineEntry {
    TimelineEntry {
        at: moment(row.last_at),
        kind: "decision".to_owned(),
        topic: "decision".to_owned(),
        seq: row.seq,
        text: format!("Decided by {}", row.policy),
        detail: String::new(),
        origin: String::new(),
        skipped: None,
        on: None,
        reasons: row.because.iter().map(reason).collect(),
        look_again: row.look_again.map(moment),
        times: row.times,
        since: (row.times > 1).then(|| moment(row.at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(at: &str, seq: i64, codes: &[&str]) -> DecisionRow {
        let because = codes
            .iter()
            .map(|code| Reason {
                code: (*code).into(),
                text: format!("{code} on {at}"),
                invoice: None,
                level: None,
                until: None,
            })
            .collect();
        let at = at.parse().unwrap();
        DecisionRow { at, times: 1, last_at: at, policy: "standard 1".into(), seq, look_again: None, because }
    }

    fn journal(at: &str, seq: i64) -> JournalEntry {
        let event = escalation::event::Event {
            at: at.parse().unwrap(),
            on: "2026-03-01".parse().unwrap(),
            origin: "desk:Ada".into(),
            fact: escalation::Fact::DunningUnblocked { reason: "agreed".into() },
        };
        JournalEntry {
            account: "a".into(),
            seq,
            recorded_at: event.at,
            content: Content::Event(event),
            hash: String::new(),
            skipped: None,
        }
    }

    #[test]
    fn decisions_stand_after_what_they_knew_and_repetitions_are_one() {
        let events = vec![journal("2026-03-01T08:00:00", 1), journal("2026-03-04T08:00:00", 2)];
        let decisions = vec![
            row("2026-03-04T08:01:00", 2, &["dispute"]),
            row("2026-03-03T06:00:00", 1, &["not-yet"]),
            row("2026-03-02T06:00:00", 1, &["not-yet"]),
            row("2026-03-01T08:01:00", 1, &["not-yet"]),
        ];
        let merged = merge(events, decisions);
        let seen: Vec<_> = merged.iter().map(|e| (e.kind.as_str(), e.seq, e.times)).collect();
        assert_eq!(seen, [("decision", 2, 1), ("event", 2, 1), ("decision", 1, 3), ("event", 1, 1)]);
        assert_eq!(merged[2].since.as_deref(), Some("2026-03-01T08:01:00"));
        assert_eq!(merged[2].reasons[0].text, "not-yet on 2026-03-03T06:00:00");
        assert_eq!(merged[1].on.as_deref(), Some("2026-03-01"));
        assert_eq!(merged[3].on, None);
    }
}
