//! The bodies of the three: Slack's `chat.postMessage`, a card for Teams, and our own JSON.

use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
pub struct SlackMessage<'n> {
    /// A channel's name or id, or a person's id.
    pub channel: &'n str,
    /// In Slack's own marking.
    pub text: String,
    pub unfurl_links: bool,
}

#[derive(Debug, Deserialize)]
pub struct SlackAnswer {
    pub ok: bool,
    #[serde(default)]
    pub error: String,
    /// The message's name in its channel.
    #[serde(default)]
    pub ts: String,
    #[serde(default)]
    pub channel: String,
}

#[derive(Debug, Serialize)]
pub struct TeamsMessage {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub attachments: [TeamsAttachment; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TeamsAttachment {
    pub content_type: &'static str,
    pub content: Card,
}

#[derive(Debug, Serialize)]
pub struct Card {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub version: &'static str,
    pub body: Vec<TextBlock>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<OpenUrl>,
}

#[derive(Debug, Serialize)]
pub struct TextBlock {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub text: String,
    pub wrap: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub struct OpenUrl {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: &'static str,
    pub url: String,
}

#[derive(Debug, Serialize)]
pub struct WebMessage<'n> {
    /// The same key is the same notification.
    pub key: &'n str,
    pub account: &'n str,
    pub role: &'n str,
    pub address: &'n str,
    pub language: &'n str,
    pub subject: &'n str,
    pub text: &'n str,
    pub link: &'n str,
}
