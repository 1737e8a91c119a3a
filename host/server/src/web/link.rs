//! Addresses within the desk: names from outside become safe parts of a path or a query.

/// One segment of a path, or one value of a query.
pub fn part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// `/accounts/<id>`
pub fn account(id: &str) -> String {
    format!("/accounts/{}", part(id))
}

/// A path with a query; empty values are left out.
pub fn query(path: &str, pairs: &[(&str, String)]) -> String {
    let parts: Vec<_> = pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", part(value)))
        .collect();
    if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_outside_cannot_leave_their_place() {
        assert_eq!(account("a/../b?x=1#y \"<"), "/accounts/a%2F..%2Fb%3Fx%3D1%23y%20%22%3C");
        assert_eq!(part("Müller"), "M%C3%BCller");
    }

    #[test]
    fn empty_values_leave_the_query() {
        assert_eq!(query("/accounts", &[("search", "a&b".into()), ("flag", String::new())]), "/accounts?search=a%26b");
        assert_eq!(query("/accounts", &[]), "/accounts");
    }
}
