//! The scheduler's hold on a host: a host runs from one gate to the next, and only when it is let through.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Where a host stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    BeforeRead(&'static str),
    BeforeWrite(&'static str),
    AfterWrite(&'static str),
    BeforeCall,
    AfterCall,
}

#[derive(Default)]
struct State {
    standing: Option<Point>,
    let_through: bool,
}

/// Shared by a host and the scheduler.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<State>>);

/// What a step of a host came to.
pub enum Step<T> {
    At(Point),
    Done(T),
}

impl Gate {
    /// Called by the host: stands still until it is let through.
    pub async fn pass(&self, point: Point) {
        self.lock().standing = Some(point);
        std::future::poll_fn(|_| {
            let mut state = self.lock();
            if !state.let_through {
                return Poll::Pending;
            }
            state.let_through = false;
            state.standing = None;
            Poll::Ready(())
        })
        .await;
    }

    /// Called by the scheduler: lets the host run to its next gate, or to its end. Nobody else runs meanwhile.
    pub async fn step<T>(&self, host: &mut Pin<Box<dyn Future<Output = T> + '_>>) -> Step<T> {
        {
            // A host that has not begun stands at no gate; its first one is still to come.
            let mut state = self.lock();
            state.let_through = state.standing.is_some();
        }
        std::future::poll_fn(|cx: &mut Context<'_>| match host.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Step::Done(done)),
            Poll::Pending => match self.lock().standing {
                Some(point) => Poll::Ready(Step::At(point)),
                // It waits for the disk: its waker will call us.
                None => Poll::Pending,
            },
        })
        .await
    }

    /// The host is gone.
    pub fn reset(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
