//! What a node offers: what a person approves, and the most that it is sent (SECURITY T17).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::NodeFacts;

/// What a node offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The word for its operating system, if it is one that we know: it decides what is on by
    /// default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Its commands.
    pub commands: BTreeSet<String>,
}

impl Offer {
    /// Whether somebody who approved this approved that command on a machine of this system.
    fn has(&self, system: Option<&str>, command: &str) -> bool {
        self.system.as_deref() == system && self.commands.contains(command)
    }

    /// Whether nothing in it goes beyond what was approved.
    pub fn is_within(&self, approved: &Self) -> bool {
        let system = self.system.as_deref();
        self.commands
            .iter()
            .all(|command| approved.has(system, command))
    }
}

impl NodeFacts {
    /// What it offers.
    pub fn offer(&self) -> Offer {
        Offer {
            system: self.system().map(|system| system.as_str().to_owned()),
            commands: self.declared.clone(),
        }
    }

    /// Whether somebody approved that it may be sent this.
    pub fn is_approved(&self, approved: &Offer, command: &str) -> bool {
        let system = self
            .system()
            .map(tidegate_protocol::command::Platform::as_str);
        approved.has(system, command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(platform: &str, commands: &[&str]) -> NodeFacts {
        NodeFacts {
            platform: Some(platform.into()),
            declared: NodeFacts::words(commands.iter().map(|word| (*word).to_owned())),
            ..NodeFacts::default()
        }
    }

    #[test]
    fn more_commands_and_another_system_go_beyond_what_was_approved() {
        let approved = node("ios 18.2", &["canvas.hide", "camera.list"]).offer();
        let within =
            |platform, commands: &[&str]| node(platform, commands).offer().is_within(&approved);
        assert!(within("ios 18.2", &["canvas.hide", "camera.list"]));
        assert!(
            within("iPadOS 19", &["canvas.hide"]),
            "a new version, and less"
        );
        assert!(within("linux", &[]), "nothing at all");
        assert!(!within("ios 18.2", &["canvas.hide", "camera.snap"]));
        assert!(!within("macos", &["canvas.hide"]));
        assert!(!within("toaster", &["canvas.hide"]));
    }

    #[test]
    fn a_command_is_approved_on_the_system_that_was_shown() {
        let approved = node("ios 18.2", &["canvas.hide"]).offer();
        assert!(node("ios 19", &["canvas.hide", "x"]).is_approved(&approved, "canvas.hide"));
        assert!(!node("ios 19", &["canvas.hide", "x"]).is_approved(&approved, "x"));
        assert!(!node("macos", &["canvas.hide"]).is_approved(&approved, "canvas.hide"));
    }
}
