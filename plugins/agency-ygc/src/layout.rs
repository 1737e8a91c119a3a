//! Where each field stands: one line a field, so that what an agency does otherwise is corrected in one line.
//!
//! Columns count from one and both ends belong to the field, as in the published descriptions. README.md says which of
//! them were found in two places, and which in one.

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From the left, filled with spaces.
    Text,
    /// Digits from the right, filled with spaces or zeros.
    Number,
    /// `20260304`.
    Day,
    /// `-1200.50` from the right: the decimal point is written.
    Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    pub name: &'static str,
    pub first: usize,
    pub last: usize,
    pub kind: Kind,
}

impl Field {
    pub const fn width(&self) -> usize {
        self.last + 1 - self.first
    }
}

/// A record: its code, and its fields as constants of their own names.
macro_rules! record {
    ($(#[$meta:meta])* $record:ident $($code:literal)? { $($name:ident: $kind:ident $first:literal..$last:literal,)* }) => {
        $(#[$meta])*
        pub mod $record {
            use super::{Field, Kind};

            $(pub const CODE: &str = $code;)?
            $(pub const $name: Field =
                Field { name: stringify!($name), first: $first, last: $last, kind: Kind::$kind };)*
            #[cfg(test)]
            pub const FIELDS: &[Field] = &[$($name,)*];
        }
    };
}

record! {
    /// The beginning of every record. Who of the two identities stands first depends on who wrote the record.
    start {
        RECORD_CODE: Text 1..2,
        FILENO: Text 3..12,
        FORW_FILE: Text 13..32,
        MASCO_FILE: Text 33..47,
        WRITER_ID: Text 48..57,
        READER_ID: Text 58..67,
    }
}

record! {
    /// A new account.
    account "01" {
        DATE_FORW: Day 68..75,
        COMM: Text 80..83,
        ORIG_CLAIM: Amount 88..101,
        CRED_NAME: Text 134..158,
        CRED_NAME2: Text 159..183,
        DEBT_BAL: Amount 233..246,
        DATE_LPAY: Day 251..258,
    }
}

record! {
    /// Its debtor.
    debtor "02" {
        D1_NAME: Text 68..97,
        D1_CS: Text 149..171,
        D1_ZIP: Text 172..180,
        D1_PHONE: Text 181..192,
        D1_CNTRY: Text 401..403,
        D1_STREET_LONG: Text 404..453,
        D1_STREET2_LONG: Text 454..503,
    }
}

record! {
    /// A note or a status for the agency.
    note "09" {
        PDATE: Day 68..75,
        PCODE: Text 76..83,
        PCMT: Text 84..1107,
    }
}

record! {
    /// Money that the creditor got directly.
    direct "12" {
        DP_DATE: Day 68..75,
        DP_CMT: Text 76..95,
        DP_CASH: Amount 110..123,
    }
}

record! {
    /// Money that the agency got, or lost again.
    payment "30" {
        RET_CODE: Number 68..69,
        PAY_DATE: Day 70..77,
        GROSS_PAY: Amount 78..91,
        CHECK_AMT: Amount 106..119,
        FEES: Amount 134..147,
        TA_NO: Number 191..196,
        RMIT_NO: Number 197..202,
        DESC: Text 329..358,
        ORIGINALTANUMBER: Number 413..418,
    }
}

record! {
    /// How an account stands at the agency.
    balance "38" {
        PAID: Amount 186..199,
    }
}

record! {
    /// A note or a status of the agency.
    status "39" {
        PDATE: Day 68..75,
        PCODE: Text 76..83,
        PCMT: Text 84..1107,
    }
}

/// Records of the agency that say nothing a hub could use: changes of debtors, courts, assets, plans and the like.
pub const LEFT_OUT: [&str; 13] = ["31", "33", "34", "35", "36", "37", "40", "41", "42", "43", "44", "45", "46"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_behind_each_other() {
        assert_eq!(start::FIELDS.last().map(|field| field.last), Some(67));
        for fields in [
            start::FIELDS,
            account::FIELDS,
            debtor::FIELDS,
            note::FIELDS,
            direct::FIELDS,
            payment::FIELDS,
            balance::FIELDS,
            status::FIELDS,
        ] {
            let mut before = if fields == start::FIELDS { 0 } else { 67 };
            for field in fields {
                assert!(field.first > before && field.last >= field.first, "{}", field.name);
                before = field.last;
                match field.kind {
                    Kind::Day => assert_eq!(field.width(), 8, "{}", field.name),
                    Kind::Amount => assert_eq!(field.width(), 14, "{}", field.name),
                    Kind::Number => assert!(field.width() <= 6, "{}", field.name),
                    Kind::Text => {}
                }
            }
        }
    }
}
