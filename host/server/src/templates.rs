//! A new plugin: a working project in the language of its author, made from a template in which everything is called `acme`.

use std::path::{Path, PathBuf};

use escalation::Role;
use include_dir::{Dir, DirEntry, include_dir};
use thiserror::Error;

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../plugin-sdk/templates");
static CONTRACT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../plugin-sdk/wit");
/// What a project that lies in no checkout needs in its Cargo.toml.
const ALONE: &str = "\n# -- alone\n";
/// Where the template has the SDK.
const SDK: &str = "../../../plugin-sdk";
const NAME_LEN_MAX: usize = 60;

#[derive(Debug, Error)]
pub enum TemplateError {
    #[error(
        "`{name}` is no name of a plugin\n\nhint: small letters, digits and `-`, such as `{role}-acme`; it begins with a letter"
    )]
    Name { name: String, role: &'static str },
    #[error("`{}` is there already\n\nhint: choose another name, or another folder with `--dir`", .0.display())]
    Exists(PathBuf),
    #[error(
        "the SDK was not found in `{}` or above it\n\nhint: run this inside a checkout of the source, or say where it is with `--sdk FOLDER`", .0.display()
    )]
    NoSdk(PathBuf),
    #[error("`{}` cannot be written: {why}", .file.display())]
    Unwritable { file: PathBuf, why: std::io::Error },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    Rust,
    Js,
    Python,
}

/// What is to be made.
pub struct New<'a> {
    /// The plugin's id.
    pub name: &'a str,
    pub role: Role,
    pub language: Language,
    /// The project's folder, which is not there yet.
    pub folder: &'a Path,
    /// The folder `plugin-sdk` of a checkout: for Rust.
    pub sdk: Option<&'a Path>,
}

impl New<'_> {
    /// Writes the project; answers its files.
    pub fn write(&self) -> Result<Vec<PathBuf>, TemplateError> {
        self.check()?;
        let template = match self.language {
            Language::Rust => "rust",
            Language::Js => "javascript",
            Language::Python => "python",
        };
        let mut written = Vec::new();
        if let Some(dir) = TEMPLATES.get_dir(template) {
            self.write_entries(dir.entries(), dir.path(), &mut written)?;
        }
        if self.language != Language::Rust {
            for file in CONTRACT.files() {
                let to = self.folder.join("wit/deps/dunlin").join(file.path());
                put(&to, file.contents())?;
                written.push(to);
            }
        }
        Ok(written)
    }

    fn check(&self) -> Result<(), TemplateError> {
        let name = self.name;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = name.len() <= NAME_LEN_MAX
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(plain)
            && !name.ends_with('-')
            && !name.contains("--");
        if !is_name {
            return Err(TemplateError::Name { name: name.to_owned(), role: self.role.as_str() });
        }
        match self.folder.exists() {
            true => Err(TemplateError::Exists(self.folder.to_owned())),
            false => Ok(()),
        }
    }

    fn write_entries(
        &self,
        entries: &[DirEntry<'_>],
        from: &Path,
        written: &mut Vec<PathBuf>,
    ) -> Result<(), TemplateError> {
        for entry in entries {
            match entry {
                DirEntry::Dir(dir) => self.write_entries(dir.entries(), from, written)?,
                DirEntry::File(file) => {
                    let path = file.path().strip_prefix(from).unwrap_or(file.path());
                    let to = self.folder.join(self.renamed(&path.to_string_lossy()));
                    let text = self.renamed(&String::from_utf8_lossy(file.contents()));
                    put(&to, self.placed(&to, text).as_bytes())?;
                    written.push(to);
                }
            }
        }
        Ok(())
    }

    /// The template is a dialer of the name Acme.
    fn renamed(&self, text: &str) -> String {
        let id = self.name;
        let role = self.role.as_str();
        let short = id.strip_prefix(&format!("{role}-")).unwrap_or(id);
        let word = short.replace('-', "_");
        let (trait_name, type_name) = (camel(role), camel(short));
        // What has both words first.
        let pairs = [
            ("dialer-acme", id),
            ("dialer_acme", &id.replace('-', "_")),
            ("Dialer", &trait_name),
            ("dialer", role),
            ("Acme", if type_name == trait_name { "Plugin" } else { &type_name }),
            ("acme", if word == role { "source" } else { &word }),
        ];
        let mut rest = text;
        let mut out = String::with_capacity(text.len());
        // One pass: what was put in is not looked at again.
        while let Some((at, (word, by))) =
            pairs.iter().filter_map(|pair| Some((rest.find(pair.0)?, pair))).min_by_key(|(at, _)| *at)
        {
            out += &rest[..at];
            out += by;
            rest = &rest[at + word.len()..];
        }
        out + rest
    }

    /// Where the SDK is, and whether a workspace of its own is needed.
    fn placed(&self, file: &Path, text: String) -> String {
        let (true, Some(sdk)) = (file.ends_with("Cargo.toml"), self.sdk) else { return text };
        let text = text.replace(SDK, &sdk.display().to_string());
        match (sdk.is_absolute(), text.split_once(ALONE)) {
            (false, Some((inside, _))) => inside.to_owned() + "\n[lints]\nworkspace = true\n",
            (true, Some((inside, alone))) => format!("{inside}\n{alone}"),
            (_, None) => text,
        }
    }
}

fn camel(text: &str) -> String {
    let word = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    text.split('-').map(word).collect()
}

fn put(file: &Path, content: &[u8]) -> Result<(), TemplateError> {
    let unwritable = |why| TemplateError::Unwritable { file: file.to_owned(), why };
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(unwritable)?;
    }
    std::fs::write(file, content).map_err(unwritable)?;
    #[cfg(unix)]
    if content.starts_with(b"#!") {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).map_err(unwritable)?;
    }
    Ok(())
}

/// The folder `plugin-sdk` of the checkout around a folder.
pub fn find_sdk(start: &Path) -> Result<PathBuf, TemplateError> {
    let found = start.ancestors().map(|folder| folder.join("plugin-sdk")).find(|folder| folder.join("wit").is_dir());
    found.ok_or_else(|| TemplateError::NoSdk(start.to_owned()))
}
