//! Memory: what the town knows beyond its seed, and how it survives a crash in the middle of a day.
//!
//! A day is decided first, then written down whole in `next.json`: the memory after the day and every file that the day
//! leaves. Then the files are left, and last `next.json` becomes `memory.json`. Whoever finds a `next.json` finishes that
//! day; it is never decided a second time.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::agency::{Act, Placed};
use crate::bank::{BankAccount, Transfer};
use crate::exchange::{Delivery, Exchange, write_whole};
use crate::phone::{Lead, Promise};
use crate::tally::Tally;
use crate::{Plan, TownError};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub founding: Founding,
    pub founded: bool,
    /// The last day that was lived.
    pub lived: Option<Date>,
    /// Files of the hub that were read, by folder and name.
    pub read: BTreeSet<String>,
    /// By invoice number.
    pub items: BTreeMap<String, Item>,
    /// Debtors whose payment was returned once already, by id.
    pub returned: BTreeSet<String>,
    /// Leads that the call centre still has to call, by lead id.
    pub leads: BTreeMap<String, Lead>,
    pub promises: Vec<Promise>,
    /// By placement key.
    pub placements: BTreeMap<String, Placed>,
    /// What the agency is going to do.
    pub acts: Vec<Act>,
    /// Money under way.
    pub transfers: Vec<Transfer>,
    /// By currency.
    pub accounts: BTreeMap<String, BankAccount>,
    /// Numbers given out so far, by what they number.
    pub counters: BTreeMap<String, u64>,
    pub tally: Tally,
}

/// What a town is founded on; another plan is another town.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Founding {
    pub seed: u64,
    pub start: Date,
    pub invoices: u32,
    pub mishaps: bool,
}

/// An invoice as its debtor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// What the debtor thinks is still to be paid, in minor units; money under way counts as paid.
    pub open: i64,
    /// Notices read after the due date.
    pub notices: u32,
    pub paid_on: Option<Date>,
    pub intent: Option<Intent>,
    pub complaint: Option<Complaint>,
    /// The placement that it lies with.
    pub placed: Option<String>,
}

/// A payment that somebody has made up their mind about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub on: Date,
    pub amount: i64,
}

/// A complaint about an invoice, and how it is going to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Complaint {
    pub reason: String,
    pub net: i64,
    pub tax: i64,
    pub settles_on: Date,
    /// The creditor gives in, with a credit note; otherwise the debtor pays after all.
    pub granted: bool,
    pub settled: bool,
}

/// A page of the diary.
#[derive(Serialize, Deserialize)]
struct Page {
    memory: Memory,
    left: Vec<Delivery>,
}

/// Where memory is kept.
#[derive(Clone, Debug)]
pub(crate) struct Diary {
    folder: PathBuf,
}

impl Memory {
    pub(crate) fn new(plan: &Plan) -> Self {
        Self {
            founding: Founding { seed: plan.seed, start: plan.start, invoices: plan.invoices, mishaps: plan.mishaps },
            founded: false,
            lived: None,
            read: BTreeSet::new(),
            items: BTreeMap::new(),
            returned: BTreeSet::new(),
            leads: BTreeMap::new(),
            promises: Vec::new(),
            placements: BTreeMap::new(),
            acts: Vec::new(),
            transfers: Vec::new(),
            accounts: BTreeMap::new(),
            counters: BTreeMap::new(),
            tally: Tally::default(),
        }
    }

    /// The next number of a series, from 1.
    pub(crate) fn number(&mut self, series: &str) -> u64 {
        let counter = self.counters.entry(series.to_owned()).or_default();
        *counter += 1;
        *counter
    }
}

impl Diary {
    pub(crate) fn open(folder: PathBuf) -> Result<Self, TownError> {
        fs::create_dir_all(&folder).map_err(|source| TownError::File { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// The last page, after a day that was left half done is finished.
    pub(crate) fn memory(&self, exchange: &Exchange) -> Result<Option<Memory>, TownError> {
        if let Some(page) = load(&self.next())? {
            self.finish(&page, exchange)?;
        }
        Ok(load(&self.last())?.map(|page| page.memory))
    }

    /// Writes a page, leaves its files, and turns it over.
    pub(crate) fn turn(&self, memory: &Memory, left: Vec<Delivery>, exchange: &Exchange) -> Result<(), TownError> {
        let page = Page { memory: memory.clone(), left };
        let path = self.next();
        let text = serde_json::to_vec(&page).map_err(|source| TownError::Memory { path: path.clone(), source })?;
        write_whole(&path, &self.scratch(), &text)?;
        self.finish(&page, exchange)
    }

    fn finish(&self, page: &Page, exchange: &Exchange) -> Result<(), TownError> {
        for delivery in &page.left {
            exchange.deliver(delivery, &self.scratch())?;
        }
        fs::rename(self.next(), self.last()).map_err(|source| TownError::File { path: self.last(), source })
    }

    fn next(&self) -> PathBuf {
        self.folder.join("next.json")
    }

    fn last(&self) -> PathBuf {
        self.folder.join("memory.json")
    }

    fn scratch(&self) -> PathBuf {
        self.folder.join(".writing")
    }
}

fn load(path: &Path) -> Result<Option<Page>, TownError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| TownError::Memory { path: path.to_owned(), source }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(TownError::File { path: path.to_owned(), source }),
    }
}
