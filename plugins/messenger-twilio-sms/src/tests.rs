//! The plugin as the host sees it, against a Twilio that the tests play.

mod performing;
mod pulling;
mod twilio;

use dunlin_plugin_sdk::messenger::{Effect, Message, Withdrawal};
use dunlin_plugin_sdk::{
    Batch, Date, Finding, Instant, Messenger, Note, Outcome, Party, Receipt, Request, Result, config as parsed,
};

use super::{Config, TwilioSms};

const KEY: &str = "notice:first:INV-1:cycle-1";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const SERVICE: &str = "MG0123456789abcdef0123456789abcdef";
const TEXT: &str = "Nordlicht Handel: INV-1 over 120.00 EUR is 7 days past due.";
const PHONE: &str = "+46701234567";
const TODAY: Date = Date::constant(2026, 3, 2);
/// A quarter past ten, in UTC.
const NOW: Instant = 1_772_446_500_000;

fn config() -> Config {
    parsed::parse(&format!(r#"{{"account_sid": "{ACCOUNT}", "from": "+4681234567"}}"#)).unwrap()
}

fn with_service(more: &str) -> Config {
    parsed::parse(&format!(r#"{{"account_sid": "{ACCOUNT}", "messaging_service_sid": "{SERVICE}"{more}}}"#)).unwrap()
}

fn message(key: &str, account: &str, address: &str, text: &str) -> Request<Effect> {
    let [account, channel, address, language, subject, text] =
        [account, "sms", address, "en", "Reminder", text].map(str::to_owned);
    let (recipient, notes) = (Party::default(), Vec::new());
    let message = Message { account, channel, recipient, address, language, subject, text, html: None, notes };
    Request { key: key.to_owned(), effect: Effect::Send(message) }
}

fn withdrawal(message: &str) -> Request<Effect> {
    let [message, account, reason] = [message, "C-1", "paid"].map(str::to_owned);
    Request { key: format!("withdraw:{message}"), effect: Effect::Withdraw(Withdrawal { message, account, reason }) }
}

fn perform_with(config: &Config, request: &Request<Effect>) -> Result<Outcome> {
    let batch = Batch { id: "b-1".to_owned(), at: NOW, today: TODAY, creditor: Party::default() };
    let outcomes = TwilioSms::perform(config, &batch, std::slice::from_ref(request))?;
    assert_eq!(outcomes.len(), 1);
    Ok(outcomes.into_iter().next().unwrap())
}

fn perform(request: &Request<Effect>) -> Result<Outcome> {
    perform_with(&config(), request)
}

fn sent(sid: &str, parts: u32) -> Result<Outcome> {
    let notes = vec![Note::new("segments", parts.to_string())];
    Ok(Outcome::Done(Receipt { reference: sid.to_owned(), notes }))
}

fn lookup(key: &str) -> Finding {
    TwilioSms::lookup(&config(), &[key.to_owned()]).unwrap().remove(0)
}

fn code(outcome: Result<Outcome>) -> String {
    match outcome.unwrap() {
        Outcome::Rejected(rejection) => rejection.code,
        other => format!("{other:?}"),
    }
}

fn sid(number: usize) -> String {
    format!("SM{number:032}")
}
