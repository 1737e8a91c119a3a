//! Why a call could not be answered, and what to do about it.

use std::fmt;

pub type Result<T> = std::result::Result<T, Error>;

/// An error says what happened in a lower-case fragment, with literals in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub message: String,
    /// What a person can do about it.
    pub hint: Option<String>,
    /// When it makes sense to ask again, in milliseconds from now.
    pub retry_after_ms: Option<u64>,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nobody: the other side is busy or away.
    RetryLater,
    /// The other side said no.
    Refused,
    /// A person must change the configuration.
    Misconfigured,
    /// The plugin met something that it cannot handle.
    Broken,
}

impl Error {
    pub fn retry_later(message: impl Into<String>) -> Error {
        Error::new(Kind::RetryLater, message)
    }

    pub fn refused(message: impl Into<String>) -> Error {
        Error::new(Kind::Refused, message)
    }

    pub fn misconfigured(message: impl Into<String>) -> Error {
        Error::new(Kind::Misconfigured, message)
    }

    pub fn broken(message: impl Into<String>) -> Error {
        Error::new(Kind::Broken, message)
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Error {
        self.hint = Some(hint.into());
        self
    }

    pub fn retry_after_ms(mut self, milliseconds: u64) -> Error {
        self.retry_after_ms = Some(milliseconds);
        self
    }

    fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error { kind, message: message.into(), hint: None, retry_after_ms: None }
    }
}

impl Kind {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Kind::RetryLater => "retry-later",
            Kind::Refused => "refused",
            Kind::Misconfigured => "misconfigured",
            Kind::Broken => "broken",
        }
    }

    /// A word that is not in the contract counts as broken.
    pub fn from_word(word: &str) -> Kind {
        match word {
            "retry-later" => Kind::RetryLater,
            "refused" => Kind::Refused,
            "misconfigured" => Kind::Misconfigured,
            _ => Kind::Broken,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(target_arch = "wasm32")]
impl crate::mirror::Mirror for Error {
    type Wire = crate::guest::wire::types::Error;

    fn to_wire(self) -> Self::Wire {
        crate::guest::wire::types::Error {
            kind: self.kind.word().to_owned(),
            message: self.message,
            hint: self.hint,
            retry_after_ms: self.retry_after_ms,
        }
    }

    fn from_wire(wire: Self::Wire) -> Result<Error> {
        let kind = Kind::from_word(&wire.kind);
        Ok(Error { kind, message: wire.message, hint: wire.hint, retry_after_ms: wire.retry_after_ms })
    }
}
