//! A plugin's own small memory. What a call writes is kept only if the call succeeds, together with its result.

use crate::Result;

#[cfg(target_arch = "wasm32")]
mod host {
    use crate::{Error, Result, guest::wire::kv, mirror::Mirror};

    fn told<T>(answer: std::result::Result<T, kv::Error>) -> Result<T> {
        answer.map_err(|wire| Error::from_wire(wire).unwrap_or_else(|error| error))
    }

    pub(super) fn get(key: &str) -> Result<Option<Vec<u8>>> {
        told(kv::get(key))
    }

    pub(super) fn set(key: &str, value: &[u8]) -> Result<()> {
        told(kv::set(key, value))
    }

    pub(super) fn delete(key: &str) -> Result<()> {
        told(kv::delete(key))
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    use crate::{Result, testing::world};

    pub(super) fn get(key: &str) -> Result<Option<Vec<u8>>> {
        Ok(world(|world| world.kv.get(key).cloned()))
    }

    pub(super) fn set(key: &str, value: &[u8]) -> Result<()> {
        world(|world| world.kv.insert(key.to_owned(), value.to_vec()));
        Ok(())
    }

    pub(super) fn delete(key: &str) -> Result<()> {
        world(|world| world.kv.remove(key));
        Ok(())
    }
}

pub fn get(key: &str) -> Result<Option<Vec<u8>>> {
    host::get(key)
}

pub fn set(key: &str, value: &[u8]) -> Result<()> {
    host::set(key, value)
}

/// Deleting what is not there succeeds.
pub fn delete(key: &str) -> Result<()> {
    host::delete(key)
}
