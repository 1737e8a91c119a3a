//! The database goes away and comes back; and what is refused at the door.

use std::sync::Mutex;

use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Stands between the hosts and the server, and can be cut.
struct Wire {
    server: String,
    port: u16,
    running: Mutex<Option<JoinSet<()>>>,
}

impl Wire {
    async fn lay(databases: &Databases) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let options: sqlx::postgres::PgConnectOptions = databases.server.parse().unwrap();
        let wire =
            Self { server: format!("{}:{}", options.get_host(), options.get_port()), port, running: Mutex::new(None) };
        wire.carry(listener);
        wire
    }

    fn carry(&self, listener: TcpListener) {
        let server = self.server.clone();
        let mut running = JoinSet::new();
        running.spawn(async move {
            let mut carried = JoinSet::new();
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                let mut far = TcpStream::connect(&server).await.unwrap();
                carried.spawn(async move { tokio::io::copy_bidirectional(&mut near, &mut far).await.ok() });
            }
        });
        *self.running.lock().unwrap() = Some(running);
    }

    async fn cut(&self) {
        let running = self.running.lock().unwrap().take();
        running.unwrap().shutdown().await;
    }

    async fn mend(&self) {
        self.carry(TcpListener::bind(("127.0.0.1", self.port)).await.unwrap());
    }

    fn url(&self, databases: &Databases) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", self.port, databases.name)
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_database_that_is_away_says_so_and_work_goes_on_when_it_is_back() {
    let databases = Databases::new().await;
    let wire = Wire::lay(&databases).await;
    let options = PgOptions { connections: 6, clock: LeaseClock::Given };
    let store = PgStore::open(&wire.url(&databases), "nordlicht", options).await.unwrap();
    let pages = crate::bench::pages(3, 1);
    store.ingest(pages[0].clone()).await.unwrap();
    wire.cut().await;
    for _ in 0..2 {
        let answer = store.ingest(pages[1].clone()).await;
        assert!(matches!(answer, Err(StoreError::Away { .. })), "{answer:?}");
        let answer = store.note_get("day").await;
        assert!(matches!(answer, Err(StoreError::Away { .. })), "{answer:?}");
    }
    let answer = PgStore::open(&wire.url(&databases), "nordlicht", options).await.err();
    assert!(matches!(answer, Some(StoreError::Away { .. })), "{answer:?}");
    wire.mend().await;
    // A connection that was lost is noticed once, by whoever uses it next.
    let mut taken = store.ingest(pages[1].clone()).await;
    for _ in 0..options.connections {
        if matches!(taken, Err(StoreError::Away { .. })) {
            taken = store.ingest(pages[1].clone()).await;
        }
    }
    assert_eq!(taken.unwrap().taken, 1);
    store.ingest(pages[2].clone()).await.unwrap();
    assert_eq!(store.counts().await.unwrap().inbox, 3);
}

#[tokio::test]
#[ignore = "needs PostgreSQL"]
async fn a_newer_schema_is_refused_and_no_password_is_told() {
    let databases = Databases::new().await;
    let url = databases.url().replace("postgres@", "postgres:secret@");
    let options = PgOptions::default();
    let unmade = PgStore::open_read_only(&url, "nordlicht", options).await.err().unwrap();
    assert!(unmade.to_string().contains(&databases.name) && !unmade.to_string().contains("secret"), "{unmade}");
    let store = PgStore::open(&url, "nordlicht", options).await.unwrap();
    store.note_set("day", "1").await.unwrap();
    let inspection = PgStore::open_read_only(&url, "nordlicht", options).await.unwrap();
    assert_eq!(inspection.note_get("day").await.unwrap().as_deref(), Some("1"));
    assert!(inspection.note_set("day", "2").await.is_err());
    run(&url, "INSERT INTO _sqlx_migrations VALUES (9999, 'of tomorrow', now(), TRUE, '', 1)".to_owned()).await;
    for refused in [
        PgStore::open(&url, "nordlicht", options).await.err().unwrap(),
        PgStore::open_read_only(&url, "nordlicht", options).await.err().unwrap(),
    ] {
        assert!(matches!(refused, StoreError::Schema { found: 9999, .. }), "{refused:?}");
        assert!(refused.to_string().contains(&databases.name) && !refused.to_string().contains("secret"), "{refused}");
    }
    let nonsense = PgStore::open("postgres://user:secret@[", "nordlicht", options).await.err().unwrap();
    assert!(!nonsense.to_string().contains("secret"), "{nonsense}");
}
