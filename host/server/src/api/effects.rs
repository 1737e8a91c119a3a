//! `GET /api/effects`: what is asked of the world, by status; and the effects of an account with their attempts.

use axum::Json;
use axum::extract::State;
use escalation::account::EffectState;
use escalation::{Account, AccountId, Action, Effect, Policy, approval};
use serde::{Deserialize, Serialize};
use store::{EffectRow, EffectStatus};
use utoipa::{IntoParams, ToSchema};

use super::narrate;
use super::timeline::moment;
use super::{Answer, Params};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct EffectsQuery {
    /// `unknown` when not given; `planned`, `held`, `dispatching`, `succeeded`, `rejected`, `expired`, `cancelled`.
    pub status: String,
    /// 200 when not given.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Effects)]
pub struct EffectsView {
    pub effects: Vec<EffectView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Effect)]
pub struct EffectView {
    /// The business key.
    pub key: String,
    pub account: String,
    pub role: String,
    pub kind: String,
    /// What it asks for, as a sentence.
    pub text: String,
    pub status: String,
    /// Hub time.
    pub planned_at: String,
    pub due_at: String,
    pub ended_at: Option<String>,
    /// The other side's name for it, or why it ended as it did.
    pub note: String,
    /// People who agreed to it, where one or two have to and somebody is still missing.
    pub approved_by: Vec<String>,
    /// Given with the effects of an account.
    pub attempts: Vec<AttemptView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptView {
    pub n: u32,
    pub plugin: String,
    pub batch: String,
    pub started_at: String,
    pub ended_at: Option<String>,
    pub outcome: String,
    pub text: String,
}

#[utoipa::path(get, path = "/api/effects", params(EffectsQuery), responses(
    (status = 200, body = EffectsView),
    (status = 400, body = ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Params(query): Params<EffectsQuery>) -> Answer<EffectsView> {
    let limit = super::accounts::bounded("limit", query.limit.unwrap_or(limits::LIST_ROWS_MAX), limits::LIST_ROWS_MAX)?;
    let wanted = if query.status.is_empty() { "unknown" } else { &query.status };
    let Some(status) = EffectStatus::ALL.into_iter().find(|status| status.as_str() == wanted) else {
        let allowed: Vec<_> = EffectStatus::ALL.into_iter().map(EffectStatus::as_str).collect();
        return Err(Problem::wrong(
            format!("`status` cannot be `{wanted}`"),
            format!("allowed: {}", allowed.join(", ")),
        ));
    };
    Ok(Json(EffectsView { effects: by_status(web.hub.as_ref(), status, limit).await? }))
}

pub async fn by_status(hub: &dyn Hub, status: EffectStatus, limit: u32) -> Result<Vec<EffectView>, Problem> {
    let rows = hub.store().effects_by_status(status, limit).await?;
    Ok(rows.into_iter().map(|row| view(row, Vec::new())).collect())
}

/// Planned effects that go out only when a person agrees.
pub async fn awaiting_approval(hub: &dyn Hub) -> Result<Vec<EffectView>, Problem> {
    let mut waiting = Vec::new();
    for row in hub.store().effects_by_status(EffectStatus::Planned, limits::PLANNED_SCANNED_MAX).await? {
        let may = !row.effect.approval.is_none() || matches!(row.effect.action, Action::PlaceWithAgency { .. });
        if !may {
            continue;
        }
        let Some((account, _)) = hub.store().account(&row.account).await? else { continue };
        if needs_approval(&account, &row.effect, &hub.policy_of(&account)) {
            let approved_by = approved_by(&account, &row.effect);
            waiting.push(EffectView { approved_by, ..view(row, Vec::new()) });
        }
    }
    Ok(waiting)
}

/// As `escalation::clear` has it.
pub fn needs_approval(account: &Account, effect: &Effect, policy: &Policy) -> bool {
    approval::missing(account, effect, policy) > 0
        && account.effects.get(&effect.key).is_some_and(|known| known.state == EffectState::Planned)
}

/// Who agreed so far.
pub fn approved_by(account: &Account, effect: &Effect) -> Vec<String> {
    account.approvers(&effect.key).iter().map(|one| one.by.clone()).collect()
}

/// The effects of an account, newest first, each with its attempts.
pub async fn of_account(hub: &dyn Hub, account: &AccountId) -> Result<Vec<EffectView>, Problem> {
    let mut effects = Vec::new();
    for row in hub.store().effects_of(account, limits::ACCOUNT_EFFECTS_MAX).await? {
        let attempts = if row.attempt == 0 { Vec::new() } else { hub.store().attempts(&row.key).await? };
        effects.push(view(row, attempts));
    }
    Ok(effects)
}

fn view(row: EffectRow, attempts: Vec<store::Attempt>) -> EffectView {
    let attempt = |attempt: store::Attempt| AttemptView {
        n: attempt.n,
        plugin: attempt.plugin,
        batch: attempt.batch,
        started_at: moment(attempt.started_at),
        ended_at: attempt.ended_at.map(moment),
        outcome: attempt.outcome,
        text: attempt.text,
    };
    EffectView {
        key: row.key.to_string(),
        account: row.account.to_string(),
        role: row.role.as_str().to_owned(),
        kind: row.kind,
        text: narrate::action(&row.effect.action),
        status: row.status.as_str().to_owned(),
        planned_at: moment(row.planned_at),
        due_at: moment(row.due_at),
        ended_at: row.ended_at.map(moment),
        note: row.note,
        approved_by: Vec::new(),
        attempts: attempts.into_iter().map(attempt).collect(),
    }
}
