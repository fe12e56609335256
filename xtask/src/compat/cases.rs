//! What the client of January is asked to do, and what must come of it.

/// Whose home the command runs in: each has its own configuration and device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Home {
    /// `gateway.mode` local, with the gateway's secret.
    Local,
    /// `gateway.mode` remote, with the gateway's address and secret.
    Remote,
    /// As `Local`, with a wrong secret.
    Stranger,
}

/// What must come of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expect {
    /// It does its work, and its output holds this.
    Works(&'static str),
    /// Our gateway refuses with this, and the client says so: the method comes with a later issue,
    /// or the refusal is right.
    Refused(&'static str),
    /// It never asks the gateway; its output holds this.
    Alone(&'static str),
}

/// What is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The client, with these arguments.
    Client,
    /// The client; it wants a terminal, and does not end by itself.
    Screen,
    /// `curl`, which sends its one argument to `POST /tools/invoke`.
    Tool,
}

pub(super) struct Case {
    pub(super) home: Home,
    pub(super) args: &'static [&'static str],
    pub(super) expect: Expect,
    pub(super) how: How,
    /// It asks for leave to run a program, and another client decides this.
    pub(super) decided: Option<&'static str>,
}

use Expect::{Alone, Refused, Works};
use Home::{Local, Remote, Stranger};

pub(super) const fn case(home: Home, args: &'static [&'static str], expect: Expect) -> Case {
    Case {
        home,
        args,
        expect,
        how: How::Client,
        decided: None,
    }
}

/// In the order in which they run: later ones see what earlier ones said.
pub(super) const JANUARY: &[Case] = &[
    case(Local, &["gateway", "health"], Works("OK (")),
    case(Local, &["gateway", "call", "status"], Works("\"byAgent\"")),
    case(Local, &["gateway", "status"], Works("RPC probe: ok")),
    case(Local, &["gateway", "probe"], Works("Reachable: yes")),
    case(Local, &["health"], Works("Agents: main (default)")),
    case(Local, &["status"], Works("reachable")),
    case(Local, &["status", "--json"], Works("\"reachable\": true")),
    case(
        Local,
        &["agent", "--agent", "main", "--message", "hi"],
        Works("Your message arrived"),
    ),
    case(
        Local,
        &["agent", "--to", "+15551234", "--message", "hi", "--json"],
        Works("\"status\": \"ok\""),
    ),
    case(Local, &["agent", "--message", "hi"], Alone("Pass --to")),
    case(
        Local,
        &["agent", "--agent", "main", "--message", "hi", "--deliver"],
        Refused("channel whatsapp is not connected"),
    ),
    case(
        Local,
        &[
            "gateway",
            "call",
            "agent",
            "--expect-final",
            "--params",
            r#"{"message":"hi","sessionKey":"main","idempotencyKey":"compat-1"}"#,
        ],
        Works("\"summary\": \"completed\""),
    ),
    case(
        Local,
        &[
            "gateway",
            "call",
            "chat.send",
            "--params",
            r#"{"sessionKey":"main","message":"/status","idempotencyKey":"compat-2"}"#,
        ],
        Works("\"status\": \"started\""),
    ),
    case(
        Local,
        &[
            "gateway",
            "call",
            "chat.history",
            "--params",
            r#"{"sessionKey":"main"}"#,
        ],
        Works("Your message arrived"),
    ),
    case(
        Local,
        &["gateway", "call", "sessions.list"],
        Works("agent:main:main"),
    ),
    case(
        Local,
        &["gateway", "call", "models.list"],
        Works("\"provider\": \"offline\""),
    ),
    case(
        Local,
        &["gateway", "call", "config.get"],
        Works("\"valid\": true"),
    ),
    case(Local, &["sessions"], Alone("Session store:")),
    case(Local, &["logs", "--limit", "5"], Works("Log file:")),
    case(Local, &["system", "presence"], Works("mode gateway")),
    case(Local, &["system", "heartbeat", "last"], Works("null")),
    Case {
        how: How::Screen,
        ..case(Local, &["tui", "--message", "hi"], Works("streaming •"))
    },
    case(Remote, &["gateway", "health"], Works("OK (")),
    case(
        Remote,
        &["agent", "--agent", "main", "--message", "/help"],
        Works("/status"),
    ),
    case(
        Stranger,
        &["gateway", "health"],
        Refused("unauthorized: gateway token mismatch"),
    ),
    case(
        Stranger,
        &["gateway", "status"],
        Refused("RPC probe: failed"),
    ),
    case(
        Local,
        &["gateway", "call", "no.such.method"],
        Refused("unknown method: no.such.method"),
    ),
    case(
        Local,
        &[
            "gateway",
            "call",
            "chat.send",
            "--params",
            r#"{"sessionKey":"main","colour":"red"}"#,
        ],
        Refused("invalid chat.send params: "),
    ),
    case(Local, &["devices", "list"], Works("Paired")),
    case(Local, &["nodes", "status"], Works("Connected: 1")),
    case(
        Local,
        &["nodes", "describe", "--node", "bench"],
        Works("system.which"),
    ),
    case(
        Local,
        &[
            "nodes",
            "invoke",
            "--node",
            "bench",
            "--command",
            "system.which",
            "--params",
            r#"{"bins":["sh"]}"#,
        ],
        Works("\"sh\": \""),
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
            r#"{"command":["echo","hi"]}"#,
        ],
        Refused("SYSTEM_RUN_DENIED: approval required"),
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
            r#"{"command":["echo","hi"],"approved":true}"#,
        ],
        Refused("the field approved is set by the gateway alone"),
    ),
    case(Local, &["nodes", "pending"], Works("No pending")),
    case(Local, &["channels", "status"], Works("Gateway reachable")),
    case(
        Local,
        &["cron", "list"],
        Refused("unknown method: cron.list"),
    ),
    case(
        Local,
        &["approvals", "get", "--gateway"],
        Works("No allowlist entries"),
    ),
    case(
        Local,
        &[
            "approvals",
            "allowlist",
            "add",
            "--gateway",
            "--agent",
            "main",
            "/usr/bin/uptime",
        ],
        Works("/usr/bin/uptime"),
    ),
    case(
        Local,
        &["system", "event", "--text", "hi"],
        Refused("unknown method: wake"),
    ),
    case(
        Local,
        &["gateway", "usage-cost"],
        Refused("unknown method: usage.cost"),
    ),
];
