//! The other side, on loopback: it plays a cassette, and breaks where it is told to.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::cassette::Exchange;

const REQUEST_LEN_MAX: usize = 1 << 20;

/// How an answer goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A status, and what some systems say with it.
    Status(u16),
    /// A page for people, where data should be.
    Html,
    /// The connection ends in the middle of the body.
    HalfABody,
    /// The connection ends before any answer.
    NoAnswer,
}

impl Fault {
    pub const ALL: [Self; 9] = [
        Self::Status(500),
        Self::Status(503),
        Self::Status(429),
        Self::Status(401),
        Self::Status(403),
        Self::Status(404),
        Self::Html,
        Self::HalfABody,
        Self::NoAnswer,
    ];

    pub fn told(self) -> String {
        match self {
            Self::Status(status) => format!("answers {status}"),
            Self::Html => "answers a page for people".to_owned(),
            Self::HalfABody => "breaks off in its answer".to_owned(),
            Self::NoAnswer => "breaks off before it answers".to_owned(),
        }
    }
}

/// What it does differently.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Which request goes wrong, the first being 0.
    pub fault: Option<(usize, Fault)>,
    /// The body of an exchange, by its place in the cassette.
    pub body: Option<(usize, String)>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: usize,
    /// What the cassette does not have.
    unplayed: Vec<String>,
}

pub struct Upstream {
    pub url: String,
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

impl Upstream {
    pub async fn open(exchanges: Arc<Vec<(usize, Exchange)>>, script: Script) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let seen = Arc::<Mutex<Seen>>::default();
        let shared = seen.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (exchanges, script, seen) = (exchanges.clone(), script.clone(), shared.clone());
                tokio::spawn(async move { serve(stream, &exchanges, &script, &seen).await });
            }
        });
        Ok(Self { url, seen, task })
    }

    pub fn requests(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).requests
    }

    pub fn unplayed(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).unplayed.clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, exchanges: &[(usize, Exchange)], script: &Script, seen: &Mutex<Seen>) {
    let mut rest = Vec::new();
    while let Some((method, target)) = request(&mut stream, &mut rest).await {
        let exchange =
            exchanges.iter().find(|(_, known)| known.method == method && same_target(&known.target, &target));
        let number = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if exchange.is_none() {
                seen.unplayed.push(format!("{method} {target}"));
            }
            seen.requests += 1;
            seen.requests - 1
        };
        let fault = script.fault.filter(|(at, _)| *at == number).map(|(_, fault)| fault);
        let (status, mut headers, body) = match exchange {
            None => (501, String::new(), format!("the cassette has no answer to {method} {target}")),
            Some((place, known)) => {
                let body = script.body.as_ref().filter(|(at, _)| at == place).map_or(&known.body, |(_, body)| body);
                let headers = known.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                (known.status, headers, body.clone())
            }
        };
        let (status, body, sent) = match fault {
            None => (status, body, usize::MAX),
            Some(Fault::Status(status)) => {
                headers = if status == 429 { "retry-after: 1\r\n".to_owned() } else { String::new() };
                (status, "{\"error\": \"no\"}".to_owned(), usize::MAX)
            }
            Some(Fault::Html) => (200, "<!DOCTYPE html><title>Log in</title>".to_owned(), usize::MAX),
            Some(Fault::HalfABody) => (status, body.clone(), body.len() / 2),
            Some(Fault::NoAnswer) => return,
        };
        let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
        let part = &body.as_bytes()[..sent.min(body.len())];
        let whole = [head.as_bytes(), part].concat();
        if stream.write_all(&whole).await.is_err() || part.len() < body.len() {
            return;
        }
    }
}

/// Method and target of the next request; none: there is no more.
async fn request(stream: &mut TcpStream, rest: &mut Vec<u8>) -> Option<(String, String)> {
    loop {
        if let Some(end) = rest.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            let whole = end + 4 + length.unwrap_or(0);
            if rest.len() >= whole {
                rest.drain(..whole);
                let mut words = head.lines().next()?.split(' ');
                return Some((words.next()?.to_owned(), words.next()?.to_owned()));
            }
        }
        let mut bytes = [0; 8 << 10];
        match stream.read(&mut bytes).await {
            Ok(count @ 1..) if rest.len() + count <= REQUEST_LEN_MAX => rest.extend_from_slice(&bytes[..count]),
            _ => return None,
        }
    }
}

/// The same path, and the same parameters in whatever order and spelling.
fn same_target(known: &str, asked: &str) -> bool {
    let parts = |target: &str| {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut pairs: Vec<(String, String)> = url(query);
        pairs.sort();
        (path.to_owned(), pairs)
    };
    parts(known) == parts(asked)
}

fn url(query: &str) -> Vec<(String, String)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name), decoded(value))
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
