//! One debtor in a world that says anything at any time.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use escalation::account::EffectState;
use escalation::event::{Event, Fact};
use escalation::invoice::plus_days;
use escalation::{
    Account, Action, Clearance, DateTime, Effect, InFlight, InvoiceNumber, Now, Packs, Party, Policy, clear, decide,
    evolve, in_flight,
};

use crate::at_rest;
use crate::checks::{contact_law, four_eyes_law, is_record, ladder_law, money_law, proposal_law, task_law};
use crate::says::Op;

const STANDARD: &str = include_str!("../../../../config/policies/standard.toml");
const SEGMENTS: &str = include_str!("../../../../config/policies/segments.toml");

pub fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(STANDARD, "standard.toml").unwrap());
    &POLICY
}

pub fn packs() -> &'static Packs {
    static PACKS: LazyLock<Packs> = LazyLock::new(|| Packs::shipped().unwrap());
    &PACKS
}

/// Several segments and ladders, a calendar, people who approve; here they do so before a letter too.
fn segments_text() -> String {
    let level = "id = \"suspension-warning\"";
    assert_eq!(SEGMENTS.matches(level).count(), 1);
    SEGMENTS.replace(level, &format!("{level}\napproval = \"four-eyes\""))
}

pub fn segments() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(&segments_text(), "segments.toml").unwrap());
    &POLICY
}

/// The same in a second version: other days, a level less, and a mandatory one that was not there.
pub fn segments_2() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| {
        let text = segments_text()
            .replace("version = \"1\"", "version = \"2\"")
            .replace("later_days = 7", "later_days = 12")
            .replace("id = \"firm-notice\"", "id = \"warning\"\nmandatory = true");
        Policy::parse(&text, "segments-2.toml").unwrap()
    });
    &POLICY
}

pub struct World {
    pub account: Account,
    pub journal: Vec<Event>,
    pub policy: &'static Policy,
    packs: &'static Packs,
    pub now: DateTime,
    backfill: bool,
    count: u32,
    outcome: u8,
    /// Notices that went out: level, invoice, walk.
    sent: BTreeSet<(String, InvoiceNumber, u32)>,
}

impl World {
    pub fn new() -> Self {
        Self::under(policy())
    }

    pub fn under(policy: &'static Policy) -> Self {
        Self::under_law(policy, packs())
    }

    pub fn under_law(policy: &'static Policy, packs: &'static Packs) -> Self {
        let now = jiff::civil::date(2026, 1, 5).at(6, 0, 0, 0);
        let mut world = Self {
            account: Account::new("acme".into()),
            journal: Vec::new(),
            policy,
            packs,
            now,
            backfill: false,
            count: 0,
            outcome: 0,
            sent: BTreeSet::new(),
        };
        let debtor = Party {
            id: "acme".into(),
            name: "Acme".into(),
            country: "DE".into(),
            address: vec!["Acme".into(), "Street 1".into()],
            email: Some("a@b.example".into()),
            phone: Some("+1".into()),
            ..Party::default()
        };
        world.fold("accounting", Fact::DebtorSynced { debtor });
        world
    }

    pub fn fold(&mut self, origin: &str, fact: Fact) {
        let event = Event { at: self.now, on: self.now.date(), origin: origin.to_owned(), fact };
        evolve(&mut self.account, &event);
        self.journal.push(event);
        money_law(&self.account);
        four_eyes_law(&self.account, self.policy);
    }

    pub fn live(&mut self, op: Op) {
        match op {
            Op::Days(days) => return self.pass_days(days),
            Op::Outcome(outcome) => return self.outcome = outcome,
            Op::Backfill(begins) => self.backfill = begins,
            op => {
                if let Some(fact) = self.fact(op) {
                    let origin = match self.count % 3 {
                        0 => "desk:kim",
                        1 => "desk:lee",
                        _ => "world",
                    };
                    self.fold(origin, fact);
                }
            }
        }
        self.settle();
    }

    pub fn pass_days(&mut self, days: u8) {
        for _ in 0..days {
            self.now = plus_days(self.now.date(), 1).at(6, 0, 0, 0);
            self.settle();
        }
    }

    pub fn clock(&self) -> Now {
        Now { at: self.now, cash_known_until: Some(self.now.date()), backfill: self.backfill, offset_minutes: 60 }
    }

    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 20, "does not come to rest: {:#?}", self.journal.iter().rev().take(12).collect::<Vec<_>>());
            for fact in decide(&self.account, self.policy, self.packs, &self.clock()).events {
                assert!(!self.backfill || is_record(&fact), "decided in backfill: {fact:?}");
                self.fold("policy", fact);
            }
            if self.policy.segments.is_empty() {
                ladder_law(&self.account, self.policy);
            }
            if !self.backfill {
                task_law(&self.account);
            }
            at_rest(&self.account, &self.clock(), self.policy, self.packs);
            if !self.level_decided() && !self.dispatch() {
                return;
            }
        }
    }

    /// On some days people say something about a level that waits for them; answers whether they did.
    fn level_decided(&mut self) -> bool {
        let asked = self.account.awaited_levels().next();
        let Some((level, known)) = asked.map(|(level, known)| (level.clone(), known.clone())) else { return false };
        let who = if known.is_approved_by("ANNA") { "desk:ORLA" } else { "desk:ANNA" };
        match (self.now.date().day() % 4, self.count % 5) {
            (0, _) => return false,
            (_, 0) => self.fold(who, Fact::LevelDeclined { level, because: "not yet".to_owned() }),
            _ => self.fold(who, Fact::LevelApproved { level }),
        }
        true
    }

    fn dispatch(&mut self) -> bool {
        let delayed = self.outcome == 3;
        let planned = self.account.effects.values().filter(|known| known.state == EffectState::Planned && !delayed);
        let planned: Vec<Effect> = planned.map(|known| known.effect.clone()).collect();
        let mut ended = false;
        for effect in planned {
            let key = effect.key.clone();
            match clear(&self.account, &effect, self.policy, self.packs, &self.clock()) {
                Clearance::Wait { .. } => continue,
                Clearance::Cancel { guard } => {
                    self.fold("dispatch", Fact::EffectCancelled { key, because: guard.text })
                }
                Clearance::NeedsApproval => {
                    let who = if self.account.approvers(&key).is_empty() { "desk:ANNA" } else { "desk:ORLA" };
                    self.fold(who, Fact::EffectApproved { key });
                }
                Clearance::Allow => self.goes_out(effect),
            }
            ended = true;
        }
        ended
    }

    fn goes_out(&mut self, effect: Effect) {
        assert!(!self.backfill, "{} goes out in backfill", effect.key);
        contact_law(&self.account, &effect, self.now.date());
        proposal_law(&self.account, &effect, self.policy);
        let key = effect.key.clone();
        let text = String::new();
        match self.outcome {
            1 => self.fold("dispatch", Fact::EffectUnknown { key, text }),
            2 => {
                let code = if self.count.is_multiple_of(2) { "unreachable" } else { "refused" };
                self.fold("dispatch", Fact::EffectRejected { key, code: code.into(), reason: text });
            }
            _ => {
                if effect.action.is_contact() {
                    let today = self.now.date();
                    let gap = i32::from(self.policy.contact.gap_days);
                    // A call that was withdrawn, or that nobody made, is no contact.
                    let counted = self.account.contacts.iter().map(|contact| contact.on).max();
                    assert!(
                        counted.is_none_or(|last| plus_days(last, gap) <= today),
                        "contacted again too early: {key}"
                    );
                }
                if let Action::SendNotice(_) = &effect.action {
                    for number in effect.action.invoices() {
                        let item = &self.account.items[number];
                        let level = item.level().map(ToString::to_string).unwrap_or_default();
                        let news = self.sent.insert((level.clone(), number.clone(), item.cycle));
                        assert!(news, "{level} for {number} twice in one walk");
                    }
                }
                self.fold("dispatch", Fact::EffectDone { key, reference: text });
            }
        }
    }

    /// The version of the policy is another one from now on, for the account in flight too.
    pub fn migrates(&mut self, to: &'static Policy, how: InFlight) {
        let moved = in_flight::plan(&self.account, (self.policy, to), self.packs, how, &self.clock(), "better letters");
        if let Some(fact) = moved.and_then(|moved| moved.fact) {
            self.fold("desk:ANNA", fact);
        }
        self.policy = to;
        self.settle();
    }

    pub fn fresh(&mut self) -> u32 {
        self.count += 1;
        self.count
    }
}
