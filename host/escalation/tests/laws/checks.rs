//! What must be true of an account at any moment.

use std::collections::{BTreeMap, BTreeSet};

use escalation::Fact;
use escalation::allowance;
use escalation::cash::Target;
use escalation::goods::ReturnState;
use escalation::invoice::{OpenItem, days_between};
use escalation::placement::PlacementState;
use escalation::promise::PromiseState;
use escalation::task::{TASKS_OPEN_MAX, TaskKind};
use escalation::{Account, Action, Date, Effect, InvoiceNumber, Policy};

/// Payments are fully accounted for, items follow from what was done to them, currencies stay apart.
pub fn money_law(account: &Account) {
    let mut paid: BTreeMap<&InvoiceNumber, i64> = BTreeMap::new();
    for posted in account.payments.values() {
        let mut sum = posted.unapplied.minor;
        assert!(posted.unapplied.minor >= 0 && posted.unapplied.currency == posted.payment.amount.currency);
        for allocation in &posted.allocations {
            assert!(allocation.amount.minor > 0, "an allocation is positive");
            assert_eq!(allocation.amount.currency, posted.payment.amount.currency);
            sum += allocation.amount.minor;
            if let Target::Invoice(number) = &allocation.to {
                *paid.entry(number).or_default() += allocation.amount.minor;
            }
        }
        let expected = if posted.reversed_on.is_some() { 0 } else { posted.payment.amount.minor };
        assert_eq!(sum, expected, "allocations and the rest are the payment");
    }
    let mut collected: BTreeMap<&InvoiceNumber, i64> = BTreeMap::new();
    for placement in &account.placements {
        for part in placement.applied.values().flatten() {
            assert!(part.amount.minor >= 0);
            *collected.entry(&part.invoice).or_default() += part.amount.minor;
        }
        let (commission, gross) = (placement.commission_taken().minor, placement.gross_collected().minor);
        let complete = placement.collections.iter().all(|one| {
            one.reverses.as_ref().is_none_or(|id| placement.collections.iter().any(|other| &other.transaction == id))
        });
        assert!(!complete || (0 <= commission && commission <= gross), "commission {commission} of {gross}");
    }
    for (number, item) in &account.items {
        assert_eq!(item.open.minor, item.computed_open(), "{number}: open follows from the record");
        assert_eq!(item.paid.minor, paid.get(number).copied().unwrap_or(0), "{number}: paid is what was allocated");
        assert!(item.credited.minor >= 0 && item.collected.minor >= 0);
        let (currency, allowed) = (item.open.currency, &item.allowed);
        for line in allowed {
            assert_eq!(line.amount.currency, currency, "{number}: let off in its own currency");
            let left = allowance::standing(allowed, line.kind, &line.reference);
            assert!(left >= 0, "{number}: no more is taken back than was let off");
        }
        for part in [item.open, item.paid, item.credited, item.collected, item.adjusted] {
            assert_eq!(part.currency, item.invoice.payable.currency);
        }
        let known = collected.get(number).copied().unwrap_or(0);
        assert!(item.collected.minor >= known, "{number}: the agency's collections are on the item");
    }
}

/// Two people stand behind what one alone may not let off, and nothing is written off by the policy alone.
/// A letter of a level that asks for people goes out when as many different ones agreed.
pub fn proposal_law(account: &Account, effect: &Effect, policy: &Policy) {
    let Action::SendNotice(notice) = &effect.action else { return };
    let Some(level) = policy.levels_of(account).iter().find(|level| level.id == notice.level) else { return };
    if level.is_proposed() {
        let known = account.proposals.get(&level.id);
        let people: BTreeSet<&str> = known.iter().flat_map(|one| &one.approved).map(|one| one.by.as_str()).collect();
        assert!(people.len() >= level.approval.people(), "{}: {people:?} agreed", effect.key);
    }
}

pub fn four_eyes_law(account: &Account, policy: &Policy) {
    use escalation::settlement::SettlementState;
    use escalation::write_off::{WriteOffState, may_approve};
    for one in account.write_offs.iter().filter(|one| one.state == WriteOffState::Approved) {
        let who = one.decided_by.as_deref().unwrap_or_default();
        assert!(may_approve(&one.proposed_by, who), "{}: proposed by {}, approved by {who}", one.id, one.proposed_by);
    }
    for one in &account.settlements {
        if !matches!(one.state, SettlementState::Agreed | SettlementState::Kept) {
            continue;
        }
        let (waived, balance) = (one.waived(), one.balance());
        let percent = i128::from(waived.minor) * 100
            <= i128::from(balance.minor) * i128::from(policy.settlement.waive_percent_max) + 50;
        let amount = escalation::policy::limit(&policy.settlement.waive_max, waived.currency);
        let alone = percent && amount.is_some_and(|most| waived.minor <= most.minor);
        let second = one.approved_by.as_deref().is_some_and(|who| may_approve(&one.offered_by, who));
        assert!(alone || second, "{}: {waived} let off by one person", one.id);
        let let_off: i64 = account
            .items
            .values()
            .map(|item| allowance::standing(&item.allowed, allowance::AllowanceKind::Settlement, one.id.as_str()))
            .sum();
        assert!(let_off <= waived.minor, "{}: {let_off} let off, {waived} agreed", one.id);
    }
}

/// Levels are climbed one by one, each once in a walk, with their gaps and deadlines kept.
pub fn ladder_law(account: &Account, policy: &Policy) {
    for (number, item) in &account.items {
        let ranks: Vec<usize> = item.steps.iter().map(|step| rank(policy, step.level.as_str())).collect();
        assert_eq!(ranks, (0..ranks.len()).collect::<Vec<_>>(), "{number}: levels rise by one");
        let taken: Vec<_> = item.steps.iter().filter(|step| step.passed.is_none()).collect();
        for pair in taken.windows(2) {
            let (before, after) = (
                &policy.levels[rank(policy, pair[0].level.as_str())],
                &policy.levels[rank(policy, pair[1].level.as_str())],
            );
            let gap = days_between(pair[0].on, pair[1].on);
            assert!(gap >= i32::from(after.gap_days).max(1), "{number}: {} after {gap} days", after.id);
            assert!(
                gap > i32::from(before.deadline_days.unwrap_or(0)),
                "{number}: the deadline of {} is kept",
                before.id
            );
        }
    }
}

/// Nothing reaches the debtor about what is settled, disputed, promised, placed, blocked or stopped.
pub fn contact_law(account: &Account, effect: &Effect, today: Date) {
    if !effect.action.is_contact() {
        return;
    }
    assert!(!account.stopped.contains("all"), "the debtor must not be contacted");
    let protected = account.protections.iter().any(|known| known.until.is_none_or(|last| today <= last));
    assert!(!protected, "the debtor is protected");
    assert!(account.blocked.as_ref().is_none_or(|block| block.until.is_some_and(|last| last < today)), "blocked");
    assert!(!matches!(today.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday), "weekend");
    for number in effect.action.invoices() {
        let item: &OpenItem = &account.items[number];
        assert!(item.is_open(), "{number} is settled");
        assert!(item.missing_since.is_none(), "{number} is missing at the source");
        assert!(account.open_disputes().all(|dispute| &dispute.invoice != number), "{number} is disputed");
        let placed = account.placements.iter().any(|placement| {
            placement.holds(number)
                && matches!(
                    placement.state,
                    PlacementState::Sent | PlacementState::Active | PlacementState::RecallRequested
                )
        });
        assert!(!placed, "{number} is with the agency");
        let promised = account.promises.iter().any(|promise| {
            promise.state == PromiseState::Running && (promise.invoices.is_empty() || promise.invoices.contains(number))
        });
        assert!(!promised, "{number} is promised");
        let grace = crate::world::policy().plan.grace_days;
        let instalments = account.plans.iter().any(|plan| {
            let standing = plan.standing(account, today, grace);
            plan.is_running() && plan.invoices.contains(number) && standing.behind.is_none() && standing.next.is_some()
        });
        assert!(!instalments, "{number} is paid by instalments");
        let settled = account.settlements.iter().any(|one| one.is_live() && one.is_about(number));
        assert!(!settled, "{number} is being settled");
        let returning = account.returns.iter().any(|one| {
            let on_its_way = one.state == ReturnState::Offered && today <= one.until;
            &one.invoice == number && (on_its_way || one.awaits_credit(item))
        });
        assert!(!returning, "{number}: goods may come back");
    }
}

/// What a decision may record while history is read in: money and promises, and what is taken back.
pub fn is_record(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::CashApplied { .. }
            | Fact::PromiseKept { .. }
            | Fact::PromisePartlyKept { .. }
            | Fact::PromiseBroken { .. }
            | Fact::PromiseRefused { .. }
            | Fact::EffectCancelled { .. }
            | Fact::EffectExpired { .. }
            | Fact::AmountAllowed { .. }
            | Fact::OverpaymentKept { .. }
            | Fact::WriteOffRecovered { .. }
            | Fact::PlanRefused { .. }
            | Fact::InstalmentMissed { .. }
            | Fact::PlanKept { .. }
            | Fact::PlanBroken { .. }
            | Fact::SettlementAccepted { .. }
            | Fact::SettlementKept { .. }
            | Fact::SettlementFailed { .. }
            | Fact::WriteOffDeclined { .. }
            | Fact::ReturnLapsed { .. }
            | Fact::CashInAdvanceRequired { .. }
            | Fact::CashInAdvanceLifted { .. }
            | Fact::TaskClosed { .. }
    )
}

pub fn rank(policy: &Policy, id: &str) -> usize {
    policy.levels.iter().position(|level| level.id.as_str() == id).unwrap()
}

/// Nobody is asked to do anything about what is settled, no task is there twice, and no more than a person can see.
pub fn task_law(account: &Account) {
    assert!(account.tasks.len() <= TASKS_OPEN_MAX);
    for (n, task) in account.tasks.iter().enumerate() {
        assert!(account.tasks.iter().skip(n + 1).all(|other| other.id != task.id), "{} is there twice", task.id);
        let about = || task.invoices.iter().filter_map(|number| account.items.get(number));
        if matches!(task.kind, TaskKind::JoinIn { .. } | TaskKind::Other) && about().next().is_some() {
            assert!(about().any(|item| item.is_open()), "{} asks about what is settled: {task:?}", task.id);
        }
        if let TaskKind::Complaint { dispute } = &task.kind {
            assert!(account.open_disputes().any(|open| &open.id == dispute), "{} is settled: {task:?}", task.id);
        }
    }
}
