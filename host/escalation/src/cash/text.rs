//! What a payer wrote, as words that can be compared.

use super::Payment;

/// Words longer than this are no reference.
const TOKEN_LEN_MAX: usize = 40;
/// Shorter ones mean nothing.
const TOKEN_LEN_MIN: usize = 3;
/// An invoice number may be broken into so many pieces by spaces, dashes and line ends.
const PIECES_MAX: usize = 6;
/// Words looked up for one payment.
const TOKENS_MAX: usize = 400;

/// Upper case, letters and digits only: `inv-2026/7` and `INV 20267` are the same.
pub fn normalise(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Every word of the payment under which an invoice might be known, for the store's index.
pub fn tokens(payment: &Payment) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut add = |token: String| {
        let fits = (TOKEN_LEN_MIN..=TOKEN_LEN_MAX).contains(&token.chars().count());
        if fits && tokens.len() < TOKENS_MAX && !tokens.contains(&token) {
            tokens.push(token);
        }
    };
    payment.references.iter().chain(&payment.end_to_end_id).for_each(|reference| add(normalise(reference)));
    for text in payment.references.iter().chain(&payment.end_to_end_id).chain([&payment.text]) {
        let pieces = pieces(text);
        for start in 0..pieces.len() {
            for end in start + 1..=pieces.len().min(start + PIECES_MAX) {
                add(pieces[start..end].concat());
            }
        }
    }
    tokens
}

/// The same of a payment that is given back: its bank's reference, which its payment had, before all else.
pub fn tokens_of_reversal(reversal: &Payment) -> Vec<String> {
    let own = reversal.bank_reference.iter().map(|id| normalise(id)).filter(|id| id.chars().count() <= TOKEN_LEN_MAX);
    let own: Vec<String> = own.filter(|id| !id.is_empty()).collect();
    let others = tokens(reversal).into_iter().filter(|token| !own.contains(token));
    own.iter().cloned().chain(others).take(TOKENS_MAX).collect()
}

/// Which of the wanted words stand in the text as whole words, in the order of the text. A long one hides the short ones
/// inside it: `INV-2026-001` does not name the invoice `2026`.
pub(super) fn named<'a>(text: &str, wanted: &[&'a str]) -> Vec<&'a str> {
    let pieces = pieces(text);
    let mut taken = vec![false; pieces.len()];
    let mut found: Vec<(usize, &'a str)> = Vec::new();
    for length in (1..=PIECES_MAX.min(pieces.len())).rev() {
        for start in 0..=pieces.len() - length {
            let range = start..start + length;
            if taken[range.clone()].iter().any(|taken| *taken) {
                continue;
            }
            let word = pieces[range.clone()].concat();
            if let Some(wanted) = wanted.iter().find(|wanted| **wanted == word && telling(wanted)) {
                taken[range].fill(true);
                found.push((start, *wanted));
            }
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, wanted)| wanted).collect()
}

/// Long enough that it is no accident: three characters with a letter, or four digits.
fn telling(word: &str) -> bool {
    let length = word.chars().count();
    length >= 4 || (length >= TOKEN_LEN_MIN && word.chars().any(char::is_alphabetic))
}

fn pieces(text: &str) -> Vec<String> {
    let split = text.split(|letter: char| !letter.is_alphanumeric());
    split.filter(|piece| !piece.is_empty()).map(normalise).take(TOKENS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_compare_without_case_and_punctuation() {
        assert_eq!(normalise("rf18 5390-0754.7034"), "RF18539007547034");
        assert_eq!(normalise("τιμ. 42"), "ΤΙΜ42");
    }

    #[test]
    fn an_invoice_number_is_found_as_a_whole_word_only() {
        let wanted = ["INV7", "2026", "INV2026001"];
        assert_eq!(named("pay INV-7, thanks", &wanted), ["INV7"]);
        assert_eq!(named("INV-77 and XINV7", &wanted), Vec::<&str>::new());
        assert_eq!(named("Rechnung inv-2026-001 vom 2. Mai", &wanted), ["INV2026001"]);
        assert_eq!(named("INV-20 26-001", &wanted), ["INV2026001"]);
    }

    #[test]
    fn invoices_come_in_the_order_of_the_text() {
        assert_eq!(named("INV-9 then INV-2", &["INV2", "INV9"]), ["INV9", "INV2"]);
    }

    #[test]
    fn three_digits_are_no_invoice_number() {
        assert_eq!(named("EUR 120", &["120"]), Vec::<&str>::new());
    }
}
