//! Group commit: pages that wait are taken together in one transaction, so that one sync of the disk serves many.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};

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

/// An engine's T1.
#[async_trait]
pub(crate) trait Take: Clone + Send + Sync + 'static {
    /// Takes pages in one transaction: an answer for each, or none was taken.
    async fn take(&self, pages: Vec<Arc<Page>>) -> Result<Vec<Result<Ingested>>>;
}

pub(crate) struct Intake {
    queue: mpsc::Sender<Waiting>,
}

struct Waiting {
    page: Arc<Page>,
    reply: oneshot::Sender<Result<Ingested>>,
}

impl Intake {
    /// Its tasks end when it is dropped, after what was in the queue.
    pub fn start(engine: &impl Take) -> Self {
        let (queue, pages) = mpsc::channel(QUEUE_MAX);
        let pages = Arc::new(Mutex::new(pages));
        for _ in 0..WRITERS {
            tokio::spawn(work(engine.clone(), Arc::clone(&pages)));
        }
        Self { queue }
    }

    /// Answers when the page is on the disk, or has failed without a trace.
    pub async fn take(&self, page: Page) -> Result<Ingested> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Waiting { page: Arc::new(page), reply }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Database("the store is closed".to_owned())
}

async fn work(engine: impl Take, pages: Arc<Mutex<mpsc::Receiver<Waiting>>>) {
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
                commit(&engine, std::mem::take(&mut group)).await;
                reports = next.page.entries.len();
            }
            group.push(next);
        }
        commit(&engine, group).await;
    }
}

async fn commit(engine: &impl Take, group: Vec<Waiting>) {
    let (pages, replies): (Vec<Arc<Page>>, Vec<_>) = group.into_iter().map(|one| (one.page, one.reply)).unzip();
    let answers = match engine.take(pages.clone()).await {
        Ok(answers) => answers,
        // One page may be to blame, but not for the database being away: each on its own.
        Err(error) if pages.len() > 1 && !matches!(error, StoreError::Away { .. } | StoreError::DiskFull { .. }) => {
            singly(engine, pages).await
        }
        Err(error) => pages.iter().map(|_| Err(error.clone())).collect(),
    };
    for (reply, answer) in replies.into_iter().zip(answers) {
        // The caller may be gone; what it brought is taken all the same.
        reply.send(answer).ok();
    }
}

async fn singly(engine: &impl Take, pages: Vec<Arc<Page>>) -> Vec<Result<Ingested>> {
    let mut answers = Vec::with_capacity(pages.len());
    for page in pages {
        let answer = engine.take(vec![page]).await;
        answers.push(answer.and_then(|mut one| one.pop().unwrap_or_else(|| Err(closed()))));
    }
    answers
}
