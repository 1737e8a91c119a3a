//! A call as a lead: what identifies it at VICIdial, and what agents see of it.

use dunlin_plugin_sdk::dialer::Call;
use dunlin_plugin_sdk::{Date, Outcome};

use crate::Config;
use crate::wire::Lead;

/// Leads of ours have a token that begins so.
const MARK: &str = "dunl";
/// Signs that VICIdial's columns hold: the name, the two that carry key and account, the comments.
const NAME_CHARS: usize = 30;
const IDENTITY_CHARS: usize = 100;
const COMMENT_CHARS: usize = 255;
/// Digits of a number that VICIdial takes, without the country's code.
const DIGITS: std::ops::RangeInclusive<usize> = 6..=16;
const PRIORITY_MAX: u32 = 99;
const RANK_MAX: u32 = 32_767;

/// Codes of countries with one and two digits (ITU E.164); every other code has three.
const SHORT_CODES: [&str; 46] = [
    "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48",
    "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
    "86", "90", "91", "92", "93", "94", "95", "98",
];

/// What a lead is found by: twenty signs at most, so it cannot be the key itself.
pub fn token(key: &str) -> String {
    let hash = key
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{MARK}{hash:016x}")
}

/// Whose call a lead is, as its fields say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub token: String,
    /// None: somebody changed the field.
    pub key: Option<String>,
    pub account: String,
    /// What agents wrote.
    pub comments: String,
}

/// None: not a lead of ours. Err: it is, and does not say whose.
pub fn identity(lead: &Lead) -> Option<Result<Identity, String>> {
    let field = |name: &str| lead.get(name).map(String::as_str).unwrap_or_default();
    let token = field("source_id").to_owned();
    if token.len() != MARK.len() + 16 || !token.starts_with(MARK) {
        return None;
    }
    let key = unescaped(field("address3")).filter(|key| self::token(key) == token);
    Some(match unescaped(field("security_phrase")).filter(|account| !account.is_empty()) {
        Some(account) => Ok(Identity { token, key, account, comments: said(field("comments")).to_owned() }),
        None => Err("its `security_phrase` does not say whose account it is; somebody changed it".to_owned()),
    })
}

/// The form of `add_lead`, or why there can be none.
pub fn fields(config: &Config, key: &str, call: &Call, today: Date) -> Result<Vec<(&'static str, String)>, Outcome> {
    if call.expires_on < today {
        return Err(Outcome::rejected("expired", format!("not to be called after {}", call.expires_on)));
    }
    let (phone_code, phone_number) = number(&call.phone, config.phone_code.as_deref())
        .map_err(|reason| Outcome::rejected("invalid-address", reason))?;
    let too_long = |what: &str| {
        Outcome::rejected("too-long", format!("the {what} takes more than {IDENTITY_CHARS} signs at vicidial"))
    };
    let key_field = Some(escaped(key)).filter(|text| text.len() <= IDENTITY_CHARS).ok_or_else(|| too_long("key"))?;
    let account =
        Some(escaped(&call.account)).filter(|text| text.len() <= IDENTITY_CHARS).ok_or_else(|| too_long("account"))?;
    let token = token(key);
    let mut fields = vec![
        ("phone_code", phone_code),
        ("phone_number", phone_number),
        ("list_id", config.list_id.to_string()),
        ("list_exists_check", "Y".to_owned()),
        ("vendor_lead_code", token.clone()),
        ("source_id", token),
        ("address3", key_field),
        ("security_phrase", account),
        ("last_name", cut(&call.debtor.name, NAME_CHARS)),
        ("rank", call.rank.min(RANK_MAX).to_string()),
        ("comments", comments(call)),
    ];
    if config.hopper {
        let priority = i64::from(PRIORITY_MAX) - i64::from(call.rank.saturating_sub(1).min(2 * PRIORITY_MAX));
        fields.push(("add_to_hopper", "Y".to_owned()));
        fields.push(("hopper_priority", priority.to_string()));
        fields.push(("hopper_local_call_time_check", "Y".to_owned()));
    }
    if let Some(check) = &config.duplicate_check {
        fields.push(("duplicate_check", check.clone()));
    }
    fields.push(("dnc_check", "Y".to_owned()));
    if let Some(campaign) = &config.campaign_id {
        fields.push(("campaign_dnc_check", "Y".to_owned()));
        fields.push(("campaign_id", campaign.clone()));
    }
    Ok(fields)
}

/// Code of the country and number within it, digits only.
fn number(phone: &str, usual_code: Option<&str>) -> Result<(String, String), String> {
    let international = phone.trim().strip_prefix('+').or_else(|| phone.trim().strip_prefix("00"));
    // `+49 (0)40 …`: within the country a 0 is dialled first, from abroad it is not.
    let text = international.map_or_else(|| phone.to_owned(), |rest| rest.replace("(0)", ""));
    let wrong = || format!("`{phone}` is not a telephone number that vicidial can dial");
    if text.contains(|sign: char| !sign.is_ascii_digit() && !" ()-./\u{a0}".contains(sign)) {
        return Err(wrong());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (code, number) = match (international, usual_code) {
        (Some(_), _) => {
            let short = SHORT_CODES.iter().find(|code| digits.starts_with(**code));
            digits.split_at_checked(short.map_or(3, |code| code.len())).ok_or_else(wrong)?
        }
        (None, Some(code)) => (code, digits.as_str()),
        (None, None) => return Err(format!("`{phone}` does not say its country; write it like `+46 8 123 456`")),
    };
    match DIGITS.contains(&number.len()) {
        true => Ok((code.to_owned(), number.to_owned())),
        false => Err(wrong()),
    }
}

/// In brackets, so that what agents write behind it is told apart.
fn comments(call: &Call) -> String {
    let invoices: Vec<&str> = call.items.iter().map(|item| item.invoice.as_str()).collect();
    let text = format!("{} overdue; {}; {}", call.overdue, call.reason, invoices.join(" "));
    let plain: String = text.chars().map(|sign| if "[];#\"|\n\r".contains(sign) { ' ' } else { sign }).collect();
    format!("[{}]", cut(plain.trim(), COMMENT_CHARS - 2))
}

fn said(comments: &str) -> &str {
    let behind = comments.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    behind.map_or(comments, |(_, said)| said).trim()
}

/// VICIdial takes letters, digits and few other signs in these fields. `_` stands before the two digits of any other byte.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b':' | b'/' | b'@' => out.push(char::from(byte)),
            _ => out.push_str(&format!("_{byte:02X}")),
        }
    }
    out
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('_');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

fn cut(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_split_into_country_and_rest() {
        for (phone, code, rest) in [
            ("+46 8 123 456", "46", "8123456"),
            ("+1 (727) 555-1111", "1", "7275551111"),
            ("+49 (0)40 123456", "49", "40123456"),
            ("00358 9 123456", "358", "9123456"),
            ("+30 210 1234567", "30", "2101234567"),
            ("+7 495 123 4567", "7", "4951234567"),
        ] {
            assert_eq!(number(phone, None), Ok((code.to_owned(), rest.to_owned())), "{phone}");
        }
        assert_eq!(number("727 555 1111", Some("1")), Ok(("1".to_owned(), "7275551111".to_owned())));
        for (phone, told) in [
            ("727 555 1111", "does not say its country"),
            ("+46 8 12", "not a telephone number"),
            ("+46 8 123 456 ext. 7", "not a telephone number"),
            ("+", "not a telephone number"),
            ("unknown", "not a telephone number"),
            ("", "does not say its country"),
        ] {
            let error = number(phone, None).unwrap_err();
            assert!(error.contains(told), "{phone}: {error}");
        }
    }

    #[test]
    fn any_key_and_account_come_back_from_the_signs_that_are_taken() {
        for text in ["call:call-day-7:INV-1:cycle-1", "C_100", "Åkerlund & Söner/7", "", "a'b+c d;e#f\"g|h"] {
            let carried = escaped(text);
            assert!(carried.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:/@_".contains(&byte)), "{carried}");
            assert_eq!(unescaped(&carried).as_deref(), Some(text));
        }
        for wrong in ["a_", "a_4", "a_ZZ", "_FF", "_é"] {
            assert_eq!(unescaped(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_fits_and_tells_keys_apart() {
        assert_eq!(token("call:call-day-7:INV-1:cycle-1").len(), 20);
        assert_ne!(token("call:a"), token("call:b"));
    }

    #[test]
    fn a_lead_says_whose_it_is() {
        let token = token("k:1");
        let lead = |fields: [(&str, &str); 4]| fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let whole = [
            ("source_id", token.as_str()),
            ("address3", "k:1"),
            ("security_phrase", "C_20100"),
            ("comments", "[120.00 EUR overdue; 7 days] pays on Friday"),
        ];
        let known = identity(&lead(whole)).unwrap().unwrap();
        assert_eq!((known.key.as_deref(), known.account.as_str()), (Some("k:1"), "C 100"));
        assert_eq!(known.comments, "pays on Friday");
        let changed = [whole[0], ("address3", "2nd floor"), whole[2], ("comments", "call again")];
        let known = identity(&lead(changed)).unwrap().unwrap();
        assert_eq!((known.key, known.comments.as_str()), (None, "call again"));
        assert!(identity(&lead([whole[0], whole[1], ("security_phrase", ""), whole[3]])).unwrap().is_err());
        assert_eq!(identity(&lead([("source_id", "mail098"), whole[1], whole[2], whole[3]])), None);
    }
}
