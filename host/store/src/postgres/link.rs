//! Connecting: the bounds on every wait, the schema, and that the other side is a primary.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, PgPool, Row};

use crate::{Result, StoreError};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a caller waits for a connection, to a server that may be gone, before it hears that the database is away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// A connection that lay idle for so long is tried before it is used: the server may have been restarted.
const IDLE_TRUST: Duration = Duration::from_secs(1);
/// Bounds that the server keeps for us, on each connection: for a statement, for a lock that another transaction holds, and
/// for a transaction whose host has gone silent. All are shorter than a lease.
const SERVER_BOUNDS: &str = "SELECT pg_is_in_recovery(), set_config('statement_timeout', '20s', false),
    set_config('lock_timeout', '10s', false), set_config('idle_in_transaction_session_timeout', '15s', false)";

/// The same while the schema is brought up to date.
const UPGRADE_BOUNDS: &str = "SELECT set_config('statement_timeout', '6h', false),
    set_config('lock_timeout', '6h', false), set_config('idle_in_transaction_session_timeout', '10min', false)";

/// Where the database is, and how it is called in errors: without a password.
pub(crate) struct Link {
    options: PgConnectOptions,
    pub place: String,
}

impl Link {
    pub fn new(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            StoreError::Database(
                "the database's URL cannot be read\n\nhint: `postgres://user:password@host:5432/name?sslmode=require`"
                    .to_owned(),
            )
        })?;
        let (user, host, port) = (options.get_username(), options.get_host(), options.get_port());
        let place = format!("postgres://{user}@{host}:{port}/{}", options.get_database().unwrap_or(user));
        let options = options.application_name("dunlin").disable_statement_logging();
        Ok(Self { options, place })
    }

    /// A first connection, to a primary; a server that refuses says why.
    pub async fn connect(&self) -> Result<PgConnection> {
        let mut conn = self.options.connect().await?;
        prepare(&mut conn).await?.then_some(conn).ok_or_else(|| {
            StoreError::Database(format!(
                "`{}` is a standby, which lags behind its primary\n\nhint: give the URL of the primary; decisions are never made from a copy",
                self.place
            ))
        })
    }

    pub async fn pool(&self, connections: u32) -> Result<PgPool> {
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .test_before_acquire(false)
            .before_acquire(|conn, known| {
                Box::pin(async move {
                    if known.idle_for >= IDLE_TRUST {
                        conn.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|conn, _| {
                Box::pin(async move {
                    match prepare(conn).await? {
                        true => Ok(()),
                        false => Err(sqlx::Error::Io(std::io::Error::other("the server is a standby now"))),
                    }
                })
            });
        Ok(pool.connect_with(self.options.clone()).await?)
    }

    /// Brings the schema up to date; hosts that start together wait for the first.
    pub async fn migrate(&self, conn: &mut PgConnection) -> Result<()> {
        let (found, known) = (self.schema(conn).await?, known_schema());
        if found == known {
            return Ok(());
        }
        // A long journal takes its time to be rewritten, and whoever waits for the one that upgrades must wait as long.
        conn.execute(UPGRADE_BOUNDS).await?;
        let migrated = MIGRATIONS.run_direct(None, conn, false).await;
        conn.execute(SERVER_BOUNDS).await?;
        migrated.map_err(|error| StoreError::Database(format!("the schema cannot be brought up to date: {error}")))
    }

    /// For those who only look: the schema must be the one that this program knows.
    pub async fn check(&self, conn: &mut PgConnection) -> Result<()> {
        let (found, known) = (self.schema(conn).await?, known_schema());
        match found == known {
            true => Ok(()),
            false => Err(StoreError::Database(format!(
                "`{}` has schema {found}, this program reads {known}\n\nhint: start the server once, it upgrades the database",
                self.place
            ))),
        }
    }

    /// The schema there is; a newer one than ours is refused.
    async fn schema(&self, conn: &mut PgConnection) -> Result<i64> {
        let found = schema(conn).await?;
        let known = known_schema();
        if found > known {
            return Err(StoreError::Schema { path: self.place.clone(), found, known });
        }
        Ok(found)
    }
}

/// The newest migration that was applied; 0 for an empty database.
pub(super) async fn schema(conn: &mut PgConnection) -> Result<i64> {
    let (made,): (bool,) =
        sqlx::query_as("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *conn).await?;
    if !made {
        return Ok(0);
    }
    let (found,): (i64,) =
        sqlx::query_as("SELECT coalesce(max(version), 0) FROM _sqlx_migrations").fetch_one(conn).await?;
    Ok(found)
}

fn known_schema() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Sets the bounds; true for a primary.
async fn prepare(conn: &mut PgConnection) -> sqlx::Result<bool> {
    let standby: bool = sqlx::query(SERVER_BOUNDS).fetch_one(conn).await?.try_get(0)?;
    Ok(!standby)
}
