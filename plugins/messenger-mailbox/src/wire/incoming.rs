//! An incoming e-mail: a delivery report (RFC 3462, RFC 3464) or an answer.

use dunlin_plugin_sdk::Date;
use jiff::Timestamp;
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};

/// Parts of a report that are looked at.
const PARTS: usize = 20;

/// What of an e-mail matters here.
#[derive(Debug, PartialEq, Eq)]
pub struct Incoming {
    pub message_id: Option<String>,
    /// Milliseconds since 1970-01-01T00:00:00Z, and the day where it was written.
    pub at: i64,
    pub day: Date,
    pub subject: String,
    pub text: String,
    /// Message-IDs that it answers or reports on, nearest first.
    pub answers: Vec<String>,
    /// Sent by a machine: a holiday notice for example.
    pub automatic: bool,
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
        let (at, day) = written_at(&message)?;
        let mut answers = ids(message.in_reply_to());
        answers.extend(ids(message.references()).into_iter().rev());
        let report = is_report(&message).then(|| report(&message, &mut answers)).flatten();
        let auto = message.header_raw("Auto-Submitted").map(|value| value.trim().to_ascii_lowercase());
        Ok(Incoming {
            message_id: message.message_id().map(str::to_owned),
            at,
            day,
            subject: message.subject().unwrap_or_default().trim().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            answers,
            automatic: auto.is_some_and(|value| !value.starts_with("no")),
            report,
        })
    }
}

fn written_at(message: &Message<'_>) -> Result<(i64, Date), String> {
    let date = message.date().ok_or("no `Date` header that can be read")?;
    let wrong = |_| "a `Date` header that is no date".to_owned();
    let month = i8::try_from(date.month).unwrap_or(0);
    let day = i8::try_from(date.day).unwrap_or(0);
    let day = Date::new(i16::try_from(date.year).unwrap_or(0), month, day).map_err(wrong)?;
    let at = Timestamp::from_second(date.to_timestamp()).map_err(wrong)?;
    Ok((at.as_millisecond(), day))
}

fn ids(header: &HeaderValue<'_>) -> Vec<String> {
    match header {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
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
