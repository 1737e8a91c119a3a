//! The processor time of a call: what its thread spent on it, however long others had the processor meanwhile.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// Shared by the call and the callback that stops it; both run on the thread that polls the call.
#[derive(Clone, Default)]
pub(crate) struct Meter(Arc<Reading>);

/// Nanoseconds of processor time.
#[derive(Default)]
struct Reading {
    /// Spent in the turns that ended.
    spent: AtomicU64,
    /// The thread's clock when the present turn began.
    since: AtomicU64,
}

impl Meter {
    /// Runs the work, and counts what the thread spends while it is the work's turn.
    pub(crate) async fn run<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        std::future::poll_fn(|context| {
            self.0.since.store(thread_clock(), Relaxed);
            let polled = work.as_mut().poll(context);
            self.0.spent.store(self.reading(), Relaxed);
            polled
        })
        .await
    }

    /// What was spent until now; to be asked during a turn.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.reading())
    }

    fn reading(&self) -> u64 {
        self.0.spent.load(Relaxed) + thread_clock().saturating_sub(self.0.since.load(Relaxed))
    }
}

fn thread_clock() -> u64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_counts_and_waiting_does_not() {
        let meter = Meter::default();
        meter.run(tokio::time::sleep(Duration::from_millis(50))).await;
        assert!(Duration::from_nanos(meter.0.spent.load(Relaxed)) < Duration::from_millis(20));
        let inside = meter.clone();
        meter
            .run(async {
                while inside.spent() < Duration::from_millis(40) {
                    tokio::task::yield_now().await;
                }
            })
            .await;
        assert!(Duration::from_nanos(meter.0.spent.load(Relaxed)) >= Duration::from_millis(40));
    }
}
