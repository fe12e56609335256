//! People, and the bot itself.

use serde_json::{Value, json};

use super::answer::put;

/// Somebody who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The stable number of the account.
    pub id: i64,
    /// The name that people see.
    pub first_name: String,
    /// The public name without the `@`.
    pub username: Option<String>,
    /// True for programs.
    pub is_bot: bool,
}

impl User {
    /// A person without a public name.
    pub fn new(id: i64, first_name: &str) -> Self {
        Self {
            id,
            first_name: first_name.to_owned(),
            username: None,
            is_bot: false,
        }
    }

    /// The same with a public name, given without the `@`.
    #[must_use]
    pub fn named(mut self, username: &str) -> Self {
        self.username = Some(username.to_owned());
        self
    }

    pub(super) fn json(&self) -> Value {
        let mut user = json!({
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
        });
        if let Some(username) = &self.username {
            put(&mut user, "username", json!(username));
        }
        if !self.is_bot {
            put(&mut user, "language_code", json!("en"));
        }
        user
    }
}
