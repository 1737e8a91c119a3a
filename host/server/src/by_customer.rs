//! The aging by customer, as CSV: a line for each account and currency, written as the accounts are read.

use csv::{StringRecord, Writer};
use engine::metrics::{Look, look};
use escalation::metrics::{Seen, Setup};
use escalation::{AccountId, Currency};
use store::{Store, StoreError};

use crate::api::metrics::plain;

/// Accounts that are read before their lines are handed on.
const ACCOUNTS_PER_PIECE: u32 = 100;

/// Lines, and the account after which the next ones begin; none: that was all.
pub struct Piece {
    pub text: String,
    pub after: Option<AccountId>,
}

/// The first line: the names of the columns.
pub fn heading(setup: &Setup) -> String {
    let mut columns: Vec<String> = ["account", "name", "country", "currency", "open"].map(String::from).to_vec();
    columns.extend(setup.edges.names(setup.basis));
    columns.extend(["past due", "unapplied", "credit", "sales of the period", "cost to serve"].map(String::from));
    lines(vec![columns])
}

/// The lines of the next accounts, in the order of their names. Erased accounts have none.
pub async fn piece(store: &dyn Store, setup: &Setup, after: Option<&AccountId>) -> Result<Piece, StoreError> {
    let ids = store.account_ids(after, ACCOUNTS_PER_PIECE).await?;
    let mut rows = Vec::new();
    for id in &ids {
        if let Look::Seen(seen) = look(store, id, std::slice::from_ref(setup)).await? {
            seen.iter().flatten().for_each(|seen| of_account(seen, setup, &mut rows));
        }
    }
    Ok(Piece { text: lines(rows), after: ids.last().cloned() })
}

/// What neither owes nor is owed, sold nor cost anything has no line.
fn of_account(seen: &Seen, setup: &Setup, rows: &mut Vec<Vec<String>>) {
    let costs = seen.costs(setup);
    for (currency, position) in &seen.positions {
        let cost = costs.iter().find(|(of, _)| of == currency).map(|(_, cost)| cost.total);
        let sums = [position.open(), position.unapplied, position.credit, position.sales];
        if sums.iter().all(|sum| *sum == 0) && cost.is_none_or(|cost| cost.is_zero()) {
            continue;
        }
        let write = |minor: i128| plain(minor, *currency);
        let mut row = begin(seen, *currency);
        row.push(write(position.open()));
        row.extend(position.aging.iter().map(|open| write(*open)));
        row.extend([position.past_due(), position.unapplied, position.credit, position.sales].map(write));
        row.push(cost.map(|cost| cost.plain()).unwrap_or_default());
        rows.push(row);
    }
}

fn begin(seen: &Seen, currency: Currency) -> Vec<String> {
    vec![harmless(seen.account.as_str()), harmless(&seen.name), harmless(&seen.country), currency.to_string()]
}

/// A spreadsheet takes a text that begins like a formula for one.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

fn lines(rows: Vec<Vec<String>>) -> String {
    let mut writer = Writer::from_writer(Vec::new());
    for row in rows {
        // Memory takes every line.
        let _ = writer.write_record(&StringRecord::from(row));
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_formula_and_breaks_no_line() {
        assert_eq!(harmless("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(harmless("Müller; & Co"), "Müller; & Co");
        let text = lines(vec![vec![harmless("@a"), "b,\n\"c\"".to_owned()]]);
        assert_eq!(text, "'@a,\"b,\n\"\"c\"\"\"\n");
    }
}
