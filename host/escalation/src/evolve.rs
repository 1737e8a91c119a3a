//! How a fact changes an account. Total: every fact is taken, in any order; what makes no sense changes nothing.

use crate::account::Account;
use crate::event::Event;

pub fn evolve(_account: &mut Account, _event: &Event) {}
