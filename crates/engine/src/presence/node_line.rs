//! The line of a beacon: `Node: <host> (<ip>) · app <v> · last input <n>s ago · mode <m> · reason <r>`.

use tidegate_protocol::api::health::PresenceEntry;

/// Reads what can be read; a line that is not of this form gives an empty entry.
pub(crate) fn parse_node_line(line: &str) -> PresenceEntry {
    let mut entry = PresenceEntry::default();
    let Some(rest) = line.strip_prefix("Node:") else {
        return entry;
    };
    for (index, part) in rest.split('·').map(str::trim).enumerate() {
        if index == 0 {
            let (host, ip) = part.split_once('(').unwrap_or((part, ""));
            entry.host = non_empty(host);
            entry.ip = non_empty(ip.trim_end_matches(')'));
        } else if let Some(version) = part.strip_prefix("app ") {
            entry.version = non_empty(version);
        } else if let Some(ago) = part.strip_prefix("last input ") {
            entry.last_input_seconds = ago
                .trim_end_matches(" ago")
                .trim_end_matches('s')
                .trim()
                .parse()
                .ok();
        } else if let Some(mode) = part.strip_prefix("mode ") {
            entry.mode = non_empty(mode);
        } else if let Some(reason) = part.strip_prefix("reason ") {
            entry.reason = non_empty(reason);
        }
    }
    entry
}

fn non_empty(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_field() {
        let entry = parse_node_line(
            "Node: host1 (10.0.0.5) · app 1.2.3 · last input 5s ago · mode ui · reason periodic",
        );
        assert_eq!(entry.host.as_deref(), Some("host1"));
        assert_eq!(entry.ip.as_deref(), Some("10.0.0.5"));
        assert_eq!(entry.version.as_deref(), Some("1.2.3"));
        assert_eq!(entry.last_input_seconds, Some(5));
        assert_eq!(entry.mode.as_deref(), Some("ui"));
        assert_eq!(entry.reason.as_deref(), Some("periodic"));
        assert_eq!(parse_node_line("hello"), PresenceEntry::default());
    }
}
