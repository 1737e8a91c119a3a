//! What the desk and cash application read, written again for the accounts whose row changed.

use std::collections::HashMap;

use super::bulk::Bulk;
use super::writer::Tx;
use crate::Result;
use crate::decision::Changed;
use crate::row::json;
use crate::show::{item_rows, references, search_text};
use crate::view::AccountRow;

pub(super) async fn write(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Result<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let accounts: Vec<&str> = changed.iter().map(|one| one.account).collect();
    let rows: Vec<(String, String)> = sqlx::query_as(
        "SELECT s.account, s.row FROM json_each(?2) j CROSS JOIN state s ON s.tenant = ?1 AND s.account = j.value",
    )
    .bind(tx.tenant)
    .bind(json(&accounts)?)
    .fetch_all(&mut *tx.conn)
    .await?;
    let before: HashMap<String, String> = rows.into_iter().collect();
    let changed = changed.iter().filter(|one| before.get(one.account) != Some(&one.shown.row));
    let rows: Vec<&AccountRow> = changed.map(|one| one.row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    forget(tx, &rows).await?;
    write_accounts(tx, &rows).await?;
    write_items(tx, &rows).await?;
    write_references(tx, &rows).await
}

async fn forget(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Result<()> {
    let accounts = json(&rows.iter().map(|row| row.account.as_str()).collect::<Vec<_>>())?;
    for statement in [
        "DELETE FROM account_view WHERE tenant = ?1 AND account IN (SELECT value FROM json_each(?2))",
        "DELETE FROM item_view WHERE tenant = ?1 AND account IN (SELECT value FROM json_each(?2))",
        "DELETE FROM reference WHERE tenant = ?1 AND account IN (SELECT value FROM json_each(?2))",
    ] {
        sqlx::query(statement).bind(tx.tenant).bind(accounts.as_str()).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

const ACCOUNTS: Bulk = Bulk {
    columns: "account, name, search, country, currency, open, unapplied, oldest_due_on, level, level_rank, flags",
    statement: "INSERT INTO account_view (tenant, account, name, search, country, currency, open, unapplied, oldest_due_on, level, level_rank, flags)
            SELECT ?1, v.account, v.name, v.search, v.country, v.currency, v.open, v.unapplied, v.oldest_due_on, v.level, v.level_rank, v.flags FROM v WHERE v.account IS NOT NULL",
};

async fn write_accounts(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Result<()> {
    let mut texts = Vec::with_capacity(rows.len());
    for row in rows {
        texts.push((*row, search_text(row), json(&row.flags)?));
    }
    ACCOUNTS
        .run(tx, &[], &texts, |values, (row, search, flags)| {
            values
                .bind(row.account.as_str())
                .bind(row.name.as_str())
                .bind(search.as_str())
                .bind(row.country.as_str())
                .bind(row.currency.as_str())
                .bind(row.open_minor)
                .bind(row.unapplied_minor)
                .bind(row.oldest_due_on.map(|day| day.to_string()))
                .bind(row.level.as_deref())
                .bind(row.level_rank)
                .bind(flags.as_str())
        })
        .await
}

const ITEMS: Bulk = Bulk {
    columns: "account, invoice, due_on, currency, open, level, source",
    statement: "INSERT INTO item_view (tenant, account, invoice, due_on, currency, open, level, source)
            SELECT ?1, v.account, v.invoice, v.due_on, v.currency, v.open, v.level, v.source FROM v WHERE v.account IS NOT NULL",
};

async fn write_items(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Result<()> {
    let items = item_rows(rows);
    ITEMS
        .run(tx, &[], &items, |values, (row, item)| {
            values
                .bind(row.account.as_str())
                .bind(item.invoice.as_str())
                .bind(item.due_on.to_string())
                .bind(item.open.currency.as_str())
                .bind(item.open.minor)
                .bind(item.level.as_deref())
                .bind(item.source.as_str())
        })
        .await
}

const REFERENCES: Bulk = Bulk {
    columns: "token, account, invoice",
    statement: "INSERT INTO reference (tenant, token, account, invoice)
            SELECT ?1, v.token, v.account, v.invoice FROM v WHERE v.token IS NOT NULL",
};

async fn write_references(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Result<()> {
    let references = references(rows);
    REFERENCES
        .run(tx, &[], &references, |values, (token, account, invoice)| {
            values.bind(*token).bind(*account).bind(*invoice)
        })
        .await
}
