//! The four steps: what comes in is taken, what is due is decided, what was decided goes out once, how it ended comes in.
//!
//! It knows no plugin runtime, no letters and no clock of its own: connectors, scribe, store and clock are handed in. The same
//! code runs in the program and in the simulator.
//!
//! The modules, in the order in which an event meets them:

pub mod limits;
pub mod clock;
pub mod connector;
pub mod scribe;
pub mod turn;
pub mod holds;
pub mod backfill;
pub mod poll;
pub mod reconcile;
pub mod intake;
pub mod moves;
pub mod policies;
pub mod pipeline;
pub mod repair;
pub mod publish;
pub mod rows;
pub mod dispatch;
pub mod figures;
pub mod history;
pub mod relive;
pub mod metrics;
pub mod verify;
pub mod bench;

pub use backfill::Backfill;
pub use clock::Clock;
pub use connector::Connector;
pub use scribe::Scribe;
pub use turn::{Engine, EngineError, Work};
