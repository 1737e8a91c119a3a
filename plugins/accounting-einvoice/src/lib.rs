//! Accounting plugin: EN 16931 invoices and credit notes from a folder.

pub mod map;
pub mod wire;

use dunlin_plugin_sdk::accounting::Fact;
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::{Accounting, Document, Inbox, Page, Refusal, Result, Taken};
use serde::Deserialize;

/// The folder as the manifest names it.
const INVOICES: &str = "invoices";

struct EInvoice;

/// Nothing to choose yet; a misspelt key is still found at start.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

impl Accounting for EInvoice {
    type Config = Config;

    fn check(_: &Config) -> Result<()> {
        Connection::new(INVOICES).list("", None, 1).map(drop)
    }

    fn pull(_: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let connection = Connection::new(INVOICES);
        // A PDF is taken as well, so that its refusal can say what to do with it.
        let inbox = Inbox { connection, folder: "", extensions: &["xml", "pdf"], files_per_pull: 50 };
        inbox.pull(cursor, take)
    }
}

fn take(document: &Document) -> std::result::Result<Taken<Fact>, Refusal> {
    wire::read(&document.bytes)
        .and_then(|invoice| map::event(&invoice, &document.name))
        .map(|event| Taken::new(vec![event]))
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
        let page = EInvoice::pull(&Config {}, None).unwrap();
        assert_eq!(page.events.len(), 1);
        assert_eq!(page.progress.refusals.len(), 2);
        EInvoice::pull(&Config {}, Some(&page.progress.cursor)).unwrap();
        assert!(folder.get("processed/b.xml").is_some());
        assert!(folder.text("quarantine/c.pdf.reason.txt").contains("extract the XML"), "{:?}", folder.paths());
        assert!(folder.get("quarantine/a.xml").is_some());
    }
}
