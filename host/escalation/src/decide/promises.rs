//! Promises are judged: kept, partly kept, or broken.

use super::Work;
use crate::event::Fact;
use crate::guard::promise_judged_on;
use crate::invoice::days_between;
use crate::promise::Promise;
use crate::task::TaskKind;

pub(super) fn judge(work: &mut Work<'_>) {
    let running: Vec<Promise> = work.account.running_promises().cloned().collect();
    for promise in running {
        let judged_on = promise_judged_on(work.policy, promise.due_on);
        let ahead = i32::from(work.policy.promise.days_ahead_max);
        let share = i128::from(work.policy.promise.tolerance_percent);
        let enough = i128::from(promise.received.minor) * 100 >= i128::from(promise.amount.minor) * share;
        let (id, amount) = (promise.id.clone(), promise.amount);
        let facts = format!("{amount} promised by {}, {} received", promise.due_on, promise.received);
        if days_between(promise.made_on, promise.due_on) > ahead {
            let because = format!("promise until {} is more than {ahead} days away: not accepted", promise.due_on);
            work.says("promise-refused", because.clone());
            work.happens(Fact::PromiseRefused { promise: id, because });
        } else if enough || nothing_left(work, &promise) {
            work.says("promise-kept", format!("promise kept: {facts}"));
            work.happens(Fact::PromiseKept { promise: id });
        } else if work.today() < judged_on {
            work.wakes(judged_on);
        } else if let Some(because) = not_fetched(work, &promise) {
            work.says("promise-refused", because.clone());
            work.happens(Fact::PromiseRefused { promise: id, because });
        } else if promise.received.is_positive() {
            work.says("promise-partly-kept", format!("promise partly kept: {facts}"));
            work.happens(Fact::PromisePartlyKept { promise: id });
        } else {
            work.says("promise-broken", format!("promise broken: {facts}"));
            work.happens(Fact::PromiseBroken { promise: id });
        }
    }
}

/// We were to fetch the money, and nobody said that we did: it holds nothing any more, and is not held against the debtor.
fn not_fetched(work: &Work<'_>, promise: &Promise) -> Option<String> {
    let kind = TaskKind::PickUp { promise: promise.id.clone() };
    let task = work.account.tasks.iter().find(|task| task.kind == kind)?;
    Some(format!(
        "nobody said whether {} was picked up, which {} had to do by {}",
        promise.amount, task.to, task.due_on
    ))
}

/// What it was about is settled in another way.
fn nothing_left(work: &Work<'_>, promise: &Promise) -> bool {
    let about = |number| promise.invoices.is_empty() || promise.invoices.contains(number);
    let mut items = work.account.items.values().filter(|item| about(&item.invoice.number)).peekable();
    items.peek().is_some() && items.all(|item| !item.is_open())
}
