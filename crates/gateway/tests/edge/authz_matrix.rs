//! Who may call and hear what: the answers of the real dispatch over a socket, as a golden table,
//! against hello-ok, and against a model that was written from the papers (V3 2.6) and shares
//! nothing with the catalog.

use std::fmt::Write;

use expect_test::expect_file;
use serde_json::{Value, json};

use crate::common::{Client, Device, Edge, asks};

/// Whoever may connect, by name.
const WHO: [&str; 7] = [
    "nobody",
    "node",
    "read",
    "write",
    "approvals",
    "pairing",
    "admin",
];

async fn join(edge: &Edge, who: &str, newest: u32) -> (Client, Value) {
    let scope = format!("operator.{who}");
    let mut client = Client::open(edge.addr).await;
    let answer = match who {
        "nobody" => client.connect(&asks(newest, &[])).await,
        "node" => {
            let mut params = asks(newest, &[]);
            params["role"] = "node".into();
            client.connect_as(&Device::number(1), &params).await
        }
        _ => client.connect(&asks(newest, &[&scope])).await,
    };
    assert_eq!(answer["ok"], true, "{who}: {answer}");
    (client, answer["payload"].clone())
}

/// What dispatch says to a call with params that no method takes.
async fn verdict(client: &mut Client, method: &str, newest: u32) -> &'static str {
    let answer = client
        .call(method, json!({ "no method has this": 1 }))
        .await;
    let error = &answer["error"];
    let text = error["message"].as_str().unwrap();
    let verdict = match text {
        _ if text.starts_with("missing scope: ") => "scope",
        _ if text.starts_with("unauthorized role: ") => "role",
        "device identity required" => "device",
        "connect is only valid as the first request" => return "first",
        _ if text.starts_with("unknown method: ") => return "unknown",
        _ if text.starts_with("invalid ") => return "yes",
        _ => panic!("{method}: {answer}"),
    };
    let expected = if newest == 3 {
        "INVALID_REQUEST"
    } else {
        "FORBIDDEN"
    };
    assert_eq!(error["code"], expected, "{answer}");
    assert_eq!(error["details"]["code"].is_string(), newest > 3, "{answer}");
    verdict
}

/// Methods by the least right that they want.
const READ: &[&str] = &[
    "health",
    "status",
    "system-presence",
    "last-heartbeat",
    "agent.identity.get",
    "agents.list",
    "models.list",
    "chat.history",
    "sessions.list",
    "sessions.preview",
    "logs.tail",
    "channels.status",
    "outbox.list",
    "messages.trace",
    "node.list",
    "node.describe",
    "node.pending.list",
    "canvas.state",
    "canvas.open",
];
const PAIRING: &[&str] = &[
    "channels.pairing.list",
    "channels.pairing.approve",
    "channels.pairing.dismiss",
    "channels.senders.list",
    "device.pair.list",
    "device.pair.approve",
    "device.pair.reject",
    "device.pair.remove",
    "device.pair.rename",
    "device.token.rotate",
    "device.token.revoke",
    "node.pair.request",
    "node.pair.list",
    "node.pair.approve",
    "node.pair.reject",
    "node.pair.verify",
    "node.rename",
];
const APPROVALS: &[&str] = &[
    "exec.approval.get",
    "exec.approval.history",
    "exec.approval.list",
    "exec.approval.request",
    "exec.approval.resolve",
    "exec.approval.waitDecision",
];
const WRITE: &[&str] = &[
    "send",
    "agent",
    "agent.wait",
    "chat.send",
    "chat.abort",
    "node.invoke",
    "node.pending.cancel",
    "canvas.present",
    "canvas.push",
    "canvas.reset",
    "canvas.action",
];
const NODE: &[&str] = &[
    "node.invoke.result",
    "node.event",
    "skills.bins",
    "node.pluginSurface.refresh",
    "node.canvas.capability.refresh",
];
const ADMIN: &[&str] = &[
    "system-event",
    "sessions.resolve",
    "sessions.patch",
    "sessions.reset",
    "sessions.delete",
    "config.get",
    "config.schema",
    "dashboard.link",
    "channels.logout",
    "outbox.retry",
    "outbox.drop",
    "poll",
    "device.pair.setupCode",
    "device.trust.set",
    "exec.approvals.get",
    "exec.approvals.set",
    "exec.approvals.node.get",
    "exec.approvals.node.set",
];

/// The rules of V3 2.6 and of DECISIONS D3, by hand.
fn model(who: &str, method: &str, newest: u32) -> &'static str {
    if method.starts_with("device.scopes.") {
        // Of these principals only the node is a device.
        return if who == "node" { "yes" } else { "device" };
    }
    if NODE.contains(&method) {
        return if who == "node" { "yes" } else { "role" };
    }
    let least = match method {
        _ if READ.contains(&method) => "read",
        _ if WRITE.contains(&method) => "write",
        _ if PAIRING.contains(&method) => "pairing",
        _ if APPROVALS.contains(&method) => "approvals",
        _ if ADMIN.contains(&method) => "admin",
        "connect" if who == "admin" => return "first",
        // Whether a method exists is a secret of administrators, and since protocol 4 of nobody.
        _ if method != "connect" && (who == "admin" || newest > 3) => return "unknown",
        _ => "admin",
    };
    match (who, least) {
        ("node", _) => "role",
        ("admin", _)
        | ("read" | "write", "read")
        | ("write", "write")
        | ("pairing", "pairing")
        | ("approvals", "approvals") => "yes",
        _ => "scope",
    }
}

#[tokio::test]
async fn every_method_answers_each_principal_as_the_table_and_the_model_say() {
    let edge = Edge::start().await;
    let mut methods = tidegate_gateway::served_methods();
    methods.sort_unstable();
    methods.push("no.such.method");
    let mut tables = Vec::new();
    for newest in [3, 4] {
        let mut columns = Vec::new();
        for who in WHO {
            let (mut client, hello) = join(&edge, who, newest).await;
            assert_eq!(hello["protocol"], newest);
            let mut column = Vec::new();
            for method in &methods {
                let said = verdict(&mut client, method, newest).await;
                assert_eq!(
                    said,
                    model(who, method, newest),
                    "{who} calls {method} over protocol {newest}"
                );
                let listed = hello["features"]["methods"]
                    .as_array()
                    .unwrap()
                    .contains(&(*method).into());
                assert_eq!(listed, said == "yes", "hello-ok of {who} and {method}");
                column.push(said);
            }
            columns.push(column);
            client.leave().await;
        }
        tables.push(columns);
    }
    let mut text = row("method", WHO);
    for (index, method) in methods.iter().enumerate() {
        let cells = |table: usize| {
            tables[table]
                .iter()
                .map(move |column: &Vec<&str>| column[index])
        };
        if tables[0]
            .iter()
            .zip(&tables[1])
            .all(|(old, new)| old[index] == new[index])
        {
            text.push_str(&row(method, cells(0)));
        } else {
            text.push_str(&row(&format!("{method} (3)"), cells(0)));
            text.push_str(&row(&format!("{method} (4)"), cells(1)));
        }
    }
    expect_file!["../golden/authz.txt"].assert_eq(&text);
    edge.stopped().await;
}

#[tokio::test]
async fn hello_names_the_events_that_each_principal_may_hear() {
    let edge = Edge::start().await;
    let mut events = std::collections::BTreeMap::<String, Vec<&str>>::new();
    let mut heard = Vec::new();
    for who in WHO {
        let (client, hello) = join(&edge, who, 4).await;
        let names: Vec<String> = hello["features"]["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().into())
            .collect();
        for name in &names {
            events.entry(name.clone()).or_default();
        }
        heard.push(names);
        client.leave().await;
    }
    for (name, cells) in &mut events {
        cells.extend(
            heard
                .iter()
                .map(|names| if names.contains(name) { "yes" } else { "no" }),
        );
    }
    let rows = events
        .iter()
        .map(|(name, cells)| row(name, cells.iter().copied()));
    let text = row("event", WHO) + &rows.collect::<String>();
    expect_file!["../golden/events.txt"].assert_eq(&text);
    edge.stopped().await;
}

fn row<'a>(name: &str, cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = format!("{name:<28}");
    for cell in cells {
        write!(line, "{cell:<10}").unwrap();
    }
    line.truncate(line.trim_end().len());
    line + "\n"
}
