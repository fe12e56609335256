//! What exactly would run. An approval is for one subject and nothing else (SECURITY T49): every
//! field is part of the hash, and whoever runs it looks again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::environment::{BadAddition, check_additions};
use super::hash::{ContentHash, SubjectHash};

/// Most arguments, the name of the program included. Linux takes more; a person reads fewer.
pub const ARGUMENTS_MAX: usize = 1024;
/// Longest argument in bytes: Linux takes 128 KiB for one (`MAX_ARG_STRLEN`).
pub const ARGUMENT_MAX_BYTES: usize = 128 * 1024 - 1;
/// All arguments together, in bytes: half of what Linux takes by default with the environment.
pub const ARGV_MAX_BYTES: usize = 1024 * 1024;
/// Most arguments whose file is pinned.
pub const PINNED_ARGUMENTS_MAX: usize = 16;

/// In front of the canonical bytes, so that they are never mistaken for something else of ours.
const DOMAIN: &[u8] = b"tidegate exec subject v1";

/// A file by where it is and what it contains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pinned {
    /// Absolute path without symlinks.
    pub path: String,
    /// What it contained when it was looked at.
    pub sha256: ContentHash,
}

/// Who reads the executable, if it begins with `#!`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interpreter {
    /// The interpreter's own file.
    #[serde(flatten)]
    pub file: Pinned,
    /// The name by which the first line calls it: what the interpreter sees as its own name.
    pub name: String,
    /// The one argument of the first line, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
}

/// An argument that names a program or a file with code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedArgument {
    /// Which argument; the name of the program is 0.
    pub index: usize,
    /// The file that it names.
    #[serde(flatten)]
    pub file: Pinned,
    /// Whether an interpreter reads it as its program. It then reads a sealed copy.
    pub code: bool,
}

/// A directory that cannot be swapped for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Directory {
    /// Absolute path without symlinks.
    pub path: String,
    /// Number of the device.
    pub device: u64,
    /// Number of the inode.
    pub inode: u64,
}

/// What the program can read on its standard input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "sha256")]
pub enum Input {
    /// Nothing.
    #[default]
    None,
    /// Exactly these bytes, by their hash.
    Bytes(ContentHash),
    /// Whatever is typed later.
    Open,
}

/// Where it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "id")]
pub enum Place {
    /// On the gateway's own machine.
    Gateway,
    /// On a node, by its id.
    Node(String),
}

/// One execution, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subject {
    /// The arguments as they are handed over, the name of the program first. Never a shell line.
    pub argv: Vec<String>,
    /// The file that the name of the program stands for.
    pub executable: Pinned,
    /// Who reads it, if it is a script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
    /// Files that arguments name and that are run or read as code, in the order of their index.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<PinnedArgument>,
    /// Where it starts.
    pub cwd: Directory,
    /// What is added to the fixed environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// What it can read.
    #[serde(default)]
    pub input: Input,
    /// On which machine.
    pub place: Place,
    /// As which user of that machine, by number.
    pub user: u32,
}

/// What no policy allows and no person can approve, since it is no proper execution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Nothing to run.
    #[error("no program is named")]
    Empty,
    /// More than [`ARGUMENTS_MAX`].
    #[error("{0} arguments, {ARGUMENTS_MAX} allowed")]
    TooManyArguments(usize),
    /// Longer than [`ARGUMENT_MAX_BYTES`], or all together longer than [`ARGV_MAX_BYTES`].
    #[error("the arguments are too long: {0} bytes")]
    TooLong(usize),
    /// A zero byte, which would end the argument early.
    #[error("a zero byte in argument {0}")]
    ZeroByte(usize),
    /// A pinned argument that is not there, or too many.
    #[error("the pinned arguments do not fit the arguments")]
    Pins,
    /// The environment.
    #[error(transparent)]
    Environment(#[from] BadAddition),
}

impl Subject {
    /// Whether it is a proper execution at all.
    ///
    /// # Errors
    /// The first flaw.
    pub fn check(&self) -> Result<(), Flaw> {
        check_argv(&self.argv)?;
        let places = self.arguments.iter().map(|pin| pin.index);
        let ordered = places
            .clone()
            .zip(places.clone().skip(1))
            .all(|(a, b)| a < b);
        let inside = places
            .clone()
            .all(|index| index > 0 && index < self.argv.len());
        if !ordered || !inside || self.arguments.len() > PINNED_ARGUMENTS_MAX {
            return Err(Flaw::Pins);
        }
        check_additions(&self.environment)?;
        Ok(())
    }

    /// What an approval is for: any other subject has another hash.
    pub fn hash(&self) -> SubjectHash {
        SubjectHash::from_bytes(Sha256::digest(self.canonical_bytes()).into())
    }

    /// The bytes under the hash: each field with its length in front, each list with its count, so
    /// that no two subjects have the same.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        let mut out = Canonical::new();
        out.list(&self.argv, Canonical::text);
        out.pinned(&self.executable);
        out.option(self.interpreter.as_ref(), |out, interpreter| {
            out.pinned(&interpreter.file);
            out.text(&interpreter.name);
            out.option(interpreter.argument.as_ref(), Canonical::text);
        });
        out.list(&self.arguments, |out, pin| {
            out.number(pin.index as u64);
            out.pinned(&pin.file);
            out.number(u64::from(pin.code));
        });
        out.text(&self.cwd.path);
        out.number(self.cwd.device);
        out.number(self.cwd.inode);
        out.number(self.environment.len() as u64);
        for (name, value) in &self.environment {
            out.text(name);
            out.text(value);
        }
        match &self.input {
            Input::None => out.number(0),
            Input::Bytes(hash) => {
                out.number(1);
                out.bytes(hash.as_bytes());
            }
            Input::Open => out.number(2),
        }
        match &self.place {
            Place::Gateway => out.number(0),
            Place::Node(id) => {
                out.number(1);
                out.text(id);
            }
        }
        out.number(u64::from(self.user));
        out.0
    }
}

pub(super) fn check_argv(argv: &[String]) -> Result<(), Flaw> {
    if argv.first().is_none_or(String::is_empty) {
        return Err(Flaw::Empty);
    }
    if argv.len() > ARGUMENTS_MAX {
        return Err(Flaw::TooManyArguments(argv.len()));
    }
    if let Some(long) = argv
        .iter()
        .find(|argument| argument.len() > ARGUMENT_MAX_BYTES)
    {
        return Err(Flaw::TooLong(long.len()));
    }
    let whole = argv.iter().map(|argument| argument.len() + 1).sum();
    if whole > ARGV_MAX_BYTES {
        return Err(Flaw::TooLong(whole));
    }
    match argv.iter().position(|argument| argument.contains('\0')) {
        Some(index) => Err(Flaw::ZeroByte(index)),
        None => Ok(()),
    }
}

/// Writes fields so that they can be told apart.
struct Canonical(Vec<u8>);

impl Canonical {
    fn new() -> Self {
        let mut out = Self(Vec::new());
        out.bytes(DOMAIN);
        out
    }

    fn number(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &String) {
        self.bytes(text.as_bytes());
    }

    fn pinned(&mut self, file: &Pinned) {
        self.text(&file.path);
        self.bytes(file.sha256.as_bytes());
    }

    fn option<T>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        self.number(u64::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn list<T>(&mut self, values: &[T], write: impl Fn(&mut Self, &T)) {
        self.number(values.len() as u64);
        for value in values {
            write(self, value);
        }
    }
}

#[cfg(test)]
mod tests;
