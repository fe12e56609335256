//! Why a command was not sent, or not done: in words that say what to do.

use serde_json::Value;
use tidegate_client::Error;
use tidegate_protocol::api::nodes::{NOT_APPROVED, NodeRow};
use tidegate_protocol::command;

use super::catalog::unknown;
use crate::args::NodesInvokeArgs;
use crate::output::{Failure, ID_SHOWN, beginning, one_line};

/// Where the machine's own rules forbid a program, as its host says it.
const RUN_DENIED: &str = "SYSTEM_RUN_DENIED";

/// The failure, with what it means for this command on this node.
pub(super) fn explained(
    failure: Failure,
    error: &Error,
    node: &NodeRow,
    asked: &NodesInvokeArgs,
) -> Failure {
    let Some(shape) = error.shape() else {
        return failure;
    };
    if let Some(reason) = error.detail_reason() {
        let explained = if reason == NOT_APPROVED {
            not_approved(node, &asked.command)
        } else {
            not_allowed(node, &asked.command)
        };
        return Failure {
            place: failure.place.clone(),
            exit: failure.exit,
            ..explained
        };
    }
    let of_node = |path: &str| shape.details.as_ref()?.pointer(path)?.as_str();
    if of_node("/nodeError/code") == Some(RUN_DENIED) {
        return failure.next(approved_way(node, asked));
    }
    if shape.message.starts_with("invalid ") {
        let command = one_line(&asked.command, 64);
        return failure.next(format!(
            "what it takes: `tidegate nodes commands {command}`"
        ));
    }
    failure
}

/// It is offered since its device was approved, and nobody approved that.
fn not_approved(node: &NodeRow, command: &str) -> Failure {
    let what = format!(
        "{} offers {}, but nobody approved that for it",
        called(node),
        one_line(command, 64)
    );
    failure(
        what,
        "see what waits with `tidegate devices`, then `tidegate devices approve REQUEST`",
    )
}

/// The gateway does not send it: a typo, not offered, or not allowed.
fn not_allowed(node: &NodeRow, command: &str) -> Failure {
    let name = called(node);
    let shown = one_line(command, 64);
    let offers = |list: &[String]| list.iter().any(|one| one == command);
    if offers(&node.blocked_commands) {
        let what = format!("{name} offers {shown}, but the gateway does not allow it");
        return failure(
            what,
            format!(
                "list {shown} in gateway.nodes.allowCommands, see that denyCommands does not, and restart the gateway"
            ),
        );
    }
    let known = command::all().iter().any(|spec| spec.name == command);
    if !known && !offers(&node.commands) {
        return unknown(command, &node.commands);
    }
    if node.commands.is_empty() && node.blocked_commands.is_empty() {
        let what = format!("{name} offers no command at all");
        return failure(what, "see why on that machine: `tidegate node status`").elsewhere();
    }
    let what = format!("{name} does not offer {shown}");
    let next = format!("what it offers: `tidegate nodes describe {}`", short(node));
    failure(what, next)
}

fn failure(what: String, next: impl Into<String>) -> Failure {
    Failure::new(crate::exit::Exit::Usage, what).next(next)
}

/// Nobody is asked about a command that an owner sends: an agent's tool asks.
fn approved_way(node: &NodeRow, asked: &NodesInvokeArgs) -> String {
    let argv = asked.params.as_deref().and_then(argv);
    let command = argv.unwrap_or_else(|| "PROGRAM".to_owned());
    format!(
        "the machine wants each program approved, and nobody is asked about a command that you send: let an agent's `exec` \
         run it, `tidegate agent --message 'run {command} on the node {}'`, and decide with `tidegate approvals list --watch`; \
         or allow the program in the rules of that machine (docs/approvals.md)",
        short(node)
    )
}

/// The words of the program, as far as they can stand in a pasted line.
fn argv(params: &str) -> Option<String> {
    let params: Value = serde_json::from_str(params).ok()?;
    let words = params.get("command")?.as_array()?.iter().map(Value::as_str);
    let line = words.collect::<Option<Vec<_>>>()?.join(" ");
    let plain = |c: char| c.is_ascii_alphanumeric() || " -_./=:,".contains(c);
    line.chars().all(plain).then(|| one_line(&line, 80))
}

fn called(node: &NodeRow) -> String {
    one_line(node.display_name.as_deref().unwrap_or("the node"), 64)
}

/// The beginning of its id, which names it in a pasted line; `NODE` where it would be more than a name
/// there, since a name that was paired without a device chose its own id.
fn short(node: &NodeRow) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    let id = beginning(&node.node_id, ID_SHOWN);
    let names_it = node.node_id.starts_with(&id)
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.chars().all(plain);
    if names_it { id } else { "NODE".to_owned() }
}

#[cfg(test)]
mod tests {
    use clap::{Args, FromArgMatches};
    use serde_json::json;
    use tidegate_client::{ErrorKind, Phase, Refusal};
    use tidegate_protocol::ErrorShape;

    use super::*;

    fn phone(commands: &[&str], blocked: &[&str]) -> NodeRow {
        let words = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect();
        NodeRow {
            node_id: "0123456789abcdef".into(),
            display_name: Some("Phone".into()),
            commands: words(commands),
            blocked_commands: words(blocked),
            ..NodeRow::default()
        }
    }

    #[test]
    fn each_reason_has_its_own_sentence() {
        let phone = phone(&["system.which", "their.own"], &["camera.snap"]);
        let said = |command: &str| {
            let failure = not_allowed(&phone, command);
            format!("{}; {}", failure.what, failure.next.unwrap())
        };
        for (command, words) in [
            (
                "system.wich",
                &[
                    "there is no command \"system.wich\"",
                    "did you mean system.which?",
                ][..],
            ),
            (
                "their.owm",
                &["there is no command", "did you mean their.own?"],
            ),
            (
                "zzzzzzzz",
                &["there is no command", "`tidegate nodes commands`"],
            ),
            (
                "system.notify",
                &[
                    "Phone does not offer system.notify",
                    "describe 0123456789ab`",
                ],
            ),
            (
                "camera.snap",
                &[
                    "offers camera.snap, but the gateway does not allow it",
                    "allowCommands",
                ],
            ),
        ] {
            for word in words {
                assert!(said(command).contains(word), "{word}: {}", said(command));
            }
        }
        let mute = NodeRow {
            display_name: None,
            ..self::phone(&[], &[])
        };
        assert!(
            not_allowed(&mute, "system.which")
                .what
                .contains("offers no command at all")
        );
    }

    #[test]
    fn what_nobody_approved_is_told_from_what_is_not_allowed() {
        let grammar = NodesInvokeArgs::augment_args(clap::Command::new("invoke"));
        let words = grammar.get_matches_from(["invoke", "Phone", "camera.snap"]);
        let asked = NodesInvokeArgs::from_arg_matches(&words).unwrap();
        let said = |reason: &str| {
            let details = json!({ "reason": reason });
            let refusal = Refusal {
                shape: ErrorShape::invalid("node command not allowed").with_details(details),
                payload: None,
                close: None,
            };
            let error = Error {
                phase: Phase::Call,
                kind: ErrorKind::Refused(Box::new(refusal)),
            };
            let before = Failure::new(crate::exit::Exit::Failed, error.to_string());
            explained(before, &error, &phone(&[], &["camera.snap"]), &asked).what
        };
        assert!(said(NOT_APPROVED).contains("nobody approved that for it"));
        assert!(said("command not allowlisted").contains("the gateway does not allow it"));
    }

    /// T47: what is printed to be pasted has no word of a machine in it that a shell would read.
    #[test]
    fn an_id_is_named_only_if_it_can_be_pasted() {
        let called = |id: &str| {
            short(&NodeRow {
                node_id: id.into(),
                ..NodeRow::default()
            })
        };
        assert_eq!(called("0123456789abcdef"), "0123456789ab");
        assert_eq!(called("mac-1.lan"), "mac-1.lan");
        for odd in ["$(reboot)", "a;id", "a b", "\x1b[2J", "a\x1bb", "-h", ""] {
            assert_eq!(called(odd), "NODE", "{odd:?}");
        }
    }

    #[test]
    fn a_program_is_named_only_if_it_can_be_pasted() {
        assert_eq!(
            argv(r#"{"command":["ls","-l","/tmp"]}"#).as_deref(),
            Some("ls -l /tmp")
        );
        for odd in [
            r#"{"command":["echo","$(id)"]}"#,
            r#"{"command":["it's"]}"#,
            "{}",
            "x",
        ] {
            assert_eq!(argv(odd), None, "{odd}");
        }
    }
}
