//! `GET /api/accounts/{id}/release`: may this customer order? For order entry, before it accepts one.

use axum::Json;
use axum::extract::State;
use escalation::{Account, AccountId, Date};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::{self, MoneyView};
use super::{Answer, Named};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Release)]
pub struct ReleaseView {
    pub account: String,
    pub name: String,
    /// On credit.
    pub may_order: bool,
    /// Not on credit, but against cash in advance.
    pub against_cash: bool,
    /// The answer as a sentence.
    pub text: String,
    /// What led to the answer; without a hold, what to know before the order is accepted.
    pub reasons: Vec<ReleaseReason>,
    pub open: Vec<MoneyView>,
    pub overdue: Vec<MoneyView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleaseReason {
    /// `credit-hold`, `cash-in-advance`, `overdue`, `placed`, `dispute`, `segment`, `promise`, `plan`, `settlement`.
    pub code: String,
    pub text: String,
}

#[utoipa::path(get, path = "/api/accounts/{id}/release", params(("id" = String, Path)), responses(
    (status = 200, body = ReleaseView),
    (status = 404, body = ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Named(id): Named) -> Answer<ReleaseView> {
    let hub: &dyn Hub = web.hub.as_ref();
    let Some((account, _)) = hub.store().account(&AccountId::new(&id)).await? else {
        return Err(Problem::no_account(&id));
    };
    Ok(Json(view(&account, hub.now().date())))
}

/// Only the credit hold and the terms after a broken word, which the policy decides on, say no; the rest is there to be known.
pub fn view(account: &Account, today: Date) -> ReleaseView {
    let text = match (&account.hold, &account.cash_in_advance) {
        (Some(hold), _) => {
            format!("No new orders: credit hold since {}, {}.", hold.since, hold.reason.trim_end_matches('.'))
        }
        (None, Some(terms)) => {
            let reason = terms.reason.trim_end_matches('.');
            format!("May order against cash in advance only, since {}: {reason}.", terms.since)
        }
        (None, None) => "May order: no credit hold.".to_owned(),
    };
    ReleaseView {
        account: account.id.to_string(),
        name: account.debtor.name.clone(),
        may_order: account.hold.is_none() && account.cash_in_advance.is_none(),
        against_cash: account.hold.is_none() && account.cash_in_advance.is_some(),
        text,
        reasons: reasons(account, today),
        open: money::all(account.open()),
        overdue: money::all(account.overdue(today)),
    }
}

fn reasons(account: &Account, today: Date) -> Vec<ReleaseReason> {
    let mut reasons = Vec::new();
    let mut say = |code: &str, text: String| reasons.push(ReleaseReason { code: code.to_owned(), text });
    if let Some(hold) = &account.hold {
        say("credit-hold", format!("credit hold since {}: {}", hold.since, hold.reason));
    }
    if let Some(terms) = &account.cash_in_advance {
        let text = format!("cash in advance since {}, until nothing is owed: {}", terms.since, terms.reason);
        say("cash-in-advance", text);
    }
    for amount in account.overdue(today) {
        say("overdue", format!("{amount} past due, {} days at the longest", account.days_past_due(today)));
    }
    if let Some(placement) = account.live_placement() {
        say("placed", format!("{} with the agency since {}", placement.total, placement.proposed_on));
    }
    for dispute in account.open_disputes() {
        say("dispute", format!("{} of {} disputed since {}", dispute.amount, dispute.invoice, dispute.opened_on));
    }
    if let Some(known) = &account.segment {
        say("segment", format!("segment {} since {}: {}", known.segment, known.since, known.because));
    }
    for plan in account.plans.iter().filter(|plan| plan.is_running()) {
        say("plan", format!("payment plan of {} instalments since {}", plan.instalments.len(), plan.agreed_on));
    }
    for settlement in account.settlements.iter().filter(|settlement| settlement.is_live()) {
        say("settlement", format!("settlement of {} by {}", settlement.amount, settlement.pay_by));
    }
    for promise in account.running_promises() {
        say("promise", format!("{} promised by {}", promise.amount, promise.due_on));
    }
    reasons
}
