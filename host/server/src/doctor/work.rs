//! The work: what waits for a person, what is in the air, which connections are held up.

use escalation::DateTime;
use store::{EffectStatus, IN_DOUBT_SINCE, Result, Store, Valve};

use super::Check;
use crate::web::limits;

pub async fn examine(store: &dyn Store, now: DateTime) -> Vec<Check> {
    let checks = [
        ("lanes", lanes(store).await),
        ("unknown", unknown(store).await),
        ("in-flight", in_flight(store, now).await),
        ("doubt", doubt(store).await),
    ];
    let mut told: Vec<Check> =
        checks.into_iter().map(|(check, found)| found.unwrap_or_else(|error| Check::failed(check, &error))).collect();
    match store.valves().await {
        Ok(valves) => told.extend(connections(&valves, now)),
        Err(error) => told.push(Check::failed("connections", &error)),
    }
    told
}

async fn lanes(store: &dyn Store) -> Result<Check> {
    let parked = store.parked(limits::LIST_ROWS_MAX).await?;
    let first = parked.first().map(|(account, reason)| format!("; the first is `{account}`: {reason}"));
    Ok(Check::none(
        "lanes",
        parked.len(),
        "no account is parked",
        format!("{} accounts are parked{}", parked.len(), first.unwrap_or_default()),
        "mend the cause and take them up again: on the desk under `Needs a person`, or with `dunlin lane`",
    ))
}

async fn unknown(store: &dyn Store) -> Result<Check> {
    let unknown = store.effects_by_status(EffectStatus::Unknown, limits::LIST_ROWS_MAX).await?;
    let first = unknown.first().map(|effect| format!("; the first is `{}` for `{}`", effect.key, effect.account));
    Ok(Check::none(
        "unknown",
        unknown.len(),
        "of every effect it is known how it ended",
        format!("{} effects may or may not have happened{}", unknown.len(), first.unwrap_or_default()),
        "find out, and say so on the desk under `Needs a person`; until then nothing of the same purpose goes out",
    ))
}

async fn in_flight(store: &dyn Store, now: DateTime) -> Result<Check> {
    let late = store.in_flight(now).await?;
    let hosts = late.first().map(|effect| format!("; the first is `{}`", effect.key));
    Ok(Check::none(
        "in-flight",
        late.len(),
        "no effect is under way for longer than it may be",
        format!("{} effects are under way for longer than they may be{}", late.len(), hosts.unwrap_or_default()),
        "see that a host runs: it looks after them with its next turn",
    ))
}

async fn doubt(store: &dyn Store) -> Result<Check> {
    let since = store.note_get(IN_DOUBT_SINCE).await?.filter(|since| !since.is_empty());
    Ok(match since {
        None => Check::well("doubt", "nothing is in doubt"),
        Some(since) => Check::wrong(
            "doubt",
            format!("a backup was restored on {since}, and effects are in doubt since"),
            "settle what is unknown at the desk, then `dunlin doubt end`",
        ),
    })
}

fn connections(valves: &[(String, Valve)], now: DateTime) -> Vec<Check> {
    let trouble: Vec<Check> = valves.iter().filter_map(|(name, valve)| connection(name, valve, now)).collect();
    if trouble.is_empty() { vec![Check::well("connections", "no connection is held up")] } else { trouble }
}

fn connection(name: &str, valve: &Valve, now: DateTime) -> Option<Check> {
    if let Some(why) = &valve.paused {
        let hint = format!("mend the cause, then `dunlin connection resume {name}`, or on the desk under `Plugins`");
        return Some(Check::wrong("connections", format!("`{name}` is paused: {why}"), hint));
    }
    let until = valve.closed_until.filter(|until| *until > now)?;
    let says = format!("`{name}` is left alone until {until}, after {} failures: {}", valve.failures, valve.trouble);
    Some(Check::wrong("connections", says, "it is tried again by itself; look at the other side"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i8) -> DateTime {
        DateTime::constant(2026, 3, 9, hour, 0, 0, 0)
    }

    #[test]
    fn a_connection_that_is_held_up_is_named() {
        let sound = Valve { failures: 1, trouble: "no answer".into(), ..Valve::default() };
        let over = Valve { closed_until: Some(at(8)), ..sound.clone() };
        let closed = Valve { closed_until: Some(at(9)), ..sound.clone() };
        let paused = Valve { paused: Some("the password is wrong".into()), ..sound.clone() };
        let all =
            [("a", sound), ("b", over), ("c", closed), ("d", paused)].map(|(name, valve)| (name.to_owned(), valve));
        let told = connections(&all, at(8));
        let says: Vec<&str> = told.iter().map(|check| check.says.as_str()).collect();
        assert_eq!(
            says,
            [
                "`c` is left alone until 2026-03-09T09:00:00, after 1 failures: no answer",
                "`d` is paused: the password is wrong"
            ]
        );
        assert!(connections(&all[..2], at(8)).iter().all(|check| check.well));
    }
}
