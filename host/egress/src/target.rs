//! The target of a request: it stays below the address of its connection, however it is written.

use crate::failure::Failure;
use crate::limits::TARGET_LEN_MAX;

/// The path and query, checked. A server may decode a path more than once or take a backslash for a slash; what any of them could
/// read as a step upwards is refused.
pub(crate) fn check(target: &str) -> Result<&str, Failure> {
    let refused = |why: &str| Err(Failure::refused(format!("the target `{}` {why}", shown(target))));
    if target.len() > TARGET_LEN_MAX {
        return refused(&format!("is longer than {TARGET_LEN_MAX} bytes"));
    }
    if !target.starts_with('/') || target.starts_with("//") {
        return refused("does not begin with one `/`, below the address of the connection");
    }
    if let Some(sign) = target.chars().find(|sign| !sign.is_ascii_graphic() || matches!(sign, '\\' | '#')) {
        return refused(&format!("has the character {sign:?}; it has to be percent-encoded"));
    }
    let path = path(target);
    if !is_encoded_well(path) {
        return refused("is not percent-encoded well");
    }
    let mut decoded = path.to_owned();
    for _ in 0..DECODINGS {
        if decoded.split(['/', '\\']).any(is_step) {
            return refused("leads upwards");
        }
        let next = decode(&decoded);
        if next == decoded {
            return Ok(target);
        }
        decoded = next;
    }
    refused("is percent-encoded again and again")
}

/// Times that a path may be percent-encoded.
const DECODINGS: usize = 3;

pub(crate) fn path(target: &str) -> &str {
    target.split('?').next().unwrap_or_default()
}

/// Does the path lie below one of the prefixes? `/v1` means `/v1` itself and what stands behind `/v1/`.
pub(crate) fn is_below(path: &str, prefixes: &[String]) -> bool {
    prefixes.iter().any(|prefix| {
        let rest = path.strip_prefix(prefix.as_str());
        rest.is_some_and(|rest| rest.is_empty() || prefix.ends_with('/') || rest.starts_with('/'))
    })
}

/// `.`, `..`, and `..;x`, which some servers read as the same.
fn is_step(segment: &str) -> bool {
    let name = segment.split(';').next().unwrap_or_default();
    matches!(name, "." | "..")
}

/// Every `%` begins an escape, and none of them is the byte zero.
fn is_encoded_well(path: &str) -> bool {
    path.split('%').skip(1).all(|rest| escape(rest).is_some_and(|byte| byte != 0))
}

/// The byte whose two digits stand at the beginning.
fn escape(rest: &str) -> Option<u8> {
    rest.get(..2)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u8::from_str_radix(digits, 16).ok())
}

/// One layer of percent-encoding less. What is no escape stays, as lenient servers have it; what is no text becomes something that
/// is no step either.
fn decode(path: &str) -> String {
    let mut parts = path.split('%');
    let mut out = parts.next().unwrap_or_default().as_bytes().to_vec();
    for rest in parts {
        match escape(rest) {
            Some(byte) => {
                out.push(byte);
                out.extend(&rest.as_bytes()[2..]);
            }
            None => {
                out.push(b'%');
                out.extend(rest.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn shown(target: &str) -> String {
    target.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_is_refused_in_every_spelling() {
        for wrong in [
            "",
            "v1",
            "//evil.example/v1",
            "http://evil.example/",
            "/\\evil.example",
            "/v1/../admin",
            "/v1/..",
            "/./x",
            "/v1/%2e%2e/x",
            "/v1/%2E./x",
            "/v1/.%2e/x",
            "/v1/..%2fadmin",
            "/v1/..%5cadmin",
            "/v1/%2e%2e%2fadmin",
            "/v1/%252e%252e/x",
            "/v1/%25252e%25252e/x",
            "/v1/%25zz/%252e%252e/x",
            "/v1/..;/admin",
            "/v1/..;a=b/admin",
            "/v1/a\\..\\b",
            "/v1 HTTP/1.1\r\nHost: evil",
            "/v1\r\nX: y",
            "/v1\tx",
            "/v1#part",
            "/v1/ü",
            "/v1/%",
            "/v1/%2",
            "/v1/%zz",
            "/v1/%00",
            "/v1/\u{0}",
        ] {
            assert!(check(wrong).is_err(), "{wrong:?}");
        }
        assert!(check(&format!("/{}", "x".repeat(TARGET_LEN_MAX))).is_err());
        for right in [
            "/",
            "/v1/charges?limit=3&a=%2e%2e",
            "/v1/a..b/...",
            "/v1/x%2Fy",
            "/v1/100%25",
            "/v1/%C3%BC",
            "/rest/a;b=c/d",
        ] {
            assert!(check(right).is_ok(), "{right:?}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_slash() {
        let prefixes = ["/v1".to_owned(), "/rest/".to_owned()];
        for (path, below) in [
            ("/v1", true),
            ("/v1/x", true),
            ("/v10", false),
            ("/rest/x", true),
            ("/rest", false),
            ("/restx", false),
            ("/", false),
        ] {
            assert_eq!(is_below(path, &prefixes), below, "{path}");
        }
    }
}
