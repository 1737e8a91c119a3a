//! Notifications become e-mails; answers that quote them become acknowledgements.

use dunlin_plugin_sdk::mail::{Address, Email, atom, unatom};
use dunlin_plugin_sdk::notifier::{Acknowledgement, Fact, Notification};
use dunlin_plugin_sdk::{Batch, Document, Error, Event, Refusal, Rejection, Result, Source, Taken, log};

use crate::Config;
use crate::wire::Answer;

/// Characters of an answer that travel with the fact.
const TEXT_CHARS: usize = 2_000;

/// What the types of the configuration cannot say.
pub fn check(config: &Config) -> Result<()> {
    let Some(domain) = &config.message_id_domain else { return Ok(()) };
    let sound = Address::try_from(format!("id@{domain}")).is_ok();
    if sound { Ok(()) } else { Err(Error::misconfigured(format!("`message_id_domain` `{domain}` is not a domain"))) }
}

pub fn email(
    config: &Config,
    batch: &Batch,
    key: &str,
    notification: &Notification,
) -> std::result::Result<Vec<u8>, Rejection> {
    let to = Address::try_from(notification.address.trim().to_owned()).map_err(|reason| Rejection {
        code: "invalid-address".to_owned(),
        reason: format!("for `{}`: {reason}", notification.recipient_role),
    })?;
    let text = match notification.link.as_str() {
        "" => notification.text.clone(),
        link => format!("{}\n\n{link}\n", notification.text.trim_end()),
    };
    let email = Email {
        from: (config.from_name.as_ref().unwrap_or(&batch.creditor.name), &config.from_address),
        to: (&notification.recipient.name, &to),
        reply_to: config.reply_to.as_ref(),
        subject: &notification.subject,
        sent_at: batch.at.div_euclid(1000),
        message_id: &format!("{}.{}@{}", atom(key), atom(&notification.account), domain(config)),
        unsubscribe: &[],
        language: &notification.language,
        text: &text,
        html: None,
    };
    Ok(email.write())
}

/// An answer to one of our notifications.
pub fn facts(document: &Document, config: &Config) -> std::result::Result<Taken<Fact>, Refusal> {
    let answer = Answer::parse(&document.bytes).map_err(|reason| document.refusal("", reason))?;
    let mail = &answer.mail;
    let quoted = mail.answers.iter().find_map(|id| notification_of(id, config));
    let (notification, account) = quoted.ok_or_else(|| {
        let reason = format!("it answers no notification of ours: no Message-ID at `{}` is quoted", domain(config));
        document.refusal("", reason)
    })?;
    if mail.automatic {
        log::info(format!("`{}` is an automatic answer; it says nothing", document.name));
        return Ok(Taken::new(Vec::new()));
    }
    let id = mail.message_id.clone().unwrap_or_else(|| format!("{notification}@{}", mail.at));
    let source = Source {
        key: format!("{id}:acknowledged"),
        version: None,
        digest: None,
        document: document.name.clone(),
        place: String::new(),
        occurred_on: mail.day,
    };
    let text = answer.own_text().chars().take(TEXT_CHARS).collect();
    let fact =
        Fact::Acknowledged(Acknowledgement { notification, account, by: answer.from.clone(), at: mail.at, text });
    Ok(Taken::new(vec![Event { source, fact }]))
}

/// Key and account of the notification that a Message-ID of ours names.
fn notification_of(id: &str, config: &Config) -> Option<(String, String)> {
    let (token, at) = id.trim_matches(['<', '>']).rsplit_once('@')?;
    if !at.eq_ignore_ascii_case(domain(config)) {
        return None;
    }
    let (key, account) = token.split_once('.')?;
    Some((unatom(key)?, unatom(account)?))
}

fn domain(config: &Config) -> &str {
    config.message_id_domain.as_deref().unwrap_or_else(|| config.from_address.domain())
}
