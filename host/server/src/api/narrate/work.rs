//! The work of people, told: tasks, who is in charge, owners of disputes, suits, invoices that arrived.

use escalation::Fact;
use escalation::task::TaskEnd;

use super::Told;

pub(super) fn told(fact: &Fact) -> Option<Told> {
    let (topic, text, detail) = match fact {
        Fact::TaskOpened { task } => {
            let text = format!("Task for {} until {}: {}", task.to, task.due_on, task.what);
            ("person", text, task.because.clone())
        }
        Fact::TaskClosed { end, because, .. } => {
            let text = match end {
                TaskEnd::Done => "Task done",
                TaskEnd::Dropped => "Task dropped",
                TaskEnd::Moot => "Task ended by itself",
            };
            ("person", text.to_owned(), because.clone())
        }
        Fact::ArrivalConfirmed { invoice, text } => {
            ("contact", format!("Invoice {invoice} arrived, a person found out"), text.clone())
        }
        Fact::CollectorAssigned { collector: Some(who), reason } => {
            ("person", format!("{who} is in charge"), reason.clone())
        }
        Fact::CollectorAssigned { collector: None, reason } => {
            ("person", "Whoever the policy names is in charge".to_owned(), reason.clone())
        }
        Fact::DisputeAssigned { dispute, owner, due_on } => {
            ("dispute", format!("Dispute for {owner} to settle until {due_on}"), dispute.to_string())
        }
        Fact::SuitPrepared { suit } => {
            let days = super::count(suit.deadlines.len(), "deadline");
            ("person", format!("Suit at {} prepared, {days}", suit.court), super::list(&suit.invoices))
        }
        Fact::SuitEnded { because, .. } => ("person", "Suit ended".to_owned(), because.clone()),
        _ => return None,
    };
    Some(Told { topic, text, detail })
}
