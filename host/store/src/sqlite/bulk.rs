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
    /// One row. `$1`, `$2` ... stand for its own values, `?1` for the tenant, `?2` ... for the shared values.
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
            let statement = self.statement(size, shared.len());
            while rest.len() >= size {
                let (chunk, after) = rest.split_at(size);
                let mut values = sqlx::query(AssertSqlSafe(statement.clone())).bind(tx.tenant);
                for value in shared {
                    values = values.bind(*value);
                }
                for row in chunk {
                    values = bind(values, row);
                }
                values.execute(&mut *tx.conn).await?;
                rest = after;
            }
        }
        Ok(())
    }

    fn statement(&self, rows: usize, shared: usize) -> String {
        let parts: Vec<&str> = self.row.split('$').collect();
        let mut text = String::with_capacity(self.head.len() + self.tail.len() + rows * self.row.len() * 2);
        text.push_str(self.head);
        for row in 0..rows {
            let before = 1 + shared + row * self.width;
            text.push_str(if row == 0 { "" } else { "," });
            for (at, part) in parts.iter().enumerate() {
                let digits = part.bytes().take_while(u8::is_ascii_digit).count();
                match part[..digits].parse::<usize>() {
                    Ok(own) if at > 0 => text.push_str(&format!("?{}{}", before + own, &part[digits..])),
                    _ => text.push_str(part),
                }
            }
        }
        text.push_str(self.tail);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Bulk;

    #[test]
    fn rows_count_their_values_after_the_shared_ones() {
        let bulk = Bulk {
            head: "INSERT INTO t VALUES ",
            row: "(?1, $1, ?2, $2 + $1)",
            width: 2,
            tail: " ON CONFLICT DO NOTHING",
        };
        assert_eq!(
            bulk.statement(2, 1),
            "INSERT INTO t VALUES (?1, ?3, ?2, ?4 + ?3),(?1, ?5, ?2, ?6 + ?5) ON CONFLICT DO NOTHING"
        );
    }
}
