//! Measurements for the desk and the API. Measuring reads every journal, so one is made at a time, in the background, and kept
//! for a while; whoever asks waits a moment, and is told how far it is when that was not enough.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use escalation::DateTime;
use escalation::metrics::{Metrics, Setup};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout_at};

use super::problem::Problem;
use super::{Hub, limits};

/// The period that was asked for, and the one before.
pub type Setups = [Setup; 2];

/// Two periods, as they were measured.
#[derive(Clone, Debug)]
pub struct Measured {
    pub now: Metrics,
    pub before: Metrics,
    /// Hub time.
    pub at: DateTime,
}

/// How a measurement stands.
pub enum Standing {
    Done(Arc<Measured>),
    /// So many accounts are counted; ask again.
    UnderWay {
        accounts: u64,
    },
}

pub struct Gauge {
    board: Mutex<Board>,
    /// Rings when a measurement ended.
    ended: watch::Sender<u64>,
    /// Exports read every journal too.
    pub exports: Arc<Semaphore>,
}

#[derive(Default)]
struct Board {
    /// Oldest first.
    known: Vec<Known>,
    /// The accounts that the running one has counted.
    running: Option<Arc<AtomicU64>>,
}

struct Known {
    setups: Setups,
    since: Instant,
    measured: Result<Arc<Measured>, Problem>,
}

impl Default for Gauge {
    fn default() -> Self {
        Self {
            board: Mutex::default(),
            ended: watch::Sender::new(0),
            exports: Arc::new(Semaphore::new(limits::EXPORTS_AT_ONCE_MAX)),
        }
    }
}

impl Gauge {
    /// The measurement, if it is known or done within a moment. Asking again goes on where it stands.
    pub async fn ask(self: &Arc<Self>, hub: &Arc<dyn Hub>, setups: &Setups) -> Result<Standing, Problem> {
        let patience = Instant::now() + limits::MEASURE_WAIT;
        let mut ended = self.ended.subscribe();
        loop {
            if let Some(measured) = self.known(setups) {
                return measured.map(Standing::Done);
            }
            let accounts = self.begin(hub, setups);
            if timeout_at(patience, ended.changed()).await.is_err() {
                return Ok(Standing::UnderWay { accounts: accounts.load(Ordering::Relaxed) });
            }
        }
    }

    /// What failed is said once, and then tried again.
    fn known(&self, setups: &Setups) -> Option<Result<Arc<Measured>, Problem>> {
        let mut board = self.board();
        board.known.retain(|known| known.since.elapsed() < limits::MEASURE_KEPT);
        let place = board.known.iter().position(|known| &known.setups == setups)?;
        match board.known.get(place).map(|known| known.measured.clone()) {
            Some(Err(problem)) => {
                board.known.remove(place);
                Some(Err(problem))
            }
            found => found,
        }
    }

    /// Begins, unless a measurement is under way, this one or another; answers with the count of that one.
    fn begin(self: &Arc<Self>, hub: &Arc<dyn Hub>, setups: &Setups) -> Arc<AtomicU64> {
        let mut board = self.board();
        if let Some(accounts) = &board.running {
            return accounts.clone();
        }
        let accounts = Arc::new(AtomicU64::new(0));
        // It may have ended since the caller looked; then the bell has rung for it.
        if board.known.iter().any(|known| &known.setups == setups) {
            return accounts;
        }
        board.running = Some(accounts.clone());
        let (gauge, hub, setups, counted) = (self.clone(), hub.clone(), setups.clone(), accounts.clone());
        tokio::spawn(async move {
            // In a task of its own, so that even one that panicked has ended.
            let work = tokio::spawn(measure(hub, setups.clone(), counted)).await;
            let broke = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "measuring broke off", "the log says why");
            gauge.end(setups, work.map_err(broke).flatten());
        });
        accounts
    }

    fn end(&self, setups: Setups, measured: Result<Measured, Problem>) {
        let mut board = self.board();
        board.running = None;
        board.known.push(Known { setups, since: Instant::now(), measured: measured.map(Arc::new) });
        let excess = board.known.len().saturating_sub(limits::MEASUREMENTS_KEPT_MAX);
        board.known.drain(..excess);
        drop(board);
        self.ended.send_modify(|count| *count = count.wrapping_add(1));
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn measure(hub: Arc<dyn Hub>, setups: Setups, counted: Arc<AtomicU64>) -> Result<Measured, Problem> {
    let at = hub.now();
    let count = move |accounts| counted.store(accounts, Ordering::Relaxed);
    let measured = engine::metrics::measure(hub.store(), &setups, &count).await?;
    match <[Metrics; 2]>::try_from(measured) {
        Ok([now, before]) => Ok(Measured { now, before, at }),
        Err(_) => Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "measuring broke off", "the log says why")),
    }
}
