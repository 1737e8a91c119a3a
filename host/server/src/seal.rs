//! Seals the journal between turns, and anchors each seal in a file that should lie on another machine's disk.

use std::path::{Path, PathBuf};

use escalation::{AccountId, DateTime};
use store::seal::{Anchors, KeyError, Line, PublicKey, SealKey, anchor, next, verify_last};
use store::{Store, StoreError};
use thiserror::Error;

use crate::config::Config;
use crate::limits;
use crate::serve::write_private;

/// The note that says why the journal is not sealed; empty or missing: it is.
pub const TROUBLE: &str = "seal-trouble";

#[derive(Debug, Error)]
pub enum SealError {
    #[error("the seal key `{}`: {why}\n\nhint: bring back the file as it was; without it nothing new can be sealed", .file.display())]
    Key { file: PathBuf, why: String },
    #[error("the anchors `{}`: {why}\n\nhint: let the file be writable; what is missing is caught up", .file.display())]
    Anchors { file: PathBuf, why: std::io::Error },
    #[error(
        "the anchors `{}` were made with another key than `seal.key`\n\nhint: bring back the key, or let a new file begin with `audit.anchor`", .0.display()
    )]
    OtherKey(PathBuf),
    #[error(
        "the last seal does not hold: {0}\n\nhint: every host needs the same `seal.key` in its workspace; where it is the same, see `dunlin verify`"
    )]
    Last(String),
    #[error(
        "seal {anchored} is anchored and the database ends at {sealed}: it was cut off, or an older one stands here; nothing is sealed\n\nhint: if a backup was restored by other tools than `dunlin restore`, say so with `dunlin doubt begin`; if not, see `dunlin verify`"
    )]
    Behind { anchored: i64, sealed: i64 },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What seals, between the turns of one host.
pub struct Sealer {
    key: SealKey,
    anchors: PathBuf,
    /// The last seal in the anchors, once they were read.
    anchored: Option<i64>,
    /// What was last said of the work.
    trouble: Option<String>,
}

impl Sealer {
    pub fn open(config: &Config) -> Result<Self, SealError> {
        Ok(Self { key: key(&config.folder)?, anchors: config.anchors.clone(), anchored: None, trouble: None })
    }

    /// A step. Why it failed is said once and noted, for `dunlin doctor`; it is tried again after the next turn.
    pub async fn look_after(&mut self, store: &dyn Store, now: DateTime) {
        let trouble = match self.step(store, now).await {
            Ok(_) => String::new(),
            Err(SealError::Store(error)) => return tracing::error!(%error, "the journal was not sealed"),
            Err(error) => error.to_string(),
        };
        if self.trouble.as_deref() == Some(&trouble) {
            return;
        }
        if !trouble.is_empty() {
            tracing::error!(trouble, "the journal is not sealed");
        }
        match store.note_set(TROUBLE, &trouble).await {
            Ok(()) => self.trouble = Some(trouble),
            Err(error) => tracing::error!(%error, "how sealing goes was not noted"),
        }
    }

    /// Seals what is not sealed yet, and anchors what is not anchored; how many seals were made.
    pub async fn step(&mut self, store: &dyn Store, now: DateTime) -> Result<u32, SealError> {
        let mut anchored = match self.anchored {
            Some(anchored) => anchored,
            None => self.known(store).await?,
        };
        let mut made = 0;
        while made < limits::SEALS_PER_TURN_MAX && next(store, &self.key, now).await?.is_some() {
            made += 1;
        }
        loop {
            let seals = store.seals(anchored, limits::SEALS_PER_TURN_MAX).await?;
            let Some(last) = seals.last().map(|seal| seal.no) else { break };
            let lines: Vec<Line<'_>> = seals.iter().map(Line::Seal).collect();
            write(&self.anchors, &self.key.public(), &lines)?;
            anchored = last;
        }
        self.anchored = Some(anchored);
        Ok(made)
    }

    /// Where the anchors end; they must not know more than the database, unless a backup was restored.
    async fn known(&self, store: &dyn Store) -> Result<i64, SealError> {
        let mut anchors = read_anchors(&self.anchors)?;
        if anchors.key.is_some_and(|key| key != self.key.public()) {
            return Err(SealError::OtherKey(self.anchors.clone()));
        }
        if let Some(restore) = anchors.unknown_restore(store).await? {
            write(&self.anchors, &self.key.public(), &[Line::Restored(restore)])?;
            anchors.restored(restore);
        }
        let last = store.last_seal().await?;
        if let Some(why) = last.as_ref().and_then(|last| verify_last(last, &self.key.public(), &anchors)) {
            return Err(SealError::Last(why));
        }
        let sealed = last.map_or(0, |last| last.no);
        match anchors.until() {
            anchored if anchored > sealed => Err(SealError::Behind { anchored, sealed }),
            anchored => Ok(anchored),
        }
    }
}

/// A few short lines: nobody waits for long.
fn write(file: &Path, key: &PublicKey, lines: &[Line<'_>]) -> Result<(), SealError> {
    anchor(file, key, lines).map_err(|why| SealError::Anchors { file: file.to_owned(), why })
}

/// Says in the anchors that an account was erased, if they do not say so yet: a backup that is restored does not know it.
pub fn note_erased(config: &Config, account: &AccountId, at: DateTime) -> Result<(), SealError> {
    if read_anchors(&config.anchors)?.erased.contains_key(account) {
        return Ok(());
    }
    write(&config.anchors, &key(&config.folder)?.public(), &[Line::Erased(account, at)])
}

/// The anchors as they are; none where there is no file.
pub fn read_anchors(file: &Path) -> Result<Anchors, SealError> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Anchors::parse(&text)),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(Anchors::default()),
        Err(why) => Err(SealError::Anchors { file: file.to_owned(), why }),
    }
}

/// The workspace's public key; none before the first start.
pub fn public_key(folder: &Path) -> Result<Option<PublicKey>, SealError> {
    let file = folder.join("seal.key");
    if file.exists() { Ok(Some(read_key(&file)?.public())) } else { Ok(None) }
}

/// The workspace's key: made once, readable by its owner alone.
fn key(folder: &Path) -> Result<SealKey, SealError> {
    let file = folder.join("seal.key");
    if file.exists() {
        return read_key(&file);
    }
    let failed = |why: String| SealError::Key { file: file.clone(), why };
    let key = SealKey::new().map_err(|error| failed(error.to_string()))?;
    // Under its name only when it is whole.
    let unfinished = folder.join("seal.key.new");
    write_private(&unfinished, &key.secret()).map_err(|error| failed(error.to_string()))?;
    std::fs::rename(&unfinished, &file).map_err(|error| failed(error.to_string()))?;
    Ok(key)
}

fn read_key(file: &Path) -> Result<SealKey, SealError> {
    let failed = |why: String| SealError::Key { file: file.to_owned(), why };
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.to_string()))?;
    text.parse().map_err(|error: KeyError| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use store::seal::{Restore, check};
    use store::sqlite::SqliteStore;

    use super::*;

    const AT: DateTime = DateTime::constant(2026, 3, 2, 8, 0, 0, 0);

    fn sealer(folder: &Path) -> Sealer {
        Sealer { key: key(folder).unwrap(), anchors: folder.join("anchors.txt"), anchored: None, trouble: None }
    }

    /// A database with events, in a folder.
    async fn database(folder: &Path, name: &str, events: usize) -> SqliteStore {
        let store = SqliteStore::open(&folder.join(name), "nordlicht").await.unwrap();
        for page in store::bench::pages(events, 100) {
            store.ingest(page).await.unwrap();
        }
        store
    }

    #[tokio::test]
    async fn what_was_not_anchored_is_caught_up() {
        let folder = tempfile::tempdir().unwrap();
        let store = database(folder.path(), "dunlin.sqlite", 600).await;
        let mut first = sealer(folder.path());
        assert_eq!(first.step(&store, AT).await.unwrap(), 2);
        assert_eq!(first.step(&store, AT).await.unwrap(), 0);
        // The process ends between a seal and its anchor: the last line was never written.
        let text = std::fs::read_to_string(folder.path().join("anchors.txt")).unwrap();
        let cut = text.lines().take(2).map(|line| format!("{line}\n")).collect::<String>();
        std::fs::write(folder.path().join("anchors.txt"), &cut).unwrap();
        assert_eq!(sealer(folder.path()).step(&store, AT).await.unwrap(), 0);
        assert_eq!(std::fs::read_to_string(folder.path().join("anchors.txt")).unwrap(), text);
        let anchors = read_anchors(&folder.path().join("anchors.txt")).unwrap();
        let report = check(&store, &first.key.public(), &anchors).await.unwrap();
        assert_eq!((report.anchored_until, report.sealed_events, report.problems), (2, 600, vec![]));
    }

    #[tokio::test]
    async fn a_database_that_knows_less_than_the_anchors_is_not_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let store = database(folder.path(), "dunlin.sqlite", 10).await;
        sealer(folder.path()).step(&store, AT).await.unwrap();
        let older = database(folder.path(), "older.sqlite", 5).await;
        let refused = sealer(folder.path()).step(&older, AT).await.unwrap_err();
        assert!(matches!(refused, SealError::Behind { anchored: 1, sealed: 0 }), "{refused}");
        assert_eq!(older.last_seal().await.unwrap(), None);
    }

    #[tokio::test]
    async fn after_a_restore_the_seals_go_on_and_the_anchors_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let store = database(folder.path(), "dunlin.sqlite", 10).await;
        sealer(folder.path()).step(&store, AT).await.unwrap();
        let older = database(folder.path(), "older.sqlite", 5).await;
        older.note_set(store::RESTORED, &Restore { at: AT, until: 0 }.to_string()).await.unwrap();
        let before = check(&older, &sealer(folder.path()).key.public(), &anchors_in(folder.path())).await.unwrap();
        assert_eq!((before.problems, before.restores.len()), (vec![], 1));
        let mut again = sealer(folder.path());
        assert_eq!(again.step(&older, AT).await.unwrap(), 1);
        let report = check(&older, &again.key.public(), &anchors_in(folder.path())).await.unwrap();
        assert_eq!((report.problems, report.anchored_until), (vec![], 1));
        assert!(report.restores[0].contains("1 seal that was anchored after it"), "{:?}", report.restores);
        assert_eq!(sealer(folder.path()).step(&older, AT).await.unwrap(), 0);
    }

    fn anchors_in(folder: &Path) -> Anchors {
        read_anchors(&folder.join("anchors.txt")).unwrap()
    }

    #[tokio::test]
    async fn another_key_is_refused_and_a_broken_one_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let store = database(folder.path(), "dunlin.sqlite", 10).await;
        sealer(folder.path()).step(&store, AT).await.unwrap();
        let file = folder.path().join("seal.key");
        let whole = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, &whole[..20]).unwrap();
        assert!(matches!(key(folder.path()), Err(SealError::Key { .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), whole[..20]);
        std::fs::remove_file(&file).unwrap();
        let refused = sealer(folder.path()).step(&store, AT).await.unwrap_err();
        assert!(matches!(refused, SealError::OtherKey(_)), "{refused}");
        // On another host, with anchors of its own.
        std::fs::remove_file(folder.path().join("anchors.txt")).unwrap();
        let mut other = sealer(folder.path());
        assert!(matches!(other.step(&store, AT).await, Err(SealError::Last(_))));
        other.look_after(&store, AT).await;
        assert!(store.note_get(TROUBLE).await.unwrap().unwrap().contains("seal.key"));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let made = key(folder.path()).unwrap().public();
        let mode = std::fs::metadata(folder.path().join("seal.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(public_key(folder.path()).unwrap(), Some(made));
    }
}
