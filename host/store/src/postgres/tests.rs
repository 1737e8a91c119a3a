//! The suite on PostgreSQL, and what only many hosts can do wrong. Needs a server: `DUNLIN_TEST_POSTGRES` is the URL of a
//! role that may make databases, `postgres://postgres@127.0.0.1:5544/postgres`.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::*;
use crate::conformance::{Backend, conformance};

/// A database of its own on the server, dropped at the end.
pub(crate) struct Databases {
    server: String,
    name: String,
}

static MADE: AtomicU32 = AtomicU32::new(0);

impl Databases {
    pub(crate) async fn new() -> Self {
        let server = std::env::var("DUNLIN_TEST_POSTGRES").unwrap();
        let n = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("dunlin_test_{}_{n}", std::process::id());
        run(&server, format!("CREATE DATABASE {name}")).await;
        Self { server, name }
    }

    pub(crate) fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').unwrap();
        format!("{server}/{}", self.name)
    }

    async fn open(&self) -> PgStore {
        self.open_by(LeaseClock::Given).await
    }

    async fn open_by(&self, clock: LeaseClock) -> PgStore {
        PgStore::open(&self.url(), "nordlicht", PgOptions { connections: 6, clock }).await.unwrap()
    }

    async fn connect(&self) -> PgConnection {
        self.url().parse::<sqlx::postgres::PgConnectOptions>().unwrap().connect().await.unwrap()
    }
}

pub(crate) async fn run(url: &str, statement: String) {
    let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
    let mut conn: PgConnection = options.disable_statement_logging().connect().await.unwrap();
    sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

impl Drop for Databases {
    fn drop(&mut self) {
        let (server, drop) = (self.server.clone(), format!("DROP DATABASE {} WITH (FORCE)", self.name));
        // Not on the test's own runtime, which may be ending.
        let dropped = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(&server, drop));
        });
        dropped.join().unwrap();
    }
}

#[async_trait]
impl Backend for Databases {
    async fn start(&mut self) -> Box<dyn Store> {
        Box::new(self.open().await)
    }
}

mod cut;
mod hosts;
mod upgrade;

mod suite {
    use super::*;

    conformance!(Databases::new().await, [ignore = "needs PostgreSQL"]);
}
