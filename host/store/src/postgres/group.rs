//! Group commit: pages that wait are taken together in one transaction, so that one sync of the disk serves many.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use super::ingest::Group;
use super::writer::Writer;
use crate::inbox::Ingested;
use crate::page::Page;
use crate::{Result, StoreError};

/// Pages in one transaction.
const PAGES_MAX: usize = 128;
/// Reports in one transaction, unless a single page has more.
const REPORTS_MAX: usize = 2_000;
/// Pages that wait; beyond it callers wait.
const QUEUE_MAX: usize = 1_024;
/// Transactions at the same time: while one waits for the disk, the next one gathers.
const WRITERS: usize = 2;

pub(super) struct Intake {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    page: Page,
    reply: oneshot::Sender<Result<Ingested>>,
}

impl Intake {
    /// Its tasks end when it is dropped, after what was in the queue.
    pub fn start(writer: &Writer) -> Self {
        let (queue, pages) = mpsc::channel(QUEUE_MAX);
        let pages = Arc::new(Mutex::new(pages));
        for _ in 0..WRITERS {
            tokio::spawn(work(writer.clone(), Arc::clone(&pages)));
        }
        Self { queue }
    }

    /// Answers when the page is on the disk, or has failed without a trace.
    pub async fn take(&self, page: Page) -> Result<Ingested> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Waiting { page, reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Database("the store is closed".to_owned())
}

async fn work(writer: Writer, pages: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
    loop {
        let mut waiting = Vec::new();
        if pages.lock().await.recv_many(&mut waiting, PAGES_MAX).await == 0 {
            return;
        }
        let mut group: Vec<Waiting> = Vec::with_capacity(waiting.len());
        let mut reports = 0;
        for next in waiting {
            reports += next.page.entries.len();
            if reports > REPORTS_MAX && !group.is_empty() {
                commit(&writer, std::mem::take(&mut group)).await;
                reports = next.page.entries.len();
            }
            group.push(next);
        }
        commit(&writer, group).await;
    }
}

async fn commit(writer: &Writer, group: Vec<Waiting>) {
    let (pages, replies): (Vec<Page>, Vec<_>) = group.into_iter().map(|one| (one.page, one.reply)).unzip();
    let mut group = Group::new(pages);
    let answers = match writer.run(&mut group).await {
        Ok(answers) => answers,
        // One page may be to blame, but not for the database being away: each on its own.
        Err(error)
            if group.pages.len() > 1 && !matches!(error, StoreError::Away { .. } | StoreError::DiskFull { .. }) =>
        {
            singly(writer, group.pages).await
        }
        Err(error) => group.pages.iter().map(|_| Err(error.clone())).collect(),
    };
    for (reply, answer) in replies.into_iter().zip(answers) {
        // The caller may be gone; what it brought is taken all the same.
        reply.send(answer).ok();
    }
}

async fn singly(writer: &Writer, pages: Vec<Page>) -> Vec<Result<Ingested>> {
    let mut answers = Vec::with_capacity(pages.len());
    for page in pages {
        let answer = writer.write(Group::new(vec![page])).await;
        answers.push(answer.and_then(|mut one| one.pop().unwrap_or_else(|| Err(closed()))));
    }
    answers
}
