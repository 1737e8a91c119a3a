//! Complaints go to the people who can mend the cause: each dispute gets an owner and a day, and what comes again is told.

use std::collections::BTreeMap;

use super::Work;
use super::tasks::Draft;
use crate::dispute::Dispute;
use crate::event::Fact;
use crate::guard;
use crate::invoice::plus_days;
use crate::task::TaskKind;

/// The outcome by which the debtor took the complaint back.
const WITHDRAWN: &str = "withdrawn";

pub(super) fn follow(work: &mut Work<'_>) {
    assign(work);
    alarm(work);
}

/// By the table of the policy. While there is no room for a task the dispute waits for its owner too.
fn assign(work: &mut Work<'_>) {
    let unowned: Vec<Dispute> = work.account.open_disputes().filter(|known| known.owner.is_none()).cloned().collect();
    for dispute in unowned {
        let Some(row) = work.policy.complaint(&dispute.reason) else { continue };
        if let Some(guard) = guard::tasks_full(&work.account) {
            work.says(&guard.code, guard.text);
            return;
        }
        let due_on = plus_days(work.today(), i32::from(row.days));
        let owner = row.owner.clone();
        let text = format!(
            "{} of {} is disputed ({}): {owner} settles it until {due_on}",
            dispute.amount, dispute.invoice, dispute.reason
        );
        work.says("dispute-assigned", text).invoice = Some(dispute.invoice.clone());
        work.happens(Fact::DisputeAssigned { dispute: dispute.id.clone(), owner: owner.clone(), due_on });
        work.opens_if_room(Draft {
            id: format!("complaint:{}", dispute.id),
            kind: TaskKind::Complaint { dispute: dispute.id },
            what: format!("Settle the dispute about {}: {}", dispute.invoice, dispute.reason),
            invoices: vec![dispute.invoice],
            to: owner,
            due_on: Some(due_on),
            because: format!("{} is disputed", dispute.amount),
        });
    }
}

/// The same customer, the same reason, too often: somebody looks for the cause. Each dispute counts for one alarm.
fn alarm(work: &mut Work<'_>) {
    let rules = &work.policy.repeat;
    if rules.disputes == 0 {
        return;
    }
    let today = work.today();
    let since = plus_days(today, -i32::from(rules.days));
    let account = &work.account;
    let mut counted: BTreeMap<String, u16> = BTreeMap::new();
    for dispute in &account.disputes {
        let withdrawn = dispute.resolution.as_ref().is_some_and(|end| end.outcome == WITHDRAWN);
        let told = account.alarms.get(&dispute.reason).is_some_and(|day| dispute.opened_on <= *day);
        if !withdrawn && !told && dispute.opened_on > since {
            let count = counted.entry(dispute.reason.clone()).or_default();
            *count = count.saturating_add(1);
        }
    }
    for (reason, count) in counted.into_iter().filter(|(_, count)| *count >= rules.disputes) {
        work.opens_if_room(Draft {
            id: format!("root-cause:{reason}:{today}"),
            what: format!("Find out why this customer complains again and again: {reason}"),
            kind: TaskKind::RootCause { reason },
            invoices: Vec::new(),
            to: rules.owner.clone(),
            due_on: None,
            because: format!("{count} disputes for the same reason in {} days", rules.days),
        });
    }
}
