//! What holds for every statement: it is taken exactly if it balances, and nothing is lost or doubled.

use super::read;
use dunlin_plugin_sdk::gateway::Fact;
use dunlin_plugin_sdk::{Event, Money};
use proptest::prelude::*;

/// An entry that is made up: its payments in cents, and whether money comes in.
type Made = (Vec<i64>, bool);

fn money(minor: i64) -> String {
    Money::new(minor, "EUR").plain()
}

fn sum(entries: &[Made]) -> i64 {
    entries.iter().map(|(parts, credit)| parts.iter().sum::<i64>() * if *credit { 1 } else { -1 }).sum()
}

fn camt(opening: i64, entries: &[Made], closing: i64) -> String {
    let balance = |code: &str, minor: i64| {
        let side = if minor < 0 { "DBIT" } else { "CRDT" };
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{}</Amt>\
             <CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-03-04</Dt></Dt></Bal>",
            money(minor.abs())
        )
    };
    let entry = |(parts, credit): &Made| {
        let details: String =
            parts.iter().map(|part| format!("<TxDtls><Amt Ccy=\"EUR\">{}</Amt></TxDtls>", money(*part))).collect();
        let side = if *credit { "CRDT" } else { "DBIT" };
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-04</Dt>\
             </BookgDt><NtryDtls><Btch><NbOfTxs>{}</NbOfTxs></Btch>{details}</NtryDtls></Ntry>",
            money(parts.iter().sum()),
            parts.len()
        )
    };
    let head = "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.04'><BkToCstmrStmt><Stmt><Id>S</Id>\
                <CreDtTm>2026-03-04T22:00:00</CreDtTm><Acct><Id><IBAN>DE02</IBAN></Id></Acct>";
    let balances = balance("OPBD", opening) + &balance("CLBD", closing);
    let entries: String = entries.iter().map(entry).collect();
    format!("{head}{balances}{entries}</Stmt></BkToCstmrStmt></Document>")
}

fn mt940(opening: i64, entries: &[Made], closing: i64) -> String {
    let comma = |minor: i64| money(minor.abs()).replace('.', ",");
    let mark = |minor: i64| if minor < 0 { "D" } else { "C" };
    let mut text = format!(":20:S\n:25:DE02\n:28C:1\n:60F:{}260304EUR{}\n", mark(opening), comma(opening));
    for (parts, credit) in entries {
        let mark = if *credit { "C" } else { "D" };
        text += &format!(":61:2603040304{mark}{}NTRFNONREF\n:86:INV-1\n", comma(parts.iter().sum()));
    }
    text + &format!(":62F:{}260304EUR{}\n-\n", mark(closing), comma(closing))
}

fn received(events: &[Event<Fact>]) -> i64 {
    let payments = events.iter().filter_map(|event| match &event.fact {
        Fact::Received(payments) => Some(payments.iter().map(|payment| payment.amount.minor).sum::<i64>()),
        _ => None,
    });
    payments.sum()
}

fn entries() -> impl Strategy<Value = Vec<Made>> {
    let parts = prop::collection::vec(1..10_000_000_i64, 1..4);
    prop::collection::vec((parts, any::<bool>()), 0..12)
}

proptest! {
    #[test]
    fn a_statement_that_balances_is_taken_whole(opening in -1_000_000_000..1_000_000_000_i64, entries in entries()) {
        let closing = opening + sum(&entries);
        let incoming: Vec<_> = entries.iter().filter(|(_, credit)| *credit).cloned().collect();
        for text in [camt(opening, &entries, closing), mt940(opening, &entries, closing)] {
            let events = read(&text).unwrap();
            prop_assert_eq!(received(&events), sum(&incoming));
            let keys: std::collections::BTreeSet<_> = events.iter().map(|event| &event.source.key).collect();
            prop_assert_eq!(keys.len(), events.len());
        }
    }

    #[test]
    fn a_cent_too_much_refuses_it(opening in 0..1_000_000_i64, entries in entries(), off in 1..1_000_i64) {
        let closing = opening + sum(&entries) + off;
        for text in [camt(opening, &entries, closing), mt940(opening, &entries, closing)] {
            let fault = read(&text).unwrap_err();
            prop_assert!(fault.contains("does not balance"), "{}", fault);
        }
    }

    #[test]
    fn noise_is_never_taken(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(crate::wire::read(&bytes, crate::wire::Charset::Windows1252).is_err());
    }

    /// Wherever a file is cut off, it is refused, unless only the end of the last line is lost.
    #[test]
    fn a_cut_file_is_never_taken(part in 0..1_000_usize) {
        let whole = super::STATEMENT;
        let end = whole.find("</Document>").unwrap();
        let cut = (0..=end * part / 1_000).rev().find(|at| whole.is_char_boundary(*at)).unwrap_or(0);
        prop_assert!(read(&whole[..cut]).is_err());
    }
}
