//! T1 for plugins: pull, understand, take, with the cursor in the same transaction.

use escalation::answer::{Called, ControlTotal, Page, Refusal};
use escalation::{Received, Report, Role};
use store::mutation::Mutation;
use store::{CursorMove, Ingest, Ingested, KvChange, Refused, StoreError, Total};

use crate::connector::Connector;
use crate::intake::Intake;
use crate::limits;
use crate::turn::{Engine, Work};

impl Engine {
    /// Pulls everything that the plugins of a role have. A plugin that fails is reported and tried again next time.
    pub async fn poll_role(&self, role: Role) -> Result<Work, StoreError> {
        let mut work = Work::default();
        for plugin in self.plugins.iter().filter(|plugin| plugin.roles().contains(&role)) {
            work.add(self.poll(plugin.as_ref(), role).await?);
        }
        Ok(work)
    }

    /// Asks those that were told something since they were last asked. The word of a webhook is not taken for money: it only has
    /// the plugin ask at once, and is there for it to read.
    pub(crate) async fn hear(&self) -> Result<Work, StoreError> {
        let mut work = Work::default();
        for role in Role::ALL {
            for plugin in self.plugins.iter().filter(|plugin| plugin.listens() && plugin.roles().contains(&role)) {
                let until = self.store.heard_until(plugin.name()).await?;
                if self.holds.heard(&Self::connection(plugin.as_ref(), role)).is_none_or(|heard| heard < until) {
                    work.add(self.poll(plugin.as_ref(), role).await?);
                }
            }
        }
        Ok(work)
    }

    async fn poll(&self, plugin: &dyn Connector, role: Role) -> Result<Work, StoreError> {
        let connection = Self::connection(plugin, role);
        if plugin.listens() {
            // Before it is asked: what comes meanwhile has it asked again.
            self.holds.note_heard(&connection, self.store.heard_until(plugin.name()).await?);
        }
        let mut work = Work::default();
        for _ in 0..limits::PAGES_PER_POLL_MAX {
            let cursor = self.store.cursor(&connection).await?;
            if !self.may_pull(plugin) || !self.holds(&format!("poll:{connection}")).await? {
                break;
            }
            let called = plugin.pull(role, cursor.as_deref()).await;
            self.note_call(plugin, "pull", &called, |page| page.received.is_empty() && page.refusals.is_empty())
                .await?;
            self.heard(plugin, called.result.as_ref().err()).await?;
            let Ok(page) = called.result else { break };
            let more = page.more;
            if Some(&page.cursor) == cursor.as_ref() && page.received.is_empty() && page.refusals.is_empty() {
                break;
            }
            let moved = CursorMove { from: cursor, to: page.cursor.clone() };
            match self.take(&connection, Some(moved), page, called.kv).await {
                Ok(taken) => work.add(taken),
                // Another host was faster while we were held up.
                Err(StoreError::LostCursor { .. }) => break,
                Err(error) => return Err(error),
            }
            if !more {
                break;
            }
        }
        Ok(work)
    }

    /// T1 for what others bring: durable when this returns.
    pub async fn accept(&self, connection: &str, received: Vec<Received>) -> Result<Ingested, StoreError> {
        self.ingest(Ingest::empty(connection, self.at()), received).await
    }

    /// T1 of a page; without a move the cursor stays where it is.
    pub(crate) async fn take(
        &self,
        connection: &str,
        mut cursor: Option<CursorMove>,
        page: Page,
        kv: Vec<(String, Option<Vec<u8>>)>,
    ) -> Result<Work, StoreError> {
        let now = self.at();
        let refused =
            |refusal: Refusal| Refused { document: refusal.document, place: refusal.place, reason: refusal.reason };
        let total = |total: ControlTotal| Total {
            connection: connection.to_owned(),
            name: total.name,
            stated: total.stated,
            counted: total.counted,
            on: now.date(),
        };
        if let Some(moved) = &mut cursor
            && Mutation::Cursor.is_on()
        {
            let ahead = CursorMove { from: moved.from.replace(moved.to.clone()), to: moved.to.clone() };
            self.store.ingest(Ingest { cursor: Some(ahead), ..Ingest::empty(connection, now) }).await?;
        }
        let frame = Ingest {
            cursor,
            refusals: page.refusals.into_iter().map(refused).collect(),
            totals: page.totals.into_iter().map(total).collect(),
            kv: kv.into_iter().map(|(key, value)| KvChange { key, value }).collect(),
            ..Ingest::empty(connection, now)
        };
        let ingested = self.ingest(frame, page.received).await?;
        Ok(Work { taken: ingested.taken, quarantined: ingested.quarantined, ..Work::default() })
    }

    /// Understands what came, and takes it with its frame.
    async fn ingest(&self, mut frame: Ingest, received: Vec<Received>) -> Result<Ingested, StoreError> {
        let connection = frame.connection.clone();
        let policy = self.current_policy();
        let intake = Intake { store: self.store.as_ref(), policy: &policy, connection: &connection, now: frame.at };
        let mut statement_until = None;
        for received in received {
            if let Report::Statement(statement) = &received.report {
                statement_until = statement_until.max(Some(statement.until));
            }
            match intake.entry(received).await? {
                Ok(entry) => frame.entries.push(entry),
                Err(refused) => frame.refusals.push(refused),
            }
        }
        let ingested = self.store.ingest(frame).await?;
        if let Some(until) = statement_until {
            self.cash_is_known(&connection, until).await?;
        }
        Ok(ingested)
    }

    /// Keeps a call for the desk; a quiet one that brought nothing is not worth a row.
    pub(crate) async fn note_call<T>(
        &self,
        plugin: &dyn Connector,
        function: &str,
        called: &Called<T>,
        nothing: impl Fn(&T) -> bool,
    ) -> Result<(), StoreError> {
        let error = match &called.result {
            Ok(value) if nothing(value) && called.log.is_empty() => return Ok(()),
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        };
        if !error.is_empty() {
            tracing::warn!(plugin = plugin.name(), function, %error, "a plugin call failed");
        }
        let row = store::view::CallRow {
            plugin: plugin.name().to_owned(),
            version: plugin.version(),
            function: function.to_owned(),
            at: self.at(),
            micros: called.micros,
            error,
            log: called.log.clone(),
        };
        self.store.record_call(row).await
    }
}
