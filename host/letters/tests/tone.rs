//! The tone: what no letter may say is refused, what an honest one must say passes.

use letters::tone::{Fault, lint, placeholder};

#[test]
fn what_is_out_of_bounds_is_found() {
    let bad = [
        ("en", "Pay by Friday, or else.", Fault::Threat),
        ("en", "We know where you live.", Fault::Threat),
        ("en", "You have ignored our letters.", Fault::Misleading),
        ("en", "Only a deadbeat would not pay.", Fault::Insult),
        ("en", "You should be ashamed.", Fault::Shame),
        ("en", "We will tell your employer.", Fault::Shame),
        ("en", "Our client has instructed us.", Fault::Lawyer),
        ("de", "Wir melden das der Polizei.", Fault::Threat),
        ("de", "Der Gerichtsvollzieher kommt bald.", Fault::Misleading),
        ("de", "Das ist eine Frechheit.", Fault::Insult),
        ("de", "Sie sollten sich schämen.", Fault::Shame),
        ("de", "Namens und in Vollmacht fordern wir.", Fault::Lawyer),
        ("el", "Θα πάτε ΦΥΛΑΚΉ.", Fault::Threat),
        ("el", "Αγνοήσατε τις επιστολές μας.", Fault::Misleading),
        ("el", "Είστε απατεώνες.", Fault::Insult),
        ("el", "Είναι ντροπή σας.", Fault::Shame),
        ("el", "Ο εντολέας μας ζητά.", Fault::Lawyer),
        ("da", "Så kommer politiet.", Fault::Threat),
        ("da", "I har ignoreret vores breve.", Fault::Misleading),
        ("da", "I er svindlere.", Fault::Insult),
        ("da", "Det er pinligt.", Fault::Shame),
        ("da", "Vores klient kræver.", Fault::Lawyer),
        ("sv", "Då kommer polisen.", Fault::Threat),
        ("sv", "Ni vägrar att betala.", Fault::Misleading),
        ("sv", "Ni är bedragare.", Fault::Insult),
        ("sv", "Vi berättar det för era grannar.", Fault::Shame),
        ("sv", "Vår klient kräver.", Fault::Lawyer),
    ];
    for (language, text, fault) in bad {
        assert_eq!(lint(text, language).map(|found| found.fault), Some(fault), "{text}");
    }
}

#[test]
fn honest_next_steps_pass() {
    let good = [
        ("en", "If we have no payment by 4 May 2026, we will give the claim to a collection agency."),
        ("en", "We may ask a court for an order for payment. Further costs may follow."),
        ("en", "Deliveries on account stop on 4 May 2026. Please believe us: we would like to go on."),
        (
            "de",
            "Dann übergeben wir die Forderung an ein Inkassounternehmen; danach bleibt das gerichtliche Mahnverfahren.",
        ),
        ("el", "Θα αναθέσουμε την απαίτηση σε εταιρεία είσπραξης ή σε δικηγόρο."),
        ("da", "Kravet overgives til inkasso. Tyve kroner mangler. Vores kreditpolitik er vedlagt."),
        ("sv", "Kravet lämnas till inkasso, och därefter kan vi ansöka om betalningsföreläggande hos Kronofogden."),
    ];
    for (language, text) in good {
        assert_eq!(lint(text, language), None, "{text}");
    }
}

#[test]
fn a_placeholder_is_found_and_an_ordinary_bracket_is_not() {
    for text in ["Dear {{ name }}", "Dear [Name],", "by <date>", "{% if %}", "XXX", "[ORDER NO.]"] {
        assert_eq!(placeholder(text).map(|found| found.fault), Some(Fault::Placeholder), "{text}");
    }
    for text in ["see note [1]", "3 < 4 and 5 > 4", "a (bracket)", "x[0]"] {
        assert_eq!(placeholder(text), None, "{text}");
    }
}
