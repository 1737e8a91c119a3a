//! Wake-ups between hosts: writes say that there is news, one task tells the others, at most twenty times a second and never
//! inside a transaction that somebody waits for. A host that hears nothing still finds everything by asking.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

/// Hosts of all creditors listen here; the message is the tenant.
const CHANNEL: &str = "dunlin_news";
/// Between two messages of one host.
const APART: Duration = Duration::from_millis(50);
/// Between two attempts to listen, when the server is away.
const AGAIN: Duration = Duration::from_secs(1);

/// The write side: many tellings become one message.
#[derive(Clone, Default)]
pub(super) struct News(Arc<Notify>);

impl News {
    /// There is something new; costs nothing.
    pub fn tell(&self) {
        self.0.notify_one();
    }

    /// Sends the messages, for as long as the store lives.
    pub async fn send(self, pool: PgPool, tenant: String) {
        loop {
            self.0.notified().await;
            let sent = sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(&tenant).execute(&pool).await;
            if let Err(error) = sent {
                tracing::debug!(%error, "the other hosts were not told; they will find it by asking");
            }
            tokio::time::sleep(APART).await;
        }
    }
}

/// Rings when any host tells news, and after every gap in listening. Lives as long as the store.
pub(super) async fn listen(pool: PgPool, tenant: String, bell: Arc<Notify>) {
    loop {
        if let Err(error) = hear(&pool, &tenant, &bell).await {
            tracing::debug!(%error, "not listening for news; work is found by asking");
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn hear(pool: &PgPool, tenant: &str, bell: &Notify) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.ignore_pool_close_event(false);
    listener.listen(CHANNEL).await?;
    ring(bell);
    loop {
        match listener.try_recv().await? {
            Some(message) if message.payload() != tenant => {}
            // Nothing: the connection was lost and made again.
            Some(_) | None => ring(bell),
        }
    }
}

/// For all who wait, and for one who comes too late to.
fn ring(bell: &Notify) {
    bell.notify_waiters();
    bell.notify_one();
}
