//! How many parts a short message takes (3GPP TS 23.038 and 23.040): what each of them costs is the sender's.

/// Signs of the basic alphabet besides letters and digits of ASCII.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Signs that take the room of two.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// Parts of a text; at least one.
pub fn count(text: &str) -> u32 {
    let (length, alone, joined) = match septets(text) {
        Some(length) => (length, 160, 153),
        // One sign outside the alphabet, and all are sent with two bytes.
        None => (text.encode_utf16().count(), 70, 67),
    };
    let parts = if length <= alone { 1 } else { length.div_ceil(joined) };
    u32::try_from(parts).unwrap_or(u32::MAX)
}

/// The room that the text takes in the basic alphabet; None: it has a sign that is not there.
fn septets(text: &str) -> Option<usize> {
    let room = |sign: char| match sign {
        _ if sign.is_ascii_alphanumeric() || BASIC.contains(sign) => Some(1),
        _ if EXTENDED.contains(sign) => Some(2),
        _ => None,
    };
    text.chars().map(room).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_decides_how_much_fits() {
        for (text, parts) in [
            (String::new(), 1),
            ("a".repeat(160), 1),
            ("a".repeat(161), 2),
            ("a".repeat(307), 3),
            ("Åkerlund ä ö ü ß é Ω".repeat(8), 1),
            ("€".repeat(80), 1),
            ("€".repeat(81), 2),
            ("ş".repeat(70), 1),
            ("ş".repeat(71), 2),
            (format!("{}—", "a".repeat(70)), 2),
            ("Καλημέρα".repeat(9), 2),
            ("😀".repeat(35), 1),
            ("😀".repeat(36), 2),
        ] {
            assert_eq!(count(&text), parts, "{text}");
        }
    }
}
