//! T3 and T4: effects go out once. Clearance is asked again, the mark is made durable, then the plugin is called, then what
//! it answered is kept.

mod mark;
mod passage;
mod perform;
mod recover;
mod verdict;

use std::collections::BTreeMap;

use escalation::answer::Performs;
use escalation::event::Event;
use escalation::request::Request;
use escalation::{AccountId, DateTime, EffectKey, Fact, Role};
use sha2::{Digest, Sha256};
use store::{Concluded, EffectRow, Mark, Outcome, StoreError};

use crate::connector::Connector;
use crate::limits;
use crate::turn::{Engine, later};

/// The name under which the hub itself performs what no plugin is there for.
const HUB: &str = "(hub)";

/// An effect that was marked, ready to be asked for.
#[derive(Clone)]
struct Marked {
    key: EffectKey,
    account: AccountId,
    attempt: u32,
    request: Request,
    marked_at: DateTime,
}

/// Who performs, and how.
#[derive(Clone, Copy)]
struct Performer<'a> {
    plugin: &'a dyn Connector,
    role: Role,
    performs: Performs,
}

impl Engine {
    /// Sends out everything that is due, and returns how many effects were touched.
    pub async fn dispatch_due(&self) -> Result<u32, StoreError> {
        let mut touched = 0;
        for role in self.store.due_roles(self.at()).await? {
            touched += self.dispatch_role(role).await?;
        }
        Ok(touched)
    }

    /// One host at a time does this for a role: batches stay whole, and rates are kept.
    pub async fn dispatch_role(&self, role: Role) -> Result<u32, StoreError> {
        let mut touched = 0;
        loop {
            let due = self.store.due_effects(role, self.at(), limits::EFFECTS_PER_LOOK).await?;
            if due.is_empty() || !self.holds(&dispatching(role)).await? {
                return Ok(touched);
            }
            let mut alike: BTreeMap<(String, Option<String>), Vec<EffectRow>> = BTreeMap::new();
            for row in due {
                let connection = match row.effect.action.connection() {
                    Some(connection) => Some(connection.to_owned()),
                    None => self.books_of(role, &row).await?,
                };
                alike.entry((row.kind.clone(), connection)).or_default().push(row);
            }
            let mut moved = 0;
            for ((kind, connection), rows) in alike {
                moved += self.dispatch_alike(role, &kind, connection.as_deref(), rows).await?;
            }
            touched += moved;
            if moved == 0 {
                return Ok(touched);
            }
        }
    }

    /// Effects of one kind for one connection, or for whichever performs them.
    async fn dispatch_alike(
        &self,
        role: Role,
        kind: &str,
        connection: Option<&str>,
        rows: Vec<EffectRow>,
    ) -> Result<u32, StoreError> {
        let by = match connection {
            Some(connection) => self.named(connection, role, kind),
            None => self.performer(role, kind),
        };
        let Some(by) = by else {
            return self.without_plugin(role, kind, connection, rows).await;
        };
        let mut moved = 0;
        let mut rest = rows.as_slice();
        while !rest.is_empty() {
            let want = rest.len().min(by.performs.batch_max.max(1) as usize);
            let granted = self.passage(by.plugin, want).await?;
            if granted == 0 {
                break;
            }
            let (rows, after) = rest.split_at(granted.min(want));
            rest = after;
            let batch = batch_id(self.at(), rows);
            let (marked, ended) = self.mark(by, &batch, rows).await?;
            moved += ended + marked.len() as u32;
            self.go_out(by, &batch, marked).await?;
        }
        Ok(moved)
    }

    /// The plugin that performs an effect of a role, if one runs. Without a notifier a messenger carries what colleagues have to
    /// know.
    fn performer(&self, role: Role, kind: &str) -> Option<Performer<'_>> {
        let found = self
            .plugins
            .iter()
            .map(AsRef::as_ref)
            .filter(|plugin| plugin.roles().contains(&role))
            .find_map(|plugin| plugin.performs(kind).map(|performs| Performer { plugin, role, performs }));
        match role {
            Role::Notifier => found.or_else(|| self.performer(Role::Messenger, "send")),
            _ => found,
        }
    }

    /// Of several accounting packages the one that told of the invoice is told what became of it, if it takes that.
    async fn books_of(&self, role: Role, row: &EffectRow) -> Result<Option<String>, StoreError> {
        let mut takers = self.plugins.iter().filter(|plugin| self.named(plugin.name(), role, &row.kind).is_some());
        if role != Role::Accounting || takers.nth(1).is_none() {
            return Ok(None);
        }
        let Some((account, _)) = self.store.account(&row.account).await? else { return Ok(None) };
        let named = row.effect.action.invoices().into_iter().find_map(|number| account.items.get(number));
        // What is about the account as a whole goes where its first invoice came from.
        let first = || account.items.values().min_by_key(|item| (item.invoice.issued_on, &item.invoice.number));
        let source = named.or_else(first).map(|item| item.source.as_str());
        Ok(source.and_then(|source| self.named(source, role, &row.kind)).map(|by| by.plugin.name().to_owned()))
    }

    /// Effects that nobody performs. What only tells the accounting package is kept here, where the desk shows it; what
    /// should have reached somebody is refused, and the ladder knows.
    async fn without_plugin(
        &self,
        role: Role,
        kind: &str,
        connection: Option<&str>,
        rows: Vec<EffectRow>,
    ) -> Result<u32, StoreError> {
        let mut moved = 0;
        for row in rows {
            let Some((_, lane)) = self.store.account(&row.account).await? else { continue };
            let (outcome, fact) = if role == Role::Accounting {
                let reference = "kept by the hub".to_owned();
                (
                    Outcome::Succeeded { reference: reference.clone() },
                    Fact::EffectDone { key: row.key.clone(), reference },
                )
            } else {
                let reason = match connection {
                    Some(connection) => format!("no plugin runs as `{connection}` that performs `{kind}`"),
                    None => format!("no running plugin performs `{kind}`"),
                };
                (Outcome::Rejected { reason: reason.clone() }, rejected(&row, "no-plugin", &reason))
            };
            moved += u32::from(self.end_here(&row, lane.done_seq, outcome, fact).await?);
        }
        Ok(moved)
    }

    /// Ends an effect without any plugin; false when the world has moved meanwhile.
    async fn end_here(&self, row: &EffectRow, seen_seq: i64, outcome: Outcome, fact: Fact) -> Result<bool, StoreError> {
        let at = self.at();
        let mark = Mark {
            key: row.key.clone(),
            account: row.account.clone(),
            seen_seq,
            at,
            plugin: HUB.to_owned(),
            batch: row.key.as_str().to_owned(),
            request: "null".to_owned(),
            host: self.owner.clone(),
            deadline: later(at, limits::UNDER_WAY_MAX),
        };
        let made = self.store.mark_dispatching(vec![mark]).await?;
        let Some(attempt) = made.first().and_then(|made| made.attempt) else { return Ok(false) };
        let concluded = Concluded {
            key: row.key.clone(),
            account: row.account.clone(),
            attempt,
            at,
            outcome,
            event: Some(self.event(fact)),
            by: HUB.to_owned(),
            host: self.owner.clone(),
        };
        self.store.concluded(vec![concluded]).await?;
        Ok(true)
    }

    fn event(&self, fact: Fact) -> Event {
        let at = self.at();
        Event { at, on: at.date(), origin: "dispatch".to_owned(), fact }
    }
}

/// The lease under which a role's effects go out.
fn dispatching(role: Role) -> String {
    format!("dispatch:{}", role.as_str())
}

fn rejected(row: &EffectRow, code: &str, reason: &str) -> Fact {
    Fact::EffectRejected { key: row.key.clone(), code: code.to_owned(), reason: reason.to_owned() }
}

/// The same effects on the same day make the same batch: a repetition is recognised by its name.
fn batch_id(at: DateTime, rows: &[EffectRow]) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.key.as_str().as_bytes());
        hash.update([0]);
    }
    let digest = hash.finalize();
    let short: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{short}", at.date())
}
