//! What people do at the desk, as a story tells it.

use super::{DecidesLevel, Says, because, medium};
use crate::assignment::PolicyRef;
use crate::id::LevelId;
use crate::in_flight::InFlight;
use crate::protection::ProtectionKind;
use crate::story::text::{Read, Words};
use crate::story::{agreed, upfront, work};

/// What is approved by its own word; the rest is effects.
const AGREED: [&str; 2] = ["settlement of", "write-off of"];

pub(super) fn read(words: &mut Words<'_>) -> Read<Says> {
    if let Some(tells) = upfront::desk(words)? {
        return Ok(Says::Upfront(tells));
    }
    if words.takes("blocks") {
        let name = words.name()?;
        let until = if words.takes("until") { Some(words.date()?) } else { None };
        return Ok(Says::Blocks { name, until, reason: because(words, "") });
    }
    if words.takes("unblocks") {
        let name = words.name()?;
        return Ok(Says::Unblocks { name, reason: because(words, "") });
    }
    if words.takes("protects") {
        let name = words.name()?;
        words.needs("as")?;
        let kind = protection(words)?;
        let until = if words.takes("until") { Some(words.date()?) } else { None };
        return Ok(Says::Protects { name, kind, until, text: because(words, "") });
    }
    if words.takes("gives mandate to") {
        let firm = Some(words.name()?);
        words.needs("for")?;
        return Ok(Says::Mandates { name: words.name()?, firm });
    }
    if words.takes("ends mandate for") {
        return Ok(Says::Mandates { name: words.name()?, firm: None });
    }
    if words.takes("ends") {
        let kind = protection(words)?;
        words.needs("of")?;
        return Ok(Says::Unprotects { name: words.name()?, kind, reason: because(words, "") });
    }
    if words.takes("lifts stop of") {
        let name = words.name()?;
        let medium = medium(words)?;
        return Ok(Says::LiftsStop { name, medium, reason: because(words, "") });
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
    if words.takes("publishes") {
        let (name, version) = (words.word("a policy")?.to_owned(), words.word("its version")?.to_owned());
        let word = words.word("keep, migrate or restart")?;
        let how = InFlight::read(word).ok_or_else(|| format!("`{word}` is not keep, migrate or restart"))?;
        return Ok(Says::Publishes { policy: PolicyRef { name, version }, how });
    }
    let mut person = words.clone();
    if let Ok(who) = person.name()
        && let Some(declines) = level_decided(&mut person)
    {
        *words = person;
        let level = LevelId::new(words.word("a level")?);
        words.needs("for")?;
        let name = words.name()?;
        let declined = declines.then(|| because(words, ""));
        return Ok(Says::DecidesLevel(DecidesLevel { who, name, level, declined }));
    }
    let mut person = words.clone();
    if let Ok(who) = person.name()
        && person.takes("approves")
        && !AGREED.iter().any(|agreed| person.clone().takes(agreed))
    {
        *words = person;
        return Ok(Says::Approves { who, what: words.rest().split_whitespace().collect::<Vec<_>>().join(" ") });
    }
    if !words.takes("knows for") {
        let works = work::read(words)?.map(Says::Works);
        return works.map_or_else(|| Ok(Says::Agrees(agreed::read(words)?)), Ok);
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

/// Whether a level is declined; none: it is about something else.
fn level_decided(words: &mut Words<'_>) -> Option<bool> {
    if words.takes("approves level") {
        return Some(false);
    }
    words.takes("declines level").then_some(true)
}

fn protection(words: &mut Words<'_>) -> Read<ProtectionKind> {
    let word = words.word("a protection")?;
    ProtectionKind::named(word).ok_or_else(|| format!("`{word}` is not attorney, insolvency, deceased or moratorium"))
}
