//! From effects to cases and messages.

use crate::wire::{Debtor, NewCase};
use crate::{Config, DebtorType};
use dunlin_plugin_sdk::agency::{DirectPayment, Placement, Recall};
use dunlin_plugin_sdk::{Money, Outcome, Party};
use serde_json::Number;

type Written<T> = std::result::Result<T, Outcome>;

/// The request that places an account. The error is the outcome of one that cannot be placed.
pub fn case(config: &Config, key: &str, placement: &Placement) -> Written<NewCase> {
    let oldest = placement.items.iter().min_by_key(|item| (item.due_on, item.issued_on));
    let Some(oldest) = oldest else { return Err(refused("control-total", "a placement without invoices")) };
    if let Some(reason) = doubt(placement) {
        return Err(refused("control-total", reason));
    }
    let invoices: Vec<&str> = placement.items.iter().map(|item| item.invoice.as_str()).collect();
    Ok(NewCase {
        currency_code: placement.total.currency.clone(),
        date: oldest.issued_on.to_string(),
        due_date: oldest.due_on.to_string(),
        amount_to_recover: number(&placement.total)?,
        creditor_reference: key.to_owned(),
        claim_description: format!("Invoices {}", invoices.join(", ")),
        comments: comments(placement),
        is_test: config.test,
        creditor_division_id: config.division.clone(),
        debtor: debtor(config, &placement.debtor)?,
    })
}

pub fn recall(recall: &Recall) -> String {
    format!("Please stop collecting and close this case as `Withdrawn by Client`. Reason: {}", recall.reason)
}

pub fn direct_payment(paid: &DirectPayment) -> String {
    let DirectPayment { amount, received_on, payment, .. } = paid;
    format!(
        "The debtor paid {amount} to us on {received_on} (our payment {payment}). Please register it with the recipient `Creditor`."
    )
}

pub fn refused(code: &str, reason: impl Into<String>) -> Outcome {
    Outcome::rejected(code, reason)
}

/// A placement goes out only if its items come to its total.
fn doubt(placement: &Placement) -> Option<String> {
    let total = &placement.total;
    let mut sum = Money::new(0, total.currency.as_str());
    for item in &placement.items {
        match sum.checked_add(&item.open) {
            Some(more) => sum = more,
            None => return Some(format!("invoice `{}` of {} cannot be added to {sum}", item.invoice, item.open)),
        }
    }
    if sum != *total {
        return Some(format!("the items come to {sum} and the placement states {total}"));
    }
    (!total.is_positive()).then(|| format!("{total} cannot be placed"))
}

/// A decimal of JSON that reads back as the same amount.
fn number(amount: &Money) -> Written<Number> {
    let number = amount.plain().parse::<Number>().ok();
    let same = |number: &Number| Money::parse(&number.to_string(), &amount.currency).as_ref() == Ok(amount);
    number.filter(same).ok_or_else(|| refused("amount", format!("{amount} cannot be written as a number")))
}

fn comments(placement: &Placement) -> String {
    let item = |item: &dunlin_plugin_sdk::OpenItem| {
        format!(
            "Invoice {} of {}, due {}: {} open of {}",
            item.invoice, item.issued_on, item.due_on, item.open, item.original
        )
    };
    let mut lines: Vec<String> = placement.items.iter().map(item).collect();
    lines.extend(placement.last_payment_on.map(|day| format!("Last payment {day}")));
    lines.extend(placement.history.iter().cloned());
    lines.join("\n")
}

fn debtor(config: &Config, party: &Party) -> Written<Debtor> {
    let kind = match (party.kind.as_str(), config.unknown_debtor) {
        ("business" | "sole-trader" | "public-authority", _) => DebtorType::Company,
        ("consumer", _) => DebtorType::Private,
        ("", Some(kind)) => kind,
        (kind, _) => {
            let reason = format!("`{kind}` says not whether the debtor is a company or a person: set `unknown_debtor`");
            return Err(refused("debtor-type", reason));
        }
    };
    if party.country.len() != 2 {
        return Err(refused("country", format!("`{}` is no country of two letters", party.country)));
    }
    let Some((town, streets)) = party.address.split_last().filter(|(_, streets)| !streets.is_empty()) else {
        return Err(refused("address", "a street and a town are needed"));
    };
    let town = Town::read(&party.country, town)?;
    Ok(Debtor {
        kind,
        name: party.name.clone(),
        address: streets.join(", "),
        city: town.city,
        zip_code: town.zip,
        state_alpha2: town.state,
        country_alpha2: party.country.clone(),
        company_registration_number: party.vat_id.clone().filter(|_| kind == DebtorType::Company),
        email: party.email.clone(),
        phone: party.phone.clone(),
    })
}

/// The last line of an address, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Town {
    city: String,
    zip: Option<String>,
    state: Option<String>,
}

impl Town {
    /// `20457 Hamburg` has its code in front; an American line is `Linden NJ 07036`. Any other line is the city as it stands.
    fn read(country: &str, line: &str) -> Written<Town> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if country == "US" {
            let [city @ .., state, zip] = &words[..] else { return Err(no_state(line)) };
            let is_state = state.len() == 2 && state.bytes().all(|letter| letter.is_ascii_uppercase());
            let is_zip = zip.starts_with(|first: char| first.is_ascii_digit());
            if city.is_empty() || !is_state || !is_zip {
                return Err(no_state(line));
            }
            let city = city.join(" ").trim_end_matches(',').to_owned();
            return Ok(Town { city, zip: Some((*zip).to_owned()), state: Some((*state).to_owned()) });
        }
        let code = words.iter().take_while(|word| word.starts_with(|first: char| first.is_ascii_digit())).count();
        let (zip, city) = words.split_at(code);
        match city.is_empty() {
            true => Err(refused("address", format!("`{line}` names no town"))),
            false => Ok(Town { city: city.join(" "), zip: (code > 0).then(|| zip.join(" ")), state: None }),
        }
    }
}

fn no_state(line: &str) -> Outcome {
    refused("address", format!("`{line}` has no state: an American address ends with a line such as `Linden NJ 07036`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_of_an_address_is_taken_apart() {
        let town = |city: &str, zip: Option<&str>, state: Option<&str>| {
            Ok(Town { city: city.to_owned(), zip: zip.map(str::to_owned), state: state.map(str::to_owned) })
        };
        assert_eq!(Town::read("DE", "20457 Hamburg"), town("Hamburg", Some("20457"), None));
        assert_eq!(Town::read("SE", "114 55 Stockholm"), town("Stockholm", Some("114 55"), None));
        assert_eq!(Town::read("GB", "London SW1A 1AA"), town("London SW1A 1AA", None, None));
        assert_eq!(Town::read("US", "New York, NY 10001"), town("New York", Some("10001"), Some("NY")));
        for wrong in ["Linden 07036", "NJ 07036", "Linden NJ", ""] {
            assert!(matches!(Town::read("US", wrong), Err(Outcome::Rejected(_))), "{wrong}");
        }
        assert!(matches!(Town::read("DE", "20457"), Err(Outcome::Rejected(_))));
    }

    #[test]
    fn an_amount_is_written_as_it_is() {
        for (minor, currency, text) in
            [(30_001, "EUR", "300.01"), (7, "JPY", "7"), (1_234, "KWD", "1.234"), (10, "EUR", "0.1")]
        {
            let written = number(&Money::new(minor, currency)).unwrap();
            assert_eq!(Money::parse(&written.to_string(), currency), Ok(Money::new(minor, currency)));
            assert_eq!(written.to_string().trim_end_matches('0'), text.trim_end_matches('0'));
        }
        assert!(number(&Money::new(i64::MAX, "EUR")).is_err());
    }
}
