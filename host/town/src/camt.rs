//! camt: the bank's statements (053.001.08) and its notifications ahead of them (054.001.02).

use jiff::civil::Date;

use crate::bank::{Kind, Transfer};
use crate::creditor;
use crate::xml::{Xml, decimal};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// camt.053.001.08
    Statement,
    /// camt.054.001.02
    Notification,
}

pub(crate) struct Statement {
    pub currency: &'static str,
    pub today: Date,
    /// Of the account, counted from 1.
    pub number: u32,
    pub opening: i64,
    pub entries: Vec<Entry>,
}

/// A line of a statement: one transfer, or several that the bank booked together.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    reference: String,
    pending: bool,
    transfers: Vec<Transfer>,
}

impl Entry {
    pub(crate) fn single(transfer: Transfer) -> Self {
        let reference = transfer.bank_reference.clone().unwrap_or_default();
        Self { reference, pending: false, transfers: vec![transfer] }
    }

    pub(crate) fn batch(reference: String, transfers: Vec<Transfer>) -> Self {
        Self { reference, pending: false, transfers }
    }

    pub(crate) fn pending(reference: String, transfer: Transfer) -> Self {
        Self { reference, pending: true, transfers: vec![transfer] }
    }

    fn amount(&self) -> i64 {
        self.transfers.iter().map(|transfer| transfer.amount).sum()
    }

    fn is_credit(&self) -> bool {
        self.transfers.iter().all(Transfer::is_credit)
    }

    /// What it does to the balance.
    pub(crate) fn signed(&self) -> i64 {
        match (self.pending, self.is_credit()) {
            (true, _) => 0,
            (false, true) => self.amount(),
            (false, false) => -self.amount(),
        }
    }
}

impl Statement {
    pub(crate) fn closing(&self) -> i64 {
        self.opening + self.entries.iter().map(Entry::signed).sum::<i64>()
    }
}

pub(crate) fn document(statement: &Statement, format: Format) -> String {
    let closing = statement.closing();
    document_closing_at(statement, format, closing)
}

/// With a closing balance of its own choice, as a broken export has it.
pub(crate) fn document_closing_at(statement: &Statement, format: Format, closing: i64) -> String {
    let (name, message, body) = match format {
        Format::Statement => ("camt.053.001.08", "BkToCstmrStmt", "Stmt"),
        Format::Notification => ("camt.054.001.02", "BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    };
    let Statement { currency, today, number, .. } = statement;
    let id = format!("{body}-{currency}-{number:05}-{today}");
    let made_at =
        if format == Format::Statement { format!("{today}T18:30:00+01:00") } else { format!("{today}T13:00:00+01:00") };
    Xml::document("Document", &format!("xmlns=\"urn:iso:std:iso:20022:tech:xsd:{name}\""), |xml| {
        xml.group(message, |xml| {
            xml.group("GrpHdr", |xml| {
                xml.leaf("MsgId", format!("M-{id}"));
                xml.leaf("CreDtTm", &made_at);
            });
            xml.group(body, |xml| {
                xml.leaf("Id", &id);
                xml.leaf("ElctrncSeqNb", number.to_string());
                xml.leaf("CreDtTm", &made_at);
                xml.group("FrToDt", |xml| {
                    xml.leaf("FrDtTm", format!("{today}T00:00:00+01:00"));
                    xml.leaf("ToDtTm", format!("{today}T23:59:59+01:00"));
                });
                account(xml, currency, format);
                if format == Format::Statement {
                    balance(xml, "OPBD", statement, statement.opening);
                    balance(xml, "CLBD", statement, closing);
                }
                for entry in &statement.entries {
                    xml.group("Ntry", |xml| write_entry(xml, entry, statement, format));
                }
            });
        });
    })
}

fn account(xml: &mut Xml, currency: &str, format: Format) {
    xml.group("Acct", |xml| {
        xml.group("Id", |xml| xml.leaf("IBAN", creditor::iban(currency)));
        xml.leaf("Ccy", currency);
        xml.group("Ownr", |xml| xml.leaf("Nm", creditor::NAME));
        xml.group("Svcr", |xml| {
            let name = if format == Format::Statement { "BICFI" } else { "BIC" };
            xml.group("FinInstnId", |xml| xml.leaf(name, creditor::BIC));
        });
    });
}

fn balance(xml: &mut Xml, code: &str, statement: &Statement, amount: i64) {
    xml.group("Bal", |xml| {
        xml.group("Tp", |xml| xml.group("CdOrPrtry", |xml| xml.leaf("Cd", code)));
        money(xml, "Amt", amount.abs(), statement.currency);
        xml.leaf("CdtDbtInd", direction(amount >= 0));
        xml.group("Dt", |xml| xml.leaf("Dt", statement.today.to_string()));
    });
}

fn direction(credit: bool) -> &'static str {
    if credit { "CRDT" } else { "DBIT" }
}

fn money(xml: &mut Xml, name: &str, amount: i64, currency: &str) {
    xml.leaf_with(name, &format!("Ccy=\"{currency}\""), decimal(amount));
}

fn write_entry(xml: &mut Xml, entry: &Entry, statement: &Statement, format: Format) {
    let currency = statement.currency;
    money(xml, "Amt", entry.amount(), currency);
    xml.leaf("CdtDbtInd", direction(entry.is_credit()));
    let first = entry.transfers.first();
    if first.is_some_and(|transfer| matches!(transfer.kind, Kind::Return { .. })) {
        xml.leaf("RvslInd", "true");
    }
    let status = if entry.pending { "PDNG" } else { "BOOK" };
    match format {
        Format::Statement => xml.group("Sts", |xml| xml.leaf("Cd", status)),
        Format::Notification => xml.leaf("Sts", status),
    }
    // Nothing pending has a booking day yet.
    if !entry.pending {
        xml.group("BookgDt", |xml| xml.leaf("Dt", statement.today.to_string()));
    }
    xml.group("ValDt", |xml| xml.leaf("Dt", statement.today.to_string()));
    xml.leaf("AcctSvcrRef", &entry.reference);
    xml.group("BkTxCd", |xml| {
        let (domain, family, sub_family) = first.map_or(("PMNT", "RCDT", "OTHR"), |transfer| code(transfer, currency));
        xml.group("Domn", |xml| {
            xml.leaf("Cd", domain);
            xml.group("Fmly", |xml| {
                xml.leaf("Cd", family);
                xml.leaf("SubFmlyCd", sub_family);
            });
        });
    });
    xml.group("NtryDtls", |xml| {
        if entry.transfers.len() > 1 {
            xml.group("Btch", |xml| {
                xml.leaf("NbOfTxs", entry.transfers.len().to_string());
                money(xml, "TtlAmt", entry.amount(), currency);
                xml.leaf("CdtDbtInd", direction(entry.is_credit()));
            });
        }
        for transfer in &entry.transfers {
            xml.group("TxDtls", |xml| details(xml, transfer, format));
        }
    });
}

fn code(transfer: &Transfer, currency: &str) -> (&'static str, &'static str, &'static str) {
    match transfer.kind {
        Kind::Payment { direct_debit: true } => ("PMNT", "IDDT", "ESDD"),
        Kind::Return { .. } => ("PMNT", "IDDT", "UPDD"),
        Kind::Charge => ("ACMT", "MDOP", "CHRG"),
        _ if currency == "EUR" => ("PMNT", "RCDT", "ESCT"),
        _ => ("PMNT", "RCDT", "XBCT"),
    }
}

fn details(xml: &mut Xml, transfer: &Transfer, format: Format) {
    xml.group("Refs", |xml| {
        // A return names the booking that it undoes.
        match &transfer.kind {
            Kind::Return { of } => xml.leaf("AcctSvcrRef", of),
            _ => xml.leaf_if("AcctSvcrRef", transfer.bank_reference.as_ref()),
        }
        xml.leaf("EndToEndId", &transfer.end_to_end);
    });
    match format {
        Format::Statement => {
            money(xml, "Amt", transfer.amount, &transfer.currency);
            xml.leaf("CdtDbtInd", direction(transfer.is_credit()));
        }
        Format::Notification => xml.group("AmtDtls", |xml| {
            xml.group("TxAmt", |xml| money(xml, "Amt", transfer.amount, &transfer.currency));
        }),
    }
    if !transfer.payer.is_empty() {
        xml.group("RltdPties", |xml| payer(xml, transfer, format));
    }
    if let Some(reference) = &transfer.reference {
        xml.group("RmtInf", |xml| {
            xml.group("Strd", |xml| {
                xml.group("CdtrRefInf", |xml| {
                    xml.group("Tp", |xml| xml.group("CdOrPrtry", |xml| xml.leaf("Cd", "SCOR")));
                    xml.leaf("Ref", reference);
                });
            });
        });
    } else if !transfer.text.is_empty() {
        xml.group("RmtInf", |xml| xml.leaf("Ustrd", &transfer.text));
    }
    if matches!(transfer.kind, Kind::Return { .. }) {
        // AM04: insufficient funds.
        xml.group("RtrInf", |xml| xml.group("Rsn", |xml| xml.leaf("Cd", "AM04")));
    }
}

fn payer(xml: &mut Xml, transfer: &Transfer, format: Format) {
    xml.group("Dbtr", |xml| match format {
        Format::Statement => xml.group("Pty", |xml| xml.leaf("Nm", &transfer.payer)),
        Format::Notification => xml.leaf("Nm", &transfer.payer),
    });
    xml.group("DbtrAcct", |xml| {
        xml.group("Id", |xml| {
            if transfer.payer_account.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
                xml.leaf("IBAN", &transfer.payer_account);
            } else {
                xml.group("Othr", |xml| xml.leaf("Id", &transfer.payer_account));
            }
        });
    });
}
