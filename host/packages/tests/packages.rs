//! Packages: what is read back is what was packed, and nothing else is a package.

#![allow(clippy::unwrap_used)] // a test may

use packages::{ARCHIVE_LEN_MAX, COMPONENT_LEN_MAX, Entry, Lock, Package, PackageError, SigningKey, Verdict, digest};
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

fn package() -> Package {
    let readme = Some("# x\n".to_owned());
    Package::new("id = \"x\"\n".to_owned(), b"\0asm of a kind".to_vec(), "Apache-2.0\n".to_owned(), readme)
}

fn with(mut package: Package, change: impl FnOnce(&mut Package)) -> Package {
    change(&mut package);
    package
}

fn key() -> SigningKey {
    "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=".parse().unwrap()
}

/// An archive by hand: name, kind, content.
fn archive(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(*kind);
        // The name as it is: `append_data` would refuse some of them.
        header.as_ustar_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

#[test]
fn what_is_packed_is_read_back_and_has_one_spelling() {
    for package in
        [package(), package().signed(&key()), with(package(), |package| package.readme = None).signed(&key())]
    {
        let bytes = package.to_bytes().unwrap();
        assert_eq!(Package::read(&bytes).unwrap(), package);
        assert_eq!(package.to_bytes().unwrap(), bytes);
    }
    assert_eq!(package().publisher(), None);
    assert_eq!(package().signed(&key()).publisher(), Some(key().publisher()));
    let text = key().publisher().to_string();
    assert_eq!(text.parse(), Ok(key().publisher()));
    assert!(!format!("{:?}", key()).contains(&key().to_text()), "a key is not shown by accident");
}

#[test]
fn what_was_changed_after_it_was_signed_is_refused() {
    let signed = package().signed(&key());
    for changed in [
        with(signed.clone(), |package| package.manifest = "id = \"y\"\n".to_owned()),
        with(signed.clone(), |package| package.component = b"\0asm of another kind".to_vec()),
        with(signed.clone(), |package| package.licence.clear()),
        with(signed.clone(), |package| package.readme = None),
        with(signed.clone(), |package| package.readme = Some("trust me".to_owned())),
    ] {
        assert_eq!(Package::read(&changed.to_bytes().unwrap()), Err(PackageError::Forged));
        assert_eq!(changed.publisher(), None);
    }
    // Somebody else's signature under this one's name.
    let other = SigningKey::new().unwrap();
    let bytes = package().signed(&other).to_bytes().unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let forged = text.replace(&other.publisher().to_string(), &key().publisher().to_string());
    assert_eq!(Package::read(forged.as_bytes()), Err(PackageError::Forged));
    let rubbish = text.replace("publisher =", "publisher !");
    assert_eq!(Package::read(rubbish.as_bytes()), Err(PackageError::Forged));
}

#[test]
fn what_an_enemy_packs_is_refused_by_name() {
    const FILE: EntryType = EntryType::Regular;
    let good: [(&str, EntryType, &[u8]); 3] =
        [("plugin.toml", FILE, b"a"), ("LICENSE", FILE, b"b"), ("component.wasm", FILE, b"c")];
    assert!(Package::read(&archive(&good)).is_ok());
    let part = |name: &str| PackageError::Part { name: name.to_owned() };
    for name in [
        "../plugin.toml",
        "/etc/passwd",
        "./plugin.toml",
        "plugin.toml/",
        "PLUGIN.TOML",
        "a/b",
        "",
        "plugin.toml\u{202e}",
    ] {
        let all = [&good[..], &[(name, FILE, b"x")]].concat();
        assert_eq!(Package::read(&archive(&all)), Err(part(name)), "{name:?}");
    }
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Char,
        EntryType::Fifo,
        EntryType::GNUSparse,
        EntryType::XHeader,
        EntryType::GNULongName,
    ] {
        let all = [&good[..2], &[("component.wasm", kind, b"x")]].concat();
        let refused = PackageError::NoFile { name: "component.wasm".to_owned() };
        assert_eq!(Package::read(&archive(&all)), Err(refused), "{kind:?}");
    }
    let twice = [&good[..], &[good[0]]].concat();
    assert_eq!(Package::read(&archive(&twice)), Err(PackageError::Twice { name: "plugin.toml".to_owned() }));
    for missing in 0..3 {
        let mut some = good.to_vec();
        some.remove(missing);
        assert!(matches!(Package::read(&archive(&some)), Err(PackageError::Missing(_))));
    }
    let no_text = [&good[1..], &[("plugin.toml", FILE, b"\xff")]].concat();
    assert_eq!(Package::read(&archive(&no_text)), Err(PackageError::NoText("plugin.toml")));
    let long = vec![b'x'; 300 << 10];
    let long = [&good[1..], &[("plugin.toml", FILE, &long[..])]].concat();
    assert!(matches!(Package::read(&archive(&long)), Err(PackageError::PartTooLarge { .. })));
    assert!(matches!(Package::read(&vec![0; ARCHIVE_LEN_MAX + 1]), Err(PackageError::TooLarge { .. })));
    let huge = with(package(), |package| package.component = vec![0; COMPONENT_LEN_MAX + 1]);
    assert!(matches!(huge.to_bytes(), Err(PackageError::PartTooLarge { .. })));
    // A header that promises more than there is.
    let mut cut = archive(&good);
    let at = cut.windows(14).position(|window| window == b"component.wasm").unwrap();
    cut[at + 124..at + 135].copy_from_slice(b"00000100000");
    let sum: u32 = cut[at..at + 512]
        .iter()
        .enumerate()
        .map(|(n, byte)| if (148..156).contains(&n) { 32 } else { u32::from(*byte) })
        .sum();
    cut[at + 148..at + 156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    assert!(matches!(Package::read(&cut), Err(PackageError::Form(_))), "{:?}", Package::read(&cut));
}

fn entry(component: &[u8], manifest: &str) -> Entry {
    Entry {
        version: "1".to_owned(),
        component: digest(component),
        manifest: digest(manifest.as_bytes()),
        publisher: None,
        from: "x.dunlin".to_owned(),
        approved_by: "kim".to_owned(),
        approved_at: "2026-03-02T09:00:00".to_owned(),
        allowed: ["uses `log`".to_owned()].into(),
    }
}

#[test]
fn the_lock_says_what_was_allowed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Lock::read(folder.path()).unwrap(), Lock::default());
    Lock::change(folder.path(), |lock| lock.plugin.insert("x".to_owned(), entry(b"wasm", "toml"))).unwrap();
    let lock = Lock::read(folder.path()).unwrap();
    assert_eq!(lock.plugin["x"], entry(b"wasm", "toml"));
    assert_eq!(lock.judge("x", "toml", b"wasm"), Verdict::Allowed);
    assert_eq!(lock.judge("x", "toml!", b"wasm"), Verdict::Changed("plugin.toml"));
    assert_eq!(lock.judge("x", "toml", b"wasn"), Verdict::Changed("component"));
    assert_eq!(lock.judge("y", "toml", b"wasm"), Verdict::Unknown);
    let asks = ["uses `log`".to_owned(), "uses `http`".to_owned()].into();
    assert_eq!(lock.plugin["x"].more(&asks), ["uses `http`"]);
    std::fs::write(folder.path().join("plugins.lock"), "[plugin.x]\nversion = 1").unwrap();
    let error = Lock::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("plugins.lock") && error.contains("line 2"), "{error}");
}

proptest! {
    /// Whatever bytes come, they are read or refused; and one bit that was turned is never the same signed package.
    #[test]
    fn nothing_that_comes_makes_it_fall_over(at in 0_usize..10_000, bit in 0_u8..8, cut in 0_usize..10_000) {
        let signed = package().signed(&key());
        let bytes = signed.to_bytes().unwrap();
        let mut turned = bytes.clone();
        turned[at % bytes.len()] ^= 1 << bit;
        if let Ok(read) = Package::read(&turned) {
            // What is turned may lie between the parts, or take the signature off; it is never signed and different.
            prop_assert!(read.publisher().is_none() || read == signed);
        }
        let _ = Package::read(&bytes[..cut % bytes.len()]);
    }
}
