//! The promises of a plugin, tried.

use escalation::EffectKey;
use escalation::answer::{CallError, ErrorKind, Finding};

use super::cassette::Exchange;
use super::stage::{MARKER, Reading, Run, Stage};
use super::upstream::{Fault, Script};
use super::{Check, ConformanceError, damage};

/// Requests of a reading at which the other side breaks.
const BREAKS_MAX: usize = 12;
/// Damaged answers of a cassette.
const DAMAGES_MAX: usize = 400;

pub async fn all(stage: &Stage<'_>, only: Option<&str>) -> Result<Vec<Check>, ConformanceError> {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let mut checks = Vec::new();
    if wanted("reads") {
        checks.push(reads(stage).await?);
    }
    if wanted("again") {
        checks.push(again(stage).await?);
    }
    if wanted("interrupted") {
        checks.push(interrupted(stage).await?);
    }
    if wanted("damaged") {
        checks.push(damaged(stage).await?);
    }
    if wanted("configuration") {
        checks.push(configuration(stage).await?);
    }
    if wanted("lookup") {
        checks.push(lookup(stage).await?);
    }
    Ok(checks)
}

async fn reads(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    let mut check = Check::new("reads", "everything is read, and said as the other side has it");
    let run = stage.set(Script::default()).await?;
    let reading = match run.read(None).await {
        Ok(reading) => reading,
        Err(broken) => {
            check.note(Err(format!("the reading fails: {}{}", broken.error, unplayed(&run))));
            return Ok(check);
        }
    };
    let expect = &stage.cassette.expect;
    check.note(same("keys", &sorted(&expect.keys), &sorted(&reading.keys)));
    check.note(same("refused places", &sorted(&expect.refused), &sorted(&reading.refused)));
    let facts = reading.facts.join("\n");
    for text in &expect.says {
        check.note(if facts.contains(text.as_str()) { Ok(()) } else { Err(format!("no fact says `{text}`")) });
    }
    check.note(match run.unplayed().is_empty() {
        true => Ok(()),
        false => Err(format!("it asks what the cassette does not have{}", unplayed(&run))),
    });
    let told = format!("{facts}{}", reading.log.join("\n"));
    check.note(if told.contains(MARKER) { Err("the credential stands in what it says".to_owned()) } else { Ok(()) });
    Ok(check)
}

async fn again(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    let mut check = Check::new("again", "the same cursor gives the same page, and the same fact the same key");
    let run = stage.set(Script::default()).await?;
    let mut cursor: Option<String> = None;
    for _ in 0..50 {
        let first = run.plugin.pull(run.role, cursor.as_deref()).await.result;
        let second = run.plugin.pull(run.role, cursor.as_deref()).await.result;
        let (Ok(first), Ok(second)) = (first, second) else {
            check.note(Err(format!("a page cannot be read twice from the cursor {cursor:?}")));
            break;
        };
        check.note(if first == second {
            Ok(())
        } else {
            Err(format!("the page behind {cursor:?} differs when it is read again"))
        });
        let stands = cursor.as_deref() == Some(first.cursor.as_str());
        cursor = Some(first.cursor);
        if !first.more || stands {
            break;
        }
    }
    Ok(check)
}

/// Whatever goes wrong at whichever request: the right person is told, and when it goes on everything is there once.
async fn interrupted(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    let mut check =
        Check::new("interrupted", "what goes wrong is told to who can mend it, and nothing is lost or changed by it");
    let whole = stage.set(Script::default()).await?;
    let Ok(good) = whole.read(None).await else { return Ok(check) };
    let requests = whole.requests();
    let step = requests.div_ceil(BREAKS_MAX).max(1);
    for at in (0..requests).step_by(step) {
        for fault in Fault::ALL {
            let story = format!("request {} of {requests} {}", at + 1, fault.told());
            let run = stage.set(Script { fault: Some((at, fault)), body: None }).await?;
            let (so_far, cursor) = match run.read(None).await {
                // It kept what it had, and says nothing: then nothing may be missing behind its cursor.
                Ok(reading) => (reading.clone(), reading.cursor),
                Err(broken) => {
                    check.note(told_right(fault, &broken.error).map_err(|why| format!("{story}: {why}")));
                    (broken.so_far, broken.cursor)
                }
            };
            // A fresh start, as after a crash: the other side is well again.
            let next = stage.set(Script::default()).await?;
            let held = match next.read(cursor).await {
                Ok(rest) => goes_on(&good, so_far, rest),
                Err(broken) => Err(format!("it does not go on: {}", broken.error)),
            };
            check.note(held.map_err(|why| format!("{story}: {why}")));
        }
    }
    Ok(check)
}

fn told_right(fault: Fault, error: &CallError) -> Result<(), String> {
    let right: &[ErrorKind] = match fault {
        Fault::Status(401 | 403) => &[ErrorKind::Misconfigured],
        Fault::Status(404) => &[ErrorKind::Refused, ErrorKind::Misconfigured, ErrorKind::Broken],
        Fault::Status(_) | Fault::HalfABody | Fault::NoAnswer => &[ErrorKind::RetryLater],
        Fault::Html => &[ErrorKind::Broken, ErrorKind::Misconfigured, ErrorKind::RetryLater],
    };
    let text = format!("{error:?}");
    if text.contains(MARKER) {
        return Err("the credential stands in its error".to_owned());
    }
    match right.contains(&error.kind) {
        true => Ok(()),
        false => Err(format!("it says {:?} (`{}`); right would be {right:?}", error.kind, first_line(&error.message))),
    }
}

fn goes_on(good: &Reading, mut so_far: Reading, rest: Reading) -> Result<(), String> {
    so_far.keys.extend(rest.keys);
    same("keys in the end", &good.once(), &so_far.once())
}

/// Every field of every answer, wrong in every way.
async fn damaged(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    let mut check = Check::new("damaged", "what does not fit is refused or told; nothing makes it fall over");
    let all: Vec<(usize, &Exchange, String, String)> = stage
        .cassette
        .exchanges
        .iter()
        .enumerate()
        .flat_map(|(place, exchange)| {
            damage::of(&exchange.body).into_iter().map(move |(how, text)| (place, exchange, how, text))
        })
        .collect();
    let step = all.len().div_ceil(DAMAGES_MAX).max(1);
    for (place, exchange, how, text) in all.into_iter().step_by(step) {
        let run = stage.set(Script { fault: None, body: Some((place, text)) }).await?;
        let held = match run.read(None).await {
            Err(broken) if fell(broken.error.kind) => Err(first_line(&broken.error.message)),
            _ => Ok(()),
        };
        check.note(held.map_err(|why| format!("{} {}: {how}: {why}", exchange.method, exchange.target)));
    }
    Ok(check)
}

fn fell(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Trapped | ErrorKind::OutOfTime | ErrorKind::OutOfMemory)
}

async fn configuration(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    let mut check = Check::new("configuration", "a key that nobody knows is named before anything is asked");
    let good = stage.set(Script::default()).await?;
    check.note(match good.plugin.check(good.role).await.result {
        Ok(()) => Ok(()),
        Err(error) => Err(format!(
            "the configuration of the cassette is refused: {}{}",
            first_line(&error.message),
            unplayed(&good)
        )),
    });
    let mut config = stage.cassette.config.clone();
    config.insert("zz_unheard_of".to_owned(), toml::Value::from(1));
    let run = stage.set_with(Script::default(), config).await?;
    check.note(match run.plugin.check(run.role).await.result {
        Err(error) if error.kind == ErrorKind::Misconfigured && error.message.contains("zz_unheard_of") => Ok(()),
        Err(error) => Err(format!("it says {:?}: {}", error.kind, first_line(&error.message))),
        Ok(()) => Err("it takes it".to_owned()),
    });
    Ok(check)
}

/// A plugin of the class `lookup` is asked for what never was: it must not claim that it is there.
async fn lookup(stage: &Stage<'_>) -> Result<Check, ConformanceError> {
    use escalation::answer::Class;
    let mut check = Check::new("lookup", "what was never asked for is not found");
    let role_performs = |performs: &escalation::answer::Performs| performs.class == Class::Lookup;
    if !stage.manifest.performs.values().any(role_performs) {
        return Ok(check);
    }
    let run = stage.set(Script::default()).await?;
    let key = EffectKey::new("never:asked-for");
    check.note(match run.plugin.lookup(run.role, std::slice::from_ref(&key)).await.result {
        Ok(findings) => match findings.as_slice() {
            [Finding::Absent | Finding::Unclear { .. }] => Ok(()),
            other => Err(format!("it says {other:?}")),
        },
        // The cassette may not have what it asks for.
        Err(error) if fell(error.kind) => Err(first_line(&error.message)),
        Err(_) => Ok(()),
    });
    Ok(check)
}

fn sorted(texts: &[String]) -> Vec<String> {
    let mut texts = texts.to_vec();
    texts.sort();
    texts
}

fn same(what: &str, expected: &[String], found: &[String]) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let lacks: Vec<&String> = expected.iter().filter(|one| !found.contains(one)).collect();
    let more: Vec<&String> = found.iter().filter(|one| !expected.contains(one)).collect();
    Err(format!("{what}: {} instead of {}; missing {lacks:?}, too many {more:?}", found.len(), expected.len()))
}

fn unplayed(run: &Run) -> String {
    let asked = run.unplayed();
    if asked.is_empty() { String::new() } else { format!("; not in the cassette: {}", asked.join(", ")) }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
