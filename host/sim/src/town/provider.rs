//! Providers, with their bad manners and their own memory of what they did.

use escalation::answer::{Class, Finding, Outcome, Stated};
use escalation::request::{Ask, Request};
use escalation::{DateTime, EffectKey, Money, Received};
use jiff::ToSpan;

use super::{Act, Manner, Outside, own_dice};

impl Outside {
    /// A page of a feed from a place on.
    pub fn page(&self, feed: &str, from: usize, most: usize) -> (Vec<Received>, usize, bool) {
        let all = self.feeds.get(feed).map_or(&[] as &[Received], Vec::as_slice);
        let from = from.min(all.len());
        let until = (from + most).min(all.len());
        (all[from..until].to_vec(), until, until < all.len())
    }

    /// A provider is asked for effects, and behaves as it does. None: the answer never comes.
    pub fn perform(&mut self, manner: Manner, requests: &[Request], now: DateTime) -> Option<Vec<Outcome>> {
        for request in requests {
            *self.asked.entry(request.key.clone()).or_default() += 1;
        }
        let acted = match manner {
            Manner::Good | Manner::ActsThenSilent | Manner::ActsThenFails => requests.len(),
            Manner::HalfThenSilent => requests.len() / 2,
            Manner::Silent | Manner::Busy | Manner::Locked => 0,
        };
        let outcomes: Vec<Outcome> = requests[..acted].iter().map(|request| self.act(request, now)).collect();
        match manner {
            Manner::Good => Some(outcomes),
            Manner::ActsThenFails => {
                let text = "500 internal server error".to_owned();
                Some(requests.iter().map(|_| Outcome::Unknown { text: text.clone() }).collect())
            }
            _ => None,
        }
    }

    fn act(&mut self, request: &Request, now: DateTime) -> Outcome {
        let performs = self.performs[request.ask.performed_by().1];
        if let (Class::Native, Some((at, outcome))) = (performs.class, self.remembered.get(&request.key)) {
            let alive = performs.key_hours.is_none_or(|hours| now < at.saturating_add(i64::from(hours).hours()));
            if alive {
                return outcome.clone();
            }
        }
        let mut dice = own_dice(&request.key);
        if dice.u32(0..25) == 0 {
            let outcome =
                Outcome::Rejected { code: "unknown-account".to_owned(), reason: "we do not know it".to_owned() };
            self.remembered.insert(request.key.clone(), (now, outcome.clone()));
            return outcome;
        }
        let act = Act { key: request.key.clone(), ask: request.ask.clone(), mistake: false };
        self.ledger.push(act.clone());
        if dice.u32(0..40) == 0 {
            self.ledger.push(Act { mistake: true, ..act });
        }
        let stated = match (&request.ask, dice.u32(0..10)) {
            (Ask::PostCashApplication(posting), 0) => {
                self.misstated.insert(request.key.clone());
                other_amount(posting.amount)
            }
            (Ask::PostCashApplication(posting), _) => Stated { amount: Some(posting.amount), payee: None },
            (Ask::Place(placement), 0) => {
                self.misstated.insert(request.key.clone());
                other_amount(placement.total)
            }
            _ => Stated::default(),
        };
        let outcome = Outcome::Done { reference: format!("ref-{}", request.key), stated };
        self.remembered.insert(request.key.clone(), (now, outcome.clone()));
        outcome
    }

    /// What a provider knows of a key.
    pub fn lookup(&self, key: &EffectKey) -> Finding {
        match self.remembered.get(key) {
            Some((_, Outcome::Done { reference, stated })) => {
                Finding::Done { reference: reference.clone(), stated: stated.clone() }
            }
            Some((_, Outcome::Rejected { code, reason })) => {
                Finding::Rejected { code: code.clone(), reason: reason.clone() }
            }
            Some((_, Outcome::Unknown { text })) => Finding::Unclear { text: text.clone() },
            None => Finding::Absent,
        }
    }

    /// Did it really happen? What a person finds out.
    pub fn happened(&self, key: &EffectKey) -> bool {
        self.ledger.iter().any(|act| &act.key == key)
    }
}

fn other_amount(amount: Money) -> Stated {
    Stated { amount: Some(Money::new(amount.minor + 1, amount.currency)), payee: None }
}
