//! A made-up letter: with it templates are tried when they are read, and previews shown.

use escalation::party::PartyKind;
use escalation::{Currency, Date, InvoiceNumber, Money, Party};

use crate::facts::{
    Charge, ChargeKind, Contact, Creditor, Facts, Instalment, Item, Mandate, Movement, MovementKind, Percent, Terms,
};
use crate::reference::Reference;

/// Facts of every sort, for a debtor of the country where the language is spoken.
pub fn facts(language: &str) -> Facts {
    let (country, currency) = match language {
        "de" => ("DE", "EUR"),
        "el" => ("GR", "EUR"),
        "da" => ("DK", "DKK"),
        "sv" => ("SE", "SEK"),
        _ => ("GB", "GBP"),
    };
    let currency: Currency = currency.parse().unwrap_or(Currency::EUR);
    let money = |minor: i64| Money::new(minor, currency);
    let items = vec![
        item("RE-2026-0142", (2026, 3, 2), (2026, 3, 16), money(420_000), money(320_000)),
        item("RE-2026-0177", (2026, 3, 20), (2026, 4, 3), money(88_950), money(88_950)),
    ];
    let charges = vec![
        Charge {
            what: ChargeKind::Interest {
                principal: money(320_000),
                rate: Percent(10_270),
                from: day(2026, 3, 17),
                to: day(2026, 4, 20),
            },
            // 3200.00 x 10.27 % x 35 / 365 = 31.5136...
            amount: money(3_151),
            law: law(country).to_owned(),
        },
        Charge { what: ChargeKind::Compensation, amount: money(4_000), law: law(country).to_owned() },
    ];
    Facts {
        items,
        charges,
        deadline: Some(day(2026, 5, 4)),
        mandate: Some(mandate()),
        terms: Some(Terms { agreed_on: day(2026, 1, 12), net_days: 14 }),
        plan: vec![
            Instalment { due_on: day(2026, 5, 4), amount: money(140_000) },
            Instalment { due_on: day(2026, 6, 4), amount: money(140_000) },
            Instalment { due_on: day(2026, 7, 6), amount: money(136_101) },
        ],
        movements: vec![
            movement((2026, 3, 2), MovementKind::Invoice(InvoiceNumber::new("RE-2026-0142")), money(420_000)),
            movement((2026, 3, 20), MovementKind::Invoice(InvoiceNumber::new("RE-2026-0177")), money(88_950)),
            movement((2026, 3, 27), MovementKind::Payment, money(-100_000)),
        ],
        history: vec![
            contact((2026, 3, 17), "email", "first-notice"),
            contact((2026, 3, 24), "call", "call"),
            contact((2026, 4, 1), "letter", "firm-notice"),
        ],
        ..bare_in(country, currency)
    }
}

/// The least that an account may say: one invoice, no deadline, no charges, no mandate.
pub fn bare(language: &str) -> Facts {
    let country = facts(language).debtor.country;
    bare_in(&country, Currency::EUR)
}

fn bare_in(country: &str, currency: Currency) -> Facts {
    let (name, address) = match country {
        "DE" => ("Müller & Söhne GmbH", ["Hafenstraße 7", "28195 Bremen", "Deutschland"]),
        "GR" => ("Ελληνικά Τρόφιμα Α.Ε.", ["Λεωφόρος Κηφισίας 44", "151 25 Μαρούσι", "Ελλάδα"]),
        "DK" => ("Ærø Skibsværft ApS", ["Strandgade 12", "5970 Ærøskøbing", "Danmark"]),
        "SE" => ("Åkerström Möbler AB", ["Östra Hamngatan 5", "411 10 Göteborg", "Sverige"]),
        _ => ("Harbour & Sons Ltd", ["14 Quayside Road", "Bristol BS1 4XZ", "United Kingdom"]),
    };
    let open = Money::new(119_000, currency);
    Facts {
        creditor: creditor(),
        debtor: party("D-1042", name, &address, country),
        account: "D-1042".to_owned(),
        today: day(2026, 4, 20),
        deadline: None,
        items: vec![item("RE-2026-0142", (2026, 3, 2), (2026, 3, 16), open, open)],
        charges: Vec::new(),
        reference: Reference::rf("20260142").unwrap_or(Reference::Plain("RE-2026-0142".to_owned())),
        mandate: None,
        terms: None,
        plan: Vec::new(),
        movements: Vec::new(),
        history: Vec::new(),
    }
}

fn creditor() -> Creditor {
    let address = ["Speicherstraße 12", "20457 Hamburg", "Deutschland"];
    Creditor {
        party: Party {
            email: Some("forderungen@nordlicht.example".to_owned()),
            phone: Some("+49 40 5550100".to_owned()),
            vat_id: Some("DE111111125".to_owned()),
            ..party("nordlicht", "Nordlicht Handel GmbH", &address, "DE")
        },
        iban: "DE02 1203 0000 0000 2020 51".to_owned(),
        bic: "BYLADEM1001".to_owned(),
        registration: "Amtsgericht Hamburg, HRB 100100".to_owned(),
    }
}

fn mandate() -> Mandate {
    let address = ["Alter Wall 20", "20457 Hamburg", "Deutschland"];
    Mandate {
        firm: Party {
            email: Some("kanzlei@brandt.example".to_owned()),
            phone: Some("+49 40 5550200".to_owned()),
            ..party("brandt", "Brandt Rechtsanwälte PartG mbB", &address, "DE")
        },
        file: "2026/118".to_owned(),
        given_on: day(2026, 4, 13),
    }
}

/// The law that a made-up charge names; a letter to Britain must name the Act.
fn law(country: &str) -> &'static str {
    match country {
        "DE" => "§ 288 BGB",
        "GR" => "ν. 4152/2013",
        "DK" => "renteloven",
        "SE" => "räntelagen",
        _ => "Late Payment of Commercial Debts (Interest) Act 1998",
    }
}

fn party(id: &str, name: &str, address: &[&str], country: &str) -> Party {
    Party {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: PartyKind::Business,
        country: country.to_owned(),
        address: address.iter().map(|line| (*line).to_owned()).collect(),
        ..Party::default()
    }
}

fn item(number: &str, issued: (i16, i8, i8), due: (i16, i8, i8), original: Money, open: Money) -> Item {
    let due_on = day(due.0, due.1, due.2);
    Item {
        invoice: InvoiceNumber::new(number),
        issued_on: day(issued.0, issued.1, issued.2),
        due_on,
        original,
        open,
        days_past_due: escalation::invoice::days_between(due_on, day(2026, 4, 20)),
    }
}

fn movement(on: (i16, i8, i8), what: MovementKind, amount: Money) -> Movement {
    Movement { on: day(on.0, on.1, on.2), what, amount }
}

fn contact(on: (i16, i8, i8), medium: &str, level: &str) -> Contact {
    Contact { on: day(on.0, on.1, on.2), medium: medium.to_owned(), level: level.to_owned() }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).unwrap_or(Date::ZERO)
}
