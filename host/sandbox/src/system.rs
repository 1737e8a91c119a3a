//! The connection type `http`: a system that the operator bound. The guest says what it asks; where that goes is not its affair.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use egress::{Answer, Connection, Failure, Kind, Request};
use tokio::task::JoinSet;

use crate::bindings::http;
use crate::bindings::types::Error;
use crate::convert::{broken, refused};
use crate::limits::REQUESTS_MAX;
use crate::log::{Log, clean};

/// Shared by the calls of a plugin: what is dialled is used again.
pub(crate) type Reachable = Arc<BTreeMap<String, Arc<Connection>>>;

/// The systems of one call.
pub(crate) struct Systems {
    bound: Reachable,
    sent: usize,
}

impl Systems {
    pub(crate) fn new(bound: Reachable) -> Self {
        Self { bound, sent: 0 }
    }

    /// Sends, and puts on record what was asked and what came of it; never the query, which may name people.
    pub(crate) async fn send(
        &mut self,
        log: &mut Log,
        connection: &str,
        request: http::Request,
    ) -> Result<http::Response, http::Failure> {
        let refused = |message: String| http::Failure { sent: false, error: refused(message) };
        let Some(system) = self.bound.get(connection).cloned() else {
            let known: Vec<String> = self.bound.keys().map(|name| format!("`{name}`")).collect();
            let known = if known.is_empty() { "no connection".to_owned() } else { known.join(", ") };
            return Err(refused(format!("connection `{}` was not granted; granted is {known}", clean(connection, 60))));
        };
        if self.sent >= REQUESTS_MAX {
            return Err(refused(format!("a call sends at most {REQUESTS_MAX} requests")));
        }
        self.sent += 1;
        let path = request.target.split('?').next().unwrap_or_default();
        let asked = clean(&format!("{connection}: {} {path}", request.method), ASKED_LEN_MAX);
        let headers = request.headers.into_iter().map(|header| (header.name, header.value)).collect();
        let request = Request { method: request.method, target: request.target, headers, body: request.body };
        let started = Instant::now();
        // On a task of its own: what the host does for it is not the guest's processor time. It ends with the call.
        let mut work = JoinSet::new();
        work.spawn(async move { system.send(request).await });
        let Some(Ok(answered)) = work.join_next().await else {
            return Err(http::Failure { sent: true, error: broken(format!("the hub failed while it asked {asked}")) });
        };
        let millis = started.elapsed().as_millis();
        match answered {
            Ok(answer) => {
                log.write("info", &format!("{asked}: {}, {} bytes, {millis} ms", answer.status, answer.body.len()));
                if answer.struck {
                    log.write("warn", &format!("{asked}: the answer repeated the secret, which was struck out"));
                }
                Ok(response(answer))
            }
            Err(failure) => {
                log.write("warn", &format!("{asked}: {}, {millis} ms", failure.message));
                Err(failed(failure))
            }
        }
    }
}

/// Bytes of a line that says what was asked.
const ASKED_LEN_MAX: usize = 300;

fn response(answer: Answer) -> http::Response {
    let header = |(name, value)| http::Header { name, value };
    http::Response {
        status: answer.status,
        headers: answer.headers.into_iter().map(header).collect(),
        body: answer.body,
    }
}

fn failed(failure: Failure) -> http::Failure {
    let kind = match failure.kind {
        Kind::RetryLater => "retry-later",
        Kind::Refused => "refused",
        Kind::Misconfigured => "misconfigured",
    };
    let Failure { sent, message, hint, retry_after_ms, .. } = failure;
    http::Failure { sent, error: Error { kind: kind.to_owned(), message, hint, retry_after_ms } }
}
