//! The limits of the desk and the API, each with its unit.

use std::time::Duration;

/// The largest request body, in bytes: a form with a note.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest body of reports that another program sends, in bytes.
pub const INTAKE_BYTES_MAX: usize = 1024 * 1024;
/// Reports in one such body.
pub const REPORTS_MAX: usize = 1_000;
/// Bodies of reports that are taken at the same time, over all programs that send; more are told to come again.
pub const INTAKES_AT_ONCE_MAX: usize = 256;
/// Webhooks that are taken at the same time; more are told to come again.
pub const HOOKS_AT_ONCE_MAX: usize = 64;
/// A request that takes longer is given up.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(15);
/// When to come again after an answer that something is away, in seconds.
pub const RETRY_AFTER_SECONDS: u16 = 5;
/// Notes and reasons that people write, in characters.
pub const NOTE_CHARS_MAX: usize = 500;
/// A person's name, in characters.
pub const WHO_CHARS_MAX: usize = 60;
/// What is looked for, in characters.
pub const SEARCH_CHARS_MAX: usize = 100;

/// Rows of a page, when nothing else is asked for.
pub const PER_PAGE: u32 = 50;
pub const PER_PAGE_MAX: u32 = 200;
/// The last page that can be asked for.
pub const PAGE_MAX: u32 = 100_000;

/// Lines of the worklist.
pub const WORK_ROWS_MAX: u32 = 200;
/// Journal entries on a page of the timeline.
pub const TIMELINE_EVENTS: u32 = 40;
/// Decisions that are read for a timeline, newest first.
pub const DECISIONS_MAX: u32 = 1_000;
/// Effects of an account, newest first.
pub const ACCOUNT_EFFECTS_MAX: u32 = 60;
/// Effects of a status, quarantined documents, parked lanes, accounts with money that nothing took: rows on one page each.
pub const LIST_ROWS_MAX: u32 = 200;
/// Planned effects that are looked through for those that a person has to approve.
pub const PLANNED_SCANNED_MAX: u32 = 5_000;
/// Pages of accounts that are looked through for money that nothing took, of [`LIST_ROWS_MAX`] each.
pub const SCANNED_PAGES_MAX: u32 = 25;
/// Pages of accounts with tasks that are looked through for a list of tasks, of [`LIST_ROWS_MAX`] each.
pub const TASK_PAGES_MAX: u32 = 5;
/// Full reconciles on the page of totals, newest first.
pub const RECONCILES_SHOWN: u32 = 20;
/// The largest fact that a person puts in by hand, in bytes.
pub const FACT_BYTES_MAX: usize = 16 * 1024;
/// Last calls shown for each plugin.
pub const CALLS_MAX: u32 = 20;
/// Bars of the chart of money in.
pub const WEEKS_SHOWN: u32 = 18;

/// How long a request waits for a measurement, before it is told how far that is.
pub const MEASURE_WAIT: Duration = Duration::from_secs(5);
/// How long a measurement is shown again before another is made.
pub const MEASURE_KEPT: Duration = Duration::from_secs(300);
/// Measurements that are kept.
pub const MEASUREMENTS_KEPT_MAX: usize = 16;
/// Letters that are set as PDF at the same time: each takes a core.
pub const PAPERS_AT_ONCE_MAX: usize = 2;
/// Exports of the aging by customer at the same time.
pub const EXPORTS_AT_ONCE_MAX: usize = 4;
