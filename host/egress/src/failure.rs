//! Why there is no answer, and whether the other side may have acted all the same.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}{}", hint.as_ref().map(|hint| format!("\n\nhint: {hint}")).unwrap_or_default())]
pub struct Failure {
    /// The other side may have acted on the request.
    pub sent: bool,
    pub kind: Kind,
    pub message: String,
    pub hint: Option<String>,
    /// When it makes sense to ask again, in milliseconds from now.
    pub retry_after_ms: Option<u64>,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody: the other side is busy or away.
    RetryLater,
    /// The plugin asked for what it may not have.
    Refused,
    /// A person must change the binding.
    Misconfigured,
}

impl Failure {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { sent: false, kind, message: message.into(), hint: None, retry_after_ms: None }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    pub(crate) fn later(message: impl Into<String>) -> Self {
        Self::new(Kind::RetryLater, message)
    }

    pub(crate) fn misconfigured(message: impl Into<String>) -> Self {
        Self::new(Kind::Misconfigured, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(crate) fn sent(mut self) -> Self {
        self.sent = true;
        self
    }
}
