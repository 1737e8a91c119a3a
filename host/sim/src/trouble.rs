//! Trouble in real processes: what no simulated clock or connection can show. Each of these ends with the same question: is
//! everything there that was acknowledged, and was nothing done twice?

pub mod check;
pub mod crowd;
pub mod cuts;
pub mod disk;
pub mod load;
pub mod moves;
pub mod outage;
pub mod power;
pub mod proxy;
pub mod server;
pub mod worker;
pub mod world;

use clap::Subcommand;

#[derive(Subcommand)]
pub enum Trouble {
    /// A PostgreSQL of our own is stopped in the middle of everything, and started again
    Outage {
        /// How often
        #[arg(long, default_value_t = 3)]
        times: u32,
    },
    /// Connections to PostgreSQL are cut, before, during and after the commit
    Cuts {
        #[arg(long, env = "DUNLIN_TEST_POSTGRES")]
        postgres: String,
        /// Until so many are cut
        #[arg(long, default_value_t = 60)]
        cuts: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The disk of a SQLite database is full, and has room again
    Disk {
        #[arg(long, default_value_t = 3)]
        times: u32,
    },
    /// Power is lost: only what was synced is left, and any part of what was written after it
    Power {
        #[arg(long, default_value_t = 100)]
        things: u64,
        /// Moments at which it is lost
        #[arg(long, default_value_t = 150)]
        moments: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// A disk that only says that it has synced: this has to fail
        #[arg(long)]
        lying: bool,
    },
    /// A workspace moves from SQLite to PostgreSQL in the middle of its weeks, and its history is the same
    Moves {
        #[arg(long, env = "DUNLIN_TEST_POSTGRES")]
        postgres: String,
        #[arg(long, default_value_t = 5)]
        seeds: u64,
    },
}

/// True: nothing was lost or done twice.
pub fn make(trouble: &Trouble) -> Result<bool, String> {
    match trouble {
        Trouble::Outage { times } => outage::run(*times),
        Trouble::Cuts { postgres, cuts, seed } => cuts::run(postgres, *cuts, *seed),
        Trouble::Disk { times } => disk::run(*times),
        Trouble::Power { things, moments, seed, lying } => {
            power::run(&power::Plan { things: *things, moments: *moments, seed: *seed, lying: *lying })
        }
        Trouble::Moves { postgres, seeds } => moves::run(postgres, *seeds),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
