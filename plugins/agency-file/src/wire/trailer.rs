//! The trailer `T` of an incoming file: how many records there are, and what they come to in each currency.

use super::Fault;
use super::incoming::{Record, Row, Sums, Transaction};
use std::collections::BTreeMap;

/// Currencies of one file; each has three control totals, of which the host takes 1 000 in one answer.
const CURRENCIES_MAX: usize = 40;

/// One `T` record for each currency, or a single one with the number of records alone.
#[derive(Default)]
pub struct Trailer {
    line: u64,
    counts: Vec<(u64, u64)>,
    sums: BTreeMap<String, (u64, Sums)>,
}

impl Trailer {
    pub fn add(&mut self, row: &Row) -> Result<(), Fault> {
        let number = row.text(1);
        let count = number.parse().map_err(|_| row.fault(format!("cell 2: `{number}` is not a number of records")))?;
        self.line = row.line;
        self.counts.push((row.line, count));
        if self.counts.len() > CURRENCIES_MAX {
            return Err(row.fault(format!("more than {CURRENCIES_MAX} trailers")));
        }
        match row.len() {
            2 => Ok(()),
            6 => {
                let currency = row.text(2);
                let sums = Sums {
                    gross: row.money(3, currency)?.minor,
                    commission: row.money(4, currency)?.minor,
                    net: row.money(5, currency)?.minor,
                };
                match self.sums.insert(currency.to_owned(), (row.line, sums)) {
                    None => Ok(()),
                    Some((before, _)) => {
                        Err(row.fault(format!("a second trailer for {currency}, the first is at line {before}")))
                    }
                }
            }
            found => Err(row.fault(format!("a `T` record has 2 or 6 cells, not {found}"))),
        }
    }

    /// Holds the trailer against the records, and gives the sums that both agree on.
    pub fn verify(&self, records: &[(u64, Record)]) -> Result<BTreeMap<String, Sums>, Fault> {
        let number = u64::try_from(records.len()).unwrap_or(u64::MAX);
        if let Some((line, count)) = self.counts.iter().find(|(_, count)| *count != number) {
            return Err(Fault::at(*line, format!("the trailer states {count} records and the file has {number}")));
        }
        let counted = count(records)?;
        for (currency, (line, stated)) in &self.sums {
            let Some(sums) = counted.get(currency) else {
                return Err(Fault::at(*line, format!("the trailer states {currency} and no record is in {currency}")));
            };
            let pairs = [
                ("gross", stated.gross, sums.gross),
                ("commission", stated.commission, sums.commission),
                ("net", stated.net, sums.net),
            ];
            if let Some((what, stated, found)) = pairs.into_iter().find(|(_, stated, found)| stated != found) {
                let [stated, found] =
                    [stated, found].map(|minor| dunlin_plugin_sdk::Money::new(minor, currency.as_str()));
                let reason = format!("the trailer states {what} {stated} and the records come to {found}");
                return Err(Fault::at(*line, reason));
            }
        }
        match counted.keys().find(|currency| !self.sums.contains_key(*currency)) {
            Some(currency) => Err(Fault::at(self.line, format!("no trailer for {currency}"))),
            None => Ok(counted),
        }
    }
}

/// Collections less reversals.
fn count(records: &[(u64, Record)]) -> Result<BTreeMap<String, Sums>, Fault> {
    let mut sums: BTreeMap<String, Sums> = BTreeMap::new();
    for (line, record) in records {
        let (money, sign) = match record {
            Record::Collected { money, .. } => (money, 1),
            Record::Reversed { money, .. } => (money, -1),
            _ => continue,
        };
        let before = sums.entry(money.gross.currency.clone()).or_default();
        *before = add(*before, money, sign).ok_or_else(|| Fault::at(*line, "the amounts are too large to be added"))?;
    }
    Ok(sums)
}

fn add(sums: Sums, money: &Transaction, sign: i64) -> Option<Sums> {
    Some(Sums {
        gross: sums.gross.checked_add(sign * money.gross.minor)?,
        commission: sums.commission.checked_add(sign * money.commission.minor)?,
        net: sums.net.checked_add(sign * money.net.minor)?,
    })
}
