//! Numbers with check digits: bank accounts, payment references, register and VAT numbers.

use crate::chance::Dice;

/// An IBAN of a country from its national part.
pub(crate) fn iban(country: &str, national: &str) -> String {
    format!("{country}{:02}{national}", 98 - modulo_97(&format!("{national}{country}00")))
}

/// An ISO 11649 creditor reference.
pub(crate) fn creditor_reference(body: &str) -> String {
    format!("RF{:02}{body}", 98 - modulo_97(&format!("{body}RF00")))
}

/// ISO 7064 mod 97-10: letters count as 10 to 35.
fn modulo_97(text: &str) -> u64 {
    text.chars().filter_map(|letter| letter.to_digit(36)).fold(0, |rest, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + u64::from(value)) % 97
    })
}

fn digits_of(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.chars().filter_map(|letter| letter.to_digit(10))
}

/// `DE` and nine digits, the last by ISO 7064 mod 11,10.
pub(crate) fn german_vat(dice: &mut Dice) -> String {
    let body = dice.digits(8);
    let product = digits_of(&body).fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    format!("DE{body}{}", (11 - product) % 10)
}

/// `EL` and nine digits, the last by powers of two modulo 11.
pub(crate) fn greek_vat(dice: &mut Dice) -> String {
    let body = dice.digits(8);
    let sum: u32 = digits_of(&body).zip((1..=8).rev()).map(|(digit, power)| digit << power).sum();
    format!("EL{body}{}", sum % 11 % 10)
}

/// The eight digits of a Danish CVR number: weighted by 2 7 6 5 4 3 2 1 they are a multiple of 11.
pub(crate) fn danish_register(dice: &mut Dice) -> String {
    loop {
        let body = dice.digits(7);
        let sum: u32 = digits_of(&body).zip([2, 7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
        let check = (11 - sum % 11) % 11;
        if check < 10 {
            return format!("{body}{check}");
        }
    }
}

/// A Swedish organisation number, ten digits with a Luhn check digit.
pub(crate) fn swedish_register(dice: &mut Dice) -> String {
    let body = format!("556{}", dice.digits(6));
    let sum: u32 = digits_of(&body)
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    #[test]
    fn references_match_published_examples() {
        assert_eq!(creditor_reference("539007547034"), "RF18539007547034");
        assert_eq!(creditor_reference("INV20260042"), "RF73INV20260042");
        assert_eq!(iban("DE", "120300000000202051"), "DE02120300000000202051");
    }

    #[test]
    fn register_numbers_pass_their_own_checks() {
        let mut dice = Chance::new(3).dice("registers");
        for _ in 0..50 {
            let danish = danish_register(&mut dice);
            let sum: u32 = digits_of(&danish).zip([2, 7, 6, 5, 4, 3, 2, 1]).map(|(digit, weight)| digit * weight).sum();
            assert_eq!((danish.len(), sum % 11), (8, 0), "`{danish}`");
            let swedish = swedish_register(&mut dice);
            let sum: u32 = digits_of(&swedish)
                .enumerate()
                .map(|(place, digit)| if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
                .sum();
            assert_eq!((swedish.len(), sum % 10), (10, 0), "`{swedish}`");
            assert_eq!(german_vat(&mut dice).len(), 11);
            assert_eq!(greek_vat(&mut dice).len(), 11);
        }
    }
}
