//! Wares: what the creditor sold to whom, on which terms.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chance::{Chance, Dice};
use crate::checks;
use crate::days;
use crate::names::Country;
use crate::people::{Debtor, Temper};

/// An invoice. Follows from the seed alone and never changes. Amounts are in minor units.
#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub number: String,
    /// Place in the list of debtors.
    pub debtor: usize,
    pub issued_on: Date,
    pub due_on: Date,
    pub terms_days: i64,
    pub currency: &'static str,
    pub lines: Vec<Line>,
    pub vat_percent: i64,
    pub net: i64,
    pub tax: i64,
    pub prepaid: i64,
    /// The ISO 11649 reference that the debtor is asked to quote.
    pub reference: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub ware: &'static str,
    pub quantity: i64,
    pub unit_price: i64,
}

impl Line {
    pub(crate) fn amount(&self) -> i64 {
        self.quantity * self.unit_price
    }
}

impl Invoice {
    pub(crate) fn total(&self) -> i64 {
        self.net + self.tax
    }

    pub(crate) fn payable(&self) -> i64 {
        self.total() - self.prepaid
    }

    /// Net and tax of a share of the invoice, as a credit note states them.
    pub(crate) fn share(&self, percent: i64) -> (i64, i64) {
        let net = self.net * percent / 100;
        (net, tax_on(net, self.vat_percent))
    }
}

/// Rounded half up to the minor unit.
pub(crate) fn tax_on(net: i64, percent: i64) -> i64 {
    (net * percent + 50) / 100
}

const WARES: [&str; 14] = [
    "Lichtleiste LED 120 cm",
    "Werkbank Buche 150 cm",
    "Schwerlastregal verzinkt",
    "Arbeitshandschuhe, 12 Paar",
    "Kabeltrommel 50 m",
    "Bürostuhl mit Armlehnen",
    "Schreibtisch höhenverstellbar",
    "Kopierpapier A4, Palette",
    "Akkuschrauber 18 V",
    "Transportrolle 300 kg",
    "Kaffeemaschine für Gewerbe",
    "Sicherheitsschuhe S3",
    "Verbandskasten DIN 13157",
    "Rollcontainer Stahl",
];

/// Days before the start in which invoices were issued.
const ISSUED_WITHIN: i64 = 45;

pub(crate) fn sell(chance: Chance, debtors: &[Debtor], start: Date, count: u32) -> Vec<Invoice> {
    let mut invoices: Vec<Invoice> = buyers(chance, debtors, count)
        .into_iter()
        .enumerate()
        .map(|(place, buyer)| sale(&mut chance.dice(&format!("sale {place}")), buyer, &debtors[buyer], start))
        .collect();
    invoices.sort_by_key(|invoice| invoice.issued_on);
    let mut counters: BTreeMap<i16, u32> = BTreeMap::new();
    for invoice in &mut invoices {
        let year = invoice.issued_on.year();
        // The year before was well under way when this story begins.
        let counter = counters.entry(year).or_insert(if year < start.year() { 400 } else { 0 });
        *counter += 1;
        invoice.number = format!("NL-{year}-{counter:04}");
        if invoice.reference.is_some() {
            invoice.reference = Some(checks::creditor_reference(&invoice.number.replace('-', "")));
        }
    }
    invoices
}

/// Each debtor buys once; the rest goes to whom chance likes, and it likes the large ones.
fn buyers(chance: Chance, debtors: &[Debtor], count: u32) -> Vec<usize> {
    let mut dice = chance.dice("who buys");
    let mut hats: Vec<usize> = Vec::new();
    for (place, debtor) in debtors.iter().enumerate() {
        let often = if debtor.large { 7 } else { dice.between(1, 3) };
        hats.extend((0..often).map(|_| place));
    }
    (0..count as usize).map(|sale| if sale < debtors.len() { sale } else { hats[dice.index(hats.len())] }).collect()
}

fn sale(dice: &mut Dice, buyer: usize, debtor: &Debtor, start: Date) -> Invoice {
    let terms_days = if dice.percent(45) { 14 } else { 30 };
    // Who pays on time owes nothing that fell due before the story begins.
    let back = if debtor.temper == Temper::Punctual {
        dice.between(0, terms_days - 3)
    } else {
        dice.between(0, ISSUED_WITHIN)
    };
    let issued_on = days::plus(start, -back);
    let lines = lines(dice, debtor);
    let net: i64 = lines.iter().map(Line::amount).sum();
    let vat_percent = if debtor.country == Country::Germany { 19 } else { 0 };
    let tax = tax_on(net, vat_percent);
    let prepaid = if dice.percent(5) { (net + tax) * dice.between(2, 5) / 10 / 100 * 100 } else { 0 };
    Invoice {
        number: String::new(),
        debtor: buyer,
        issued_on,
        due_on: days::plus(issued_on, terms_days),
        terms_days,
        currency: debtor.country.currency(),
        lines,
        vat_percent,
        net,
        tax,
        prepaid,
        reference: dice.percent(60).then(String::new),
    }
}

fn lines(dice: &mut Dice, debtor: &Debtor) -> Vec<Line> {
    // In euro cents, then in the buyer's money at a round rate.
    let target = if debtor.large {
        dice.between(4_000_00, 38_000_00)
    } else if dice.percent(70) {
        dice.between(60_00, 1_500_00)
    } else {
        dice.between(1_500_00, 7_500_00)
    };
    let rate = match debtor.country.currency() {
        "DKK" => 746,
        "SEK" => 1_140,
        "USD" => 110,
        _ => 100,
    };
    let count = dice.between(1, 4);
    let mut wares = WARES;
    dice.shuffle(&mut wares);
    wares
        .into_iter()
        .take(usize::try_from(count).unwrap_or(1))
        .map(|ware| {
            let quantity = dice.between(1, 12);
            let unit_price = (target * rate / 100 / count / quantity / 10 * 10 + 90).max(1_90);
            Line { ware, quantity, unit_price }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::people;

    #[test]
    fn invoices_are_numbered_in_order_and_lie_in_the_weeks_before_the_start() {
        let start = date(2026, 1, 5);
        let debtors = people::settle(Chance::new(7), 90);
        let invoices = sell(Chance::new(7), &debtors, start, 300);
        assert_eq!(invoices.len(), 300);
        assert_eq!(invoices.first().map(|invoice| invoice.number.as_str()), Some("NL-2025-0401"));
        for pair in invoices.windows(2) {
            assert!(pair[0].number < pair[1].number && pair[0].issued_on <= pair[1].issued_on);
        }
        for invoice in &invoices {
            assert!((0..=45).contains(&days::between(invoice.issued_on, start)));
            assert!(invoice.payable() > 0);
        }
        assert!(invoices.iter().any(|invoice| invoice.prepaid > 0));
        let referenced = invoices.iter().filter(|invoice| invoice.reference.is_some()).count();
        assert!((120..240).contains(&referenced), "{referenced} of 300 carry a reference");
        let owing = |place| invoices.iter().filter(|invoice| invoice.debtor == place).count();
        assert!((0..90).all(|place| owing(place) >= 1));
        assert!((0..90).map(owing).max() > Some(8));
    }
}
