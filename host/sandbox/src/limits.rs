//! Every limit of the sandbox, with its unit.

use std::time::Duration;

use crate::manifest::LimitsAsk;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

// -- the component
/// The largest component that is looked at, in bytes.
pub const WASM_LEN_MAX: usize = 20 * MIB;
/// Imports and exports of a component.
pub const INTERFACES_MAX: usize = 100;
/// Compiled components kept in the cache folder.
pub const CACHE_FILES_MAX: usize = 64;

// -- the pool
/// Calls that run at once; the next one waits.
pub const POOL_SLOTS: u32 = 64;
/// Core modules, tables and memories that one component may consist of; a Rust guest has about four modules and one memory,
/// Python thirty-eight modules.
pub const MODULES_PER_COMPONENT_MAX: u32 = 64;
pub const TABLES_PER_COMPONENT_MAX: u32 = 8;
pub const MEMORIES_PER_COMPONENT_MAX: u32 = 2;
/// Elements of a table.
pub const TABLE_LEN_MAX: usize = 20_000;
/// Bytes of a slot that are wiped rather than given back between calls (perf: the second core depends on it).
pub const MEMORY_KEEP_RESIDENT: usize = 256 * KIB;
pub const TABLE_KEEP_RESIDENT: usize = 16 * KIB;

// -- a call
/// How often a running guest is looked at, and lets others on its thread go on.
pub const TICK: Duration = Duration::from_millis(10);
/// Bytes that a guest may hand to the host in one host call or answer; a file of the largest size must fit.
pub const HOSTCALL_LEN_MAX: usize = 40 * MIB;
/// Live handles and host resources of a call.
pub const HANDLES_MAX: usize = 4_096;
pub const LOG_LINES_MAX: usize = 256;
/// Bytes of a log line.
pub const LOG_LINE_LEN_MAX: usize = 4 * KIB;
/// Bytes of standard output and error kept, the newest.
pub const PRINTED_LEN_MAX: usize = 4 * KIB;
/// Log lines repeated in the last words.
pub const LAST_WORDS_LINES: usize = 5;
/// Failures in a row after which a plugin is paused.
pub const FAILURES_IN_ROW_MAX: u32 = 5;
/// Bytes of a plugin's configuration as JSON.
pub const CONFIG_LEN_MAX: usize = 256 * KIB;

// -- a page
pub const EVENTS_MAX: usize = 10_000;
pub const REFUSALS_MAX: usize = 10_000;
pub const TOTALS_MAX: usize = 1_000;
/// Bytes of a cursor.
pub const CURSOR_LEN_MAX: usize = 64 * KIB;
/// Bytes of a free text.
pub const TEXT_LEN_MAX: usize = 16 * KIB;
/// Payments in one batch booking, references of a payment, invoices of a promise, notes, address lines.
pub const LIST_LEN_MAX: usize = 10_000;
/// Requests in a batch.
pub const BATCH_LEN_MAX: u32 = 1_000;

// -- a plugin's memory
/// Bytes of a key.
pub const KEY_LEN_MAX: usize = 200;
/// Bytes of a value.
pub const VALUE_LEN_MAX: usize = 64 * KIB;
/// Bytes of all keys and values of a plugin.
pub const MEMORY_LEN_MAX: u64 = 10 << 20;
/// Keys written in one call.
pub const WRITES_MAX: usize = 1_000;

// -- files
/// Bytes of a file that is read or written.
pub const FILE_LEN_MAX: usize = 16 * MIB;
/// Bytes of a path, and of one name in it.
pub const PATH_LEN_MAX: usize = 1_024;
pub const FILE_NAME_LEN_MAX: usize = 255;
/// Names in a path.
pub const PATH_DEPTH_MAX: usize = 16;
/// Entries of one listing.
pub const LISTING_LEN_MAX: usize = 1_000;

// -- other systems
/// Requests of one call.
pub const REQUESTS_MAX: usize = 200;

// -- webhooks
/// Bytes of the body, of the query and of all headers of one.
pub const WEBHOOK_BODY_LEN_MAX: usize = MIB;
pub const WEBHOOK_QUERY_LEN_MAX: usize = 16 * KIB;
pub const WEBHOOK_HEADERS_LEN_MAX: usize = 16 * KIB;
/// What a plugin gets of them in one host call, in number and in bytes (one more fits in any case).
pub const WEBHOOKS_MAX: u32 = 100;
pub const WEBHOOKS_LEN_MAX: usize = 2 * MIB;
/// Bytes of what a system wants to read when we have it.
pub const ANSWER_LEN_MAX: usize = 200;

/// The most that the operator lets any plugin have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsMax {
    /// Processor time of a call.
    pub cpu_ms: u32,
    /// Wall time of a call.
    pub wall_ms: u32,
    /// Linear memory of a call.
    pub memory_mib: u32,
}

impl Default for LimitsMax {
    fn default() -> Self {
        Self { cpu_ms: 5_000, wall_ms: 60_000, memory_mib: 256 }
    }
}

/// What one plugin gets: what it asks for, capped by the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) cpu: Duration,
    pub(crate) wall: Duration,
    /// Bytes.
    pub(crate) memory: usize,
}

impl Limits {
    pub(crate) fn of(ask: &LimitsAsk, max: &LimitsMax) -> Self {
        Self {
            cpu: Duration::from_millis(ask.cpu_ms.min(max.cpu_ms).into()),
            wall: Duration::from_millis(ask.wall_ms.min(max.wall_ms).into()),
            memory: ask.memory_mib.min(max.memory_mib) as usize * MIB,
        }
    }
}
