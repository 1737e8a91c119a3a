//! Compiled components on disk. A compiled component is machine code: only what this installation wrote itself is loaded.

use std::fs::{self, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::error::SandboxError;
use crate::limits::CACHE_FILES_MAX;

const KEY_FILE: &str = "key";
const KEY_LEN: usize = 32;
const MAC_LEN: usize = 32;

/// A folder for the hub alone, with a key that signs what is in it.
pub(crate) struct Cache {
    folder: PathBuf,
    key: [u8; KEY_LEN],
}

impl Cache {
    pub(crate) fn open(folder: &Path) -> Result<Self, SandboxError> {
        let wrong =
            |error: io::Error| SandboxError::Cache { folder: folder.display().to_string(), problem: error.to_string() };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(wrong)?;
        let key = read_key(folder).or_else(|error| new_key(folder, &error)).map_err(wrong)?;
        Ok(Self { folder: folder.to_owned(), key })
    }

    /// The compiled component: from the folder if it is there and genuine, else compiled now and kept.
    pub(crate) fn component(&self, engine: &Engine, plugin: &str, wasm: &[u8]) -> Result<Component, SandboxError> {
        let name = name_of(engine, wasm);
        if let Some(component) = self.load(engine, plugin, &name) {
            return Ok(component);
        }
        let wrong =
            |error: wasmtime::Error| SandboxError::Compile { plugin: plugin.to_owned(), problem: format!("{error:#}") };
        let component = Component::from_binary(engine, wasm).map_err(wrong)?;
        let compiled = component.serialize().map_err(wrong)?;
        if let Err(error) = self.keep(&name, &compiled) {
            tracing::warn!(plugin, %error, "the compiled plugin was not kept; it will be compiled again at the next start");
        }
        Ok(component)
    }

    fn load(&self, engine: &Engine, plugin: &str, name: &str) -> Option<Component> {
        let file = fs::read(self.folder.join(name)).ok()?;
        let (mac, compiled) = file.split_at_checked(MAC_LEN)?;
        if self.mac(name, compiled)?.verify_slice(mac).is_err() {
            tracing::warn!(plugin, file = name, "a compiled plugin was changed by somebody else; it is compiled again");
            return None;
        }
        // SAFETY: `deserialize` runs what it is given. These bytes are in our own memory, so nobody changes them after the
        // check, and their signature says that this installation made them with `serialize`, from this wasm, for this engine.
        #[expect(unsafe_code, reason = "the only way to load compiled code; see above")]
        let component = unsafe { Component::deserialize(engine, compiled) };
        component.inspect_err(|error| tracing::warn!(plugin, %error, "a compiled plugin is compiled again")).ok()
    }

    fn keep(&self, name: &str, compiled: &[u8]) -> io::Result<()> {
        let mac = self.mac(name, compiled).ok_or_else(|| io::Error::other("the cache key has the wrong length"))?;
        let content = [mac.finalize().into_bytes().as_slice(), compiled].concat();
        let half = write_half(&self.folder, &content)?;
        fs::rename(&half, self.folder.join(name))?;
        self.forget_oldest()
    }

    /// The signature covers the name, so that one plugin's code is never taken for another's.
    fn mac(&self, name: &str, compiled: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(&(name.len() as u64).to_le_bytes());
        mac.update(name.as_bytes());
        mac.update(compiled);
        Some(mac)
    }

    fn forget_oldest(&self) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            // Another hub may have removed it meanwhile.
            let modified = entry.metadata().and_then(|meta| meta.modified());
            if let (true, Ok(modified)) = (entry.file_name() != KEY_FILE, modified) {
                files.push((modified, entry.path()));
            }
        }
        files.sort_unstable();
        for (_, path) in files.iter().rev().skip(CACHE_FILES_MAX) {
            let _ = fs::remove_file(path);
        }
        Ok(())
    }
}

/// Another engine setting or another wasmtime is another name.
fn name_of(engine: &Engine, wasm: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let digest: String = Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{:016x}.cwasm", hasher.finish())
}

/// A key that others could read or that was cut is no key; what it signed is compiled again.
fn read_key(folder: &Path) -> io::Result<[u8; KEY_LEN]> {
    let path = folder.join(KEY_FILE);
    if fs::symlink_metadata(&path)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other("others can read the cache key"));
    }
    fs::read(path)?.try_into().map_err(|_| io::Error::other("the cache key has the wrong length"))
}

/// Two hubs that start at once agree on one key: the second finds the name taken.
fn new_key(folder: &Path, because: &io::Error) -> io::Result<[u8; KEY_LEN]> {
    let path = folder.join(KEY_FILE);
    if because.kind() != io::ErrorKind::NotFound {
        tracing::warn!(file = %path.display(), %because, "the key of compiled plugins is replaced");
        fs::remove_file(&path)?;
    }
    let half = write_half(folder, &random::<KEY_LEN>()?)?;
    let linked = fs::hard_link(&half, &path);
    fs::remove_file(half)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => read_key(folder),
    }
}

/// Writes a file under a name of its own, readable for the hub alone.
fn write_half(folder: &Path, content: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(format!("{:016x}.part", u64::from_ne_bytes(random()?)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(content)?;
    file.sync_all()?;
    Ok(path)
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn compiled_files(folder: &Path) -> Vec<PathBuf> {
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|path| path.extension().is_some_and(|ext| ext == "cwasm")).collect()
    }

    #[test]
    fn what_was_compiled_is_found_again_and_the_key_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let cache = Cache::open(folder.path()).unwrap();
        cache.component(&engine, "p", EMPTY).unwrap();
        let name = name_of(&engine, EMPTY);
        assert!(cache.load(&engine, "p", &name).is_some());
        let again = Cache::open(folder.path()).unwrap();
        assert!(again.load(&engine, "p", &name).is_some(), "the key survives a restart");
        assert_eq!(fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_changed_cut_or_renamed_file_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        let cache = Cache::open(folder.path()).unwrap();
        cache.component(&engine, "p", EMPTY).unwrap();
        let name = name_of(&engine, EMPTY);
        let path = compiled_files(folder.path()).pop().unwrap();
        let good = fs::read(&path).unwrap();
        for place in [0, MAC_LEN, good.len() / 2, good.len() - 1] {
            let mut bad = good.clone();
            bad[place] ^= 1;
            fs::write(&path, bad).unwrap();
            assert!(cache.load(&engine, "p", &name).is_none(), "byte {place}");
        }
        fs::write(&path, &good[..MAC_LEN - 1]).unwrap();
        assert!(cache.load(&engine, "p", &name).is_none());
        cache.component(&engine, "p", EMPTY).unwrap();
        assert!(cache.load(&engine, "p", &name).is_some(), "it was compiled again");
        fs::copy(&path, folder.path().join("other.cwasm")).unwrap();
        assert!(cache.load(&engine, "p", "other.cwasm").is_none(), "the name is signed too");
    }

    #[test]
    fn a_key_that_others_could_read_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::default();
        Cache::open(folder.path()).unwrap().component(&engine, "p", EMPTY).unwrap();
        fs::set_permissions(folder.path().join(KEY_FILE), fs::Permissions::from_mode(0o644)).unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        assert!(cache.load(&engine, "p", &name_of(&engine, EMPTY)).is_none());
    }

    #[test]
    fn the_oldest_files_go() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::open(folder.path()).unwrap();
        for n in 0..CACHE_FILES_MAX + 5 {
            cache.keep(&format!("{n}.cwasm"), b"x").unwrap();
        }
        assert_eq!(compiled_files(folder.path()).len(), CACHE_FILES_MAX);
    }
}
