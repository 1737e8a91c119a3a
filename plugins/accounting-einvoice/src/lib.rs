//! Accounting plugin: EN 16931 invoices and credit notes from a folder.

pub mod map;
pub mod wire;

use std::collections::BTreeMap;

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::{Accounting, Document, Error, Inbox, Page, Refusal, Result, Taken};
use serde::Deserialize;

/// The folder as the manifest names it.
const INVOICES: &str = "invoices";

struct EInvoice;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// By the debtor's country: the language in which he is written to, of which these documents say nothing.
    #[serde(default)]
    languages: BTreeMap<String, String>,
}

impl Config {
    fn check(&self) -> Result<()> {
        let letters = |code: &str, what: fn(&u8) -> bool| code.len() == 2 && code.bytes().all(|letter| what(&letter));
        let wrong = |(country, language): &(&String, &String)| {
            !letters(country, u8::is_ascii_uppercase) || !letters(language, u8::is_ascii_lowercase)
        };
        match self.languages.iter().find(wrong) {
            None => Ok(()),
            Some((country, language)) => {
                let message = format!("`languages` has `{country} = \"{language}\"`");
                Err(Error::misconfigured(message).hint("a country in capitals and a language, such as DK = \"da\""))
            }
        }
    }

    fn tell(&self, fact: &mut Fact) {
        let debtor = match fact {
            Fact::Invoice(invoice) => &mut invoice.debtor,
            Fact::CreditMemo(memo) => &mut memo.debtor,
            _ => return,
        };
        if let Some(language) = self.languages.get(&debtor.country) {
            debtor.language.clone_from(language);
        }
    }
}

impl Accounting for EInvoice {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        config.check()?;
        Connection::new(INVOICES).list("", None, 1).map(drop)
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let connection = Connection::new(INVOICES);
        // A PDF is taken as well, so that its refusal can say what to do with it.
        let inbox = Inbox { connection, folder: "", extensions: &["xml", "pdf"], files_per_pull: 50 };
        inbox.pull(cursor, |document| take(config, document))
    }
}

fn take(config: &Config, document: &Document) -> std::result::Result<Taken<Fact>, Refusal> {
    wire::read(&document.bytes)
        .and_then(|invoice| map::event(&invoice, &document.name))
        .map(|mut event| {
            config.tell(&mut event.fact);
            Taken::new(vec![event])
        })
        .map_err(|flaw| document.refusal(flaw.place(), flaw.reason))
}

dunlin_plugin_sdk::export!(EInvoice: accounting);

#[cfg(test)]
mod tests {
    use dunlin_plugin_sdk::testing::{Folder, Laws};

    use super::*;

    const INVOICE: &[u8] = include_bytes!("../fixtures/de-ubl-discounts.xml");
    const CREDIT_NOTE: &[u8] = include_bytes!("../fixtures/se-ubl-credit-note.xml");

    #[test]
    fn every_document_counts_and_counts_once() {
        let files = [("a.xml", INVOICE), ("b.XML", CREDIT_NOTE)];
        Laws { config: "{}", connection: INVOICES, folder: "", files: &files }.hold(EInvoice::pull);
    }

    #[test]
    fn a_bad_document_goes_to_quarantine_and_the_others_go_on() {
        let folder = Folder::new(INVOICES);
        folder.put("a.xml", "<Invoice>");
        folder.put("b.xml", INVOICE);
        folder.put("c.pdf", "%PDF-1.7");
        let page = EInvoice::pull(&Config::default(), None).unwrap();
        assert_eq!(page.events.len(), 1);
        assert_eq!(page.progress.refusals.len(), 2);
        EInvoice::pull(&Config::default(), Some(&page.progress.cursor)).unwrap();
        assert!(folder.get("processed/b.xml").is_some());
        assert!(folder.text("quarantine/c.pdf.reason.txt").contains("extract the XML"), "{:?}", folder.paths());
        assert!(folder.get("quarantine/a.xml").is_some());
    }

    #[test]
    fn a_debtor_is_written_to_in_the_language_that_is_told_for_his_country() {
        let folder = Folder::new(INVOICES);
        folder.put("a.xml", INVOICE);
        let told = |languages: &[(&str, &str)]| Config {
            languages: languages
                .iter()
                .map(|(country, language)| (country.to_string(), language.to_string()))
                .collect(),
        };
        let config = told(&[("DE", "de"), ("DK", "da")]);
        assert!(EInvoice::check(&config).is_ok());
        let page = EInvoice::pull(&config, None).unwrap();
        let [event] = page.events.as_slice() else { panic!("{:?}", page.events) };
        let Fact::Invoice(invoice) = &event.fact else { panic!("{:?}", event.fact) };
        assert_eq!((invoice.debtor.country.as_str(), invoice.debtor.language.as_str()), ("DE", "de"));
        for wrong in [("de", "de"), ("DE", "German"), ("DEU", "de")] {
            let error = EInvoice::check(&told(&[wrong])).unwrap_err();
            assert!(
                error.message.contains(wrong.0) && error.hint.as_ref().is_some_and(|hint| hint.contains("DK")),
                "{error:?}"
            );
        }
    }
}
