//! Embeds new migrations: cargo looks at the folder again when a file comes.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
