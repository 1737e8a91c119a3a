//! What a manifest says of how a system signs.

use serde::Deserialize;

/// How what a system tells is proven. There is no default: who says nothing hears nothing.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Signature {
    /// A header has an HMAC of the body as it came.
    BodyHmac {
        header: String,
        #[serde(default)]
        hash: Hash,
        encoding: Encoding,
        /// What stands before the value, such as `sha256=`.
        #[serde(default)]
        prefix: String,
    },
    /// A header has a time and HMACs of `TIME.BODY` in hex: `t=1492774577,v1=5257...,v1=...`.
    TimedHmac {
        header: String,
        #[serde(default = "t")]
        time: String,
        #[serde(default = "v1")]
        value: String,
    },
    /// Standard Webhooks (standardwebhooks.com): `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    StandardWebhooks {},
    /// A header has an HMAC with SHA-1, in base64, of our address and the fields of the form behind it, ordered by name.
    FormHmac { header: String },
    /// A JSON document has items, and each an HMAC with SHA-256, in base64, of some of its fields, joined by `:`. The secret is the
    /// key in hex.
    ItemHmac {
        /// JSON pointer to the list.
        items: String,
        /// From an item to the object with the fields; empty: the item itself.
        #[serde(default)]
        item: String,
        /// From there to each field; one that is missing is empty.
        fields: Vec<String>,
        /// From there to the HMAC.
        value: String,
    },
    /// The secret itself stands in a header or in the query. It proves who speaks, and nothing of what is said: for systems that can
    /// call an address and no more, over TLS.
    SharedSecret {
        #[serde(default)]
        header: Option<String>,
        #[serde(default)]
        parameter: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    Sha1,
    #[default]
    Sha256,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    Hex,
    Base64,
}

fn t() -> String {
    "t".to_owned()
}

fn v1() -> String {
    "v1".to_owned()
}

impl Signature {
    /// Whether what the manifest says can be.
    ///
    /// # Errors
    ///
    /// What is wrong, with the key and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let header = |name: &String| match !name.is_empty() && name.bytes().all(is_of_a_name) {
            true => Ok(()),
            false => Err(format!("`signature.header` is `{name}`; write it like `x-signature`")),
        };
        match self {
            Self::BodyHmac { header: name, .. }
            | Self::TimedHmac { header: name, .. }
            | Self::FormHmac { header: name } => header(name),
            Self::StandardWebhooks {} => Ok(()),
            Self::ItemHmac { items, item, fields, value } => {
                let pointers = [items, value].into_iter().chain(fields);
                if fields.is_empty() {
                    return Err(
                        "`signature.fields` is empty; it names what is signed, such as `/amount/value`".to_owned()
                    );
                }
                match pointers.chain((!item.is_empty()).then_some(item)).find(|pointer| !pointer.starts_with('/')) {
                    None => Ok(()),
                    Some(pointer) => Err(format!("`signature` has `{pointer}`; a JSON pointer begins with `/`")),
                }
            }
            Self::SharedSecret { header: Some(name), parameter: None } => header(name),
            Self::SharedSecret { header: None, parameter: Some(name) } if !name.is_empty() => Ok(()),
            Self::SharedSecret { .. } => {
                Err("`signature` of the scheme `shared-secret` has either `header` or `parameter`".to_owned())
            }
        }
    }

    /// Our own address is signed too.
    pub fn needs_address(&self) -> bool {
        matches!(self, Self::FormHmac { .. })
    }
}

fn is_of_a_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}
