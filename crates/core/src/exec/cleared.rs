//! What may be started. Whoever runs programs takes nothing else.

use super::subject::Subject;

/// Leave to start exactly this, once: starting it uses it up, and there is no copy. It is made where
/// the judgement is (`cargo xtask tidy` knows the places), and whoever runs it looks again.
#[derive(Debug)]
pub struct Cleared(Subject);

impl Cleared {
    /// The rules, or a person whose decision is used up by this, said yes to exactly this subject.
    pub const fn decided(subject: Subject) -> Self {
        Self(subject)
    }

    /// A program that the host itself chose, with arguments of its own making: nobody who asks from
    /// outside names it.
    pub const fn own(subject: Subject) -> Self {
        Self(subject)
    }

    /// What it is for.
    pub const fn subject(&self) -> &Subject {
        &self.0
    }

    /// What is started by it.
    pub fn into_subject(self) -> Subject {
        self.0
    }
}
