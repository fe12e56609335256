//! Which commands a node may be sent: those that it declares and that the gateway allows. What a
//! node says of itself can narrow the list, never widen it beyond what the owner lists.

use std::collections::BTreeSet;

use tidegate_protocol::command::{self, CommandSpec, Platform, Risk};

use super::NodeFacts;

/// Why a command may not be sent, in the words of V3 8.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// The gateway does not allow it there.
    #[error("command not allowlisted")]
    NotListed,
    /// The node does not offer it.
    #[error("command not declared by node")]
    NotDeclared,
    /// The node offers nothing.
    #[error("node did not declare commands")]
    NothingDeclared,
    /// Nobody approved it for this node.
    #[error("command not approved for this node: `tidegate devices` shows what waits")]
    NotApproved,
}

/// The rules of this gateway.
#[derive(Debug, Clone)]
pub struct NodeRules {
    allow: BTreeSet<String>,
    deny: BTreeSet<String>,
    known: Vec<&'static CommandSpec>,
}

impl Default for NodeRules {
    fn default() -> Self {
        Self::new([], [])
    }
}

impl NodeRules {
    /// The defaults of each platform, and what the owner adds and takes away; taking away wins.
    pub fn new(
        allow: impl IntoIterator<Item = String>,
        deny: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            allow: NodeFacts::words(allow),
            deny: NodeFacts::words(deny),
            known: command::all(),
        }
    }

    /// The row of a declared command; none for commands of others.
    pub fn spec(&self, command: &str) -> Option<&'static CommandSpec> {
        self.known.iter().copied().find(|spec| spec.name == command)
    }

    fn allows(&self, system: Option<Platform>, command: &str) -> bool {
        if self.deny.contains(command) {
            return false;
        }
        self.allow.contains(command)
            || self
                .spec(command)
                .is_some_and(|spec| on_by_default(spec, system))
    }

    /// Whether the node may be sent this command.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, facts: &NodeFacts, command: &str) -> Result<(), NotAllowed> {
        let system = facts.system();
        if !self.allows(system, command) {
            return Err(NotAllowed::NotListed);
        }
        if facts.declared.contains(command) {
            return Ok(());
        }
        if facts.declared.iter().any(|one| self.allows(system, one)) {
            return Err(NotAllowed::NotDeclared);
        }
        Err(NotAllowed::NothingDeclared)
    }

    /// What the node declares: the commands that it may be sent, and those that are not allowed.
    pub fn split(&self, facts: &NodeFacts) -> (Vec<String>, Vec<String>) {
        let system = facts.system();
        facts
            .declared
            .iter()
            .cloned()
            .partition(|command| self.allows(system, command))
    }
}

/// Dangerous commands are off everywhere; a system that we do not know gets what is plain.
fn on_by_default(spec: &CommandSpec, system: Option<Platform>) -> bool {
    match system {
        _ if spec.risk == Risk::Dangerous => false,
        Some(system) => spec.platforms.contains(&system),
        None => spec.risk == Risk::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(platform: &str, commands: &[&str]) -> NodeFacts {
        NodeFacts {
            platform: Some(platform.into()),
            declared: NodeFacts::words(commands.iter().map(|word| (*word).to_owned())),
            ..Default::default()
        }
    }

    fn rules(allow: &[&str], deny: &[&str]) -> NodeRules {
        let words = |list: &[&str]| {
            list.iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        NodeRules::new(words(allow), words(deny))
    }

    #[test]
    fn declared_and_allowed_is_in_force() {
        let phone = node(
            "ios 18.2",
            &["canvas.eval", "camera.snap", "system.run", " location.get "],
        );
        let (on, off) = NodeRules::default().split(&phone);
        assert_eq!(on, ["canvas.eval", "location.get"]);
        assert_eq!(off, ["camera.snap", "system.run"]);
        let (on, off) = rules(&["camera.snap"], &["canvas.eval"]).split(&phone);
        assert_eq!(on, ["camera.snap", "location.get"]);
        assert_eq!(off, ["canvas.eval", "system.run"]);
    }

    #[test]
    fn refusals_say_which_of_the_two_is_missing() {
        let linux = node("linux", &["system.run", "system.which"]);
        let rules = NodeRules::default();
        assert_eq!(rules.check(&linux, "system.run"), Ok(()));
        assert_eq!(
            rules.check(&linux, "system.notify"),
            Err(NotAllowed::NotDeclared)
        );
        assert_eq!(
            rules.check(&linux, "camera.snap"),
            Err(NotAllowed::NotListed)
        );
        assert_eq!(
            rules.check(&linux, "never.heard"),
            Err(NotAllowed::NotListed)
        );
        let silent = node("linux", &[]);
        assert_eq!(
            rules.check(&silent, "system.run"),
            Err(NotAllowed::NothingDeclared)
        );
    }

    #[test]
    fn what_is_dangerous_is_off_on_every_system_until_it_is_listed() {
        let dangerous: Vec<&str> = command::all()
            .into_iter()
            .filter(|spec| spec.risk == Risk::Dangerous)
            .map(|spec| spec.name)
            .collect();
        assert_eq!(
            dangerous,
            [
                "camera.snap",
                "camera.clip",
                "screen.record",
                "file.write",
                "sms.send",
                "browser.proxy"
            ]
        );
        for platform in ["ios", "android", "darwin", "linux", "windows", "haiku"] {
            let node = node(platform, &dangerous);
            for command in &dangerous {
                assert_eq!(
                    NodeRules::default().check(&node, command),
                    Err(NotAllowed::NotListed)
                );
                assert_eq!(rules(&[command], &[]).check(&node, command), Ok(()));
                assert_eq!(
                    rules(&[command], &[command]).check(&node, command),
                    Err(NotAllowed::NotListed)
                );
            }
        }
    }

    #[test]
    fn a_system_that_nobody_knows_runs_no_program_and_commands_of_others_must_be_listed() {
        let odd = node(
            "haiku",
            &["system.run", "canvas.eval", "other.thing", "file.read"],
        );
        assert_eq!(NodeRules::default().split(&odd).0, ["canvas.eval"]);
        assert_eq!(
            rules(&["other.thing"], &[]).split(&odd).0,
            ["canvas.eval", "other.thing"]
        );
    }
}
