//! The guard before every page: whose name was called, who calls, how long, and what a browser may do with the answer.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, html};

use super::problem::Problem;
use super::{Access, Shared, limits, session};

/// A visitor whom the guard let in through the browser.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// For the hidden field of every form.
    pub form_proof: String,
    /// The name that this browser used last.
    pub who: String,
}

/// Scripts, styles and pictures only from here, no frame around us, no form to elsewhere.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The cookie that remembers a person's name.
const WHO_COOKIE: &str = "dunlin-who";

/// Lets in who has the token: as a bearer for the API, else as a session that the link with the token opened.
pub async fn let_in(State(web): State<Shared>, mut request: Request, next: Next) -> Response {
    let access = &web.access;
    if access.token.is_empty() {
        return closed(request.uri());
    }
    let is_api = is_api(request.uri());
    if is_api && bearer(request.headers()).is_some_and(|given| session::same(&access.token, given, &access.token)) {
        return next.run(request).await;
    }
    let given = token_in_query(request.uri()).filter(|_| !is_api && request.method() == Method::GET);
    if let Some(given) = given {
        return match session::same(&access.token, &given, &access.token) {
            true => open_session(access, request.uri()),
            false => closed(request.uri()),
        };
    }
    let name = session::cookie_name(&access.token);
    let Some(session) = cookie(request.headers(), &name).filter(|value| session::is_ours(&access.token, value)) else {
        return closed(request.uri());
    };
    let form_proof = session::form_proof(&access.token, session);
    let who = cookie(request.headers(), WHO_COOKIE).and_then(from_hex).unwrap_or_default();
    request.extensions_mut().insert(Visitor { form_proof, who });
    next.run(request).await
}

/// Refuses names that are not ours: a foreign page whose name suddenly points here gets nothing.
pub async fn host_is_ours(State(web): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(|authority| authority.as_str())).unwrap_or_default();
    let name = without_port(host);
    let loopback = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    if loopback || web.access.hosts.iter().any(|own| without_port(own).eq_ignore_ascii_case(name)) {
        return next.run(request).await;
    }
    let detail = "the desk does not answer to this host name".to_owned();
    let hint = "call it by `127.0.0.1` or `localhost`, or add the name to `hosts` in `dunlin.toml`";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, detail, hint).into_response()
}

pub async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(limits::REQUEST_TIME_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long", "try again in a moment")
            .into_response(),
    }
}

/// Nothing is kept by caches, nothing runs that is not ours, no address leaks to other sites.
pub async fn closed_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A `Set-Cookie` value that remembers a person's name for a year.
pub fn remember(who: &str) -> String {
    let hex: String = who.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{WHO_COOKIE}={hex}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000")
}

fn is_api(uri: &Uri) -> bool {
    uri.path() == "/api" || uri.path().starts_with("/api/")
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn token_in_query(uri: &Uri) -> Option<String> {
    let raw = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    Some(raw.replace("%3D", "=").replace("%2B", "+").replace("%2F", "/"))
}

/// Sets the cookie and goes on to the same page without the token in its address.
fn open_session(access: &Access, uri: &Uri) -> Response {
    let Ok(session) = session::open(&access.token) else {
        let hint = "the system gave no random numbers; look at the machine, then try again";
        return Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "no session could be opened", hint).into_response();
    };
    let rest: Vec<_> = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.starts_with("token=")).collect();
    // One slash in front: `//elsewhere` would lead away from here.
    let path = format!("/{}", uri.path().trim_start_matches('/'));
    let clean = if rest.is_empty() { path } else { format!("{path}?{}", rest.join("&")) };
    let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Strict", session::cookie_name(&access.token));
    (StatusCode::SEE_OTHER, [(header::LOCATION, clean), (header::SET_COOKIE, cookie)]).into_response()
}

fn closed(uri: &Uri) -> Response {
    let status = StatusCode::UNAUTHORIZED;
    if is_api(uri) {
        let hint = "send `Authorization: Bearer <token>`; the token stands in the line that `dunlin serve` printed, or in `dunlin.toml`";
        let problem = Problem::new(status, "the token is missing or wrong", hint);
        return ([(header::WWW_AUTHENTICATE, "Bearer")], problem).into_response();
    }
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Dunlin: closed" }
            }
            body {
                h1 { "This desk opens with its token" }
                p { "Use the link that " code { "dunlin serve" } " printed when it started: it ends in " code { "?token=…" } "." }
                p { "The token also stands in " code { "dunlin.toml" } ", where one is set." }
                p { "Just followed that link from another site? Reload this page once." }
            }
        }
    };
    (status, page).into_response()
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit()) && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

fn from_hex(hex: &str) -> Option<String> {
    if hex.len() > 8 * limits::WHO_CHARS_MAX || !hex.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> =
        (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(hex.get(i..i + 2)?, 16).ok()).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_no_part_of_a_name() {
        assert_eq!(without_port("localhost:8080"), "localhost");
        assert_eq!(without_port("[::1]:8080"), "[::1]");
        assert_eq!(without_port("[::1]"), "[::1]");
        assert_eq!(without_port("desk.example"), "desk.example");
        assert_eq!(without_port("127.0.0.1.evil.example:80"), "127.0.0.1.evil.example");
    }

    #[test]
    fn a_name_survives_its_cookie() {
        let cookie = remember("Zoë Ångström; x=1");
        let value = cookie.strip_prefix("dunlin-who=").unwrap().split(';').next().unwrap();
        assert_eq!(from_hex(value).as_deref(), Some("Zoë Ångström; x=1"));
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex("abc"), None);
    }
}
