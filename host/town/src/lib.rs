//! The outside world of the demo: debtors, their banks, a call centre, a collection agency, and the creditor's shop with its new
//! customers, their credit bureau and their payers.
//!
//! **Invariants**
//! * The town only reads and writes the exchanged files. It depends on no other crate of the host, so it *cannot* look into
//!   the hub's store or call the hub, and the hub cannot look into the town.
//! * It has no clock and no randomness of its own. The same plan and the same files of the hub give the same bytes.
//! * A day happens once. It is decided, written down, and only then carried out; a crash repeats the carrying out.
//!
//! The modules, in reading order: what everything is made of; what follows from the seed; what is remembered and exchanged;
//! who acts.

// `12_50` is twelve and a half, in minor units.
#![allow(clippy::inconsistent_digit_grouping)]

mod chance;
mod checks;
mod days;
mod names;
mod xml;

mod creditor;
mod people;
mod wares;
mod world;

mod exchange;
mod memory;
mod tally;

mod agency;
mod agency_file;
mod bank;
mod camt;
mod habits;
mod mail;
mod mime;
mod mishaps;
mod phone;
mod shop;
mod talk;
mod ubl;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use jiff::civil::Date;

use crate::exchange::Exchange;
use crate::memory::{Diary, Item, Memory};
use crate::world::{Scene, World};

pub use crate::tally::{Sums, Tally};

/// What a town is founded on.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The workspace's `exchange/` folder.
    pub exchange: PathBuf,
    /// The town's own folder.
    pub memory: PathBuf,
    pub seed: u64,
    /// The first day of the story; invoices were issued in the weeks before.
    pub start: Date,
    pub invoices: u32,
    /// Also leave files that are wrong on purpose, once each.
    pub mishaps: bool,
}

pub struct Town {
    world: World,
    exchange: Exchange,
    diary: Diary,
    memory: Memory,
}

/// What the founding put into the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Founded {
    pub debtors: usize,
    pub invoices: usize,
}

/// What the town did on a day; all zero for a day that it had lived before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayReport {
    pub messages_read: u64,
    pub calls: u64,
    /// Transfers booked by the bank, in and out.
    pub transfers: u64,
    pub files_left: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum TownError {
    #[error("file `{}` of the demo's town: {source}\n\nhint: check that the disk has room and that the folder may be written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("file `{}` does not hold the town's memory: {source}\n\nhint: remove the demo's folder and start it again", path.display())]
    Memory { path: PathBuf, source: serde_json::Error },
    #[error("the town cannot read `{}`, {place}: {reason}", path.display())]
    Unreadable { path: PathBuf, place: String, reason: String },
    #[error(
        "the folder `{}` belongs to a town with seed {seed}, start {start} and {invoices} invoices\n\nhint: give the same values, or another folder",
        path.display()
    )]
    OtherPlan { path: PathBuf, seed: u64, start: Date, invoices: u32 },
}

impl Town {
    /// Loads the town's memory, or takes an empty place for a new town.
    pub fn open(plan: Plan) -> Result<Town, TownError> {
        let exchange = Exchange::new(plan.exchange.clone());
        let diary = Diary::open(plan.memory.clone())?;
        let fresh = Memory::new(&plan);
        let memory = diary.memory(&exchange)?.unwrap_or_else(|| fresh.clone());
        if memory.founding != fresh.founding {
            let memory::Founding { seed, start, invoices, .. } = memory.founding;
            return Err(TownError::OtherPlan { path: plan.memory, seed, start, invoices });
        }
        Ok(Town { world: World::new(&plan), exchange, diary, memory })
    }

    /// Puts the invoices into the exchange. Once founded, it only says so again.
    pub fn found(&mut self) -> Result<Founded, TownError> {
        if !self.memory.founded {
            let mut scene = self.scene(self.memory.founding.start);
            for invoice in &self.world.invoices {
                let debtor = self.world.debtor(invoice);
                scene.leave("invoices", format!("{}.xml", invoice.number), ubl::invoice(invoice, debtor));
                let item = Item {
                    open: invoice.payable(),
                    notices: 0,
                    paid_on: None,
                    intent: None,
                    complaint: None,
                    placed: None,
                };
                scene.memory.items.insert(invoice.number.clone(), item);
                tally::add(&mut scene.memory.tally.invoiced, invoice.currency, invoice.payable());
            }
            scene.memory.tally.debtors = self.world.debtors.len() as u64;
            scene.memory.tally.invoices = self.world.invoices.len() as u64;
            scene.memory.founded = true;
            bank::open_accounts(&mut scene.memory);
            let Scene { memory, left, .. } = scene;
            self.keep(memory, left)?;
        }
        Ok(Founded { debtors: self.world.debtors.len(), invoices: self.world.invoices.len() })
    }

    /// The outside world lives one day: it reads what the hub left since, and answers.
    ///
    /// A day that was lived, or lies before one that was, does nothing.
    pub fn day(&mut self, today: Date) -> Result<DayReport, TownError> {
        self.found()?;
        if self.memory.lived.is_some_and(|lived| lived >= today) {
            return Ok(DayReport::default());
        }
        let mut scene = self.scene(today);
        mail::read(&mut scene)?;
        shop::open(&mut scene)?;
        phone::work(&mut scene)?;
        agency::work(&mut scene)?;
        habits::settle_complaints(&mut scene);
        habits::pay(&mut scene);
        bank::book(&mut scene);
        phone::judge_promises(&mut scene);
        if scene.memory.founding.mishaps {
            mishaps::happen(&mut scene);
        }
        scene.memory.lived = Some(today);
        let Scene { memory, left, .. } = scene;
        let (before, after) = (&self.memory.tally, &memory.tally);
        let messages = |tally: &Tally| tally.emails_read + tally.letters_read;
        let transfers = |tally: &Tally| tally.payments + tally.returns;
        let report = DayReport {
            messages_read: messages(after) - messages(before),
            calls: after.calls - before.calls,
            transfers: transfers(after) - transfers(before),
            files_left: left.len(),
        };
        self.keep(memory, left)?;
        Ok(report)
    }

    /// The town's own books.
    pub fn tally(&self) -> &Tally {
        &self.memory.tally
    }

    fn scene(&self, today: Date) -> Scene<'_> {
        Scene { world: &self.world, exchange: &self.exchange, memory: self.memory.clone(), today, left: Vec::new() }
    }

    fn keep(&mut self, memory: Memory, left: Vec<exchange::Delivery>) -> Result<(), TownError> {
        self.diary.turn(&memory, left, &self.exchange)?;
        self.memory = memory;
        Ok(())
    }
}
