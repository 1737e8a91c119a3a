//! Whether a plugin is fit: after too many failures in a row it is paused, and says so.

use std::sync::{Mutex, MutexGuard, PoisonError};

use escalation::answer::CallError;

use crate::limits::FAILURES_IN_ROW_MAX;

/// A plugin's health as the desk shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Why it is paused.
    pub paused: Option<String>,
    pub failures_in_row: u32,
    /// Calls and failures since it was loaded.
    pub calls: u64,
    pub failures: u64,
    pub last_error: Option<String>,
    /// Wall time of the last call in microseconds.
    pub last_micros: u64,
}

#[derive(Default)]
pub(crate) struct Pulse(Mutex<Health>);

impl Pulse {
    pub(crate) fn now(&self) -> Health {
        self.lock().clone()
    }

    pub(crate) fn paused(&self) -> Option<String> {
        self.lock().paused.clone()
    }

    pub(crate) fn resume(&self) {
        let mut health = self.lock();
        health.paused = None;
        health.failures_in_row = 0;
    }

    /// A call ended. An answer, even an unwelcome one, shows that the guest works.
    pub(crate) fn ended(&self, error: Option<&CallError>, micros: u64) {
        let mut health = self.lock();
        health.calls += 1;
        health.last_micros = micros;
        if let Some(error) = error {
            health.last_error = Some(error.message.clone());
        }
        match error.filter(|error| error.kind.is_failure()) {
            None => health.failures_in_row = 0,
            Some(error) => {
                health.failures += 1;
                health.failures_in_row += 1;
                if health.failures_in_row >= FAILURES_IN_ROW_MAX && health.paused.is_none() {
                    let row = health.failures_in_row;
                    health.paused =
                        Some(format!("paused after {row} failures in a row; the last one: {}", error.message));
                }
            }
        }
    }

    /// A panic while it was held leaves counters at worst, never a broken state.
    fn lock(&self) -> MutexGuard<'_, Health> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use escalation::answer::ErrorKind;

    use super::*;

    fn error(kind: ErrorKind) -> CallError {
        CallError { kind, message: "it fell".into(), hint: None, retry_after: None, last_words: String::new() }
    }

    #[test]
    fn five_failures_in_a_row_pause_and_resume_starts_again() {
        let pulse = Pulse::default();
        for _ in 0..4 {
            pulse.ended(Some(&error(ErrorKind::Trapped)), 1);
        }
        assert_eq!(pulse.paused(), None);
        pulse.ended(Some(&error(ErrorKind::OutOfTime)), 1);
        assert_eq!(pulse.paused().unwrap(), "paused after 5 failures in a row; the last one: it fell");
        pulse.resume();
        assert_eq!((pulse.paused(), pulse.now().failures_in_row, pulse.now().failures), (None, 0, 5));
    }

    #[test]
    fn an_answer_between_failures_breaks_the_row() {
        let pulse = Pulse::default();
        for _ in 0..20 {
            for _ in 0..4 {
                pulse.ended(Some(&error(ErrorKind::Broken)), 1);
            }
            pulse.ended(Some(&error(ErrorKind::RetryLater)), 1);
        }
        assert_eq!(pulse.paused(), None);
        assert_eq!(pulse.now().failures, 80);
    }
}
