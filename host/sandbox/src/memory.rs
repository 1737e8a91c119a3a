//! A plugin's own small memory: read through to the host's store, written only when the call has succeeded.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use escalation::DateTime;

use crate::bindings::types::Error;
use crate::convert::{broken, retry_later};
use crate::limits::{KEY_LEN_MAX, MEMORY_LEN_MAX, VALUE_LEN_MAX, WRITES_MAX};

/// Where the host keeps what plugins remember, and what they were told.
#[async_trait]
pub trait Memory: Send + Sync {
    async fn get(&self, plugin: &str, key: &str) -> Result<Option<Vec<u8>>, String>;
    /// Bytes of all keys and values of the plugin.
    async fn size(&self, plugin: &str) -> Result<u64, String>;
    /// What a plugin was told by webhooks after a place, in order: the place, when it came, and [`crate::Told`] as text.
    async fn heard(&self, plugin: &str, after: i64, limit: u32) -> Result<Vec<(i64, DateTime, String)>, String> {
        let _ = (plugin, after, limit);
        Ok(Vec::new())
    }
}

/// The memory as one call sees it.
pub(crate) struct Kv {
    plugin: Arc<str>,
    memory: Arc<dyn Memory>,
    writes: BTreeMap<String, Option<Vec<u8>>>,
    /// Bytes that the plugin would have if the writes were kept; asked for once.
    size: Option<u64>,
}

impl Kv {
    pub(crate) fn new(plugin: Arc<str>, memory: Arc<dyn Memory>) -> Self {
        Self { plugin, memory, writes: BTreeMap::new(), size: None }
    }

    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        check_key(key)?;
        match self.writes.get(key) {
            Some(written) => Ok(written.clone()),
            None => self.memory.get(&self.plugin, key).await.map_err(away),
        }
    }

    /// `None` deletes.
    pub(crate) async fn put(&mut self, key: String, value: Option<Vec<u8>>) -> Result<(), Error> {
        check_key(&key)?;
        if value.as_ref().is_some_and(|value| value.len() > VALUE_LEN_MAX) {
            return Err(broken(format!("the value of `{key}` is larger than {VALUE_LEN_MAX} bytes")));
        }
        if self.writes.len() >= WRITES_MAX && !self.writes.contains_key(&key) {
            return Err(broken(format!("more than {WRITES_MAX} keys are written in one call")));
        }
        let before = self.get(&key).await?;
        let size = match self.size {
            Some(size) => size,
            None => self.memory.size(&self.plugin).await.map_err(away)?,
        };
        let weight = |value: &Option<Vec<u8>>| value.as_ref().map_or(0, |value| (key.len() + value.len()) as u64);
        let after = size.saturating_sub(weight(&before)) + weight(&value);
        if value.is_some() && after > MEMORY_LEN_MAX {
            return Err(broken(format!("with `{key}` it would remember more than {MEMORY_LEN_MAX} bytes")));
        }
        self.size = Some(after);
        self.writes.insert(key, value);
        Ok(())
    }

    pub(crate) fn into_writes(self) -> Vec<(String, Option<Vec<u8>>)> {
        self.writes.into_iter().collect()
    }
}

fn check_key(key: &str) -> Result<(), Error> {
    match key.is_empty() || key.len() > KEY_LEN_MAX || key.chars().any(char::is_control) {
        true => Err(broken(format!("a key has 1 to {KEY_LEN_MAX} bytes and no control characters"))),
        false => Ok(()),
    }
}

pub(crate) fn away(problem: String) -> Error {
    retry_later(format!("the hub's store did not answer: {problem}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Full(u64);

    #[async_trait]
    impl Memory for Full {
        async fn get(&self, _plugin: &str, key: &str) -> Result<Option<Vec<u8>>, String> {
            Ok((key == "old").then(|| vec![7; 100]))
        }
        async fn size(&self, _plugin: &str) -> Result<u64, String> {
            Ok(self.0)
        }
    }

    fn kv(size: u64) -> Kv {
        Kv::new("p".into(), Arc::new(Full(size)))
    }

    #[tokio::test]
    async fn a_call_reads_its_own_writes() {
        let mut kv = kv(103);
        assert_eq!(kv.get("old").await.unwrap(), Some(vec![7; 100]));
        kv.put("old".into(), None).await.unwrap();
        kv.put("new".into(), Some(vec![1])).await.unwrap();
        assert_eq!(kv.get("old").await.unwrap(), None);
        assert_eq!(kv.get("new").await.unwrap(), Some(vec![1]));
        assert_eq!(kv.into_writes(), vec![("new".into(), Some(vec![1])), ("old".into(), None)]);
    }

    #[tokio::test]
    async fn the_quota_counts_what_would_be_there_afterwards() {
        let mut kv = kv(MEMORY_LEN_MAX);
        let error = kv.put("new".into(), Some(vec![1])).await.unwrap_err();
        assert!(error.message.contains("more than"), "{}", error.message);
        kv.put("old".into(), Some(vec![1; 100])).await.unwrap();
        kv.put("old".into(), None).await.unwrap();
        kv.put("new".into(), Some(vec![1; 100])).await.unwrap();
        assert!(kv.put("more".into(), Some(vec![1])).await.is_err());
    }

    #[tokio::test]
    async fn keys_and_values_are_bounded() {
        let mut kv = kv(0);
        assert!(kv.put(String::new(), None).await.is_err());
        assert!(kv.put("a\u{1b}b".into(), None).await.is_err());
        assert!(kv.put("k".repeat(KEY_LEN_MAX + 1), None).await.is_err());
        assert!(kv.put("k".into(), Some(vec![0; VALUE_LEN_MAX + 1])).await.is_err());
        for n in 0..WRITES_MAX {
            kv.put(n.to_string(), Some(vec![0])).await.unwrap();
        }
        assert!(kv.put("one more".into(), Some(vec![0])).await.is_err());
        kv.put("0".into(), Some(vec![1])).await.unwrap();
    }
}
