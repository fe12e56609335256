//! `tidegate nodes`.

use tidegate_protocol::api::nodes::{
    NodeListResult, NodePendingListResult, NodeRow, PendingCommand,
};

use super::{
    Align, Column, ID_SHOWN, Screen, age, beginning, duration, lasting, one_line, pairs, table,
};

/// Longest name in a table, in characters.
const NAME: usize = 32;

/// Machines that offer commands.
pub(crate) fn nodes(screen: &Screen, list: &NodeListResult) -> String {
    if list.nodes.is_empty() {
        return screen
            .here("No node is paired. A machine joins with a code: tidegate devices code --node");
    }
    let columns = [
        Column("NODE", Align::Left),
        Column("ID", Align::Left),
        Column("PLATFORM", Align::Left),
        Column("CONNECTED", Align::Left),
        Column("COMMANDS", Align::Right),
        Column("BLOCKED", Align::Right),
        Column("WAITING", Align::Right),
    ];
    let row = |node: &NodeRow| {
        vec![
            one_line(node.display_name.as_deref().unwrap_or_default(), NAME),
            beginning(&node.node_id, ID_SHOWN),
            one_line(node.platform.as_deref().unwrap_or_default(), 24),
            connected(node, list.ts),
            node.commands.len().to_string(),
            some(node.blocked_commands.len()),
            some(node.waiting.unwrap_or(0) as usize),
        ]
    };
    let rows: Vec<_> = list.nodes.iter().map(row).collect();
    table(screen, &columns, &rows)
}

/// One machine.
pub(crate) fn node(screen: &Screen, node: &NodeRow, now_ms: u64) -> String {
    let text = |value: Option<&String>| one_line(value.map_or("", String::as_str), 256);
    let words = |list: &[String]| one_line(&list.join(" "), 2_000);
    let permissions: Vec<String> = node
        .permissions
        .iter()
        .map(|(name, on)| format!("{name}: {}", if *on { "yes" } else { "no" }))
        .collect();
    let all = [
        ("name", text(node.display_name.as_ref())),
        ("id", one_line(&node.node_id, 128)),
        ("connected", connected(node, now_ms)),
        ("paired", if node.paired { "yes" } else { "no" }.to_owned()),
        ("from", text(node.remote_ip.as_ref())),
        ("platform", text(node.platform.as_ref())),
        ("device", text(node.device_family.as_ref())),
        ("model", text(node.model_identifier.as_ref())),
        ("version", text(node.version.as_ref())),
        ("abilities", words(&node.caps)),
        ("permissions", one_line(&permissions.join(", "), 2_000)),
        ("commands", words(&node.commands)),
        ("unapproved", words(&node.unapproved_commands)),
        ("blocked", words(&node.blocked_commands)),
        ("waiting", some(node.waiting.unwrap_or(0) as usize)),
        ("path", text(node.path_env.as_ref())),
    ];
    let shown: Vec<_> = all
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let mut page = pairs(screen, &shown);
    if !node.unapproved_commands.is_empty() {
        page.push_str("\n\n");
        let hint =
            "Unapproved commands are sent once you approve what waits: tidegate devices list";
        page.push_str(&screen.hint(hint));
    }
    if !node.blocked_commands.is_empty() {
        page.push_str("\n\n");
        let hint = "Blocked commands are sent when gateway.nodes.allowCommands lists them.";
        page.push_str(&screen.out().dim(hint));
    }
    page
}

/// Commands that wait for machines that are away.
pub(crate) fn waiting_for_nodes(
    screen: &Screen,
    list: &NodePendingListResult,
    nodes: &NodeListResult,
) -> String {
    if list.pending.is_empty() {
        return "No command waits for a node.".to_owned();
    }
    let columns = [
        Column("ID", Align::Left),
        Column("NODE", Align::Left),
        Column("COMMAND", Align::Left),
        Column("SINCE", Align::Left),
        Column("GIVEN UP IN", Align::Left),
    ];
    let name = |id: &str| {
        let node = nodes.nodes.iter().find(|node| node.node_id == id);
        let name = node.and_then(|node| node.display_name.as_deref());
        one_line(name.unwrap_or(id), NAME)
    };
    let row = |one: &PendingCommand| {
        vec![
            one_line(&one.id, 64),
            name(&one.node_id),
            one_line(&one.command, 64),
            age(one.queued_at_ms, list.ts),
            duration(one.expires_at_ms.saturating_sub(list.ts)),
        ]
    };
    let rows: Vec<_> = list.pending.iter().map(row).collect();
    table(screen, &columns, &rows)
}

fn connected(node: &NodeRow, now_ms: u64) -> String {
    match node.connected_at_ms {
        Some(since) if node.connected => lasting(since, now_ms),
        _ => "no".to_owned(),
    }
}

/// A number, or nothing for none.
fn some(number: usize) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_that_a_machine_chose_moves_the_cursor() {
        let odd = NodeRow {
            node_id: "\x1b[2J\u{9b}31mX".into(),
            ..NodeRow::default()
        };
        let list = NodeListResult {
            ts: 0,
            nodes: vec![odd.clone()],
        };
        let screen = Screen::of_width(120);
        for page in [nodes(&screen, &list), node(&screen, &odd, 0)] {
            assert!(page.contains("[2J31mX"), "{page}");
            assert!(!page.contains(['\x1b', '\u{9b}']), "{page:?}");
        }
    }
}
