//! camt.053 statements and camt.054 notices: their frame, balances and control sums.

mod entry;
mod transaction;

use super::figures::{count, date, money, signed};
use super::xml::{Cursor, Element, Step};
use super::{Balances, Fault, Stated, Statement, Sum};
use dunlin_plugin_sdk::{Date, Money};

/// What every version's namespace starts with.
pub const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";
/// Versions whose elements are where this reader looks for them.
const VERSIONS: std::ops::RangeInclusive<u8> = 2..=13;
/// Statements in one file.
const STATEMENTS_MAX: usize = 5_000;
/// Entries of one statement.
const ENTRIES_MAX: usize = 100_000;

/// What the parts of a message are called.
struct Shape {
    message: &'static str,
    part: &'static str,
    balances: bool,
}

/// Reads all statements of a document, one pass.
pub fn read(source: &str) -> Result<Vec<Statement>, Fault> {
    let mut cursor = Cursor::new(source);
    let Some(name) = cursor.find("Document", NAMESPACE)? else {
        return Err(Fault::at(1, "", "no element `Document` of ISO 20022"));
    };
    let shape = shape(&name)?;
    let mut statements = Vec::new();
    loop {
        match cursor.next()? {
            Step::Open(element) if *element.name == *shape.message => {}
            Step::Open(element) if *element.name == *shape.part => {
                if statements.len() >= STATEMENTS_MAX {
                    return Err(element.fault(format!("more than {STATEMENTS_MAX} statements in one file")));
                }
                statements.push(statement(&mut cursor, element, &shape)?);
            }
            Step::Open(_) => cursor.skip()?,
            Step::Close => {}
            Step::End if statements.is_empty() => {
                return Err(Fault::at(1, shape.message, format!("no element `{}` in it", shape.part)));
            }
            Step::End => return Ok(statements),
        }
    }
}

fn shape(name: &str) -> Result<Shape, Fault> {
    let known = "expected `camt.053.001.02` to `.13` or `camt.054.001.02` to `.13`";
    let refuse = |reason: &str| Err(Fault::at(1, "Document", format!("{reason} `{name}`: {known}")));
    let (kind, version) = name.split_once(".001.").unwrap_or((name, ""));
    let shape = match kind {
        "camt.053" => Shape { message: "BkToCstmrStmt", part: "Stmt", balances: true },
        "camt.054" => Shape { message: "BkToCstmrDbtCdtNtfctn", part: "Ntfctn", balances: false },
        "camt.052" => return refuse("an intraday report is not yet booked,"),
        _ => return refuse("unknown message"),
    };
    match version.parse::<u8>() {
        Ok(number) if version.len() == 2 && VERSIONS.contains(&number) => Ok(shape),
        _ => refuse("unknown version"),
    }
}

fn statement(cursor: &mut Cursor<'_>, mut head: Element, shape: &Shape) -> Result<Statement, Fault> {
    let mut entries = Vec::new();
    loop {
        match cursor.next()? {
            Step::Open(element) if &*element.name == "Ntry" => {
                if entries.len() >= ENTRIES_MAX {
                    return Err(element.fault(format!("more than {ENTRIES_MAX} entries in one statement")));
                }
                let made = head.text(&["CreDtTm"]).map(str::to_owned);
                entries.push(entry::read(cursor, element, made.as_deref())?);
            }
            Step::Open(element) => {
                let part = cursor.whole(element)?;
                head.keep(part);
            }
            Step::Close => break,
            Step::End => return Err(head.fault("the document ends within it")),
        }
    }
    let id = identity(&head)?;
    let account = account(&head)?;
    let balances = if shape.balances { Some(balances(&head)?) } else { None };
    let currency = currency(&head, balances.as_ref(), entries.first().map(|entry: &super::Entry| &entry.amount));
    let stated = match (head.at(&["TxsSummry"]), currency) {
        (Some(summary), Some(currency)) => stated(summary, &currency)?,
        _ => Stated::default(),
    };
    let (from, until) = period(&head, balances.as_ref())?;
    Ok(Statement {
        line: head.line,
        id,
        account,
        from,
        until,
        balances: balances.map(|found| found.signed),
        stated,
        entries,
    })
}

/// Pages of one statement share its id.
fn identity(head: &Element) -> Result<String, Fault> {
    let Some(id) = head.text(&["Id"]).map(super::figures::word) else { return Err(head.fault("`Id` is missing")) };
    Ok(match head.text(&["StmtPgntn", "PgNb"]).or_else(|| head.text(&["NtfctnPgntn", "PgNb"])) {
        Some(page) => format!("{id}/{page}"),
        None => id,
    })
}

fn account(head: &Element) -> Result<String, Fault> {
    let Some(account) = head.at(&["Acct"]) else { return Err(head.fault("`Acct` is missing")) };
    match account.text(&["Id", "IBAN"]).or_else(|| account.text(&["Id", "Othr", "Id"])) {
        Some(number) => Ok(super::figures::account(number)),
        None => Err(account.fault("neither `Id/IBAN` nor `Id/Othr/Id`")),
    }
}

/// Control sums carry no currency of their own.
fn currency(head: &Element, balances: Option<&Dated>, first: Option<&Money>) -> Option<String> {
    let by_account = head.text(&["Acct", "Ccy"]).map(str::to_owned);
    let by_balance = balances.map(|balances| balances.signed.opening.currency.clone());
    by_balance.or(by_account).or_else(|| first.map(|amount| amount.currency.clone()))
}

/// Balances with the days they stand for.
struct Dated {
    signed: Balances,
    opened_on: Option<Date>,
    closed_on: Option<Date>,
}

/// Opening: booked, else the previous closing, else (on a later page) the first interim one. Closing likewise.
fn balances(head: &Element) -> Result<Dated, Fault> {
    let of = |code: &str| {
        head.all("Bal").filter(|balance| balance.text(&["Tp", "CdOrPrtry", "Cd"]) == Some(code)).collect::<Vec<_>>()
    };
    let interim = of("ITBD");
    let opening = of("OPBD").first().or(of("PRCD").first()).or(interim.first()).copied();
    let closing = of("CLBD").last().or(interim.last()).copied();
    let Some(opening) = opening else { return Err(head.fault("no opening balance (`OPBD` or `PRCD`)")) };
    let closing = closing.filter(|closing| !std::ptr::eq(*closing, opening));
    let Some(closing) = closing else { return Err(head.fault("no closing balance (`CLBD`)")) };
    let day = |balance: &Element| balance.at(&["Dt"]).map(entry::day).transpose();
    Ok(Dated {
        opened_on: day(opening)?,
        closed_on: day(closing)?,
        signed: Balances { opening: balance(opening)?, closing: balance(closing)? },
    })
}

fn balance(element: &Element) -> Result<Money, Fault> {
    let amount = entry::amount(element, &["Amt"])?.ok_or_else(|| element.fault("`Amt` is missing"))?;
    Ok(signed(amount, entry::is_credit(element)?))
}

fn period(head: &Element, balances: Option<&Dated>) -> Result<(Date, Date), Fault> {
    let stated = |names: [&str; 2]| {
        let found = names.iter().find_map(|name| head.at(&["FrToDt", name]));
        found.map(|element| date(element.own_text()).map_err(|why| element.fault(why))).transpose()
    };
    let made = head.at(&["CreDtTm"]);
    let made = made.map(|element| date(element.own_text()).map_err(|why| element.fault(why))).transpose()?;
    let closed_on = balances.and_then(|balances| balances.closed_on);
    let opened_on = balances.and_then(|balances| balances.opened_on);
    let until = stated(["ToDtTm", "ToDt"])?.or(closed_on).or(made);
    let Some(until) = until else { return Err(head.fault("neither `FrToDt` nor `CreDtTm`")) };
    Ok((stated(["FrDtTm", "FrDt"])?.or(opened_on).unwrap_or(until), until))
}

fn stated(summary: &Element, currency: &str) -> Result<Stated, Fault> {
    let sum = |name: &str| -> Result<Sum, Fault> {
        let Some(part) = summary.at(&[name]) else { return Ok(Sum::default()) };
        let number = part.at(&["NbOfNtries"]);
        let amount = part.at(&["Sum"]);
        Ok(Sum {
            entries: number.map(|found| count(found.own_text()).map_err(|why| found.fault(why))).transpose()?,
            amount: amount
                .map(|found| money(found.own_text(), currency).map_err(|why| found.fault(why)))
                .transpose()?,
        })
    };
    let net = match summary.at(&["TtlNtries"]) {
        Some(all) => net(all, currency)?,
        None => None,
    };
    Ok(Stated { all: sum("TtlNtries")?, credits: sum("TtlCdtNtries")?, debits: sum("TtlDbtNtries")?, net })
}

/// `TtlNetNtryAmt` with its sign beside it until version 03, `TtlNetNtry` around both since then.
fn net(all: &Element, currency: &str) -> Result<Option<Money>, Fault> {
    let newer = all.at(&["TtlNetNtry"]);
    let Some(amount) = newer.and_then(|part| part.at(&["Amt"])).or(all.at(&["TtlNetNtryAmt"])) else { return Ok(None) };
    let part = newer.unwrap_or(all);
    if part.at(&["CdtDbtInd"]).is_none() {
        return Ok(None);
    }
    let figure = money(amount.own_text(), currency).map_err(|why| amount.fault(why))?;
    Ok(Some(signed(figure, entry::is_credit(part)?)))
}
