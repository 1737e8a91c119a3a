//! Colleagues: who has to know, and whether they saw it.

use crate::{Extension, Instant, Note, Party};

role! {
    /// A plugin that carries what the host wrote to a colleague, and tells who saw it.
    Notifier
}

record! {
    /// Somebody saw a notification.
    Acknowledgement = notifier::Acknowledgement {
        /// The key of the notification.
        notification: String,
        account: String,
        /// Who, as the other side names them.
        by: String,
        at: Instant,
        /// What they said to it; empty for nothing.
        text: String,
    }
}

variant! {
    Fact = notifier::Fact {
        Acknowledged(Acknowledgement),
        Other(Extension),
    }
}

record! {
    /// A finished notification: the host wrote every word.
    Notification = notifier::Notification {
        /// The account that it is about.
        account: String,
        /// The role that the policy names, such as `sales-rep`.
        recipient_role: String,
        recipient: Party,
        /// Where to, as the operator wrote it for this role.
        address: String,
        language: String,
        subject: String,
        text: String,
        html: Option<String>,
        /// The page of the account; empty when the operator gave the desk no address.
        link: String,
        notes: Vec<Note>,
    }
}

variant! {
    Effect = notifier::Effect {
        Notify(Notification),
        Other(Extension),
    }
}
