//! Deliberate mistakes, one at a time, for the proof that the simulator finds them. Without the feature `mutations` none of this
//! exists in the program.

/// A safeguard that can be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutation {
    /// T2 writes although another host has taken the lane over.
    Fence,
    /// T1 takes a source key that it knows.
    InboxKey,
    /// The cursor moves before the page is taken, in a transaction of its own.
    Cursor,
    /// No mark is left behind: after a crash an effect looks as if it had never gone out.
    Mark,
    /// Nothing is asked again at the moment of dispatch.
    Recheck,
    /// What was left in the air is sent again, whatever its class.
    Class,
    /// Keys are believed to live for ever at the other side.
    KeyLife,
    /// What the other side says it did is not held against what it was asked for.
    Integrity,
}

impl Mutation {
    pub const ALL: [Mutation; 8] = [
        Self::Fence,
        Self::InboxKey,
        Self::Cursor,
        Self::Mark,
        Self::Recheck,
        Self::Class,
        Self::KeyLife,
        Self::Integrity,
    ];

    /// Is the mistake made in this run?
    #[cfg(not(feature = "mutations"))]
    #[inline(always)]
    pub fn is_on(self) -> bool {
        false
    }

    #[cfg(feature = "mutations")]
    pub fn is_on(self) -> bool {
        switch::ON.load(std::sync::atomic::Ordering::Relaxed) == self as u8 + 1
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Fence => "fence",
            Self::InboxKey => "inbox-key",
            Self::Cursor => "cursor",
            Self::Mark => "mark",
            Self::Recheck => "re-check",
            Self::Class => "class",
            Self::KeyLife => "key-life",
            Self::Integrity => "integrity",
        }
    }
}

/// Makes the mistake from now on, in the whole process; none: makes none.
#[cfg(feature = "mutations")]
pub fn make(mutation: Option<Mutation>) {
    switch::ON.store(mutation.map_or(0, |one| one as u8 + 1), std::sync::atomic::Ordering::Relaxed);
}

#[cfg(feature = "mutations")]
mod switch {
    pub static ON: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
}
