//! People: the debtors, who they are and how they deal with what they owe.

use std::collections::BTreeSet;

use crate::chance::{Chance, Dice};
use crate::checks;
use crate::names::{Country, plain, slug};

/// One who owes. Follows from the seed alone and never changes.
#[derive(Clone, Debug)]
pub(crate) struct Debtor {
    /// The creditor's customer number.
    pub id: String,
    pub name: String,
    pub country: Country,
    pub kind: Kind,
    pub street: String,
    pub postcode: String,
    pub city: String,
    /// The state, in the United States.
    pub region: Option<String>,
    pub contact: String,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub vat_id: Option<String>,
    pub register: Option<String>,
    /// An IBAN; in the United States a plain account number.
    pub bank_account: String,
    pub temper: Temper,
    pub quoting: Quoting,
    pub quirk: Option<Quirk>,
    /// One of the few with many and large invoices.
    pub large: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Company,
    SoleTrader,
    PublicAuthority,
}

/// How somebody deals with bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Temper {
    /// Pays around the due date.
    Punctual,
    /// Pays some days after the first or second notice.
    Forgetful,
    /// Leaves letters lying, reacts to a call.
    CallerOnly,
    /// Promises on the phone and keeps it.
    KeepsPromises,
    /// Promises on the phone and does not.
    BreaksPromises,
    /// Pays in parts.
    PaysInParts,
    /// Finds something wrong with the goods, on the phone.
    Disputes,
    /// Cannot pay, whoever asks.
    Insolvent,
    /// Pays nobody but the agency.
    Stubborn,
    /// Pays the creditor as soon as the agency writes.
    PaysPastTheAgency,
    /// Wants no more calls, and pays after a firm letter.
    WantsNoCalls,
}

/// What somebody writes into the transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quoting {
    /// The structured reference, if the invoice has one.
    Reference,
    /// The invoice number as printed.
    Number,
    /// The invoice number, somehow.
    Sloppy,
    /// Nothing at all.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quirk {
    /// The first payment is given back by the bank.
    ReturnedPayment,
    /// Rounds up.
    Overpays,
    /// E-mails come back.
    DeadMailbox,
    /// The phone number in the books is nobody's.
    WrongNumber,
}

/// Thirty debtors and how they are: the first of each kind come first, so that a small town has them all.
const TEMPERS: [Temper; 30] = [
    Temper::Punctual,
    Temper::Forgetful,
    Temper::CallerOnly,
    Temper::KeepsPromises,
    Temper::BreaksPromises,
    Temper::Insolvent,
    Temper::Disputes,
    Temper::Stubborn,
    Temper::PaysInParts,
    Temper::PaysPastTheAgency,
    Temper::WantsNoCalls,
    Temper::Punctual,
    Temper::Forgetful,
    Temper::CallerOnly,
    Temper::KeepsPromises,
    Temper::Punctual,
    Temper::Forgetful,
    Temper::Stubborn,
    Temper::BreaksPromises,
    Temper::Disputes,
    Temper::Punctual,
    Temper::Forgetful,
    Temper::CallerOnly,
    Temper::KeepsPromises,
    Temper::Punctual,
    Temper::Forgetful,
    Temper::Insolvent,
    Temper::Punctual,
    Temper::PaysInParts,
    Temper::Forgetful,
];

/// Twenty-five addresses.
const COUNTRIES: [Country; 25] = {
    use Country::{Denmark, Germany, Greece, Sweden, UnitedStates};
    [
        Germany,
        Greece,
        Denmark,
        Sweden,
        UnitedStates,
        Germany,
        Germany,
        Denmark,
        Sweden,
        Germany,
        UnitedStates,
        Greece,
        Germany,
        Germany,
        Denmark,
        Sweden,
        Germany,
        Greece,
        UnitedStates,
        Germany,
        Denmark,
        Germany,
        Sweden,
        Germany,
        UnitedStates,
    ]
};

const QUOTINGS: [Quoting; 10] = {
    use Quoting::{Nothing, Number, Reference, Sloppy};
    [Reference, Number, Sloppy, Nothing, Reference, Number, Sloppy, Reference, Number, Sloppy]
};

/// The debtors of a town.
pub(crate) fn settle(chance: Chance, count: usize) -> Vec<Debtor> {
    let mut dice = chance.dice("the people");
    let mut deal = |deck: usize| {
        let mut cards: Vec<usize> = (0..count).map(|place| place % deck).collect();
        dice.shuffle(&mut cards);
        cards
    };
    let (tempers, countries, quotings) = (deal(TEMPERS.len()), deal(COUNTRIES.len()), deal(QUOTINGS.len()));
    let mut names = BTreeSet::new();
    let mut debtors: Vec<Debtor> = Vec::with_capacity(count);
    for place in 0..count {
        let mut dice = chance.dice(&format!("debtor {place}"));
        let manners = (TEMPERS[tempers[place]], QUOTINGS[quotings[place]]);
        let mut debtor = person(&mut dice, place, COUNTRIES[countries[place]], manners);
        while !names.insert(plain(&debtor.name)) {
            debtor = person(&mut dice, place, debtor.country, manners);
        }
        debtors.push(debtor);
    }
    give_quirks(&mut debtors);
    debtors
}

fn person(dice: &mut Dice, place: usize, country: Country, (temper, quoting): (Temper, Quoting)) -> Debtor {
    let words = country.words();
    // Goods to firms abroad are sold without tax, which asks for a registered business; the others are at home.
    let kind = match (country, dice.between(1, 10)) {
        (Country::Germany, 1) => Kind::PublicAuthority,
        (Country::Germany, 2..=3) => Kind::SoleTrader,
        _ => Kind::Company,
    };
    let (postcode, city) = words.city(dice);
    let (city, region) = city.split_once(", ").map_or((city, None), |(city, state)| (city, Some(state.to_owned())));
    let name = match kind {
        Kind::Company => words.firm(dice),
        Kind::SoleTrader => words.sole_trader(dice),
        Kind::PublicAuthority => format!("Stadtwerke {city} Eigenbetrieb {}", dice.between(2, 9)),
    };
    let contact = words.person(dice);
    let (vat_id, register) = registration(dice, country, kind);
    // Somebody who only reacts to calls has a phone, and whoever has no phone has e-mail.
    let has_phone = matches!(
        temper,
        Temper::CallerOnly | Temper::KeepsPromises | Temper::BreaksPromises | Temper::Disputes | Temper::WantsNoCalls
    ) || dice.percent(80);
    let has_email = !has_phone || dice.percent(85);
    Debtor {
        id: format!("D-{}", 1001 + place),
        email: has_email.then(|| format!("{}@{}.example", mailbox(country), slug(&name))),
        phone: has_phone.then(|| phone(dice, country)),
        street: words.street(dice),
        postcode: postcode.to_owned(),
        city: city.to_owned(),
        region,
        bank_account: bank_account(dice, country),
        large: place % 12 == 5,
        quirk: None,
        name,
        country,
        kind,
        contact,
        vat_id,
        register,
        temper,
        quoting,
    }
}

/// Oddities go to people whom they fit; two of each where the town is large enough.
fn give_quirks(debtors: &mut [Debtor]) {
    let mut give = |quirk: Quirk, fits: fn(&Debtor) -> bool| {
        debtors.iter_mut().filter(|debtor| debtor.quirk.is_none() && fits(debtor)).take(2).for_each(|debtor| {
            debtor.quirk = Some(quirk);
        });
    };
    // A direct debit comes back; that needs an account in the creditor's own country.
    give(Quirk::ReturnedPayment, |debtor| debtor.temper == Temper::Punctual && debtor.country == Country::Germany);
    give(Quirk::Overpays, |debtor| debtor.temper == Temper::Forgetful && debtor.quoting != Quoting::Nothing);
    give(Quirk::DeadMailbox, |debtor| debtor.temper == Temper::CallerOnly && debtor.email.is_some());
    give(Quirk::WrongNumber, |debtor| debtor.temper == Temper::Stubborn && debtor.phone.is_some());
}

fn mailbox(country: Country) -> &'static str {
    match country {
        Country::Germany => "buchhaltung",
        Country::Greece => "logistirio",
        Country::Denmark => "bogholderi",
        Country::Sweden => "ekonomi",
        Country::UnitedStates => "accounting",
    }
}

fn phone(dice: &mut Dice, country: Country) -> String {
    match country {
        Country::Germany => format!("+49 40 {}", dice.digits(7)),
        Country::Greece => format!("+30 210 {}", dice.digits(7)),
        Country::Denmark => format!("+45 {} {}", dice.digits(4), dice.digits(4)),
        Country::Sweden => format!("+46 8 {}", dice.digits(7)),
        Country::UnitedStates => format!("+1 207 555 01{}", dice.digits(2)),
    }
}

fn bank_account(dice: &mut Dice, country: Country) -> String {
    match country {
        Country::Germany => checks::iban("DE", &dice.digits(18)),
        Country::Greece => checks::iban("GR", &format!("0{}", dice.digits(22))),
        Country::Denmark => checks::iban("DK", &dice.digits(14)),
        Country::Sweden => checks::iban("SE", &dice.digits(20)),
        Country::UnitedStates => dice.digits(10),
    }
}

/// VAT id and register number.
fn registration(dice: &mut Dice, country: Country, kind: Kind) -> (Option<String>, Option<String>) {
    match country {
        Country::Germany if kind == Kind::PublicAuthority => (None, Some(format!("HRA {}", dice.digits(5)))),
        Country::Germany if kind == Kind::SoleTrader => (Some(checks::german_vat(dice)), None),
        Country::Germany => (Some(checks::german_vat(dice)), Some(format!("HRB {}", dice.digits(6)))),
        Country::Greece => (Some(checks::greek_vat(dice)), Some(dice.digits(12))),
        Country::Denmark => {
            let register = checks::danish_register(dice);
            (Some(format!("DK{register}")), Some(register))
        }
        Country::Sweden => {
            let register = checks::swedish_register(dice);
            (Some(format!("SE{register}01")), Some(register))
        }
        Country::UnitedStates => (None, Some(format!("{}-{}", dice.digits(2), dice.digits(7)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_has_every_temper_country_and_quirk() {
        let debtors = settle(Chance::new(7), 90);
        for temper in TEMPERS {
            assert!(debtors.iter().any(|debtor| debtor.temper == temper), "nobody is {temper:?}");
        }
        for country in COUNTRIES {
            assert!(debtors.iter().any(|debtor| debtor.country == country), "nobody lives in {country:?}");
        }
        for quirk in [Quirk::ReturnedPayment, Quirk::Overpays, Quirk::DeadMailbox, Quirk::WrongNumber] {
            assert!(debtors.iter().any(|debtor| debtor.quirk == Some(quirk)), "nobody has {quirk:?}");
        }
        assert!(debtors.iter().any(|debtor| debtor.email.is_none()));
        assert!(debtors.iter().any(|debtor| debtor.phone.is_none()));
        let reachable = |debtor: &Debtor| debtor.email.is_some() || debtor.phone.is_some();
        assert!(debtors.iter().all(reachable));
    }

    #[test]
    fn names_differ_and_so_do_their_mailboxes_look_real() {
        let debtors = settle(Chance::new(7), 600);
        let names: BTreeSet<&str> = debtors.iter().map(|debtor| debtor.name.as_str()).collect();
        assert_eq!(names.len(), debtors.len());
        for email in debtors.iter().filter_map(|debtor| debtor.email.as_ref()) {
            assert!(email.is_ascii() && email.ends_with(".example") && !email.contains("@."), "`{email}`");
        }
    }
}
