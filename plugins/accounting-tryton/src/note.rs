//! A credit hold as a note on the party: people who take orders read it there, and its last line is the key by which it is found.

use std::collections::BTreeMap;

use dunlin_plugin_sdk::accounting::CreditNotice;
use dunlin_plugin_sdk::{Outcome, Result};
use serde_json::{Value, json};

use crate::api::{Search, Written, write};
use crate::wire::Note;

/// Parties whose notes are searched at once, and how often that is done in a lookup.
const PARTIES: usize = 1_000;
const SEARCHES: usize = 50;

#[derive(serde::Deserialize)]
struct Found {
    id: i64,
}

/// Writes the note, unless the party has it already.
pub fn write_once(key: &str, title: &str, notice: &CreditNotice) -> Result<Outcome> {
    let Some(party) = party(&notice.debtor.id)? else {
        let reason = format!("tryton has no party with the id `{}`", notice.debtor.id);
        return Ok(Outcome::rejected("unknown-account", reason));
    };
    if let Some(note) = find(&[key], &[party])?.remove(key) {
        return Ok(Outcome::done(reference(note)));
    }
    let message = format!("{title}: {}\noverdue: {}\n{}", notice.reason.trim(), notice.overdue, last_line(key));
    let values = json!({"resource": resource(party), "message": message});
    Ok(match write::<Found>("ir.note", &[], &values)? {
        Written::Done(note) => Outcome::done(reference(note.id)),
        Written::Not(outcome) => outcome,
    })
}

pub fn reference(note: i64) -> String {
    format!("note {note}")
}

/// The notes of these keys. `None` for the whole: there are more parties than are searched.
///
/// Tryton lets nobody but administrators search notes without naming the records they are on.
pub fn find_anywhere(keys: &[&str]) -> Result<Option<BTreeMap<String, i64>>> {
    let mut found = BTreeMap::new();
    let mut last = 0;
    for _ in 0..SEARCHES {
        let left: Vec<&str> = keys.iter().copied().filter(|key| !found.contains_key(*key)).collect();
        let parties = match left.is_empty() {
            true => Vec::new(),
            false => parties(json!([["id", ">", last]]), PARTIES)?,
        };
        let Some(&end) = parties.last() else { return Ok(Some(found)) };
        found.append(&mut find(&left, &parties)?);
        last = end;
    }
    Ok(None)
}

fn find(keys: &[&str], parties: &[i64]) -> Result<BTreeMap<String, i64>> {
    let resources: Vec<String> = parties.iter().map(|party| resource(*party)).collect();
    let mut any = vec![json!("OR")];
    // A key may have signs that stand for others in a search: what comes back is looked at again.
    any.extend(keys.iter().map(|key| json!(["message", "like", format!("%{}", pattern(key))])));
    let domain = json!([["resource", "in", resources], any]);
    let search = Search {
        model: "ir.note",
        fields: &["message"],
        domain,
        order: json!([["id", "ASC"]]),
        limit: keys.len().saturating_mul(10),
    };
    let notes: Vec<Note> = search.rows()?;
    let mut found = BTreeMap::new();
    for note in notes {
        let message = note.message.unwrap_or_default();
        let line = message.lines().last().unwrap_or_default();
        if let Some(key) = keys.iter().find(|key| last_line(key) == line.trim()) {
            found.entry((*key).to_owned()).or_insert(note.id);
        }
    }
    Ok(found)
}

/// A key as a search finds it, whatever signs it has.
fn pattern(key: &str) -> String {
    last_line(key).replace(['\\', '%'], "_")
}

fn last_line(key: &str) -> String {
    format!("dunlin {key}")
}

fn resource(party: i64) -> String {
    format!("party.party,{party}")
}

fn party(id: &str) -> Result<Option<i64>> {
    match id.parse::<i64>() {
        Ok(id) => Ok(parties(json!([["id", "=", id]]), 1)?.first().copied()),
        Err(_) => Ok(None),
    }
}

fn parties(domain: Value, limit: usize) -> Result<Vec<i64>> {
    let search = Search { model: "party.party", fields: &["id"], domain, order: json!([["id", "ASC"]]), limit };
    Ok(search.rows::<Found>()?.into_iter().map(|party| party.id).collect())
}
