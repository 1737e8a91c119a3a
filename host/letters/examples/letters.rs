//! Every letter of every language, and one over several pages, left in a folder to be looked at:
//! `cargo run --release -p letters --example letters -- FOLDER`. How long a letter takes says `dunlin bench letters`.

use std::path::{Path, PathBuf};

use letters::facts::Facts;
use letters::{Kind, Letters, sample};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/letters");
    let letters = Letters::load(&folder, escalation::Packs::shipped()?)?;
    let out = std::env::args().nth(1).ok_or("name the folder for the letters")?;
    leave(&letters, &PathBuf::from(out))
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
