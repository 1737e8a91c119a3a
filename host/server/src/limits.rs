//! Bounds of the shell, with their units, in one place; the engine has its own.

use std::time::Duration;

/// A configuration, policy or template file, in bytes.
pub const FILE_LEN_MAX: u64 = 1 << 20;
/// Pieces of what is old that move to history after one turn.
pub const PIECES_PER_TURN_MAX: u32 = 4;
/// Seals that are made after one turn, and rows of them that are read at once.
pub const SEALS_PER_TURN_MAX: u32 = 200;
/// A plugin component, in bytes.
pub const COMPONENT_LEN_MAX: u64 = 20 << 20;
/// What the process may have that compiles one: bytes of memory, and time, of the processor and of the clock.
pub const COMPILE_MEMORY: u64 = 3 << 30;
pub const COMPILE_TIME: Duration = Duration::from_secs(180);
