//! The target of a link in markup.

use serde_json::json;

use super::entity::Entity;

/// A link of this stretch: to a person, to an address, or none if the target makes no sense.
pub(super) fn link(target: &str, offset: usize, length: usize) -> Option<Entity> {
    if let Some(id) = person(target) {
        let user = json!({ "id": id, "is_bot": false, "first_name": "" });
        return Some(Entity::new("text_mention", offset, length).with("user", user));
    }
    let url = address(target)?;
    Some(Entity::new("text_link", offset, length).with("url", json!(url)))
}

/// The person of `tg://user?id=N`.
fn person(target: &str) -> Option<i64> {
    let rest = target.strip_prefix("tg:")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    rest.strip_prefix("user?id=")?.parse().ok()
}

/// The address in full: a scheme in front, a slash behind a bare host.
fn address(target: &str) -> Option<String> {
    if target.chars().any(char::is_whitespace) {
        return None;
    }
    let (scheme, rest) = target.split_once("://").unwrap_or(("http", target));
    if !["http", "https", "ton", "tg", "ftp"].contains(&scheme.to_ascii_lowercase().as_str()) {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let is_web = scheme != "tg" && scheme != "ton";
    if host.is_empty() || (is_web && !host.contains('.') && !host.starts_with("localhost")) {
        return None;
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    Some(format!("{scheme}://{host}{slash}{path}"))
}

/// The emoji of `tg://emoji?id=N`.
pub(super) fn custom_emoji(target: &str) -> Result<String, String> {
    let lower = target.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("tg:")
        .ok_or("Custom emoji URL must have scheme tg")?;
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, query) = rest.split_at(host_end);
    if host != "emoji" {
        return Err("Custom emoji URL must have host \"emoji\"".to_owned());
    }
    let query = query.split('#').next().unwrap_or_default();
    let id = query
        .split_once('?')
        .and_then(|(_, query)| query.split('&').find_map(|pair| pair.strip_prefix("id=")))
        .ok_or("Custom emoji URL must have an emoji identifier")?;
    check_custom_emoji(id)
}

/// A custom emoji's number, as it must be written.
pub(super) fn check_custom_emoji(id: &str) -> Result<String, String> {
    let is_number = !id.starts_with('0') && id.parse::<i64>().is_ok();
    if is_number {
        Ok(id.to_owned())
    } else {
        Err("Invalid custom emoji identifier specified".to_owned())
    }
}
