//! A folder of letters that is wrong is refused with its file, its line and what would be right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may

use std::path::Path;

use escalation::Packs;
use letters::{Facts, LetterError, Letters, sample};

const WHOLE: &str = "Subject: Hello\n\n[head]\n\n[items]\n\n[payment]\n\n[dispute]\n\n[signature]\n";

/// A folder with one English letter.
fn folder(name: &str, source: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("en")).unwrap();
    std::fs::write(folder.path().join("en").join(name), source).unwrap();
    folder
}

/// The line and the reason.
fn refused(folder: &Path) -> (usize, String) {
    match Letters::load(folder, Packs::shipped().unwrap()) {
        Err(LetterError::File { line, why, .. }) => (line, why),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was accepted"),
    }
}

#[test]
fn a_whole_letter_of_ones_own_is_accepted() {
    let own = folder("reminder.txt", &WHOLE.replace("Hello\n", "Hello\nKind: second-notice\n"));
    let letters = Letters::load(own.path(), Packs::shipped().unwrap()).unwrap();
    letters.check(&["reminder"]).unwrap();
    assert!(letters.write("reminder", "en", &sample::bare("en")).is_ok());
    let missing = letters.check(&["first-notice"]).unwrap_err().to_string();
    assert!(missing.contains("the policy names the template `first-notice`"), "{missing}");
}

#[test]
fn a_letter_must_say_what_it_is_for() {
    let (line, why) = refused(folder("reminder.txt", WHOLE).path());
    assert_eq!(line, 2);
    assert!(why.contains("Kind: ...") && why.contains("`second-notice`"), "{why}");
}

#[test]
fn an_unknown_field_is_named_with_the_allowed_ones() {
    let (line, why) = refused(folder("first-notice.txt", &WHOLE.replace("[items]", "{{ totl }}")).path());
    assert_eq!(line, 5);
    assert!(why.contains("`totl` is no field of a letter") && why.contains("`total`"), "{why}");
    let (line, why) = refused(folder("first-notice.txt", &WHOLE.replace("[items]", "x {{ creditor.nmae }}")).path());
    assert_eq!(line, 5);
    assert!(why.contains("in `x {{ creditor.nmae }}`"), "{why}");
    let unknown = WHOLE.replace("[items]", "{% for item in items %}{{ item.opne }}{% endfor %}");
    assert_eq!(refused(folder("first-notice.txt", &unknown).path()).0, 5);
}

#[test]
fn a_day_that_may_be_missing_is_asked_after() {
    let only_sometimes = WHOLE.replace("[head]", "{{ mandate.file }}");
    assert_eq!(refused(folder("first-notice.txt", &only_sometimes).path()).0, 3);
}

#[test]
fn an_unknown_mark_is_named() {
    let (line, why) = refused(folder("first-notice.txt", &WHOLE.replace("[payment]", "[paymnet]")).path());
    assert_eq!(line, 7);
    assert!(why.contains("`[paymnet]` is unknown"), "{why}");
}

#[test]
fn a_wrong_tone_is_refused_where_it_stands() {
    let (line, why) = refused(folder("first-notice.txt", &WHOLE.replace("[head]", "Pay,\nyou\ndeadbeat.")).path());
    assert_eq!(line, 5);
    assert!(why.contains("`deadbeat`: a letter does not insult"), "{why}");
    let (line, _) = refused(folder("first-notice.txt", &WHOLE.replace("[head]", "We will come to\nyour home.")).path());
    assert_eq!(line, 3, "a wording over two lines");
    let (line, why) = refused(folder("first-notice.txt", &WHOLE.replace("[head]", "Our client waits.")).path());
    assert_eq!((line, why.contains("law firm with a recorded mandate")), (3, true), "{why}");
}

#[test]
fn a_template_that_cannot_be_parsed_and_words_that_lack_a_key_are_refused() {
    assert_eq!(refused(folder("first-notice.txt", &WHOLE.replace("[head]", "{% if %}")).path()).0, 3);
    let own = folder("first-notice.txt", WHOLE);
    std::fs::write(own.path().join("en/words.toml"), "date = \"Date\"\nphon = \"x\"\n").unwrap();
    let (line, why) = refused(own.path());
    assert_eq!(line, 2);
    assert!(why.contains("phon"), "{why}");
    let missing = Letters::load(&own.path().join("nowhere"), Packs::shipped().unwrap()).err().unwrap().to_string();
    assert!(missing.contains("hint: `letters` names a folder"), "{missing}");
}

#[test]
fn a_name_from_outside_is_neither_mark_nor_placeholder_nor_insult() {
    let own = folder("first-notice.txt", WHOLE);
    let letters = Letters::load(own.path(), Packs::shipped().unwrap()).unwrap();
    let mut facts = sample::bare("en");
    facts.debtor.name = "[payment] {{ total }} Deadbeat & Shame Ltd".to_owned();
    let written = letters.write("first-notice", "en", &facts).unwrap();
    assert!(written.text().contains("[payment] {{ total }} Deadbeat & Shame Ltd, 20 April 2026"), "{}", written.text());
}

#[test]
fn a_letter_that_leaves_something_out_is_refused_when_it_is_written() {
    for (mark, what) in [
        ("[dispute]", "how to object"),
        ("[payment]", "the account to pay to"),
        ("[items]", "the number of invoice"),
        ("[signature]", "data"),
    ] {
        let own = folder("first-notice.txt", &WHOLE.replace(mark, ""));
        let letters = Letters::load(own.path(), Packs::shipped().unwrap()).unwrap();
        let why = letters.write("first-notice", "en", &sample::bare("en")).unwrap_err().to_string();
        assert!(why.contains(what), "{mark}: {why}");
    }
}

#[test]
fn a_final_demand_to_denmark_says_that_costs_may_follow() {
    let own =
        folder("final-demand.txt", &WHOLE.replace("[head]", "[head]\n\nPay by {{ deadline }}.\n\n[next-step] We act."));
    let letters = Letters::load(own.path(), Packs::shipped().unwrap()).unwrap();
    let facts = |language: &str| Facts { deadline: sample::facts("de").deadline, ..sample::bare(language) };
    assert!(letters.write("final-demand", "en", &facts("de")).is_ok());
    let why = letters.write("final-demand", "en", &facts("da")).unwrap_err().to_string();
    assert!(why.contains("that further costs may follow") && !why.contains("at least 10 days"), "{why}");
}
