//! Programs on the client's own node host: somebody asks, a person decides, the node runs it or not.

use super::cases::{Case, Expect, Home, How, case};

use Expect::{Refused, Works};
use Home::Local;

/// The client that decides: another home, so another device than the one that asks.
pub(super) const DECIDER: Home = Home::Remote;
/// Rules of a node that let nothing run, as a file in the folder that the commands run in.
pub(super) const DENY_FILE: &str = "node-rules.json";
/// What it holds.
pub(super) const DENY_ALL: &str = r#"{"version":1,"defaults":{"security":"deny"}}"#;

/// A program that counts how often it ran, in a file of the node.
const COUNTS: &str = r#"{"tool":"exec","args":{"host":"node","node":"bench","command":"echo x >> ran; echo ran $(wc -l < ran) times"}}"#;

const fn tool(body: &'static [&'static str], decided: &'static str, expect: Expect) -> Case {
    Case {
        how: How::Tool,
        decided: Some(decided),
        ..case(Local, body, expect)
    }
}

const fn decided(args: &'static [&'static str], word: &'static str, expect: Expect) -> Case {
    Case {
        decided: Some(word),
        ..case(Local, args, expect)
    }
}

/// In the order in which they run, after all others: the last one shuts the node.
pub(super) const APPROVED: &[Case] = &[
    tool(&[COUNTS], "allow-once", Works("ran 1 times")),
    tool(&[COUNTS], "deny", Refused("a person denied it")),
    tool(&[COUNTS], "allow-once", Works("ran 2 times")),
    decided(
        &["nodes", "run", "--node", "bench", "/usr/bin/echo", "hi"],
        "deny",
        Refused("exec denied: user denied"),
    ),
    decided(
        &["nodes", "run", "--node", "bench", "/usr/bin/echo", "hi"],
        "allow-once",
        Refused("the field approved is set by the gateway alone"),
    ),
    case(
        Local,
        &[
            "approvals",
            "allowlist",
            "add",
            "--node",
            "bench",
            "--agent",
            "main",
            "/usr/bin/echo",
        ],
        Works("/usr/bin/echo"),
    ),
    case(
        Local,
        &[
            "nodes",
            "invoke",
            "--node",
            "bench",
            "--command",
            "system.run",
            "--params",
            r#"{"command":["/usr/bin/echo","in the node's own list"],"agentId":"main"}"#,
        ],
        Works("\"stdout\": \"in the node's own list"),
    ),
    case(
        Local,
        &["approvals", "set", "--node", "bench", "--file", DENY_FILE],
        Works("Target: node:"),
    ),
    tool(
        &[COUNTS],
        "allow-once",
        Refused("SYSTEM_RUN_DISABLED: security=deny"),
    ),
];
