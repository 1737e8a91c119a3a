//! `GET /api/needs-person`: everything that waits for a person.

use axum::Json;
use axum::extract::State;
use escalation::AccountId;
use serde::Serialize;
use store::{AccountFilter, EffectStatus};
use utoipa::ToSchema;

use super::Answer;
use super::account::{PaymentView, payment};
use super::agreed::{ProposalView, SettlementView, WriteOffView};
use super::connections::{self, ConnectionView};
use super::effects::{self, EffectView};
use super::lanes::LaneView;
use super::money::MoneyView;
use super::quarantine::{self, DocumentView};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Needs)]
pub struct NeedsListView {
    /// They may or may not have happened.
    pub effects: Vec<EffectView>,
    /// They go out only when a person agrees.
    pub approvals: Vec<EffectView>,
    pub documents: Vec<DocumentView>,
    /// They do not know us any more, or a person paused them: nothing is asked of them.
    pub connections: Vec<ConnectionView>,
    pub parked: Vec<LaneView>,
    /// Accounts with money that no invoice took.
    pub unapplied: Vec<UnappliedView>,
    /// Accounts with reversals whose payment is not known.
    pub stray_reversals: Vec<StrayView>,
    /// Open invoices that the accounting package does not list any more.
    pub missing: Vec<MissingView>,
    /// Levels that wait for people; write-offs and settlements that wait for a second one.
    pub to_approve: Vec<ToApproveView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ToApprove)]
pub struct ToApproveView {
    pub account: String,
    pub name: String,
    pub proposals: Vec<ProposalView>,
    pub write_offs: Vec<WriteOffView>,
    pub settlements: Vec<SettlementView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = UnappliedCash)]
pub struct UnappliedView {
    pub account: String,
    pub name: String,
    pub payments: Vec<PaymentView>,
    /// Where the money could go, oldest due first.
    pub items: Vec<OpenView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpenAmount)]
pub struct OpenView {
    pub invoice: String,
    pub open: MoneyView,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StrayReversals)]
pub struct StrayView {
    pub account: String,
    pub name: String,
    pub reversals: Vec<PaymentView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MissingInvoice)]
pub struct MissingView {
    pub account: String,
    pub name: String,
    pub invoice: String,
    pub open: MoneyView,
    /// The connection that told of it.
    pub source: String,
    /// The day on which it was found missing.
    pub since: String,
}

#[utoipa::path(get, path = "/api/needs-person", responses((status = 200, body = NeedsListView)))]
pub async fn get(State(web): State<Shared>) -> Answer<NeedsListView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<NeedsListView, Problem> {
    Ok(NeedsListView {
        effects: effects::by_status(hub, EffectStatus::Unknown, limits::LIST_ROWS_MAX).await?,
        approvals: effects::awaiting_approval(hub).await?,
        documents: quarantine::gather(hub).await?.documents,
        connections: connections::paused(hub).await?,
        parked: super::lanes::gather(hub).await?,
        unapplied: unapplied(hub).await?,
        stray_reversals: stray(hub).await?,
        missing: missing(hub).await?,
        to_approve: to_approve(hub).await?,
    })
}

async fn unapplied(hub: &dyn Hub) -> Result<Vec<UnappliedView>, Problem> {
    let mut found = Vec::new();
    for id in with_unapplied(hub).await? {
        let Some((account, _)) = hub.store().account(&id).await? else { continue };
        let rests = account.payments.values().filter(|posted| !posted.unapplied.is_zero() && !posted.kept);
        if rests.clone().next().is_none() {
            continue;
        }
        let open = |item: &escalation::invoice::OpenItem| OpenView {
            invoice: item.invoice.number.to_string(),
            open: item.open.into(),
        };
        found.push(UnappliedView {
            account: id.to_string(),
            name: account.debtor.name.clone(),
            payments: rests.map(|posted| payment(&posted.payment, Some(posted.unapplied.into()))).collect(),
            items: account.open_items().into_iter().map(open).collect(),
        });
    }
    Ok(found)
}

async fn stray(hub: &dyn Hub) -> Result<Vec<StrayView>, Problem> {
    let mut found = Vec::new();
    for id in flagged(hub, "stray-reversal").await? {
        let Some((account, _)) = hub.store().account(&id).await? else { continue };
        let reversals = account.stray_reversals.iter().map(|reversal| payment(reversal, None)).collect();
        found.push(StrayView { account: id.to_string(), name: account.debtor.name, reversals });
    }
    Ok(found)
}

async fn missing(hub: &dyn Hub) -> Result<Vec<MissingView>, Problem> {
    let mut found = Vec::new();
    for id in flagged(hub, "missing-at-source").await? {
        let Some((account, _)) = hub.store().account(&id).await? else { continue };
        for item in account.open_items() {
            let Some(since) = item.missing_since else { continue };
            found.push(MissingView {
                account: id.to_string(),
                name: account.debtor.name.clone(),
                invoice: item.invoice.number.to_string(),
                open: item.open.into(),
                source: item.source.clone(),
                since: since.to_string(),
            });
        }
    }
    Ok(found)
}

async fn to_approve(hub: &dyn Hub) -> Result<Vec<ToApproveView>, Problem> {
    let mut found = Vec::new();
    for id in flagged(hub, "to-approve").await? {
        let Some((account, _)) = hub.store().account(&id).await? else { continue };
        let mut agreed = super::agreed::view(&account, &hub.policy(), hub.now().date());
        agreed.proposals.retain(|one| one.awaited.is_some());
        agreed.write_offs.retain(|one| one.waits);
        agreed.settlements.retain(|one| one.waits);
        found.push(ToApproveView {
            account: id.to_string(),
            name: account.debtor.name,
            proposals: agreed.proposals,
            write_offs: agreed.write_offs,
            settlements: agreed.settlements,
        });
    }
    Ok(found)
}

/// Accounts whose row shows money that no invoice took. Looked for only where the sums say that there is some.
async fn with_unapplied(hub: &dyn Hub) -> Result<Vec<AccountId>, Problem> {
    let mut found = Vec::new();
    let overview = hub.store().overview(hub.now().date()).await?;
    if overview.unapplied.values().all(|minor| *minor == 0) {
        return Ok(found);
    }
    for page in 0..limits::SCANNED_PAGES_MAX {
        let rows = hub.store().accounts(&AccountFilter { page, ..by_name(hub) }).await?.rows;
        let is_last = rows.len() < limits::LIST_ROWS_MAX as usize;
        found.extend(rows.into_iter().filter(|row| row.unapplied_minor != 0).map(|row| row.account));
        if is_last || found.len() >= limits::LIST_ROWS_MAX as usize {
            break;
        }
    }
    found.truncate(limits::LIST_ROWS_MAX as usize);
    Ok(found)
}

async fn flagged(hub: &dyn Hub, flag: &str) -> Result<Vec<AccountId>, Problem> {
    let filter = AccountFilter { flag: Some(flag.to_owned()), ..by_name(hub) };
    Ok(hub.store().accounts(&filter).await?.rows.into_iter().map(|row| row.account).collect())
}

fn by_name(hub: &dyn Hub) -> AccountFilter {
    AccountFilter {
        sort: "name".to_owned(),
        per_page: limits::LIST_ROWS_MAX,
        today: Some(hub.now().date()),
        ..AccountFilter::default()
    }
}
