//! The invariants of what lateness costs, over generated histories under a policy that claims it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use escalation::charge::{ChargeKind, standing};
use escalation::event::Fact;
use escalation::invoice::{days_between, plus_days};
use escalation::pack::SHIPPED;
use escalation::party::PartyKind;
use escalation::{Account, Pack, Packs, Party, Policy};
use proptest::prelude::*;

use crate::says::{Op, op};
use crate::world::World;

const CHARGES: &str = include_str!("../../../../tests/scenarios/policies/charges.toml");

fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(CHARGES, "charges.toml").unwrap());
    &POLICY
}

/// German law with a fee as the Danish one is: 2.50 EUR a letter, two a claim, letters ten days apart.
fn packs() -> &'static Packs {
    static PACKS: LazyLock<Packs> = LazyLock::new(|| {
        let (_, text) = SHIPPED.into_iter().find(|(file, _)| *file == "DE.toml").unwrap();
        let cost = "basis = \"actual-cost\"\nfirst_is_free = true\n";
        assert!(text.contains(cost));
        let fee = "basis = \"amount\"\namount = \"2.50 EUR\"\ncap = \"2.50 EUR\"\ncount_max = 2\ngap_days = 10\n";
        let mut packs = Packs::shipped().unwrap();
        packs.put(Pack::parse(&text.replace(cost, fee), "DE.toml").unwrap());
        packs
    });
    &PACKS
}

fn debtor(kind: PartyKind) -> Party {
    Party {
        id: "acme".into(),
        name: "Acme".into(),
        kind,
        country: "DE".into(),
        address: vec!["Acme".into(), "Street 1".into()],
        email: Some("a@b.example".into()),
        ..Party::default()
    }
}

/// What must be true of an account's charges at any moment.
fn charge_law(account: &Account) {
    let mut notices = BTreeSet::new();
    for line in &account.charges {
        let item = &account.items[&line.invoice];
        assert!(notices.insert((&line.invoice, line.kind, &line.notice)), "a notice claims a thing once");
        assert!(line.on > item.invoice.due_on, "nothing is claimed before it is late");
        assert_eq!(line.amount.currency, item.open.currency);
        let bears: i64 = line.bears.iter().map(|part| part.amount.minor).sum();
        assert!(line.kind != ChargeKind::Interest || bears == line.amount.minor, "its parts are the interest");
        // The highest rate of the pack is 12.62 %, and no principal is more than what was billed with all its corrections.
        let days = i64::from(days_between(item.invoice.due_on, line.on));
        let most = item.invoice.payable.minor.saturating_add(item.adjusted.minor.max(0)) * days / 2_800 + 1;
        assert!(line.kind != ChargeKind::Interest || line.amount.minor <= most, "{} is more than {most}", line.amount);
        assert!(line.kind != ChargeKind::Compensation || line.amount.minor <= 4_000);
        assert!(line.kind != ChargeKind::Fee || line.amount.minor <= 250, "no fee is above the cap");
    }
    for number in account.items.keys() {
        let ours = |line: &&escalation::charge::Charge| line.kind == ChargeKind::Fee && &line.invoice == number;
        let mut days: Vec<_> = account.charges.iter().filter(ours).map(|line| line.on).collect();
        days.sort_unstable();
        assert!(days.len() <= 2, "two fees a claim");
        assert!(days.windows(2).all(|pair| days_between(pair[0], pair[1]) >= 10), "letters lie ten days apart");
    }
    for one in standing(account) {
        assert!(one.paid >= 0 && one.open().minor >= 0, "no more is paid for a line than it is");
    }
}

fn lived(kind: PartyKind, ops: Vec<Op>) -> World {
    let mut world = World::under_law(policy(), packs());
    world.fold("accounting", Fact::DebtorSynced { debtor: debtor(kind) });
    for op in ops {
        world.live(op);
        charge_law(&world.account);
    }
    for _ in 0..60 {
        world.pass_days(1);
        charge_law(&world.account);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Caps, counts and distances of fees; interest by its parts; nothing before it is late. Asked after every step.
    #[test]
    fn what_lateness_costs_stays_inside_the_law(ops in prop::collection::vec(op(), 1..30)) {
        lived(PartyKind::Business, ops);
    }

    /// 29: a consumer carries no cost that is for businesses.
    #[test]
    fn consumers_carry_no_costs_of_businesses(ops in prop::collection::vec(op(), 1..30)) {
        let world = lived(PartyKind::Consumer, ops);
        prop_assert!(world.account.charges.iter().all(|line| line.kind != ChargeKind::Compensation));
    }

    /// What is paid for charges is money of payments, and the principal comes first: an invoice that has charges paid is settled,
    /// or was until its payment came back.
    #[test]
    fn money_pays_the_principal_first(minor in 1_000i64..200_000, over in 0i64..6_000) {
        let mut world = lived(PartyKind::Business, vec![Op::Invoice { minor, due_in: -12, foreign: false }]);
        let owed: i64 = standing(&world.account).iter().map(|one| one.open().minor).sum();
        prop_assert!(owed > 0);
        let payment = world.payment(minor + over, "INV-1");
        world.fold("gateway", Fact::PaymentReceived { payment });
        world.pass_days(1);
        prop_assert!(world.account.open().is_empty());
        let left: i64 = standing(&world.account).iter().map(|one| one.open().minor).sum();
        prop_assert_eq!(left, (owed - over).max(0));
        let unapplied: i64 = world.account.payments.values().map(|posted| posted.unapplied.minor).sum();
        prop_assert_eq!(unapplied, (over - owed).max(0));
    }
}

/// The laws above are about something: a life without trouble ends with all three kinds.
#[test]
fn a_late_payer_is_charged() {
    let world = lived(PartyKind::Business, vec![Op::Invoice { minor: 100_000, due_in: 3, foreign: false }]);
    assert_eq!(world.account.charges.len(), 4, "what was told anew is kept once");
    let kinds: BTreeSet<ChargeKind> = world.account.charges.iter().map(|line| line.kind).collect();
    assert_eq!(kinds.len(), 3, "{:#?}", world.account.charges);
    // Two fees of 2.50 EUR, and the lump sum is less by them.
    let sum = |kind| {
        standing(&world.account).iter().filter(|one| one.charge.kind == kind).map(|one| one.open().minor).sum::<i64>()
    };
    assert_eq!((sum(ChargeKind::Fee), sum(ChargeKind::Compensation)), (500, 3_500));
    let mut twice = world.account.clone();
    let fee = twice.charges.iter().find(|line| line.kind == ChargeKind::Fee).unwrap().clone();
    twice.charges.push(escalation::charge::Charge { on: plus_days(fee.on, 1), notice: "again".into(), ..fee });
    assert!(std::panic::catch_unwind(|| charge_law(&twice)).is_err(), "the law bites");
}
