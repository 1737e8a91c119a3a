//! The plugin as the host sees it, against a Twilio that the tests play.

mod performing;
mod pulling;
mod twilio;

use dunlin_plugin_sdk::dialer::{Call, Effect, Withdrawal};
use dunlin_plugin_sdk::{
    Batch, Date, Dialer, Finding, Instant, Money, Outcome, Party, Request, Result, config as parsed,
};

use super::{Config, Twilio};

const KEY: &str = "call:call-day-7:INV-1:cycle-1";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
const TODAY: Date = Date::constant(2026, 3, 2);
/// A quarter past ten, in UTC.
const NOW: Instant = 1_772_446_500_000;

fn config(more: &str) -> Config {
    let json =
        format!(r#"{{"account_sid": "{ACCOUNT}", "from": "+4681234567", "url": "https://x.example/talk"{more}}}"#);
    parsed::parse(&json).unwrap()
}

fn call(key: &str, phone: &str) -> Request<Effect> {
    let call = Call {
        account: "C-1".to_owned(),
        debtor: Party::default(),
        phone: phone.to_owned(),
        rank: 1,
        overdue: Money::new(12_000, "EUR"),
        days_past_due: 7,
        items: Vec::new(),
        reason: "7 days past due".to_owned(),
        expires_on: Date::constant(2026, 3, 4),
    };
    Request { key: key.to_owned(), effect: Effect::QueueCall(call) }
}

fn withdrawal(call: &str) -> Request<Effect> {
    let [call, account, phone, reason] = [call, "C-1", "+46 8 123 456", "paid"].map(str::to_owned);
    Request {
        key: format!("withdraw:{call}"),
        effect: Effect::WithdrawCall(Withdrawal { call, account, phone, reason }),
    }
}

fn perform_at(at: Instant, request: &Request<Effect>) -> Result<Outcome> {
    let batch = Batch { id: "b-1".to_owned(), at, today: TODAY, creditor: Party::default() };
    let outcomes = Twilio::perform(&config(""), &batch, std::slice::from_ref(request))?;
    assert_eq!(outcomes.len(), 1);
    Ok(outcomes.into_iter().next().unwrap())
}

fn perform(request: &Request<Effect>) -> Result<Outcome> {
    perform_at(NOW, request)
}

fn lookup(key: &str) -> Finding {
    Twilio::lookup(&config(""), &[key.to_owned()]).unwrap().remove(0)
}

fn code(outcome: Result<Outcome>) -> String {
    match outcome.unwrap() {
        Outcome::Rejected(rejection) => rejection.code,
        other => format!("{other:?}"),
    }
}
