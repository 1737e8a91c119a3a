//! The agency is kept up to date: direct payments are reported, what must not be collected any more is recalled.

use super::Work;
use crate::effect::Action;
use crate::id::EffectKey;
use crate::placement::{Placement, PlacementState};

pub(super) fn keep_up(work: &mut Work<'_>) {
    for placement in work.account.placements.clone() {
        report_direct_payments(work, &placement);
        recall(work, &placement);
    }
}

fn report_direct_payments(work: &mut Work<'_>, placement: &Placement) {
    for direct in &placement.direct_payments {
        let key = EffectKey::new(format!("direct:{}:{}", placement.key, direct.payment));
        let stands = work.account.payments.get(&direct.payment).is_some_and(|posted| posted.reversed_on.is_none());
        if !stands || work.account.spent.contains(&key) {
            continue;
        }
        work.says("direct-payment", format!("{} was paid directly while placed with the agency", direct.amount));
        let action = Action::ReportDirectPayment {
            agency: placement.agency.clone(),
            placement: placement.key.clone(),
            payment: direct.payment.clone(),
            amount: direct.amount,
            received_on: direct.received_on,
        };
        work.plans(key, None, action);
    }
}

fn recall(work: &mut Work<'_>, placement: &Placement) {
    if !matches!(placement.state, PlacementState::Sent | PlacementState::Active) {
        return;
    }
    let Some(reason) = recall_reason(work, placement) else { return };
    let key = EffectKey::new(format!("recall:{}", placement.key));
    if !work.account.spent.contains(&key) {
        work.says("recalled", format!("the placement is recalled: {reason}"));
        let (agency, placement) = (placement.agency.clone(), placement.key.clone());
        work.plans(key, None, Action::RecallPlacement { agency, placement, reason });
    }
}

/// Disputed, protected, or nothing left to collect for another reason than the agency's own work.
fn recall_reason(work: &Work<'_>, placement: &Placement) -> Option<String> {
    let disputed = work.account.open_disputes().find(|dispute| placement.holds(&dispute.invoice));
    if let Some(dispute) = disputed {
        return Some(format!("{} is disputed ({})", dispute.invoice, dispute.reason));
    }
    let protections = &work.account.protections;
    if let Some(known) = protections.iter().find(|known| known.until.is_none() && known.since >= placement.proposed_on)
    {
        return Some(known.in_words());
    }
    let items = || placement.items.iter().filter_map(|placed| work.account.items.get(&placed.invoice));
    let open = items().any(|item| item.is_open());
    let collected = placement.applied.values().flatten().fold(0i64, |sum, part| sum.saturating_add(part.amount.minor));
    (!open && collected < placement.total.minor).then(|| "everything was paid or credited directly".to_owned())
}
