//! What was agreed with the debtor, as the API and the desk show it.

use escalation::goods::{GoodsReturn, ReturnState};
use escalation::id::LevelId;
use escalation::plan::PaymentPlan;
use escalation::proposal::Proposal;
use escalation::settlement::{Settlement, SettlementState};
use escalation::write_off::{WriteOff, WriteOffState};
use escalation::{Account, Date, Money, Policy};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::MoneyView;
use super::narrate::word;

/// Newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Agreed)]
pub struct AgreedView {
    /// Levels of the ladder that people are asked about.
    pub proposals: Vec<ProposalView>,
    pub plans: Vec<PlanView>,
    pub settlements: Vec<SettlementView>,
    pub write_offs: Vec<WriteOffView>,
    pub returns: Vec<ReturnView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
pub struct ProposalView {
    pub level: String,
    pub title: String,
    /// Those that had come to the level when it was proposed.
    pub invoices: Vec<String>,
    pub proposed_on: String,
    pub approved_by: Vec<String>,
    /// `waits for two people to approve it`; none: they agreed, and it is taken as soon as nothing else stands in its way.
    pub awaited: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PaymentPlan)]
pub struct PlanView {
    pub id: String,
    pub agreed_on: String,
    pub hardship: String,
    pub text: String,
    pub invoices: Vec<String>,
    pub instalments: Vec<InstalmentView>,
    /// `running`, `kept`, `broken`, `cancelled`.
    pub state: String,
    /// What is missing of instalments whose grace is over, today.
    pub behind: Option<MoneyView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Instalment)]
pub struct InstalmentView {
    pub due_on: String,
    pub amount: MoneyView,
    pub missed: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Settlement)]
pub struct SettlementView {
    pub id: String,
    pub amount: MoneyView,
    pub balance: MoneyView,
    pub paid: MoneyView,
    pub pay_by: String,
    pub because: String,
    /// `offered`, `agreed`, `kept`, `failed`, `declined`.
    pub state: String,
    pub offered_by: String,
    pub approved_by: Option<String>,
    /// It waits for a second person.
    pub waits: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = WriteOff)]
pub struct WriteOffView {
    pub id: String,
    pub invoices: Vec<String>,
    pub amount: Option<MoneyView>,
    pub because: String,
    pub proposed_on: String,
    /// A person, or `policy`.
    pub proposed_by: String,
    /// `proposed`, `approved`, `declined`.
    pub state: String,
    pub decided_by: Option<String>,
    pub waits: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GoodsReturn)]
pub struct ReturnView {
    pub id: String,
    pub invoice: String,
    pub goods: String,
    pub value: MoneyView,
    pub until: String,
    /// `offered`, `received`, `lapsed`.
    pub state: String,
    /// The goods may still arrive.
    pub waits: bool,
}

pub fn view(account: &Account, policy: &Policy, today: Date) -> AgreedView {
    AgreedView {
        proposals: account.proposals.iter().map(|(level, one)| proposal(policy, level, one)).collect(),
        plans: account.plans.iter().rev().map(|plan| one_plan(account, plan, policy, today)).collect(),
        settlements: account.settlements.iter().rev().map(|one| settlement(account, one)).collect(),
        write_offs: account.write_offs.iter().rev().map(write_off).collect(),
        returns: account.returns.iter().rev().map(goods).collect(),
    }
}

fn proposal(policy: &Policy, level: &LevelId, one: &Proposal) -> ProposalView {
    ProposalView {
        level: level.to_string(),
        title: policy.level(level).map_or_else(|| level.to_string(), |known| known.title.clone()),
        invoices: one.invoices.iter().map(ToString::to_string).collect(),
        proposed_on: one.proposed_on.to_string(),
        approved_by: one.approved.iter().map(|known| known.by.clone()).collect(),
        awaited: one.awaited(),
    }
}

fn one_plan(account: &Account, plan: &PaymentPlan, policy: &Policy, today: Date) -> PlanView {
    let standing = plan.is_running().then(|| plan.standing(account, today, policy.plan.grace_days));
    let instalment = |one: &escalation::plan::Instalment| InstalmentView {
        due_on: one.due_on.to_string(),
        amount: one.amount.into(),
        missed: plan.missed.contains(&one.due_on),
    };
    PlanView {
        id: plan.id.to_string(),
        agreed_on: plan.agreed_on.to_string(),
        hardship: plan.hardship.clone(),
        text: plan.text.clone(),
        invoices: plan.invoices.iter().map(ToString::to_string).collect(),
        instalments: plan.instalments.iter().map(instalment).collect(),
        state: word(&plan.state),
        behind: standing.and_then(|standing| standing.behind).map(|(_, missing)| missing.into()),
    }
}

fn settlement(account: &Account, one: &Settlement) -> SettlementView {
    SettlementView {
        id: one.id.to_string(),
        amount: one.amount.into(),
        balance: one.balance().into(),
        paid: one.paid(account).into(),
        pay_by: one.pay_by.to_string(),
        because: one.because.clone(),
        state: word(&one.state),
        offered_by: one.offered_by.clone(),
        approved_by: one.approved_by.clone(),
        waits: one.state == SettlementState::Offered,
    }
}

fn write_off(one: &WriteOff) -> WriteOffView {
    let currency = one.items.first().map(|item| item.amount.currency);
    let total = escalation::allowance::total(&one.items);
    WriteOffView {
        id: one.id.to_string(),
        invoices: one.items.iter().map(|item| item.invoice.to_string()).collect(),
        amount: currency.map(|currency| Money::new(total, currency).into()),
        because: one.because.clone(),
        proposed_on: one.proposed_on.to_string(),
        proposed_by: one.proposed_by.clone(),
        state: word(&one.state),
        decided_by: one.decided_by.clone(),
        waits: one.state == WriteOffState::Proposed,
    }
}

fn goods(one: &GoodsReturn) -> ReturnView {
    ReturnView {
        id: one.id.to_string(),
        invoice: one.invoice.to_string(),
        goods: one.goods.clone(),
        value: one.value.into(),
        until: one.until.to_string(),
        state: word(&one.state),
        waits: one.state == ReturnState::Offered,
    }
}
