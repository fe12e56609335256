//! The mark of one program: a variable in its environment, by which its descendants are found if their
//! warden itself was killed.

/// The variable.
const NAME: &str = "TIDEGATE_EXEC";

/// A mark that nothing else has.
#[derive(Debug, Clone)]
pub(crate) struct Mark(String);

impl Mark {
    /// From an id that is used once.
    pub(crate) const fn new(id: String) -> Self {
        Self(id)
    }

    /// Its name and its value.
    pub(crate) fn pair(&self) -> (String, String) {
        (NAME.to_owned(), self.0.clone())
    }

    /// As it stands in the environment of a process.
    #[cfg(target_os = "linux")]
    pub(crate) fn variable(&self) -> String {
        format!("{NAME}={}", self.0)
    }
}
