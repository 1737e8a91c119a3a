//! Many rows in one statement, and several of those in one go: to hand a statement to SQLite's thread and back costs more than
//! most rows.

use sqlx::encode::Encode;
use sqlx::error::BoxDynError;
use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments, AssertSqlSafe, Sqlite, Type};

use super::writer::Tx;
use crate::{Result, StoreError};

/// Rows in one statement: few sizes, so that few prepared statements serve every length. What is missing to the next size is
/// filled up with rows of NULL.
const SIZES: [usize; 5] = [1, 4, 16, 64, 256];

/// A statement that does its work for every row of `v`.
pub(crate) struct Bulk {
    /// The columns of `v`, with commas between them.
    pub columns: &'static str,
    /// It passes over rows whose first column is NULL. `?1` stands for the tenant, `?2` ... for the shared values.
    pub statement: &'static str,
}

impl Bulk {
    pub async fn run<T: Sync>(
        &self,
        tx: &mut Tx<'_>,
        shared: &[&str],
        rows: &[T],
        bind: impl Fn(Values, &T) -> Values,
    ) -> Result<()> {
        Batch::default().add(self, rows, bind).run(tx, shared).await
    }

    fn width(&self) -> usize {
        self.columns.split(',').count()
    }

    /// The values of the rows have no number: SQLite looks numbers up one by one, for each value anew. What is shared stands
    /// behind them all among the values, of which there are so many.
    fn write(&self, rows: usize, values: usize, text: &mut String) {
        let row = format!("({})", vec!["?"; self.width()].join(","));
        text.push_str(&format!("WITH v ({}) AS (VALUES {}) ", self.columns, vec![row.as_str(); rows].join(",")));
        let mut rest = self.statement;
        while let Some((before, after)) = rest.split_once('?') {
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            let (number, after) = after.split_at(digits);
            let shared = values + number.parse::<usize>().unwrap_or_default();
            text.push_str(&format!("{before}${shared}"));
            rest = after;
        }
        text.push_str(rest);
        text.push(';');
    }
}

/// Statements that are run one after the other, in one go.
#[derive(Default)]
pub(crate) struct Batch<'b> {
    /// Each with its number of rows.
    statements: Vec<(&'b Bulk, usize)>,
    values: Values,
}

/// Values of rows, in the order of the columns.
#[derive(Default)]
pub(crate) struct Values {
    arguments: SqliteArguments,
    failed: Option<BoxDynError>,
}

impl Values {
    pub fn bind<'q>(mut self, value: impl Encode<'q, Sqlite> + Type<Sqlite>) -> Self {
        if let Err(error) = self.arguments.add(value) {
            self.failed.get_or_insert(error);
        }
        self
    }
}

impl<'b> Batch<'b> {
    pub fn add<T>(mut self, bulk: &'b Bulk, rows: &[T], bind: impl Fn(Values, &T) -> Values) -> Self {
        for rows in rows.chunks(SIZES.last().copied().unwrap_or(1)) {
            let size = SIZES.into_iter().find(|size| *size >= rows.len()).unwrap_or(rows.len());
            self.values = rows.iter().fold(self.values, &bind);
            for _ in 0..(size - rows.len()) * bulk.width() {
                self.values = self.values.bind(None::<&str>);
            }
            self.statements.push((bulk, size));
        }
        self
    }

    pub async fn run(self, tx: &mut Tx<'_>, shared: &[&str]) -> Result<()> {
        if self.statements.is_empty() {
            return Ok(());
        }
        let text = self.text();
        let values = shared.iter().fold(self.values.bind(tx.tenant), |values, value| values.bind(*value));
        if let Some(error) = values.failed {
            return Err(StoreError::Corrupt(format!("a value cannot be stored: {error}")));
        }
        sqlx::query_with(AssertSqlSafe(text), values.arguments).execute(&mut *tx.conn).await?;
        Ok(())
    }

    fn text(&self) -> String {
        let values = self.statements.iter().map(|(bulk, rows)| bulk.width() * rows).sum();
        let mut text = String::new();
        for (bulk, rows) in &self.statements {
            bulk.write(*rows, values, &mut text);
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Bulk};

    #[test]
    fn own_values_come_first_and_shared_ones_are_named() {
        let one =
            Bulk { columns: "a, b", statement: "INSERT INTO t SELECT ?1, v.a, ?2, v.b FROM v WHERE v.a IS NOT NULL" };
        let other = Bulk { columns: "c", statement: "DELETE FROM t WHERE tenant = ?1 AND a IN (SELECT c FROM v)" };
        let batch = Batch::default()
            .add(&one, &[1, 2], |values, n| values.bind(*n).bind(*n))
            .add(&one, &[0; 0], |values, n| values.bind(*n).bind(*n))
            .add(&other, &[3], |values, n| values.bind(*n));
        assert_eq!(
            batch.text(),
            "WITH v (a, b) AS (VALUES (?,?),(?,?),(?,?),(?,?)) INSERT INTO t SELECT $10, v.a, $11, v.b FROM v WHERE v.a IS NOT NULL;\
             WITH v (c) AS (VALUES (?)) DELETE FROM t WHERE tenant = $10 AND a IN (SELECT c FROM v);"
        );
    }
}
