//! `GET /api/accounts/{id}`: one account, whole: what is owed, what was agreed, what stands in the way, what comes next.

use axum::Json;
use axum::extract::State;
use escalation::invoice::OpenItem;
use escalation::protection::Protection;
use escalation::{Account, AccountId, Date, Party, Policy, guard};
use serde::Serialize;
use store::LaneState;
use store::lane::DecisionRow;
use utoipa::ToSchema;

use super::agreed::{self, AgreedView};
use super::effects::{self, EffectView};
use super::law::{self, ChargeView, MandateView};
use super::money::{self, MoneyView};
use super::narrate::word;
use super::placements::{self, PlacementView};
use super::release::{self, ReleaseView};
use super::suits::{self, SuitView};
use super::tasks::{self, TaskView};
use super::timeline::{ReasonView, moment, reason};
use super::upfront::{AccountUpfrontView, of_account};
use super::{Answer, Named};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared};

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    pub id: String,
    pub debtor: DebtorView,
    pub open: Vec<MoneyView>,
    pub overdue: Vec<MoneyView>,
    pub unapplied: Vec<MoneyView>,
    pub days_past_due: i32,
    /// May this customer order?
    pub release: ReleaseView,
    pub next: NextView,
    /// Open items, oldest due first.
    pub items: Vec<ItemView>,
    /// Items that nothing is owed on any more.
    pub settled: usize,
    pub promises: Vec<PromiseView>,
    pub disputes: Vec<DisputeView>,
    pub placements: Vec<PlacementView>,
    /// What people have to do, oldest first.
    pub tasks: Vec<TaskView>,
    /// Who is in charge; none: nobody is named.
    pub in_charge: Option<String>,
    pub suits: Vec<SuitView>,
    /// Plans, settlements, write-offs and returns.
    pub agreed: AgreedView,
    /// Interest, fees and compensation, beside what is open.
    pub charges: Vec<ChargeView>,
    /// The law firm that may write for the creditor.
    pub mandate: Option<MandateView>,
    pub blocked: Option<BlockView>,
    pub protections: Vec<ProtectionView>,
    /// Media that the debtor asked not to be used; `all` for none at all.
    pub stopped: Vec<String>,
    /// Media whose address turned out wrong.
    pub unreachable: Vec<String>,
    /// Payments with a rest that no invoice took.
    pub unapplied_payments: Vec<PaymentView>,
    /// Announced by the bank, not booked yet.
    pub pending: Vec<PaymentView>,
    /// Reversals whose payment is not known.
    pub stray_reversals: Vec<PaymentView>,
    /// What is known of the time before the debt; none: nothing.
    pub upfront: Option<AccountUpfrontView>,
    /// Newest first.
    pub effects: Vec<EffectView>,
    /// Why the account is set aside, if it is.
    pub parked: Option<String>,
    /// Its last event.
    pub head_seq: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Debtor)]
pub struct DebtorView {
    pub name: String,
    pub kind: String,
    pub country: String,
    pub language: String,
    pub address: Vec<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat_id: Option<String>,
}

/// What happens next and when; what keeps the hub from acting, and until when.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Next)]
pub struct NextView {
    /// When the hub looks again if nothing happens before; none: only when something happens.
    pub look_again: Option<String>,
    pub planned: Vec<PlannedView>,
    /// Of the last decision: what will come, and why not yet.
    pub reasons: Vec<ReasonView>,
    /// Of the last decision: what stands in the way.
    pub blocks: Vec<ReasonView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PlannedEffect)]
pub struct PlannedView {
    pub key: String,
    pub text: String,
    pub due_on: String,
    /// `planned`, `handed`, `unknown`.
    pub state: String,
    /// It goes out only when a person agrees.
    pub needs_approval: bool,
    /// Who agreed so far.
    pub approved_by: Vec<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OpenItem)]
pub struct ItemView {
    pub invoice: String,
    pub issued_on: String,
    pub due_on: String,
    pub days_past_due: i32,
    pub total: MoneyView,
    pub open: MoneyView,
    pub paid: MoneyView,
    pub credited: MoneyView,
    pub collected: MoneyView,
    /// The level's id and its title in the policy.
    pub level: Option<String>,
    pub level_title: Option<String>,
    /// Rises when a settled invoice is reopened.
    pub cycle: u32,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Promise)]
pub struct PromiseView {
    pub id: String,
    pub amount: MoneyView,
    pub received: MoneyView,
    pub made_on: String,
    pub due_on: String,
    pub state: String,
    pub text: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Dispute)]
pub struct DisputeView {
    pub id: String,
    pub invoice: String,
    pub amount: MoneyView,
    pub reason: String,
    pub text: String,
    pub opened_on: String,
    pub resolved_on: Option<String>,
    pub outcome: Option<String>,
    /// Who settles it, and by when.
    pub owner: Option<String>,
    pub due_on: Option<String>,
    /// That day has passed, and it is open.
    pub overdue: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DunningBlock)]
pub struct BlockView {
    pub reason: String,
    pub until: Option<String>,
}

/// An attorney, insolvency, a death or a moratorium on record.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Protection)]
pub struct ProtectionView {
    pub kind: String,
    pub since: String,
    pub until: Option<String>,
    pub text: String,
    /// Its last day has not passed.
    pub holds: bool,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentView {
    pub id: String,
    pub amount: MoneyView,
    pub unapplied: Option<MoneyView>,
    pub booked_on: String,
    pub payer: Option<String>,
    pub text: String,
}

#[utoipa::path(get, path = "/api/accounts/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = AccountView),
    (status = 404, body = ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Named(id): Named) -> Answer<AccountView> {
    Ok(Json(gather(web.hub.as_ref(), &AccountId::new(id)).await?))
}

pub async fn gather(hub: &dyn Hub, id: &AccountId) -> Result<AccountView, Problem> {
    let store = hub.store();
    let Some((account, lane)) = store.account(id).await? else { return Err(Problem::no_account(id.as_str())) };
    let last = store.decisions(id, 1).await?.into_iter().next();
    let effects = effects::of_account(hub, id).await?;
    Ok(view(&account, lane, last, effects, &hub.policy_of(&account), hub.now().date()))
}

fn view(
    account: &Account,
    lane: LaneState,
    last: Option<DecisionRow>,
    effects: Vec<EffectView>,
    policy: &Policy,
    today: Date,
) -> AccountView {
    let items: Vec<_> = account.open_items().into_iter().map(|item| item_view(item, policy, today)).collect();
    let rests = account.payments.values().filter(|posted| !posted.unapplied.is_zero());
    AccountView {
        id: account.id.to_string(),
        debtor: debtor(&account.debtor),
        open: money::all(account.open()),
        overdue: money::all(account.overdue(today)),
        unapplied: money::all(account.unapplied()),
        days_past_due: account.days_past_due(today),
        release: release::view(account, today),
        next: next(account, &lane, last, policy),
        settled: account.items.len() - items.len(),
        items,
        promises: account.promises.iter().rev().map(promise).collect(),
        disputes: account.disputes.iter().rev().map(|one| dispute(one, today)).collect(),
        placements: account.placements.iter().rev().map(placements::view).collect(),
        tasks: tasks::of_account(account, policy, today),
        in_charge: policy.collector_of(account).map(str::to_owned),
        suits: account.suits.iter().map(suits::view).collect(),
        agreed: agreed::view(account, policy, today),
        charges: law::charges(account),
        mandate: account.mandate.as_ref().map(law::mandate),
        blocked: account
            .blocked
            .as_ref()
            .map(|block| BlockView { reason: block.reason.clone(), until: block.until.map(|until| until.to_string()) }),
        protections: account.protections.iter().map(|known| protection(known, today)).collect(),
        stopped: account.stopped.iter().cloned().collect(),
        unreachable: account.unreachable.iter().cloned().collect(),
        unapplied_payments: rests.map(|posted| payment(&posted.payment, Some(posted.unapplied.into()))).collect(),
        pending: account.pending.values().map(|pending| payment(pending, None)).collect(),
        stray_reversals: account.stray_reversals.iter().map(|reversal| payment(reversal, None)).collect(),
        upfront: of_account(account, policy, today),
        effects,
        parked: lane.parked,
        head_seq: lane.head_seq,
    }
}

fn next(account: &Account, lane: &LaneState, last: Option<DecisionRow>, policy: &Policy) -> NextView {
    let mut because = last.map(|decision| decision.because).unwrap_or_default();
    because.dedup();
    let (blocks, reasons): (Vec<_>, Vec<_>) =
        because.iter().map(reason).partition(|reason| guard::CODES.contains(&reason.code.as_str()));
    let mut planned: Vec<_> = account
        .effects
        .values()
        .map(|planned| PlannedView {
            key: planned.effect.key.to_string(),
            text: super::narrate::action(&planned.effect.action),
            due_on: planned.effect.due_on.to_string(),
            state: word(&planned.state),
            needs_approval: effects::needs_approval(account, &planned.effect, policy),
            approved_by: effects::approved_by(account, &planned.effect),
        })
        .collect();
    planned.sort_by(|a, b| (&a.due_on, &a.key).cmp(&(&b.due_on, &b.key)));
    NextView { look_again: lane.next_due_at.map(moment), planned, reasons, blocks }
}

fn protection(known: &Protection, today: Date) -> ProtectionView {
    ProtectionView {
        kind: known.kind.as_str().to_owned(),
        since: known.since.to_string(),
        until: known.until.map(|last| last.to_string()),
        text: known.text.clone(),
        holds: known.holds_on(today),
    }
}

fn debtor(party: &Party) -> DebtorView {
    DebtorView {
        name: party.name.clone(),
        kind: party.kind.as_str().to_owned(),
        country: party.country.clone(),
        language: party.language.clone(),
        address: party.address.clone(),
        email: party.email.clone(),
        phone: party.phone.clone(),
        vat_id: party.vat_id.clone(),
    }
}

fn item_view(item: &OpenItem, policy: &Policy, today: Date) -> ItemView {
    let title = |id: &escalation::LevelId| policy.level(id).map(|level| level.title.clone());
    ItemView {
        invoice: item.invoice.number.to_string(),
        issued_on: item.invoice.issued_on.to_string(),
        due_on: item.invoice.due_on.to_string(),
        days_past_due: item.days_past_due(today),
        total: item.invoice.total.into(),
        open: item.open.into(),
        paid: item.paid.into(),
        credited: item.credited.into(),
        collected: item.collected.into(),
        level: item.level().map(ToString::to_string),
        level_title: item.level().and_then(title),
        cycle: item.cycle,
    }
}

fn promise(promise: &escalation::promise::Promise) -> PromiseView {
    PromiseView {
        id: promise.id.to_string(),
        amount: promise.amount.into(),
        received: promise.received.into(),
        made_on: promise.made_on.to_string(),
        due_on: promise.due_on.to_string(),
        state: word(&promise.state),
        text: promise.text.clone(),
    }
}

fn dispute(dispute: &escalation::dispute::Dispute, today: Date) -> DisputeView {
    DisputeView {
        id: dispute.id.to_string(),
        invoice: dispute.invoice.to_string(),
        amount: dispute.amount.into(),
        reason: dispute.reason.clone(),
        text: dispute.text.clone(),
        opened_on: dispute.opened_on.to_string(),
        resolved_on: dispute.resolution.as_ref().map(|resolution| resolution.on.to_string()),
        outcome: dispute.resolution.as_ref().map(|resolution| resolution.outcome.clone()),
        owner: dispute.owner.as_ref().map(|owner| owner.who.clone()),
        due_on: dispute.owner.as_ref().map(|owner| owner.due_on.to_string()),
        overdue: dispute.is_overdue(today),
    }
}

pub fn payment(payment: &escalation::cash::Payment, unapplied: Option<MoneyView>) -> PaymentView {
    PaymentView {
        id: payment.id.to_string(),
        amount: payment.amount.into(),
        unapplied,
        booked_on: payment.booked_on.to_string(),
        payer: payment.payer_name.clone(),
        text: payment.text.clone(),
    }
}
