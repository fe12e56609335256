//! Reactions of the bot.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::methods::Api;
use crate::slack::world::names;

pub(super) fn add(api: &Api<'_>) -> Result<Value, Refusal> {
    change(api, true)
}

pub(super) fn remove(api: &Api<'_>) -> Result<Value, Refusal> {
    change(api, false)
}

fn change(api: &Api<'_>, add: bool) -> Result<Value, Refusal> {
    let name = api.params.text("name").ok_or("invalid_name")?;
    if !is_name(&name) {
        return Err("invalid_name".into());
    }
    let channel = api.params.text("channel").ok_or("no_item_specified")?;
    let ts = api.params.text("timestamp").ok_or("no_item_specified")?;
    if !is_ts(&ts) {
        return Err("bad_timestamp".into());
    }
    api.core.react(&channel, &ts, names::BOT_USER, &name, add)?;
    Ok(json!({}))
}

/// Emoji go by name: no colons, no glyphs. Skin tones follow two colons.
fn is_name(name: &str) -> bool {
    let (name, tone) = name.split_once("::").unwrap_or((name, "skin-tone-2"));
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_+-'".contains(c);
    !name.is_empty() && name.chars().all(plain) && tone.starts_with("skin-tone-")
}

fn is_ts(ts: &str) -> bool {
    let digits = |half: &str| !half.is_empty() && half.bytes().all(|byte| byte.is_ascii_digit());
    ts.split_once('.')
        .is_some_and(|(s, us)| digits(s) && digits(us))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_go_by_name() {
        for good in [
            "eyes",
            "+1",
            "white_check_mark",
            "wave::skin-tone-3",
            "e-mail",
        ] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ":eyes:", "👀", "Eyes", "wave::blue"] {
            assert!(!is_name(bad), "{bad}");
        }
    }
}
