//! The way out, step by step: granted, normalised, left alone while the other side asked for it, dialled, signed, read, struck out.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes};
use hyper::header::{CONNECTION, DATE, HeaderName, RETRY_AFTER, SET_COOKIE, TRANSFER_ENCODING};
use hyper::{HeaderMap, Method, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::{HttpConnector, capture_connection};
use hyper_util::client::legacy::{Client, ResponseFuture};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;
use url::{Host, Url};

use crate::address::Allowed;
use crate::binding::{Auth, Binding, Grant, Wrong};
use crate::failure::Failure;
use crate::headers::outgoing;
use crate::limits::{
    ANSWER_LEN_MAX, AT_ONCE_MAX, CONNECT_TIME, EXCHANGE_TIME, HEADERS_LEN_MAX, HEADERS_MAX, IDLE_TIME, REQUEST_LEN_MAX,
    RETRY_AFTER_MAX,
};
use crate::oauth::{Token, question};
use crate::resolve::{Inside, Resolver};
use crate::scan::Scan;
use crate::secret::{Secret, Secrets};
use crate::sign::{credential, sign};
use crate::target;
use crate::tls;

/// What a guest asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// Below the address of the connection, with its query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What the other side answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The secret stood in it, and was struck out.
    pub struck: bool,
}

type Out = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// A bound system, as one plugin may use it. Connections to it are shared by the plugin's calls, and by nobody else.
pub struct Connection {
    binding: Binding,
    base: Url,
    grant: Grant,
    secrets: Secrets,
    credential: Option<HeaderName>,
    out: Out,
    at_once: Semaphore,
    /// Until when the other side asked to be left alone.
    left_alone: Mutex<Option<Instant>>,
    token: Token,
    /// What looks for the secrets that were used last.
    scans: Mutex<Vec<(Secret, Arc<Scan>)>>,
    time: Duration,
    answer_max: usize,
}

impl Connection {
    /// # Errors
    ///
    /// When the binding cannot be, with its key.
    pub fn new(binding: Binding, grant: Grant, secrets: Secrets) -> Result<Self, Wrong> {
        let base = binding.check()?;
        let wrong = |key, problem: String, hint: &str| Wrong { key, problem, hint: hint.to_owned() };
        let credential = credential(&binding).map_err(|problem| wrong("header", problem, "such as `x-api-key`"))?;
        let addresses = [Some(base.clone()), binding.token_url.as_deref().and_then(|url| Url::parse(url).ok())];
        let in_the_clear = addresses.iter().flatten().any(|url| url.scheme() == "http");
        let resolver = Resolver { allowed: Arc::new(Allowed(binding.allow.clone())), in_the_clear };
        for url in addresses.iter().flatten() {
            literal(url, &resolver).map_err(|inside| {
                let hint = format!("if you mean it: `allow = [\"{}\"]`", nets(&inside));
                wrong("url", inside.to_string(), &hint)
            })?;
        }
        let ca = binding.ca.as_ref().map(|file| secrets.folder().join(file));
        let tls = tls::config(ca.as_deref()).map_err(|problem| wrong("ca", problem, "a file with PEM certificates"))?;
        let mut tcp = HttpConnector::new_with_resolver(resolver);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIME));
        tcp.set_nodelay(true);
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(tcp);
        let out = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_TIME)
            .pool_max_idle_per_host(AT_ONCE_MAX)
            .http1_max_headers(HEADERS_MAX)
            .http1_max_buf_size(HEADERS_LEN_MAX)
            .build(connector);
        let time = binding.timeout_seconds.map_or(EXCHANGE_TIME, |seconds| Duration::from_secs(seconds.into()));
        Ok(Self {
            base,
            grant,
            secrets,
            credential,
            out,
            at_once: Semaphore::new(AT_ONCE_MAX),
            left_alone: Mutex::default(),
            token: Token::default(),
            scans: Mutex::default(),
            time,
            answer_max: ANSWER_LEN_MAX,
            binding,
        })
    }

    /// With answers of up to so many bytes, for what the hub itself gets.
    pub fn with_answers_up_to(self, bytes: usize) -> Self {
        Self { answer_max: bytes, ..self }
    }

    /// Where it leads, for people.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// One request, one answer.
    ///
    /// # Errors
    ///
    /// A [`Failure`], which says whether the other side may have acted all the same.
    pub async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let method = self.granted(&request)?;
        let mut headers = outgoing(&request.headers, self.credential.as_ref())?;
        self.may_ask()?;
        let deadline = tokio::time::Instant::now() + self.time;
        let late =
            || Failure::later(format!("no turn within {} s: too many requests are under way", self.time.as_secs()));
        let _turn = timeout_at(deadline, self.at_once.acquire()).await.map_err(|_| late())?.map_err(|_| late())?;
        if tokio::time::Instant::now() >= deadline {
            return Err(late());
        }
        let mut target = request.target;
        let scans = match &self.binding.secret {
            None => Vec::<Arc<Scan>>::new(),
            Some(known) => {
                let secret = self.secrets.get(known).await.map_err(Failure::misconfigured)?;
                let token =
                    if self.binding.auth == Auth::OAuth2 { Some(self.token(&secret, deadline).await?) } else { None };
                sign(&self.binding, token.as_ref().unwrap_or(&secret), &mut headers, &mut target)?;
                std::iter::once(secret).chain(token).filter_map(|secret| self.scan(&secret)).collect()
            }
        };
        let uri = self.uri(&target)?;
        let exchanged = self.exchange(method, uri, headers, request.body, deadline).await;
        let (status, headers, body) = exchanged.map_err(|failure| struck_failure(failure, &scans))?;
        if status == 401 && self.binding.auth == Auth::OAuth2 {
            self.token.forget().await;
        }
        self.leave_alone(status, &headers);
        Ok(struck(status, &headers, body, &scans))
    }

    fn granted(&self, request: &Request) -> Result<Method, Failure> {
        let target = target::check(&request.target)?;
        if !self.grant.methods.contains(&request.method) {
            let known = self.grant.methods.join(", ");
            return Err(Failure::refused(format!(
                "the method `{}` was not granted; granted are {known}",
                request.method.escape_debug()
            )));
        }
        let path = target::path(target);
        if !target::is_below(path, &self.grant.paths) {
            let known = self.grant.paths.join(", ");
            return Err(Failure::refused(format!(
                "the path `{path}` was not granted; granted is what begins with {known}"
            ))
            .hint("the manifest of the plugin has to ask for it under `paths`"));
        }
        if request.body.len() > REQUEST_LEN_MAX {
            return Err(Failure::refused(format!("the request is larger than {REQUEST_LEN_MAX} bytes")));
        }
        Method::from_bytes(request.method.as_bytes()).map_err(|_| Failure::refused("the method is none of HTTP"))
    }

    fn uri(&self, target: &str) -> Result<Uri, Failure> {
        let host = self.base.host_str().unwrap_or_default();
        let authority = self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let below = format!("{}{target}", self.base.path().trim_end_matches('/'));
        let uri = Uri::builder().scheme(self.base.scheme()).authority(authority).path_and_query(below).build();
        uri.map_err(|error| Failure::refused(format!("the target cannot be sent: {error}")))
    }

    async fn token(&self, secret: &Secret, deadline: tokio::time::Instant) -> Result<Secret, Failure> {
        let ask = async || {
            let uri: Result<Uri, _> = self.binding.token_url.as_deref().unwrap_or_default().parse();
            let uri = uri.map_err(|error| Failure::misconfigured(format!("`token_url`: {error}")))?;
            let (form, basic) = question(&self.binding, secret);
            let given = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
            let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let mut headers = outgoing(&given, None)?;
            let basic = hyper::header::HeaderValue::from_str(&basic);
            let basic = basic.map_err(|_| Failure::misconfigured("`client_id` and `secret` fit no header"))?;
            headers.insert(hyper::header::AUTHORIZATION, basic);
            let asked = self.exchange(Method::POST, uri, headers, form.into_bytes(), deadline).await;
            // That a token may have been given does not matter to anybody.
            let (status, _, body) = asked.map_err(|failure| Failure { sent: false, ..failure })?;
            Ok((status, body))
        };
        self.token.get(ask).await
    }

    /// Dials and reads under the limits.
    async fn exchange(
        &self,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Vec<u8>,
        deadline: tokio::time::Instant,
    ) -> Result<(u16, HeaderMap, Vec<u8>), Failure> {
        let mut request = hyper::Request::new(Full::new(Bytes::from(body)));
        (*request.method_mut(), *request.uri_mut(), *request.headers_mut()) = (method, uri, headers);
        let captured = capture_connection(&mut request);
        let asked: ResponseFuture = self.out.request(request);
        let time = self.time.as_secs();
        let response = match timeout_at(deadline, asked).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => return Err(not_dialled(&error)),
            Ok(Err(error)) => return Err(Failure::later(format!("the other side broke off: {}", root(&error))).sent()),
            Err(_) => {
                let late = Failure::later(format!("the other side did not answer within {time} s"));
                return Err(if captured.connection_metadata().is_some() { late.sent() } else { late });
            }
        };
        let (parts, body) = response.into_parts();
        let length = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>();
        if length > HEADERS_LEN_MAX || body.size_hint().lower() > self.answer_max as u64 {
            return Err(self.too_large());
        }
        match timeout_at(deadline, Limited::new(body, self.answer_max).collect()).await {
            Ok(Ok(body)) => Ok((parts.status.as_u16(), parts.headers, body.to_bytes().to_vec())),
            Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => Err(self.too_large()),
            Ok(Err(error)) => Err(Failure::later(format!("the answer broke off: {}", root(error.as_ref()))).sent()),
            Err(_) => Err(Failure::later(format!("the answer did not end within {time} s")).sent()),
        }
    }

    fn too_large(&self) -> Failure {
        let most = format!("{} bytes, or its headers than {HEADERS_LEN_MAX}", self.answer_max);
        Failure::refused(format!("the answer is larger than {most}")).sent()
    }

    /// Made once for each secret; the secret and the token that it became are two.
    fn scan(&self, secret: &Secret) -> Option<Arc<Scan>> {
        let mut scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, scan)) = scans.iter().find(|(known, _)| known == secret) {
            return Some(scan.clone());
        }
        let user = self.binding.user.as_deref().or(self.binding.client_id.as_deref());
        let scan = Arc::new(Scan::of(secret, user)?);
        scans.push((secret.clone(), scan.clone()));
        let old = scans.len().saturating_sub(2);
        scans.drain(..old);
        Some(scan)
    }

    /// While the other side asked to be left alone, nothing is sent.
    fn may_ask(&self) -> Result<(), Failure> {
        let left = self.left_alone.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = left.and_then(|until| until.checked_duration_since(Instant::now())).filter(|wait| !wait.is_zero());
        match wait {
            None => Ok(()),
            Some(wait) => {
                let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                let text = format!("the other side asked to be left alone for {} s more", wait.as_secs() + 1);
                Err(Failure { retry_after_ms: Some(millis), ..Failure::later(text) })
            }
        }
    }

    fn leave_alone(&self, status: u16, headers: &HeaderMap) {
        let asked = Some(status).filter(|status| matches!(status, 429 | 503));
        if let Some(wait) = asked.and_then(|_| retry_after(headers)) {
            let until = Instant::now() + wait.min(RETRY_AFTER_MAX);
            *self.left_alone.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        }
    }
}

/// Seconds, or a day and time (RFC 9110 section 10.2.3), which is held against the clock of the answer itself.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let stated = text(RETRY_AFTER)?;
    if let Ok(seconds) = stated.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp());
    let seconds = moment(stated)?.duration_since(moment(text(DATE)?)?).as_secs();
    u64::try_from(seconds).ok().map(Duration::from_secs)
}

/// An address that needs no resolver is looked at here: whichever way it is spelled, the URL has it as what it is.
fn literal(url: &Url, resolver: &Resolver) -> Result<(), Inside> {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
        _ => return Ok(()),
    };
    resolver.filter(url.host_str().unwrap_or_default(), vec![address]).map(|_| ())
}

fn nets(inside: &Inside) -> String {
    let whole = |address: &std::net::IpAddr| format!("{address}/{}", if address.is_ipv4() { 32 } else { 128 });
    inside.addresses.iter().map(whole).collect::<Vec<_>>().join("\", \"")
}

fn not_dialled(error: &(dyn Error + 'static)) -> Failure {
    let mut cause = Some(error);
    while let Some(known) = cause {
        let inside = known.downcast_ref::<Inside>();
        let wrapped = known.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()?.downcast_ref::<Inside>());
        if let Some(inside) = inside.or(wrapped) {
            let hint = format!("if you mean it, add `allow = [\"{}\"]` to the connection", nets(inside));
            return Failure::misconfigured(inside.to_string()).hint(hint);
        }
        cause = known.source();
    }
    Failure::later(format!("the other side cannot be reached: {}", root(error)))
}

fn root(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

/// Cookies and what belongs to the transport stay here; of the rest every trace of the secret is struck out.
fn struck(status: u16, headers: &HeaderMap, body: Vec<u8>, scans: &[Arc<Scan>]) -> Answer {
    let mut found = false;
    let mut strike = |mut bytes: Vec<u8>| {
        for scan in scans {
            let (rest, here) = scan.strike(bytes);
            (bytes, found) = (rest, found || here);
        }
        bytes
    };
    let kept = headers.iter().filter(|(name, _)| ![&SET_COOKIE, &CONNECTION, &TRANSFER_ENCODING].contains(name));
    let headers: Vec<(String, String)> = kept
        .map(|(name, value)| {
            let value = strike(value.as_bytes().to_vec());
            (name.as_str().to_owned(), String::from_utf8_lossy(&value).into_owned())
        })
        .collect();
    let body = strike(body);
    Answer { status, headers, body, struck: found }
}

/// Neither does a reason tell it: a library may repeat what it sent.
fn struck_failure(failure: Failure, scans: &[Arc<Scan>]) -> Failure {
    let message = scans.iter().fold(failure.message.into_bytes(), |text, scan| scan.strike(text).0);
    Failure { message: String::from_utf8_lossy(&message).into_owned(), ..failure }
}
