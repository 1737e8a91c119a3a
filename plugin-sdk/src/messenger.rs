//! Written messages: e-mail, letters, short messages.

use crate::{Extension, Instant, Note, Party};

role! {
    /// A plugin that sends what the host wrote, and tells what became of it.
    Messenger
}

record! {
    /// What became of a message.
    Tracking = messenger::Tracking {
        /// The key of the message.
        message: String,
        account: String,
        at: Instant,
        text: String,
    }
}

record! {
    OptOut = messenger::OptOut {
        account: String,
        /// `email`, `letter`, `sms` or `all`.
        medium: String,
        text: String,
    }
}

variant! {
    Fact = messenger::Fact {
        Delivered(Tracking),
        Bounced(Tracking),
        Opened(Tracking),
        Replied(Tracking),
        OptedOut(OptOut),
        Other(Extension),
    }
}

record! {
    /// A finished message: the host wrote every word.
    Message = messenger::Message {
        account: String,
        /// `email`, `letter`, `sms`, `registered-letter`.
        channel: String,
        recipient: Party,
        /// Where to: an e-mail address, a phone number; empty for a letter, which goes to the recipient's address.
        address: String,
        language: String,
        subject: String,
        text: String,
        html: Option<String>,
        notes: Vec<Note>,
    }
}

record! {
    Withdrawal = messenger::Withdrawal {
        message: String,
        account: String,
        reason: String,
    }
}

variant! {
    Effect = messenger::Effect {
        Send(Message),
        Withdraw(Withdrawal),
        Other(Extension),
    }
}
