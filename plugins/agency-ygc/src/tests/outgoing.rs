//! What the agency gets.

use super::*;

fn direct(placement: &str, amount: Money) -> Request<Effect> {
    let (account, payment) = ("D-100".to_owned(), "PAY-1".to_owned());
    let received_on = Date::constant(2026, 3, 30);
    let told = DirectPayment { placement: placement.to_owned(), account, payment, amount, received_on };
    Request { key: "k".to_owned(), effect: Effect::ReportDirectPayment(told) }
}

fn recall(placement: &str) -> Request<Effect> {
    let (account, reason) = ("D-100".to_owned(), "paid".to_owned());
    let effect = Effect::Recall(Recall { placement: placement.to_owned(), account, reason });
    Request { key: "r".to_owned(), effect }
}

fn reason(outcome: &Outcome) -> &str {
    let Outcome::Rejected(rejection) = outcome else { panic!("{outcome:?}") };
    &rejection.reason
}

#[test]
fn a_batch_becomes_files_with_a_sheet_of_sums() {
    let folder = placed();
    // The agency answered meanwhile, and its own number goes back to it.
    folder.put("incoming/a.ygc", INCOMING);
    AgencyYgc::pull(&config(), None).unwrap();
    let requests = [recall("place:INV-7:1"), direct("place:INV-7:1", dollars(1_250))];
    let outcomes = AgencyYgc::perform(&config(), &batch(), &requests).unwrap();
    let done = ["recalls", "direct-payments"].map(|kind| Outcome::done(format!("{kind}-b-0042.ygc for Westwind")));
    assert_eq!(outcomes, done);
    for kind in ["placements", "recalls", "direct-payments"] {
        is_golden(&format!("{kind}.ygc"), &folder.get(&format!("outgoing/{kind}-b-0042.ygc")).unwrap());
    }
    let totals = "record,count,amount,currency\n01,3,951.01,USD\n02,3,0.00,USD\n09,20,0.00,USD\n";
    assert_eq!(folder.text("totals/placements-b-0042.csv"), totals);
    let totals = "record,count,amount,currency\n12,1,12.50,USD\n";
    assert_eq!(folder.text("totals/direct-payments-b-0042.csv"), totals);
}

#[test]
fn the_same_batch_writes_the_same_files() {
    let folder = placed();
    let before: Vec<_> = folder.paths().iter().map(|path| (path.clone(), folder.get(path))).collect();
    AgencyYgc::perform(&config(), &batch(), &placements()).unwrap();
    let after: Vec<_> = folder.paths().iter().map(|path| (path.clone(), folder.get(path))).collect();
    assert_eq!(after, before);
}

#[test]
fn what_does_not_fit_is_rejected_with_its_columns_and_the_rest_goes() {
    let folder = Folder::new("agency");
    let with = |change: &dyn Fn(&mut Placement)| {
        let mut placement = placement("D-9", vec![item("INV-1", 100)], 100);
        change(&mut placement);
        placement
    };
    let wrong: Vec<(Placement, &str)> = vec![
        (
            with(&|p| p.account = "D-123456789012345678901".to_owned()),
            "`FORW_FILE` (columns 13-32) has room for 20 characters",
        ),
        (with(&|p| p.debtor.name = "M".repeat(31)), "`D1_NAME` (columns 68-97) has room for 30 characters"),
        (with(&|p| p.debtor.name = "Παπαδόπουλος".to_owned()), "`D1_NAME` (columns 68-97) cannot hold all letters"),
        (with(&|p| p.debtor.name = "A\nB".to_owned()), "cannot hold `\\n`"),
        (with(&|p| p.debtor.address = vec!["a".to_owned(); 4]), "an address of 4 lines; three fit"),
        (with(&|p| p.history = vec!["x".repeat(1_025)]), "`PCMT` (columns 84-1107) has room for 1024"),
        (with(&|p| p.total = dollars(99)), "the items come to 1.00 USD and the placement states 0.99 USD"),
        (with(&|p| p.total = Money::new(100, "EUR")), "1.00 EUR cannot be placed: amounts are positive and in USD"),
        (
            with(&|p| p.items = (0..600).map(|n| item(&format!("INV-{n:060}"), 1)).collect()),
            "the items come to 6.00 USD",
        ),
    ];
    let mut requests: Vec<_> = wrong
        .iter()
        .enumerate()
        .map(|(n, (placement, _))| Request { key: format!("w:{n}"), effect: Effect::Place(placement.clone()) })
        .collect();
    requests.push(Request {
        key: "o".to_owned(),
        effect: Effect::Other(Extension { kind: "sue".to_owned(), notes: Vec::new() }),
    });
    requests.extend(placements().into_iter().take(1));
    let outcomes = AgencyYgc::perform(&config(), &batch(), &requests).unwrap();
    for ((_, words), outcome) in wrong.iter().zip(&outcomes) {
        assert!(reason(outcome).contains(words), "{outcome:?}");
    }
    assert_eq!(reason(&outcomes[wrong.len()]), "there is no record for `sue`");
    assert_eq!(outcomes.last(), Some(&Outcome::done("placements-b-0042.ygc for Westwind")));
    let text = String::from_utf8_lossy(&folder.get("outgoing/placements-b-0042.ygc").unwrap()).into_owned();
    assert_eq!(text.lines().filter(|line| line.starts_with("01")).count(), 1);
    assert!(!text.contains("D-9"));
}

#[test]
fn too_many_invoices_are_rejected() {
    let many: Vec<OpenItem> = (0..600).map(|n| item(&format!("INV-{n:060}"), 1)).collect();
    let request = Request { key: "k".to_owned(), effect: Effect::Place(placement("D-1", many, 600)) };
    let outcomes = AgencyYgc::perform(&config(), &batch(), &[request]).unwrap();
    assert_eq!(reason(&outcomes[0]), "600 invoices in one placement are too many to be remembered");
}

#[test]
fn what_was_not_placed_from_here_is_neither_recalled_nor_paid() {
    let folder = Folder::new("agency");
    let requests = [recall("place:INV-404:1"), direct("place:INV-404:1", dollars(1))];
    for outcome in AgencyYgc::perform(&config(), &batch(), &requests).unwrap() {
        assert_eq!(reason(&outcome), "`place:INV-404:1` was not placed from here");
    }
    assert_eq!(folder.paths(), Vec::<String>::new());
    placed();
    let outcomes = AgencyYgc::perform(&config(), &batch(), &[direct("place:INV-7:1", Money::new(1, "EUR"))]).unwrap();
    assert!(reason(&outcomes[0]).contains("0.01 EUR cannot be told"));
}

#[test]
fn a_configuration_that_cannot_work_is_named() {
    Folder::new("agency");
    assert_eq!(AgencyYgc::check(&config()), Ok(()));
    for (change, words) in [
        (Config { agency_name: " ".to_owned(), ..config() }, "`agency_name` is empty"),
        (Config { sender_id: String::new(), ..config() }, "`sender_id` is ``"),
        (Config { firm_id: "NY123456789".to_owned(), ..config() }, "`firm_id` is `NY123456789`"),
        (Config { currency: "JPY".to_owned(), ..config() }, "`currency` is `JPY`"),
        (Config { currency: "usd".to_owned(), ..config() }, "`currency` is `usd`"),
        (Config { recall_code: "*CC:C1111".to_owned(), ..config() }, "`recall_code` is"),
        (
            Config { codes: [("*CC:C1".to_owned(), "over".to_owned())].into(), ..config() },
            "`codes`: `*CC:C1` means `over`",
        ),
    ] {
        let error = AgencyYgc::check(&change).unwrap_err();
        assert!(error.message.contains(words) && error.hint.is_some(), "{error}");
    }
    let shipped = include_str!("../../../../config/plugins/agency-ygc.toml");
    assert!(shipped.contains("enabled = false"));
}
