//! What is told to the accounting package: credit holds, cash applications, write-offs and credit memos as files for its import.

use dunlin_plugin_sdk::accounting::{CashApplication, CreditMemoOrder, CreditNotice, Effect, WriteOff};
use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Batch, Error, Money, Outcome, Request, Result};

use crate::config::Layout;
use crate::wire::text;

const HOLDS: [&str; 8] = ["key", "action", "debtor_id", "debtor_name", "reason", "overdue", "currency", "date"];
const CASH: [&str; 8] = ["key", "debtor_id", "debtor_name", "invoice", "payment", "amount", "currency", "received_on"];

const WRITE_OFFS: [&str; 8] = ["key", "action", "debtor_id", "invoice", "kind", "amount", "currency", "reason"];
const CREDIT_MEMOS: [&str; 8] =
    ["key", "debtor_id", "debtor_name", "invoice", "amount", "currency", "reason", "reference"];

/// A file for `outgoing/`.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub content: Vec<u8>,
}

/// The files of a batch, and one outcome for each request. They depend on the batch only, so that a batch that is asked
/// for again gives the same files.
pub fn files(layout: &Layout<'_>, batch: &Batch, requests: &[Request<Effect>]) -> Result<(Vec<File>, Vec<Outcome>)> {
    let name = |kind: &str| format!("{kind}-{}.csv", name_of_key(&batch.id));
    let (mut holds, mut cash, mut write_offs, mut credit_memos) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut outcomes = Vec::with_capacity(requests.len());
    for request in requests {
        let outcome = match &request.effect {
            Effect::HoldCredit(notice) => {
                holds.push(hold(layout, batch, &request.key, "hold", notice));
                Outcome::done(name("holds"))
            }
            Effect::ReleaseCredit(notice) => {
                holds.push(hold(layout, batch, &request.key, "release", notice));
                Outcome::done(name("holds"))
            }
            Effect::PostCashApplication(application) => {
                cash.push(posting(layout, &request.key, application));
                Outcome::done(name("cash"))
            }
            Effect::WriteOff(lost) => {
                write_offs.push(write_off(layout, &request.key, "write-off", lost));
                Outcome::done(name("write-offs"))
            }
            Effect::ReverseWriteOff(back) => {
                write_offs.push(write_off(layout, &request.key, "reverse", back));
                Outcome::done(name("write-offs"))
            }
            Effect::IssueCreditMemo(order) => {
                credit_memos.push(credit_memo(layout, &request.key, order));
                Outcome::done(name("credit-memos"))
            }
            Effect::Other(other) => Outcome::not_supported(format!("`{}` has no import file", other.kind)),
        };
        outcomes.push(outcome);
    }
    let mut files = Vec::new();
    for (kind, header, rows) in [
        ("holds", HOLDS, holds),
        ("cash", CASH, cash),
        ("write-offs", WRITE_OFFS, write_offs),
        ("credit-memos", CREDIT_MEMOS, credit_memos),
    ] {
        if !rows.is_empty() {
            files.push(File { name: name(kind), content: written(layout, header, &rows)? });
        }
    }
    Ok((files, outcomes))
}

fn hold(layout: &Layout<'_>, batch: &Batch, key: &str, action: &str, notice: &CreditNotice) -> [String; 8] {
    [
        key.to_owned(),
        action.to_owned(),
        notice.debtor.id.clone(),
        notice.debtor.name.clone(),
        notice.reason.clone(),
        amount(layout, &notice.overdue),
        notice.overdue.currency.clone(),
        layout.date.write(batch.today),
    ]
}

fn posting(layout: &Layout<'_>, key: &str, application: &CashApplication) -> [String; 8] {
    [
        key.to_owned(),
        application.debtor.id.clone(),
        application.debtor.name.clone(),
        application.invoice.clone(),
        application.payment.clone(),
        amount(layout, &application.amount),
        application.amount.currency.clone(),
        layout.date.write(application.received_on),
    ]
}

fn write_off(layout: &Layout<'_>, key: &str, action: &str, lost: &WriteOff) -> [String; 8] {
    [
        key.to_owned(),
        action.to_owned(),
        lost.debtor.id.clone(),
        lost.invoice.clone(),
        lost.kind.clone(),
        amount(layout, &lost.amount),
        lost.amount.currency.clone(),
        lost.reason.clone(),
    ]
}

fn credit_memo(layout: &Layout<'_>, key: &str, order: &CreditMemoOrder) -> [String; 8] {
    [
        key.to_owned(),
        order.debtor.id.clone(),
        order.debtor.name.clone(),
        order.invoice.clone(),
        amount(layout, &order.amount),
        order.amount.currency.clone(),
        order.reason.clone(),
        order.reference.clone(),
    ]
}

fn amount(layout: &Layout<'_>, amount: &Money) -> String {
    amount.plain().replace('.', layout.config.decimal.encode_utf8(&mut [0; 4]))
}

fn written(layout: &Layout<'_>, header: [&str; 8], rows: &[[String; 8]]) -> Result<Vec<u8>> {
    let broken = |error: String| Error::broken(format!("the import file cannot be written: {error}"));
    let mut writer = csv::WriterBuilder::new().delimiter(layout.delimiter).from_writer(Vec::new());
    writer.write_record(header).map_err(|error| broken(error.to_string()))?;
    for row in rows {
        writer.write_record(row).map_err(|error| broken(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| broken(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| broken(error.to_string()))?;
    Ok(text::encode(&text, layout.encoding))
}
