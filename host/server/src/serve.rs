//! `dunlin serve`: turn after turn, and the desk beside it, until somebody stops it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use engine::verify::hex;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::growth::Growth;
use crate::hub::Desked;
use crate::web::{Access, router};

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
    task: JoinHandle<()>,
}

impl OpenDesk {
    pub fn close(&self) {
        self.task.abort();
    }
}

/// Starts the desk and the API.
pub async fn open_desk(
    hub: Arc<Desked>,
    listen: &str,
    hosts: Vec<String>,
    token: String,
) -> Result<OpenDesk, ServeError> {
    let address: SocketAddr = listen.parse().map_err(|_| ServeError::Address { address: listen.to_owned() })?;
    let listener = TcpListener::bind(address).await.map_err(|why| ServeError::Port { address, why })?;
    let bound = listener.local_addr().unwrap_or(address);
    let link = format!("http://{bound}/?token={token}");
    let app = router(hub, Access { token, hosts });
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the desk stopped");
        }
    });
    Ok(OpenDesk { link, task })
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
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes).map_err(|error| failed(std::io::Error::other(error.to_string())))?;
    let token = hex(&bytes);
    write_private(&file, &token).map_err(failed)?;
    Ok(token)
}

#[cfg(unix)]
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}

#[cfg(not(unix))]
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(file, text)
}

/// Turns until `stop` is done. A turn that fails is said and tried again: what is durable waits.
pub async fn run(hub: &Desked, poll: Duration, mut growth: Growth, stop: impl Future<Output = ()>) {
    tokio::pin!(stop);
    match hub.engine.recover().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "effects that were under way at the last stop were looked after"),
        Err(error) => tracing::error!(%error, "what was under way at the last stop could not be looked after"),
    }
    loop {
        match hub.engine.turn().await {
            Ok(work) if work.is_none() => {}
            Ok(work) => tracing::info!(
                taken = work.taken,
                quarantined = work.quarantined,
                decided = work.decided,
                dispatched = work.dispatched,
                "a turn"
            ),
            Err(error) => tracing::error!(%error, "a turn failed; it is tried again"),
        }
        if let Err(error) = growth.step(&hub.engine).await {
            tracing::error!(%error, "what is old stays for now; it is tried again");
        }
        tokio::select! {
            () = &mut stop => return,
            () = hub.bell.notified() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
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
