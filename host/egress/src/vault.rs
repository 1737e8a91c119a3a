//! The hub's own vault: secrets in a file, each under a key of its own, which is sealed under the newest key of the key file.
//!
//! `secrets.json` may lie in a backup; `secrets.key` beside it, readable by the hub alone, should not lie in the same one. Rotating
//! makes a new key and seals every secret's key anew under it.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::limits::{SECRETS_MAX, VAULT_LEN_MAX};
use crate::secret::Secret;

const SEALED: &str = "secrets.json";
const KEYS: &str = "secrets.key";
const LOCK: &str = "secrets.lock";
const KEY_LEN: usize = 32;

#[derive(Debug, Error)]
pub enum VaultError {
    #[error("there is no secret `{name}`\n\nhint: put it in with `dunlin secret set {name}`")]
    Missing { name: String },
    #[error("`{name}` is no name for a secret: small letters, digits and dashes, at most 60")]
    Name { name: String },
    #[error("the secret `{name}`: {why}")]
    Value { name: String, why: String },
    #[error("`{}`: {why}", .file.display())]
    File { file: PathBuf, why: String },
    #[error(
        "the secret `{name}` cannot be opened with the keys in `{KEYS}`: one of the two files was changed or belongs elsewhere\n\nhint: set the secret anew"
    )]
    Sealed { name: String },
    #[error("the vault is full: {SECRETS_MAX} secrets are the most")]
    Full,
    #[error("the system gives no random numbers")]
    Random,
}

/// What of a secret may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub name: String,
    /// The version of the key under which it lies.
    pub key: u32,
    pub set_at: String,
}

/// Secrets in a folder.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
    read: Mutex<Option<Kept>>,
}

/// What was read last, and the file's time then.
#[derive(Clone, Debug)]
struct Kept {
    at: SystemTime,
    sealed: BTreeMap<String, Sealed>,
    keys: Keys,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sealed {
    /// The version of the key that seals the secret's own key.
    key: u32,
    /// Nonce and sealed key, in base64.
    own_key: String,
    /// In base64.
    value: String,
    set_at: String,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Keys {
    newest: u32,
    /// By version, in base64.
    keys: BTreeMap<u32, Zeroizing<String>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "keys up to version {}", self.newest)
    }
}

impl Vault {
    /// The vault of a folder; nothing is written before a secret is set.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        let vault = Self { folder: folder.to_owned(), read: Mutex::default() };
        vault.now()?;
        Ok(vault)
    }

    pub fn get(&self, name: &str) -> Result<Secret, VaultError> {
        match self.look(name) {
            // The two files may have been read on either side of a rotation: once more from the disk.
            Err(VaultError::Sealed { .. }) => {
                *self.held() = None;
                self.look(name)
            }
            looked => looked,
        }
    }

    fn look(&self, name: &str) -> Result<Secret, VaultError> {
        let kept = self.now()?;
        let Some(sealed) = kept.sealed.get(name) else { return Err(VaultError::Missing { name: name.to_owned() }) };
        open(&kept.keys, name, sealed)
    }

    pub fn list(&self) -> Result<Vec<Shown>, VaultError> {
        let shown = |(name, one): (String, Sealed)| Shown { name, key: one.key, set_at: one.set_at };
        Ok(self.now()?.sealed.into_iter().map(shown).collect())
    }

    /// A new secret, or a new value of one.
    pub fn set(&self, name: &str, value: String, at: &str) -> Result<(), VaultError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > 60 || !name.bytes().all(plain) {
            return Err(VaultError::Name { name: name.to_owned() });
        }
        let secret = Secret::new(value).map_err(|why| VaultError::Value { name: name.to_owned(), why })?;
        self.change(|kept| {
            if kept.keys.keys.is_empty() {
                kept.keys = Keys { newest: 1, keys: BTreeMap::from([(1, fresh_key()?)]) };
                self.write(KEYS, &kept.keys)?;
            }
            if !kept.sealed.contains_key(name) && kept.sealed.len() >= SECRETS_MAX {
                return Err(VaultError::Full);
            }
            kept.sealed.insert(name.to_owned(), seal(&kept.keys, name, &secret, at)?);
            self.write(SEALED, &kept.sealed)
        })
    }

    pub fn remove(&self, name: &str) -> Result<(), VaultError> {
        self.change(|kept| match kept.sealed.remove(name) {
            Some(_) => self.write(SEALED, &kept.sealed),
            None => Err(VaultError::Missing { name: name.to_owned() }),
        })
    }

    /// Seals everything under a new key, and forgets the old ones; answers the version of the new one.
    pub fn rotate(&self) -> Result<u32, VaultError> {
        self.change(|kept| {
            let newest = kept.keys.newest + 1;
            kept.keys.keys.insert(newest, fresh_key()?);
            kept.keys.newest = newest;
            // Before any secret lies under it: whatever ends this early, nothing lies under a key that is lost.
            self.write(KEYS, &kept.keys)?;
            for (name, sealed) in &mut kept.sealed {
                let secret = open(&kept.keys, name, sealed)?;
                *sealed = seal(&kept.keys, name, &secret, &sealed.set_at)?;
            }
            self.write(SEALED, &kept.sealed)?;
            kept.keys.keys.retain(|version, _| *version == newest);
            self.write(KEYS, &kept.keys)?;
            Ok(newest)
        })
    }

    /// Under a lock that other processes keep, too.
    fn change<T>(&self, change: impl FnOnce(&mut Kept) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let lock = self.folder.join(LOCK);
        let wrong = |error: io::Error| VaultError::File { file: lock.clone(), why: error.to_string() };
        std::fs::create_dir_all(&self.folder).map_err(wrong)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&lock).map_err(wrong)?;
        file.lock().map_err(wrong)?;
        *self.held() = None;
        let mut kept = self.now()?;
        let done = change(&mut kept);
        *self.held() = None;
        done
    }

    /// What the files say now. They are read again when they changed.
    fn now(&self) -> Result<Kept, VaultError> {
        let file = self.folder.join(SEALED);
        let at = std::fs::metadata(&file).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut held = self.held();
        if let Some(kept) = held.as_ref().filter(|kept| kept.at == at) {
            return Ok(kept.clone());
        }
        let kept = Kept { at, sealed: self.read(SEALED)?, keys: self.read(KEYS)? };
        *held = Some(kept.clone());
        Ok(kept)
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Kept>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T: Default + for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, VaultError> {
        let file = self.folder.join(name);
        let wrong = |why: String| VaultError::File { file: file.clone(), why };
        let content = match File::open(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(T::default()),
            Err(error) => return Err(wrong(error.to_string())),
            Ok(content) => content,
        };
        let mut text = Zeroizing::new(String::new());
        content.take(VAULT_LEN_MAX).read_to_string(&mut text).map_err(|error| wrong(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| wrong(format!("it cannot be read: {error}")))
    }

    /// Whole or not at all, and for the hub's eyes only.
    fn write(&self, name: &str, content: &impl Serialize) -> Result<(), VaultError> {
        let file = self.folder.join(name);
        let wrong = |why: String| VaultError::File { file: file.clone(), why };
        let text = serde_json::to_vec_pretty(content).map_err(|error| wrong(error.to_string()))?;
        let half = self.folder.join(format!(".{name}.part"));
        let written = || -> io::Result<()> {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut open = options.open(&half)?;
            open.write_all(&Zeroizing::new(text))?;
            open.sync_all()?;
            std::fs::rename(&half, &file)?;
            File::open(&self.folder)?.sync_all()
        };
        written().map_err(|error| wrong(error.to_string()))
    }
}

fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| VaultError::Random)?;
    Ok(bytes)
}

fn fresh_key() -> Result<Zeroizing<String>, VaultError> {
    let key = Zeroizing::new(random::<KEY_LEN>()?);
    Ok(Zeroizing::new(STANDARD.encode(key.as_slice())))
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).ok().map(LessSafeKey::new)
}

/// The secret's key is used once, so its nonce is nothing; what seals that key takes a random one. Both are bound to the name.
fn seal(keys: &Keys, name: &str, secret: &Secret, at: &str) -> Result<Sealed, VaultError> {
    let broken = || VaultError::Sealed { name: name.to_owned() };
    let own_key = Zeroizing::new(random::<KEY_LEN>()?);
    let mut value = secret.expose().as_bytes().to_vec();
    let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
    let cipher_of_value = cipher(own_key.as_slice()).ok_or_else(broken)?;
    cipher_of_value.seal_in_place_append_tag(nonce, Aad::from(name), &mut value).map_err(|_| broken())?;
    let nonce = random::<NONCE_LEN>()?;
    let mut sealed_key = own_key.to_vec();
    let cipher_of_key = keys.cipher(keys.newest).ok_or_else(broken)?;
    let unique = Nonce::assume_unique_for_key(nonce);
    cipher_of_key.seal_in_place_append_tag(unique, Aad::from(name), &mut sealed_key).map_err(|_| broken())?;
    let own_key = STANDARD.encode([nonce.as_slice(), &sealed_key].concat());
    Ok(Sealed { key: keys.newest, own_key, value: STANDARD.encode(value), set_at: at.to_owned() })
}

fn open(keys: &Keys, name: &str, sealed: &Sealed) -> Result<Secret, VaultError> {
    let opened = || -> Option<String> {
        let whole = STANDARD.decode(&sealed.own_key).ok()?;
        let (nonce, sealed_key) = whole.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut own_key = Zeroizing::new(sealed_key.to_vec());
        let own_key = keys.cipher(sealed.key)?.open_in_place(nonce, Aad::from(name), &mut own_key).ok()?;
        let mut value = Zeroizing::new(STANDARD.decode(&sealed.value).ok()?);
        let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
        let value = cipher(own_key)?.open_in_place(nonce, Aad::from(name), &mut value).ok()?;
        String::from_utf8(value.to_vec()).ok()
    };
    let value = opened().ok_or_else(|| VaultError::Sealed { name: name.to_owned() })?;
    Secret::new(value).map_err(|why| VaultError::Value { name: name.to_owned(), why })
}

impl Keys {
    fn cipher(&self, version: u32) -> Option<LessSafeKey> {
        let key = Zeroizing::new(STANDARD.decode(self.keys.get(&version)?.as_bytes()).ok()?);
        cipher(&key)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    const AT: &str = "2026-03-02T09:00:00";

    #[test]
    fn a_secret_comes_back_and_is_nowhere_in_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        vault.set("gateway", "sk_live_4711".to_owned(), AT).unwrap();
        vault.set("books", "another-secret".to_owned(), AT).unwrap();
        assert_eq!(Vault::open(folder.path()).unwrap().get("gateway").unwrap().expose(), "sk_live_4711");
        for file in [SEALED, KEYS] {
            let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
            assert!(!text.contains("4711") && !text.contains(&STANDARD.encode("sk_live_4711")), "{text}");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{file}");
            }
        }
        let names: Vec<String> = vault.list().unwrap().into_iter().map(|shown| shown.name).collect();
        assert_eq!(names, ["books", "gateway"]);
        vault.remove("gateway").unwrap();
        assert!(matches!(vault.get("gateway"), Err(VaultError::Missing { .. })));
    }

    #[test]
    fn rotating_leaves_every_secret_readable_and_the_old_key_worthless() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        vault.set("gateway", "sk_live_4711".to_owned(), AT).unwrap();
        let old = std::fs::read(folder.path().join(KEYS)).unwrap();
        assert_eq!(vault.rotate().unwrap(), 2);
        assert_eq!(vault.get("gateway").unwrap().expose(), "sk_live_4711");
        assert_eq!(vault.list().unwrap()[0].key, 2);
        std::fs::write(folder.path().join(KEYS), old).unwrap();
        let other = Vault::open(folder.path()).unwrap();
        assert!(matches!(other.get("gateway"), Err(VaultError::Sealed { .. })));
    }

    /// A reader that has the secrets as they were, and the keys as they are.
    #[test]
    fn a_rotation_in_the_middle_of_reading_is_not_a_broken_vault() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        vault.set("gateway", "sk_live_4711".to_owned(), AT).unwrap();
        let (before, other) = (vault.now().unwrap(), Vault::open(folder.path()).unwrap());
        other.rotate().unwrap();
        let now = other.now().unwrap();
        *vault.held() = Some(Kept { at: now.at, sealed: before.sealed, keys: now.keys });
        assert_eq!(vault.get("gateway").unwrap().expose(), "sk_live_4711");
    }

    #[test]
    fn what_was_changed_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        vault.set("gateway", "sk_live_4711".to_owned(), AT).unwrap();
        let file = folder.path().join(SEALED);
        // Under another name it does not open: a vault cannot be rearranged.
        let text = std::fs::read_to_string(&file).unwrap().replace("\"gateway\"", "\"books\"");
        std::fs::write(&file, text).unwrap();
        let moved = Vault::open(folder.path()).unwrap();
        assert!(matches!(moved.get("books"), Err(VaultError::Sealed { .. })));
        std::fs::write(&file, "{").unwrap();
        assert!(matches!(Vault::open(folder.path()), Err(VaultError::File { .. })));
        for name in ["", "Upper", "../x", &"x".repeat(61)] {
            assert!(matches!(vault.set(name, "sk_live_4711".to_owned(), AT), Err(VaultError::Name { .. })), "{name}");
        }
    }
}
