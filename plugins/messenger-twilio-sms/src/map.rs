//! Statuses and incoming messages become facts, and Twilio's problems those who have to act.

use dunlin_plugin_sdk::messenger::{Fact, OptOut, Tracking};
use dunlin_plugin_sdk::{Error, Event, Rejection, Source};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::memory::{Asked, Refused, Written};
use crate::wire::{Message, Problem};

/// Twilio's code for a recipient who asked to be left alone.
pub const OPTED_OUT: u32 = 21_610;
/// Codes for a number that is none, or that gets no short messages.
const INVALID_NUMBERS: [u32; 4] = [21_211, 21_214, 21_217, 21_614];
/// Codes for a sender or a service that is wrong. Twilio advises not to rely on codes: any other one is told in its words.
const MISCONFIGURED: [u32; 7] = [21_212, 21_603, 21_606, 21_659, 21_660, 21_701, 21_704];
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Signs of a reply that travel with the fact.
const TEXT_CHARS: usize = 2_000;

/// What is known of a message that was sent.
pub enum State {
    OnItsWay,
    /// The network has it, and may never tell more.
    Sent,
    /// Over, and nothing to tell.
    Silent,
    Told(fn(Tracking) -> Fact),
}

/// Twilio's own words, and those of other languages.
pub fn usual_stop_words() -> Vec<String> {
    let words = [
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "optout",
        "revoke",
        "abmelden",
        "stopp",
        "avsluta",
        "afmeld",
        "διαγραφή",
    ];
    words.map(str::to_owned).to_vec()
}

/// As Twilio takes it, or why nothing can be sent there.
pub fn number(phone: &str) -> Result<String, String> {
    let wrong = || format!("`{phone}` is not a number that twilio can write to; write it like `+46 70 123 45 67`");
    let trimmed = phone.trim();
    let rest = trimmed.strip_prefix('+').or_else(|| trimmed.strip_prefix("00")).ok_or_else(wrong)?;
    // `+49 (0)170 …`: within the country a 0 is dialled first, from abroad it is not.
    let text = rest.replace("(0)", "");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_plain = text.chars().all(|sign| sign.is_ascii_digit() || " ()-./\u{a0}".contains(sign));
    match is_plain && DIGITS.contains(&digits.len()) {
        true => Ok(format!("+{digits}")),
        false => Err(wrong()),
    }
}

pub fn state(message: &Message) -> Result<State, String> {
    Ok(match message.status.as_str() {
        "queued" | "accepted" | "scheduled" | "sending" => State::OnItsWay,
        "sent" => State::Sent,
        "canceled" => State::Silent,
        "delivered" => State::Told(Fact::Delivered),
        "read" => State::Told(Fact::Opened),
        "failed" | "undelivered" => State::Told(Fact::Bounced),
        other => return Err(format!("its status `{other}` is unknown")),
    })
}

/// How a message ended; and that its recipient wants no more, if that is why.
pub fn ended(message: &Message, of: &Asked, fact: fn(Tracking) -> Fact) -> Result<Vec<Event<Fact>>, String> {
    let at = message.updated()?;
    let text = match (message.error_code, message.error_message.as_deref()) {
        (None, _) => message.status.clone(),
        (Some(code), None) => format!("{}: error {code}", message.status),
        (Some(code), Some(told)) => format!("{}: error {code}, {told}", message.status),
    };
    let tracking =
        Tracking { message: of.key.clone(), account: of.account.clone(), at: at.as_millisecond(), text: text.clone() };
    let mut events = vec![event(message, &message.sid, at, fact(tracking))];
    if message.error_code == Some(OPTED_OUT) {
        let key = format!("{}:opted-out", message.sid);
        events.push(event(message, &key, at, opted_out(&of.account, &text)));
    }
    Ok(events)
}

/// What somebody wrote back: to the last message at that number; a request to stop is for everyone behind it.
pub fn reply(message: &Message, behind: &[Written], stop_words: &[String]) -> Result<Vec<Event<Fact>>, String> {
    let at = message.created()?;
    let text: String = message.body.as_deref().unwrap_or_default().chars().take(TEXT_CHARS).collect();
    if asks_to_stop(&text, stop_words) {
        let stop = |written: &Written| {
            let key = format!("{}:opted-out:{}", message.sid, written.account);
            event(message, &key, at, opted_out(&written.account, &text))
        };
        return Ok(behind.iter().map(stop).collect());
    }
    let Some(last) = behind.last() else { return Ok(Vec::new()) };
    let tracking = Tracking { message: last.key.clone(), account: last.account.clone(), at: at.as_millisecond(), text };
    Ok(vec![event(message, &format!("{}:replied", message.sid), at, Fact::Replied(tracking))])
}

/// Twilio refused to send, because the recipient had asked for no more.
pub fn refused(refused: &Refused) -> Event<Fact> {
    let source = Source {
        key: format!("opted-out:{}", refused.key),
        version: None,
        digest: Some(refused.account.clone()),
        document: refused.key.clone(),
        place: String::new(),
        occurred_on: refused.on,
    };
    Event { source, fact: opted_out(&refused.account, &refused.text) }
}

/// The word alone, in any capitals and with any marks.
fn asks_to_stop(text: &str, stop_words: &[String]) -> bool {
    let said = text.trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase();
    stop_words.iter().any(|word| word.to_lowercase() == said)
}

fn opted_out(account: &str, text: &str) -> Fact {
    Fact::OptedOut(OptOut { account: account.to_owned(), medium: "sms".to_owned(), text: text.to_owned() })
}

fn event(message: &Message, key: &str, at: Timestamp, fact: Fact) -> Event<Fact> {
    let source = Source {
        key: key.to_owned(),
        version: None,
        // Which message a reply answers may look otherwise when it is read again after a further one.
        digest: Some(message.sid.clone()),
        document: message.sid.clone(),
        place: String::new(),
        occurred_on: at.to_zoned(TimeZone::UTC).date(),
    };
    Event { source, fact }
}

/// What Twilio says to a request with the status 400.
pub fn problem(problem: &Problem) -> Result<Rejection, Error> {
    let code = problem.code.unwrap_or_default();
    let told = format!("twilio says `{}` ({code})", problem.message);
    if MISCONFIGURED.contains(&code) {
        return Err(Error::misconfigured(told).hint("look at `from` and `messaging_service_sid`"));
    }
    let word = match code {
        // The hub takes another way to this account.
        OPTED_OUT => "unreachable",
        code if INVALID_NUMBERS.contains(&code) => "invalid-address",
        _ => "refused",
    };
    Ok(Rejection { code: word.to_owned(), reason: told })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_word_stands_alone() {
        let words = usual_stop_words();
        for yes in ["STOP", " stop! ", "Stopall", "\"Quit\"", "ΔΙΑΓΡΑΦΉ", "Abmelden."] {
            assert!(asks_to_stop(yes, &words), "{yes}");
        }
        for no in ["", "please stop", "stop it", "I paid yesterday", "stopped"] {
            assert!(!asks_to_stop(no, &words), "{no}");
        }
    }

    #[test]
    fn a_problem_says_who_has_to_act() {
        let of = |code: u32| problem(&Problem { code: Some(code), message: "no".to_owned() });
        assert_eq!(of(21_610).unwrap().code, "unreachable");
        assert_eq!(of(21_614).unwrap().code, "invalid-address");
        assert_eq!(of(30_007).unwrap().code, "refused");
        assert!(of(21_606).unwrap_err().hint.unwrap().contains("`from`"));
    }
}
