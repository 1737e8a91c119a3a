//! What the agency answers.

use super::*;
use dunlin_plugin_sdk::testing::{Laws, logged};
use dunlin_plugin_sdk::{Event, Kind, kv};
use proptest::prelude::*;

/// `line 4 NY12/C/D.../41: collected 300.00 USD, ...`
fn told(event: &Event<Fact>) -> String {
    let what = match &event.fact {
        Fact::Acknowledged(fact) => {
            format!(
                "{} {} {} as `{}` `{}`",
                fact.status, fact.placement, fact.account, fact.agency_reference, fact.reason
            )
        }
        Fact::Collected(fact) => format!(
            "collected {} {} fees {} net {} {} remitted {} in `{}`",
            fact.transaction,
            fact.gross,
            fact.commission,
            fact.net,
            fact.placement,
            fact.remittance,
            fact.remittance_reference
        ),
        Fact::Reversed(fact) => {
            format!(
                "reversed {} of {}: {} fees {} net {} `{}`",
                fact.transaction, fact.reverses, fact.gross, fact.commission, fact.net, fact.reason
            )
        }
        Fact::Returned(fact) => format!("returned {} {} {}", fact.placement, fact.reason, fact.closed_on),
        Fact::Disputed(fact) => format!("disputed {} {} {} `{}`", fact.invoice, fact.amount, fact.reason, fact.text),
        Fact::Other(other) => other.kind.clone(),
    };
    format!("{} {} on {}: {what}", event.source.place, event.source.key, event.source.occurred_on)
}

fn refusals(page: &Page<Fact>) -> Vec<String> {
    page.progress.refusals.iter().map(|refusal| format!("{}: {}", refusal.place, refusal.reason)).collect()
}

/// One line of the fixture, from one, with other signs from a column on.
fn changed(line: usize, changes: &[(usize, &str)]) -> String {
    let mut signs: Vec<char> = INCOMING.lines().nth(line - 1).unwrap().chars().collect();
    for (column, text) in changes {
        for (offset, sign) in text.chars().enumerate() {
            let at = column - 1 + offset;
            if signs.len() <= at {
                signs.resize(at + 1, ' ');
            }
            signs[at] = sign;
        }
    }
    signs.into_iter().collect()
}

/// The one refusal of a single line.
fn refused(line: &str) -> String {
    let page = read(line);
    assert!(page.events.is_empty(), "{:?}", page.events);
    let [refusal] = &refusals(&page)[..] else { panic!("{:?}", refusals(&page)) };
    refusal.clone()
}

#[test]
fn records_become_facts() {
    let page = read(INCOMING);
    let [a, b, c] = ["place:INV-7:1", "place:INV-9:1", "place:INV-12:1"].map(file_number);
    let told: Vec<String> = page.events.iter().map(told).collect();
    let expected = [
        format!("line 1 NY12/K/{a}/accepted on 2026-05-02: accepted place:INV-7:1 D-100 as `W-77` `Acknowledgment`"),
        format!("line 3 NY12/K/{b}/accepted on 2026-05-02: accepted place:INV-9:1 D-101 as `W-78` `Acknowledgment`"),
        format!(
            "line 4 NY12/C/{a}/41 on 2026-05-04: collected 41 300.00 USD fees 75.00 USD net 225.00 USD place:INV-7:1 remitted net in `12`"
        ),
        format!(
            "line 5 NY12/C/{a}/42 on 2026-05-04: collected 42 100.00 USD fees 25.00 USD net 100.00 USD place:INV-7:1 remitted gross in `12`"
        ),
        format!(
            "line 7 NY12/V/{a}/44 on 2026-05-06: reversed 44 of 41: 300.00 USD fees 75.00 USD net 225.00 USD `NSF`"
        ),
        format!(
            "line 10 NY12/Q/{b}/2026-05-05/*CC:S106/0 on 2026-05-05: disputed INV-9 50.00 USD *CC:S106 `says that the goods were broken`"
        ),
        format!(
            "line 10 NY12/Q/{b}/2026-05-05/*CC:S106/1 on 2026-05-05: disputed INV-10 0.01 USD *CC:S106 `says that the goods were broken`"
        ),
        format!("line 11 NY12/X/{b} on 2026-05-06: returned place:INV-9:1 insolvent 2026-05-06"),
        format!("line 12 NY12/K/{c}/recalled on 2026-05-06: recalled place:INV-12:1 D-102 as `W-79` `Recalled`"),
    ];
    assert_eq!(told, expected);
    assert_eq!(refusals(&page), Vec::<String>::new());
    let totals: Vec<_> = page
        .progress
        .totals
        .iter()
        .map(|total| (total.name.as_str(), total.stated.minor, total.counted.minor))
        .collect();
    let expected = [
        ("agency NY12 file a.ygc remitted by 3 payments", 10_000, 10_000),
        ("agency NY12 file a.ygc paid on 1 accounts", 11_250, 11_250),
    ];
    assert_eq!(totals, expected);
    assert!(logged().iter().any(|line| line.contains("1 notes and 1 records of other matters")), "{:?}", logged());
}

#[test]
fn the_laws_of_a_file_plugin_hold() {
    placed();
    let files: [(&str, &[u8]); 1] = [("a.ygc", INCOMING.as_bytes())];
    Laws { config: CONFIG, connection: "agency", folder: "incoming", files: &files }.hold(AgencyYgc::pull);
}

#[test]
fn a_line_that_cannot_be_taken_is_refused_with_its_columns() {
    let number = file_number("place:INV-7:1");
    let cases: Vec<(String, String)> = vec![
        (changed(1, &[(1, "77")]), "columns 1-2: `RECORD_CODE` is `77`, which is no record of an agency".to_owned()),
        (changed(1, &[(3, "D999")]), format!("columns 3-12: `FILENO` is `D999{}`, under which nothing was placed", &number[4..])),
        (changed(1, &[(13, "D-999")]), format!("columns 13-32: `FORW_FILE` is `D-999`, and `{number}` was placed for `D-100`")),
        (changed(1, &[(48, "NY13")]), "columns 48-57: `WRITER_ID` is `NY13`, and `firm_id` is `NY12`".to_owned()),
        (changed(1, &[(58, "NJ751")]), "columns 58-67: `READER_ID` is `NJ751`, and `sender_id` is `NJ750`".to_owned()),
        (changed(1, &[(68, "05022026")]), "columns 68-75: `PDATE` is `05022026`, which is not a day such as `20260304`".to_owned()),
        (changed(1, &[(68, "        ")]), "columns 68-75: `PDATE` is empty".to_owned()),
        (changed(1, &[(76, "*CC:C999")]), "columns 76-83: `PCODE` is the closing code `*CC:C999`, which is not known: add it to `codes`".to_owned()),
        (changed(1, &[(76, "STATUS  ")]), "columns 76-83: `PCODE` is `STATUS`, which is no status code: they begin with `*CC:`".to_owned()),
        (changed(1, &[(90, "\t")]), "column 90: a control character".to_owned()),
        (changed(4, &[(68, "55")]), "columns 68-69: `RET_CODE` is `55` (`Payment check 1180`), which is no payment: costs are booked by hand".to_owned()),
        (changed(4, &[(68, " x")]), "columns 68-69: `RET_CODE` is `x`, which is not a number".to_owned()),
        (changed(4, &[(78, "        300000")]), "columns 78-91: `GROSS_PAY` is `300000`, which is not an amount such as `-1200.50`".to_owned()),
        (changed(4, &[(78, "     3,000.00")]), "columns 78-91: `GROSS_PAY` is `3,000.000`, which is not an amount such as `-1200.50`".to_owned()),
        (changed(4, &[(78, "              ")]), "columns 78-91: `GROSS_PAY` is empty".to_owned()),
        (changed(4, &[(78, "          0.00")]), "columns 78-91: `GROSS_PAY` is 0.00 USD, of which 75.00 USD cannot be the fees".to_owned()),
        (changed(4, &[(134, "        300.01")]), "columns 78-91: `GROSS_PAY` is 300.00 USD, of which 300.01 USD cannot be the fees".to_owned()),
        (changed(4, &[(106, "        200.00")]), "columns 106-119: `CHECK_AMT` is 200.00 USD; of 300.00 USD with fees of 75.00 USD it must be the gross amount or what is left".to_owned()),
        (changed(7, &[(106, "        225.00")]), "columns 106-119: `CHECK_AMT` is 225.00 USD; of -300.00 USD with fees of -75.00 USD it must be the gross amount or what is left".to_owned()),
        (changed(4, &[(191, "      ")]), "columns 191-196: `TA_NO` is empty: the agency has to number payments".to_owned()),
        (changed(7, &[(413, "      ")]), "columns 413-418: `ORIGINALTANUMBER` is empty, and there is not exactly one payment of this amount that could be meant".to_owned()),
        (changed(9, &[(186, "        112.51")]), "columns 186-199: `PAID` is 112.51 USD, and the payments reported come to 0.00 USD".to_owned()),
        (changed(4, &[])[..140].to_owned(), "columns 134-147: `FEES` is empty".to_owned()),
        (changed(4, &[])[..145].to_owned(), "columns 134-147: `FEES` is `75.`, which is not an amount such as `-1200.50`".to_owned()),
        (changed(4, &[])[..194].to_owned(), "columns 191-196: `TA_NO` is `0000`, and the line ends within it".to_owned()),
        ("x".repeat(4_001), "longer than 4000 columns".to_owned()),
    ];
    for (line, words) in cases {
        assert_eq!(refused(&line), format!("line 1: {words}"));
    }
}

#[test]
fn a_fault_in_a_line_stops_no_other() {
    let page = read(&format!("{}\r\n{}\r\n\r\n{}\n", changed(1, &[(3, "D???")]), changed(4, &[]), changed(3, &[])));
    assert_eq!(page.events.iter().map(|event| event.source.place.as_str()).collect::<Vec<_>>(), ["line 2", "line 4"]);
    assert_eq!(refusals(&page).len(), 1);
}

#[test]
fn a_file_that_says_nothing_goes_to_quarantine() {
    let folder = placed();
    folder.put("incoming/a.ygc", "\r\n \r\n\u{1a}");
    let page = AgencyYgc::pull(&config(), None).unwrap();
    assert_eq!(refusals(&page), ["line 1: the file is empty"]);
    AgencyYgc::pull(&config(), Some(&page.progress.cursor)).unwrap();
    assert!(folder.get("incoming/quarantine/a.ygc").is_some());
    let many = format!("{}\n", changed(2, &[])).repeat(20_001);
    assert_eq!(refusals(&read(&many)), ["line 20001: more than 20000 records"]);
}

#[test]
fn a_bounced_payment_without_a_name_is_the_only_one_that_fits() {
    let bounced = changed(7, &[(413, "      ")]);
    let page = read(&format!("{}\n{}\n{bounced}\n", changed(4, &[]), changed(5, &[])));
    assert!(told(page.events.last().unwrap()).contains("reversed 44 of 41"), "{:?}", page.events);
    // Later, in a file of its own, and again.
    let page = read(&bounced);
    assert!(told(&page.events[0]).contains("reversed 44 of 41"));
    let another = changed(4, &[(191, "000051")]);
    let page = read(&format!("{another}\n{}\n", changed(4, &[(191, "000052")])));
    assert_eq!(page.events.len(), 2);
    assert!(refused(&changed(7, &[(191, "000060"), (413, "      ")])).contains("not exactly one payment"));
}

#[test]
fn a_balance_is_held_against_what_was_reported() {
    let page = read(&format!("{}\n{}\n", changed(9, &[(186, "        299.99")]), changed(4, &[])));
    assert_eq!(
        refusals(&page),
        ["line 1: columns 186-199: `PAID` is 299.99 USD, and the payments reported come to 300.00 USD"]
    );
    let total = page.progress.totals.last().unwrap();
    assert_eq!((total.stated.minor, total.counted.minor), (29_999, 30_000));
}

#[test]
fn an_own_code_has_its_meaning() {
    let folder = placed();
    folder.put("incoming/a.ygc", changed(1, &[(76, "*CC:S199")]));
    let codes = [("*CC:S199".to_owned(), "rejected".to_owned())].into();
    let page = AgencyYgc::pull(&Config { codes, ..config() }, None).unwrap();
    assert!(told(&page.events[0]).contains("rejected place:INV-7:1"), "{:?}", page.events);
}

#[test]
fn a_memory_that_cannot_be_read_moves_no_file() {
    let folder = placed();
    folder.put("incoming/a.ygc", INCOMING);
    kv::set(&format!("file/{}", file_number("place:INV-7:1")), b"{").unwrap();
    assert_eq!(AgencyYgc::pull(&config(), None).unwrap_err().kind, Kind::Broken);
    assert!(folder.get("incoming/a.ygc").is_some());
}

#[test]
fn too_many_accounts_in_one_file_are_refused_together() {
    let folder = Folder::new("agency");
    let mut lines = String::new();
    for number in 0..901 {
        let key = format!("place:INV-{number}:1");
        let placement = placement("D-100", vec![item("INV-7", 80_000)], 80_000);
        let request = Request { key: key.clone(), effect: Effect::Place(placement) };
        AgencyYgc::perform(&config(), &batch(), &[request]).unwrap();
        lines += &format!("{}\n", changed(4, &[(3, &file_number(&key))]));
    }
    folder.put("incoming/a.ygc", lines);
    let page = AgencyYgc::pull(&config(), None).unwrap();
    assert_eq!(refusals(&page), [": payments of 901 accounts; a file may have 900: split it"]);
    assert!(page.events.is_empty());
}

proptest! {
    #[test]
    fn money_is_read_as_it_was_written(gross in 1..99_999_999_999_i64, share in 0..=100_i64, net: bool) {
        let fees = gross / 100 * share;
        let check = if net { gross - fees } else { gross };
        let right = |minor: i64| format!("{:>14}", dollars(minor).plain());
        let line = changed(4, &[(78, &right(gross)), (106, &right(check)), (134, &right(fees))]);
        let page = read(&line);
        let Fact::Collected(fact) = &page.events[0].fact else { panic!("{page:?}") };
        prop_assert_eq!((fact.gross.minor, fact.commission.minor, fact.net.minor), (gross, fees, check));
    }

    #[test]
    fn noise_is_never_taken(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let folder = placed();
        folder.put("incoming/a.ygc", bytes);
        prop_assert!(AgencyYgc::pull(&config(), None).unwrap().events.is_empty());
    }
}
