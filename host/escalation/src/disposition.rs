//! What a call's disposition means for the account.

use crate::protection::ProtectionKind;

/// What follows from a disposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Counts against the call budget: somebody's phone rang.
    pub attempt: bool,
    /// The debtor in person was spoken to.
    pub conversation: bool,
    /// The number is wrong.
    pub invalid_number: bool,
    /// The medium that must not be used again, or `all`.
    pub stops: Option<&'static str>,
    pub protects: Option<ProtectionKind>,
    /// The debtor says that it is paid already.
    pub claims_paid: bool,
}

const SILENT: Meaning = Meaning {
    attempt: false,
    conversation: false,
    invalid_number: false,
    stops: None,
    protects: None,
    claims_paid: false,
};
const RANG: Meaning = Meaning { attempt: true, ..SILENT };
const SPOKE: Meaning = Meaning { conversation: true, ..RANG };

/// A word that we do not know counts as an attempt: the careful reading.
pub fn meaning(disposition: &str) -> Meaning {
    match disposition {
        "rpc_ptp" | "rpc_refused" | "rpc_dispute" | "rpc_hardship" | "rpc_callback" => SPOKE,
        "rpc_paid_claimed" => Meaning { claims_paid: true, ..SPOKE },
        "failed" | "canceled" => SILENT,
        "invalid_number" => Meaning { invalid_number: true, ..SILENT },
        "dnc_request" => Meaning { stops: Some("call"), ..SPOKE },
        "cease_request" => Meaning { stops: Some("all"), ..SPOKE },
        "attorney_represented" => Meaning { protects: Some(ProtectionKind::Attorney), ..RANG },
        "deceased" => Meaning { protects: Some(ProtectionKind::Deceased), ..RANG },
        "bankruptcy" => Meaning { protects: Some(ProtectionKind::Insolvency), ..RANG },
        // wrong_party, third_party_no_disclosure, voicemail_left, voicemail_none, no_answer, busy, abandoned
        _ => RANG,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_stop_names_its_medium() {
        assert_eq!(meaning("dnc_request").stops, Some("call"));
        assert_eq!(meaning("cease_request").stops, Some("all"));
    }

    #[test]
    fn what_protects_the_debtor_is_named() {
        assert_eq!(meaning("attorney_represented").protects, Some(ProtectionKind::Attorney));
        assert_eq!(meaning("deceased").protects, Some(ProtectionKind::Deceased));
        assert_eq!(meaning("bankruptcy").protects, Some(ProtectionKind::Insolvency));
        assert_eq!(meaning("rpc_refused").protects, None);
        assert!(meaning("rpc_paid_claimed").claims_paid && !meaning("rpc_ptp").claims_paid);
    }

    #[test]
    fn only_a_phone_that_rang_counts_as_an_attempt() {
        for word in ["failed", "canceled", "invalid_number"] {
            assert!(!meaning(word).attempt, "{word}");
        }
        for word in ["no_answer", "busy", "voicemail_left", "rpc_ptp", "dnc_request", "something new"] {
            assert!(meaning(word).attempt, "{word}");
        }
        assert!(meaning("rpc_ptp").conversation && !meaning("voicemail_left").conversation);
    }
}
