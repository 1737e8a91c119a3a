//! What people give one another to do, and whom they let write for them.

use escalation::Party;
use escalation::event::Fact;
use escalation::id::TaskId;
use escalation::invoice::plus_days;
use escalation::mandate::Mandate;
use escalation::task::{Task, TaskEnd, TaskKind};

use crate::world::World;

impl World {
    pub fn task(&mut self, n: u8) -> Option<Fact> {
        if n.is_multiple_of(2) {
            let count = self.account.tasks.len();
            let task = self.account.tasks.get(usize::from(n) % count.max(1))?.id.clone();
            let end = if n.is_multiple_of(4) { TaskEnd::Done } else { TaskEnd::Dropped };
            return Some(Fact::TaskClosed { task, end, because: String::new() });
        }
        let task = Task {
            id: TaskId::new(format!("task-{}", self.fresh())),
            kind: TaskKind::Other,
            what: "look at it".to_owned(),
            invoices: self.named(n),
            to: "kim".to_owned(),
            due_on: plus_days(self.now.date(), i32::from(n % 9)),
            opened_on: self.now.date(),
            because: "asked for".to_owned(),
            opened_by: "lee".to_owned(),
        };
        Some(Fact::TaskOpened { task })
    }

    pub fn mandate(&self, given: bool) -> Fact {
        if !given {
            return Fact::MandateEnded { reason: "over".to_owned() };
        }
        let firm = Party { id: "firm".to_owned(), name: "Firm".to_owned(), ..Party::default() };
        Fact::MandateGiven { mandate: Mandate { firm, file: "1".to_owned(), given_on: self.now.date() } }
    }
}
