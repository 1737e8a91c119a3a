//! What is rolled, what went wrong, and what was seen: the shared notebook of one run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use escalation::DateTime;
use store::StoreError;

/// Lines of a story that are kept: what led to a failure stands in the last ones.
const STORY_MAX: usize = 400;

/// The notebook, shared by scheduler, hosts and world.
#[derive(Clone)]
pub struct Fate(Arc<Mutex<Notes>>);

pub struct Notes {
    pub dice: fastrand::Rng,
    /// Nothing goes wrong any more: everything has to come to rest.
    pub calm: bool,
    /// Of a thousand writes, so many fail.
    pub trouble: u32,
    pub now: DateTime,
    pub faults: BTreeMap<&'static str, u64>,
    pub violations: Vec<String>,
    story: std::collections::VecDeque<String>,
    lines: u64,
    digest: u64,
}

/// What happens to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteFault {
    None,
    /// The connection is cut before it is written.
    CutBefore,
    /// It is written, and the answer is lost.
    CutAfter,
    DiskFull,
}

impl Fate {
    pub fn new(seed: u64, now: DateTime, trouble: u32) -> Self {
        Self(Arc::new(Mutex::new(Notes {
            dice: fastrand::Rng::with_seed(seed),
            calm: false,
            trouble,
            now,
            faults: BTreeMap::new(),
            violations: Vec::new(),
            story: std::collections::VecDeque::new(),
            lines: 0,
            digest: 0xcbf2_9ce4_8422_2325,
        })))
    }

    pub fn lock(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True once in `n` times.
    pub fn once_in(&self, n: u32) -> bool {
        self.lock().dice.u32(0..n.max(1)) == 0
    }

    /// From 0 to `n` - 1.
    pub fn below(&self, n: usize) -> usize {
        self.lock().dice.usize(0..n.max(1))
    }

    pub fn is_calm(&self) -> bool {
        self.lock().calm
    }

    pub fn fault(&self, name: &'static str) {
        *self.lock().faults.entry(name).or_default() += 1;
    }

    pub fn write_fault(&self) -> WriteFault {
        let mut notes = self.lock();
        let trouble = notes.trouble;
        if notes.calm || notes.dice.u32(0..1000) >= trouble {
            return WriteFault::None;
        }
        let (fault, name) = match notes.dice.u32(0..5) {
            0 | 1 => (WriteFault::CutBefore, "connection cut before a commit"),
            2 | 3 => (WriteFault::CutAfter, "connection cut after a commit"),
            _ => (WriteFault::DiskFull, "disk full"),
        };
        *notes.faults.entry(name).or_default() += 1;
        fault
    }

    /// A line of the story.
    pub fn tell(&self, text: impl AsRef<str>) {
        let mut notes = self.lock();
        let line = format!("{}  {}", notes.now.strftime("%Y-%m-%d %H:%M:%S"), text.as_ref());
        for byte in line.bytes() {
            notes.digest = (notes.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        notes.lines += 1;
        if notes.story.len() == STORY_MAX {
            notes.story.pop_front();
        }
        notes.story.push_back(line);
    }

    /// Something that must never be.
    pub fn violates(&self, law: impl Into<String>) {
        let law = law.into();
        self.tell(format!("VIOLATION {law}"));
        self.lock().violations.push(law);
    }

    pub fn story(&self) -> Vec<String> {
        self.lock().story.iter().cloned().collect()
    }

    /// The whole story in a number: the same seed tells the same story.
    pub fn digest(&self) -> u64 {
        self.lock().digest
    }
}

impl WriteFault {
    pub fn before(self) -> Result<(), StoreError> {
        match self {
            Self::CutBefore => Err(StoreError::Away { why: "the connection was cut".to_owned() }),
            Self::DiskFull => Err(StoreError::DiskFull { path: "simulated".to_owned() }),
            Self::None | Self::CutAfter => Ok(()),
        }
    }

    pub fn after(self) -> Result<(), StoreError> {
        match self {
            Self::CutAfter => Err(StoreError::Away { why: "the connection was cut before the answer".to_owned() }),
            _ => Ok(()),
        }
    }
}
