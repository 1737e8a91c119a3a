//! What the desk is shown and cash application finds: rows to be written, and what is made of them when they are read.

use std::collections::{BTreeMap, BTreeSet};

use escalation::cash::Candidate;
use escalation::{AccountId, Money};

use crate::Result;
use crate::row::{from_json, money};
use crate::view::{AccountFilter, AccountRow, ItemRow, WorkRow};

/// Items that one kind of evidence may point to.
pub(crate) const CANDIDATES_MAX: u32 = 200;
/// Rows of one page of accounts.
pub(crate) const PAGE_MAX: u32 = 500;

/// Name, account and invoice numbers, a line each.
pub(crate) fn search_text(row: &AccountRow) -> String {
    let mut text = format!("{}\n{}", row.name, row.account);
    for item in &row.items {
        text.push('\n');
        text.push_str(item.invoice.as_str());
    }
    text.to_lowercase()
}

pub(crate) fn item_rows<'a>(rows: &[&'a AccountRow]) -> Vec<(&'a AccountRow, &'a ItemRow)> {
    rows.iter().flat_map(|row| row.items.iter().map(move |item| (*row, item))).collect()
}

/// What a payer may quote, the account, and the invoice that is meant: empty for the account itself.
pub(crate) fn references<'a>(rows: &[&'a AccountRow]) -> Vec<(&'a str, &'a str, &'a str)> {
    let mut references: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for row in rows {
        references.extend(row.references.iter().map(|token| (token.as_str(), row.account.as_str(), "")));
        for item in &row.items {
            let invoice = item.invoice.as_str();
            references.extend(item.references.iter().map(|token| (token.as_str(), row.account.as_str(), invoice)));
        }
    }
    references.into_iter().collect()
}

/// The column that accounts are sorted by, and the direction. Ties are broken by account, so that pages do not overlap.
pub(crate) fn order(filter: &AccountFilter) -> (&'static str, &'static str) {
    let (column, reversed) = match filter.sort.as_str() {
        "name" => ("v.search", false),
        "overdue" => ("coalesce(v.oldest_due_on, '9999')", true),
        "level" => ("v.level_rank", false),
        _ => ("v.open", false),
    };
    (column, if filter.descending == reversed { "ASC" } else { "DESC" })
}

/// The stored rows of accounts, by account.
pub(crate) fn account_rows(rows: Vec<(String, String)>) -> Result<BTreeMap<String, AccountRow>> {
    let mut known = BTreeMap::new();
    for (account, row) in rows {
        let row = from_json(&row, || format!("the row of account `{account}`"))?;
        known.insert(account, row);
    }
    Ok(known)
}

/// A page of accounts, each with whether it is parked, in its order.
pub(crate) fn page_rows(page: Vec<(String, bool)>, known: &mut BTreeMap<String, AccountRow>) -> Vec<AccountRow> {
    let mut rows = Vec::with_capacity(page.len());
    for (account, parked) in page {
        if let Some(mut row) = known.remove(&account) {
            flag_parked(&mut row.flags, parked);
            rows.push(row);
        }
    }
    rows
}

/// A line of the worklist: account, name, country, currency, level, flags, parked, overdue, days past due.
pub(crate) type WorkColumns = (String, String, String, String, Option<String>, String, bool, i64, i32);

pub(crate) fn work_row(columns: WorkColumns) -> Result<WorkRow> {
    let (account, name, country, code, level, flags, parked, overdue, days_past_due) = columns;
    let mut flags: Vec<String> = from_json(&flags, || format!("the flags of account `{account}`"))?;
    flag_parked(&mut flags, parked);
    let weight = overdue.saturating_mul(i64::from(days_past_due));
    let (account, overdue) = (AccountId::new(account), money(overdue, &code)?);
    Ok(WorkRow { account, name, country, overdue, days_past_due, level, flags, weight })
}

/// The candidates among what was hit: accounts with an invoice each.
pub(crate) fn candidates(hits: &BTreeSet<(String, String)>, known: &BTreeMap<String, AccountRow>) -> Vec<Candidate> {
    hits.iter().filter_map(|(account, invoice)| candidate(known.get(account)?, invoice)).collect()
}

/// A lane is parked outside of any decision, so its flag is not in the row.
fn flag_parked(flags: &mut Vec<String>, parked: bool) {
    if parked && !flags.iter().any(|flag| flag == "parked") {
        flags.push("parked".to_owned());
    }
}

/// The open item, or for an empty invoice the account itself.
fn candidate(row: &AccountRow, invoice: &str) -> Option<Candidate> {
    let item = row.items.iter().find(|item| item.invoice.as_str() == invoice);
    let (invoice, references, open) = match item {
        Some(item) if item.open.is_positive() => (Some(item.invoice.clone()), &item.references, item.open),
        Some(_) => return None,
        None if invoice.is_empty() => (None, &row.references, Money::new(row.open_minor, row.currency)),
        None => return None,
    };
    Some(Candidate {
        account: row.account.clone(),
        debtor_name: row.name.clone(),
        payer_accounts: row.payer_accounts.clone(),
        references: references.clone(),
        invoice,
        open,
    })
}
