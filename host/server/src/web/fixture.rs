//! A small hub with real accounts behind it, for the tests of the desk and the API: the real store, the real core, and
//! debtors who pay, promise, dispute or keep silent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use escalation::event::Event;
use escalation::{
    Account, Clearance, Date, DateTime, Fact, Money, Now, Packs, Party, Policy, Role, clear, decide, evolve,
};
use jiff::ToSpan;
use store::sqlite::SqliteStore;
use store::view::CallRow;
use store::{Concluded, Decided, Entry, Ingest, Mark, Outcome, Refused, Store, Total};
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Access, Hub, router};
use crate::peak::PeakHours;
use town::{answers, entry, issued, paid};

mod hub;
pub mod town;

pub const TOKEN: &str = "let-me-in";
const POLICY: &str = include_str!("../../../../config/policies/standard.toml");
pub struct Fixture {
    pub hub: Arc<TestHub>,
    pub router: Router,
    _folder: TempDir,
}

pub struct TestHub {
    store: SqliteStore,
    policy: Arc<Policy>,
    packs: Packs,
    creditor: Party,
    now: Mutex<DateTime>,
    /// What people did: account, who, fact.
    pub acts: Mutex<Vec<(String, String, Fact)>>,
    pub resumed: Mutex<Vec<String>>,
    /// From, payment, to, who.
    pub moved: Mutex<Vec<[String; 4]>>,
    /// Connection and who began it.
    pub backfills: Mutex<BTreeMap<String, String>>,
    /// Connection and who asked.
    pub reconciled: Mutex<Vec<[String; 2]>>,
    pub peak: Mutex<PeakHours>,
    /// The database does not answer when something is to be written.
    pub is_away: Mutex<bool>,
    /// Whose letters are written: complete at first.
    pub letterhead: Mutex<letters::facts::Creditor>,
}

/// An answer, read whole.
pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Empty where the answer is no text.
    pub text: String,
    pub body: Vec<u8>,
}

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

impl Fixture {
    /// So many debtors, watched for so many days from Monday 2026-01-05 on.
    pub async fn of(debtors: u32, days: i32) -> Self {
        Self::under(POLICY, debtors, days).await
    }

    /// The same, where a person approves each placement.
    pub async fn careful(debtors: u32, days: i32) -> Self {
        Self::under(&POLICY.replace("\napproval = false", "\napproval = true"), debtors, days).await
    }

    /// The same, where two people approve each placement.
    pub async fn four_eyes(debtors: u32, days: i32) -> Self {
        let policy = POLICY.replace("action = \"place\"", "action = \"place\"\napproval = \"four-eyes\"");
        Self::under(&policy, debtors, days).await
    }

    /// The same, where two people agree before the firm notice.
    pub async fn asked(debtors: u32, days: i32) -> Self {
        let level = "id = \"firm-notice\"";
        Self::under(&POLICY.replace(level, &format!("{level}\napproval = \"four-eyes\"")), debtors, days).await
    }

    async fn under(policy: &str, debtors: u32, days: i32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(&folder.path().join("dunlin.sqlite"), "nordlicht").await.unwrap();
        let creditor = Party {
            id: "nordlicht".into(),
            name: "Nordlicht Handel GmbH".into(),
            country: "DE".into(),
            ..Party::default()
        };
        let hub = Arc::new(TestHub {
            store,
            policy: Arc::new(Policy::parse(policy, "standard.toml").unwrap()),
            packs: Packs::shipped().unwrap(),
            creditor,
            now: Mutex::new("2026-01-05T06:00:00".parse().unwrap()),
            acts: Mutex::default(),
            resumed: Mutex::default(),
            moved: Mutex::default(),
            backfills: Mutex::default(),
            reconciled: Mutex::default(),
            peak: Mutex::default(),
            is_away: Mutex::default(),
            letterhead: Mutex::new(letters::sample::bare("de").creditor),
        });
        for n in 0..days {
            let day: Date = "2026-01-05".parse().unwrap();
            hub.live(day.checked_add(n.days()).unwrap(), debtors).await;
        }
        let access = Access { token: TOKEN.into(), hosts: vec!["desk.example".into()] };
        Self { router: router(hub.clone(), access), hub, _folder: folder }
    }

    pub async fn send(&self, request: Request<Body>) -> Seen {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 10 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap_or_default();
        Seen { status: parts.status, headers: parts.headers, text, body: bytes.to_vec() }
    }

    /// With the token, as a program sends it.
    pub async fn api(&self, path: &str) -> (StatusCode, serde_json::Value) {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"));
        let seen = self.send(request.body(Body::empty()).unwrap()).await;
        (seen.status, serde_json::from_str(&seen.text).unwrap())
    }

    /// The cookie that the link with the token gives.
    pub async fn session(&self) -> String {
        let request = Request::get(format!("/?token={TOKEN}")).header(header::HOST, "localhost");
        let seen = self.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER);
        seen.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    pub async fn page(&self, session: &str, path: &str) -> Seen {
        let request = Request::get(path).header(header::HOST, "localhost:8080").header(header::COOKIE, session);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, session: &str, path: &str, body: String) -> Seen {
        let request = Request::post(path)
            .header(header::HOST, "localhost:8080")
            .header(header::COOKIE, session)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}

impl TestHub {
    /// One day: what comes in, what is decided, what goes out.
    async fn live(&self, day: Date, debtors: u32) {
        let at = day.at(6, 0, 0, 0);
        *self.now.lock().unwrap() = at;
        let mut entries: Vec<Entry> = (0..debtors).flat_map(|n| issued(n, day)).collect();
        for id in self.store.account_ids(None, 1_000).await.unwrap() {
            if let Some((account, _)) = self.store.account(&id).await.unwrap() {
                entries.extend(answers(&account, day));
            }
        }
        let paid: Vec<_> = entries.iter().filter_map(|entry| paid(&entry.events)).collect();
        let total = paid.iter().sum::<i64>();
        let euros = |minor| Money::new(minor, escalation::Currency::EUR);
        let totals = vec![Total {
            connection: "bank".into(),
            name: format!("statement {day}"),
            stated: euros(total),
            counted: euros(total),
            on: day,
        }];
        self.take("town", entries, totals, Vec::new()).await;
        self.decide_all(at).await;
        self.dispatch_all(at).await;
        self.decide_all(at).await;
    }

    async fn take(&self, connection: &str, entries: Vec<Entry>, totals: Vec<Total>, refusals: Vec<Refused>) {
        let at = self.now();
        let page =
            Ingest { connection: connection.into(), at, cursor: None, entries, refusals, totals, kv: Vec::new() };
        self.store.ingest(page).await.unwrap();
    }

    /// Documents that cannot be read.
    pub async fn refuse(&self, refusals: Vec<Refused>) {
        self.take("invoices", Vec::new(), Vec::new(), refusals).await;
    }

    pub async fn happens(&self, account: &str, fact: Fact) {
        let at = self.now();
        self.take("town", vec![entry(account, at.date(), fact)], Vec::new(), Vec::new()).await;
        self.decide_all(at).await;
    }

    /// A person's act, as the engine would write it.
    pub async fn does(&self, account: &str, who: &str, fact: Fact) {
        let at = self.now();
        let mut entry = entry(account, at.date(), fact);
        entry.received.source.key.push_str(who);
        entry.events.iter_mut().for_each(|(_, event)| event.origin = format!("desk:{who}"));
        self.take("desk", vec![entry], Vec::new(), Vec::new()).await;
        self.decide_all(at).await;
    }

    pub async fn called(&self, plugin: &str, function: &str, micros: u64, error: &str) {
        let (at, log) = (self.now(), vec!["read 3 files".to_owned()]);
        let call = CallRow {
            plugin: plugin.into(),
            version: "0.1.0".into(),
            function: function.into(),
            at,
            micros,
            error: error.into(),
            log,
        };
        self.store.record_call(call).await.unwrap();
    }

    /// Sets the first account of the list aside.
    pub async fn park_one(&self) {
        let id = self.store.account_ids(None, 1).await.unwrap().remove(0);
        let reason = Fact::DunningUnblocked { reason: "wakes the lane".into() };
        self.take("town", vec![entry(id.as_str(), self.now().date(), reason)], Vec::new(), Vec::new()).await;
        let at = self.now();
        let claimed = self.store.claim("test", at, MINUTE, 10).await.unwrap();
        let lane = claimed.iter().find(|lane| lane.account == id).unwrap();
        self.store.park(&id, lane.fence, "deciding it failed: division by zero").await.unwrap();
    }

    async fn decide_all(&self, at: DateTime) {
        let now = Now { at, cash_known_until: Some(at.date()), backfill: false, offset_minutes: 0 };
        loop {
            let claimed = self.store.claim("test", at, MINUTE, 500).await.unwrap();
            if claimed.is_empty() {
                return;
            }
            let decided = claimed.into_iter().map(|lane| self.decide(lane, &now)).collect();
            self.store.decided(decided).await.unwrap();
        }
    }

    fn decide(&self, lane: store::Claimed, now: &Now) -> Decided {
        let mut account = lane.state.unwrap_or_else(|| Account::new(lane.account.clone()));
        lane.unread.iter().for_each(|stored| evolve(&mut account, &stored.event));
        let read_seq = lane.read_until;
        let decision = decide(&account, &self.policy, &self.packs, now);
        let event = |fact| Event { at: now.at, on: now.today(), origin: "policy".into(), fact };
        let events: Vec<Event> = decision.events.into_iter().map(event).collect();
        events.iter().for_each(|event| evolve(&mut account, event));
        let row = engine::rows::row(&account, &self.policy, now.today());
        Decided {
            account: lane.account,
            fence: lane.fence,
            at: now.at,
            read_seq,
            events,
            policy: "standard 1".into(),
            look_again: decision.look_again,
            because: decision.because,
            after: Some(store::After { state: account, row }),
        }
    }

    /// Everything goes out and arrives; of every fiftieth nobody knows whether it did.
    async fn dispatch_all(&self, at: DateTime) {
        let mut due = Vec::new();
        for role in Role::ALL {
            due.extend(self.store.due_effects(role, at, 500).await.unwrap());
        }
        for (n, row) in due.into_iter().enumerate() {
            let (account, lane) = self.store.account(&row.account).await.unwrap().unwrap();
            let now = Now { at, cash_known_until: Some(at.date()), backfill: false, offset_minutes: 0 };
            if clear(&account, &row.effect, &self.policy, &self.packs, &now) != Clearance::Allow {
                continue;
            }
            let seen_seq = lane.done_seq;
            let batch = format!("{}-{n}", at.date());
            let mark = Mark {
                key: row.key.clone(),
                account: row.account.clone(),
                seen_seq,
                at,
                plugin: row.role.as_str().into(),
                batch,
                request: "{}".into(),
                host: "test".into(),
                deadline: at,
            };
            let Some(attempt) = self.store.mark_dispatching(vec![mark]).await.unwrap()[0].attempt else { continue };
            let lost = row.key.as_str().bytes().map(u32::from).sum::<u32>() % 50 == 7;
            let (outcome, fact) = if lost {
                let text = "the connection broke after the request was sent".to_owned();
                (Outcome::Unknown { text: text.clone() }, Fact::EffectUnknown { key: row.key.clone(), text })
            } else {
                let reference = format!("there-{n}");
                (
                    Outcome::Succeeded { reference: reference.clone() },
                    Fact::EffectDone { key: row.key.clone(), reference },
                )
            };
            let event = Some(Event { at, on: at.date(), origin: "dispatch".into(), fact });
            let by = format!("{} 0.1.0", row.role.as_str());
            let concluded =
                Concluded { key: row.key, account: row.account, attempt, at, outcome, event, by, host: "test".into() };
            self.store.concluded(vec![concluded]).await.unwrap();
        }
    }
}
