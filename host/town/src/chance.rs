//! Chance: everything that looks accidental in the town, drawn from the seed and a subject, so that it repeats.

use sha2::{Digest, Sha256};

/// Where all dice come from. The same seed and the same subject give the same throws, in whatever order they are asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance {
    seed: u64,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Dice for one subject, for example `call L-17 2026-02-03`.
    pub(crate) fn dice(self, subject: &str) -> Dice {
        let digest = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(subject.as_bytes()).finalize();
        let state = digest.iter().take(8).fold(0_u64, |state, byte| (state << 8) | u64::from(*byte));
        Dice { state }
    }
}

/// A short sequence of throws (SplitMix64).
#[derive(Clone, Debug)]
pub(crate) struct Dice {
    state: u64,
}

impl Dice {
    fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let sides = high.saturating_sub(low).saturating_add(1).max(1).unsigned_abs();
        low.saturating_add_unsigned(self.throw() % sides)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, share: i64) -> bool {
        self.between(1, 100) <= share
    }

    /// One of them; the list is never empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.index(list.len())]
    }

    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.throw() % (len.max(1) as u64)).unwrap_or(0)
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        for place in (1..list.len()).rev() {
            list.swap(place, self.index(place + 1));
        }
    }

    /// So many decimal digits, the first of them not zero.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        (0..count).map(|place| char::from(b'0' + self.between(i64::from(place == 0), 9) as u8)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_subject_throw_the_same() {
        let throws = |seed, subject: &str| {
            let mut dice = Chance::new(seed).dice(subject);
            (0..5).map(|_| dice.between(1, 1000)).collect::<Vec<_>>()
        };
        assert_eq!(throws(7, "call"), throws(7, "call"));
        assert_ne!(throws(7, "call"), throws(8, "call"));
        assert_ne!(throws(7, "call"), throws(7, "mail"));
    }

    #[test]
    fn throws_stay_between_their_bounds_and_reach_both() {
        let mut dice = Chance::new(1).dice("bounds");
        let throws: Vec<i64> = (0..500).map(|_| dice.between(-3, 2)).collect();
        assert_eq!(throws.iter().min(), Some(&-3));
        assert_eq!(throws.iter().max(), Some(&2));
    }
}
