//! What of a secret comes back in an answer is struck out, in every form in which it may have been written.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::secret::Secret;

/// What stands in its place.
pub(crate) const STRUCK: &str = "[secret]";

/// Looks for one secret.
pub(crate) struct Scan {
    forms: AhoCorasick,
    count: usize,
}

impl Scan {
    /// `user` is what basic authentication puts before it. None: there is nothing to look for.
    pub fn of(secret: &Secret, user: Option<&str>) -> Option<Self> {
        let forms = forms(secret.expose(), user);
        let count = forms.len();
        AhoCorasick::new(&forms).ok().map(|forms| Self { forms, count })
    }

    /// The text without the secret, and whether it was there.
    pub fn strike(&self, bytes: Vec<u8>) -> (Vec<u8>, bool) {
        match self.forms.is_match(&bytes) {
            true => (self.forms.replace_all_bytes(&bytes, &vec![STRUCK; self.count]), true),
            false => (bytes, false),
        }
    }
}

/// As it is, percent-encoded, in JSON, as hex, and in base64 alone and behind the user's name. The last sign of base64 without
/// padding depends on what follows, and the first ones on what stands before: in the middle of other text each of the three
/// offsets has its own form.
fn forms(secret: &str, user: Option<&str>) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let json = serde_json::to_string(secret).unwrap_or_default();
    let percent: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut forms = vec![
        secret.to_owned(),
        percent.to_lowercase(),
        percent.replace('+', "%20"),
        percent,
        hex.to_uppercase(),
        hex,
        json.trim_matches('"').to_owned(),
    ];
    let mut whole = vec![secret.to_owned()];
    whole.extend(user.map(|user| format!("{user}:{secret}")));
    for text in whole {
        forms.extend([STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|engine| engine.encode(&text)));
    }
    for before in 0..3 {
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            forms.push(inside(engine, secret, before));
        }
    }
    forms.retain(|form| form.len() >= SHORTEST);
    forms.sort();
    forms.dedup();
    // The longest first: at one place it is the whole of it that is struck out.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.into_iter().map(String::into_bytes).collect()
}

/// A shorter form would strike out ordinary text.
const SHORTEST: usize = 8;

/// The part of the base64 text that does not depend on its neighbours, with so many bytes before it.
fn inside(engine: &impl Engine, secret: &str, before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend(secret.as_bytes());
    let text = engine.encode(&bytes);
    let first = (before * 8).div_ceil(6);
    let last = bytes.len() * 8 / 6;
    text.get(first..last).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    #[test]
    fn every_form_of_the_secret_is_struck_out() {
        let secret = Secret::new("sk_live/\"ä+ 4711?".to_owned()).unwrap();
        let scan = Scan::of(&secret, Some("hub")).unwrap();
        let plain = secret.expose();
        for shown in [
            plain.to_owned(),
            format!("{{\"sent\": {}}}", serde_json::to_string(plain).unwrap()),
            url::form_urlencoded::byte_serialize(plain.as_bytes()).collect(),
            STANDARD.encode(plain),
            URL_SAFE_NO_PAD.encode(plain),
            STANDARD.encode(format!("hub:{plain}")),
            STANDARD.encode(format!("a{plain}bc")),
            STANDARD.encode(format!("ab{plain}")),
            STANDARD.encode(format!("abc {plain} and more")),
            plain.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ] {
            let (struck, found) = scan.strike(format!("before {shown} after").into_bytes());
            let struck = String::from_utf8(struck).unwrap();
            assert!(found && struck.contains(STRUCK) && !struck.contains(plain), "{shown}: {struck}");
            assert!(struck.starts_with("before ") && struck.ends_with(" after"), "{struck}");
        }
        let (same, found) = scan.strike(b"nothing of it".to_vec());
        assert!(!found && same == b"nothing of it");
    }
}
