//! What it does before it answers.
#![allow(clippy::disallowed_methods, clippy::panic, reason = "it does what a plugin must not do")]

use std::hint::black_box;

use serde_json::Value;

use crate::dunlin::plugin::types::Error;
use crate::dunlin::plugin::{files, http, kv, log, webhooks};

const MIB: usize = 1 << 20;

/// Some text for the answer; empty for acts that say nothing.
pub(crate) fn act(config: &Value) -> Result<String, Error> {
    let text = |key: &str| config[key].as_str().unwrap_or_default();
    match text("do") {
        "loop" => spin(),
        "compute" => return Ok(compute(config["rounds"].as_u64().unwrap_or(u64::MAX))),
        "loop-on-the-host" => loop {
            let _ = files::list("lists", "", None, 1);
        },
        "sleep" => std::thread::sleep(std::time::Duration::from_secs(3_600)),
        "grow" => grow(),
        "grow-politely" => return Ok(grow_politely()),
        "flood" => flood(),
        "send-too-much" => log::write("info", &"x".repeat(41 * MIB)),
        "panic" => panic!("the till is empty"),
        "recurse" => return Ok(recurse(1).to_string()),
        "exit" => std::process::exit(3),
        "say" => return Err(error(text("kind"), text("message"))),
        "other-connection" => return files::read("vault", "gold.txt").map(|_| "open".to_owned()),
        "ask" => return ask(config),
        "hear" => return hear(config),
        "ask-for-ever" => loop {
            ask(config)?;
        },
        "list" => return list(text("path")),
        "read" => {
            return files::read("lists", text("path")).map(|content| String::from_utf8_lossy(&content).into_owned());
        }
        "write" => files::write("lists", text("path"), text("content").as_bytes())?,
        "write-much" => files::write("lists", "much.bin", &vec![7; 16 * MIB + 1])?,
        "move" => files::move_("lists", text("path"), text("goal"))?,
        "remember" => remember()?,
        "remember-and-fail" => {
            remember()?;
            return Err(error("refused", "not today"));
        }
        "ask-the-clock" => return Ok(format!("{:?}", std::time::SystemTime::UNIX_EPOCH.elapsed())),
        #[cfg(feature = "file-system")]
        "read-passwords" => return std::fs::read_to_string("/etc/passwd").map_err(|e| error("broken", &e.to_string())),
        #[cfg(feature = "network")]
        "phone-home" => {
            std::net::TcpStream::connect("127.0.0.1:80").map_err(|e| error("broken", &e.to_string()))?;
        }
        _ => {}
    }
    Ok(String::new())
}

pub(crate) fn error(kind: &str, message: &str) -> Error {
    Error { kind: kind.to_owned(), message: message.to_owned(), hint: None, retry_after_ms: Some(60_000) }
}

fn spin() {
    let mut n = 0_u64;
    loop {
        n = black_box(n.wrapping_add(1));
    }
}

/// Arithmetic that no compiler takes away.
fn compute(rounds: u64) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for n in 0..rounds {
        hash = black_box((hash ^ n).wrapping_mul(0x0100_0000_01b3));
    }
    format!("{hash:x}")
}

fn grow() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1_u8; MIB]));
    }
}

/// Takes what it gets and goes on without the rest: how much it got, in MiB.
fn grow_politely() -> String {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut more = Vec::new();
        if more.try_reserve_exact(MIB).is_err() {
            return hoard.len().to_string();
        }
        hoard.push(black_box(more));
    }
}

fn flood() {
    for n in 0..600 {
        log::write("info", &format!("\u{1b}[2J{n} {}", "x".repeat(5_000)));
        eprintln!("{n} printed");
    }
}

fn recurse(depth: u64) -> u64 {
    let here = black_box([depth; 64]);
    if depth == u64::MAX {
        return 0;
    }
    recurse(depth + 1) + here[(depth % 64) as usize]
}

fn list(folder: &str) -> Result<String, Error> {
    let mut names = Vec::new();
    loop {
        let more = files::list("lists", folder, names.last().map(String::as_str), 2)?;
        if more.is_empty() {
            return Ok(names.join(" "));
        }
        names.extend(more.into_iter().map(|entry| entry.name));
    }
}

fn remember() -> Result<(), Error> {
    let count = kv::get("count")?.map_or(0, |value| value[0]);
    kv::set("count", &[count + 1])?;
    kv::delete("gone")
}

/// What was told behind `after`: place, query, headers and body of each.
fn hear(config: &Value) -> Result<String, Error> {
    let limit = config["limit"].as_u64().unwrap_or(10) as u32;
    let heard = webhooks::heard(config["connection"].as_str().unwrap_or("news"), config["after"].as_str(), limit)?;
    let told = |one: &webhooks::Webhook| {
        let headers: Vec<String> =
            one.headers.iter().map(|header| format!("{}={}", header.name, header.value)).collect();
        format!("{} ?{} {} {}", one.id, one.query, headers.join(" "), String::from_utf8_lossy(&one.body))
    };
    Ok(heard.iter().map(told).collect::<Vec<_>>().join("; "))
}

/// Status, headers and body of the answer; or whether it was sent, and why there is none.
fn ask(config: &Value) -> Result<String, Error> {
    let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
    let pair = |(name, value): (&String, &Value)| http::Header {
        name: name.clone(),
        value: value.as_str().unwrap_or_default().to_owned(),
    };
    let headers = config["headers"].as_object().into_iter().flatten().map(pair).collect();
    let body = match config["body-mib"].as_u64() {
        Some(size) => vec![b'x'; size as usize * MIB],
        None => text("body").into_bytes(),
    };
    let request = http::Request { method: text("method"), target: text("target"), headers, body };
    let connection = config["connection"].as_str().unwrap_or("api");
    match http::send(connection, &request) {
        Ok(answer) => {
            let headers: Vec<String> =
                answer.headers.iter().map(|header| format!("{}={}", header.name, header.value)).collect();
            Ok(format!("{} {} {}", answer.status, headers.join(" "), String::from_utf8_lossy(&answer.body)))
        }
        Err(failure) => {
            let message = format!("sent {}: {}", failure.sent, failure.error.message);
            Err(Error { message, ..failure.error })
        }
    }
}
