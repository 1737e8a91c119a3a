//! What the way out costs beside the bare client: the same requests to a server of this process that answers at once.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::{Binding, Connection, Grant, Request, Secrets, Vault};

type Failed = Box<dyn Error + Send + Sync>;

/// Requests that are under way at once.
const AT_ONCE: usize = 8;
const ANSWER_LEN: usize = 2_000;

/// How long so many requests take over a bound connection, and bare. `folder` is where the vault is.
pub async fn requests(folder: &Path, count: usize) -> Result<(Duration, Duration), Failed> {
    let address = serve().await?;
    let vault = Vault::open(folder)?;
    vault.set("bench", "0123456789abcdef".to_owned(), "")?;
    let binding: Binding = serde_json::from_value(serde_json::json!({
        "url": format!("http://{address}"), "allow": ["127.0.0.1/32"], "auth": "bearer", "secret": "bench",
    }))?;
    let grant = Grant { methods: vec!["GET".to_owned()], paths: vec!["/".to_owned()] };
    let connection = Arc::new(Connection::new(binding, grant, Secrets::new(vault, folder))?);
    let asked = || {
        let connection = connection.clone();
        async move {
            let request = Request { method: "GET".to_owned(), target: "/v1/things".to_owned(), ..Request::default() };
            let answer = connection.send(request).await?;
            Ok::<usize, Failed>(answer.body.len())
        }
    };
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let bare = || {
        let (client, uri) = (client.clone(), format!("http://{address}/v1/things").parse());
        async move {
            let answer = client.get(uri?).await?;
            Ok::<usize, Failed>(answer.into_body().collect().await?.to_bytes().len())
        }
    };
    // Once around for both, so that everything is dialled.
    side_by_side(AT_ONCE * 4, asked).await?;
    side_by_side(AT_ONCE * 4, bare).await?;
    Ok((side_by_side(count, asked).await?, side_by_side(count, bare).await?))
}

async fn side_by_side<F>(count: usize, ask: impl Fn() -> F) -> Result<Duration, Failed>
where
    F: Future<Output = Result<usize, Failed>> + Send + 'static,
{
    let (started, mut under_way) = (Instant::now(), JoinSet::new());
    for n in 0..count {
        under_way.spawn(ask());
        if n + 1 >= AT_ONCE {
            ended(&mut under_way).await?;
        }
    }
    while !under_way.is_empty() {
        ended(&mut under_way).await?;
    }
    Ok(started.elapsed())
}

async fn ended(under_way: &mut JoinSet<Result<usize, Failed>>) -> Result<(), Failed> {
    let Some(length) = under_way.join_next().await else { return Ok(()) };
    match length?? {
        ANSWER_LEN => Ok(()),
        other => Err(format!("an answer has {other} bytes").into()),
    }
}

async fn serve() -> Result<SocketAddr, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {ANSWER_LEN}\r\n\r\n{}", "x".repeat(ANSWER_LEN));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut bytes = vec![0; 4 << 10];
                // A small request comes in one piece here.
                while let Ok(1..) = stream.read(&mut bytes).await {
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    Ok(address)
}
