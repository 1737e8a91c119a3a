//! What of a guest's headers goes out: nothing that says who we are, and nothing that belongs to the transport.

use hyper::HeaderMap;
use hyper::header::{ACCEPT_ENCODING, HeaderName, HeaderValue, USER_AGENT};

use crate::failure::Failure;
use crate::limits::{HEADERS_LEN_MAX, HEADERS_MAX};

/// Said by the host alone.
const OURS: [&str; 18] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "forwarded",
    "host",
    "http2-settings",
    "keep-alive",
    "origin",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method-override",
    "x-method-override",
];

/// The headers that go out. `credential` is the one in which the host signs, if it is one.
pub(crate) fn outgoing(given: &[(String, String)], credential: Option<&HeaderName>) -> Result<HeaderMap, Failure> {
    if given.len() > HEADERS_MAX || length(given) > HEADERS_LEN_MAX {
        let most = format!("{HEADERS_MAX} headers and {HEADERS_LEN_MAX} bytes");
        return Err(Failure::refused(format!("the request has more than {most}")));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let wrong = || Failure::refused(format!("`{}` is no header", name.escape_debug()));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        let ours = OURS.contains(&name.as_str())
            || name.as_str().starts_with("proxy-")
            || name.as_str().starts_with("x-forwarded-");
        if !ours && Some(&name) != credential {
            headers.append(name, value);
        }
    }
    // Nothing is unpacked here: a small answer stays small.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(concat!("dunlin/", env!("CARGO_PKG_VERSION"))));
    Ok(headers)
}

fn length(headers: &[(String, String)]) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    #[test]
    fn nothing_that_says_who_we_are_comes_from_a_guest() {
        let own = HeaderName::from_static("x-api-key");
        let given = [
            ("Authorization", "Bearer mine"),
            ("X-Api-Key", "mine"),
            ("HOST", "evil.example"),
            ("Cookie", "a=b"),
            ("Proxy-Authorization", "x"),
            ("Transfer-Encoding", "chunked"),
            ("Content-Length", "3"),
            ("X-Forwarded-Host", "evil.example"),
            ("Accept-Encoding", "gzip"),
            ("Idempotency-Key", "k-1"),
            ("Accept", "application/json"),
        ];
        let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let headers = outgoing(&given, Some(&own)).unwrap();
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["accept", "accept-encoding", "idempotency-key", "user-agent"]);
        assert_eq!(headers["accept-encoding"], "identity");
    }

    #[test]
    fn a_header_cannot_carry_another_one() {
        for (name, value) in
            [("a", "b\r\nhost: evil"), ("a\r\nb", "c"), ("a b", "c"), ("", "c"), ("a", "b\0"), ("a:b", "c")]
        {
            let given = [(name.to_owned(), value.to_owned())];
            assert!(outgoing(&given, None).is_err(), "{name:?}: {value:?}");
        }
        let many = vec![("a".to_owned(), "b".to_owned()); HEADERS_MAX + 1];
        assert!(outgoing(&many, None).is_err());
        assert!(outgoing(&[("a".to_owned(), "x".repeat(HEADERS_LEN_MAX))], None).is_err());
    }
}
