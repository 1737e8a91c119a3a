//! How long a letter takes and whether memory grows: `cargo run --release -p letters --example letters [-- FOLDER]`.
//!
//! Prints the time of the first letter and of warm ones, and the memory of the process over 1,000 letters. With a folder, every
//! letter of every language, and one over several pages, is left there to be looked at.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use letters::facts::Facts;
use letters::{Kind, LetterError, Letters, sample};

const ROUNDS: usize = 1_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/letters");
    let begun = Instant::now();
    let letters = Letters::load(&folder, escalation::Packs::shipped()?)?;
    println!("read and tried {} templates in {} ms", letters.all().count(), begun.elapsed().as_millis());
    if let Some(out) = std::env::args().nth(1) {
        return leave(&letters, &PathBuf::from(out));
    }
    measure(&letters)?;
    Ok(())
}

fn measure(letters: &Letters) -> Result<(), LetterError> {
    let kinds: Vec<(&str, &str)> = letters.all().map(|(language, template, _)| (language, template)).collect();
    let mut times = Vec::with_capacity(ROUNDS);
    let mut length = 0;
    let first = resident();
    println!("memory before the first letter: {} KiB", first);
    for round in 0..ROUNDS {
        let (language, template) = kinds.get(round % kinds.len()).copied().unwrap_or(("en", "first-notice"));
        // Each letter is another one: its number is in the name, on the page and in the code.
        let mut facts = facts(language, template);
        facts.debtor.name = format!("{} {round}", facts.debtor.name);
        let begun = Instant::now();
        let pdf = letters.print(&letters.write(template, language, &facts)?)?;
        times.push(begun.elapsed());
        length += pdf.len();
        if round == 0 || (round + 1) % 200 == 0 {
            println!("after {:>4} letters: {} KiB", round + 1, resident());
        }
    }
    let cold = times.first().copied().unwrap_or_default();
    let mut warm = times.split_off(kinds.len().min(times.len()));
    warm.sort();
    let at = |share: usize| warm.get(warm.len() * share / 100).copied().unwrap_or(Duration::ZERO);
    println!(
        "first letter {:.1?}; warm: median {:.1?}, 95 of 100 under {:.1?}, 99 under {:.1?}",
        cold,
        at(50),
        at(95),
        at(99)
    );
    println!("a PDF has {} KiB on average", length / ROUNDS / 1024);
    Ok(())
}

fn leave(letters: &Letters, out: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(out)?;
    for (language, template, _) in letters.all() {
        let written = letters.write(template, language, &facts(language, template))?;
        let name = |ending: &str| out.join(format!("{language}-{template}.{ending}"));
        std::fs::write(name("pdf"), letters.print(&written)?)?;
        std::fs::write(name("txt"), written.text())?;
        std::fs::write(name("html"), written.html())?;
    }
    let mut long = sample::bare("en");
    long.items = vec![long.items.swap_remove(0); 60];
    std::fs::write(out.join("long.pdf"), letters.print(&letters.write("first-notice", "en", &long)?)?)?;
    Ok(())
}

/// Made-up facts; only a law firm's letter has a mandate.
fn facts(language: &str, template: &str) -> Facts {
    let facts = sample::facts(language);
    let is_firm = Kind::named(template) == Some(Kind::LawFirmLetter);
    Facts { mandate: facts.mandate.clone().filter(|_| is_firm), ..facts }
}

/// What the process holds in memory, in KiB; 0 where the system does not say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
