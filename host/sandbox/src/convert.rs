//! Words of the contract into the words of the core, and back. What comes from a guest is checked here, once.

use std::time::Duration;

use escalation::answer::{ControlTotal, Finding, Outcome, Page, Refusal, Stated};
use escalation::id::{AccountId, EffectKey, InvoiceNumber, NAME_LEN_MAX};
use escalation::party::PartyKind;
use escalation::request::Item;
use escalation::{Date, DateTime, Money, Party, Source};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::bindings::types as wit;
use crate::limits::{CURSOR_LEN_MAX, EVENTS_MAX, LIST_LEN_MAX, REFUSALS_MAX, TEXT_LEN_MAX, TOTALS_MAX};
use crate::log::clean;

/// What is wrong with a value, with the name of its field.
pub(crate) type Read<T> = Result<T, String>;

pub(crate) fn money(field: &str, money: &wit::Money) -> Read<Money> {
    let currency = money.currency.parse().map_err(|error| format!("`{field}`: {error}"))?;
    Ok(Money::new(money.minor, currency))
}

pub(crate) fn positive(field: &str, amount: &wit::Money) -> Read<Money> {
    let money = money(field, amount)?;
    match money.is_positive() {
        true => Ok(money),
        false => Err(format!("`{field}` is {money}; it has to be more than nothing")),
    }
}

pub(crate) fn date(field: &str, date: wit::Date) -> Read<Date> {
    let made = || Date::new(date.year.try_into().ok()?, date.month.try_into().ok()?, date.day.try_into().ok()?).ok();
    made().ok_or_else(|| format!("`{field}`: there is no day {:04}-{:02}-{:02}", date.year, date.month, date.day))
}

/// A name: not empty, bounded, on one line.
pub(crate) fn name(field: &str, name: String) -> Read<String> {
    if name.trim().is_empty() {
        return Err(format!("`{field}` is empty"));
    }
    word(field, name)
}

/// A name or nothing.
pub(crate) fn word(field: &str, word: String) -> Read<String> {
    if word.len() > NAME_LEN_MAX {
        return Err(format!("`{field}` is longer than {NAME_LEN_MAX} bytes"));
    }
    if word.chars().any(char::is_control) {
        return Err(format!("`{field}` has control characters"));
    }
    Ok(word)
}

pub(crate) fn optional(field: &str, text: Option<String>) -> Read<Option<String>> {
    text.filter(|text| !text.is_empty()).map(|text| word(field, text)).transpose()
}

/// Free text: line breaks and tabs stay, other control characters become spaces.
pub(crate) fn text(field: &str, text: String) -> Read<String> {
    if text.len() > TEXT_LEN_MAX {
        return Err(format!("`{field}` is longer than {TEXT_LEN_MAX} bytes"));
    }
    let harmless = |c: char| !c.is_control() || c == '\n' || c == '\t';
    match text.chars().all(harmless) {
        true => Ok(text),
        false => Ok(text.replace("\r\n", "\n").chars().map(|c| if harmless(c) { c } else { ' ' }).collect()),
    }
}

pub(crate) fn list<T, U>(field: &str, items: Vec<T>, read: impl FnMut(T) -> Read<U>) -> Read<Vec<U>> {
    if items.len() > LIST_LEN_MAX {
        return Err(format!("`{field}` has more than {LIST_LEN_MAX} entries"));
    }
    items.into_iter().map(read).collect()
}

pub(crate) fn account(account: String) -> Read<AccountId> {
    name("account", account).map(AccountId::new)
}

pub(crate) fn effect_key(field: &str, key: String) -> Read<EffectKey> {
    name(field, key).map(EffectKey::new)
}

pub(crate) fn invoice_number(field: &str, number: String) -> Read<InvoiceNumber> {
    name(field, number).map(InvoiceNumber::new)
}

pub(crate) fn notes(notes: Vec<wit::Note>) -> Read<Vec<(String, String)>> {
    list("notes", notes, |note| Ok((name("notes.name", note.name)?, text("notes.value", note.value)?)))
}

pub(crate) fn party(party: wit::Party) -> Read<Party> {
    let code = |field: &str, code: String, len_max: usize| match code.len() <= len_max && code.is_ascii() {
        true => word(field, code),
        false => Err(format!("`{field}` is `{}`, no code of at most {len_max} letters", clean(&code, 40))),
    };
    Ok(Party {
        id: name("party.id", party.id)?,
        name: word("party.name", party.name)?,
        kind: match party.kind.as_str() {
            "business" => PartyKind::Business,
            "consumer" => PartyKind::Consumer,
            "sole-trader" => PartyKind::SoleTrader,
            "public-authority" => PartyKind::PublicAuthority,
            _ => PartyKind::Unknown,
        },
        country: code("party.country", party.country, 2)?.to_ascii_uppercase(),
        language: code("party.language", party.language, 16)?,
        address: list("party.address", party.address, |line| word("party.address", line))?,
        email: optional("party.email", party.email)?,
        phone: optional("party.phone", party.phone)?,
        vat_id: optional("party.vat-id", party.vat_id)?,
        zone: None,
    })
}

pub(crate) fn source(source: wit::Source) -> Read<Source> {
    Ok(Source {
        key: name("source.key", source.key)?,
        version: optional("source.version", source.version)?,
        digest: optional("source.digest", source.digest)?,
        document: word("source.document", source.document)?,
        place: word("source.place", source.place)?,
        occurred_on: date("source.occurred-on", source.occurred_on)?,
    })
}

/// An instant of the contract as hub time.
pub(crate) fn civil(field: &str, instant: i64, zone: &TimeZone) -> Read<DateTime> {
    match Timestamp::from_millisecond(instant) {
        Ok(instant) => Ok(zone.to_datetime(instant)),
        Err(_) => Err(format!("`{field}` is {instant}, which is beyond the calendar")),
    }
}

/// Hub time as an instant; a time that the change to summer leaves out or repeats is taken as the zone would.
pub(crate) fn instant(at: DateTime, zone: &TimeZone) -> i64 {
    zone.to_ambiguous_timestamp(at).compatible().map_or(0, |instant| instant.as_millisecond())
}

/// What a pull brought: an event that does not convert becomes a refusal, and the others stay.
pub(crate) fn page<E>(
    events: Vec<E>,
    progress: wit::Progress,
    source_of: impl Fn(&E) -> &wit::Source,
    read: impl Fn(E) -> Read<escalation::Received>,
) -> Read<Page> {
    if events.len() > EVENTS_MAX || progress.refusals.len() > REFUSALS_MAX || progress.totals.len() > TOTALS_MAX {
        return Err(format!(
            "a page has at most {EVENTS_MAX} events, {REFUSALS_MAX} refusals and {TOTALS_MAX} control totals"
        ));
    }
    if progress.cursor.len() > CURSOR_LEN_MAX {
        return Err(format!("its cursor is longer than {CURSOR_LEN_MAX} bytes"));
    }
    let refusal = |document: &str, place: &str, reason: &str| Refusal {
        document: clean(document, NAME_LEN_MAX),
        place: clean(place, NAME_LEN_MAX),
        reason: clean(reason, TEXT_LEN_MAX),
    };
    let mut refusals: Vec<Refusal> =
        progress.refusals.iter().map(|told| refusal(&told.document, &told.place, &told.reason)).collect();
    let mut received = Vec::with_capacity(events.len());
    for event in events {
        let source = source_of(&event);
        let (document, place) = (source.document.clone(), source.place.clone());
        match read(event) {
            Ok(report) => received.push(report),
            Err(reason) => refusals.push(refusal(&document, &place, &reason)),
        }
    }
    let mut totals = Vec::with_capacity(progress.totals.len());
    for total in progress.totals {
        let read = || Ok((money("totals.stated", &total.stated)?, money("totals.counted", &total.counted)?));
        let told: Read<(Money, Money)> = read();
        match told {
            Ok((stated, counted)) => {
                totals.push(ControlTotal { name: clean(&total.name, NAME_LEN_MAX), stated, counted });
            }
            Err(reason) => refusals.push(refusal(&total.name, "", &reason)),
        }
    }
    Ok(Page { received, cursor: progress.cursor, more: progress.more, refusals, totals })
}

/// The other side's name for what it took, and what it states in the notes `amount` (`120.00 EUR`) and `payee`.
fn taken(receipt: wit::Receipt) -> Read<(String, Stated)> {
    let note = |name: &str| receipt.notes.iter().find(|note| note.name == name).map(|note| note.value.as_str());
    let amount = note("amount").map(stated_amount).transpose()?;
    let payee = note("payee").map(|text| clean(text, NAME_LEN_MAX));
    Ok((clean(&receipt.reference, NAME_LEN_MAX), Stated { amount, payee }))
}

fn stated_amount(text: &str) -> Read<Money> {
    let unclear = || format!("it states `{}` as the amount, which is not like `120.00 EUR`", clean(text, NAME_LEN_MAX));
    let (amount, currency) = text.split_once(' ').ok_or_else(unclear)?;
    Money::parse(amount, currency.parse().map_err(|_| unclear())?).map_err(|_| unclear())
}

pub(crate) fn outcome(outcome: wit::Outcome) -> Outcome {
    match outcome {
        wit::Outcome::Done(receipt) => match taken(receipt) {
            Ok((reference, stated)) => Outcome::Done { reference, stated },
            Err(text) => Outcome::Unknown { text },
        },
        wit::Outcome::Rejected(rejection) => Outcome::Rejected {
            code: clean(&rejection.code, NAME_LEN_MAX),
            reason: clean(&rejection.reason, TEXT_LEN_MAX),
        },
        wit::Outcome::Unknown(text) => Outcome::Unknown { text: clean(&text, TEXT_LEN_MAX) },
    }
}

pub(crate) fn finding(finding: wit::Finding) -> Finding {
    match finding {
        wit::Finding::Done(receipt) => match taken(receipt) {
            Ok((reference, stated)) => Finding::Done { reference, stated },
            Err(text) => Finding::Unclear { text },
        },
        wit::Finding::Rejected(rejection) => Finding::Rejected {
            code: clean(&rejection.code, NAME_LEN_MAX),
            reason: clean(&rejection.reason, TEXT_LEN_MAX),
        },
        wit::Finding::Absent => Finding::Absent,
        wit::Finding::Unclear(text) => Finding::Unclear { text: clean(&text, TEXT_LEN_MAX) },
    }
}

pub(crate) fn to_money(money: Money) -> wit::Money {
    wit::Money { minor: money.minor, currency: money.currency.to_string() }
}

pub(crate) fn to_date(date: Date) -> wit::Date {
    // The calendar of the core ends with the year 9999; no business day lies before the year 0.
    wit::Date { year: date.year().unsigned_abs(), month: date.month().unsigned_abs(), day: date.day().unsigned_abs() }
}

pub(crate) fn to_notes(notes: &[(String, String)]) -> Vec<wit::Note> {
    notes.iter().map(|(name, value)| wit::Note { name: name.clone(), value: value.clone() }).collect()
}

pub(crate) fn to_party(party: &Party) -> wit::Party {
    wit::Party {
        id: party.id.clone(),
        name: party.name.clone(),
        kind: match party.kind {
            PartyKind::Unknown => String::new(),
            kind => kind.as_str().to_owned(),
        },
        country: party.country.clone(),
        language: party.language.clone(),
        address: party.address.clone(),
        email: party.email.clone(),
        phone: party.phone.clone(),
        vat_id: party.vat_id.clone(),
        notes: Vec::new(),
    }
}

pub(crate) fn to_items(items: &[Item]) -> Vec<wit::OpenItem> {
    let item = |item: &Item| wit::OpenItem {
        invoice: item.invoice.to_string(),
        issued_on: to_date(item.issued_on),
        due_on: to_date(item.due_on),
        original: to_money(item.original),
        open: to_money(item.open),
    };
    items.iter().map(item).collect()
}

pub(crate) fn to_batch(batch: &escalation::request::Batch, zone: &TimeZone) -> wit::Batch {
    wit::Batch {
        id: batch.id.clone(),
        at: instant(batch.at, zone),
        today: to_date(batch.at.date()),
        creditor: to_party(&batch.creditor),
    }
}

fn error(kind: &str, message: String) -> wit::Error {
    wit::Error { kind: kind.to_owned(), message, hint: None, retry_after_ms: None }
}

pub(crate) fn broken(message: String) -> wit::Error {
    error("broken", message)
}

pub(crate) fn refused(message: String) -> wit::Error {
    error("refused", message)
}

pub(crate) fn retry_later(message: String) -> wit::Error {
    error("retry-later", message)
}

pub(crate) fn with_hint(error: wit::Error, hint: &str) -> wit::Error {
    wit::Error { hint: Some(hint.to_owned()), ..error }
}

/// How long a guest may ask to be left alone: a day.
pub(crate) fn retry_after(error: &wit::Error) -> Option<Duration> {
    error.retry_after_ms.map(|ms| Duration::from_millis(ms.min(86_400_000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hub_time_and_instants_agree_through_the_zone() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let winter: DateTime = "2026-03-02T10:15:00".parse().unwrap();
        let summer: DateTime = "2026-07-02T10:15:00".parse().unwrap();
        assert_eq!(instant(winter, &berlin), 1_772_442_900_000);
        assert_eq!(civil("at", instant(winter, &berlin), &berlin).unwrap(), winter);
        assert_eq!(civil("at", instant(summer, &berlin), &berlin).unwrap(), summer);
        assert_eq!(instant(winter, &TimeZone::UTC) - instant(winter, &berlin), 3_600_000);
        // 02:30 does not exist on the night to summer time.
        assert_eq!(instant("2026-03-29T02:30:00".parse().unwrap(), &berlin), 1_774_747_800_000);
        assert!(civil("at", i64::MAX, &berlin).is_err());
    }

    #[test]
    fn dates_outside_of_the_calendar_are_no_dates() {
        let day = |year, month, day| date("due-on", wit::Date { year, month, day });
        assert_eq!(to_date(day(2024, 2, 29).unwrap()).day, 29);
        for wrong in [day(2026, 2, 29), day(2026, 13, 1), day(2026, 0, 1), day(65_535, 1, 1), day(2026, 1, 255)] {
            assert!(wrong.is_err());
        }
    }

    #[test]
    fn texts_keep_their_lines_and_lose_their_escapes() {
        assert_eq!(text("t", "a\r\nb\tc\u{1b}[2J".to_owned()).unwrap(), "a\nb\tc [2J");
        assert!(text("t", "x".repeat(TEXT_LEN_MAX + 1)).is_err());
        assert!(name("n", " ".to_owned()).is_err());
        assert!(name("n", "a\nb".to_owned()).is_err());
        assert_eq!(optional("o", Some(String::new())).unwrap(), None);
    }

    #[test]
    fn a_party_survives_the_way_there_and_back() {
        let told = Party {
            id: "C-1".to_owned(),
            name: "Ærø Fisk ApS".to_owned(),
            kind: PartyKind::SoleTrader,
            country: "DK".to_owned(),
            language: "da".to_owned(),
            address: vec!["Havnen 1".to_owned(), "5970 Ærøskøbing".to_owned()],
            email: Some("a@example.dk".to_owned()),
            phone: None,
            vat_id: Some("DK12345678".to_owned()),
            zone: None,
        };
        assert_eq!(party(to_party(&told)).unwrap(), told);
        let foreign = wit::Party { kind: "cooperative".to_owned(), country: "de".to_owned(), ..to_party(&told) };
        let read = party(foreign).unwrap();
        assert_eq!((read.kind, read.country.as_str()), (PartyKind::Unknown, "DE"));
        assert!(party(wit::Party { country: "Germany".to_owned(), ..to_party(&told) }).is_err());
    }
}
