//! Plugins as packages: one archive with manifest, component and licence, signed by its publisher; and the lock, which has on record
//! what is installed, whose it is and what it was allowed.
//!
//! An archive is read as the work of an enemy: nothing in it is a path, nothing is unpacked, everything has a limit. A publisher's key
//! is trusted when an operator approves a plugin of it for the first time, and from then on no other key is.

mod archive;
mod key;
mod lock;

pub use archive::{Package, PackageError};
pub use key::{KeyError, Publisher, SigningKey};
pub use lock::{Entry, Lock, LockError, Verdict};

/// Bytes of the parts of a package; an archive is not larger than all of them with their headers.
pub const MANIFEST_LEN_MAX: usize = 64 << 10;
pub const COMPONENT_LEN_MAX: usize = 20 << 20;
pub const TEXT_LEN_MAX: usize = 256 << 10;
pub const ARCHIVE_LEN_MAX: usize = COMPONENT_LEN_MAX + MANIFEST_LEN_MAX + 3 * TEXT_LEN_MAX + (16 << 10);

/// What tells one content from another, in hex.
pub fn digest(content: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}
