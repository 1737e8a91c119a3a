//! What an agency reports in a story.

use super::{Says, because, disputes};
use crate::story::text::{Read, Words};

pub(super) fn read(words: &mut Words<'_>) -> Read<Says> {
    let acknowledged = |name, status, reference: &str, reason| Says::Acknowledged {
        name,
        status,
        reference: reference.to_owned(),
        reason,
    };
    if words.takes("accepts") {
        let name = words.name()?;
        let reference = if words.takes("as") { words.word("the agency's reference")? } else { "" };
        return Ok(acknowledged(name, "accepted", reference, String::new()));
    }
    if words.takes("rejects") {
        let name = words.name()?;
        return Ok(acknowledged(name, "rejected", "", because(words, "")));
    }
    if words.takes("confirms recall of") {
        return Ok(acknowledged(words.name()?, "recalled", "", String::new()));
    }
    if words.takes("returns") {
        let name = words.name()?;
        return Ok(Says::Returned { name, reason: because(words, "uncollectable") });
    }
    if words.takes("reversed") {
        let transaction = words.word("a transaction")?.to_owned();
        words.needs("of")?;
        return Ok(Says::CollectionReversed { name: words.name()?, transaction });
    }
    if words.takes("collected") {
        let gross = words.money()?;
        words.needs("from")?;
        let name = words.name()?;
        let commission = if words.takes("commission") { Some(words.money()?) } else { None };
        let transaction = if words.takes("as") { Some(words.word("a transaction")?.to_owned()) } else { None };
        let remitting = if words.takes("remitting") { words.quoted()? } else { String::new() };
        return Ok(Says::Collected { name, gross, commission, transaction, remitting });
    }
    let name = words.name()?;
    words.needs("disputes")?;
    disputes(words, name)
}
