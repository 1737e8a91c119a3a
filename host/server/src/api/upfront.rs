//! `GET /api/upfront`: before a debt exists. Who has to pay before the day, who has no cover, which credit is open, which terms are proposed.

use axum::Json;
use axum::extract::State;
use escalation::credit::EvidenceKind;
use escalation::upfront::{self, Upfront};
use escalation::{Account, Date, Policy};
use serde::Serialize;
use store::AccountFilter;
use utoipa::ToSchema;

use super::Answer;
use super::money::{self, MoneyView};
use crate::web::problem::Problem;
use crate::web::{Hub, Shared, limits};

/// What the overview is made of: the flags of accounts that have something to show.
pub const FLAGS: [&str; 4] = ["prepayment-open", "cover-lapsed", "credit-open", "terms-proposed"];

/// Of each flag the first accounts by name, as many as fit a page.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = Upfront)]
pub struct UpfrontView {
    pub pay_first: Vec<PayFirstView>,
    pub uncovered: Vec<UncoveredView>,
    pub applications: Vec<ApplicationView>,
    pub proposals: Vec<ProposalView>,
    /// There are more accounts than are shown here; `/api/accounts?flag=` lists them all.
    pub more: bool,
}

/// Somebody still has to pay before an appointment or a delivery.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = PayFirst)]
pub struct PayFirstView {
    pub account: String,
    pub name: String,
    pub engagement: String,
    pub on: String,
    pub due: MoneyView,
    pub lacking: MoneyView,
    /// The last day on which the money is in time.
    pub until: String,
    pub asked_on: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Uncovered)]
pub struct UncoveredView {
    pub account: String,
    pub name: String,
    pub engagement: String,
    pub on: String,
    pub because: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditApplication)]
pub struct ApplicationView {
    pub account: String,
    pub name: String,
    pub id: String,
    pub amount: MoneyView,
    pub applied_on: String,
    /// `open`, `granted`, `refused` or `expired`.
    pub state: String,
    /// Evidence that is not there yet.
    pub waits_for: Vec<String>,
    pub because: String,
    pub until: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TermsProposal)]
pub struct ProposalView {
    pub account: String,
    pub name: String,
    pub net_days: u16,
    pub because: String,
}

#[utoipa::path(get, path = "/api/upfront", responses((status = 200, body = UpfrontView)))]
pub async fn get(State(web): State<Shared>) -> Answer<UpfrontView> {
    Ok(Json(gather(web.hub.as_ref()).await?))
}

pub async fn gather(hub: &dyn Hub) -> Result<UpfrontView, Problem> {
    let (policy, today) = (hub.policy(), hub.now().date());
    let mut view = UpfrontView::default();
    for flag in FLAGS {
        let filter = AccountFilter {
            flag: Some(flag.to_owned()),
            sort: "name".to_owned(),
            per_page: limits::PER_PAGE,
            today: Some(today),
            ..AccountFilter::default()
        };
        let page = hub.store().accounts(&filter).await?;
        view.more |= page.total > page.rows.len() as u64;
        for row in page.rows {
            let Some((account, _)) = hub.store().account(&row.account).await? else { continue };
            match flag {
                "prepayment-open" => view.pay_first.extend(pay_first(&account, &policy, today)),
                "cover-lapsed" => view.uncovered.extend(uncovered(&account, today)),
                "credit-open" => view.applications.extend(open_applications(&account, &policy, today)),
                _ => view.proposals.extend(proposal(&account)),
            }
        }
    }
    view.pay_first.sort_by(|a, b| (&a.on, &a.account).cmp(&(&b.on, &b.account)));
    view.uncovered.sort_by(|a, b| (&a.on, &a.account).cmp(&(&b.on, &b.account)));
    Ok(view)
}

/// The same of one account, decided applications included. None: nothing is known of it.
pub fn of_account(account: &Account, policy: &Policy, today: Date) -> Option<AccountUpfrontView> {
    let known = &account.upfront;
    if known.is_empty() {
        return None;
    }
    Some(AccountUpfrontView {
        customer_since: upfront::customer_since(account).map(|day| day.to_string()),
        pay_first: pay_first(account, policy, today).collect(),
        uncovered: uncovered(account, today).collect(),
        applications: applications(account, policy, today).collect(),
        proposal: proposal(account),
        terms: terms(known, today),
        reports: reports(known),
        report_costs: money::all(known.costs()),
    })
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AccountUpfront)]
pub struct AccountUpfrontView {
    pub customer_since: Option<String>,
    pub pay_first: Vec<PayFirstView>,
    pub uncovered: Vec<UncoveredView>,
    pub applications: Vec<ApplicationView>,
    pub proposal: Option<ProposalView>,
    /// The agreement that holds today.
    pub terms: Option<TermsView>,
    /// Newest first.
    pub reports: Vec<ReportView>,
    /// What all reports cost so far.
    pub report_costs: Vec<MoneyView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = AgreedTerms)]
pub struct TermsView {
    pub net_days: u16,
    pub agreed_on: String,
    pub proof: String,
    pub signed: bool,
    pub fee_agreed: bool,
    /// A year, in percent.
    pub interest: Option<String>,
    pub until: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreditReport)]
pub struct ReportView {
    pub report: String,
    pub bureau: String,
    pub reported_on: String,
    pub valid_until: Option<String>,
    pub score: String,
    pub advice: String,
    pub limit: Option<MoneyView>,
    pub price: Option<MoneyView>,
}

fn pay_first(account: &Account, policy: &Policy, today: Date) -> impl Iterator<Item = PayFirstView> {
    let open = upfront::prepayments(account, policy, today).into_iter().filter(|one| one.lacking.is_positive());
    open.map(|one| PayFirstView {
        account: account.id.to_string(),
        name: account.debtor.name.clone(),
        engagement: one.engagement.id.to_string(),
        on: one.engagement.on.to_string(),
        due: one.due.into(),
        lacking: one.lacking.into(),
        until: one.until.to_string(),
        asked_on: account
            .upfront
            .waiting
            .get(&one.engagement.id)
            .and_then(|known| known.asked)
            .map(|on| on.to_string()),
    })
}

fn uncovered(account: &Account, today: Date) -> impl Iterator<Item = UncoveredView> {
    let lapsed = account.upfront.waiting.values().filter(move |one| one.lapsed && one.engagement.on >= today);
    lapsed.map(|one| UncoveredView {
        account: account.id.to_string(),
        name: account.debtor.name.clone(),
        engagement: one.engagement.id.to_string(),
        on: one.engagement.on.to_string(),
        because: one.cover.as_ref().and_then(|cover| cover.gap(one.engagement.on)).unwrap_or_default(),
    })
}

fn open_applications(account: &Account, policy: &Policy, today: Date) -> impl Iterator<Item = ApplicationView> {
    applications(account, policy, today).filter(|application| application.state == "open")
}

fn applications(account: &Account, policy: &Policy, today: Date) -> impl Iterator<Item = ApplicationView> {
    let waits_for = move |amount| {
        let needed: Vec<EvidenceKind> = policy.credit.needed(amount).unwrap_or_default();
        let missing = needed.into_iter().filter(|kind| !account.upfront.has(*kind, today, policy.credit.report_days));
        missing.map(|kind| kind.as_str().to_owned()).collect::<Vec<_>>()
    };
    account.upfront.applications.values().map(move |file| {
        let state = match &file.verdict {
            None => "open",
            Some(verdict) if !verdict.granted => "refused",
            Some(_) if file.expired => "expired",
            Some(_) => "granted",
        };
        ApplicationView {
            account: account.id.to_string(),
            name: account.debtor.name.clone(),
            id: file.application.id.to_string(),
            amount: file.application.amount.into(),
            applied_on: file.application.applied_on.to_string(),
            state: state.to_owned(),
            waits_for: if file.is_open() { waits_for(file.application.amount) } else { Vec::new() },
            because: file.verdict.as_ref().map(|verdict| verdict.because.clone()).unwrap_or_default(),
            until: file.verdict.as_ref().and_then(|verdict| verdict.until).map(|until| until.to_string()),
        }
    })
}

fn proposal(account: &Account) -> Option<ProposalView> {
    let terms = account.upfront.proposed.as_ref()?;
    Some(ProposalView {
        account: account.id.to_string(),
        name: account.debtor.name.clone(),
        net_days: terms.net_days,
        because: terms.because.clone(),
    })
}

fn terms(known: &Upfront, today: Date) -> Option<TermsView> {
    let terms = known.terms_on(today)?;
    Some(TermsView {
        net_days: terms.net_days,
        agreed_on: terms.agreed_on.to_string(),
        proof: terms.proof.clone(),
        signed: terms.signed,
        fee_agreed: terms.fee_agreed,
        interest: terms.interest.map(|percent| percent.to_string()),
        until: terms.until.map(|until| until.to_string()),
    })
}

fn reports(known: &Upfront) -> Vec<ReportView> {
    let report = |report: &escalation::credit::CreditReport| ReportView {
        report: report.report.clone(),
        bureau: report.bureau.clone(),
        reported_on: report.reported_on.to_string(),
        valid_until: report.valid_until.map(|until| until.to_string()),
        score: report.score.clone(),
        advice: report.advice.as_str().to_owned(),
        limit: report.limit.map(MoneyView::from),
        price: report.price.map(MoneyView::from),
    };
    known.reports.iter().rev().map(report).collect()
}
