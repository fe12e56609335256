//! One entry: its name, how newer fields change it, and what is worth a line. Pure.

use tidegate_protocol::api::health::PresenceEntry;

/// Under which name an entry is kept.
pub(super) fn beacon_key(entry: &PresenceEntry) -> String {
    let named = [&entry.device_id, &entry.instance_id, &entry.host, &entry.ip]
        .into_iter()
        .flatten()
        .next();
    let key = named
        .cloned()
        .unwrap_or_else(|| entry.text.chars().take(64).collect());
    key.trim().to_lowercase()
}

/// New fields overwrite, roles and scopes add up.
pub(super) fn overwrite(old: &mut PresenceEntry, new: PresenceEntry) {
    fn set<T>(old: &mut Option<T>, new: Option<T>) {
        if new.is_some() {
            *old = new;
        }
    }
    fn add(old: &mut Vec<String>, new: Vec<String>) {
        for word in new {
            if !old.contains(&word) {
                old.push(word);
            }
        }
    }
    set(&mut old.host, new.host);
    set(&mut old.ip, new.ip);
    set(&mut old.version, new.version);
    set(&mut old.platform, new.platform);
    set(&mut old.device_family, new.device_family);
    set(&mut old.model_identifier, new.model_identifier);
    set(&mut old.mode, new.mode);
    set(&mut old.last_input_seconds, new.last_input_seconds);
    set(&mut old.reason, new.reason);
    set(&mut old.device_id, new.device_id);
    set(&mut old.instance_id, new.instance_id);
    add(&mut old.roles, new.roles);
    add(&mut old.scopes, new.scopes);
    if !new.tags.is_empty() {
        old.tags = new.tags;
    }
    if !new.text.is_empty() {
        old.text = new.text;
    }
    if new.ts > 0 {
        old.ts = new.ts;
    }
}

/// A short line for the main session when something that matters changed (V3 5).
pub(super) fn changed_line(
    before: Option<&PresenceEntry>,
    after: &PresenceEntry,
) -> Option<String> {
    let periodic = |reason: &Option<String>| {
        reason
            .as_deref()
            .is_none_or(|r| r.starts_with("periodic") || r.starts_with("heartbeat"))
    };
    let same = before.is_some_and(|before| {
        before.host == after.host
            && before.ip == after.ip
            && before.version == after.version
            && before.mode == after.mode
            && (periodic(&after.reason) || before.reason == after.reason)
    });
    if same {
        return None;
    }
    let part = |name: &str, value: &Option<String>| value.as_ref().map(|v| format!("{name}{v}"));
    let parts: Vec<String> = [
        Some(format!(
            "Node: {}",
            after.host.as_deref().unwrap_or("unknown")
        )),
        part("app ", &after.version),
        part("mode ", &after.mode),
        part("reason ", &after.reason),
    ]
    .into_iter()
    .flatten()
    .collect();
    Some(parts.join(" · "))
}
