//! Gets a file from the internet: by TLS, from a public address, up to a size, following nobody.

use std::path::Path;

use egress::{Binding, Connection, Grant, Request, Secrets, Vault};

/// # Errors
///
/// Why there is no file, with what to do.
pub async fn get(address: &str, len_max: usize, folder: &Path) -> Result<Vec<u8>, String> {
    let start = address.find("://").map_or(0, |at| at + 3);
    let Some(slash) = address[start..].find('/').map(|at| at + start) else {
        return Err(format!("`{address}` names no file\n\nhint: write it like `https://example.com/plugin.dunlin`"));
    };
    let (url, target) = address.split_at(slash);
    let binding: Binding =
        toml::from_str(&format!("url = {}", toml::Value::from(url))).map_err(|error| error.to_string())?;
    let secrets = Secrets::new(Vault::open(folder).map_err(|error| error.to_string())?, folder);
    let grant = Grant { methods: vec!["GET".to_owned()], paths: vec!["/".to_owned()] };
    let connection =
        Connection::new(binding, grant, secrets).map_err(|wrong| wrong.to_string())?.with_answers_up_to(len_max);
    let request =
        Request { method: "GET".to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    let answer = connection.send(request).await.map_err(|failure| format!("`{address}`: {}", failure.message))?;
    match answer.status {
        200 => Ok(answer.body),
        301..=308 => Err(format!(
            "`{address}` leads elsewhere ({})\n\nhint: give the address where the file itself is",
            answer.status
        )),
        status => Err(format!("`{address}` answers {status}")),
    }
}
