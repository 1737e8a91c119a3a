//! What the operator binds a connection to: an address, and who we are there. And what of it a plugin asks for.

use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::limits::EXCHANGE_TIME_MAX;
use crate::secret::SecretRef;

/// A binding that cannot be.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("`{key}`: {problem}\n\nhint: {hint}")]
pub struct Wrong {
    pub key: &'static str,
    pub problem: String,
    pub hint: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Scheme, host, port and the path below which everything lies.
    pub url: String,
    #[serde(default)]
    pub auth: Auth,
    #[serde(default)]
    pub secret: Option<SecretRef>,
    /// For `basic`.
    #[serde(default)]
    pub user: Option<String>,
    /// For `header`: its name; `prefix` stands before the secret.
    #[serde(default)]
    pub header: Option<String>,
    #[serde(default)]
    pub prefix: Option<String>,
    /// For `query`: the parameter's name.
    #[serde(default)]
    pub parameter: Option<String>,
    /// For `oauth2`: where tokens are given (client credentials, RFC 6749 section 4.4), to whom, and for what.
    #[serde(default)]
    pub token_url: Option<String>,
    #[serde(default)]
    pub client_id: Option<String>,
    #[serde(default)]
    pub scope: Option<String>,
    /// Networks of one's own that it may reach, such as `10.1.0.0/16`. Only there HTTP may go without TLS.
    #[serde(default)]
    pub allow: Vec<IpNet>,
    /// A file with certificates that are trusted besides the system's.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Seconds that an exchange may take.
    #[serde(default)]
    pub timeout_seconds: Option<u16>,
}

/// How we say who we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    #[default]
    None,
    Bearer,
    Basic,
    Header,
    Query,
    OAuth2,
}

/// What of a connection a plugin may use: its manifest says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub methods: Vec<String>,
    /// Prefixes below the bound address: `/v1` and everything behind `/v1/`.
    pub paths: Vec<String>,
}

impl Binding {
    /// The address, if everything that belongs to the way of signing is there, and nothing else.
    pub fn check(&self) -> Result<Url, Wrong> {
        let wrong = |key, problem: String, hint: &str| Err(Wrong { key, problem, hint: hint.to_owned() });
        let base = address("url", &self.url)?;
        if base.scheme() == "http" && self.allow.is_empty() {
            let problem = format!("`{}` is not encrypted", self.url);
            return wrong("url", problem, "use `https`; within your own network name that network in `allow`");
        }
        if let Some(token_url) = &self.token_url {
            address("token_url", token_url)?;
        }
        let given = [
            ("secret", self.secret.is_some()),
            ("user", self.user.is_some()),
            ("header", self.header.is_some()),
            ("parameter", self.parameter.is_some()),
            ("token_url", self.token_url.is_some()),
            ("client_id", self.client_id.is_some()),
        ];
        let needed: &[&str] = match self.auth {
            Auth::None => &[],
            Auth::Bearer => &["secret"],
            Auth::Basic => &["secret", "user"],
            Auth::Header => &["secret", "header"],
            Auth::Query => &["secret", "parameter"],
            Auth::OAuth2 => &["secret", "token_url", "client_id"],
        };
        for (key, is_given) in given {
            let is_needed = needed.contains(&key);
            if is_given != is_needed {
                let problem = if is_needed { "it is missing" } else { "it means nothing" };
                let hint = match needed.is_empty() {
                    true => {
                        "`auth = \"none\"` takes nothing; others are bearer, basic, header, query, oauth2".to_owned()
                    }
                    false => format!("this `auth` takes `{}`", needed.join("`, `")),
                };
                return wrong(key, format!("{problem} with this `auth`"), &hint);
            }
        }
        if self.timeout_seconds.is_some_and(|seconds| seconds == 0 || u64::from(seconds) > EXCHANGE_TIME_MAX.as_secs())
        {
            let most = EXCHANGE_TIME_MAX.as_secs();
            return wrong("timeout_seconds", "it is out of bounds".to_owned(), &format!("allowed: 1 to {most}"));
        }
        Ok(base)
    }
}

/// An address that says where, and nothing of who.
fn address(key: &'static str, text: &str) -> Result<Url, Wrong> {
    let hint = "write it like `https://api.example.com/v2`";
    let wrong = |problem: String| Wrong { key, problem, hint: hint.to_owned() };
    let url = Url::parse(text).map_err(|error| wrong(format!("`{text}`: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(format!("`{text}` is no address of HTTP")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("it names a user".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(format!("`{text}` has a query or a fragment")));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test may

    use super::*;

    fn check(text: &str) -> Result<Url, String> {
        let binding: Binding = toml::from_str(text).map_err(|error| error.to_string())?;
        binding.check().map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn a_binding_says_where_and_who() {
        let url = "url = \"https://API.Example.com./v2/\"\n";
        assert_eq!(check(url).unwrap().as_str(), "https://api.example.com./v2/");
        for good in [
            "auth = \"bearer\"\nsecret = \"x\"",
            "auth = \"basic\"\nuser = \"hub\"\nsecret = { env = \"X\" }",
            "auth = \"header\"\nheader = \"x-api-key\"\nsecret = { file = \"x\" }",
            "auth = \"query\"\nparameter = \"key\"\nsecret = { command = [\"pass\", \"x\"] }",
            "auth = \"oauth2\"\ntoken_url = \"https://id.example.com/token\"\nclient_id = \"hub\"\nsecret = \"x\"",
        ] {
            assert!(check(&format!("{url}{good}")).is_ok(), "{good}");
        }
    }

    #[test]
    fn what_cannot_be_is_named_with_its_key() {
        let url = "url = \"https://api.example.com\"\n";
        for (text, told) in [
            ("url = \"api.example.com\"".to_owned(), "`url`"),
            ("url = \"ftp://api.example.com\"".to_owned(), "no address of HTTP"),
            ("url = \"https://hub:pw@api.example.com\"".to_owned(), "it names a user"),
            ("url = \"https://api.example.com?key=1\"".to_owned(), "has a query"),
            ("url = \"http://api.example.com\"".to_owned(), "is not encrypted"),
            (format!("{url}auth = \"bearer\""), "`secret`: it is missing"),
            (format!("{url}secret = \"x\""), "`secret`: it means nothing"),
            (format!("{url}auth = \"bearer\"\nsecret = \"x\"\nuser = \"u\""), "`user`: it means nothing"),
            (format!("{url}auth = \"magic\""), "`bearer`"),
            (format!("{url}timeout_seconds = 0"), "allowed: 1 to 120"),
            (format!("{url}allow = [\"10.0.0.0/33\"]"), "allow"),
            (format!("{url}pasword = \"x\""), "unknown field `pasword`"),
            (format!("{url}secret = 5"), "`{ env = "),
        ] {
            let error = check(&text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
