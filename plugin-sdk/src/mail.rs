//! E-mails as files (RFC 5322, RFC 2045 to 2047), for plugins that write and read them: the feature `mail`.
//!
//! The headers are written by `mail-builder`. The parts are put together here, because its multipart writer takes
//! boundaries from a clock, and a message that is written again has to be the same.

use encodify::{base64, qp};
use jiff::Timestamp;
use jiff::civil::Date;
use mail_builder::headers::address::Address as AddressHeader;
use mail_builder::headers::{Header, date::Date as DateHeader, message_id::MessageId, raw::Raw, text::Text, url::URL};
use mail_parser::{HeaderValue, Message, MessageParser};
use serde::Deserialize;

/// Neither quoted-printable nor base64 can hold `=_`, so that no part can hold this line.
const BOUNDARY: &str = "=_dunlin_part";

/// What a mail server takes without extensions: `local@domain`, printable ASCII (RFC 5321).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address(String);

/// Everything that goes into an e-mail.
pub struct Email<'a> {
    pub from: (&'a str, &'a Address),
    pub to: (&'a str, &'a Address),
    pub reply_to: Option<&'a Address>,
    pub subject: &'a str,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub sent_at: i64,
    /// Without angle brackets.
    pub message_id: &'a str,
    /// Where whoever gets it says that no more may come; empty: nowhere.
    pub unsubscribe: &'a [String],
    /// BCP 47, empty when unknown.
    pub language: &'a str,
    pub text: &'a str,
    pub html: Option<&'a str>,
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
        let mut file = Vec::with_capacity(2048 + 2 * (self.text.len() + self.html.map_or(0, str::len)));
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
        if !self.unsubscribe.is_empty() {
            put(&mut file, "List-Unsubscribe", &URL::new_list(self.unsubscribe.iter().map(String::as_str)));
        }
        if !self.language.is_empty() && self.language.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            put(&mut file, "Content-Language", &Raw::new(self.language));
        }
        put(&mut file, "MIME-Version", &Raw::new("1.0"));
        match self.html {
            None => put_part(&mut file, "plain", self.text),
            Some(html) => {
                let kind = format!("multipart/alternative; boundary=\"{BOUNDARY}\"");
                file.extend_from_slice(format!("Content-Type: {kind}\r\n\r\n").as_bytes());
                for (subtype, body) in [("plain", self.text), ("html", html)] {
                    file.extend_from_slice(format!("--{BOUNDARY}\r\n").as_bytes());
                    put_part(&mut file, subtype, body);
                }
                file.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
            }
        }
        file
    }
}

/// What every e-mail that comes in says of itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Incoming {
    pub message_id: Option<String>,
    /// The address that it comes from.
    pub from: Option<String>,
    /// Milliseconds since 1970-01-01T00:00:00Z, and the day where it was written.
    pub at: i64,
    pub day: Date,
    pub subject: String,
    pub text: String,
    /// Message-IDs that it answers, nearest first.
    pub answers: Vec<String>,
    /// Sent by a machine: a holiday notice for example.
    pub automatic: bool,
}

impl Incoming {
    /// Err: why this is no e-mail that can be taken.
    pub fn parse(bytes: &[u8]) -> Result<Incoming, String> {
        Incoming::of(&MessageParser::default().parse(bytes).ok_or("not an e-mail")?)
    }

    /// The same of a message whose parts are looked at too.
    pub fn of(message: &Message<'_>) -> Result<Incoming, String> {
        let (at, day) = written_at(message)?;
        let from = message.from().and_then(|from| from.first()).and_then(|from| from.address());
        let mut answers = ids(message.in_reply_to());
        answers.extend(ids(message.references()).into_iter().rev());
        let auto = message.header_raw("Auto-Submitted").map(|value| value.trim().to_ascii_lowercase());
        Ok(Incoming {
            message_id: message.message_id().map(str::to_owned),
            from: from.map(str::to_owned),
            at,
            day,
            subject: message.subject().unwrap_or_default().trim().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            answers,
            automatic: auto.is_some_and(|value| !value.starts_with("no")),
        })
    }
}

/// Letters, digits, `-` and `_` stay; any other byte becomes `=` and two hex digits. Empty becomes `=`.
pub fn atom(text: &str) -> String {
    if text.is_empty() {
        return "=".to_owned();
    }
    let byte = |byte: u8| match byte {
        b'-' | b'_' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("={byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// The text that an atom stands for; none: it is no atom of ours.
pub fn unatom(atom: &str) -> Option<String> {
    if atom == "=" {
        return Some(String::new());
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(atom.len()), atom);
    while let Some(first) = rest.chars().next() {
        if first == '=' {
            bytes.push(u8::from_str_radix(rest.get(1..3)?, 16).ok()?);
            rest = &rest[3..];
        } else if first.is_ascii_alphanumeric() || matches!(first, '-' | '_') {
            bytes.extend(u8::try_from(first));
            rest = &rest[1..];
        } else {
            return None;
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_what_a_server_takes() {
        for good in ["a@b.de", "first.last+tag@mail.example", "o'neill@x.example"] {
            assert_eq!(Address::try_from(good.to_owned()).map(|address| address.0), Ok(good.to_owned()));
        }
        let long = format!("{}@b.de", "a".repeat(254));
        for bad in
            ["", "a", "@b", "a@", "a@b@c", "a b@c.de", "a@b..de", "ä@b.de", "a@b.de\r\nBcc: x@y.z", "<a@b.de>", &long]
        {
            assert!(Address::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
