//! The agency's file format: placements in, answers and money out, with totals that agree.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::agency::{Collection, Placed, State};
use crate::exchange::csv_text;
use crate::xml::decimal;

/// A record that the agency writes, and what it adds to the trailer.
pub(crate) struct Record {
    cells: Vec<String>,
    /// Currency, gross, commission, net; negative for what did not hold.
    money: Option<(String, [i64; 3])>,
}

fn cells(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

impl Record {
    pub(crate) fn answer(case: &Placed, status: &str, reason: &str) -> Self {
        Self { cells: cells(&["K", &case.key, &case.account, status, &case.reference, reason]), money: None }
    }

    pub(crate) fn collected(case: &Placed, collection: &Collection, on: Date) -> Self {
        let Collection { transaction, gross, commission, net, mode, reference, .. } = collection;
        let amounts = [*gross, *commission, *net];
        let mut row = cells(&["C", transaction, &case.key, &case.account, &case.currency]);
        row.extend(amounts.map(decimal));
        row.extend([mode.clone(), on.to_string(), reference.clone()]);
        Self { cells: row, money: Some((case.currency.clone(), amounts)) }
    }

    pub(crate) fn reversed(case: &Placed, collection: &Collection, transaction: &str, on: Date) -> Self {
        let amounts = [collection.gross, collection.commission, collection.net];
        let mut row = cells(&["V", transaction, &case.key, &case.account, &collection.transaction, &case.currency]);
        row.extend(amounts.map(decimal));
        row.extend([on.to_string(), "NSF".to_owned()]);
        Self { cells: row, money: Some((case.currency.clone(), amounts.map(|amount| -amount))) }
    }

    pub(crate) fn closed(case: &Placed, reason: &str, on: Date) -> Self {
        Self { cells: cells(&["X", &case.key, &case.account, reason, &on.to_string()]), money: None }
    }

    pub(crate) fn disputed(case: &Placed, invoice: &str, amount: i64) -> Self {
        let text = "says that part of the goods was damaged";
        let row = cells(&["Q", &case.key, &case.account, invoice, &case.currency, &decimal(amount), "quality", text]);
        Self { cells: row, money: None }
    }
}

/// A file of the agency, with its trailer.
pub(crate) fn text(id: &str, on: Date, records: &[Record]) -> String {
    let count = records.len().to_string();
    let mut sums: BTreeMap<&str, [i64; 3]> = BTreeMap::new();
    for (currency, amounts) in records.iter().filter_map(|record| record.money.as_ref()) {
        let sum = sums.entry(currency).or_default();
        sum.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += amount);
    }
    let mut rows = vec![cells(&["H", "1", id, &on.to_string(), "westwind"])];
    rows.extend(records.iter().map(|record| record.cells.clone()));
    for (currency, sum) in &sums {
        let mut row = cells(&["T", &count, currency]);
        row.extend(sum.map(decimal));
        rows.push(row);
    }
    if sums.is_empty() {
        rows.push(cells(&["T", &count]));
    }
    csv_text(rows)
}

/// The cases of a placement file. An error names the line.
pub(crate) fn placements(records: &[csv::StringRecord]) -> Result<Vec<Placed>, (usize, String)> {
    let mut cases: Vec<Placed> = Vec::new();
    for (place, record) in records.iter().enumerate() {
        let cell =
            |index: usize| record.get(index).ok_or_else(|| (place + 1, format!("there is no cell {}", index + 1)));
        match cell(0)? {
            "A" => cases.push(Placed {
                key: cell(1)?.to_owned(),
                account: cell(2)?.to_owned(),
                currency: cell(14)?.to_owned(),
                invoices: Vec::new(),
                share: fraction(cell(12)?)
                    .ok_or_else(|| (place + 1, "the commission is not a fraction such as `1/3`".to_owned()))?,
                reference: String::new(),
                state: State::New,
                collections: Vec::new(),
            }),
            "I" => {
                let (key, invoice) = (cell(1)?, cell(2)?);
                let case = cases.iter_mut().rev().find(|case| case.key == key);
                let case = case.ok_or_else(|| (place + 1, format!("an item of `{key}`, which is not in this file")))?;
                case.invoices.push(invoice.to_owned());
            }
            _ => {}
        }
    }
    Ok(cases)
}

fn fraction(text: &str) -> Option<(i64, i64)> {
    let (numerator, denominator) = text.split_once('/')?;
    let (numerator, denominator) = (numerator.trim().parse().ok()?, denominator.trim().parse().ok()?);
    (numerator >= 0 && denominator > 0).then_some((numerator, denominator))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn case() -> Placed {
        let file = "H,1,b-1,2026-03-02,nordlicht,Nordlicht Handel GmbH\n\
            A,place:1,D-1001,1,Bæk Byg ApS,business,DK,da,\"Nørregade 1; 1050 København K\",a@b.example,,DK1,1/3,,DKK,120.00\n\
            I,place:1,NL-2025-0401,2025-12-01,2025-12-15,DKK,120.00,120.00\nN,place:1,called\nT,1,1,DKK,120.00\n";
        let records: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(file.as_bytes())
            .records()
            .map(|record| record.unwrap())
            .collect();
        placements(&records).unwrap().remove(0)
    }

    #[test]
    fn placements_are_read_with_their_items() {
        let case = case();
        assert_eq!((case.account.as_str(), case.currency.as_str(), case.share), ("D-1001", "DKK", (1, 3)));
        assert_eq!(case.invoices, ["NL-2025-0401"]);
    }

    #[test]
    fn the_trailer_counts_records_and_takes_reversals_off() {
        let case = case();
        let collection = |transaction: &str, gross, commission| Collection {
            transaction: transaction.to_owned(),
            gross,
            commission,
            net: gross - commission,
            mode: "net".to_owned(),
            reference: "REM-1".to_owned(),
            portions: Vec::new(),
        };
        let on = date(2026, 3, 9);
        let records = [
            Record::answer(&case, "accepted", ""),
            Record::collected(&case, &collection("T-1", 120_00, 40_00), on),
            Record::reversed(&case, &collection("T-0", 20_00, 6_67), "V-1", on),
        ];
        let file = text("WI-1", on, &records);
        assert!(file.ends_with("\nT,3,DKK,100.00,33.33,66.67\n"), "{file}");
        assert!(text("WI-2", on, &records[..1]).ends_with("\nT,1\n"));
    }
}
