//! Stories and laws of the whole are in `it.rs`; there is no library.
