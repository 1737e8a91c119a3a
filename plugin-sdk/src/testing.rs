//! The host's side, for native tests: folders in memory, other systems that answer as a test says, and the laws that every file
//! plugin passes.

mod ear;
mod laws;
mod upstream;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

pub use ear::Ear;
pub(crate) use ear::heard;
pub use laws::Laws;
pub(crate) use upstream::send;
pub use upstream::{Asked, Upstream};

use crate::files::Entry;
use crate::webhooks::Webhook;
use crate::{Error, Instant, Result};

/// Each test thread has a world of its own.
#[derive(Default)]
pub(crate) struct World {
    folders: BTreeMap<String, BTreeMap<String, File>>,
    pub(crate) kv: BTreeMap<String, Vec<u8>>,
    pub(crate) log: Vec<String>,
    upstreams: BTreeMap<String, upstream::Known>,
    ears: BTreeMap<String, Vec<Webhook>>,
    /// Goes on with every write, so that a replaced file has another time.
    now: Instant,
}

struct File {
    content: Vec<u8>,
    modified: Instant,
}

pub(crate) fn world<T>(act: impl FnOnce(&mut World) -> T) -> T {
    thread_local!(static WORLD: RefCell<World> = RefCell::default());
    WORLD.with(|world| act(&mut world.borrow_mut()))
}

/// The lines that were logged so far in this thread, as `level: message`.
pub fn logged() -> Vec<String> {
    world(|world| world.log.clone())
}

/// A folder in memory that stands for a connection of this name, in this thread.
pub struct Folder {
    connection: String,
}

impl Folder {
    /// Empty, even if there was one of this name.
    pub fn new(connection: &str) -> Folder {
        world(|world| world.folders.insert(connection.to_owned(), BTreeMap::new()));
        Folder { connection: connection.to_owned() }
    }

    pub fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        world(|world| {
            world.now += 1;
            let file = File { content: content.as_ref().to_vec(), modified: world.now };
            world.folders.entry(self.connection.clone()).or_default().insert(path.to_owned(), file);
        });
    }

    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        world(|world| Some(world.folders.get(&self.connection)?.get(path)?.content.clone()))
    }

    /// The file as text; an empty text if it is not there or not UTF-8.
    pub fn text(&self, path: &str) -> String {
        self.get(path).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// All paths, in order.
    pub fn paths(&self) -> Vec<String> {
        world(|world| world.folders.get(&self.connection).into_iter().flat_map(|files| files.keys().cloned()).collect())
    }
}

fn folder<T>(connection: &str, act: impl FnOnce(&mut BTreeMap<String, File>) -> Result<T>) -> Result<T> {
    world(|world| match world.folders.get_mut(connection) {
        Some(files) => act(files),
        None => Err(Error::refused(format!("connection `{connection}` was not granted"))),
    })
}

pub(crate) fn list(connection: &str, path: &str, after: Option<&str>, limit: u32) -> Result<Vec<Entry>> {
    let start = if path.is_empty() { String::new() } else { format!("{path}/") };
    folder(connection, |files| {
        let from = match after {
            Some(name) => Bound::Excluded(format!("{start}{name}")),
            None => Bound::Included(start.clone()),
        };
        let inside = files.range((from, Bound::Unbounded)).map_while(|(path, file)| {
            let name = path.strip_prefix(&start)?;
            Some(Entry { name: name.to_owned(), size: file.content.len() as u64, modified: file.modified })
        });
        Ok(inside.filter(|entry| !entry.name.contains('/')).take(limit as usize).collect())
    })
}

pub(crate) fn read(connection: &str, path: &str) -> Result<Vec<u8>> {
    folder(connection, |files| match files.get(path) {
        Some(file) => Ok(file.content.clone()),
        None => Err(Error::refused(format!("no file `{path}`"))),
    })
}

pub(crate) fn write(connection: &str, path: &str, content: &[u8]) -> Result<()> {
    folder(connection, |_| Ok(()))?;
    Folder { connection: connection.to_owned() }.put(path, content);
    Ok(())
}

pub(crate) fn move_to(connection: &str, start: &str, goal: &str) -> Result<()> {
    folder(connection, |files| match files.remove(start) {
        Some(file) => {
            files.insert(goal.to_owned(), file);
            Ok(())
        }
        None if files.contains_key(goal) => Ok(()),
        None => Err(Error::refused(format!("no file `{start}`"))),
    })
}
