//! The parties of an invoice: who owes, and under which name they are known.

use dunlin_plugin_sdk::{Note, Party};

use super::one_line;
use crate::wire::{Field, Flaw, Party as Written};

/// The scheme of an electronic address that is an e-mail address (EAS code list).
const EMAIL_SCHEME: &str = "EM";
/// Lines of an address.
const MAX_LINES: usize = 8;
/// Bytes of what names the seller in keys.
const MAX_IDENTITY: usize = 80;

/// The buyer as debtor.
///
/// Its id is the first there is of: the identifier that the seller uses (BT-46), VAT id (BT-48), legal registration
/// (BT-47), electronic address (BT-49), and at last a slug of name and postcode, such as `acme-gmbh-20095`.
pub fn debtor(buyer: &Written) -> Result<Party, Flaw> {
    let name = buyer.name.as_ref().or(buyer.trading_name.as_ref());
    let name = name.ok_or_else(|| Flaw::whole("the buyer has no name (BT-44)"))?;
    let id = (buyer.identifiers.first().map(one_line))
        .or_else(|| buyer.vat_id.as_ref().map(vat_id))
        .or_else(|| text(&buyer.legal_id))
        .or_else(|| text(&buyer.endpoint))
        .or_else(|| slug(buyer))
        .ok_or_else(|| Flaw::at(name.line, &name.element, "the buyer has nothing to be known by"))?;
    let business = buyer.vat_id.is_some() || buyer.legal_id.is_some();
    let country = country(buyer);
    Ok(Party {
        id,
        name: one_line(name),
        kind: if business { "business" } else { "" }.to_owned(),
        address: address(buyer, &country),
        country,
        language: String::new(),
        email: email(buyer),
        phone: text(&buyer.phone),
        vat_id: buyer.vat_id.as_ref().map(vat_id),
        notes: notes(buyer),
    })
}

/// How the seller is named in keys: VAT id, legal registration or tax number first, since an identifier of the seller
/// (BT-29) is often one that the buyer gave, another one with each buyer.
pub fn identity(seller: &Written) -> String {
    let mut identity = (seller.vat_id.as_ref().map(vat_id))
        .or_else(|| text(&seller.legal_id))
        .or_else(|| text(&seller.tax_number))
        .or_else(|| seller.identifiers.first().map(one_line))
        .or_else(|| text(&seller.endpoint))
        .or_else(|| slug(seller))
        .unwrap_or_default();
    identity.truncate(identity.floor_char_boundary(MAX_IDENTITY));
    identity
}

fn text(field: &Option<Field>) -> Option<String> {
    field.as_ref().map(one_line)
}

fn vat_id(field: &Field) -> String {
    one_line(field).chars().filter(|sign| sign.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Letters and digits of name and postcode, in lower case, the rest as single dashes.
fn slug(party: &Written) -> Option<String> {
    let name = text(&party.name).or_else(|| text(&party.trading_name))?;
    let whole = format!("{name} {}", text(&party.postcode).unwrap_or_default()).to_lowercase();
    let words: Vec<&str> = whole.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then(|| words.join("-"))
}

/// Two capital letters, or nothing.
fn country(party: &Written) -> String {
    let code = text(&party.country).unwrap_or_default().to_uppercase();
    if code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase()) { code } else { String::new() }
}

/// As on an envelope: street, then place and postcode in the order of the country.
fn address(party: &Written, country: &str) -> Vec<String> {
    let part = |field: &Option<Field>| text(field).unwrap_or_default();
    let (postcode, city, region) = (part(&party.postcode), part(&party.city), part(&party.subdivision));
    let place = match country {
        "US" | "CA" | "AU" => vec![joined(&[&city, &joined(&[&region, &postcode], " ")], ", ")],
        "GB" | "IE" => vec![city, region, postcode],
        _ => vec![joined(&[&postcode, &city], " "), region],
    };
    let street = party.street.iter().map(one_line);
    street.chain(place).filter(|line| !line.is_empty()).take(MAX_LINES).collect()
}

fn joined(parts: &[&str], between: &str) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(between)
}

/// The contact's, or the electronic address where that is an e-mail address.
fn email(party: &Written) -> Option<String> {
    let endpoint = party.endpoint.iter().filter(|endpoint| endpoint.qualifier.eq_ignore_ascii_case(EMAIL_SCHEME));
    let addresses = party.email.iter().chain(endpoint);
    addresses.map(|field| field.text.trim_start_matches("mailto:").to_owned()).find(|address| address.contains('@'))
}

/// `contact`, `trading-name`, `legal-id` and `endpoint` (scheme and address).
fn notes(party: &Written) -> Vec<Note> {
    let trading =
        party.trading_name.as_ref().filter(|trading| party.name.as_ref().is_some_and(|n| n.text != trading.text));
    let endpoint = party.endpoint.as_ref().map(|field| joined(&[&field.qualifier, &field.text], ":"));
    let found = [
        ("contact", text(&party.contact)),
        ("trading-name", trading.map(|field| field.text.clone())),
        ("legal-id", text(&party.legal_id)),
        ("endpoint", endpoint),
    ];
    found.into_iter().filter_map(|(name, value)| Some(Note::new(name, value?))).collect()
}
