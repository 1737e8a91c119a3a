//! The full reconcile: a source that can list everything is read from its beginning, and held against what is known from it.
//!
//! What is new or changed is taken as ever; the cursor of the ordinary poll stays where it is. Only a run that came to its
//! end says anything about what was not in it.

use std::time::Duration;

use escalation::answer::Page;
use escalation::{AccountId, Report, Role};
use store::{Listed, StoreError, SweepDue, SweepEnd};

use crate::connector::Connector;
use crate::limits;
use crate::turn::{Engine, Work, later};

/// The note with the name of whoever asked for a run now; empty when nobody did.
fn note(connection: &str) -> String {
    format!("reconcile:{connection}")
}

impl Engine {
    /// Reconciles every source whose time has come, or for which a person asked.
    pub async fn reconcile_due(&self) -> Result<Work, StoreError> {
        let mut work = Work::default();
        for plugin in self.plugins.iter().filter(|plugin| plugin.roles().contains(&Role::Accounting)) {
            let Some(days) = plugin.reconcile_days() else { continue };
            let connection = Self::connection(plugin.as_ref(), Role::Accounting);
            if !self.may_pull(plugin.as_ref()) || !self.holds(&format!("reconcile:{connection}")).await? {
                continue;
            }
            let Some(generation) = self.begin(&connection, days).await? else { continue };
            let end = self.read_all(plugin.as_ref(), &connection, generation, &mut work).await?;
            if let SweepEnd::Broken(why) = &end {
                tracing::warn!(connection, why, "a full reconcile broke off; it is tried again");
            }
            // What the run brought is counted on our side too.
            work.decided += self.decide_due().await?;
            self.store.end_sweep(&connection, generation, self.at(), end).await?;
        }
        Ok(work)
    }

    /// Asks for a run at the next turn.
    pub async fn reconcile_soon(&self, connection: &str, who: &str) -> Result<(), StoreError> {
        self.store.note_set(&note(connection), who).await
    }

    async fn begin(&self, connection: &str, days: u16) -> Result<Option<i64>, StoreError> {
        let at = self.at();
        let asked = self.store.note_get(&note(connection)).await?.is_some_and(|who| !who.is_empty());
        let day = Duration::from_secs(24 * 3_600);
        let due = match asked {
            true => SweepDue { complete_after: later(at, day), begun_after: later(at, day) },
            false => SweepDue {
                complete_after: earlier(at, day * u32::from(days)),
                begun_after: earlier(at, limits::RECONCILE_AGAIN),
            },
        };
        let generation = self.store.begin_sweep(connection, at, due).await?;
        if asked {
            self.store.note_set(&note(connection), "").await?;
        }
        Ok(generation)
    }

    /// Reads from the beginning to the end.
    async fn read_all(
        &self,
        plugin: &dyn Connector,
        connection: &str,
        generation: i64,
        work: &mut Work,
    ) -> Result<SweepEnd, StoreError> {
        let broken = |why: String| Ok(SweepEnd::Broken(why));
        let mut cursor: Option<String> = None;
        let (mut is_empty, mut unread) = (true, 0);
        for _ in 0..limits::PAGES_PER_RECONCILE_MAX {
            if !self.holds(&format!("reconcile:{connection}")).await? {
                return broken("this host was held up for too long".to_owned());
            }
            let called = plugin.pull(Role::Accounting, cursor.as_deref()).await;
            self.note_call(plugin, "reconcile", &called, |_| false).await?;
            self.heard(plugin, called.result.as_ref().err()).await?;
            let page = match called.result {
                Ok(page) => page,
                Err(error) => return broken(error.to_string()),
            };
            let (next, more) = (page.cursor.clone(), page.more);
            let listed = listed(&page);
            is_empty &= listed.is_empty();
            unread += page.refusals.len();
            work.add(self.take(connection, None, page, called.kv).await?);
            self.store.sweep_page(connection, generation, listed).await?;
            if !more {
                // What could not be read may be what seems to be missing; and an empty list is a mishap, not news.
                return match (unread, is_empty) {
                    (0, false) => Ok(SweepEnd::Complete),
                    (0, true) => broken("it listed nothing at all".to_owned()),
                    _ => broken(format!("{unread} of its documents could not be read: see the quarantine")),
                };
            }
            if cursor.as_deref() == Some(&next) {
                return broken("it says that there is more, and gives the same page again".to_owned());
            }
            cursor = Some(next);
        }
        broken(format!("it has more than {} pages", limits::PAGES_PER_RECONCILE_MAX))
    }
}

/// The invoices of a page.
fn listed(page: &Page) -> Vec<Listed> {
    let invoices = page.received.iter().filter_map(|received| match &received.report {
        Report::Invoice(invoice) => Some(invoice),
        _ => None,
    });
    invoices
        .map(|invoice| Listed {
            account: AccountId::new(&invoice.debtor.id),
            invoice: invoice.number.clone(),
            open: invoice.payable,
        })
        .collect()
}

fn earlier(at: escalation::DateTime, wait: Duration) -> escalation::DateTime {
    at.checked_sub(wait).unwrap_or(escalation::DateTime::MIN)
}
