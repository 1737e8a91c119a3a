//! A way to the database that is cut now and then: before the commit gets there, after it was made and before its answer comes,
//! and in the middle of anything.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How a commit is asked for, and how it is answered, in PostgreSQL's protocol.
const COMMIT: &[u8] = b"COMMIT\0";
/// One in so many commits is cut before it, and one after it; one in so many pieces in its middle.
const COMMITS: u32 = 40;
const PIECES: u32 = 1_000;
/// Bytes that are carried at once.
const PIECE_MAX: usize = 16 << 10;

/// How often it was cut, and where.
#[derive(Default)]
pub struct Cuts {
    pub before_commit: AtomicUsize,
    pub after_commit: AtomicUsize,
    pub in_the_middle: AtomicUsize,
    dice: Mutex<fastrand::Rng>,
    /// How many there may be.
    most: usize,
}

impl Cuts {
    pub fn sum(&self) -> usize {
        [&self.before_commit, &self.after_commit, &self.in_the_middle].iter().map(|n| n.load(Ordering::Relaxed)).sum()
    }

    fn strikes(&self, one_in: u32, counter: &AtomicUsize) -> bool {
        let struck = self.dice.lock().unwrap_or_else(PoisonError::into_inner).u32(0..one_in) == 0;
        let strikes = struck && self.sum() < self.most;
        if strikes {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        strikes
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    There,
    Back,
}

/// Listens on a port of its own, which it answers, and leads to `server`.
pub fn lay(server: String, most: usize, seed: u64) -> Result<(u16, Arc<Cuts>), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(super::text)?;
    let port = listener.local_addr().map_err(super::text)?.port();
    let dice = Mutex::new(fastrand::Rng::with_seed(seed));
    let cuts = Arc::new(Cuts { dice, most, ..Cuts::default() });
    let shared = cuts.clone();
    // It ends with the process.
    std::thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let Ok(far) = TcpStream::connect(&server) else { continue };
            carry(&near, &far, Direction::There, &shared);
            carry(&far, &near, Direction::Back, &shared);
        }
    });
    Ok((port, cuts))
}

fn carry(from: &TcpStream, to: &TcpStream, direction: Direction, cuts: &Arc<Cuts>) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
    let cuts = cuts.clone();
    std::thread::spawn(move || {
        let mut piece = vec![0; PIECE_MAX];
        while let Ok(length @ 1..) = from.read(&mut piece) {
            let carried = carried(&piece[..length], direction, &cuts);
            if to.write_all(carried).is_err() || carried.len() < length {
                break;
            }
        }
        // Both sides notice.
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}

/// What gets through of a piece; less than all of it: then the wire is cut.
fn carried<'p>(piece: &'p [u8], direction: Direction, cuts: &Cuts) -> &'p [u8] {
    let commits = piece.windows(COMMIT.len()).any(|window| window == COMMIT);
    match direction {
        Direction::There if commits && cuts.strikes(COMMITS, &cuts.before_commit) => &[],
        Direction::Back if commits && cuts.strikes(COMMITS, &cuts.after_commit) => &[],
        _ if cuts.strikes(PIECES, &cuts.in_the_middle) => &piece[..piece.len() / 2],
        _ => piece,
    }
}
