//! Stories and laws.
