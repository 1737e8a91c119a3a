//! Bytes of an XML document to text: the four encodings that e-invoices come in.

use std::borrow::Cow;

use super::Flaw;

/// How far the XML declaration is looked for, in bytes.
const DECLARATION: usize = 200;

/// Decodes by byte order mark, then by the XML declaration; UTF-8 when both are silent, as XML has it.
pub fn decode(content: &[u8]) -> Result<Cow<'_, str>, Flaw> {
    match content {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [b'<', 0, ..] => utf16(content, u16::from_le_bytes),
        [0, b'<', ..] => utf16(content, u16::from_be_bytes),
        _ => match declared(content).as_deref() {
            None | Some("utf-8" | "us-ascii" | "ascii") => utf8(content),
            Some("iso-8859-1" | "latin1") => Ok(Cow::Owned(content.iter().map(|&byte| char::from(byte)).collect())),
            Some(other) => Err(Flaw::at(
                1,
                "",
                format!("the encoding `{other}` is not read; use `UTF-8`, `UTF-16` or `ISO-8859-1`"),
            )),
        },
    }
}

/// The encoding that the XML declaration names, in lower case.
fn declared(content: &[u8]) -> Option<String> {
    let head = &content[..content.len().min(DECLARATION)];
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next()?;
    value[quote.len_utf8()..].split(quote).next().map(str::to_ascii_lowercase)
}

fn utf8(content: &[u8]) -> Result<Cow<'_, str>, Flaw> {
    match std::str::from_utf8(content) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => {
            let lines = content[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            Err(Flaw::at(u32::try_from(lines + 1).unwrap_or(u32::MAX), "", "not valid UTF-8"))
        }
    }
}

fn utf16(content: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, Flaw> {
    let (pairs, rest) = content.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Flaw::whole("UTF-16 with half a character at the end"));
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<String, _>>()
        .map(Cow::Owned)
        .map_err(|_| Flaw::whole("not valid UTF-16"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let plain = "<?xml version=\"1.0\"?><a>Grüße</a>";
        let latin = "<?xml version='1.0' encoding='ISO-8859-1'?><a>Grüße</a>";
        let mut marked = vec![0xEF, 0xBB, 0xBF];
        marked.extend(plain.bytes());
        let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = plain.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [plain.as_bytes(), &marked, &little, &big] {
            assert_eq!(decode(bytes).unwrap(), plain);
        }
        let bytes: Vec<u8> = latin.chars().map(|letter| letter as u8).collect();
        assert_eq!(decode(&bytes).unwrap(), latin);
    }

    #[test]
    fn what_cannot_be_decoded_says_where() {
        assert_eq!(decode(b"<a>\n\xFF</a>").unwrap_err().place(), "line 2");
        let flaw = decode(b"<?xml version=\"1.0\" encoding=\"EBCDIC\"?><a/>").unwrap_err();
        assert!(flaw.reason.contains("`ebcdic`"), "{flaw}");
        assert!(decode(&[0xFF, 0xFE, b'<']).is_err());
    }
}
