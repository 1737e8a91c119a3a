//! Files that must not be taken, with the exact words.

use super::{INCOMING, read};

#[test]
fn whatever_is_wrong_refuses_the_file_with_its_line() {
    let cases = [
        ("H,1,", "A,1,", "line 1: the first record is `A`: expected the header `H`"),
        ("H,1,", "H,2,", "line 1: version `2` of the format: expected `1`"),
        ("2026-05-04,westwind", "2026-05-04", "line 1: a `H` record has 5 cells, not 4"),
        ("westwind", "", "line 1: cell 5: the id of the agency is missing"),
        ("2026-05-04", "4.5.2026", "line 1: cell 4: `4.5.2026` is not a day such as `2026-03-04`"),
        ("X,place", "Z,place", "line 9: unknown record `Z`: expected `K`, `C`, `V`, `X`, `Q` or `T`"),
        ("accepted", "perhaps", "line 2: unknown status `perhaps`: expected one of `accepted`, `rejected`, `recalled`"),
        ("K,place:agency:D-100:1,", "K,,", "line 2: cell 2: the placement is missing"),
        ("gross,2026-04-28", "some,2026-04-28", "line 4: unknown remittance `some`: expected `gross` or `net`"),
        ("300.00,gross", "200.00,gross", "line 4: the net amount is 200.00 EUR; remitted gross it must be 300.00 EUR"),
        ("60.00,net", "90.00,net", "line 5: the net amount is 90.00 EUR; remitted net it must be 60.00 EUR"),
        (
            "30.00,60.00,2026-05-02",
            "30.00,61.00,2026-05-02",
            "line 7: the net amount is 61.00 EUR; it must be 90.00 EUR or 60.00 EUR",
        ),
        (
            "300.00,100.00,300.00",
            "300.00,300.01,300.00",
            "line 4: the commission of 300.01 EUR is more than the gross amount of 300.00 EUR",
        ),
        ("EUR,300.00,", "EUR,0.00,", "line 4: the gross amount is zero"),
        ("EUR,300.00,", "EUR,-3,", "line 4: cell 6: `-3` is negative"),
        (
            "DKK,1000.00,",
            "DKK,1000.001,",
            "line 6: cell 6: `1000.001` is not an amount in DKK: it has more decimals than the currency",
        ),
        ("C,T-2,", "C,T-1,", "line 5: the transaction `T-1` stands at line 4 already"),
        ("T,9,EUR", "T,8,EUR", "line 11: the trailer states 8 records and the file has 9"),
        (
            "T,9,EUR,300.00",
            "T,9,EUR,300.01",
            "line 11: the trailer states gross 300.01 EUR and the records come to 300.00 EUR",
        ),
        (
            "T,9,DKK,1000.00,333.33",
            "T,9,DKK,1000.00,333.34",
            "line 12: the trailer states commission 333.34 DKK and the records come to 333.33 DKK",
        ),
        ("T,9,DKK", "T,9,SEK", "line 12: the trailer states SEK and no record is in SEK"),
        ("T,9,DKK", "T,9,EUR", "line 12: a second trailer for EUR, the first is at line 11"),
        ("T,9,DKK,1000.00,333.33,666.67", "T,9", "line 12: no trailer for DKK"),
        ("T,9,DKK,", "T,9,", "line 12: a `T` record has 2 or 6 cells, not 5"),
        ("T,9,EUR", "T,nine,EUR", "line 11: cell 2: `nine` is not a number of records"),
        ("T,9,DKK", "K,p,D,accepted,,\nT,9,DKK", "line 12: a record behind the trailer"),
        ("INV-7,EUR,210.00", "INV-7,EUR,0", "line 8: the disputed amount is zero"),
        (",INV-7,", ",\"INV\n7\",", "line 8: cell 4: more than one line, or a control character"),
        ("K,place:agency:D-104:1", "H,place:agency:D-104:1", "line 10: a second header"),
    ];
    for (piece, other, words) in cases {
        assert!(INCOMING.contains(piece), "`{piece}` is not in the fixture");
        assert_eq!(read(&INCOMING.replacen(piece, other, 1)).unwrap_err(), words);
    }
}

#[test]
fn a_file_that_is_cut_off_or_foreign_is_refused() {
    let cut = &INCOMING[..INCOMING.find("T,9").unwrap()];
    assert_eq!(read(cut).unwrap_err(), "line 10: no trailer `T`: the file may be cut off");
    assert_eq!(read("").unwrap_err(), "line 1: the file is empty");
    assert_eq!(read("a;b;c\n").unwrap_err(), "line 1: the first record is `a;b;c`: expected the header `H`");
    let long = INCOMING.replacen("NSF", &"x".repeat(5_000), 1);
    let key = INCOMING.replacen("C,T-1,", &format!("C,{},", "1".repeat(121)), 1);
    assert_eq!(read(&key).unwrap_err(), "line 4: cell 2: longer than 120 bytes");
    assert_eq!(read(&long).unwrap_err(), "line 7: a cell longer than 4000 bytes");
}

#[test]
fn bytes_that_are_not_utf8_are_named_with_their_line() {
    let text = INCOMING.replacen("NSF", "#", 1).into_bytes();
    let bytes: Vec<u8> = text.into_iter().map(|byte| if byte == b'#' { 0xf6 } else { byte }).collect();
    let fault = crate::wire::incoming::read(&bytes, crate::wire::Delimiter::Comma).unwrap_err();
    assert_eq!((fault.line, fault.reason.as_str()), (7, "not UTF-8"));
}
