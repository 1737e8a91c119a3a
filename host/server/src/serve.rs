//! `dunlin serve`: turn after turn, and the desk beside it, until somebody stops it.

use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::serve::ListenerExt;
use engine::verify::hex;
use engine::{Clock, EngineError, Work};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tower::ServiceExt;

use crate::config::Config;
use crate::growth::Growth;
use crate::hub::Desked;
use crate::seal::Sealer;
use crate::start::{StartError, Started, start};
use crate::web::problem::Problem;
use crate::web::{Access, Hub, router};

#[derive(Debug, Error)]
pub enum ServeError {
    #[error("`{address}` is not an address to listen on\n\nhint: write `desk.listen` like `127.0.0.1:8080`")]
    Address { address: String },
    #[error(
        "the desk cannot listen on {address}: {why}\n\nhint: another program has this port; stop it, or choose another with `--listen 127.0.0.1:8081`"
    )]
    Port { address: SocketAddr, why: std::io::Error },
    #[error("the access token `{}` cannot be kept: {why}", .file.display())]
    Token { file: PathBuf, why: std::io::Error },
}

/// A desk that people can open.
pub struct OpenDesk {
    /// With the token: who has this link is in.
    pub link: String,
    access: Access,
    inside: Arc<OnceLock<Router>>,
    task: JoinHandle<()>,
}

impl OpenDesk {
    /// The hub is there: from now on it answers.
    pub fn lead_to(&self, hub: Arc<dyn Hub>) {
        let _ = self.inside.set(router(hub, self.access.clone()));
    }

    pub fn close(&self) {
        self.task.abort();
    }
}

/// Starts the desk and the API. Until it leads to a hub, everybody is told to come again.
pub async fn open_desk(listen: &str, hosts: Vec<String>, token: String) -> Result<OpenDesk, ServeError> {
    let address: SocketAddr = listen.parse().map_err(|_| ServeError::Address { address: listen.to_owned() })?;
    let listener = TcpListener::bind(address).await.map_err(|why| ServeError::Port { address, why })?;
    let bound = listener.local_addr().unwrap_or(address);
    let link = format!("http://{bound}/?token={token}");
    let inside = Arc::new(OnceLock::new());
    let door = door(inside.clone());
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener.tap_io(at_once), door).await {
            tracing::error!(%error, "the desk stopped");
        }
    });
    Ok(OpenDesk { link, access: Access { token, hosts }, inside, task })
}

/// Answers leave at once, however small: by default the system waits for more to send with them.
pub fn at_once(stream: &mut TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "answers over this connection may be late");
    }
}

fn door(inside: Arc<OnceLock<Router>>) -> Router {
    Router::new().fallback(async move |request: Request| match inside.get() {
        Some(router) => router.clone().oneshot(request).await.into_response(),
        None => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the hub waits for its database",
            "it goes on by itself; `dunlin doctor` says what is wrong",
        )
        .into_response(),
    })
}

/// The workspace's token: made once, readable by its owner alone.
pub fn token(folder: &Path) -> Result<String, ServeError> {
    let file = folder.join("token");
    if let Ok(token) = std::fs::read_to_string(&file) {
        let token = token.trim().to_owned();
        if token.len() >= 32 {
            return Ok(token);
        }
    }
    let failed = |why| ServeError::Token { file: file.clone(), why };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    let token = hex(&bytes);
    write_private(&file, &token).map_err(failed)?;
    Ok(token)
}

#[cfg(unix)]
pub(crate) fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}

#[cfg(not(unix))]
pub(crate) fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(file, text)
}

/// How long to wait for a database that is away: longer each time, and never long.
#[derive(Default)]
struct Patience {
    waited: Option<Duration>,
}

const WAIT_FIRST: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(15);

impl Patience {
    /// It failed: says so, and answers when to try again.
    fn lose(&mut self, error: &dyn Error, what: &str) -> Duration {
        let wait = self.waited.map_or(WAIT_FIRST, |waited| (waited * 2).min(WAIT_MAX));
        self.waited = Some(wait);
        tracing::error!(%error, "{what}; it is tried again in {} seconds", wait.as_secs());
        wait
    }

    fn regain(&mut self) {
        if self.waited.take().is_some() {
            tracing::info!("it works again");
        }
    }
}

/// Starts when the database lets us; none when somebody asked to stop before.
pub async fn start_patiently(
    config: &Config,
    clock: Arc<dyn Clock>,
    stop: impl Future<Output = ()>,
) -> Result<Option<Started>, StartError> {
    tokio::pin!(stop);
    let mut patience = Patience::default();
    loop {
        let error = match start(config, clock.clone()).await {
            Ok(started) => {
                patience.regain();
                return Ok(Some(started));
            }
            Err(StartError::Store(error)) if error.passes() => error,
            Err(error) => return Err(error),
        };
        let wait = patience.lose(&error, "the hub cannot start");
        tokio::select! {
            () = &mut stop => return Ok(None),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Why a turn begins.
enum Call {
    /// It is time to ask the connections, or somebody did something.
    Turn,
    /// Another host tells news, or another system.
    News,
}

/// Turns until `stop` is done. A turn that fails is said and tried again: what is durable waits.
pub async fn run(hub: &Desked, poll: Duration, mut growth: Growth, mut sealer: Sealer, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    let (mut patience, mut call) = (Patience::default(), Call::Turn);
    let news = hub.engine.store.news().unwrap_or_default();
    // News does not put off the next look at the connections.
    let mut look = Instant::now();
    loop {
        if matches!(call, Call::Turn) {
            look = Instant::now() + poll;
        }
        let failed = turn(hub, &call).await.err().map(|error| patience.lose(&error, "a turn failed"));
        if let Some(wait) = failed {
            call = Call::Turn;
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(wait) => continue,
            }
        }
        patience.regain();
        if let Err(error) = growth.step(&hub.engine).await {
            tracing::error!(%error, "what is old stays for now; it is tried again");
        }
        sealer.look_after(hub.engine.store.as_ref(), hub.engine.at()).await;
        call = tokio::select! {
            () = &mut stop => break,
            () = hub.bell.notified() => Call::Turn,
            () = tokio::time::sleep_until(look) => Call::Turn,
            () = news.notified() => Call::News,
            () = hub.ear.notified() => Call::News,
        };
    }
    if let Err(error) = hub.engine.let_go().await {
        tracing::warn!(%error, "other hosts wait for our leases to run out");
    }
    hub.engine.store.close().await;
}

async fn turn(hub: &Desked, call: &Call) -> Result<(), EngineError> {
    if matches!(call, Call::Turn) {
        hub.renew().await;
    }
    let work = match call {
        Call::Turn => hub.engine.turn().await?,
        Call::News => hub.engine.catch_up().await?,
    };
    if !work.is_none() {
        let Work { taken, quarantined, decided, dispatched } = work;
        tracing::info!(taken, quarantined, decided, dispatched, "a turn");
    }
    Ok(())
}

/// Done when somebody presses Ctrl-C or the system asks to stop.
pub async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
