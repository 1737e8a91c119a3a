//! The proof that the simulator can fail: each safeguard is taken out, one at a time, and has to be missed soon.

use store::mutation::{self, Mutation};

use crate::sweep::each;

/// Within so many seeds a missing safeguard has to be noticed.
const SEEDS_MAX: u64 = 200;

/// True: each mistake was found.
pub fn prove(jobs: usize) -> Result<bool, String> {
    let mut all = true;
    for mistake in Mutation::ALL {
        mutation::make(Some(mistake));
        let (mut tried, mut found) = (0, None);
        each(1..=SEEDS_MAX, jobs, |report| {
            tried += 1;
            if let Some(violation) = report.violations.first() {
                found = Some((report.seed, violation.clone()));
            }
            found.is_none()
        })?;
        match &found {
            Some((seed, violation)) => {
                println!("{:<10} found after {tried:>3} seeds, by seed {seed}: {violation}", mistake.name());
            }
            None => println!("{:<10} NOT FOUND in {tried} seeds", mistake.name()),
        }
        all &= found.is_some();
    }
    mutation::make(None);
    Ok(all)
}
