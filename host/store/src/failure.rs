//! What a database's failure means for those who asked.

use crate::StoreError;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let away = |error: &sqlx::Error| Self::Away { why: error.to_string() };
        let code = match &error {
            // What a connection says that is cut while it begins is no protocol.
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::WorkerCrashed => return away(&error),
            other => other.as_database_error().and_then(|error| error.code()).unwrap_or_default(),
        };
        match code.as_ref() {
            // SQLite: SQLITE_FULL; the shared-memory file could not grow, for the same reason. PostgreSQL: disk_full.
            "13" | "4874" | "53100" => Self::DiskFull { path: String::new() },
            // Connections cut or refused; a server that starts or stops; no room for another connection; a primary that
            // became a standby; a bound on waiting; two transactions in each other's way once too often.
            code if code.len() == 5 && (code.starts_with("08") || code.starts_with("53")) => away(&error),
            "57P01" | "57P02" | "57P03" | "57P05" | "57014" | "55P03" | "25006" | "25P03" | "40001" | "40P01" => {
                away(&error)
            }
            _ => Self::Database(error.to_string()),
        }
    }
}
