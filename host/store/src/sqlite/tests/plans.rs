//! Statements find their rows by an index: what looks through a whole table is quick in a test and stands still in a year.

use sqlx::SqliteConnection;

use super::*;

/// The statements that a writer has prepared. Those of many rows differ from those of one only in their length.
struct Prepared;

#[async_trait]
impl Command for Prepared {
    type Answer = Vec<(String, Vec<String>)>;

    async fn run(&mut self, tx: &mut Tx<'_>) -> Result<Self::Answer> {
        // With a tenant: all but what brings the schema up to date.
        let prepared = "SELECT sql FROM sqlite_stmt WHERE sql LIKE '%tenant%?%' AND sql NOT LIKE '%sqlite_stmt%'
             AND sql NOT LIKE '--%' AND substr(sql, 1, 7) IN ('SELECT ', 'INSERT ', 'UPDATE ', 'DELETE ') OR sql LIKE 'WITH %'";
        let statements: Vec<(String,)> = sqlx::query_as(prepared).fetch_all(&mut *tx.conn).await?;
        let mut plans = Vec::with_capacity(statements.len());
        for (statement,) in statements {
            let plan = plan(tx.conn, &statement).await;
            plans.push((statement, plan));
        }
        Ok(plans)
    }
}

/// What has no table behind it: values that were handed in, and what another step of the plan made.
const IN_HAND: [&str; 6] = ["json_each ", "j ", "v ", "o ", "any_event ", "(subquery"];

/// What looks through a whole table and may: small tables, a person's rare act, and the comparison of all that a source lists.
const WHOLE: [&str; 6] = [
    "UPDATE lease SET holder = NULL",
    "INSERT INTO seal ",
    "UPDATE quarantine SET body = NULL",
    "DELETE FROM sweep_item WHERE tenant = ?1 AND account = ?2",
    "SELECT currency, count(*), sum(open) FROM item_view WHERE tenant = ?1 AND source = ?2",
    "INSERT INTO sweep_item (tenant, connection, account, invoice, generation, currency, open, missed) SELECT",
];

/// Every statement of the writer finds its rows by more than the tenant, by which nothing is told apart.
pub(super) async fn check(writer: &Writer) {
    let prepared = writer.write(Prepared).await.unwrap();
    assert!(!prepared.is_empty());
    for (statement, plan) in prepared {
        let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        if !WHOLE.iter().any(|known| statement.starts_with(known)) {
            assert!(plan.iter().all(|step| finds(step)), "{plan:#?} of {statement}");
        }
    }
}

fn finds(step: &str) -> bool {
    let in_hand = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_digit() || first.is_ascii_uppercase())
            || IN_HAND.iter().any(|known| format!("{name} ").starts_with(known))
    };
    step.strip_prefix("SCAN ").is_none_or(in_hand) && !step.ends_with("(tenant=?)")
}

async fn plan(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(conn).await.unwrap();
    plan.into_iter().map(|(.., step)| step).collect()
}

#[tokio::test]
async fn hot_reads_go_through_their_indexes_in_order() {
    let files = Files::new();
    files.open().await.close().await;
    let mut conn = options(&files.path()).connect().await.unwrap();
    for (statement, index) in [(lanes::DUE_LANES, "lane_due"), (effects::DUE_EFFECTS, "effect_due")] {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut conn).await.unwrap();
        let plan: Vec<String> = plan.into_iter().map(|(_, _, _, step)| step).collect();
        assert!(plan.iter().any(|step| step.starts_with("SEARCH") && step.contains(index)), "{plan:?}");
        // Only what is in hand is looked through: a list of accounts, and the lanes that were found.
        let is_table = |step: &str| step.starts_with("SCAN") && !step.contains("json_each") && !step.contains('(');
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE") || is_table(step)), "{plan:?}");
    }
}

#[tokio::test]
async fn history_is_read_and_made_through_indexes() {
    let files = Files::new();
    files.open().await.close().await;
    let mut conn = options(&files.path()).connect().await.unwrap();
    let finds = [retention::EFFECTS.find, retention::EVENTS.find, retention::BODIES.find, tail::TAIL];
    let read = [reads::outbox::EFFECTS_OF, reads::outbox::EFFECTS_BY_STATUS, reads::journal::JOURNAL];
    for statement in read.into_iter().chain(finds) {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&mut conn).await.unwrap();
        let names = ["effect", "inbox", " e ", "event"];
        let tables = plan.iter().filter(|(.., step)| names.iter().any(|name| step.contains(name)));
        for (.., step) in tables {
            // Beyond the tenant, by which nothing is told apart; the journal lies in the order of its numbers.
            let by_number = statement.contains("event") && step.contains("(rowid");
            assert!(step.contains("(tenant=? AND ") || by_number, "{plan:?}");
        }
        // What lies in order is not sorted.
        let sorted = plan.iter().any(|(.., step)| step.contains("TEMP B-TREE"));
        assert!(!sorted || !statement.contains("ORDER BY e."), "{plan:?}");
    }
}
