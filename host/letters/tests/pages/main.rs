//! Letters on paper: read back as a reader for the blind does, they say what the ledger says, and a layout sees nothing but what
//! it is handed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::float_arithmetic)] // a test may

mod reader;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use escalation::{InvoiceNumber, Money};
use letters::facts::{Facts, Item};
use letters::sheet::{Part, Table};
use letters::{Kind, LetterError, Letters, Written, notation, sample};
use reader::Paper;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/letters")
}

fn letters() -> &'static Letters {
    static LETTERS: OnceLock<Letters> = OnceLock::new();
    LETTERS.get_or_init(|| Letters::load(&folder(), escalation::Packs::shipped().unwrap()).unwrap())
}

/// Only a law firm's letter has a mandate.
fn write(template: &str, language: &str, facts: &Facts) -> Written {
    let mandate = facts.mandate.clone().filter(|_| Kind::named(template) == Some(Kind::LawFirmLetter));
    letters().write(template, language, &Facts { mandate, ..facts.clone() }).unwrap()
}

fn print(written: &Written) -> Vec<u8> {
    letters().print(written).unwrap()
}

fn paper(template: &str, language: &str, facts: &Facts) -> Paper {
    Paper::read(&print(&write(template, language, facts)))
}

/// As words with one space between them, whatever breaks the page has put there.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The table's cells as they must be read out: heads, then rows and sums.
fn cells(table: &Table) -> (Vec<String>, Vec<String>) {
    let rows = table.rows.iter().flat_map(|row| &row.cells);
    let sums = table.sums.iter().flat_map(|sum| [&sum.label, &sum.amount]);
    (table.head.iter().map(|head| plain(head)).collect(), rows.chain(sums).map(|cell| plain(cell)).collect())
}

macro_rules! languages {
    ($($name:ident $language:literal)*) => {
        $(
            #[test]
            fn $name() {
                every_letter_of($language);
            }
        )*
    };
}

languages! {
    english_letters_are_one_page_that_reads_as_it_was_written "en"
    german_letters_are_one_page_that_reads_as_it_was_written "de"
    greek_letters_are_one_page_that_reads_as_it_was_written "el"
    danish_letters_are_one_page_that_reads_as_it_was_written "da"
    swedish_letters_are_one_page_that_reads_as_it_was_written "sv"
}

/// Each template is one page, of the form that archives and readers for the blind accept, and each word is read out under the
/// tag that says what it is: the sender's words, the ledger's amounts, how to pay.
fn every_letter_of(language: &str) {
    for (_, template, _) in letters().all().filter(|(of, ..)| *of == language) {
        let written = write(template, language, &sample::facts(language));
        let pdf = print(&written);
        let name = format!("{language}/{template}");
        let says = |text: &str| pdf.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(pdf.starts_with(b"%PDF-1.7"), "{name}");
        assert!(says("<pdfaid:part>2</pdfaid:part>"), "{name}: PDF/A-2");
        assert!(says("<pdfaid:conformance>A</pdfaid:conformance>"), "{name}: level A");
        assert!(says("<pdfuaid:part>1</pdfuaid:part>"), "{name}: PDF/UA-1");
        let paper = Paper::read(&pdf);
        assert_eq!((paper.pages, paper.language.as_str(), paper.is_tagged), (1, language, true), "{name}");
        assert_eq!(paper.all("H1"), [plain(&written.subject)], "{name}");
        assert!(!paper.text().contains('\u{fffd}'), "{name}: a sign that is in no font: {}", paper.text());
        let (mut heads, mut body) = (Vec::new(), Vec::new());
        for part in &written.parts {
            match part {
                Part::Head { .. } => {}
                Part::Heading { text } => assert!(paper.all("H2").contains(&plain(text).as_str()), "{name}: {text}"),
                Part::Paragraph { text, .. } => {
                    assert!(paper.all("P").contains(&plain(text).as_str()), "{name}: {text}")
                }
                Part::Table(table) => {
                    let (of_table, cells) = cells(table);
                    heads.extend(of_table);
                    body.extend(cells);
                }
                Part::Payment(payment) => {
                    for (label, value) in &payment.rows {
                        let line = plain(&format!("{label} {value}"));
                        assert!(paper.text().contains(&line), "{name}: {line} in {}", paper.text());
                    }
                    let codes = paper.elements.iter().filter(|element| element.alt.starts_with(&payment.scan)).count();
                    assert_eq!(codes, usize::from(payment.has_qr), "{name}: the code for banking apps");
                }
                Part::Signature(signature) => {
                    assert!(paper.text().contains(&plain(&signature.privacy)), "{name}: {}", signature.privacy);
                }
                Part::SignHere { rows } => {
                    rows.iter().for_each(|row| assert!(paper.text().contains(&plain(row)), "{name}: {row}"));
                }
            }
        }
        assert_eq!(paper.all("TH"), heads, "{name}");
        assert_eq!(paper.all("TD"), body, "{name}");
    }
}

/// The sums of the last table, read off the page and compared with the ledger's own, not with the letter's text.
#[test]
fn the_totals_on_paper_are_the_ledgers() {
    for language in ["en", "de", "el", "da", "sv"] {
        let facts = Facts { mandate: None, ..sample::facts(language) };
        let paper = paper("final-demand", language, &facts);
        let minor = |money: &Money| money.minor;
        let open: i64 = facts.items.iter().map(|item| minor(&item.open)).sum();
        let charges: i64 = facts.charges.iter().map(|charge| minor(&charge.amount)).sum();
        let currency = facts.items[0].open.currency;
        let shown = |minor: i64| plain(&notation::amount(Money::new(minor, currency), language));
        let read = paper.all("TD");
        assert_eq!(read[read.len() - 3], shown(open), "{language}: what is open");
        assert_eq!(read[read.len() - 1], shown(open + charges), "{language}: the total");
        // 3200.00 + 889.50 = 4089.50; with 31.51 and 40.00 it is 4161.01.
        assert_eq!((open, open + charges), (408_950, 416_101));
    }
}

#[test]
fn the_same_letter_is_the_same_file() {
    let written = write("first-notice", "de", &sample::bare("de"));
    assert_eq!(print(&written), print(&written));
}

/// A letter of many invoices: the head of the table comes again, and from the second page on pages are counted.
#[test]
fn a_long_list_goes_on_on_the_next_page() {
    let mut facts = sample::bare("en");
    let item = facts.items[0].clone();
    facts.items =
        (0..120).map(|number| Item { invoice: InvoiceNumber::new(format!("INV-{number}")), ..item.clone() }).collect();
    let paper = paper("first-notice", "en", &facts);
    assert!(paper.pages >= 3, "{} pages", paper.pages);
    let invoices = paper.all("TD").into_iter().filter(|cell| cell.starts_with("INV-")).count();
    assert_eq!(invoices, 120);
    assert!(paper.text().contains("142,800.00 EUR"), "120 times 1,190.00");
    for (at, outside) in paper.outside.iter().enumerate() {
        let number = format!("Page {} of {}", at + 1, paper.pages);
        assert_eq!(plain(outside).contains(&number), at > 0, "page {}: {outside}", at + 1);
        assert_eq!(outside.contains("InvoiceIssuedDueAmountOpen"), at > 0, "{outside}");
    }
}

/// What comes from outside is text: it is neither markup, nor code, nor does it break the page.
#[test]
fn a_hostile_name_is_printed_as_it_is() {
    for name in [
        "#read(\"/etc/passwd\") GmbH",
        "] #panic(\"x\") [ & Co",
        "\\\\server\\u{41} *bold* _em_ `raw`",
        "$ x^2 $ = Head <label> @cite // none",
        "\u{202e}GmbH\u{202c} \u{2067}\"quotes\"\u{200f} -- ... 'x'",
        "https://evil.example/~a",
    ] {
        let mut facts = sample::bare("en");
        facts.debtor.name = name.to_owned();
        facts.debtor.address = vec![format!("{name} 1"), "#set page(width: 1pt)".to_owned()];
        facts.items[0].invoice = InvoiceNumber::new("#{1+1}]");
        let paper = paper("first-notice", "en", &facts);
        assert_eq!(paper.pages, 1, "{name}");
        // But signs that turn the order of letters around are not letters.
        let seen = plain(&name.replace(['\u{202e}', '\u{202c}', '\u{2067}', '\u{200f}'], ""));
        assert!(paper.text().contains(&format!("{seen} {seen} 1 #set page(width: 1pt)")), "{name}: {}", paper.text());
        assert_eq!(paper.all("TD")[0], "#{1+1}]", "{name}");
    }
}

/// A name as long as a field may be, without a place to break: the page keeps its form.
#[test]
fn a_long_name_stays_on_the_page() {
    let mut facts = sample::bare("de");
    facts.debtor.name = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(2);
    facts.debtor.address = vec!["Straße".repeat(40), "28195 Bremen".to_owned()];
    let paper = paper("first-notice", "de", &facts);
    assert_eq!(paper.pages, 1);
}

/// A layout of one's own cannot read the machine, nor fetch a package.
#[test]
fn a_layout_reads_nothing_else() {
    for source in [
        "#read(\"/etc/passwd\")",
        "#read(\"../words.toml\")",
        "#import \"@preview/tablex:0.0.8\": *",
        "#image(\"logo.svg\")",
    ] {
        let own = tempfile::tempdir().unwrap();
        std::fs::create_dir(own.path().join("en")).unwrap();
        let template = std::fs::read(folder().join("en/thank-you.txt")).unwrap();
        std::fs::write(own.path().join("en/thank-you.txt"), template).unwrap();
        std::fs::write(own.path().join("layout.typ"), format!("#set document(title: \"x\")\n{source}")).unwrap();
        let letters = Letters::load(own.path(), escalation::Packs::shipped().unwrap()).unwrap();
        let written = letters.write("thank-you", "en", &sample::bare("en")).unwrap();
        match letters.print(&written) {
            Err(LetterError::Page(why)) => assert!(why.contains("layout.typ:2"), "{why}"),
            other => panic!("{source}: {other:?}"),
        }
    }
}
