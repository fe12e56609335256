//! Marks on a text: whether it is meant for us, what is left without our name at its head, and
//! where links in it lead.

use std::ops::Range;

use crate::telegram::api::{Entity, User};

/// A text that was looked through.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// The words, without our name at their head; below them where links lead that hide it.
    pub(super) text: String,
    /// They name us.
    pub(super) mentioned: bool,
}

/// Whom a stretch of text is for.
#[derive(PartialEq, Eq)]
enum For {
    Us,
    AnotherBot,
}

/// Looks through a text. None if it is a command for another bot.
pub(super) fn hear(text: &str, entities: &[Entity], me: &User) -> Option<Heard> {
    let mut heard = Heard {
        text: text.trim().to_owned(),
        mentioned: false,
    };
    let mut links = String::new();
    for entity in entities {
        let Some(range) = bytes(text, entity) else {
            continue;
        };
        let leads = text.get(..range.start).is_some_and(|t| t.trim().is_empty());
        let marked = text.get(range.clone()).unwrap_or_default();
        let rest = text.get(range.end..).unwrap_or_default();
        if let Some(url) = &entity.url {
            links.extend(["\n[", marked, "]: ", url]);
        }
        match whom(entity, marked, me) {
            Some(For::Us) => {
                heard.mentioned = true;
                if leads {
                    heard.text = without_name(entity, marked, rest);
                }
            }
            Some(For::AnotherBot) if leads => return None,
            Some(For::AnotherBot) | None => {}
        }
    }
    heard.text.push_str(&links);
    Some(heard)
}

fn whom(entity: &Entity, marked: &str, me: &User) -> Option<For> {
    match entity.kind.as_str() {
        "mention" => is_ours(marked.strip_prefix('@')?, me).then_some(For::Us),
        "text_mention" => (entity.user.as_ref()?.id == me.id).then_some(For::Us),
        "bot_command" => {
            let (_, name) = marked.split_once('@')?;
            Some(if is_ours(name, me) {
                For::Us
            } else {
                For::AnotherBot
            })
        }
        _ => None,
    }
}

fn is_ours(name: &str, me: &User) -> bool {
    me.username
        .as_deref()
        .is_some_and(|ours| ours.eq_ignore_ascii_case(name))
}

/// `/status@OurBot now` is `/status now`; `@OurBot, hello` is `hello`.
fn without_name(entity: &Entity, marked: &str, rest: &str) -> String {
    match (entity.kind.as_str(), marked.split_once('@')) {
        ("bot_command", Some((command, _))) => format!("{command}{rest}").trim().to_owned(),
        _ => rest
            .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':'))
            .trim_end()
            .to_owned(),
    }
}

/// Where an entity lies, in bytes; none if it does not lie in the text.
fn bytes(text: &str, entity: &Entity) -> Option<Range<usize>> {
    let start = byte_at(text, entity.offset)?;
    let end = byte_at(text, entity.offset.checked_add(entity.length)?)?;
    Some(start..end)
}

/// The byte at a number of UTF-16 units; none inside of a character or behind the end.
fn byte_at(text: &str, units: usize) -> Option<usize> {
    let mut passed = 0;
    for (at, c) in text.char_indices() {
        if passed >= units {
            return (passed == units).then_some(at);
        }
        passed += c.len_utf16();
    }
    (passed == units).then_some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> User {
        serde_json::from_str(r#"{"id":42,"is_bot":true,"first_name":"Tide","username":"TideBot"}"#)
            .unwrap()
    }

    fn entity(kind: &str, offset: usize, length: usize) -> Entity {
        Entity {
            kind: kind.into(),
            offset,
            length,
            user: None,
            url: None,
        }
    }

    fn heard(text: &str, kind: &str, offset: usize, length: usize) -> Option<(String, bool)> {
        hear(text, &[entity(kind, offset, length)], &me()).map(|h| (h.text, h.mentioned))
    }

    #[test]
    fn our_name_at_the_head_is_taken_off() {
        let said = |text: &str| Some((text.to_owned(), true));
        assert_eq!(heard("@tidebot hello", "mention", 0, 8), said("hello"));
        assert_eq!(heard("  @TideBot: hello ", "mention", 2, 8), said("hello"));
        assert_eq!(heard("@TideBot", "mention", 0, 8), said(""));
        assert_eq!(
            heard("hello @TideBot", "mention", 6, 8),
            said("hello @TideBot")
        );
        assert_eq!(
            heard("/status@TideBot now", "bot_command", 0, 15),
            said("/status now")
        );
    }

    #[test]
    fn others_are_not_us() {
        assert_eq!(
            heard("@TideBot2 hello", "mention", 0, 9),
            Some(("@TideBot2 hello".into(), false))
        );
        assert_eq!(heard("/status@OtherBot", "bot_command", 0, 16), None);
        assert_eq!(
            heard("/status", "bot_command", 0, 7),
            Some(("/status".into(), false))
        );
        assert_eq!(
            heard("try /status@OtherBot", "bot_command", 4, 16),
            Some(("try /status@OtherBot".into(), false))
        );
    }

    #[test]
    fn offsets_count_utf16_units() {
        assert_eq!(
            heard("🌊🌊 @TideBot ü", "mention", 5, 8),
            Some(("🌊🌊 @TideBot ü".into(), true))
        );
        assert_eq!(byte_at("🌊ü", 0), Some(0));
        assert_eq!(byte_at("🌊ü", 1), None);
        assert_eq!(byte_at("🌊ü", 2), Some(4));
        assert_eq!(byte_at("🌊ü", 3), Some(6));
        assert_eq!(byte_at("🌊ü", 4), None);
    }

    #[test]
    fn marks_that_lie_outside_are_not_looked_at() {
        for (offset, length) in [(0, 99), (99, 1), (usize::MAX, 2), (1, 8)] {
            assert_eq!(
                heard("🌊@TideBot", "mention", offset, length),
                Some(("🌊@TideBot".into(), false))
            );
        }
    }
}
