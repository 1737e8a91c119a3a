//! From the agency's records to facts.

use crate::Config;
use crate::codes::{Codes, Meaning};
use crate::layout::{Field, LEFT_OUT, balance, payment, start, status};
use crate::memory::{self, File, Payment};
use crate::wire::{self, Fault, Line};
use dunlin_plugin_sdk::agency::{Acknowledgement, AgencyDispute, Closure, Collection, CollectionReversal, Fact};
use dunlin_plugin_sdk::{ControlTotal, Date, Document, Event, Money, Result, Source, Taken, log};
use std::collections::BTreeMap;

/// Accounts that may change with one file; the host keeps 1 000 from one call.
const CHANGES_MAX: usize = 900;

/// Why a line is not taken: a fault of it, or a memory that did not answer.
enum Stop {
    Fault(Fault),
    Error(dunlin_plugin_sdk::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        Stop::Fault(fault)
    }
}

impl From<dunlin_plugin_sdk::Error> for Stop {
    fn from(error: dunlin_plugin_sdk::Error) -> Stop {
        Stop::Error(error)
    }
}

type Read<T> = std::result::Result<T, Stop>;

/// What a file says. A line that cannot be taken is refused by itself; a file that is none is refused as a whole.
pub fn take(config: &Config, codes: &Codes, document: &Document) -> Result<std::result::Result<Taken<Fact>, Fault>> {
    let lines = match wire::lines(&document.bytes) {
        Ok(lines) if lines.is_empty() => {
            return Ok(Err(Fault { place: "line 1".to_owned(), reason: "the file is empty".to_owned() }));
        }
        Ok(lines) => lines,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut reading = Reading {
        config,
        codes,
        document,
        files: BTreeMap::new(),
        taken: Taken::new(Vec::new()),
        sums: Sums::default(),
    };
    // Balances come last: they are held against all payments of the file, wherever these stand.
    let (balances, others): (Vec<&Line<'_>>, Vec<&Line<'_>>) =
        lines.iter().partition(|line| line.text(start::RECORD_CODE) == balance::CODE);
    for line in others.into_iter().chain(balances) {
        match reading.line(line) {
            Ok(()) => {}
            Err(Stop::Fault(fault)) => reading.taken.refusals.push(document.refusal(fault.place, fault.reason)),
            Err(Stop::Error(error)) => return Err(error),
        }
    }
    reading.finish()
}

/// Sizes of a payment in minor units.
struct Moved {
    bounced: bool,
    gross: i64,
    fees: i64,
    check: i64,
}

impl Moved {
    /// `gross`: all of it is handed over, and the fees are paid apart.
    fn remittance(&self) -> &'static str {
        if self.check == self.gross && self.fees != 0 { "gross" } else { "net" }
    }

    /// What has to be handed over.
    fn left(&self) -> i64 {
        if self.remittance() == "gross" { self.gross } else { self.gross - self.fees }
    }
}

/// What a file moved, to be held against what it states.
#[derive(Default)]
struct Sums {
    payments: usize,
    /// `CHECK_AMT` as stated, and what gross and fees come to.
    check: (i64, i64),
    balances: usize,
    /// `PAID` as stated, and the payments that were read.
    paid: (i64, i64),
    notes: usize,
    left_out: usize,
}

struct Reading<'a> {
    config: &'a Config,
    codes: &'a Codes,
    document: &'a Document,
    /// Accounts as they stand, and whether they changed.
    files: BTreeMap<String, (File, bool)>,
    taken: Taken<Fact>,
    sums: Sums,
}

impl Reading<'_> {
    fn line(&mut self, line: &Line<'_>) -> Read<()> {
        line.check()?;
        let code = line.text(start::RECORD_CODE);
        match code.as_str() {
            payment::CODE => self.payment(line),
            status::CODE => self.status(line),
            balance::CODE => self.balance(line),
            known if LEFT_OUT.contains(&known) => {
                self.sums.left_out += 1;
                Ok(())
            }
            _ => Err(line.wrong(start::RECORD_CODE, format!("is `{code}`, which is no record of an agency")).into()),
        }
    }

    fn finish(self) -> Result<std::result::Result<Taken<Fact>, Fault>> {
        let Reading { config, document, files, mut taken, sums, .. } = self;
        let changed: Vec<_> = files.iter().filter(|(_, (_, changed))| *changed).collect();
        if changed.len() > CHANGES_MAX {
            let reason = format!("payments of {} accounts; a file may have {CHANGES_MAX}: split it", changed.len());
            return Ok(Err(Fault { place: String::new(), reason }));
        }
        for (number, (file, _)) in changed {
            memory::store(number, file)?;
        }
        let mut total = |what: String, (stated, counted): (i64, i64)| {
            let name = format!("agency {} file {} {what}", config.firm_id, document.name);
            let [stated, counted] = [stated, counted].map(|minor| Money::new(minor, config.currency.as_str()));
            taken.totals.push(ControlTotal { name, stated, counted });
        };
        if sums.payments > 0 {
            total(format!("remitted by {} payments", sums.payments), sums.check);
        }
        if sums.balances > 0 {
            total(format!("paid on {} accounts", sums.balances), sums.paid);
        }
        if sums.notes + sums.left_out > 0 {
            let (notes, left_out) = (sums.notes, sums.left_out);
            log::info(format!(
                "`{}`: {notes} notes and {left_out} records of other matters were left out",
                document.name
            ));
        }
        Ok(Ok(taken))
    }

    /// The account of a line, if both sides and the numbers are ours.
    fn file(&mut self, line: &Line<'_>) -> Read<(String, File)> {
        // What an agency writes has its own identity first.
        for (field, known, name) in [
            (start::WRITER_ID, &self.config.firm_id, "firm_id"),
            (start::READER_ID, &self.config.sender_id, "sender_id"),
        ] {
            let id = line.text(field);
            if id != *known {
                return Err(line.wrong(field, format!("is `{id}`, and `{name}` is `{known}`")).into());
            }
        }
        let number = line.some(start::FILENO)?;
        let known = match self.files.get(&number) {
            Some((file, _)) => Some(file.clone()),
            None => memory::load(&number)?,
        };
        let Some(file) = known else {
            return Err(line.wrong(start::FILENO, format!("is `{number}`, under which nothing was placed")).into());
        };
        let account = line.text(start::FORW_FILE);
        if !account.is_empty() && account != file.account {
            let reason = format!("is `{account}`, and `{number}` was placed for `{}`", file.account);
            return Err(line.wrong(start::FORW_FILE, reason).into());
        }
        self.files.entry(number.clone()).or_insert_with(|| (file.clone(), false));
        Ok((number, file))
    }

    fn change(&mut self, number: &str, change: impl FnOnce(&mut File)) {
        if let Some((file, changed)) = self.files.get_mut(number) {
            let before = file.clone();
            change(file);
            *changed |= *file != before;
        }
    }

    fn tell(&mut self, line: &Line<'_>, key: String, digest: Option<String>, occurred_on: Date, fact: Fact) {
        let source = Source {
            key: format!("{}/{key}", self.config.firm_id),
            version: None,
            digest,
            document: self.document.name.clone(),
            place: line.place(),
            occurred_on,
        };
        self.taken.events.push(Event { source, fact });
    }

    fn status(&mut self, line: &Line<'_>) -> Read<()> {
        let (number, file) = self.file(line)?;
        let on = line.day(status::PDATE)?;
        let code = line.text(status::PCODE);
        let meaning = self.codes.meaning(&code).map_err(|reason| line.wrong(status::PCODE, reason))?;
        let comment = line.text(status::PCMT);
        let word = match meaning {
            Meaning::Accepted => "accepted",
            Meaning::Rejected => "rejected",
            Meaning::Recalled => "recalled",
            Meaning::Disputed => {
                self.disputed(line, &number, &file, on, &code, &comment);
                return Ok(());
            }
            Meaning::Closed(reason) => {
                let closure = Closure { placement: file.placement, account: file.account, reason, closed_on: on };
                self.tell(line, format!("X/{number}"), None, on, Fact::Returned(closure));
                return Ok(());
            }
            Meaning::Note => {
                self.sums.notes += 1;
                return Ok(());
            }
        };
        let reference = line.text(start::MASCO_FILE);
        if !reference.is_empty() {
            self.change(&number, |file| file.agency_reference = reference.clone());
        }
        // A placement is accepted once and recalled once; the words beside that may differ.
        let (key, digest) = (format!("K/{number}/{word}"), format!("{}|{word}|{reference}", file.account));
        let fact = Acknowledgement {
            placement: file.placement,
            account: file.account,
            status: word.to_owned(),
            agency_reference: reference,
            reason: comment,
        };
        self.tell(line, key, Some(digest), on, Fact::Acknowledged(fact));
        Ok(())
    }

    /// The records name no invoice: all that was placed is disputed.
    fn disputed(&mut self, line: &Line<'_>, number: &str, file: &File, on: Date, code: &str, comment: &str) {
        for (index, (invoice, open)) in file.items.iter().enumerate().filter(|(_, (_, open))| *open > 0) {
            let dispute = AgencyDispute {
                placement: file.placement.clone(),
                account: file.account.clone(),
                invoice: invoice.clone(),
                amount: Money::new(*open, self.config.currency.as_str()),
                reason: code.to_owned(),
                text: comment.to_owned(),
            };
            self.tell(line, format!("Q/{number}/{on}/{code}/{index}"), None, on, Fact::Disputed(dispute));
        }
    }

    fn amount(&self, line: &Line<'_>, field: Field) -> Read<Money> {
        Ok(line.amount(field, &self.config.currency)?)
    }

    fn payment(&mut self, line: &Line<'_>) -> Read<()> {
        let (number, file) = self.file(line)?;
        let code = line.number(payment::RET_CODE)?;
        let on = line.day(payment::PAY_DATE)?;
        match code.as_str() {
            "1" | "3" => {}
            // The agency confirms what it was told: the money is known already.
            "6" => {
                let (transaction, gross) = (self.transaction(line)?, self.amount(line, payment::GROSS_PAY)?.minor);
                self.change(&number, |file| file.remember(&transaction, Payment { gross, reverses: None }));
                return Ok(());
            }
            _ => {
                let text = line.text(payment::DESC);
                let reason = format!("is `{code}` (`{text}`), which is no payment: costs are booked by hand");
                return Err(line.wrong(payment::RET_CODE, reason).into());
            }
        }
        let moved = self.moved(line)?;
        let transaction = self.transaction(line)?;
        let reverses = match moved.bounced {
            true => Some(self.original(line, &file, &transaction, moved.gross)?),
            false => None,
        };
        let remittance_reference = line.number(payment::RMIT_NO)?;
        let money = |minor| Money::new(minor, self.config.currency.as_str());
        let (gross, commission, net) = (money(moved.gross), money(moved.fees), money(moved.check));
        let (placement, account) = (file.placement, file.account);
        let name = transaction.clone();
        let (letter, fact) = match reverses.clone() {
            Some(reverses) => {
                let (transaction, reversed_on, reason) = (name, on, line.text(payment::DESC));
                let fact = CollectionReversal {
                    placement,
                    account,
                    transaction,
                    reverses,
                    gross,
                    commission,
                    net,
                    reversed_on,
                    reason,
                };
                ('V', Fact::Reversed(fact))
            }
            None => {
                let (transaction, collected_on, remittance) = (name, on, moved.remittance().to_owned());
                let fact = Collection {
                    placement,
                    account,
                    transaction,
                    gross,
                    commission,
                    net,
                    remittance,
                    collected_on,
                    remittance_reference,
                };
                ('C', Fact::Collected(fact))
            }
        };
        let sign = if moved.bounced { -1 } else { 1 };
        self.sums.payments += 1;
        self.sums.check.0 = self.sums.check.0.saturating_add(sign * moved.check);
        self.sums.check.1 = self.sums.check.1.saturating_add(sign * moved.left());
        let payment = Payment { gross: sign * moved.gross, reverses };
        self.change(&number, |file| file.remember(&transaction, payment));
        self.tell(line, format!("{letter}/{number}/{transaction}"), None, on, fact);
        Ok(())
    }

    /// The amounts of a payment, which have to agree. Of one that bounced all are negative.
    fn moved(&self, line: &Line<'_>) -> Read<Moved> {
        let gross = self.amount(line, payment::GROSS_PAY)?;
        let fees = self.amount(line, payment::FEES)?;
        let check = self.amount(line, payment::CHECK_AMT)?;
        let bounced = gross.is_negative();
        let size = |money: &Money| if bounced { -money.minor } else { money.minor };
        let moved = Moved { bounced, gross: size(&gross), fees: size(&fees), check: size(&check) };
        if moved.gross == 0 || !(0..=moved.gross).contains(&moved.fees) {
            let reason = format!("is {gross}, of which {fees} cannot be the fees");
            return Err(line.wrong(payment::GROSS_PAY, reason).into());
        }
        if moved.check != moved.left() {
            let reason =
                format!("is {check}; of {gross} with fees of {fees} it must be the gross amount or what is left");
            return Err(line.wrong(payment::CHECK_AMT, reason).into());
        }
        Ok(moved)
    }

    /// Without a number a payment could not be told from the same one that comes again.
    fn transaction(&self, line: &Line<'_>) -> Read<String> {
        match line.number(payment::TA_NO)? {
            empty if empty.is_empty() => {
                Err(line.wrong(payment::TA_NO, "is empty: the agency has to number payments").into())
            }
            number => Ok(number),
        }
    }

    fn original(&self, line: &Line<'_>, file: &File, transaction: &str, gross: i64) -> Read<String> {
        let named = line.number(payment::ORIGINALTANUMBER)?;
        if !named.is_empty() {
            return Ok(named);
        }
        file.bounced(transaction, gross).ok_or_else(|| {
            let reason = "is empty, and there is not exactly one payment of this amount that could be meant";
            line.wrong(payment::ORIGINALTANUMBER, reason).into()
        })
    }

    /// The agency says how the account stands. What it got is held against the payments that it reported.
    fn balance(&mut self, line: &Line<'_>) -> Read<()> {
        let (_, file) = self.file(line)?;
        let paid = self.amount(line, balance::PAID)?;
        let Some(counted) = file.paid() else {
            return Err(line.wrong(balance::PAID, "is stated, and too many payments came to know their sum").into());
        };
        self.sums.balances += 1;
        self.sums.paid.0 = self.sums.paid.0.saturating_add(paid.minor);
        self.sums.paid.1 = self.sums.paid.1.saturating_add(counted);
        match paid.minor == counted {
            true => Ok(()),
            false => {
                let counted = Money::new(counted, self.config.currency.as_str());
                Err(line.wrong(balance::PAID, format!("is {paid}, and the payments reported come to {counted}")).into())
            }
        }
    }
}
