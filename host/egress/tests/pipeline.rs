//! The way out against a server of this process that says and does what a test wants: a real socket, and bytes as they are.

#![allow(clippy::unwrap_used)] // a test may

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egress::{Answer, Binding, Connection, Failure, Grant, Kind, Request, Secrets, Vault, Wrong};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "sk_live_4711-abcdef";

/// Answers each request with the next of the texts, and keeps what it heard. An empty text: it hangs up; `...`: it says no more.
struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
    dials: Arc<Mutex<u32>>,
}

impl Server {
    async fn answering(answers: Vec<String>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, dials) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let server = Server { address, heard: heard.clone(), dials: dials.clone() };
        let answers = Arc::new(Mutex::new(VecDeque::from(answers)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *dials.lock().unwrap() += 1;
                tokio::spawn(talk(stream, answers.clone(), heard.clone()));
            }
        });
        server
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

async fn talk(mut stream: TcpStream, answers: Arc<Mutex<VecDeque<String>>>, heard: Arc<Mutex<Vec<String>>>) {
    while let Some(request) = read(&mut stream).await {
        heard.lock().unwrap().push(request);
        let answer = answers.lock().unwrap().pop_front().unwrap_or_else(|| ok("{}"));
        match answer.strip_suffix("...") {
            Some(part) => {
                stream.write_all(part.as_bytes()).await.ok();
                std::future::pending::<()>().await;
            }
            None if answer.is_empty() => return,
            None => stream.write_all(answer.as_bytes()).await.unwrap_or_default(),
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some(end) = text.find("\r\n\r\n") else { continue };
        let length = text
            .to_lowercase()
            .find("content-length: ")
            .map_or(0, |at| text[at + 16..].split("\r\n").next().unwrap().parse::<usize>().unwrap());
        if bytes.len() >= end + 4 + length {
            return Some(text);
        }
    }
}

fn ok(body: &str) -> String {
    answer("200 OK", "", body)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

fn binding(address: SocketAddr, more: &str) -> Binding {
    toml::from_str(&format!("url = \"http://{address}/base\"\nallow = [\"127.0.0.1/32\"]\n{more}")).unwrap()
}

const BEARER: &str = "auth = \"bearer\"\nsecret = { command = [\"printf\", \"sk_live_4711-abcdef\"] }\n";

fn bind(binding: Binding) -> Result<Connection, Wrong> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let grant = Grant { methods: vec!["GET".to_owned(), "POST".to_owned()], paths: vec!["/v1".to_owned()] };
    Connection::new(binding, grant, Secrets::new(Vault::open(folder).unwrap(), folder))
}

fn get(target: &str) -> Request {
    Request { method: "GET".to_owned(), target: target.to_owned(), ..Request::default() }
}

async fn send(connection: &Connection, request: Request) -> Result<Answer, Failure> {
    connection.send(request).await
}

#[tokio::test]
async fn a_request_goes_out_signed_and_below_the_address() {
    let server = Server::answering(vec![ok("{\"a\": 1}")]).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    let mut request = get("/v1/charges?limit=3");
    request.headers =
        vec![("Authorization".to_owned(), "Bearer mine".to_owned()), ("Host".to_owned(), "evil.example".to_owned())];
    let answer = send(&connection, request).await.unwrap();
    assert_eq!((answer.status, answer.body.as_slice(), answer.struck), (200, b"{\"a\": 1}".as_slice(), false));
    let heard = &server.heard()[0];
    assert!(heard.starts_with("GET /base/v1/charges?limit=3 HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains(&format!("authorization: Bearer {SECRET}")) && !heard.contains("mine"), "{heard}");
    assert!(heard.contains(&format!("host: {}", server.address)) && !heard.contains("evil"), "{heard}");
    assert!(heard.contains("accept-encoding: identity"), "{heard}");
}

#[tokio::test]
async fn what_was_not_granted_does_not_leave_the_house() {
    let server = Server::answering(Vec::new()).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    for (method, target) in [
        ("DELETE", "/v1/charges"),
        ("get", "/v1/charges"),
        ("GET", "/v2/charges"),
        ("GET", "/v1/../v2"),
        ("GET", "//evil.example/v1"),
        ("GET", "http://evil.example/v1"),
        ("GET", "@evil.example/v1"),
        ("GET", "/v1 HTTP/1.1\r\nHost: evil\r\n\r\n"),
    ] {
        let request = Request { method: method.to_owned(), ..get(target) };
        let failure = send(&connection, request).await.unwrap_err();
        assert!(failure.kind == Kind::Refused && !failure.sent, "{method} {target}: {failure}");
    }
    let large = Request { method: "POST".to_owned(), body: vec![0; (8 << 20) + 1], ..get("/v1") };
    assert!(send(&connection, large).await.unwrap_err().message.contains("is larger than"));
    assert_eq!((server.heard(), *server.dials.lock().unwrap()), (Vec::new(), 0));
}

#[tokio::test]
async fn each_way_to_say_who_we_are() {
    let secret = "secret = { command = [\"printf\", \"sk_live_4711-abcdef\"] }\n";
    for (auth, told) in [
        ("auth = \"basic\"\nuser = \"hub\"\n", "authorization: Basic aHViOnNrX2xpdmVfNDcxMS1hYmNkZWY="),
        ("auth = \"header\"\nheader = \"X-Api-Key\"\n", "x-api-key: sk_live_4711-abcdef"),
        (
            "auth = \"header\"\nheader = \"Authorization\"\nprefix = \"Token \"\n",
            "authorization: Token sk_live_4711-abcdef",
        ),
        ("auth = \"query\"\nparameter = \"key\"\n", "GET /base/v1?a=b&key=sk_live_4711-abcdef HTTP/1.1"),
    ] {
        let server = Server::answering(Vec::new()).await;
        let connection = bind(binding(server.address, &format!("{auth}{secret}"))).unwrap();
        send(&connection, get("/v1?a=b")).await.unwrap();
        let heard = &server.heard()[0];
        assert!(heard.contains(told), "{heard}");
    }
}

#[tokio::test]
async fn a_token_is_asked_for_once_and_anew_when_it_is_not_taken() {
    let token = |token: &str| ok(&format!("{{\"access_token\": \"{token}\", \"expires_in\": 3600}}"));
    let denied = answer("401 Unauthorized", "", "token-one-1 is not known");
    let answers = vec![token("token-one-1"), ok("{}"), denied, token("token-two-2"), ok("{}")];
    let server = Server::answering(answers).await;
    let oauth = format!(
        "auth = \"oauth2\"\ntoken_url = \"http://{}/token\"\nclient_id = \"hub\"\nscope = \"read\"\n\
         secret = {{ command = [\"printf\", \"sk_live_4711-abcdef\"] }}\n",
        server.address
    );
    let connection = bind(binding(server.address, &oauth)).unwrap();
    send(&connection, get("/v1/a")).await.unwrap();
    let refused = send(&connection, get("/v1/b")).await.unwrap();
    assert_eq!((refused.status, String::from_utf8(refused.body).unwrap().as_str()), (401, "[secret] is not known"));
    send(&connection, get("/v1/c")).await.unwrap();
    let heard = server.heard();
    let firsts: Vec<&str> = heard.iter().map(|one| one.split(" HTTP").next().unwrap()).collect();
    assert_eq!(firsts, ["POST /token", "GET /base/v1/a", "GET /base/v1/b", "POST /token", "GET /base/v1/c"]);
    assert!(heard[0].ends_with("grant_type=client_credentials&scope=read"), "{}", heard[0]);
    assert!(heard[1].contains("Bearer token-one-1") && heard[4].contains("Bearer token-two-2"));
    let server = Server::answering(vec![answer("400 Bad Request", "", "{\"error\": \"sk_live_4711-abcdef\"}")]).await;
    let connection =
        bind(binding(server.address, &oauth.replace(&oauth_address(&oauth), &server.address.to_string()))).unwrap();
    let failure = send(&connection, get("/v1/a")).await.unwrap_err();
    assert!(failure.kind == Kind::Misconfigured && !failure.to_string().contains("4711"), "{failure}");
}

fn oauth_address(text: &str) -> String {
    text.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_secret_that_comes_back_is_struck_out_everywhere() {
    let echo =
        answer("200 OK", "x-echo: Bearer sk_live_4711-abcdef\r\nset-cookie: a=b\r\n", "you said sk_live_4711-abcdef");
    let server = Server::answering(vec![echo]).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    let answer = send(&connection, get("/v1")).await.unwrap();
    assert!(answer.struck && !format!("{answer:?}").contains("4711"), "{answer:?}");
    assert_eq!(String::from_utf8(answer.body).unwrap(), "you said [secret]");
    assert!(answer.headers.iter().all(|(name, _)| name != "set-cookie"), "{:?}", answer.headers);
}

#[tokio::test]
async fn nothing_is_followed() {
    let away = answer("302 Found", "location: http://127.0.0.1:1/elsewhere\r\n", "");
    let server = Server::answering(vec![away]).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    let answer = send(&connection, get("/v1")).await.unwrap();
    assert_eq!((answer.status, server.heard().len()), (302, 1));
}

#[tokio::test]
async fn it_is_said_whether_the_other_side_may_have_acted() {
    let post = || Request { method: "POST".to_owned(), body: b"pay".to_vec(), ..get("/v1/pay") };
    let short = "timeout_seconds = 1\n";
    // Nobody there: nothing was sent.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let failure = send(&bind(binding(address, short)).unwrap(), post()).await.unwrap_err();
    assert!(!failure.sent && failure.kind == Kind::RetryLater, "{failure:?}");
    for (answer, told) in [
        (String::new(), "broke off"),
        ("...".to_owned(), "did not answer within 1 s"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf...".to_owned(), "did not end within 1 s"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\nx...".to_owned(), "is larger than"),
        ("nonsense\r\n\r\n".to_owned(), "broke off"),
    ] {
        let server = Server::answering(vec![answer.clone()]).await;
        let failure = send(&bind(binding(server.address, short)).unwrap(), post()).await.unwrap_err();
        assert!(failure.sent && failure.message.contains(told), "{answer:?}: {failure:?}");
        assert_eq!(server.heard().len(), 1, "never repeated");
    }
}

#[tokio::test]
async fn an_answer_of_many_headers_or_without_end_is_cut() {
    let many = format!("HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "a: b\r\n".repeat(200));
    let long = format!("HTTP/1.1 200 OK\r\na: {}\r\ncontent-length: 0\r\n\r\n", "x".repeat(100 << 10));
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let endless = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{}", chunk.repeat(140));
    for answer in [many, long, endless] {
        let server = Server::answering(vec![answer]).await;
        let failure = send(&bind(binding(server.address, "timeout_seconds = 5\n")).unwrap(), get("/v1")).await;
        assert!(failure.is_err(), "{failure:?}");
    }
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    let busy = answer("429 Too Many Requests", "retry-after: 30\r\n", "");
    let server = Server::answering(vec![busy]).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    assert_eq!(send(&connection, get("/v1")).await.unwrap().status, 429);
    let failure = send(&connection, get("/v1")).await.unwrap_err();
    assert!(
        !failure.sent && failure.retry_after_ms.is_some_and(|wait| (25_000..=30_000).contains(&wait)),
        "{failure:?}"
    );
    assert_eq!(server.heard().len(), 1);
    // A day and time is held against the clock of the answer.
    let dated = "date: Mon, 02 Mar 2026 09:00:00 GMT\r\nretry-after: Mon, 02 Mar 2026 09:00:40 GMT\r\n";
    let server = Server::answering(vec![answer("503 Service Unavailable", dated, "")]).await;
    let connection = bind(binding(server.address, BEARER)).unwrap();
    send(&connection, get("/v1")).await.unwrap();
    let failure = send(&connection, get("/v1")).await.unwrap_err();
    assert!(failure.retry_after_ms.is_some_and(|wait| (35_000..=40_000).contains(&wait)), "{failure:?}");
}

#[tokio::test]
async fn connections_are_used_again_and_requests_take_turns() {
    let server = Server::answering(Vec::new()).await;
    let connection = Arc::new(bind(binding(server.address, BEARER)).unwrap());
    for _ in 0..20 {
        send(&connection, get("/v1")).await.unwrap();
    }
    assert_eq!(*server.dials.lock().unwrap(), 1);
    let hanging = Server::answering(vec!["...".to_owned(); 20]).await;
    let connection = Arc::new(bind(binding(hanging.address, "timeout_seconds = 1\n")).unwrap());
    let asked: Vec<_> = (0..12)
        .map(|_| {
            let connection = connection.clone();
            tokio::spawn(async move { connection.send(get("/v1")).await })
        })
        .collect();
    for one in asked {
        assert!(tokio::time::timeout(Duration::from_secs(20), one).await.unwrap().unwrap().is_err());
    }
    assert!(hanging.heard().len() <= 8, "at most eight at once");
}

#[test]
fn an_inner_address_is_refused_in_every_spelling() {
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "0",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "10.0.0.1",
        "[64:ff9b::7f00:1]",
        "①②⑦.0.0.1",
        "127.0.0.1.",
    ] {
        let text = format!("url = \"https://{host}/\"");
        let wrong = bind(toml::from_str(&text).unwrap()).err().map(|wrong| wrong.to_string());
        assert!(wrong.as_ref().is_some_and(|told| told.contains("not on the public internet")), "{host}: {wrong:?}");
    }
}

#[tokio::test]
async fn a_name_of_this_machine_is_refused_when_it_is_dialled_and_the_remedy_told() {
    let connection = bind(toml::from_str("url = \"https://localhost:1/\"").unwrap()).unwrap();
    let failure = send(&connection, get("/v1")).await.unwrap_err();
    assert!(failure.kind == Kind::Misconfigured && !failure.sent, "{failure:?}");
    assert!(failure.to_string().contains("allow = [\""), "{failure}");
    // In the clear only what was named: a public address would carry the secret openly.
    let text = "url = \"http://8.8.8.8/\"\nallow = [\"10.0.0.0/8\"]";
    assert!(bind(toml::from_str(text).unwrap()).is_err());
}
