//! What we and a warden say to each other: messages of JSON with their length in front.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tidegate_core::exec::{Subject, child_environment};

use crate::fence::Fence;
use crate::limits::MESSAGE_MAX_BYTES;
use crate::mark::Mark;

/// How a shell gets a script that was hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Scripts {
    /// From a copy that nobody can change: for what a person or an entry has approved. A shell reads
    /// a file while it runs, so the file itself could be changed under it. `$0` is the script's
    /// name; `BASH_SOURCE` is the copy's.
    #[default]
    Sealed,
    /// From its file, compared directly before: where nobody has approved these bytes in particular.
    InPlace,
}

/// What is not as it was when it was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Changed {
    /// The file of the program.
    #[error("the program is not the one that was looked at")]
    Executable,
    /// The interpreter of a script.
    #[error("the interpreter is not the one that was looked at")]
    Interpreter,
    /// A file that an argument names.
    #[error("the file of argument {0} is not the one that was looked at")]
    Argument(usize),
    /// The directory.
    #[error("the directory is not the one that was looked at")]
    Directory,
    /// We run as another user.
    #[error("it would run as another user")]
    User,
}

/// What a warden is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) subject: Subject,
    pub(crate) scripts: Scripts,
    /// The whole environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// What the program is kept out of, if anything.
    pub(crate) fence: Option<Fence>,
}

impl Job {
    /// For a program that will be known by `mark`.
    pub(crate) fn new(
        subject: Subject,
        scripts: Scripts,
        fence: Option<&Fence>,
        mark: &Mark,
    ) -> Self {
        let ours = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        let mut environment = child_environment(ours, &subject.environment);
        environment.extend([mark.pair()]);
        Self {
            subject,
            scripts,
            environment,
            fence: fence.cloned(),
        }
    }
}

/// What a warden tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Report {
    /// It runs.
    Started { pid: i32 },
    /// Something is not as it was; nothing was run.
    Refused(Changed),
    /// It cannot be run.
    Failed(String),
    /// It has ended and nothing of it is left, but so many that could not be killed.
    Ended {
        code: Option<i32>,
        signal: Option<i32>,
        left: usize,
    },
}

pub(crate) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(body);
    Ok(bytes)
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> io::Result<T> {
    Ok(serde_json::from_slice(body)?)
}

/// The length of the message that follows.
pub(crate) fn body_length(header: [u8; 4]) -> io::Result<usize> {
    let length = u32::from_be_bytes(header) as usize;
    if length > MESSAGE_MAX_BYTES {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "message too long",
        ));
    }
    Ok(length)
}

pub(crate) fn read<T: DeserializeOwned>(mut from: impl Read) -> io::Result<T> {
    let mut header = [0; 4];
    from.read_exact(&mut header)?;
    let mut body = vec![0; body_length(header)?];
    from.read_exact(&mut body)?;
    decode(&body)
}

pub(crate) fn write(mut to: impl Write, message: &impl Serialize) -> io::Result<()> {
    to.write_all(&encode(message)?)
}
