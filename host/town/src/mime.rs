//! MIME: enough of it to read an e-mail like the person who gets it.

/// Parts within parts beyond this depth are not opened.
const DEPTH_MAX: usize = 6;

/// An e-mail: what its head says, and all words of its body.
pub(crate) struct Mail {
    head: Vec<(String, String)>,
    pub text: String,
}

impl Mail {
    pub(crate) fn parse(raw: &str) -> Self {
        let (head, body) = split(raw);
        let mut text = String::new();
        collect(&head, body, DEPTH_MAX, &mut text);
        Self { head, text }
    }

    /// Empty when there is no such line.
    pub(crate) fn header(&self, name: &str) -> &str {
        header(&self.head, name)
    }

    /// The address in a header such as `To: Firm <a@b.example>`.
    pub(crate) fn address(&self, name: &str) -> &str {
        let value = self.header(name);
        let bare = value.rsplit_once('<').map_or(value, |(_, rest)| rest);
        bare.trim_end_matches('>').trim()
    }
}

fn header<'a>(head: &'a [(String, String)], name: &str) -> &'a str {
    head.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

/// Head, with folded lines put together, and body.
fn split(raw: &str) -> (Vec<(String, String)>, &str) {
    let mut head: Vec<(String, String)> = Vec::new();
    let mut rest = raw;
    while let Some((line, after)) = rest.split_once('\n') {
        rest = after;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = head.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            head.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (head, rest)
}

fn collect(head: &[(String, String)], body: &str, depth: usize, text: &mut String) {
    let kind = header(head, "Content-Type");
    let boundary = kind
        .split(';')
        .filter_map(|part| part.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("boundary"));
    match boundary {
        Some((_, boundary)) if depth > 0 => {
            let mark = format!("--{}", boundary.trim_matches('"'));
            for part in body.split(mark.as_str()).skip(1).filter(|part| !part.starts_with("--")) {
                let (head, body) = split(part.trim_start_matches(['\r', '\n']));
                collect(&head, body, depth - 1, text);
            }
        }
        _ => {
            let bytes = match header(head, "Content-Transfer-Encoding").to_ascii_lowercase().as_str() {
                "base64" => from_base64(body),
                "quoted-printable" => from_quoted(body),
                _ => body.as_bytes().to_vec(),
            };
            text.push_str(&String::from_utf8_lossy(&bytes));
            text.push('\n');
        }
    }
}

fn from_base64(body: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in body.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = ((bits << 6) | u32::from(value)) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn from_quoted(body: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.lines() {
        let (line, soft) = line.strip_suffix('=').map_or((line, false), |line| (line, true));
        let mut rest = line;
        while let Some(at) = rest.find('=') {
            bytes.extend_from_slice(&rest.as_bytes()[..at]);
            let code = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
            match code {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &rest[at + 3..];
                }
                None => {
                    bytes.push(b'=');
                    rest = &rest[at + 1..];
                }
            }
        }
        bytes.extend_from_slice(rest.as_bytes());
        if !soft {
            bytes.push(b'\n');
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_multipart_message_gives_all_its_words() {
        let raw = "From: Nordlicht <rechnung@nordlicht.example>\r\nTo: =?utf-8?B?zprOsQ==?=\r\n <a@b.example>\r\n\
            Content-Type: multipart/alternative;\r\n boundary=\"x=1\"\r\n\r\n--x=1\r\nContent-Type: text/plain; charset=utf-8\r\n\
            Content-Transfer-Encoding: quoted-printable\r\n\r\nRechnung NL-2025=\r\n-0417 =C3=BCber 5 =E2=82=AC\r\n--x=1\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nTkwtMjAyNS0wNDE4\r\n--x=1--\r\n";
        let mail = Mail::parse(raw);
        assert_eq!(mail.address("to"), "a@b.example");
        assert_eq!(
            mail.text.split_whitespace().collect::<Vec<_>>(),
            ["Rechnung", "NL-2025-0417", "über", "5", "€", "NL-2025-0418"]
        );
    }
}
