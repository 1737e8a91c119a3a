//! Messages become e-mails and letters; reports and replies become facts.

use dunlin_plugin_sdk::mail::{Address, Email, atom, unatom};
use dunlin_plugin_sdk::messenger::{Fact, Message, OptOut, Tracking};
use dunlin_plugin_sdk::{Batch, Document, Error, Event, Refusal, Rejection, Result, Source, Taken, log};

use crate::Config;
use crate::wire::{Incoming, Letter, Report};

/// Characters of a reply that travel with the fact.
const TEXT_CHARS: usize = 2_000;

/// Whose message it is; it travels in the Message-ID, so that a reply or report names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub key: String,
    pub account: String,
}

impl Identity {
    /// The left side of the Message-ID: `notice=3Acall-day-7=3AINV-1.C-100`.
    pub fn token(&self) -> String {
        format!("{}.{}", atom(&self.key), atom(&self.account))
    }

    /// None: not a token of ours.
    pub fn of_token(token: &str) -> Option<Identity> {
        let (key, account) = token.split_once('.')?;
        Some(Identity { key: unatom(key)?, account: unatom(account)? })
    }
}

pub fn usual_stop_words() -> Vec<String> {
    let words =
        ["stop", "unsubscribe", "abmelden", "abbestellen", "avregistrera", "avsluta", "afmeld", "frameld", "διαγραφή"];
    words.map(str::to_owned).to_vec()
}

/// What the types of the configuration cannot say.
pub fn check(config: &Config) -> Result<()> {
    if let Some(domain) = &config.message_id_domain {
        Address::try_from(format!("id@{domain}"))
            .map_err(|_| Error::misconfigured(format!("`message_id_domain` `{domain}` is not a domain")))?;
    }
    let plain = |url: &String| url.starts_with("https://") && url.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(url) = config.unsubscribe_url.as_ref().filter(|url| !plain(url)) {
        return Err(Error::misconfigured(format!("`unsubscribe_url` `{url}` is not an `https://` address")));
    }
    Ok(())
}

pub fn email(
    config: &Config,
    batch: &Batch,
    identity: &Identity,
    message: &Message,
) -> std::result::Result<Vec<u8>, Rejection> {
    let to = Address::try_from(message.address.trim().to_owned()).map_err(invalid_address)?;
    let token = identity.token();
    let answers_go_to = config.reply_to.as_ref().unwrap_or(&config.from_address);
    // In a URL the equals sign of a token has a meaning of its own.
    let stop = format!("mailto:{}?subject=STOP%20{}", answers_go_to.as_str(), token.replace('=', "%3D"));
    let unsubscribe: Vec<_> = config.unsubscribe_url.iter().cloned().chain([stop]).collect();
    let email = Email {
        from: (config.from_name.as_ref().unwrap_or(&batch.creditor.name), &config.from_address),
        to: (&message.recipient.name, &to),
        reply_to: config.reply_to.as_ref(),
        subject: &message.subject,
        sent_at: batch.at.div_euclid(1000),
        message_id: &format!("{token}@{}", domain(config)),
        unsubscribe: &unsubscribe,
        language: &message.language,
        text: &message.text,
        html: message.html.as_deref(),
    };
    Ok(email.write())
}

pub fn letter(batch: &Batch, message: &Message) -> std::result::Result<Vec<u8>, Rejection> {
    let recipient = &message.recipient;
    if recipient.address.iter().all(|line| line.trim().is_empty()) {
        return Err(invalid_address(format!("`{}` has no postal address", recipient.name)));
    }
    let letter = Letter {
        language: &message.language,
        country: &recipient.country,
        sender: &batch.creditor.name,
        sender_address: &batch.creditor.address,
        recipient: &recipient.name,
        recipient_address: &recipient.address,
        date: &batch.today.to_string(),
        subject: &message.subject,
        text: &message.text,
        html: message.html.as_deref(),
    };
    Ok(letter.write().into_bytes())
}

/// What an incoming e-mail says about one of our messages.
pub fn facts(document: &Document, config: &Config) -> std::result::Result<Taken<Fact>, Refusal> {
    let incoming = Incoming::parse(&document.bytes).map_err(|reason| document.refusal("", reason))?;
    let identity = identity(&incoming, config).ok_or_else(|| {
        let reason = format!("it answers no message of ours: no Message-ID at `{}` is quoted", domain(config));
        document.refusal("", reason)
    })?;
    let facts = match &incoming.report {
        Some(report) => fact_of_report(report, &incoming, &identity).into_iter().collect(),
        None if incoming.mail.automatic => {
            log::info(format!("`{}` is an automatic answer; it says nothing", document.name));
            Vec::new()
        }
        None => facts_of_reply(&incoming, &identity, &config.stop_words),
    };
    // Without a Message-ID of its own, the moment and the message tell it from others.
    let id = incoming.mail.message_id.clone().unwrap_or_else(|| format!("{}@{}", identity.token(), incoming.mail.at));
    let event = |fact: Fact| Event {
        source: Source {
            key: format!("{id}:{}", suffix(&fact)),
            version: None,
            digest: None,
            document: document.name.clone(),
            place: String::new(),
            occurred_on: incoming.mail.day,
        },
        fact,
    };
    Ok(Taken::new(facts.into_iter().map(event).collect()))
}

/// From the Message-IDs that it quotes, or from the subject of a stop request.
fn identity(incoming: &Incoming, config: &Config) -> Option<Identity> {
    let quoted = incoming.mail.answers.iter().filter_map(|id| {
        let (token, at) = id.trim_matches(['<', '>']).rsplit_once('@')?;
        if at.eq_ignore_ascii_case(domain(config)) { Identity::of_token(token) } else { None }
    });
    let in_subject = || {
        let words = incoming.mail.subject.split_whitespace();
        words.map(|word| word.replace("%3D", "=")).find_map(|word| Identity::of_token(&word))
    };
    let found = quoted.into_iter().next();
    found.or_else(|| if asks_to_stop(&incoming.mail.subject, &config.stop_words) { in_subject() } else { None })
}

fn fact_of_report(report: &Report, incoming: &Incoming, identity: &Identity) -> Option<Fact> {
    let text = match report.diagnostic.as_str() {
        "" => report.status.clone(),
        diagnostic => format!("{}: {diagnostic}", report.status),
    };
    let tracking = tracking(incoming, identity, &text);
    match (report.action.as_str(), report.status.chars().next()) {
        ("failed", _) => Some(Fact::Bounced(tracking)),
        ("delivered" | "relayed" | "expanded", _) => Some(Fact::Delivered(tracking)),
        // Delayed: the server goes on trying, and will report again.
        ("delayed", _) => None,
        (_, Some('5')) => Some(Fact::Bounced(tracking)),
        (_, Some('2')) => Some(Fact::Delivered(tracking)),
        _ => None,
    }
}

fn facts_of_reply(incoming: &Incoming, identity: &Identity, stop_words: &[String]) -> Vec<Fact> {
    let own: Vec<&str> = incoming.mail.text.lines().map(str::trim).filter(|line| !line.starts_with('>')).collect();
    let (stops, rest): (Vec<&str>, Vec<&str>) =
        own.iter().copied().filter(|line| !line.is_empty()).partition(|line| asks_to_stop(line, stop_words));
    let stop = !stops.is_empty() || asks_to_stop(&incoming.mail.subject, stop_words);
    let text = own.join("\n").trim().to_owned();
    let mut facts = Vec::new();
    // Whoever only says stop has said nothing that a person has to read.
    if !rest.is_empty() || !stop {
        facts.push(Fact::Replied(tracking(incoming, identity, &text)));
    }
    if stop {
        let account = identity.account.clone();
        facts.push(Fact::OptedOut(OptOut { account, medium: "email".to_owned(), text: cut(&text) }));
    }
    facts
}

/// The word alone, or as the subject of our own opt-out address: `Re: STOP`, `stop!`, `STOP notice=3A….C-100`.
fn asks_to_stop(line: &str, stop_words: &[String]) -> bool {
    let said = line.rsplit(": ").next().unwrap_or_default();
    let mut words = said.split_whitespace();
    let first = words.next().unwrap_or_default().trim_matches(|sign: char| !sign.is_alphanumeric()).to_lowercase();
    let rest: Vec<_> = words.collect();
    let alone = match rest.as_slice() {
        [] => true,
        [token] => Identity::of_token(&token.replace("%3D", "=")).is_some(),
        _ => false,
    };
    alone && stop_words.iter().any(|word| word.to_lowercase() == first)
}

fn tracking(incoming: &Incoming, identity: &Identity, text: &str) -> Tracking {
    let Identity { key, account } = identity.clone();
    Tracking { message: key, account, at: incoming.mail.at, text: cut(text) }
}

fn suffix(fact: &Fact) -> &'static str {
    match fact {
        Fact::Delivered(_) => "delivered",
        Fact::Bounced(_) => "bounced",
        Fact::Opened(_) => "opened",
        Fact::Replied(_) => "replied",
        Fact::OptedOut(_) => "opted-out",
        Fact::Other(_) => "other",
    }
}

fn domain(config: &Config) -> &str {
    config.message_id_domain.as_deref().unwrap_or(config.from_address.domain())
}

fn invalid_address(reason: String) -> Rejection {
    Rejection { code: "invalid-address".to_owned(), reason }
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_carries_every_key_and_account() {
        for (key, account) in
            [("notice:call-day-7:INV-1:cycle-1", "C-100"), ("", ""), ("a.b@c <d>=\"", "Ωmega 7"), ("=", "=41")]
        {
            let identity = Identity { key: key.to_owned(), account: account.to_owned() };
            let token = identity.token();
            assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=-_.".contains(&byte)), "{token}");
            assert_eq!(Identity::of_token(&token), Some(identity));
        }
        for foreign in ["", "a", "a.", ".a", "a.b.c", "a=4.b", "a=ZZ.b", "ä.b", "CAF+abc"] {
            assert_eq!(Identity::of_token(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn a_stop_word_stands_alone() {
        let words = usual_stop_words();
        for yes in
            ["STOP", "stop!", "Re: Stop", "AW: Abmelden.", "ΔΙΑΓΡΑΦΉ", "STOP notice=3Aa.C-1", "stop notice%3D3Aa.C-1"]
        {
            assert!(asks_to_stop(yes, &words), "{yes}");
        }
        for no in ["", "please stop the delivery", "stopped", "STOP and think", "Re: Mahnung"] {
            assert!(!asks_to_stop(no, &words), "{no}");
        }
    }
}
