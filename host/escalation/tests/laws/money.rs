//! The invariants of money, by their numbers, over generated histories.

use escalation::allowance::{AllowanceKind, ItemAmount, allowed};
use escalation::commission::CommissionTerms;
use escalation::event::{Event, Fact};
use escalation::invoice::plus_days;
use escalation::placement::{Collection, DirectPayment, Placement, PlacementState};
use escalation::settlement::{Settlement, SettlementState};
use escalation::{Account, Currency, Date, InvoiceNumber, Money, Policy, decide};
use proptest::prelude::*;

use crate::checks::money_law;
use crate::says::{Op, op};
use crate::world::{World, packs, policy};

const DAY: Date = jiff::civil::date(2026, 3, 2);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

/// Open and let off, item by item.
fn picture(account: &Account) -> Vec<(InvoiceNumber, i64, i64)> {
    let items = account.items.iter();
    items.map(|(number, item)| (number.clone(), item.open.minor, allowed(&item.allowed, None))).collect()
}

fn lived(ops: Vec<Op>) -> World {
    let mut world = World::new();
    ops.into_iter().for_each(|op| world.live(op));
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// 21: allocations and the unapplied rest are the payment; 22: open follows from the record. Asked after every fact.
    #[test]
    fn invariants_21_and_22_money_adds_up(ops in prop::collection::vec(op(), 1..40)) {
        let mut world = lived(ops);
        world.pass_days(90);
        money_law(&world.account);
        let again = world.journal.iter().fold(Account::new(world.account.id.clone()), |mut account, event| {
            escalation::evolve(&mut account, event);
            account
        });
        prop_assert_eq!(picture(&again), picture(&world.account));
    }

    /// 24: a payment that is given back leaves what was open and what was let off as it was, with everything that was decided
    /// about the money in between: discounts, small rests, settlements, write-offs undone.
    #[test]
    fn invariant_24_a_reversal_restores_exactly(ops in prop::collection::vec(op(), 1..30), n in any::<u8>(), off in -40_000i64..200) {
        let mut world = lived(ops);
        let Some(number) = world.item(n).cloned() else { return Ok(()) };
        let item = world.account.items[&number].clone();
        let lost = allowed(&item.allowed, Some(AllowanceKind::WriteOff));
        let mut payment = world.payment((item.open.minor.max(lost) + off).max(1), number.as_str());
        payment.amount.currency = item.open.currency;
        let before = picture(&world.account);
        world.fold("gateway", Fact::PaymentReceived { payment: payment.clone() });
        for fact in decide(&world.account, policy(), packs(), &world.clock()).events {
            world.fold("policy", fact);
        }
        let back = escalation::cash::Payment { id: "back".into(), ..payment };
        world.fold("gateway", Fact::PaymentReversed { payment: back });
        prop_assert_eq!(before, picture(&world.account));
    }

    /// 25: the same entry again changes nothing.
    #[test]
    fn invariant_25_the_same_entry_again_changes_nothing(ops in prop::collection::vec(op(), 1..30)) {
        let mut world = lived(ops);
        let payments: Vec<_> = world.account.payments.values().map(|posted| posted.payment.clone()).collect();
        let before = picture(&world.account);
        for payment in payments {
            world.fold("gateway", Fact::PaymentReceived { payment });
        }
        prop_assert_eq!(before, picture(&world.account));
    }

    /// 31: what is owed in each currency is the sum of its own items, whatever happens to the other.
    #[test]
    fn invariant_31_currencies_are_never_mixed(ops in prop::collection::vec(op(), 1..40)) {
        let world = lived(ops);
        for sum in world.account.open() {
            let items = world.account.items.values().filter(|item| item.is_open() && item.open.currency == sum.currency);
            prop_assert_eq!(items.map(|item| item.open.minor).sum::<i64>(), sum.minor);
        }
        for posted in world.account.payments.values() {
            for allocation in &posted.allocations {
                if let escalation::cash::Target::Invoice(number) = &allocation.to {
                    prop_assert_eq!(world.account.items[number].open.currency, posted.payment.amount.currency);
                }
            }
        }
    }

    /// Whoever is chosen brings most after the agency's share, and of equals the first; nobody gets it who had it.
    #[test]
    fn the_chosen_agency_brings_most(
        choices in prop::collection::vec((prop::sample::select(vec![0u8, 20, 40, 50, 100]), 0u32..=2, 2u32..=4), 1..5),
        total in 1i64..100_000_000,
    ) {
        let rows = choices.iter().enumerate().map(|(n, (percent, over, under))| format!(
            "[[agency.choice]]\nconnection = \"a{n}\"\ncommission = \"{over}/{under}\"\nexpected = [{{ percent = {percent} }}]\n"
        ));
        let policy = Policy::parse(&format!("{AGENCIES}{}{PLACE}", rows.collect::<String>()), "agencies.toml").unwrap();
        // By hand: the share of a share of the total, rounded half up.
        let net = |(percent, over, under): &(u8, u32, u32)| {
            let (part, whole) = (i128::from(*percent) * i128::from(under - over), 100 * i128::from(*under));
            (2 * i128::from(total) * part + whole) / (2 * whole)
        };
        let most = choices.iter().map(net).max().unwrap();
        let first = choices.iter().position(|choice| net(choice) == most).unwrap();
        let mut account = Account::new("acme".into());
        let invoice = escalation::invoice::Invoice {
            number: "INV-1".into(),
            issued_on: plus_days(DAY, -120),
            due_on: plus_days(DAY, -90),
            total: eur(total),
            payable: eur(total),
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        let now = World::new().clock();
        let now = escalation::Now { at: DAY.at(9, 0, 0, 0), ..now };
        escalation::evolve(&mut account, &Event { at: now.at, on: DAY, origin: "test".to_owned(), fact: Fact::InvoiceIssued { invoice } });
        let decision = decide(&account, &policy, packs(), &now);
        let placed = decision.events.iter().find_map(|fact| match fact {
            Fact::EffectPlanned { effect } => match &effect.action {
                escalation::Action::PlaceWithAgency { agency, .. } => Some(agency.clone()),
                _ => None,
            },
            _ => None,
        });
        prop_assert_eq!(placed, Some(Some(format!("a{first}"))));
    }

    /// 32: exact and cumulative. Amounts and days at random, a part reversed: the share is rounded once, lies between nothing
    /// and what earns it, and nothing is earned before the placement or after its tail.
    #[test]
    fn invariant_32_commission_is_exact_and_cumulative(
        collected in prop::collection::vec((1i64..100_000, -5i32..80, any::<bool>()), 0..12),
        direct in prop::collection::vec((1i64..50_000, -5i32..80, any::<bool>()), 0..4),
        closed in prop::option::of(0i32..60), counts in any::<bool>(),
    ) {
        let mut placement = placement(CommissionTerms { direct_payments: counts, tail_days: Some(10) });
        placement.closed_on = closed.map(|day| plus_days(DAY, day));
        let earns = |day: i32| day >= 0 && closed.is_none_or(|end| day <= end + 10);
        let mut earned = 0i64;
        for (n, (minor, day, reversed)) in collected.into_iter().enumerate() {
            placement.collections.push(collection(&format!("T-{n}"), None, minor, day));
            if reversed {
                placement.collections.push(collection(&format!("R-{n}"), Some(format!("T-{n}")), -minor, day + 3));
            } else if earns(day) {
                earned += minor;
            }
        }
        for (n, (minor, day, reversed)) in direct.into_iter().enumerate() {
            let (payment, received_on) = (format!("p-{n}").as_str().into(), plus_days(DAY, day));
            placement.direct_payments.push(DirectPayment { payment, amount: eur(minor), received_on, commission: eur(0), reversed });
            earned += if counts && !reversed && earns(day) { minor } else { 0 };
        }
        let statement = placement.statement();
        prop_assert_eq!(statement.commissionable.minor, earned);
        let commission = statement.commission.minor;
        prop_assert!(0 <= commission && commission <= earned);
        // A third, rounded once: never more than half a cent off.
        prop_assert!((commission * 3 - earned).abs() * 2 <= 3);
    }

    /// 33: what was paid and what was let off is the balance; above the authority of one person nothing happens without a
    /// second one.
    #[test]
    fn invariant_33_settlements_add_up(
        amounts in prop::collection::vec(1i64..200_000, 1..4), percent in 1i128..100, second in any::<bool>(), over in 0i64..3,
    ) {
        let mut world = World::new();
        for minor in amounts {
            world.live(Op::Invoice { minor, due_in: 5, foreign: false });
        }
        let items: Vec<ItemAmount> = world.account.items.iter()
            .map(|(invoice, item)| ItemAmount { invoice: invoice.clone(), amount: item.open }).collect();
        let balance = eur(items.iter().map(|one| one.amount.minor).sum());
        let amount = balance.share(percent, 100).unwrap();
        prop_assume!(amount.is_positive() && amount.minor < balance.minor);
        let settlement = Settlement {
            id: "s".into(), offered_on: world.now.date(), amount, pay_by: plus_days(world.now.date(), 9), because: String::new(),
            items, state: SettlementState::Offered, offered_by: String::new(), approved_by: None, came_in_before: 0,
        };
        world.fold("desk:kim", Fact::SettlementOffered { settlement });
        world.fold(if second { "desk:lee" } else { "desk:Kim " }, Fact::SettlementApproved { settlement: "s".into() });
        let text = world.account.items.keys().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let payment = world.payment(amount.minor + over, &text);
        world.fold("gateway", Fact::PaymentReceived { payment });
        world.pass_days(1);
        let let_off: i64 = world.account.items.values().map(|item| allowed(&item.allowed, Some(AllowanceKind::Settlement))).sum();
        let paid: i64 = world.account.items.values().map(|item| item.paid.minor).sum();
        let waived = balance.minor - amount.minor;
        let alone = i128::from(waived) <= i128::from(balance.share(10, 100).unwrap().minor) && waived <= 20_000;
        if second || alone {
            prop_assert_eq!(world.account.settlements[0].state, SettlementState::Kept);
            let rests: i64 = world.account.items.values().map(|item| allowed(&item.allowed, Some(AllowanceKind::SmallRest))).sum();
            prop_assert_eq!(paid + let_off + rests, balance.minor);
            prop_assert!(world.account.open().is_empty());
        } else {
            prop_assert_eq!(let_off, 0);
            prop_assert_eq!(world.account.settlements[0].state, SettlementState::Offered);
        }
    }
}

const AGENCIES: &str = "name = \"agencies\"\nversion = \"1\"\n[cash]\nfeed_age_days_max = 0\n";
const PLACE: &str = "[[level]]\nid = \"agency\"\ntitle = \"placement\"\naction = \"place\"\ndays = 45\n";

fn placement(terms: CommissionTerms) -> Placement {
    Placement {
        key: "place:1".into(),
        agency: None,
        sequence: 1,
        items: Vec::new(),
        total: eur(1_000_000),
        commission: "1/3".into(),
        terms,
        proposed_on: DAY,
        state: PlacementState::Active,
        agency_reference: String::new(),
        collections: Vec::new(),
        direct_payments: Vec::new(),
        applied: Default::default(),
        remitted: eur(0),
        closed_on: None,
        closing_reason: String::new(),
    }
}

fn collection(transaction: &str, reverses: Option<String>, minor: i64, day: i32) -> Collection {
    Collection {
        transaction: transaction.to_owned(),
        reverses,
        gross: eur(minor),
        commission: eur(minor / 3),
        net: eur(minor - minor / 3),
        remittance: "net".to_owned(),
        on: plus_days(DAY, day),
        remittance_reference: String::new(),
    }
}
