//! What an earlier version wrote stays readable, and is erased like the rest.

use std::borrow::Cow;

use sqlx::migrate::Migrator;

use super::*;

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn plain_events_are_read_sealed_over_and_erased() {
    let databases = Databases::new().await;
    let mut conn = databases.connect().await;
    let before = link::MIGRATIONS.iter().filter(|migration| migration.version <= 10).cloned().collect();
    let before = Migrator { migrations: Cow::Owned(before), ..Migrator::DEFAULT };
    before.run_direct(None, &mut conn, false).await.unwrap();
    for statement in include_str!("../../../fixtures/second-schema.sql").split(";\n") {
        let statement = statement.replace(", x'", ", '\\x");
        sqlx::query(AssertSqlSafe(statement)).execute(&mut conn).await.unwrap();
    }
    conn.close().await.unwrap();
    let store = databases.open().await;
    crate::conformance::audit::what_was_plain_is_read_sealed_over_and_erased(&store).await;
    let mut conn = databases.connect().await;
    let (kind, day): (String, String) =
        sqlx::query_as("SELECT type, happened_on FROM event WHERE seq = 1").fetch_one(&mut conn).await.unwrap();
    assert_eq!((kind.as_str(), day.as_str()), ("invoice-issued", "2025-12-01"));
}
