//! Many rows in few statements: a statement for each row would cost more than the row.

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

use super::writer::Tx;
use crate::Result;

pub(crate) type Values = sqlx::query::Query<'static, Sqlite, SqliteArguments>;

/// Rows in one statement, largest first: few sizes, so that few prepared statements serve every length.
const CHUNKS: [usize; 6] = [256, 128, 32, 8, 2, 1];

/// A statement over rows of values: `head row, row, row tail`.
pub(crate) struct Bulk {
    pub head: &'static str,
    /// One row. `$1`, `$2` ... stand for its own values, each once and in this order; `?1` for the tenant, `?2` ... for the
    /// shared values.
    pub row: &'static str,
    /// How many values a row has of its own.
    pub width: usize,
    pub tail: &'static str,
}

impl Bulk {
    pub async fn run<T: Sync>(
        &self,
        tx: &mut Tx<'_>,
        shared: &[&str],
        rows: &[T],
        bind: impl Fn(Values, &T) -> Values + Send,
    ) -> Result<()> {
        let mut rest = rows;
        for size in CHUNKS {
            if rest.len() < size {
                continue;
            }
            let statement = self.statement(size);
            while rest.len() >= size {
                let (chunk, after) = rest.split_at(size);
                let mut values = sqlx::query(AssertSqlSafe(statement.clone()));
                for row in chunk {
                    values = bind(values, row);
                }
                values = values.bind(tx.tenant);
                for value in shared {
                    values = values.bind(*value);
                }
                values.execute(&mut *tx.conn).await?;
                rest = after;
            }
        }
        Ok(())
    }

    /// Own values have no number: SQLite looks numbers up one by one, for each value anew. What has a name stands behind them
    /// all among the values.
    fn statement(&self, rows: usize) -> String {
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * self.row.len() * 2);
        let own = rows * self.width;
        named(self.head, own, &mut text);
        for row in 0..rows {
            text.push_str(if row == 0 { "" } else { "," });
            named(self.row, own, &mut text);
        }
        named(self.tail, own, &mut text);
        text
    }
}

/// Writes `?` for each of a row's own values, and `$n` for the shared ones.
fn named(template: &str, own: usize, text: &mut String) {
    let mut rest = template;
    while let Some(at) = rest.find(['$', '?']) {
        let (before, from) = rest.split_at(at);
        let digits = from.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let (place, after) = from.split_at(1 + digits);
        text.push_str(before);
        match (place.strip_prefix('?').map(str::parse::<usize>), digits) {
            (None, 1..) => text.push('?'),
            (Some(Ok(shared)), _) => text.push_str(&format!("${}", own + shared)),
            _ => text.push_str(place),
        }
        rest = after;
    }
    text.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::Bulk;

    #[test]
    fn own_values_come_first_and_shared_ones_are_named() {
        let bulk = Bulk {
            head: "INSERT INTO t VALUES ",
            row: "(?1, $1, ?2, $2 ->> '$.a')",
            width: 2,
            tail: " ON CONFLICT DO NOTHING",
        };
        assert_eq!(
            bulk.statement(2),
            "INSERT INTO t VALUES ($5, ?, $6, ? ->> '$.a'),($5, ?, $6, ? ->> '$.a') ON CONFLICT DO NOTHING"
        );
    }
}
