//! HTTP to other systems, through one pipeline; and the secrets that it signs with.
//!
//! A plugin says what it asks; an operator's [`Binding`] says where that goes and who we are there. [`Connection::send`] is the only
//! way out: the target stays below the bound address, the method and path are granted, credentials of the guest are left out,
//! the name is resolved once and only addresses that were looked at are dialled, the host signs, nothing is followed, the answer
//! is read under limits, and what of the secret comes back in it is struck out.
//!
//! The modules, in reading order:

pub mod limits;
pub mod binding;
pub mod bench;
pub mod client;
pub mod secret;
pub mod vault;

mod address;
mod failure;
mod headers;
mod oauth;
mod resolve;
mod scan;
mod sign;
mod target;
mod tls;

pub use binding::{Auth, Binding, Grant, Wrong};
pub use client::{Answer, Connection, Request};
pub use failure::{Failure, Kind};
pub use secret::{Secret, SecretRef, Secrets};
pub use vault::{Vault, VaultError};
