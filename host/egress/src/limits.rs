//! Every limit of the way out, with its unit.

use std::time::Duration;

/// Bytes of a target, its query included.
pub const TARGET_LEN_MAX: usize = 8 << 10;
/// Headers of a request or an answer, and bytes of all of them.
pub const HEADERS_MAX: usize = 100;
pub const HEADERS_LEN_MAX: usize = 64 << 10;
/// Bytes of a request's body.
pub const REQUEST_LEN_MAX: usize = 8 << 20;
/// Bytes of an answer's body, as they come over the wire.
pub const ANSWER_LEN_MAX: usize = 8 << 20;
/// Requests of one connection that are under way at once; the next one waits.
pub const AT_ONCE_MAX: usize = 8;
/// Time for a name to be resolved and an address to answer.
pub const CONNECT_TIME: Duration = Duration::from_secs(10);
/// Time of a whole exchange, where the binding names none, and the most that it may name.
pub const EXCHANGE_TIME: Duration = Duration::from_secs(30);
pub const EXCHANGE_TIME_MAX: Duration = Duration::from_secs(120);
/// How long an idle connection is kept; then the name is resolved anew.
pub const IDLE_TIME: Duration = Duration::from_secs(60);
/// The longest wait that the other side may ask for with `Retry-After`.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3_600);
/// Bytes of a secret. What is shorter could not be told from ordinary text in an answer.
pub const SECRET_LEN: std::ops::RangeInclusive<usize> = 8..=16 << 10;
/// Addresses of a name that are tried.
pub const ADDRESSES_MAX: usize = 16;
/// Secrets in a vault.
pub const SECRETS_MAX: usize = 1_000;
/// Bytes of a file with secrets.
pub const VAULT_LEN_MAX: u64 = 32 << 20;
/// Time for a command to print a secret.
pub const COMMAND_TIME: Duration = Duration::from_secs(10);
