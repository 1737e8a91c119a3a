//! The QR code that a banking app reads (EPC069-12, version 002): it needs an IBAN and one sum in euro.

use std::fmt::Write as _;

use escalation::{Currency, Money};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use crate::reference::{Reference, is_iban};

/// The standard's limits: characters of the name and of a remittance text, cents of an amount, the largest symbol.
const NAME_LEN_MAX: usize = 70;
const TEXT_LEN_MAX: usize = 140;
const CENTS_MAX: i64 = 99_999_999_999;
const VERSION_MAX: u8 = 13;

/// What the code says, or None where the standard does not apply: another currency, several, nothing to pay, no IBAN.
pub fn payload(name: &str, iban: &str, bic: &str, sums: &[Money], reference: &Reference) -> Option<String> {
    let [sum] = sums else { return None };
    if sum.currency != Currency::EUR || !(1..=CENTS_MAX).contains(&sum.minor) || !is_iban(iban) {
        return None;
    }
    let iban: String = iban.chars().filter(|letter| !letter.is_whitespace()).collect();
    let line = |text: &str, max: usize| text.replace(['\r', '\n'], " ").chars().take(max).collect::<String>();
    let (structured, text) = match reference {
        Reference::Rf(number) => (number.clone(), String::new()),
        other => (String::new(), line(&other.bare(), TEXT_LEN_MAX)),
    };
    let name = line(name, NAME_LEN_MAX);
    let bic = bic.trim();
    Some(format!("BCD\n002\n1\nSCT\n{bic}\n{name}\n{iban}\nEUR{}\n\n{structured}\n{text}", sum.plain()))
}

/// The code as a drawing: one path of squares in a quiet zone of four. None if it does not fit the standard's symbol.
pub fn svg(payload: &str) -> Option<String> {
    const QUIET: i32 = 4;
    let segments = [QrSegment::make_bytes(payload.as_bytes())];
    let largest = Version::new(VERSION_MAX);
    let code =
        QrCode::encode_segments_advanced(&segments, QrCodeEcc::Medium, Version::new(1), largest, None, false).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing into a text cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let side = code.size() + 2 * QUIET;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IBAN: &str = "DE02 1203 0000 0000 2020 51";

    #[test]
    fn the_payload_is_that_of_the_standard() {
        let sums = [Money::new(12_345, Currency::EUR)];
        let reference = Reference::rf("539007547034").unwrap();
        assert_eq!(
            payload("Nordlicht Handel GmbH", IBAN, "BYLADEM1001", &sums, &reference).unwrap(),
            "BCD\n002\n1\nSCT\nBYLADEM1001\nNordlicht Handel GmbH\nDE02120300000000202051\nEUR123.45\n\nRF18539007547034\n"
        );
        let plain = Reference::Plain("INV-7, INV-8".to_owned());
        assert!(payload("N", IBAN, "", &sums, &plain).unwrap().ends_with("\nEUR123.45\n\n\nINV-7, INV-8"));
    }

    #[test]
    fn it_needs_one_sum_in_euro_and_an_iban() {
        let plain = Reference::Plain("1".to_owned());
        let euro = Money::new(100, Currency::EUR);
        let krone = Money::new(100, "DKK".parse().unwrap());
        assert!(payload("N", IBAN, "", &[euro], &plain).is_some());
        for sums in [vec![krone], vec![euro, krone], vec![], vec![Money::new(0, Currency::EUR)]] {
            assert_eq!(payload("N", IBAN, "", &sums, &plain), None, "{sums:?}");
        }
        assert_eq!(payload("N", "DE00 1203", "", &[euro], &plain), None);
    }

    #[test]
    fn the_longest_payload_still_fits_the_symbol() {
        let long = Reference::Plain("Ω".repeat(200));
        let text =
            payload(&"Ä".repeat(90), IBAN, "BYLADEM1001", &[Money::new(CENTS_MAX, Currency::EUR)], &long).unwrap();
        // 140 Greek letters of two bytes are more than the standard's 331 bytes allow: then there is no code, and no panic.
        assert_eq!(svg(&text), None);
        let short = payload("N", IBAN, "", &[Money::new(1, Currency::EUR)], &Reference::Plain("1".to_owned())).unwrap();
        assert!(svg(&short).unwrap().contains("<path d=\"M4 4h1v1h-1z"));
    }
}
