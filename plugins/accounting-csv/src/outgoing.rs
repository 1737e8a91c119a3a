//! What is told to the accounting package: credit holds and cash applications as files for its import.

use dunlin_plugin_sdk::accounting::{CashApplication, CreditNotice, Effect};
use dunlin_plugin_sdk::files::name_of_key;
use dunlin_plugin_sdk::{Batch, Error, Money, Outcome, Request, Result};

use crate::config::Layout;
use crate::wire::text;

const HOLDS: [&str; 8] = ["key", "action", "debtor_id", "debtor_name", "reason", "overdue", "currency", "date"];
const CASH: [&str; 8] = ["key", "debtor_id", "debtor_name", "invoice", "payment", "amount", "currency", "received_on"];

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
    let (mut holds, mut cash) = (Vec::new(), Vec::new());
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
            Effect::Other(other) => Outcome::not_supported(format!("`{}` has no import file", other.kind)),
        };
        outcomes.push(outcome);
    }
    let mut files = Vec::new();
    for (kind, header, rows) in [("holds", HOLDS, holds), ("cash", CASH, cash)] {
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
