//! Every letter in every language: it can be written, says the same in each form, and is refused when something is missing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may

use std::path::Path;
use std::sync::OnceLock;

use escalation::{Currency, Date, Money};
use letters::facts::Facts;
use letters::sheet::Part;
use letters::{Kind, LetterError, Letters, sample};

const LANGUAGES: [&str; 5] = ["en", "de", "el", "da", "sv"];

fn letters() -> &'static Letters {
    static LETTERS: OnceLock<Letters> = OnceLock::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/letters");
    LETTERS.get_or_init(|| {
        Letters::load(&folder, escalation::Packs::shipped().unwrap()).unwrap_or_else(|error| panic!("{error}"))
    })
}

fn lacks(letters: &Letters, template: &str, language: &str, facts: &Facts) -> String {
    match letters.write(template, language, facts) {
        Err(LetterError::Lacks { lacks, .. }) => lacks.join("\n"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_kind_is_there_in_every_language() {
    let letters = letters();
    for language in LANGUAGES {
        let mut kinds: Vec<Kind> = letters.all().filter(|(l, ..)| *l == language).map(|(.., kind)| kind).collect();
        kinds.sort();
        kinds.dedup();
        let expected: Vec<Kind> =
            Kind::ALL.into_iter().filter(|kind| *kind != Kind::Internal || language == "en").collect();
        assert_eq!(kinds, expected, "{language}");
    }
}

#[test]
fn text_and_html_say_the_same() {
    let letters = letters();
    for (language, template, _) in letters.all() {
        for facts in
            [sample::facts(language), Facts { mandate: sample::facts(language).mandate, ..sample::bare(language) }]
        {
            let facts =
                Facts { deadline: Some(Date::new(2026, 5, 4).unwrap()), plan: sample::facts(language).plan, ..facts };
            let written = letters
                .write(template, language, &facts)
                .unwrap_or_else(|error| panic!("{language}/{template}: {error}"));
            assert!(!written.subject.is_empty());
            let (text, html) = (written.text(), written.html());
            for part in &written.parts {
                if let Part::Table(table) = part {
                    for word in
                        table.rows.iter().flat_map(|row| &row.cells).chain(table.sums.iter().map(|sum| &sum.amount))
                    {
                        assert!(text.contains(word.as_str()), "{language}/{template}: the text lacks {word}");
                        assert!(
                            html.contains(&word.replace('&', "&amp;")),
                            "{language}/{template}: the HTML lacks {word}"
                        );
                    }
                }
            }
            assert!(html.contains(&format!("<html lang=\"{language}\">")));
        }
    }
}

#[test]
fn several_currencies_stand_side_by_side() {
    let letters = letters();
    let mut facts = sample::bare("en");
    let mut other = facts.items[0].clone();
    other.open = Money::new(5_000, "USD".parse().unwrap());
    facts.items.push(other);
    let written = letters.write("first-notice", "en", &facts).unwrap();
    assert!(written.text().contains("Total: 1,190.00\u{a0}EUR + 50.00\u{a0}USD"), "{}", written.text());
    assert!(
        written.parts.iter().all(|part| !matches!(part, Part::Payment(payment) if payment.has_qr)),
        "no code for two sums"
    );
}

#[test]
fn the_code_is_there_only_for_euro() {
    let letters = letters();
    let has_qr = |facts: &Facts| {
        let written = letters.write("first-notice", "en", facts).unwrap();
        written.parts.iter().any(|part| matches!(part, Part::Payment(payment) if payment.has_qr))
    };
    let euro = sample::bare("de");
    assert_eq!(euro.items[0].open.currency, Currency::EUR);
    assert!(has_qr(&euro));
    assert!(!has_qr(&sample::facts("da")), "Danish kroner");
}

#[test]
fn a_demand_without_its_fields_is_refused() {
    let letters = letters();
    let whole = sample::bare("de");
    let mut facts = whole.clone();
    facts.creditor.iban = String::new();
    assert_eq!(lacks(letters, "first-notice", "de", &facts), "the account to pay to (`creditor.iban`)");
    let mut facts = whole.clone();
    facts.creditor.party.address.clear();
    assert_eq!(lacks(letters, "first-notice", "de", &facts), "the sender's address");
    let mut facts = whole.clone();
    (facts.creditor.party.email, facts.creditor.party.phone) = (None, None);
    assert_eq!(lacks(letters, "first-notice", "de", &facts), "a way to reach the sender");
    let mut facts = whole.clone();
    facts.debtor.name = String::new();
    assert_eq!(lacks(letters, "first-notice", "de", &facts), "the debtor's name");
    let mut facts = sample::facts("de");
    facts.charges[1].law = String::new();
    assert_eq!(lacks(letters, "first-notice", "de", &facts), "the law or agreement of the compensation");
    assert!(letters.write("first-notice", "de", &whole).is_ok());
}

#[test]
fn a_final_demand_needs_its_day() {
    let letters = letters();
    let facts = sample::bare("de");
    assert!(letters.write("final-demand", "de", &facts).is_err(), "a final demand without a day");
}

/// inkassoloven § 10: at least ten days from sending. The letter is of 20 April: the 29th is nine days away, the 30th ten.
#[test]
fn a_danish_debtor_has_ten_days_in_any_language() {
    let letters = letters();
    for language in LANGUAGES {
        let deadline = |day: i8| Facts { deadline: Date::new(2026, 4, day).ok(), ..sample::bare("da") };
        let lacks = lacks(letters, "final-demand", language, &deadline(29));
        assert!(lacks.contains("at least 10 days after sending (inkassoloven § 10; it has 9)"), "{lacks}");
        assert!(letters.write("final-demand", language, &deadline(30)).is_ok(), "{language}");
    }
}

/// Eight days for a Swedish one: 20 and 8 is the 28th.
#[test]
fn a_swedish_debtor_has_eight_days() {
    let letters = letters();
    let deadline = |day: i8| Facts { deadline: Date::new(2026, 4, day).ok(), ..sample::bare("sv") };
    assert!(lacks(letters, "final-demand", "sv", &deadline(27)).contains("at least 8 days"));
    assert!(letters.write("final-demand", "sv", &deadline(28)).is_ok());
}

#[test]
fn british_interest_names_the_act() {
    let letters = letters();
    let mut facts = sample::facts("en");
    for charge in &mut facts.charges {
        charge.law = "statute".to_owned();
    }
    let lacks = lacks(letters, "second-notice", "en", &facts);
    assert_eq!(lacks, "the name of the Late Payment of Commercial Debts (Interest) Act 1998");
    facts.debtor.country = "DE".to_owned();
    assert!(letters.write("second-notice", "en", &facts).is_ok());
}

#[test]
fn a_law_firms_letter_needs_a_mandate() {
    let letters = letters();
    for language in LANGUAGES {
        let facts = Facts { mandate: None, ..sample::facts(language) };
        let refused = letters.write("law-firm-letter", language, &facts).unwrap_err();
        assert!(matches!(refused, LetterError::NoMandate { .. }), "{refused}");
        let written = letters.write("law-firm-letter", language, &sample::facts(language)).unwrap();
        assert_eq!(written.sheet.name, "Brandt Rechtsanwälte PartG mbB");
        assert!(written.text().contains("Nordlicht Handel GmbH"));
        let other = letters.write("final-demand", language, &facts).unwrap();
        assert_eq!(other.sheet.name, "Nordlicht Handel GmbH");
    }
}

#[test]
fn a_plan_asks_for_its_parts_and_not_for_the_whole_at_once() {
    let letters = letters();
    let written = letters.write("payment-plan", "de", &sample::facts("de")).unwrap();
    // 1400.00 + 1400.00 + 1361.01 = 4161.01, the total of items and charges: 3200.00 + 889.50 + 31.51 + 40.00.
    assert_eq!(written.text().matches("4.161,01\u{a0}EUR").count(), 2, "{}", written.text());
    assert!(written.parts.iter().all(|part| !matches!(part, Part::Payment(payment) if payment.has_qr)));
    let facts = Facts { plan: Vec::new(), ..sample::facts("de") };
    assert_eq!(lacks(letters, "payment-plan", "de", &facts), "the instalments of the plan");
}

#[test]
fn a_list_has_a_bound() {
    let letters = letters();
    let mut facts = sample::bare("en");
    facts.items = vec![facts.items[0].clone(); letters::facts::LINES_MAX + 1];
    assert!(matches!(
        letters.write("first-notice", "en", &facts),
        Err(LetterError::TooLong { lines: 2001, max: 2000, .. })
    ));
}

/// What was written and said is told in the letter's language; a level that has no word there, by its id.
#[test]
fn the_correspondence_speaks_the_language_of_the_letter() {
    let mut facts = Facts { mandate: None, ..sample::facts("de") };
    let written = |facts: &Facts| letters().write("case-file", "de", facts).unwrap().text();
    let text = written(&facts);
    assert!(
        text.contains("17.03.2026  E-Mail: Zahlungserinnerung\n24.03.2026  Anruf: Gespräch über die Zahlung"),
        "{text}"
    );
    facts.history[0].level = "own-level".to_owned();
    assert!(written(&facts).contains("E-Mail: own level"), "{}", written(&facts));
}

/// A letter to a colleague has no address for an envelope.
#[test]
fn only_a_letter_to_the_debtor_has_the_debtors_address() {
    let facts = sample::bare("en");
    let address = |template: &str| letters().write(template, "en", &facts).unwrap().sheet.address;
    assert_eq!(address("first-notice")[0], "Harbour & Sons Ltd");
    assert!(address("sales-rep").is_empty());
}
