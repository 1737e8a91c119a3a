//! The outside world of the demo.
