//! Bytes to text and back, in the encodings that accounting packages still use.

use encoding_rs::Encoding;

/// A byte order mark is believed first, then the configured encoding. The error is a reason for a refusal.
pub fn decode(bytes: &[u8], configured: &'static Encoding) -> Result<String, String> {
    let (encoding, start) = Encoding::for_bom(bytes).unwrap_or((configured, 0));
    let rest = bytes.get(start..).unwrap_or_default();
    match encoding.decode_without_bom_handling_and_without_replacement(rest) {
        Some(text) => Ok(text.into_owned()),
        None => Err(format!("not valid {}; set `encoding` to what the package writes", encoding.name())),
    }
}

/// What the encoding does not have becomes a question mark.
pub fn encode(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let encoding = encoding.output_encoding();
    let (whole, _, missing) = encoding.encode(text);
    if !missing {
        return whole.into_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for letter in text.chars() {
        let (letter, _, missing) = encoding.encode(letter.encode_utf8(&mut buffer));
        bytes.extend_from_slice(if missing { b"?" } else { &letter });
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoding(label: &str) -> &'static Encoding {
        Encoding::for_label(label.as_bytes()).unwrap()
    }

    #[test]
    fn each_encoding_is_read() {
        for (label, bytes, text) in [
            ("utf-8", b"Gr\xC3\xBCn" as &[u8], "Grün"),
            ("windows-1252", b"Gr\xFCn \x80", "Grün €"),
            ("iso-8859-15", b"Gr\xFCn \xA4", "Grün €"),
            ("windows-1253", b"\xC5\xEB\xE9\xDC", "Ελιά"),
            ("utf-8", b"\xEF\xBB\xBFa", "a"),
            ("windows-1252", b"\xEF\xBB\xBF\xC3\xBC", "ü"),
            ("utf-8", b"\xFF\xFE\xFC\x00", "ü"),
        ] {
            assert_eq!(decode(bytes, encoding(label)).as_deref(), Ok(text), "{label}");
        }
        assert!(decode(b"Gr\xFCn", encoding("utf-8")).unwrap_err().contains("not valid UTF-8"));
    }

    #[test]
    fn what_an_encoding_lacks_is_marked() {
        assert_eq!(encode("Grün Ελ €", encoding("windows-1252")), b"Gr\xFCn ?? \x80");
        assert_eq!(encode("Ελ", encoding("utf-8")), "Ελ".as_bytes());
    }
}
