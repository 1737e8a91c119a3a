//! Where everything durable is: a SQLite file, or a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::postgres::{self, PgOptions, PgStore};
use store::sqlite::SqliteStore;
use store::{Store, StoreError};

use crate::config::Config;

/// As `database` in the configuration names it. Shown, it has no password.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    File(PathBuf),
    Server { url: String, place: String },
}

impl Database {
    /// A file's path is relative to the workspace.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, String> {
        match text.split_once("://").map(|(scheme, _)| scheme) {
            None => Ok(Self::File(folder.join(text))),
            Some("postgres" | "postgresql") => {
                let place = postgres::place(text).map_err(|error| error.to_string())?;
                Ok(Self::Server { url: text.to_owned(), place })
            }
            Some(other) => Err(format!(
                "`database` begins with `{other}://`, which is no engine that is known\n\nhint: give a file name such as `dunlin.sqlite`, or `postgres://user@host/name`"
            )),
        }
    }

    /// What only a file can do.
    pub fn file(&self) -> Result<&Path, StoreError> {
        match self {
            Self::File(path) => Ok(path),
            Self::Server { place, .. } => Err(StoreError::Backup(format!(
                "`{place}` is backed up and restored by PostgreSQL's own tools\n\nhint: host/OPERATIONS.md says how; after a restore, `dunlin doubt begin`"
            ))),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Server { place, .. } => f.write_str(place),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

/// Opens it to work on it: a file for this process alone, a server beside other hosts.
pub async fn open(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    let tenant = &config.creditor.id;
    Ok(match &config.database {
        Database::File(path) => Arc::new(SqliteStore::open(path, tenant).await?),
        Database::Server { url, .. } => Arc::new(PgStore::open(url, tenant, PgOptions::default()).await?),
    })
}

/// Opens it beside those who work on it, to look at it.
pub async fn open_read_only(config: &Config) -> Result<Arc<dyn Store>, StoreError> {
    let tenant = &config.creditor.id;
    Ok(match &config.database {
        Database::File(path) => Arc::new(SqliteStore::open_read_only(path, tenant).await?),
        Database::Server { url, .. } => Arc::new(PgStore::open_read_only(url, tenant, PgOptions::default()).await?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://dunlin:s3cr3t@db.example:5433/dunlin?sslmode=require",
            "postgresql://dunlin@db.example:5433/dunlin?password=s3cr3t",
            "postgres://dunlin:s3%2Fcr3t@db.example:5433/dunlin",
        ] {
            let database = Database::parse(url, Path::new("/w")).unwrap();
            assert_eq!(database.to_string(), "postgres://dunlin@db.example:5433/dunlin");
            assert_eq!(format!("{database:?}"), "`postgres://dunlin@db.example:5433/dunlin`");
            assert!(!database.file().unwrap_err().to_string().contains("cr3t"));
        }
        for url in ["postgres://dunlin:s3cr3t@db.example:port/dunlin", "mysql://dunlin:s3cr3t@db.example/dunlin"] {
            let why = Database::parse(url, Path::new("/w")).unwrap_err();
            assert!(why.contains("hint:") && !why.contains("s3cr3t"), "{why}");
        }
    }

    #[test]
    fn a_file_lies_in_the_workspace() {
        let database = Database::parse("dunlin.sqlite", Path::new("/w")).unwrap();
        assert_eq!(database.file().unwrap(), Path::new("/w/dunlin.sqlite"));
    }
}
