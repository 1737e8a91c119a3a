//! `GET /api/overview`: how the creditor's receivables stand.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use escalation::{Currency, Date, Money, Policy};
use jiff::ToSpan;
use serde::Serialize;
use store::Overview;
use utoipa::ToSchema;

use super::Answer;
use super::money::MoneyView;
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

/// Calendar days past due, as the aging of [`Overview`] has them.
pub const BUCKETS: [&str; 5] = ["not yet due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days"];

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Overview)]
pub struct OverviewView {
    pub creditor: String,
    /// Hub time.
    pub now: String,
    /// `day 57 of 120` in the demo.
    pub progress: Option<String>,
    /// Name and version.
    pub policy: String,
    /// Connections that history is read in over: nothing is planned or sent meanwhile.
    pub backfills: Vec<String>,
    pub accounts: u64,
    /// In the order of their codes.
    pub currencies: Vec<CurrencyView>,
    /// Open items on each level, in the order of the policy; items before the first level are not counted.
    pub levels: Vec<LevelView>,
    /// How many accounts have a promise, a dispute, a hold, ...
    pub flags: BTreeMap<String, u64>,
    pub effects_planned: u64,
    pub needs_person: NeedsView,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CurrencyTotals)]
pub struct CurrencyView {
    pub currency: String,
    pub open: MoneyView,
    pub overdue: MoneyView,
    /// On accounts, and not yet on an invoice.
    pub unapplied: MoneyView,
    /// All that the hub has seen.
    pub received: MoneyView,
    pub aging: Vec<BucketView>,
    /// The last weeks, from Monday to Sunday, oldest first.
    pub weeks: Vec<WeekView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgingBucket)]
pub struct BucketView {
    #[schema(example = "31 to 60 days")]
    pub days_past_due: String,
    pub open: MoneyView,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WeekReceived)]
pub struct WeekView {
    /// The Monday.
    pub from: String,
    pub received: MoneyView,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = LevelCount)]
pub struct LevelView {
    pub id: String,
    pub title: String,
    pub items: u64,
}

/// What waits for a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = NeedsPerson)]
pub struct NeedsView {
    /// Of the counts below; money is not counted.
    pub total: u64,
    /// Effects that may or may not have happened.
    pub effects_unknown: u64,
    /// Effects that go out only when a person agrees.
    pub approvals: u64,
    pub quarantined: u64,
    pub parked: u64,
    /// Money that no invoice took, by currency.
    pub unapplied: Vec<MoneyView>,
    /// Accounts with a reversal whose payment is not known.
    pub stray_reversals: u64,
    /// Accounts with an open invoice that the accounting package does not list any more.
    pub missing: u64,
    /// Connections of which nothing is asked until a person says so.
    pub connections: u64,
}

#[utoipa::path(get, path = "/api/overview", responses(
    (status = 200, body = OverviewView),
    (status = 401, body = super::super::web::problem::ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>) -> Answer<OverviewView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<OverviewView, Problem> {
    let today = hub.now().date();
    let overview = hub.store().overview(today).await?;
    let policy = hub.policy();
    let approvals = super::effects::awaiting_approval(hub).await?.len() as u64;
    let paused = super::connections::paused(hub).await?.len() as u64;
    Ok(OverviewView {
        creditor: hub.creditor().name.clone(),
        now: super::timeline::moment(hub.now()),
        progress: hub.progress(),
        policy: format!("{} {}", policy.name, policy.version),
        backfills: hub.backfills().await?.into_iter().map(|backfill| backfill.connection).collect(),
        accounts: overview.accounts,
        currencies: currencies(&overview, today),
        levels: levels(&overview, &policy),
        needs_person: needs(&overview, approvals, paused),
        effects_planned: overview.effects_planned,
        flags: overview.flags,
    })
}

fn currencies(overview: &Overview, today: Date) -> Vec<CurrencyView> {
    let received = overview.received.iter().map(|(_, currency, _)| currency);
    let known: BTreeSet<&Currency> = overview.aging.keys().chain(overview.unapplied.keys()).chain(received).collect();
    known.into_iter().map(|currency| of_currency(overview, *currency, today)).collect()
}

fn of_currency(overview: &Overview, currency: Currency, today: Date) -> CurrencyView {
    let money = |minor: i64| MoneyView::from(Money::new(minor, currency));
    let aging = overview.aging.get(&currency).copied().unwrap_or_default();
    let total = |minors: &[i64]| minors.iter().fold(0_i64, |sum, minor| sum.saturating_add(*minor));
    let received: Vec<i64> =
        overview.received.iter().filter(|(_, of, _)| *of == currency).map(|(_, _, minor)| *minor).collect();
    CurrencyView {
        currency: currency.to_string(),
        open: money(total(&aging)),
        overdue: money(total(&aging[1..])),
        unapplied: money(overview.unapplied.get(&currency).copied().unwrap_or_default()),
        received: money(total(&received)),
        aging: BUCKETS
            .iter()
            .zip(aging)
            .map(|(days, minor)| BucketView { days_past_due: (*days).to_owned(), open: money(minor) })
            .collect(),
        weeks: weeks(overview, currency, today),
    }
}

fn weeks(overview: &Overview, currency: Currency, today: Date) -> Vec<WeekView> {
    let this = monday(today);
    let mut sums: BTreeMap<Date, i64> = (0..i64::from(limits::WEEKS_SHOWN))
        .filter_map(|back| this.checked_sub((7 * back).days()).ok())
        .map(|from| (from, 0))
        .collect();
    for (on, of, minor) in &overview.received {
        if let (true, Some(sum)) = (*of == currency, sums.get_mut(&monday(*on))) {
            *sum = sum.saturating_add(*minor);
        }
    }
    let view =
        |(from, minor): (Date, i64)| WeekView { from: from.to_string(), received: Money::new(minor, currency).into() };
    sums.into_iter().map(view).collect()
}

fn monday(day: Date) -> Date {
    let back = i64::from(day.weekday().to_monday_zero_offset());
    day.checked_sub(back.days()).unwrap_or(day)
}

fn levels(overview: &Overview, policy: &Policy) -> Vec<LevelView> {
    let count = |id: &str| overview.levels.get(id).copied().unwrap_or_default();
    let known = policy.levels.iter().map(|level| LevelView {
        id: level.id.to_string(),
        title: level.title.clone(),
        items: count(level.id.as_str()),
    });
    // Accounts in flight may stand on levels of an older version.
    let is_known = |id: &String| policy.levels.iter().any(|level| level.id.as_str() == id);
    let older = overview.levels.keys().filter(|id| !is_known(id));
    known.chain(older.map(|id| LevelView { id: id.clone(), title: id.clone(), items: count(id) })).collect()
}

fn needs(overview: &Overview, approvals: u64, connections: u64) -> NeedsView {
    let flagged = |flag: &str| overview.flags.get(flag).copied().unwrap_or_default();
    let unapplied = overview.unapplied.iter();
    let mut needs = NeedsView {
        total: 0,
        effects_unknown: overview.effects_unknown,
        approvals,
        quarantined: overview.quarantined,
        parked: overview.parked,
        unapplied: unapplied
            .filter(|(_, minor)| **minor != 0)
            .map(|(code, minor)| Money::new(*minor, *code).into())
            .collect(),
        stray_reversals: flagged("stray-reversal"),
        missing: flagged("missing-at-source"),
        connections,
    };
    needs.total = needs.effects_unknown
        + needs.approvals
        + needs.quarantined
        + needs.parked
        + needs.stray_reversals
        + needs.missing
        + needs.connections;
    needs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_in_is_summed_by_the_week_and_the_currency() {
        let eur = Currency::EUR;
        let sek: Currency = "SEK".parse().unwrap();
        let day = |text: &str| text.parse::<Date>().unwrap();
        let received = vec![
            (day("2026-03-01"), eur, 100),
            (day("2026-03-02"), eur, 20),
            (day("2026-03-08"), eur, 3),
            (day("2026-03-08"), sek, 999),
            (day("2020-01-01"), eur, 5),
        ];
        let overview = Overview { received, ..Overview::default() };
        let weeks = weeks(&overview, eur, day("2026-03-10"));
        assert_eq!(weeks.len(), limits::WEEKS_SHOWN as usize);
        let last: Vec<_> = weeks.iter().rev().take(3).map(|week| (week.from.as_str(), week.received.minor)).collect();
        assert_eq!(last, [("2026-03-09", 0), ("2026-03-02", 23), ("2026-02-23", 100)]);
    }
}
