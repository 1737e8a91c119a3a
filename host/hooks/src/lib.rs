//! Webhooks: by what a system proves that it is the one that tells.
//!
//! A plugin's manifest names a [`Signature`]; the operator has the secret. [`Signature::prove`] answers which webhook it is, or why
//! it is not believed. There is no way to take one without proof. Pure: time and secrets are passed in, nothing is kept.

mod signature;
mod proof;
mod text;

pub use proof::Doubt;
pub use signature::{Encoding, Hash, Signature};

/// Seconds that a webhook with a time may be away from ours, before and after: what most systems that sign a time recommend.
pub const APART_MAX: i64 = 300;
/// Values that a header of signatures, or a list of items, may have.
pub const VALUES_MAX: usize = 1_000;

/// A request as it came.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Without the `?`.
    pub query: &'a str,
    /// Names in lower case.
    pub headers: &'a [(String, String)],
    pub body: &'a [u8],
}

impl Incoming<'_> {
    /// The one value of a header; none if it is missing or there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }
}

/// What we know of who may tell.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// Any of them will do: while one replaces another, both hold.
    pub secrets: &'a [&'a str],
    /// Where the other side sends, as it was told; some sign it.
    pub address: Option<&'a str>,
    /// Seconds since 1970.
    pub now: i64,
}
