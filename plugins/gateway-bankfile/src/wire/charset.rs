//! Bytes to text: what XML declares, and the two encodings that MT940 files come in.

use super::Fault;
use std::borrow::Cow;

/// The encoding of files that do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
pub enum Charset {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Read as windows-1252, which holds all of its letters.
    #[serde(rename = "windows-1252", alias = "iso-8859-1")]
    Windows1252,
}

/// Bytes within which an XML declaration stands.
const DECLARATION_LEN: usize = 200;
/// What windows-1252 has at 0x80 to 0x9f; the rest is as in Unicode.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Does the content begin like XML?
pub fn is_xml(content: &[u8]) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    content.trim_ascii_start().starts_with(b"<")
}

/// XML in the encoding that it declares; UTF-8 where it declares none.
pub fn xml(content: &[u8]) -> Result<Cow<'_, str>, Fault> {
    let head = String::from_utf8_lossy(&content[..content.len().min(DECLARATION_LEN)]);
    let declared = head.split_once("encoding=").and_then(|(_, rest)| {
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest[1..].split(quote).next().map(str::to_ascii_lowercase)
    });
    match declared.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => text(content, Charset::Utf8),
        Some("iso-8859-1" | "latin1" | "windows-1252") => text(content, Charset::Windows1252),
        Some(other) => Err(Fault::at(
            1,
            "encoding",
            format!("encoding `{other}` is not read: expected `utf-8`, `iso-8859-1` or `windows-1252`"),
        )),
    }
}

/// Text in a known encoding, without a byte order mark.
pub fn text(content: &[u8], charset: Charset) -> Result<Cow<'_, str>, Fault> {
    match charset {
        Charset::Utf8 => {
            let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
            std::str::from_utf8(content).map(Cow::Borrowed).map_err(|why| {
                let before = &content[..why.valid_up_to()];
                let lines = before.iter().filter(|byte| **byte == b'\n').count();
                Fault::at(u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1), "", "not UTF-8")
            })
        }
        Charset::Windows1252 => Ok(Cow::Owned(content.iter().map(|byte| letter(*byte)).collect())),
    }
}

fn letter(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_is_read_in_the_encoding_that_it_declares() {
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>M\xfcller \x80</a>";
        assert!(xml(latin).unwrap().ends_with("<a>Müller €</a>"));
        assert_eq!(xml("\u{feff}<a>Müller</a>".as_bytes()).unwrap(), "<a>Müller</a>");
        let wrong = xml(b"<a>\nM\xfcller</a>").unwrap_err();
        assert_eq!(wrong.to_string(), "line 2: not UTF-8");
        let other = xml(b"<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>").unwrap_err();
        assert_eq!(
            other.to_string(),
            "line 1, `encoding`: encoding `utf-16` is not read: expected `utf-8`, `iso-8859-1` or `windows-1252`"
        );
    }
}
