//! What a plugin author needs.
