//! One camt transaction (`TxDtls`): who paid, for what, and why it came back.

use super::entry::{amount, is_credit, is_return};
use crate::wire::xml::Element;
use crate::wire::{Details, Fault, figures};
use dunlin_plugin_sdk::Money;

/// A transaction whose amount and sign may have to come from its entry.
#[derive(Default)]
pub struct Draft {
    pub line: u32,
    /// Its own amount, which versions before 04 do not have.
    pub amount: Option<Money>,
    /// The amount of its details, which tells the payments of a batch apart where they have none of their own.
    pub detailed: Option<Money>,
    pub credit: Option<bool>,
    pub returned: bool,
    pub details: Details,
}

impl Draft {
    pub fn stated(&self) -> Option<&Money> {
        self.amount.as_ref().or(self.detailed.as_ref())
    }
}

/// Where a detailed amount may stand, in the order of trust.
const DETAILED: [&[&str]; 3] =
    [&["AmtDtls", "TxAmt", "Amt"], &["AmtDtls", "CntrValAmt", "Amt"], &["AmtDtls", "InstdAmt", "Amt"]];

pub fn draft(part: &Element, currency: &str) -> Result<Draft, Fault> {
    // A foreign amount may have decimals that its currency does not know; only the entry's currency counts.
    let ours = |path: &&[&str]| part.at(path).is_some_and(|found| found.attribute("Ccy") == Some(currency));
    let detailed = match DETAILED.iter().copied().find(ours) {
        Some(path) => amount(part, path)?,
        None => None,
    };
    let own = if ours(&&["Amt"][..]) { amount(part, &["Amt"])? } else { None };
    let credit = if part.at(&["CdtDbtInd"]).is_some() { Some(is_credit(part)?) } else { None };
    Ok(Draft {
        line: part.line,
        amount: own,
        detailed,
        credit,
        returned: part.at(&["RtrInf"]).is_some() || is_return(part),
        details: Details {
            references: references(part),
            end_to_end: part.text(&["Refs", "EndToEndId"]).and_then(figures::provided),
            bank_reference: bank_reference(part),
            payer_name: name(part, "Dbtr").or_else(|| name(part, "UltmtDbtr")),
            payer_account: payer_account(part),
            text: text(part),
            reason: reason(part),
            notes: notes(part),
        },
    })
}

fn references(part: &Element) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for structured in part.all("RmtInf").flat_map(|remittance| remittance.all("Strd")) {
        let quoted = structured.text(&["CdtrRefInf", "Ref"]).into_iter();
        let documents = structured.all("RfrdDocInf").filter_map(|document| document.text(&["Nb"]));
        for reference in quoted.chain(documents).filter_map(figures::provided) {
            if !found.contains(&reference) {
                found.push(reference);
            }
        }
    }
    found
}

fn bank_reference(part: &Element) -> Option<String> {
    let found = ["AcctSvcrRef", "AcctSvcrTxId", "TxId"].iter().find_map(|name| part.text(&["Refs", name]));
    found.and_then(figures::provided)
}

/// A party stands directly in its role until version 07, in `Pty` or `Agt` within it since then.
fn name(part: &Element, role: &str) -> Option<String> {
    let party = part.at(&["RltdPties", role])?;
    let paths: [&[&str]; 3] = [&["Nm"], &["Pty", "Nm"], &["Agt", "FinInstnId", "Nm"]];
    paths.into_iter().find_map(|path| party.text(path)).map(figures::word)
}

fn payer_account(part: &Element) -> Option<String> {
    let account = part.at(&["RltdPties", "DbtrAcct", "Id"])?;
    account.text(&["IBAN"]).or_else(|| account.text(&["Othr", "Id"])).map(figures::account)
}

fn text(part: &Element) -> String {
    let lines = part.all("RmtInf").flat_map(|remittance| remittance.all("Ustrd")).map(Element::own_text);
    let more = part
        .all("RmtInf")
        .flat_map(|remittance| remittance.all("Strd"))
        .flat_map(|structured| structured.all("AddtlRmtInf"))
        .map(Element::own_text);
    let said = figures::joined(lines.chain(more));
    if said.is_empty() { part.text(&["AddtlTxInf"]).unwrap_or_default().to_owned() } else { said }
}

fn reason(part: &Element) -> Option<String> {
    let returned = part.at(&["RtrInf"])?;
    let code = returned.text(&["Rsn", "Cd"]).or_else(|| returned.text(&["Rsn", "Prtry"]));
    let more = returned.all("AddtlInf").map(Element::own_text);
    let said = figures::joined(code.into_iter().chain(more));
    (!said.is_empty()).then_some(said)
}

/// What has no field of its own and may help a person: the mandate, the party behind the payer, the original amount.
fn notes(part: &Element) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if let Some(mandate) = part.text(&["Refs", "MndtId"]).and_then(figures::provided) {
        notes.push(("mandate", mandate));
    }
    if name(part, "Dbtr").is_some()
        && let Some(behind) = name(part, "UltmtDbtr")
    {
        notes.push(("ultimate-debtor", behind));
    }
    if let Some(instructed) = part.at(&["AmtDtls", "InstdAmt", "Amt"])
        && let Some(currency) = instructed.attribute("Ccy")
    {
        notes.push(("instructed", format!("{} {currency}", instructed.own_text())));
    }
    notes
}
