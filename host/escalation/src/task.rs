//! A task: what a person has to do about an account, by a day. It is opened by `decide` or by a person, and ends when a person
//! has done or dropped it, or by itself when its reason is gone.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::guard;
use crate::id::{DisputeId, InvoiceNumber, LevelId, PromiseId, SuitId, TaskId};
use crate::promise::Promise;

/// Tasks that may be open on one account; nothing opens one more before another has ended.
pub const TASKS_OPEN_MAX: usize = 50;
/// The role of whoever is in charge of the account: tasks for it follow the account when it gets another collector.
pub const COLLECTOR: &str = "collector";
/// The role that picks payments up.
const COURIER: &str = "courier";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub kind: TaskKind,
    /// What is to be done, as a person reads it.
    pub what: String,
    /// Empty: about the account as a whole.
    #[serde(default)]
    pub invoices: Vec<InvoiceNumber>,
    /// A role, such as [`COLLECTOR`], or a person's name.
    pub to: String,
    pub due_on: Date,
    pub opened_on: Date,
    /// Why it was opened.
    pub because: String,
    /// A person, or `policy`.
    #[serde(default)]
    pub opened_by: String,
}

/// What a task is for, and by what it ends without a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TaskKind {
    /// Ask on the phone whether the invoices arrived. Ends when that is known.
    ConfirmArrival,
    /// Fetch a payment. Ends with the promise that goes with it.
    PickUp { promise: PromiseId },
    /// A level of the ladder: somebody else joins in. Ends when the invoices are settled.
    JoinIn { level: LevelId },
    /// Settle a dispute. Ends with the dispute.
    Complaint { dispute: DisputeId },
    /// The same complaint came too often: mend its cause. A person ends it.
    RootCause { reason: String },
    /// Find out what a step of the ladder waits for. Ends when it is known.
    Find { datum: Datum },
    /// A deadline of a suit. Ends with the suit.
    Suit { suit: SuitId },
    /// Asked for by a person. Ends when the invoices that it names are settled.
    Other,
}

/// What has to be known of a debtor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Datum {
    Email,
    Phone,
    Address,
    Country,
    Zone,
    Language,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskEnd {
    Done,
    /// A person decided against it.
    Dropped,
    /// Its reason was gone.
    Moot,
}

impl Task {
    /// A promised payment is fetched on the day for which it is promised.
    pub fn pick_up(promise: &Promise, place: &str, today: Date) -> Self {
        Self {
            id: TaskId::new(format!("pick-up:{}", promise.id)),
            kind: TaskKind::PickUp { promise: promise.id.clone() },
            what: format!("Pick up {} at {place}", promise.amount),
            invoices: promise.invoices.clone(),
            to: COURIER.to_owned(),
            due_on: promise.due_on,
            opened_on: today,
            because: "the payment is to be picked up".to_owned(),
            opened_by: String::new(),
        }
    }
}

impl TaskKind {
    /// One word, as a story, a form and the API have it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::ConfirmArrival => "confirm-arrival",
            Self::PickUp { .. } => "pick-up",
            Self::JoinIn { .. } => "join-in",
            Self::Complaint { .. } => "complaint",
            Self::RootCause { .. } => "root-cause",
            Self::Find { datum } => datum.task(),
            Self::Suit { .. } => "suit",
            Self::Other => "other",
        }
    }

    /// Done on the phone with the debtor: it has its place in the hours in which people are reached.
    pub fn is_call(&self) -> bool {
        matches!(self, Self::ConfirmArrival)
    }
}

impl TaskEnd {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Dropped => "dropped",
            Self::Moot => "moot",
        }
    }
}

impl Datum {
    fn task(self) -> &'static str {
        match self {
            Self::Email => "find-email",
            Self::Phone => "find-phone",
            Self::Address => "find-address",
            Self::Country => "find-country",
            Self::Zone => "find-zone",
            Self::Language => "find-language",
        }
    }

    /// With its article, as a sentence goes on.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address that works",
            Self::Phone => "a phone number that works",
            Self::Address => "a postal address that works",
            Self::Country => "the country",
            Self::Zone => "the time zone",
            Self::Language => "the language",
        }
    }

    /// The accounting package told it, and it did not turn out wrong.
    pub fn is_known(self, account: &Account) -> bool {
        let debtor = &account.debtor;
        let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
        let works = |medium: &str| !account.unreachable.contains(medium);
        match self {
            Self::Email => given(&debtor.email) && works("email"),
            Self::Phone => given(&debtor.phone) && works("call"),
            Self::Address => !debtor.address.is_empty() && works("letter"),
            Self::Country => !debtor.country.is_empty(),
            Self::Zone => debtor.zone.as_deref().is_some_and(guard::is_zone),
            Self::Language => !debtor.language.is_empty(),
        }
    }
}

impl Account {
    pub fn task(&self, id: &TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| &task.id == id)
    }

    /// No further task has room.
    pub fn tasks_full(&self) -> bool {
        self.tasks.len() >= TASKS_OPEN_MAX
    }
}
