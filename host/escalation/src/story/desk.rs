//! What people say at the desk in a story.

use super::agreed;
use super::says::{Says, because};
use super::text::{Read, Words};

pub(super) fn read(words: &mut Words<'_>) -> Read<Says> {
    if words.takes("blocks") {
        let name = words.name()?;
        let until = if words.takes("until") { Some(words.date()?) } else { None };
        return Ok(Says::Blocks { name, until, reason: because(words, "") });
    }
    if words.takes("unblocks") {
        let name = words.name()?;
        return Ok(Says::Unblocks { name, reason: because(words, "") });
    }
    if words.takes("resolves dispute of") {
        let invoice = words.number()?;
        words.needs("as")?;
        let outcome = words.word("an outcome")?;
        if !["upheld", "rejected", "partial", "withdrawn"].contains(&outcome) {
            return Err(format!("`{outcome}` is not upheld, rejected, partial or withdrawn"));
        }
        return Ok(Says::Resolves { invoice, outcome: outcome.to_owned() });
    }
    if words.takes("assigns") {
        let amount = words.money()?;
        words.needs("of")?;
        let name = words.name()?;
        words.needs("to")?;
        return Ok(Says::Assigns { name, amount, to: words.number()? });
    }
    if !words.takes("knows for") {
        return Ok(Says::Agrees(agreed::read(words)?));
    }
    let name = words.name()?;
    words.needs("that")?;
    let told = words.rest();
    let (head, happened) = match (told.strip_suffix(" did not happen"), told.strip_suffix(" happened")) {
        (Some(head), _) => (head, false),
        (None, Some(head)) => (head, true),
        _ => return Err(format!("`{told}` ends neither with `happened` nor with `did not happen`")),
    };
    Ok(Says::Knows { name, head: head.trim().to_owned(), happened })
}
