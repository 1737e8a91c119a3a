//! Work that one host at a time does: polling a connection, dispatching to it, sealing.

use escalation::DateTime;

/// A lease that is ours until its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Grows with every new holder; what an earlier holder still writes can be told by it.
    pub fence: i64,
    /// On the clock of the leases: the database's with many hosts.
    pub until: DateTime,
}
