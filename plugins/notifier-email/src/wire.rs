//! E-mails out and answers in, as they are (RFC 5322, RFC 2045 to 2047). Headers are written by `mail-builder`.

use dunlin_plugin_sdk::Date;
use encodify::{base64, qp};
use jiff::Timestamp;
use mail_builder::headers::address::Address as AddressHeader;
use mail_builder::headers::{Header, date::Date as DateHeader, message_id::MessageId, raw::Raw, text::Text};
use mail_parser::{HeaderValue, Message, MessageParser};
use serde::Deserialize;

/// What a mail server takes without extensions: `local@domain`, printable ASCII (RFC 5321).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(String);

/// Everything that goes into a notification.
pub struct Email<'a> {
    pub from: (&'a str, &'a Address),
    pub to: (&'a str, &'a Address),
    pub reply_to: Option<&'a Address>,
    pub subject: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub sent_at: i64,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// BCP 47, empty when unknown.
    pub language: &'a str,
    pub text: &'a str,
}

/// What of an answer matters here.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    pub message_id: Option<String>,
    /// The address that it comes from.
    pub from: String,
    /// Milliseconds since 1970-01-01T00:00:00Z, and the day where it was written.
    pub at: i64,
    pub day: Date,
    pub text: String,
    /// Message-IDs that it answers, nearest first.
    pub answers: Vec<String>,
    /// Sent by a machine: a holiday notice for example.
    pub automatic: bool,
}

impl Address {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Address, String> {
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic() && !b"()<>[]:;@\\,\"".contains(&byte))
        };
        let dotted = |part: &str| part.split('.').all(plain);
        match text.split_once('@') {
            Some((local, domain)) if text.len() <= 254 && dotted(local) && dotted(domain) => Ok(Address(text)),
            _ => Err(format!("`{}` is not an e-mail address", text.escape_debug())),
        }
    }
}

impl Email<'_> {
    pub fn write(&self) -> Vec<u8> {
        let mut file = Vec::with_capacity(1024 + 2 * self.text.len());
        let address = |(name, address): (&str, &Address)| {
            AddressHeader::new_address((!name.is_empty()).then(|| name.to_owned()), address.as_str().to_owned())
        };
        put(&mut file, "Date", &DateHeader::new(self.sent_at));
        put(&mut file, "From", &address(self.from));
        put(&mut file, "To", &address(self.to));
        if let Some(reply_to) = self.reply_to {
            put(&mut file, "Reply-To", &address(("", reply_to)));
        }
        put(&mut file, "Subject", &Text::new(self.subject));
        put(&mut file, "Message-ID", &MessageId::new(self.message_id));
        // Nobody's holiday notice answers it (RFC 3834).
        put(&mut file, "Auto-Submitted", &Raw::new("auto-generated"));
        if !self.language.is_empty() && self.language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            put(&mut file, "Content-Language", &Raw::new(self.language));
        }
        put(&mut file, "MIME-Version", &Raw::new("1.0"));
        put_part(&mut file, "plain", self.text);
        file
    }
}

impl Answer {
    /// Err: why this is no e-mail that can be taken.
    pub fn parse(bytes: &[u8]) -> Result<Answer, String> {
        let message = MessageParser::default().parse(bytes).ok_or("not an e-mail")?;
        let (at, day) = written_at(&message)?;
        let from = message.from().and_then(|from| from.first()).and_then(|from| from.address());
        let from = from.ok_or("no `From` header that can be read")?.to_owned();
        let mut answers = ids(message.in_reply_to());
        answers.extend(ids(message.references()).into_iter().rev());
        let auto = message.header_raw("Auto-Submitted").map(|value| value.trim().to_ascii_lowercase());
        Ok(Answer {
            message_id: message.message_id().map(str::to_owned),
            from,
            at,
            day,
            text: message.body_text(0).unwrap_or_default().into_owned(),
            answers,
            automatic: auto.is_some_and(|value| !value.starts_with("no")),
        })
    }
}

fn put(file: &mut Vec<u8>, name: &str, header: &impl Header) {
    file.extend_from_slice(name.as_bytes());
    file.extend_from_slice(b": ");
    header.write_header(file, name.len() + 2);
}

/// Latin scripts stay readable in the file; others are shorter as base64.
fn put_part(file: &mut Vec<u8>, subtype: &str, body: &str) {
    let body = body.replace("\r\n", "\n").replace('\n', "\r\n");
    let foreign = body.bytes().filter(|byte| !byte.is_ascii()).count();
    let (encoding, encoded) = match foreign * 4 > body.len() {
        true => ("base64", base64::MIME.encode(&body)),
        false => ("quoted-printable", qp::BODY.encode(&body)),
    };
    let head = format!("Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
    file.extend_from_slice(head.as_bytes());
    file.extend_from_slice(encoded.as_bytes());
    if !encoded.ends_with("\r\n") {
        file.extend_from_slice(b"\r\n");
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
