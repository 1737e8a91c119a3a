//! The world: everything that follows from the seed alone, and one day's look at it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::chance::{Chance, Dice};
use crate::exchange::{Delivery, Exchange};
use crate::memory::Memory;
use crate::people::{self, Debtor};
use crate::wares::{self, Invoice};
use crate::{Plan, TownError};

#[derive(Debug)]
pub(crate) struct World {
    pub chance: Chance,
    pub debtors: Vec<Debtor>,
    pub invoices: Vec<Invoice>,
    /// Invoice number to its place.
    places: BTreeMap<String, usize>,
}

impl World {
    pub(crate) fn new(plan: &Plan) -> Self {
        let chance = Chance::new(plan.seed);
        // Thirty debtors owe a hundred invoices.
        let count = (plan.invoices as usize * 3 / 10).max(12).min(plan.invoices as usize);
        let debtors = people::settle(chance, count);
        let invoices = wares::sell(chance, &debtors, plan.start, plan.invoices);
        let places = invoices.iter().enumerate().map(|(place, invoice)| (invoice.number.clone(), place)).collect();
        Self { chance, debtors, invoices, places }
    }

    pub(crate) fn invoice(&self, number: &str) -> Option<&Invoice> {
        self.places.get(number).map(|place| &self.invoices[*place])
    }

    pub(crate) fn debtor(&self, invoice: &Invoice) -> &Debtor {
        &self.debtors[invoice.debtor]
    }

    /// An invoice and who owes it.
    pub(crate) fn find(&self, number: &str) -> Option<(&Invoice, &Debtor)> {
        self.invoice(number).map(|invoice| (invoice, self.debtor(invoice)))
    }

    /// The invoices that a text names.
    pub(crate) fn mentioned(&self, text: &str) -> Vec<&Invoice> {
        let mut found: Vec<usize> = text
            .match_indices("NL-")
            .filter_map(|(from, _)| {
                let rest = &text[from..];
                let end =
                    rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(rest.len());
                self.places.get(rest[..end].trim_end_matches('-')).copied()
            })
            .collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().map(|place| &self.invoices[place]).collect()
    }
}

/// A day while it is lived: nothing of it is visible outside before it is over.
pub(crate) struct Scene<'a> {
    pub world: &'a World,
    pub exchange: &'a Exchange,
    pub memory: Memory,
    pub today: Date,
    pub left: Vec<Delivery>,
}

impl Scene<'_> {
    /// Files in a folder that the town has not read yet. From here on they count as read.
    pub(crate) fn unread(&mut self, folder: &str, start: &str, ending: &str) -> Result<Vec<String>, TownError> {
        let names = self.exchange.names(folder, ending)?;
        let fresh = |name: &String| name.starts_with(start) && self.memory.read.insert(format!("{folder}/{name}"));
        Ok(names.into_iter().filter(fresh).collect())
    }

    pub(crate) fn leave(&mut self, folder: &str, name: String, text: String) {
        self.left.push(Delivery { folder: folder.to_owned(), name, text });
    }

    /// Dice for something that happens today.
    pub(crate) fn dice(&self, subject: &str) -> Dice {
        self.world.chance.dice(&format!("{subject} on {}", self.today))
    }

    /// What a debtor still means to pay for these invoices.
    pub(crate) fn open(&self, invoices: &[String]) -> i64 {
        invoices.iter().filter_map(|number| self.memory.items.get(number)).map(|item| item.open).sum()
    }
}
