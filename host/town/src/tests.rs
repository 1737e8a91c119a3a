//! The town as a whole: laws that hold over many days, with a stand-in for the hub.

mod files;
mod hub;

use std::fs;
use std::path::PathBuf;

use jiff::civil::{Date, date};

use crate::{DayReport, Founded, Plan, Town, TownError, days};
use files::{Folder, Statement, agency_files, statements};
use hub::Hub;

const START: Date = date(2026, 1, 5);

fn plan(folder: &Folder, seed: u64, invoices: u32) -> Plan {
    Plan {
        exchange: folder.join("exchange"),
        memory: folder.join("town"),
        seed,
        start: START,
        invoices,
        mishaps: false,
    }
}

/// Lives so many days with the stand-in answering every evening.
fn live(plan: Plan, count: i64) -> Town {
    let mut hub = Hub::new(plan.exchange.clone());
    let mut town = Town::open(plan).unwrap();
    town.found().unwrap();
    for day in 0..count {
        let today = days::plus(START, day);
        town.day(today).unwrap();
        hub.evening(&town, today);
    }
    town
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = |seed| {
        let folder = Folder::new();
        live(plan(&folder, seed, 60), 40);
        folder.contents()
    };
    let first = run(11);
    assert!(first.len() > 200, "only {} files", first.len());
    assert!(first == run(11), "two towns of the same seed differ");
    assert!(first != run(12), "two seeds give the same town");
}

#[test]
fn a_day_lived_twice_changes_nothing() {
    let folder = Folder::new();
    let mut town = live(plan(&folder, 3, 60), 25);
    let before = (folder.contents(), town.tally().clone());
    assert_eq!(town.day(days::plus(START, 24)).unwrap(), DayReport::default());
    assert_eq!(town.day(START).unwrap(), DayReport::default());
    assert_eq!(town.found().unwrap(), Founded { debtors: 18, invoices: 60 });
    assert!((folder.contents(), town.tally().clone()) == before);
}

/// The town stops at every file that it leaves in a day, and goes on after each.
#[test]
fn a_day_cut_short_anywhere_ends_as_if_nothing_had_happened() {
    let folder = Folder::new();
    let mut town = live(plan(&folder, 5, 60), 28);
    let (before, today) = (folder.contents(), days::plus(START, 28));
    town.day(today).unwrap();
    let after = folder.contents();
    let fresh: Vec<&PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(fresh.len() >= 4, "a day with {} files shows little", fresh.len());
    for left in 0..=fresh.len() {
        folder.restore(&before);
        // The page was written, and so many files were left.
        fs::write(folder.join("town/next.json"), &after[&PathBuf::from("town/memory.json")]).unwrap();
        for path in &fresh[..left] {
            fs::write(folder.join(path), &after[*path]).unwrap();
        }
        let mut town = Town::open(plan(&folder, 5, 60)).unwrap();
        assert_eq!(town.day(today).unwrap(), DayReport::default());
        assert!(folder.contents() == after, "cut short after {left} files");
    }
    // Nothing was written down yet: the day is decided again, the same way.
    folder.restore(&before);
    Town::open(plan(&folder, 5, 60)).unwrap().day(today).unwrap();
    assert!(folder.contents() == after, "decided again");
}

#[test]
fn statements_balance_and_follow_each_other() {
    let folder = Folder::new();
    let town = live(plan(&folder, 7, 120), 60);
    let found = statements(&folder);
    assert_eq!(found.len(), 4 * 44, "one a bank day and account");
    for currency in ["DKK", "EUR", "SEK", "USD"] {
        let mut closing = None;
        for statement in found.iter().filter(|statement| statement.currency == currency) {
            let Statement { opening, credits, debits, .. } = statement;
            assert_eq!(opening + credits - debits, statement.closing, "`{}`", statement.name);
            assert!(closing.is_none_or(|closing| closing == *opening), "`{}` does not follow", statement.name);
            closing = Some(statement.closing);
        }
    }
    let sum = |currency: &str, of: fn(&Statement) -> i64| -> i64 {
        found.iter().filter(|statement| statement.currency == currency).map(of).sum()
    };
    let books = town.tally();
    for (currency, credits) in books.bank_credits() {
        assert_eq!(sum(&currency, |statement| statement.credits), credits, "credits in {currency}");
        let debits = books.returned.get(&currency).unwrap_or(&0) + books.charges[&currency];
        assert_eq!(sum(&currency, |statement| statement.debits), debits, "debits in {currency}");
    }
}

#[test]
fn every_trailer_of_the_agency_is_right() {
    let folder = Folder::new();
    let town = live(plan(&folder, 7, 200), 120);
    let files = agency_files(&folder);
    assert!(files.len() > 10, "the agency wrote {} files", files.len());
    let mut collected = crate::Sums::new();
    for file in &files {
        assert_eq!(file.stated, file.counted, "`{}`", file.name);
        for (currency, sums) in &file.counted {
            crate::tally::add(&mut collected, currency, sums[0]);
        }
    }
    collected.retain(|_, amount| *amount != 0);
    let mut books = town.tally().collected.clone();
    books.retain(|_, amount| *amount != 0);
    assert_eq!(collected, books);
}

/// What the demo is for: within 120 days everything has happened at least once, whatever the seed.
#[test]
fn every_practice_is_visible_in_120_days() {
    for seed in [1, 42, 2026] {
        let folder = Folder::new();
        let town = live(Plan { mishaps: true, ..plan(&folder, seed, 300) }, 120);
        let tally = town.tally();
        let seen = [
            ("payments", tally.payments, 150),
            ("returns", tally.returns, 1),
            ("overpayments", tally.overpaid.len() as u64, 1),
            ("stray money", tally.stray.len() as u64, 1),
            ("credit notes", tally.credit_notes, 2),
            ("e-mails", tally.emails_read, 200),
            ("letters", tally.letters_read, 10),
            ("bounces", tally.bounces, 1),
            ("calls", tally.calls, 40),
            ("withdrawn leads", tally.leads_withdrawn, 1),
            ("kinds of answers", tally.dispositions.len() as u64, 9),
            ("promises kept", tally.promises_kept, 5),
            ("promises broken", tally.promises_broken, 2),
            ("disputes", tally.disputes, 3),
            ("requests to stop", tally.stop_requests, 1),
            ("placements accepted", tally.placements_accepted, 8),
            ("placements refused", tally.placements_rejected, 1),
            ("placements returned", tally.placements_returned, 3),
            ("direct payments", tally.direct_payments_noticed, 1),
            ("collections that did not hold", tally.collection_reversals, 1),
            ("currencies with commission", tally.commission.len() as u64, 2),
            ("currencies with remittances", tally.remitted.len() as u64, 2),
        ];
        for (what, count, at_least) in seen {
            assert!(count >= at_least, "seed {seed}: {what} {count}, expected at least {at_least}\n{tally:#?}");
        }
        let bank = folder.contents();
        let mentions = |words: &str| {
            bank.iter().filter(|(path, _)| path.starts_with("exchange/bank")).any(|(_, text)| text.contains(words))
        };
        for words in ["PDNG", "<NbOfTxs>", "camt.054.001.02", "RvslInd", "SCOR", "AM04"] {
            assert!(mentions(words), "seed {seed}: no `{words}` in the bank's files");
        }
    }
}

#[test]
fn invoices_are_well_formed_and_add_up() {
    let folder = Folder::new();
    Town::open(plan(&folder, 9, 300)).unwrap().found().unwrap();
    let invoices = files::texts(&folder, "exchange/invoices");
    assert_eq!(invoices.len(), 300);
    for (name, text) in &invoices {
        files::assert_well_formed(name, text);
        let sum = |element| files::amounts(text, element).iter().sum::<i64>();
        let lines = files::amounts(text, "cbc:LineExtensionAmount");
        assert_eq!(lines[0], lines[1..].iter().sum::<i64>(), "`{name}`");
        assert_eq!(lines[0] + files::amounts(text, "cbc:TaxAmount")[0], sum("cbc:TaxInclusiveAmount"), "`{name}`");
        assert_eq!(sum("cbc:TaxInclusiveAmount") - sum("cbc:PrepaidAmount"), sum("cbc:PayableAmount"), "`{name}`");
    }
}

#[test]
fn mishaps_happen_only_where_they_are_wanted() {
    let names = |mishaps| {
        let folder = Folder::new();
        let plan = Plan { mishaps, ..plan(&folder, 4, 40) };
        let mut town = Town::open(plan).unwrap();
        for day in 0..20 {
            town.day(days::plus(START, day)).unwrap();
        }
        let files = folder.contents();
        let wrong = |name: &str| {
            name.ends_with("9001.xml")
                || name.ends_with("EUR-3-camt053.xml")
                || name.ends_with("again.xml")
                || name.ends_with("corrected.xml")
        };
        files.keys().filter(|path| path.to_str().is_some_and(wrong)).count()
    };
    assert_eq!((names(true), names(false)), (4, 0));
}

#[test]
fn another_plan_is_refused() {
    let folder = Folder::new();
    Town::open(plan(&folder, 4, 40)).unwrap().found().unwrap();
    assert!(matches!(Town::open(plan(&folder, 5, 40)), Err(TownError::OtherPlan { seed: 4, .. })));
}
