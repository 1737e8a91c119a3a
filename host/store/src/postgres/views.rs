//! What the desk and cash application read, written again for the accounts whose row changed.

use std::collections::HashMap;

use super::writer::{Outcome, Tx};
use crate::decision::Changed;
use crate::row::json;
use crate::show::{item_rows, references, search_text};
use crate::view::AccountRow;

pub(super) async fn write(tx: &mut Tx<'_>, changed: &[Changed<'_>]) -> Outcome<()> {
    if changed.is_empty() {
        return Ok(());
    }
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT account, row FROM state WHERE tenant = $1 AND account = ANY($2)")
            .bind(tx.tenant)
            .bind(changed.iter().map(|one| one.account).collect::<Vec<_>>())
            .fetch_all(&mut *tx.conn)
            .await?;
    let before: HashMap<String, String> = rows.into_iter().collect();
    let changed = changed.iter().filter(|one| before.get(one.account) != Some(&one.shown.row));
    let rows: Vec<&AccountRow> = changed.map(|one| one.row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    // A new account has nothing to forget.
    let known: Vec<&str> =
        rows.iter().map(|row| row.account.as_str()).filter(|account| before.contains_key(*account)).collect();
    if !known.is_empty() {
        forget(tx, &known).await?;
    }
    write_accounts(tx, &rows).await?;
    write_items(tx, &rows).await?;
    write_references(tx, &rows).await
}

async fn forget(tx: &mut Tx<'_>, accounts: &[&str]) -> Outcome<()> {
    for statement in [
        "DELETE FROM account_view WHERE tenant = $1 AND account = ANY($2)",
        "DELETE FROM item_view WHERE tenant = $1 AND account = ANY($2)",
        "DELETE FROM reference WHERE tenant = $1 AND account = ANY($2)",
    ] {
        sqlx::query(statement).bind(tx.tenant).bind(accounts).execute(&mut *tx.conn).await?;
    }
    Ok(())
}

async fn write_accounts(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Outcome<()> {
    let flags: Vec<String> = rows.iter().map(|row| json(&row.flags)).collect::<crate::Result<_>>()?;
    sqlx::query(
        "INSERT INTO account_view (tenant, account, name, search, country, currency, open, unapplied, oldest_due_on, level,
         level_rank, flags) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
         $8::bigint[], $9::text[], $10::text[], $11::bigint[], $12::text[])",
    )
    .bind(tx.tenant)
    .bind(rows.iter().map(|row| row.account.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| search_text(row)).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.country.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.currency.as_str()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.open_minor).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.unapplied_minor).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.oldest_due_on.map(|day| day.to_string())).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| row.level.as_deref()).collect::<Vec<_>>())
    .bind(rows.iter().map(|row| i64::from(row.level_rank)).collect::<Vec<_>>())
    .bind(flags)
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

async fn write_items(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Outcome<()> {
    let items = item_rows(rows);
    sqlx::query(
        "INSERT INTO item_view (tenant, account, invoice, due_on, currency, open, level, source)
         SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[])",
    )
    .bind(tx.tenant)
    .bind(items.iter().map(|(row, _)| row.account.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.invoice.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.due_on.to_string()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.open.currency.as_str()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.open.minor).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.level.as_deref()).collect::<Vec<_>>())
    .bind(items.iter().map(|(_, item)| item.source.as_str()).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}

async fn write_references(tx: &mut Tx<'_>, rows: &[&AccountRow]) -> Outcome<()> {
    let references = references(rows);
    sqlx::query(
        "INSERT INTO reference (tenant, token, account, invoice) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[])",
    )
    .bind(tx.tenant)
    .bind(references.iter().map(|(token, _, _)| *token).collect::<Vec<_>>())
    .bind(references.iter().map(|(_, account, _)| *account).collect::<Vec<_>>())
    .bind(references.iter().map(|(_, _, invoice)| *invoice).collect::<Vec<_>>())
    .execute(&mut *tx.conn)
    .await?;
    Ok(())
}
