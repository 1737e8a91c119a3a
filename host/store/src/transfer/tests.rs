//! What is copied is what there is; and on PostgreSQL, that it arrives whatever happens on the way.

use std::collections::BTreeSet;

use sqlx::AssertSqlSafe;

use super::tables::TABLES;
use crate::sqlite::open_to_write;

/// What is no creditor's, or is made again: numbers of rows, and what the migrations keep; and what goes over with another table.
const NOT_COPIED: [&str; 3] = ["_sqlx_migrations", "sqlite_sequence", "event_history"];

#[tokio::test]
async fn every_table_and_column_is_copied() {
    let folder = tempfile::tempdir().unwrap();
    let mut conn = open_to_write(&folder.path().join("dunlin.sqlite")).await.unwrap();
    let made: Vec<(String,)> = sqlx::query_as("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    let made: Vec<String> =
        made.into_iter().map(|(name,)| name).filter(|name| !NOT_COPIED.contains(&&**name)).collect();
    let listed: BTreeSet<String> = TABLES.iter().map(|table| table.name.to_owned()).collect();
    assert_eq!(made.iter().cloned().collect::<BTreeSet<_>>(), listed);
    for table in TABLES {
        let columns = format!("SELECT name FROM pragma_table_info('{}')", table.name);
        let made: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(columns)).fetch_all(&mut conn).await.unwrap();
        let made: BTreeSet<String> =
            made.into_iter().map(|(name,)| name).filter(|name| name != "tenant" && name != "id").collect();
        let ours = table.columns.iter().filter(|column| column.name != "xid");
        assert_eq!(made, ours.map(|column| column.name.to_owned()).collect(), "{}", table.name);
    }
}

mod postgres;
