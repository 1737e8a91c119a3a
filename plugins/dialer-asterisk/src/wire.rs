//! What the REST interface answers, and the line in which the dialplan writes down how a call ended.

use dunlin_plugin_sdk::Date;
use serde::Deserialize;

/// Cells of a line, the mark of its end among them.
const CELLS: usize = 10;

#[derive(Debug, Deserialize)]
pub struct Channel {
    pub id: String,
    pub state: String,
}

#[derive(Debug, Deserialize)]
pub struct Recording {
    pub name: String,
}

#[derive(Debug, Deserialize)]
pub struct Variable {
    pub value: String,
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub struct Told {
    pub message: String,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Seconds since 1970 in UTC, and the day that it was where the server stands.
    pub began: i64,
    pub day: Date,
    /// `DIALSTATUS` and `HANGUPCAUSE` of the dialplan.
    pub status: String,
    pub cause: Option<u16>,
    /// Zero, if nobody answered.
    pub seconds: u32,
    /// What the agents' part of the dialplan says of the talk.
    pub said: String,
    pub key: String,
    pub account: String,
}

/// None: it is still being written. Err: what is wrong with it.
pub fn ended(text: &str) -> Option<Result<Ended, String>> {
    let line = text.trim_end();
    line.ends_with("|end").then(|| read(line))
}

/// `1|1795438667|2026-11-23|ANSWER|16|2|refused|k%3A1|C-1|end`
fn read(line: &str) -> Result<Ended, String> {
    let cells: Vec<&str> = line.split('|').collect();
    let &[version, began, day, status, cause, seconds, said, key, account, _] = cells.as_slice() else {
        return Err(format!("{} cells where a result has {CELLS}", cells.len()));
    };
    if version != "1" {
        return Err(format!("it is of version `{version}`; this plugin reads 1: load its `extensions.conf`"));
    }
    let whole = |name: &str, cell: &str| cell.parse::<u32>().map_err(|_| format!("{name} is `{cell}`, no number"));
    Ok(Ended {
        began: i64::from(whole("the beginning", began)?),
        day: day.parse().map_err(|_| format!("the day is `{day}`, which is none"))?,
        status: status.to_owned(),
        cause: if cause.is_empty() { None } else { u16::try_from(whole("the cause", cause)?).ok() },
        seconds: if seconds.is_empty() { 0 } else { whole("the time of talk", seconds)? },
        said: said.to_owned(),
        key: decoded(key).ok_or("the key is not percent-encoded well")?,
        account: decoded(account).filter(|account| !account.is_empty()).ok_or("it does not say whose account it is")?,
    })
}

fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_when_it_is_whole() {
        let line = include_str!("../fixtures/answered.txt");
        let ended = ended(line).unwrap().unwrap();
        assert_eq!((ended.status.as_str(), ended.cause, ended.seconds), ("ANSWER", Some(16), 2));
        assert_eq!((ended.key.as_str(), ended.account.as_str(), ended.said.as_str()), ("k:1", "C 1", "refused"));
        for length in 0..line.trim_end().len() {
            assert_eq!(super::ended(&line[..length]), None, "{length}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let line = include_str!("../fixtures/busy.txt");
        for (good, bad, told) in [
            ("1|", "2|", "version `2`"),
            ("|BUSY", "|BUSY|", "11 cells"),
            ("2026-11-23", "2026-11-31", "`2026-11-31`"),
            ("1795438668", "soon", "`soon`"),
            ("|17|", "|x|", "`x`"),
            ("k%3A2", "k%3", "percent-encoded"),
            ("|C-1|", "||", "whose account"),
        ] {
            let error = ended(&line.replacen(good, bad, 1)).unwrap().unwrap_err();
            assert!(error.contains(told), "{error}");
        }
    }
}
