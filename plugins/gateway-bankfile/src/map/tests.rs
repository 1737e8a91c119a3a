//! What the facts of bank files must be.
