//! Transactions: each tried again, a few times, when another one was in its way.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sqlx::{Connection, PgConnection, PgPool};

use super::LeaseClock;
use super::news::News;
use crate::StoreError;

/// Times that a transaction is tried when it meets a deadlock or a conflict, or a connection that is gone before it began.
const TRIES_MAX: u32 = 5;

/// The transaction that a command runs in.
pub(super) struct Tx<'t> {
    pub conn: &'t mut PgConnection,
    pub tenant: &'t str,
    pub clock: LeaseClock,
}

/// What went wrong inside of a transaction.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The database's word, which may be that another transaction was in the way.
    Sql(sqlx::Error),
    Store(StoreError),
    /// These accounts were erased: nothing is appended to them any more.
    Erased(BTreeSet<String>),
    /// What was looked at has changed meanwhile: it is looked at again.
    Again(StoreError),
}

pub(super) type Outcome<T> = std::result::Result<T, Trouble>;

impl From<sqlx::Error> for Trouble {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Trouble {
    /// Nothing was written, and the same may go well now: `serialization_failure`, `deadlock_detected`.
    fn passes(&self) -> bool {
        match self {
            Self::Sql(error) => {
                let code = error.as_database_error().and_then(|error| error.code());
                matches!(code.as_deref(), Some("40001" | "40P01"))
            }
            Self::Again(_) => true,
            Self::Store(_) | Self::Erased(_) => false,
        }
    }

    fn error(self) -> StoreError {
        match self {
            Self::Sql(error) => error.into(),
            Self::Store(error) | Self::Again(error) => error,
            Self::Erased(accounts) => erased(&accounts),
        }
    }
}

pub(super) fn erased(accounts: &BTreeSet<String>) -> StoreError {
    let named = accounts.iter().map(|account| format!("`{account}`")).collect::<Vec<_>>().join(", ");
    StoreError::Corrupt(format!("nothing can be written to {named}: erased"))
}

/// Something to be written, all or nothing; it may be run more than once.
#[async_trait]
pub(super) trait Command: Send {
    type Answer: Send;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Outcome<Self::Answer>;

    /// Whether other hosts may want to know what came of it.
    fn is_news(_answer: &Self::Answer) -> bool {
        false
    }
}

#[derive(Clone)]
pub(super) struct Writer {
    pub pool: PgPool,
    pub tenant: String,
    pub clock: LeaseClock,
    pub place: String,
    pub news: News,
}

impl Writer {
    /// Answers when the command is on the disk, or has failed without a trace; only when the connection broke during the
    /// commit itself is it not known which.
    pub async fn write<C: Command>(&self, mut command: C) -> crate::Result<C::Answer> {
        let mut tries = 1;
        loop {
            match self.attempt(&mut command).await {
                Ok(answer) => {
                    if C::is_news(&answer) {
                        self.news.tell();
                    }
                    return Ok(answer);
                }
                Err(trouble) if trouble.passes() && tries < TRIES_MAX => tries += 1,
                Err(trouble) => return Err(self.located(trouble.error())),
            }
        }
    }

    async fn attempt<C: Command>(&self, command: &mut C) -> Outcome<C::Answer> {
        let mut conn = self.pool.acquire().await?;
        let mut tx = conn.begin().await?;
        let answer = command.run(&mut Tx { conn: &mut tx, tenant: &self.tenant, clock: self.clock }).await?;
        tx.commit().await?;
        Ok(answer)
    }

    pub fn located(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::DiskFull { .. } => StoreError::DiskFull { path: self.place.clone() },
            other => other,
        }
    }
}
