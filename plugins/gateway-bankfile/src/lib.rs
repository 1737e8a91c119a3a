//! Bank statements and notices from a folder: camt.053, camt.054 and MT940 become payments.

mod check;
mod map;
#[cfg(test)]
mod samples;
mod wire;

use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::gateway::Fact;
use dunlin_plugin_sdk::{Document, Gateway, Inbox, Page, Refusal, Result, Taken};
use serde::Deserialize;

/// The folder that the operator binds.
const CONNECTION: &str = "statements";
/// Names that bank files have; what is in them decides how they are read.
const EXTENSIONS: [&str; 10] = ["xml", "sta", "mt940", "940", "txt", "swi", "fin", "dat", "c53", "c54"];

/// With at most 300 control totals a file, so that an answer stays within the host's 1 000.
const FILES_PER_PULL: usize = 3;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The creditor's own accounts; a file about another one is refused. None: every account is taken.
    accounts: Option<Vec<String>>,
    /// The encoding of MT940 files, which do not say it: `utf-8`, `windows-1252` or `iso-8859-1`.
    mt940_charset: wire::Charset,
}

pub struct Bankfile;

dunlin_plugin_sdk::export!(Bankfile: gateway);

impl Gateway for Bankfile {
    type Config = Config;

    fn check(config: &Config) -> Result<()> {
        config.usable()?;
        Connection::new(CONNECTION).list("", None, 1).map(|_| ())
    }

    fn pull(config: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let connection = Connection::new(CONNECTION);
        let inbox = Inbox { connection, folder: "", extensions: &EXTENSIONS, files_per_pull: FILES_PER_PULL };
        inbox.pull(cursor, |document| config.take(document))
    }
}

impl Config {
    fn usable(&self) -> Result<()> {
        match &self.accounts {
            Some(accounts) if accounts.is_empty() => {
                Err(dunlin_plugin_sdk::Error::misconfigured("`accounts` is empty, so that no statement can be taken")
                    .hint("list the creditor's own accounts, or leave `accounts` out to take every account"))
            }
            _ => Ok(()),
        }
    }

    fn take(&self, document: &Document) -> std::result::Result<Taken<Fact>, Refusal> {
        let refuse = |fault: wire::Fault| document.refusal(fault.place, fault.reason);
        let statements = wire::read(&document.bytes, self.mt940_charset).map_err(refuse)?;
        for statement in &statements {
            self.allow(statement).map_err(refuse)?;
        }
        let (events, totals) = map::facts(&document.name, &statements).map_err(refuse)?;
        Ok(Taken { totals, ..Taken::new(events) })
    }

    fn allow(&self, statement: &wire::Statement) -> std::result::Result<(), wire::Fault> {
        let Some(accounts) = &self.accounts else { return Ok(()) };
        let account = &statement.account;
        if accounts.iter().any(|own| wire::figures::account(own) == *account) {
            return Ok(());
        }
        let reason = format!("the account `{account}` is not one of `accounts`: `{}`", accounts.join("`, `"));
        Err(wire::Fault::at(statement.line, "", reason))
    }
}
