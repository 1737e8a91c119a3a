//! `GET /api/accounts`: all accounts, searched, filtered, sorted, paged.

use axum::Json;
use axum::extract::State;
use escalation::{Currency, Money};
use serde::{Deserialize, Serialize};
use store::{AccountFilter, AccountRow};
use utoipa::{IntoParams, ToSchema};

use super::money::MoneyView;
use super::{Answer, Params};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

pub const SORTS: [&str; 4] = ["open", "overdue", "level", "name"];
pub const FLAGS: &[&str] = &[
    "promise",
    "dispute",
    "hold",
    "placed",
    "blocked",
    "parked",
    "stopped",
    "stray-reversal",
    "missing-at-source",
    "plan",
    "cash-in-advance",
    "to-approve",
    "prepayment-open",
    "cover-lapsed",
    "credit-open",
    "terms-proposed",
    "task",
    "call",
];

/// What to show. Empty values count as not given, as forms send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct AccountsQuery {
    /// Part of a name, an account id or an invoice number.
    pub search: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// `promise`, `dispute`, `hold`, `placed`, `blocked`, `parked`, `stopped`, `stray-reversal`,
    /// `missing-at-source`, `plan`, `cash-in-advance`, `to-approve`, `prepayment-open`, `cover-lapsed`, `credit-open`,
    /// `terms-proposed`, `task`, `call`.
    pub flag: String,
    /// A level's id.
    pub level: String,
    /// `yes`: only accounts with something past due.
    pub overdue: String,
    /// `open` (default), `overdue`, `level`, `name`.
    pub sort: String,
    /// `up` or `down` (default; `up` for names).
    pub order: String,
    /// From 1.
    #[param(minimum = 1, maximum = 100_000)]
    pub page: Option<u32>,
    /// 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub per_page: Option<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Accounts)]
pub struct AccountsView {
    pub total: u64,
    pub page: u32,
    pub per_page: u32,
    pub accounts: Vec<AccountLine>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountLine {
    pub id: String,
    pub name: String,
    pub country: String,
    /// Of the account's main currency.
    pub open: MoneyView,
    pub unapplied: MoneyView,
    pub oldest_due_on: Option<String>,
    /// Of the oldest open item.
    pub days_past_due: i32,
    pub level: Option<String>,
    pub flags: Vec<String>,
}

#[utoipa::path(get, path = "/api/accounts", params(AccountsQuery), responses(
    (status = 200, body = AccountsView),
    (status = 400, body = super::super::web::problem::ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Params(query): Params<AccountsQuery>) -> Answer<AccountsView> {
    Ok(Json(gather(web.hub.as_ref(), &query).await?))
}

pub async fn gather(hub: &dyn Hub, query: &AccountsQuery) -> Result<AccountsView, Problem> {
    let filter = filter(hub, query)?;
    let page = hub.store().accounts(&filter).await?;
    let today = hub.now().date();
    Ok(AccountsView {
        total: page.total,
        page: filter.page + 1,
        per_page: filter.per_page,
        accounts: page.rows.iter().map(|row| line(row, today)).collect(),
    })
}

fn filter(hub: &dyn Hub, query: &AccountsQuery) -> Result<AccountFilter, Problem> {
    let page = bounded("page", query.page.unwrap_or(1), limits::PAGE_MAX)?;
    let per_page = bounded("per_page", query.per_page.unwrap_or(limits::PER_PAGE), limits::PER_PAGE_MAX)?;
    if query.search.chars().count() > limits::SEARCH_CHARS_MAX {
        let hint = format!("look for at most {} characters", limits::SEARCH_CHARS_MAX);
        return Err(Problem::wrong("`search` is too long", hint));
    }
    one_of("sort", &query.sort, &SORTS)?;
    one_of("flag", &query.flag, FLAGS)?;
    one_of("order", &query.order, &["up", "down"])?;
    one_of("overdue", &query.overdue, &["yes"])?;
    let sort = given(&query.sort).unwrap_or_else(|| SORTS[0].to_owned());
    let descending = match query.order.as_str() {
        "up" => false,
        "down" => true,
        _ => sort != "name",
    };
    Ok(AccountFilter {
        search: query.search.trim().to_owned(),
        country: given(&query.country),
        flag: given(&query.flag),
        level: given(&query.level),
        overdue_only: query.overdue == "yes",
        sort,
        descending,
        page: page - 1,
        per_page,
        today: Some(hub.now().date()),
    })
}

fn given(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn one_of(name: &str, value: &str, allowed: &[&str]) -> Result<(), Problem> {
    if value.is_empty() || allowed.contains(&value) {
        return Ok(());
    }
    Err(Problem::wrong(format!("`{name}` cannot be `{value}`"), format!("allowed: {}", allowed.join(", "))))
}

/// A number from 1 to its maximum.
pub fn bounded(name: &str, value: u32, max: u32) -> Result<u32, Problem> {
    if (1..=max).contains(&value) {
        return Ok(value);
    }
    Err(Problem::wrong(format!("`{name}` cannot be {value}"), format!("from 1 to {max}")))
}

pub fn line(row: &AccountRow, today: escalation::Date) -> AccountLine {
    let money = |minor, currency: Currency| MoneyView::from(Money::new(minor, currency));
    let late = |due_on| escalation::invoice::days_between(due_on, today).max(0);
    AccountLine {
        id: row.account.to_string(),
        name: row.name.clone(),
        country: row.country.clone(),
        open: money(row.open_minor, row.currency),
        unapplied: money(row.unapplied_minor, row.currency),
        oldest_due_on: row.oldest_due_on.map(|day| day.to_string()),
        days_past_due: row.oldest_due_on.map_or(0, late),
        level: row.level.clone(),
        flags: row.flags.clone(),
    }
}
