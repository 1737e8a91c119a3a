//! What was tried with debtors in the period: messages by medium, and calls by how they ended.

use crate::disposition;
use crate::policy::Channel;

/// Counts of what reached, or was meant to reach, a debtor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contacts {
    pub emails: u64,
    pub sms: u64,
    pub letters: u64,
    pub registered_letters: u64,
    pub calls: Calls,
}

/// Results of calls, as the dialer reported them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// Every call that was begun: all results but `canceled`.
    pub dials: u64,
    /// An agent spoke with somebody.
    pub connects: u64,
    /// The debtor in person was spoken to.
    pub right_party: u64,
    pub promises: u64,
    /// Somebody answered and no agent was there.
    pub abandoned: u64,
    /// With a disposition that this version does not know: dials, and nothing else.
    pub unknown: u64,
}

/// Somebody answered and spoke, and it was not the debtor.
const OTHERS_SPOKE: [&str; 5] =
    ["wrong_party", "third_party_no_disclosure", "attorney_represented", "deceased", "bankruptcy"];
/// Nobody spoke with an agent.
const SILENT: [&str; 7] =
    ["voicemail_left", "voicemail_none", "no_answer", "busy", "abandoned", "failed", "invalid_number"];

impl Contacts {
    pub(super) fn sent(&mut self, channel: Channel) {
        match channel {
            Channel::Email => self.emails += 1,
            Channel::Sms => self.sms += 1,
            Channel::Letter => self.letters += 1,
            Channel::RegisteredLetter => self.registered_letters += 1,
        }
    }

    pub fn add(&mut self, other: &Self) {
        self.emails += other.emails;
        self.sms += other.sms;
        self.letters += other.letters;
        self.registered_letters += other.registered_letters;
        let (calls, more) = (&mut self.calls, &other.calls);
        calls.dials += more.dials;
        calls.connects += more.connects;
        calls.right_party += more.right_party;
        calls.promises += more.promises;
        calls.abandoned += more.abandoned;
        calls.unknown += more.unknown;
    }

    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

impl Calls {
    pub(super) fn ended(&mut self, disposition: &str) {
        if disposition == "canceled" {
            return;
        }
        let right_party = disposition::meaning(disposition).conversation;
        let connected = right_party || OTHERS_SPOKE.contains(&disposition);
        self.dials += 1;
        self.right_party += u64::from(right_party);
        self.connects += u64::from(connected);
        self.promises += u64::from(disposition == "rpc_ptp");
        self.abandoned += u64::from(disposition == "abandoned");
        self.unknown += u64::from(!connected && !SILENT.contains(&disposition));
    }
}
