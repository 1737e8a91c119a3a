//! Files that must not be taken, with the exact words.

use super::{MT940, NEWER, STATEMENT, read};

/// The refusal of a fixture in which one piece was changed.
fn refused(text: &str, piece: &str, other: &str) -> String {
    assert!(text.contains(piece), "`{piece}` is not in the fixture");
    read(&text.replacen(piece, other, 1)).unwrap_err()
}

#[test]
fn a_statement_that_does_not_balance_is_refused_with_its_figures() {
    assert_eq!(
        refused(STATEMENT, "2646.05", "2646.06"),
        "line 6: the statement `STM-2026-0042` does not balance: opening 1000.00 EUR, credits 1750.00 EUR, \
         debits 103.95 EUR, closing 2646.06 EUR"
    );
    assert_eq!(
        refused(MT940, ":62F:C260304EUR2190,55", ":62F:C260304EUR2190,56"),
        "line 21: the statement `00042/002 2026-03-04` does not balance: opening 2090.55 EUR, credits 100.00 EUR, \
         debits 0.00 EUR, closing 2190.56 EUR"
    );
    assert_eq!(
        refused(MT940, ":60M:C260304EUR2090,55", ":60M:C260304EUR2090,54"),
        "line 21, `:60M:`: the page opens with 2090.54 EUR and the page before it closed with 2090.55 EUR"
    );
}

#[test]
fn control_sums_must_agree() {
    let cases = [
        (
            "<NbOfNtries>4<",
            "<NbOfNtries>5<",
            "line 6, `TtlNtries`: the statement `STM-2026-0042` states 5 entries and lists 4",
        ),
        (
            "<Sum>1750<",
            "<Sum>1751<",
            "line 6, `TtlCdtNtries`: the statement `STM-2026-0042` states 1751.00 EUR and lists 1750.00 EUR",
        ),
        (
            "<Sum>103.95<",
            "<Sum>103.94<",
            "line 6, `TtlDbtNtries`: the statement `STM-2026-0042` states 103.94 EUR and lists 103.95 EUR",
        ),
        (
            "<TtlNetNtryAmt>1646.05<",
            "<TtlNetNtryAmt>1646.04<",
            "line 6, `TtlNtries`: the statement states a net of 1646.04 EUR and its entries come to 1646.05 EUR",
        ),
    ];
    for (piece, other, words) in cases {
        assert_eq!(refused(STATEMENT, piece, other), words);
    }
    assert_eq!(
        refused(NEWER, "<b:Amt>2380<", "<b:Amt>2381<"),
        "line 6, `TtlNtries`: the statement states a net of 2381.00 DKK and its entries come to 2380.00 DKK"
    );
}

#[test]
fn a_batch_must_come_to_its_entry() {
    assert_eq!(
        refused(STATEMENT, "<NbOfTxs>3<", "<NbOfTxs>4<"),
        "line 53, `NbOfTxs`: the batch states 4 payments and lists 3"
    );
    assert_eq!(
        refused(STATEMENT, "<TtlAmt Ccy=\"EUR\">550.00<", "<TtlAmt Ccy=\"EUR\">551.00<"),
        "line 53, `Btch`: the batch states 551.00 EUR and its payments come to 550.00 EUR"
    );
    let without = STATEMENT.replace("<TtlAmt Ccy=\"EUR\">550.00</TtlAmt>", "");
    assert_eq!(
        refused(&without, "<Amt Ccy=\"EUR\">250.00<", "<Amt Ccy=\"EUR\">249.00<"),
        "line 47, `Ntry`: the entry is 550.00 EUR and its 3 payments come to 549.00 EUR"
    );
    assert_eq!(
        refused(&without, "<Amt Ccy=\"EUR\">250.00<", "<Amt Ccy=\"SEK\">250.00<"),
        "line 65, `TxDtls`: no amount in `EUR`"
    );
}

#[test]
fn a_wrong_element_is_named_with_its_line() {
    let cases = [
        (">1200.00<", ">12OO.00<", "line 25, `Amt`: `12OO.00` is not an amount in EUR: it has other signs than digits"),
        (">1200.00<", ">-5<", "line 25, `Amt`: `-5` is negative; a sign stands beside an amount"),
        ("<Amt Ccy=\"EUR\">1200.00<", "<Amt>1200.00<", "line 25, `Amt`: the attribute `Ccy` is missing"),
        ("<Dt>2026-03-05</Dt>", "<Dt>05.03.2026</Dt>", "line 26, `Dt`: `05.03.2026` is not a day such as `2026-03-04`"),
        (
            "<Sts>PDNG</Sts>",
            "<Sts>LATER</Sts>",
            "line 93, `Sts`: unknown status `LATER`: expected `BOOK`, `PDNG`, `FUTR` or `INFO`",
        ),
        (
            "<CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG",
            "<CdtDbtInd>C</CdtDbtInd><Sts>PDNG",
            "line 92, `Ntry`: `CdtDbtInd` is `C`: expected `CRDT` or `DBIT`",
        ),
        ("<Cd>PRCD</Cd>", "<Cd>XPCD</Cd>", "line 6, `Stmt`: no opening balance (`OPBD` or `PRCD`)"),
        ("<Cd>CLBD</Cd>", "<Cd>CLAV</Cd>", "line 6, `Stmt`: no closing balance (`CLBD`)"),
        ("<IBAN>DE02120300000000202051</IBAN>", "", "line 10, `Acct`: neither `Id/IBAN` nor `Id/Othr/Id`"),
        ("<Id>STM-2026-0042</Id>", "", "line 6, `Stmt`: `Id` is missing"),
        (
            "<Amt Ccy=\"EUR\">4.95</Amt>",
            "<Amt Ccy=\"SEK\">4.95</Amt>",
            "line 86, `Ntry`: an entry of 4.95 SEK in a statement in EUR",
        ),
    ];
    for (piece, other, words) in cases {
        assert_eq!(refused(STATEMENT, piece, other), words);
    }
}

#[test]
fn foreign_and_broken_files_are_refused() {
    let known = "expected `camt.053.001.02` to `.13` or `camt.054.001.02` to `.13`";
    let named = |name: &str| refused(STATEMENT, "camt.053.001.02", name);
    assert_eq!(named("camt.053.001.14"), format!("line 1, `Document`: unknown version `camt.053.001.14`: {known}"));
    assert_eq!(named("pain.001.001.03"), format!("line 1, `Document`: unknown message `pain.001.001.03`: {known}"));
    assert_eq!(
        named("camt.052.001.02"),
        format!("line 1, `Document`: an intraday report is not yet booked, `camt.052.001.02`: {known}")
    );
    let nothing = "neither XML nor MT940: expected camt.053, camt.054 or MT940";
    assert_eq!(read("a;b;c").unwrap_err(), format!("line 1: {nothing}"));
    assert_eq!(read("").unwrap_err(), format!("line 1: {nothing}"));
    assert_eq!(read("<html><body/></html>").unwrap_err(), "line 1: no element `Document` of ISO 20022");
    assert_eq!(
        read("<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/>").unwrap_err(),
        "line 1, `BkToCstmrStmt`: no element `Stmt` in it"
    );
    let cut = &STATEMENT[..STATEMENT.find("<AcctSvcrRef>BANK-1002").unwrap()];
    assert_eq!(read(cut).unwrap_err(), "line 50, `Ntry`: the document ends within it");
    let crossed = refused(STATEMENT, "</Ntry>", "</Stmt>");
    assert!(crossed.starts_with("line 46: not well-formed XML: "), "{crossed}");
}

#[test]
fn a_wrong_tag_of_mt940_is_named_with_its_line() {
    let cases = [
        (":60F:C260303EUR1000,00\n", "", "line 5, `:61:`: it stands before `:60F:`"),
        (":25:12030000/0000202051EUR\n", "", "line 2, `:20:`: the statement has no `:25:`"),
        (":20:STARTUMS\n", "", "line 4, `:60F:`: it stands before the first `:20:`"),
        (
            ":60F:C260303",
            ":60F:X260303",
            "line 5, `:60F:`: `X260303EUR1000,00` is not a balance such as `C260304EUR1234,56`",
        ),
        (
            ":61:260304RC",
            ":61:260304ZC",
            "line 13, `:61:`: `260304ZC5,50NMSCCHQ-1` has no mark `C`, `D`, `RC` or `RD`, \
             as in `2603040304C1200,50NTRFINV-7//BANK-1`",
        ),
        (":64:", ":34F:EUR0,\n:64:", "line 30, `:34F:`: an MT942 interim report is not yet booked; give MT940"),
    ];
    for (piece, other, words) in cases {
        assert_eq!(refused(MT940, piece, other), words);
    }
}

#[test]
fn a_statement_twice_in_a_file_is_refused() {
    assert_eq!(
        read(&MT940.repeat(2)).unwrap_err(),
        "line 34: the statement `00042/001 2026-03-04` is in this file twice, before at line 2"
    );
}

#[test]
fn what_the_host_could_not_take_is_refused_as_a_whole() {
    let account = refused(MT940, "12030000/0000202051", &"1".repeat(51));
    assert_eq!(account, "line 2: an account longer than 50 bytes");
    let id = refused(STATEMENT, "STM-2026-0042", &"S".repeat(101));
    assert_eq!(id, "line 6: an id longer than 100 bytes");
    let entry = ":61:2603040304C0,01NTRFNONREF\n";
    let many = format!(":20:S\n:25:1\n:60F:C260304EUR0,\n{}:62F:C260304EUR80,01\n", entry.repeat(8_001));
    assert_eq!(read(&many).unwrap_err(), "line 1: more than 8000 entries or 300 control totals in one file");
}
