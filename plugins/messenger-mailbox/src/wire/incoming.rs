//! An incoming e-mail: a delivery report (RFC 3462, RFC 3464) or an answer.

use dunlin_plugin_sdk::mail;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// Parts of a report that are looked at.
const PARTS: usize = 20;

/// An e-mail, and what it reports on another one.
#[derive(Debug, PartialEq, Eq)]
pub struct Incoming {
    /// Its `answers` begin with the message that is reported on.
    pub mail: mail::Incoming,
    pub report: Option<Report>,
}

/// What a mail server reports on a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: String,
    /// Such as `5.1.1` (RFC 3463).
    pub status: String,
    pub diagnostic: String,
}

impl Incoming {
    /// Err: why this is no e-mail that can be taken.
    pub fn parse(bytes: &[u8]) -> Result<Incoming, String> {
        let message = MessageParser::default().parse(bytes).ok_or("not an e-mail")?;
        let mut mail = mail::Incoming::of(&message)?;
        let report = is_report(&message).then(|| report(&message, &mut mail.answers)).flatten();
        Ok(Incoming { mail, report })
    }
}

fn is_report(message: &Message<'_>) -> bool {
    message.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind.subtype().is_some_and(|subtype| subtype.eq_ignore_ascii_case("report"))
            && kind.attribute("report-type").is_none_or(|of| of.eq_ignore_ascii_case("delivery-status"))
    })
}

/// The status, and beside it the Message-ID of what is reported on, which comes before all others.
fn report(message: &Message<'_>, answers: &mut Vec<String>) -> Option<Report> {
    let mut report = None;
    for part in message.parts.iter().take(PARTS) {
        let subtype = part.content_type().and_then(|kind| kind.subtype()).unwrap_or_default().to_ascii_lowercase();
        let original = match (&part.body, subtype.as_str()) {
            (_, "delivery-status") => {
                report = report.or(Some(status_of(&String::from_utf8_lossy(part.contents()))));
                None
            }
            (PartType::Message(original), _) => original.message_id().map(str::to_owned),
            (_, "rfc822-headers") => {
                let headers = MessageParser::default().parse_headers(part.contents());
                headers.and_then(|headers| headers.message_id().map(str::to_owned))
            }
            _ => None,
        };
        answers.splice(0..0, original);
    }
    report
}

/// The fields of the first recipient; every message has one recipient only.
fn status_of(text: &str) -> Report {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let field = |wanted: &str| {
        let mut fields = unfolded.lines().filter_map(|line| line.split_once(':'));
        let found = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    Report {
        action: field("Action").to_ascii_lowercase(),
        status: field("Status").split_whitespace().next().unwrap_or_default().to_owned(),
        diagnostic: field("Diagnostic-Code"),
    }
}
