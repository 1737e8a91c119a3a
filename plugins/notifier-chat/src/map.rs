//! Notifications become messages; answers become outcomes.

use dunlin_plugin_sdk::http::Answer;
use dunlin_plugin_sdk::notifier::Notification;
use dunlin_plugin_sdk::{Error, Outcome, Result};

use crate::wire::{Card, OpenUrl, SlackAnswer, SlackMessage, TeamsAttachment, TeamsMessage, TextBlock, WebMessage};

/// Characters of a text; Slack cuts what is longer than 40,000, and nobody reads it.
const TEXT_CHARS: usize = 4_000;

pub fn slack(notification: &Notification) -> SlackMessage<'_> {
    let mut text = format!("*{}*\n{}", marked(&notification.subject), marked(&short(&notification.text)));
    if !notification.link.is_empty() {
        text.push_str(&format!("\n<{}>", notification.link));
    }
    SlackMessage { channel: notification.address.trim(), text, unfurl_links: false }
}

/// The three signs that Slack's marking reads (its guide to formatting says which).
fn marked(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

pub fn teams(notification: &Notification) -> TeamsMessage {
    let block = |text: String, weight| TextBlock { kind: "TextBlock", text, wrap: true, weight };
    let paragraphs = short(&notification.text);
    let mut body = vec![block(plain(&notification.subject), Some("Bolder"))];
    body.extend(paragraphs.split("\n\n").filter(|part| !part.trim().is_empty()).map(|part| block(plain(part), None)));
    let open = |url: &String| OpenUrl { kind: "Action.OpenUrl", title: "Dunlin", url: url.clone() };
    let actions = Some(&notification.link).filter(|link| !link.is_empty()).map(open).into_iter().collect();
    let content = Card { kind: "AdaptiveCard", version: "1.4", body, actions };
    let attachment = TeamsAttachment { content_type: "application/vnd.microsoft.card.adaptive", content };
    TeamsMessage { kind: "message", attachments: [attachment] }
}

/// Cards read some of Markdown: its signs in a name or a number are not meant.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '*' | '_' | '[' | ']' | '\\' | '`' | '~' | '#') {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}

pub fn web<'n>(key: &'n str, notification: &'n Notification) -> WebMessage<'n> {
    WebMessage {
        key,
        account: &notification.account,
        role: &notification.recipient_role,
        address: &notification.address,
        language: &notification.language,
        subject: &notification.subject,
        text: &notification.text,
        link: &notification.link,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text.to_owned(),
    }
}

/// Slack says with status 200 what went wrong.
pub fn slack_outcome(answer: Answer) -> Result<Outcome> {
    if !answer.is_good() {
        return outcome(answer);
    }
    let said: SlackAnswer = match answer.json() {
        Ok(said) => said,
        // It took the request, and what it said of it was lost.
        Err(error) => return Ok(Outcome::Unknown(error.message)),
    };
    if said.ok {
        return Ok(Outcome::done(format!("{}/{}", said.channel, said.ts)));
    }
    let told = format!("Slack says `{}`", said.error);
    match said.error.as_str() {
        "channel_not_found" | "is_archived" | "not_in_channel" | "user_not_found" => {
            let reason = format!("{told}: look at the address of this colleague, and invite the app to the channel");
            Ok(Outcome::rejected("invalid-address", reason))
        }
        "invalid_auth"
        | "not_authed"
        | "account_inactive"
        | "token_expired"
        | "token_revoked"
        | "missing_scope"
        | "no_permission"
        | "not_allowed_token_type" => {
            Err(Error::misconfigured(told).hint("the secret is a bot's token with the right `chat:write`"))
        }
        "ratelimited" | "rate_limited" | "service_unavailable" | "request_timeout" => Err(Error::retry_later(told)),
        // By Slack's own words some of it may have been done.
        "fatal_error" | "internal_error" => Ok(Outcome::Unknown(told)),
        _ => Ok(Outcome::rejected("refused", told)),
    }
}

/// A server error after a message was sent may come from behind the message.
pub fn outcome(answer: Answer) -> Result<Outcome> {
    match answer.status {
        200..=299 => Ok(Outcome::done(format!("status {}", answer.status))),
        503 | 429 => answer.ok().map(|_| Outcome::done("")),
        500..=599 => Ok(Outcome::Unknown(format!("the other side answered {}", answer.status))),
        401 | 403 => answer.ok().map(|_| Outcome::done("")),
        _ => match answer.ok() {
            Ok(_) => Ok(Outcome::done("")),
            Err(error) => Ok(Outcome::rejected("refused", error.message)),
        },
    }
}
