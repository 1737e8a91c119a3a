//! One camt entry (`Ntry`) and its batches (`NtryDtls`), in the shapes of all versions.

use super::transaction::{Draft, draft};
use crate::wire::figures::{count, date, money, signed};
use crate::wire::xml::{Cursor, Element, Step};
use crate::wire::{Entry, Fault, Status, Transaction};
use dunlin_plugin_sdk::{Date, Money};

/// Payments of one entry.
const TRANSACTIONS_MAX: usize = 10_000;
/// Sub-families of bank transaction codes that say that a payment to us was given back.
const RETURNS: [&str; 5] = ["UPDD", "PRDD", "RCDD", "RRTN", "RPCR"];

/// Reads an entry that was just opened. `made` is when the statement was written, for entries without a day.
pub fn read(cursor: &mut Cursor<'_>, mut head: Element, made: Option<&str>) -> Result<Entry, Fault> {
    let mut drafts = Vec::new();
    loop {
        match cursor.next()? {
            Step::Open(element) if &*element.name == "NtryDtls" => details(cursor, element, &head, &mut drafts)?,
            Step::Open(element) => {
                let part = cursor.whole(element)?;
                head.keep(part);
            }
            Step::Close => break,
            Step::End => return Err(head.fault("the document ends within it")),
        }
    }
    let amount = entry_amount(&head)?;
    let credit = is_credit(&head)?;
    let made = made.map(|text| date(text).map_err(|why| head.fault(why))).transpose()?;
    let value_on = head.at(&["ValDt"]).map(day).transpose()?;
    let booked_on = head.at(&["BookgDt"]).map(day).transpose()?.or(value_on).or(made);
    let Some(booked_on) = booked_on else { return Err(head.fault("neither `BookgDt` nor `ValDt`")) };
    Ok(Entry {
        line: head.line,
        credit,
        status: status(&head)?,
        booked_on,
        value_on: value_on.unwrap_or(booked_on),
        bank_reference: head.text(&["AcctSvcrRef"]).map(str::to_owned),
        entry_reference: head.text(&["NtryRef"]).map(str::to_owned),
        transactions: transactions(&head, drafts, &amount, credit)?,
        amount,
    })
}

/// An entry without details, or without amounts in them, is one payment; the only one of an entry has the entry's amount unless it states its own.
fn transactions(
    head: &Element,
    mut drafts: Vec<Draft>,
    amount: &Money,
    credit: bool,
) -> Result<Vec<Transaction>, Fault> {
    // Payments of which none has an amount cannot be told apart either.
    if drafts.is_empty() || drafts.len() > 1 && drafts.iter().all(|draft| draft.stated().is_none()) {
        let returned = drafts.iter().any(|draft| draft.returned);
        drafts = vec![Draft { line: head.line, returned, ..Draft::default() }];
    }
    let only = drafts.len() == 1;
    let returned = matches!(head.text(&["RvslInd"]), Some("true" | "1")) || is_return(head);
    let more = head.text(&["AddtlNtryInf"]).unwrap_or_default();
    drafts
        .into_iter()
        .map(|draft| {
            let own = if only { draft.amount.or(Some(amount.clone())) } else { draft.amount.or(draft.detailed) };
            let Some(own) = own else {
                return Err(Fault::at(draft.line, "TxDtls", format!("no amount in `{}`", amount.currency)));
            };
            let mut details = draft.details;
            if details.text.is_empty() {
                details.text = more.to_owned();
            }
            let credit = draft.credit.unwrap_or(credit);
            Ok(Transaction { amount: own, credit, returned: returned || draft.returned, details })
        })
        .collect()
}

/// Reads one `NtryDtls` and holds it against what its batch header states.
fn details(cursor: &mut Cursor<'_>, group: Element, head: &Element, drafts: &mut Vec<Draft>) -> Result<(), Fault> {
    let amount = entry_amount(head)?;
    let credit = is_credit(head)?;
    let first = drafts.len();
    let mut batch = None;
    loop {
        match cursor.next()? {
            Step::Open(element) if &*element.name == "TxDtls" => {
                if drafts.len() >= TRANSACTIONS_MAX {
                    return Err(element.fault(format!("more than {TRANSACTIONS_MAX} payments in one entry")));
                }
                let part = cursor.whole(element)?;
                drafts.push(draft(&part, &amount.currency)?);
            }
            Step::Open(element) => {
                let part = cursor.whole(element)?;
                batch = batch.or((&*part.name == "Btch").then_some(part));
            }
            Step::Close => break,
            Step::End => return Err(group.fault("the document ends within it")),
        }
    }
    match batch {
        Some(batch) if drafts.len() > first => verify(&batch, &drafts[first..], &amount, credit),
        _ => Ok(()),
    }
}

fn verify(batch: &Element, drafts: &[Draft], amount: &Money, credit: bool) -> Result<(), Fault> {
    if let Some(number) = batch.at(&["NbOfTxs"]) {
        let stated = count(number.own_text()).map_err(|why| number.fault(why))?;
        if usize::try_from(stated).ok() != Some(drafts.len()) {
            return Err(number.fault(format!("the batch states {stated} payments and lists {}", drafts.len())));
        }
    }
    let Some(stated) = self::amount(batch, &["TtlAmt"])? else { return Ok(()) };
    let sign = if batch.at(&["CdtDbtInd"]).is_some() { is_credit(batch)? } else { credit };
    let stated = signed(stated, sign);
    let mut listed = 0i64;
    for draft in drafts {
        let only = (drafts.len() == 1).then_some(amount);
        let Some(own) = draft.amount.as_ref().or(only).or(draft.detailed.as_ref()) else { return Ok(()) };
        let own = signed(own.clone(), draft.credit.unwrap_or(credit));
        listed = listed.checked_add(own.minor).ok_or_else(|| batch.fault("the amounts are too large"))?;
    }
    if stated.minor != listed {
        let listed = Money::new(listed, stated.currency.as_str());
        return Err(batch.fault(format!("the batch states {stated} and its payments come to {listed}")));
    }
    Ok(())
}

fn entry_amount(head: &Element) -> Result<Money, Fault> {
    amount(head, &["Amt"])?.ok_or_else(|| head.fault("`Amt` is missing"))
}

/// An amount with its currency, in the currency's minor unit.
pub fn amount(element: &Element, path: &[&str]) -> Result<Option<Money>, Fault> {
    let Some(found) = element.at(path) else { return Ok(None) };
    let Some(currency) = found.attribute("Ccy") else { return Err(found.fault("the attribute `Ccy` is missing")) };
    money(found.own_text(), currency).map(Some).map_err(|why| found.fault(why))
}

/// `CdtDbtInd`: true for a credit.
pub fn is_credit(element: &Element) -> Result<bool, Fault> {
    match element.text(&["CdtDbtInd"]) {
        Some("CRDT") => Ok(true),
        Some("DBIT") => Ok(false),
        Some(other) => Err(element.fault(format!("`CdtDbtInd` is `{other}`: expected `CRDT` or `DBIT`"))),
        None => Err(element.fault("`CdtDbtInd` is missing")),
    }
}

/// Does the bank's code of this entry or transaction say that a payment was given back?
pub fn is_return(element: &Element) -> bool {
    element.text(&["BkTxCd", "Domn", "Fmly", "SubFmlyCd"]).is_some_and(|code| RETURNS.contains(&code))
}

/// A day, alone or with a time.
pub fn day(element: &Element) -> Result<Date, Fault> {
    let found =
        element.at(&["Dt"]).or(element.at(&["DtTm"])).ok_or_else(|| element.fault("neither `Dt` nor `DtTm`"))?;
    date(found.own_text()).map_err(|why| found.fault(why))
}

/// A bare code until version 06, `Cd` within since then.
fn status(head: &Element) -> Result<Status, Fault> {
    let Some(element) = head.at(&["Sts"]) else { return Err(head.fault("`Sts` is missing")) };
    match element.text(&["Cd"]).unwrap_or(element.own_text()) {
        "BOOK" => Ok(Status::Booked),
        "PDNG" | "FUTR" => Ok(Status::Pending),
        "INFO" => Ok(Status::Information),
        other => Err(element.fault(format!("unknown status `{other}`: expected `BOOK`, `PDNG`, `FUTR` or `INFO`"))),
    }
}
