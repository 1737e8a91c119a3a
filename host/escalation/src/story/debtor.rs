//! A debtor as a story describes one.

use super::text::{Read, Words};
use crate::party::PartyKind;

/// What is known of a debtor.
#[derive(Clone, Debug)]
pub(super) enum Trait {
    Email(Option<String>),
    Phone(Option<String>),
    Address(Option<String>),
    Kind(PartyKind),
    Country(String),
    Language(String),
    Zone(Option<String>),
}

/// `ACME: no email, phone "+49 40 1", kind consumer`
pub(super) fn debtor(words: &mut Words<'_>) -> Read<(String, Vec<Trait>)> {
    let list = words.rest();
    let (name, list) = list.split_once(':').ok_or("a colon is missing after the debtor's name")?;
    let name = Words::new(name).name()?;
    let mut traits = Vec::new();
    for part in list.split(',') {
        let mut words = Words::new(part);
        let no = words.takes("no");
        let key = words.word("email, phone, address, kind, country, language or zone")?;
        let value = words.rest().trim_matches('"').to_owned();
        let given = || if no { None } else { Some(value.clone()) };
        if no != value.is_empty() {
            return Err(format!("`{}` is not understood\n\nhint: `email a@b.example` or `no email`", part.trim()));
        }
        traits.push(match key {
            "email" => Trait::Email(given()),
            "phone" => Trait::Phone(given()),
            "address" => Trait::Address(given()),
            "kind" => Trait::Kind(kind(&value)?),
            "country" => Trait::Country(value),
            "language" => Trait::Language(value),
            "zone" => Trait::Zone(given()),
            other => return Err(format!("`{other}` is not email, phone, address, kind, country, language or zone")),
        });
    }
    Ok((name, traits))
}

fn kind(word: &str) -> Read<PartyKind> {
    let kinds = [PartyKind::Business, PartyKind::Consumer, PartyKind::SoleTrader, PartyKind::PublicAuthority];
    let found = kinds.into_iter().find(|kind| kind.as_str() == word);
    found.ok_or_else(|| format!("`{word}` is not business, consumer, sole-trader or public-authority"))
}
