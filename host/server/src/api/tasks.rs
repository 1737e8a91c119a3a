//! `GET /api/tasks`: what people have to do, the most urgent first, with the facts that it takes.

use axum::Json;
use axum::extract::State;
use escalation::account::Contact;
use escalation::approval::is_same_person;
use escalation::promise::Promise;
use escalation::task::{COLLECTOR, Task};
use escalation::{Account, Date, Policy};
use serde::{Deserialize, Serialize};
use store::AccountFilter;
use utoipa::{IntoParams, ToSchema};

use super::money::{self, MoneyView};
use super::narrate::word;
use super::{Answer, Params};
use crate::web::problem::{Problem, ProblemView};
use crate::web::{Hub, Shared, limits};

/// Contacts and promises that are told beside a task, newest first.
const FACTS_MAX: usize = 3;

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct TasksQuery {
    /// A role, or a person: then the tasks of the accounts that this person is in charge of, too.
    #[serde(rename = "for")]
    #[param(rename = "for")]
    pub whom: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Tasks)]
pub struct TasksView {
    pub today: String,
    /// By due day, then by owner and account.
    pub tasks: Vec<TaskView>,
    /// Accounts with tasks that were not looked at, because there are too many: 0 means that the list is whole.
    pub accounts_left_out: u64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Task)]
pub struct TaskView {
    pub id: String,
    pub account: String,
    pub name: String,
    /// `confirm-arrival`, `pick-up`, `join-in`, `complaint`, `root-cause`, `find-email` and so on, `suit`, `other`.
    pub kind: String,
    pub what: String,
    pub because: String,
    pub invoices: Vec<String>,
    /// A role, or a person; the role `collector` is whoever is in charge.
    pub to: String,
    /// Who is in charge of the account; none: nobody is named.
    pub in_charge: Option<String>,
    pub due_on: String,
    pub overdue: bool,
    pub opened_on: String,
    /// A person, or `policy`.
    pub opened_by: String,
    /// It is done on the phone.
    pub is_call: bool,
    pub facts: FactsView,
}

/// What one should know before doing it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = TaskFacts)]
pub struct FactsView {
    pub open: Vec<MoneyView>,
    pub overdue: Vec<MoneyView>,
    pub days_past_due: i32,
    #[schema(example = "2026-03-02 email")]
    pub contacts: Vec<String>,
    #[schema(example = "400.00 EUR by 2026-03-02, broken")]
    pub promises: Vec<String>,
}

#[utoipa::path(get, path = "/api/tasks", params(TasksQuery), responses(
    (status = 200, body = TasksView),
    (status = 400, body = ProblemView, content_type = "application/problem+json"),
))]
pub async fn get(State(web): State<Shared>, Params(query): Params<TasksQuery>) -> Answer<TasksView> {
    Ok(Json(gather(web.hub.as_ref(), &query.whom).await?))
}

pub async fn gather(hub: &dyn Hub, whom: &str) -> Result<TasksView, Problem> {
    let today = hub.now().date();
    let whom = named(whom)?;
    let mut tasks = Vec::new();
    let mut left_out = 0u64;
    for page in 0..limits::TASK_PAGES_MAX {
        let found = hub.store().accounts(&with_tasks(page, today)).await?;
        for row in &found.rows {
            let Some((account, _)) = hub.store().account(&row.account).await? else { continue };
            tasks.extend(of_account(&account, &hub.policy_of(&account), today));
        }
        let seen = u64::from(page + 1) * u64::from(limits::LIST_ROWS_MAX);
        left_out = found.total.saturating_sub(seen);
        if left_out == 0 {
            break;
        }
    }
    tasks.retain(|task| whom.is_empty() || is_for(task, whom));
    tasks.sort_by(|a, b| (&a.due_on, &a.to, &a.account, &a.id).cmp(&(&b.due_on, &b.to, &b.account, &b.id)));
    Ok(TasksView { today: today.to_string(), tasks, accounts_left_out: left_out })
}

/// The tasks of one account, oldest first.
pub fn of_account(account: &Account, policy: &Policy, today: Date) -> Vec<TaskView> {
    account.tasks.iter().map(|task| view(account, task, policy, today)).collect()
}

/// A person's name, or a role, as it came in a query.
pub fn named(whom: &str) -> Result<&str, Problem> {
    let whom = whom.trim();
    if whom.chars().count() > limits::WHO_CHARS_MAX {
        let hint = format!("at most {} characters", limits::WHO_CHARS_MAX);
        return Err(Problem::wrong("the name in `for` is too long", hint));
    }
    Ok(whom)
}

fn is_for(task: &TaskView, whom: &str) -> bool {
    let in_charge = task.in_charge.as_ref().filter(|_| task.to == COLLECTOR);
    is_same_person(&task.to, whom) || in_charge.is_some_and(|person| is_same_person(person, whom))
}

fn view(account: &Account, task: &Task, policy: &Policy, today: Date) -> TaskView {
    TaskView {
        id: task.id.to_string(),
        account: account.id.to_string(),
        name: account.debtor.name.clone(),
        kind: task.kind.as_str().to_owned(),
        what: task.what.clone(),
        because: task.because.clone(),
        invoices: task.invoices.iter().map(ToString::to_string).collect(),
        to: task.to.clone(),
        in_charge: policy.collector_of(account).map(str::to_owned),
        due_on: task.due_on.to_string(),
        overdue: task.due_on < today,
        opened_on: task.opened_on.to_string(),
        opened_by: task.opened_by.clone(),
        is_call: task.kind.is_call(),
        facts: facts(account, today),
    }
}

fn facts(account: &Account, today: Date) -> FactsView {
    let contact = |contact: &Contact| format!("{} {}", contact.on, contact.medium);
    let promise = |promise: &Promise| {
        format!("{} by {}, {}", promise.amount, promise.due_on, word(&promise.state).replace('-', " "))
    };
    FactsView {
        open: money::all(account.open()),
        overdue: money::all(account.overdue(today)),
        days_past_due: account.days_past_due(today),
        contacts: account.contacts.iter().rev().take(FACTS_MAX).map(contact).collect(),
        promises: account.promises.iter().rev().take(FACTS_MAX).map(promise).collect(),
    }
}

/// Those that owe for the longest time come first: where there are too many, theirs are in the list.
fn with_tasks(page: u32, today: Date) -> AccountFilter {
    AccountFilter {
        flag: Some("task".to_owned()),
        sort: "overdue".to_owned(),
        descending: true,
        page,
        per_page: limits::LIST_ROWS_MAX,
        today: Some(today),
        ..AccountFilter::default()
    }
}
