//! What the agency sends: acknowledgements, collections, reversals, closures, disputes.

use super::trailer::Trailer;
use super::{Delimiter, Fault, VERSION};
use csv::StringRecord;
use dunlin_plugin_sdk::{Date, Money};
use std::collections::BTreeMap;

/// Records of one file; the host takes 10 000 in one answer, which may hold the ends of other files.
const RECORDS_MAX: usize = 8_000;
/// Bytes of one cell.
const CELL_MAX: usize = 4_000;
/// Bytes of a name, so that a key made of two of them stays within the host's 200.
const WORD_MAX: usize = 120;
/// Bytes of the agency's and the file's id.
const ID_MAX: usize = 60;
const STATUSES: [&str; 3] = ["accepted", "rejected", "recalled"];

/// A file that agrees with its trailer.
#[derive(Debug)]
pub struct File {
    pub id: String,
    pub date: Date,
    pub agency: String,
    pub records: Vec<(u64, Record)>,
    /// By currency: what the trailer states, which is what the records come to.
    pub sums: BTreeMap<String, Sums>,
}

/// Collections less reversals, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub gross: i64,
    pub commission: i64,
    pub net: i64,
}

#[derive(Debug)]
pub enum Record {
    Acknowledged { placement: String, account: String, status: String, reference: String, reason: String },
    Collected { money: Transaction, remittance: String, reference: String },
    Reversed { money: Transaction, reverses: String, reason: String },
    Returned { placement: String, account: String, reason: String, closed_on: Date },
    Disputed { placement: String, account: String, invoice: String, amount: Money, reason: String, text: String },
}

/// Money that the agency took, or gave back.
#[derive(Debug)]
pub struct Transaction {
    pub id: String,
    pub placement: String,
    pub account: String,
    pub gross: Money,
    pub commission: Money,
    pub net: Money,
    pub on: Date,
}

/// Reads a file. Whatever is wrong with a part of it refuses all of it: its sums would be wrong, too.
pub fn read(content: &[u8], delimiter: Delimiter) -> Result<File, Fault> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter.byte()).from_reader(content);
    let mut rows = reader.records();
    let Some(first) = rows.next() else { return Err(Fault::at(1, "the file is empty")) };
    let header = Row::new(first, 1)?;
    let mut file = header.header()?;
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut trailer: Option<Trailer> = None;
    let mut last = header.line;
    for next in rows {
        let row = Row::new(next, last)?;
        last = row.line;
        if row.kind() == "T" {
            trailer.get_or_insert_default().add(&row)?;
            continue;
        }
        if trailer.is_some() {
            return Err(row.fault("a record behind the trailer"));
        }
        if file.records.len() >= RECORDS_MAX {
            return Err(row.fault(format!("more than {RECORDS_MAX} records in one file")));
        }
        let record = row.record()?;
        if let Record::Collected { money, .. } | Record::Reversed { money, .. } = &record
            && let Some(before) = seen.insert(money.id.clone(), row.line)
        {
            return Err(row.fault(format!("the transaction `{}` stands at line {before} already", money.id)));
        }
        file.records.push((row.line, record));
    }
    let Some(trailer) = trailer else { return Err(Fault::at(last, "no trailer `T`: the file may be cut off")) };
    file.sums = trailer.verify(&file.records)?;
    Ok(file)
}

/// A row with its line.
pub struct Row {
    pub line: u64,
    cells: StringRecord,
}

impl Row {
    fn new(row: csv::Result<StringRecord>, after: u64) -> Result<Row, Fault> {
        let cells = row.map_err(|why| match why.kind() {
            csv::ErrorKind::Utf8 { pos: Some(at), .. } => Fault::at(at.line(), "not UTF-8"),
            _ => Fault::at(after, format!("not CSV: {why}")),
        })?;
        let line = cells.position().map_or(after, csv::Position::line);
        if cells.iter().any(|cell| cell.len() > CELL_MAX) {
            return Err(Fault::at(line, format!("a cell longer than {CELL_MAX} bytes")));
        }
        Ok(Row { line, cells })
    }

    pub fn fault(&self, reason: impl Into<String>) -> Fault {
        Fault::at(self.line, reason)
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn kind(&self) -> &str {
        self.text(0)
    }

    pub fn text(&self, cell: usize) -> &str {
        self.cells.get(cell).unwrap_or_default().trim()
    }

    pub fn date(&self, cell: usize) -> Result<Date, Fault> {
        let text = self.text(cell);
        let whole = if text.len() == 10 { text.parse().ok() } else { None };
        whole.ok_or_else(|| self.fault(format!("cell {}: `{text}` is not a day such as `2026-03-04`", cell + 1)))
    }

    /// May be negative.
    pub fn money(&self, cell: usize, currency: &str) -> Result<Money, Fault> {
        let amount = Money::parse(self.text(cell), currency);
        amount.map_err(|why| self.fault(format!("cell {}: {}", cell + 1, why.message)))
    }

    fn amount(&self, cell: usize, currency: &str) -> Result<Money, Fault> {
        let amount = self.money(cell, currency)?;
        if amount.is_negative() {
            return Err(self.fault(format!("cell {}: `{}` is negative", cell + 1, self.text(cell))));
        }
        Ok(amount)
    }

    fn some(&self, cell: usize, what: &str) -> Result<String, Fault> {
        match self.text(cell) {
            "" => Err(self.fault(format!("cell {}: the {what} is missing", cell + 1))),
            _ => self.word(cell, WORD_MAX),
        }
    }

    /// A name on one line, perhaps empty.
    fn word(&self, cell: usize, bytes: usize) -> Result<String, Fault> {
        let text = self.text(cell);
        if text.len() > bytes {
            return Err(self.fault(format!("cell {}: longer than {bytes} bytes", cell + 1)));
        }
        if text.chars().any(char::is_control) {
            return Err(self.fault(format!("cell {}: more than one line, or a control character", cell + 1)));
        }
        Ok(text.to_owned())
    }

    fn owned(&self, cell: usize) -> String {
        self.text(cell).to_owned()
    }

    fn cells(&self, expected: usize) -> Result<(), Fault> {
        match self.len() {
            found if found == expected => Ok(()),
            found => Err(self.fault(format!("a `{}` record has {expected} cells, not {found}", self.kind()))),
        }
    }

    fn header(&self) -> Result<File, Fault> {
        if self.kind() != "H" {
            return Err(self.fault(format!("the first record is `{}`: expected the header `H`", self.kind())));
        }
        self.cells(5)?;
        if self.text(1) != VERSION {
            return Err(self.fault(format!("version `{}` of the format: expected `{VERSION}`", self.text(1))));
        }
        self.word(2, ID_MAX)?;
        self.word(4, ID_MAX)?;
        Ok(File {
            id: self.some(2, "id of the file")?,
            date: self.date(3)?,
            agency: self.some(4, "id of the agency")?,
            records: Vec::new(),
            sums: BTreeMap::new(),
        })
    }

    fn record(&self) -> Result<Record, Fault> {
        match self.kind() {
            "K" => self.acknowledged(),
            "C" => self.collected(),
            "V" => self.reversed(),
            "X" => {
                self.cells(5)?;
                let (placement, account) = self.placement(1)?;
                let reason = self.some(3, "reason")?;
                Ok(Record::Returned { placement, account, reason, closed_on: self.date(4)? })
            }
            "Q" => self.disputed(),
            "H" => Err(self.fault("a second header")),
            other => Err(self.fault(format!("unknown record `{other}`: expected `K`, `C`, `V`, `X`, `Q` or `T`"))),
        }
    }

    fn placement(&self, cell: usize) -> Result<(String, String), Fault> {
        Ok((self.some(cell, "placement")?, self.some(cell + 1, "account")?))
    }

    fn acknowledged(&self) -> Result<Record, Fault> {
        self.cells(6)?;
        let (placement, account) = self.placement(1)?;
        let status = self.owned(3);
        if !STATUSES.contains(&status.as_str()) {
            let allowed = STATUSES.join("`, `");
            return Err(self.fault(format!("unknown status `{status}`: expected one of `{allowed}`")));
        }
        Ok(Record::Acknowledged {
            placement,
            account,
            status,
            reference: self.word(4, WORD_MAX)?,
            reason: self.owned(5),
        })
    }

    fn collected(&self) -> Result<Record, Fault> {
        self.cells(11)?;
        let (placement, account) = self.placement(2)?;
        let money = self.transaction(placement, account, 4, self.date(9)?)?;
        let remittance = self.owned(8);
        let due = match remittance.as_str() {
            "gross" => money.gross.clone(),
            "net" => left(&money),
            other => return Err(self.fault(format!("unknown remittance `{other}`: expected `gross` or `net`"))),
        };
        if money.net != due {
            let reason = format!("the net amount is {}; remitted {remittance} it must be {due}", money.net);
            return Err(self.fault(reason));
        }
        Ok(Record::Collected { money, remittance, reference: self.word(10, WORD_MAX)? })
    }

    fn reversed(&self) -> Result<Record, Fault> {
        self.cells(11)?;
        let (placement, account) = self.placement(2)?;
        let reverses = self.some(4, "transaction that is undone")?;
        let money = self.transaction(placement, account, 5, self.date(9)?)?;
        let less = left(&money);
        if money.net != money.gross && money.net != less {
            let reason = format!("the net amount is {}; it must be {} or {less}", money.net, money.gross);
            return Err(self.fault(reason));
        }
        Ok(Record::Reversed { money, reverses, reason: self.owned(10) })
    }

    /// Currency, gross, commission and net stand side by side from `cell` on.
    fn transaction(&self, placement: String, account: String, cell: usize, on: Date) -> Result<Transaction, Fault> {
        let currency = self.text(cell);
        let gross = self.amount(cell + 1, currency)?;
        let commission = self.amount(cell + 2, currency)?;
        let net = self.amount(cell + 3, currency)?;
        if gross.is_zero() {
            return Err(self.fault("the gross amount is zero"));
        }
        if commission.minor > gross.minor {
            return Err(self.fault(format!("the commission of {commission} is more than the gross amount of {gross}")));
        }
        Ok(Transaction { id: self.some(1, "transaction")?, placement, account, gross, commission, net, on })
    }

    fn disputed(&self) -> Result<Record, Fault> {
        self.cells(8)?;
        let (placement, account) = self.placement(1)?;
        let amount = self.amount(5, self.text(4))?;
        if amount.is_zero() {
            return Err(self.fault("the disputed amount is zero"));
        }
        Ok(Record::Disputed {
            placement,
            account,
            invoice: self.some(3, "invoice")?,
            amount,
            reason: self.some(6, "reason")?,
            text: self.owned(7),
        })
    }
}

/// What is left of the gross amount after commission, which is never more than it.
fn left(money: &Transaction) -> Money {
    Money::new(money.gross.minor - money.commission.minor, money.gross.currency.as_str())
}
