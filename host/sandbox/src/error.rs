//! Why a plugin cannot be loaded. A failed call has its own type, [`crate::CallError`].

use thiserror::Error;

#[derive(Debug, Error)]
pub enum SandboxError {
    #[error("{file}: {problem}")]
    Manifest { file: String, problem: String },
    #[error("plugin `{plugin}`: {problem}")]
    Component { plugin: String, problem: String },
    #[error("plugin `{plugin}`: {problem}\n\nhint: {hint}")]
    Refused { plugin: String, problem: String, hint: String },
    #[error("plugin `{plugin}` could not be compiled: {problem}")]
    Compile { plugin: String, problem: String },
    #[error(
        "the cache folder `{folder}` cannot be used: {problem}\n\nhint: make it writable for the hub alone, or name another one"
    )]
    Cache { folder: String, problem: String },
    #[error("the plugin engine did not start: {problem}")]
    Engine { problem: String },
}
