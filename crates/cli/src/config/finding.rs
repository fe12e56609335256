//! What is said about the file, and where in it.

/// One thing to say about the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The key with dots; empty for the whole file.
    pub(crate) path: String,
    /// What is wrong and what to do. Never a value of the file.
    pub(crate) message: String,
    /// Line and column, counted from 1.
    pub(crate) at: Option<(usize, usize)>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some((line, column)) = self.at {
            write!(f, "{line}:{column}: ")?;
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}

impl Finding {
    /// As the wire tells it.
    pub(crate) fn to_issue(&self) -> tidegate_protocol::api::config::ConfigIssue {
        let message = match self.at {
            Some((line, column)) => format!("{} (line {line}, column {column})", self.message),
            None => self.message.clone(),
        };
        tidegate_protocol::api::config::ConfigIssue {
            path: self.path.clone(),
            message,
        }
    }
}

/// Appends a key to a path.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// Line and column of a byte, counted from 1; columns in characters.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (
        line,
        before
            .get(line_start..)
            .map_or(0, |rest| rest.chars().count())
            + 1,
    )
}
