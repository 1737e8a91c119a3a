//! The one writer: takes commands from a queue and commits them in groups, so that one fsync serves many.

use std::path::Path;

use async_trait::async_trait;
use sqlx::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoint;
use super::hands::Hands;
use crate::{Result, StoreError};

/// Commands in one transaction. At 128 the disk's sync is no longer what limits.
const GROUP_MAX: usize = 128;
/// Commands that wait; beyond it callers wait.
const QUEUE_MAX: usize = 1024;

/// The transaction that a command runs in.
pub(crate) struct Tx<'t> {
    pub conn: &'t mut SqliteConnection,
    pub tenant: &'t str,
    pub hands: Hands,
}

/// Something to be written, all or nothing.
#[async_trait]
pub(super) trait Command: Send + 'static {
    type Answer: Send + 'static;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Self::Answer>;
}

#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    pub hands: Hands,
}

enum Message {
    Command(Box<dyn Job>),
    Flush(oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the writer on its connection; it ends when the last handle is gone, or at [`Writer::close`].
    pub fn start(conn: SqliteConnection, tenant: &str, hands: Hands, path: &Path) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE_MAX);
        let (tenant, path) = (tenant.to_owned(), path.to_owned());
        let of_writer = hands.clone();
        tokio::spawn(async move { write(conn, &tenant, of_writer, &path, messages).await });
        Self { queue, hands }
    }

    /// Answers when the command is on the disk, or has failed without a trace.
    pub async fn write<C: Command>(&self, command: C) -> Result<C::Answer> {
        let (reply, answer) = oneshot::channel();
        let job = Pending { command, answer: None, reply };
        self.queue.send(Message::Command(Box::new(job))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// Writes what waits and moves the write-ahead log into the database.
    pub async fn flush(&self) {
        let (reply, flushed) = oneshot::channel();
        if self.queue.send(Message::Flush(reply)).await.is_ok() {
            flushed.await.ok();
        }
    }

    /// Writes what waits, moves the write-ahead log into the database, and ends.
    pub async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.queue.send(Message::Close(reply)).await.is_ok() {
            closed.await.ok();
        }
    }
}

fn closed() -> StoreError {
    StoreError::Database("the store is closed".to_owned())
}

/// A command on its way, whatever it answers.
#[async_trait]
trait Job: Send {
    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()>;
    fn reply(self: Box<Self>, committed: Result<()>);
}

struct Pending<C: Command> {
    command: C,
    answer: Option<C::Answer>,
    reply: oneshot::Sender<Result<C::Answer>>,
}

#[async_trait]
impl<C: Command> Job for Pending<C> {
    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        self.answer = Some(self.command.run(tx).await?);
        Ok(())
    }

    fn reply(self: Box<Self>, committed: Result<()>) {
        let Self { answer, reply, .. } = *self;
        // The caller may be gone; what it asked for is written all the same.
        reply.send(committed.and_then(|()| answer.ok_or_else(closed))).ok();
    }
}

async fn write(
    mut conn: SqliteConnection,
    tenant: &str,
    hands: Hands,
    path: &Path,
    mut messages: mpsc::Receiver<Message>,
) {
    let mut checkpoint = Checkpoint::new(path);
    let place = path.display().to_string();
    let mut waiting = Vec::with_capacity(GROUP_MAX);
    while messages.recv_many(&mut waiting, GROUP_MAX).await > 0 {
        let mut group = Vec::with_capacity(waiting.len());
        let (mut flushing, mut closing) = (Vec::new(), None);
        for message in waiting.drain(..) {
            match message {
                Message::Command(job) => group.push(job),
                Message::Flush(reply) => flushing.push(reply),
                Message::Close(reply) => closing = Some(reply),
            }
        }
        commit(&mut Tx { conn: &mut conn, tenant, hands: hands.clone() }, &place, group).await;
        if let Err(error) = checkpoint.after(&mut conn).await {
            tracing::warn!(%error, "the write-ahead log grows for now; nothing is lost");
        }
        if (!flushing.is_empty() || closing.is_some())
            && let Err(error) = checkpoint.flush(&mut conn).await
        {
            tracing::warn!(%error, "the write-ahead log stays beside the database; nothing is lost");
        }
        flushing.into_iter().for_each(|reply| reply.send(()).unwrap_or_default());
        if let Some(reply) = closing {
            checkpoint.close().await.ok();
            sqlx::Connection::close(conn).await.ok();
            reply.send(()).ok();
            return;
        }
    }
}

/// One transaction for the whole group; a command that fails is taken back alone.
async fn commit(tx: &mut Tx<'_>, path: &str, mut group: Vec<Box<dyn Job>>) {
    if group.is_empty() {
        return;
    }
    tx.hands.begin();
    let outcome = run_group(tx, &mut group).await;
    if outcome.is_err() {
        tx.hands.undo();
        execute(tx.conn, "ROLLBACK").await.ok();
    }
    match outcome {
        Ok(results) => {
            for (job, result) in group.into_iter().zip(results) {
                job.reply(result);
            }
        }
        Err(error) => {
            let error = located(error, path);
            for job in group {
                job.reply(Err(error.clone()));
            }
        }
    }
}

async fn run_group(tx: &mut Tx<'_>, group: &mut [Box<dyn Job>]) -> Result<Vec<Result<()>>> {
    execute(tx.conn, "BEGIN IMMEDIATE").await?;
    if let [job] = group {
        // Alone it needs no savepoint: the transaction itself is taken back.
        job.run(tx).await?;
        execute(tx.conn, "COMMIT").await?;
        return Ok(vec![Ok(())]);
    }
    let mut results = Vec::with_capacity(group.len());
    for job in group {
        execute(tx.conn, "SAVEPOINT command").await?;
        let result = job.run(tx).await;
        match &result {
            Ok(()) => {}
            // A full disk fails the group: SQLite may have taken the transaction back by itself.
            Err(StoreError::DiskFull { .. }) => return Err(StoreError::DiskFull { path: String::new() }),
            Err(_) => execute(tx.conn, "ROLLBACK TO command").await?,
        }
        execute(tx.conn, "RELEASE command").await?;
        results.push(result);
    }
    execute(tx.conn, "COMMIT").await?;
    Ok(results)
}

async fn execute(conn: &mut SqliteConnection, statement: &'static str) -> Result<()> {
    sqlx::query(statement).execute(conn).await?;
    Ok(())
}

fn located(error: StoreError, path: &str) -> StoreError {
    match error {
        StoreError::DiskFull { .. } => StoreError::DiskFull { path: path.to_owned() },
        other => other,
    }
}
