//! The Merkle root over events, as in RFC 6962: leaves and nodes are hashed with different first bytes, so that neither can
//! stand for the other.

use sha2::{Digest, Sha256};

use crate::tail::TailEntry;

/// The root of at least one event.
pub(super) fn root(entries: &[TailEntry]) -> Vec<u8> {
    let leaves: Vec<[u8; 32]> = entries.iter().map(leaf).collect();
    join(&leaves).to_vec()
}

fn leaf(entry: &TailEntry) -> [u8; 32] {
    Sha256::new().chain_update([0]).chain_update(&entry.hash).finalize().into()
}

/// The left side has the largest power of two that leaves something for the right one.
fn join(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            let mut hash = Sha256::new();
            hash.update([1]);
            hash.update(join(left));
            hash.update(join(right));
            hash.finalize().into()
        }
    }
}

#[cfg(test)]
mod tests {
    use escalation::AccountId;

    use super::*;
    use crate::tail::TailPosition;

    fn entries(n: i64) -> Vec<TailEntry> {
        let entry = |seq: i64| TailEntry {
            position: TailPosition { transaction: 0, number: seq },
            account: AccountId::new("a"),
            seq,
            hash: vec![seq as u8; 32],
            intact: true,
        };
        (1..=n).map(entry).collect()
    }

    #[test]
    fn three_leaves_are_two_and_one() {
        let all = entries(3);
        let node = |left: &[u8], right: &[u8]| Sha256::digest([&[1], left, right].concat()).to_vec();
        let leaves: Vec<_> = all.iter().map(leaf).collect();
        assert_eq!(root(&all[..1]), leaves[0]);
        assert_eq!(root(&all), node(&node(&leaves[0], &leaves[1]), &leaves[2]));
    }

    #[test]
    fn every_change_makes_another_root() {
        let all = entries(5);
        let mut roots = vec![root(&all), root(&all[..4])];
        for at in 0..5 {
            let mut changed = all.clone();
            changed[at].hash[0] ^= 1;
            roots.push(root(&changed));
            changed = all.clone();
            changed.swap(at, (at + 1) % 5);
            roots.push(root(&changed));
        }
        let different: std::collections::BTreeSet<_> = roots.iter().collect();
        assert_eq!(different.len(), roots.len());
    }
}
