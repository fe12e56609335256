//! Slash commands and buttons.

use tidegate_core::channel::{Inbound, InboundEvent, InboundMessage};
use tidegate_core::commands;

use super::place::{is_here, ms, person, place_by_id, space};
use super::words::plain;
use crate::slack::api::{Command, Interaction, Me};
use crate::slack::known::Known;

/// A slash command, as the words that were typed. It is meant for us wherever it is given.
pub(super) fn commanded(command: &Command, me: &Me, known: &Known, now_ms: u64) -> Option<Inbound> {
    if !is_here(command.team_id.as_deref(), me) || command.trigger_id.is_empty() {
        return None;
    }
    Some(Inbound {
        provider_id: command.trigger_id.clone(),
        peer: place_by_id(&command.channel_id, known)?,
        thread: None,
        space: space(command.team_id.as_deref()),
        sender: person(&command.user_id, command.user_name.as_deref(), known)?,
        title: title(&command.channel_id, command.channel_name.as_deref(), known),
        // The network does not say when.
        at_ms: now_ms,
        event: InboundEvent::Message(InboundMessage {
            // There is no message that anybody could answer.
            message_id: command.trigger_id.clone(),
            text: meant(&command.name, &plain(&command.text, me, known)),
            mentioned: true,
            ..InboundMessage::default()
        }),
    })
}

/// What somebody wants who writes this behind a slash command of the app: one of our commands if
/// the first word names one, what can be asked for if there is no word, else just the words.
fn meant(command: &str, words: &str) -> String {
    let is_ours = |word: &str| commands::named(word).is_some();
    if command.strip_prefix('/').is_some_and(is_ours) {
        return format!("{command} {words}").trim().to_owned();
    }
    let bare = words.strip_prefix('/').unwrap_or(words);
    match bare.split_whitespace().next() {
        None => "/help".to_owned(),
        Some(first) if is_ours(first) => format!("/{bare}"),
        Some(_) => words.to_owned(),
    }
}

/// Buttons that were pressed.
pub(super) fn pressed(interaction: &Interaction, me: &Me, known: &Known) -> Vec<Inbound> {
    let team = interaction.team.as_ref().map(|team| team.id.as_str());
    if interaction.kind != "block_actions" || !is_here(team, me) {
        return Vec::new();
    }
    let actions = interaction.actions.iter();
    actions
        .filter_map(|action| {
            let channel = interaction.channel.as_ref()?;
            let container = interaction.container.as_ref()?;
            let within = interaction.message.as_ref();
            let thread = within.and_then(|message| message.thread_ts.as_ref());
            let message_id = container.message_ts.clone()?;
            let user = &interaction.user;
            let handle = user.username.as_deref().or(user.name.as_deref());
            Some(Inbound {
                provider_id: [&interaction.trigger_id, &action.id, &action.ts]
                    .map(String::as_str)
                    .join(":"),
                peer: place_by_id(&channel.id, known)?,
                thread: container
                    .thread_ts
                    .as_ref()
                    .or(thread)
                    .filter(|thread| **thread != message_id)
                    .cloned(),
                space: space(team),
                sender: person(&user.id, handle, known)?,
                title: title(&channel.id, channel.name.as_deref(), known),
                at_ms: ms(&action.ts),
                event: InboundEvent::Pressed {
                    message_id,
                    value: action.value.clone()?,
                },
            })
        })
        .collect()
}

/// The channel's name, as it is told here, else as it was heard before. Conversations without one
/// are called by what they are, or by who is in them.
fn title(id: &str, name: Option<&str>, known: &Known) -> Option<String> {
    let is_name = |name: &&str| {
        !matches!(*name, "" | "directmessage" | "privategroup") && !name.starts_with("mpdm-")
    };
    if let Some(name) = name.filter(is_name) {
        known.learn_name(id, Some(name));
    }
    known.name_of(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_told_once_is_kept_and_what_is_none_is_not() {
        let known = Known::default();
        for none in ["", "directmessage", "privategroup", "mpdm-ada--grace-1"] {
            assert_eq!(title("G1", Some(none), &known), None, "{none}");
        }
        assert_eq!(title("C1", Some("tides"), &known).as_deref(), Some("tides"));
        assert_eq!(title("C1", None, &known).as_deref(), Some("tides"));
        assert_eq!(title("C2", None, &known), None);
    }

    #[test]
    fn the_apps_own_command_is_not_a_part_of_the_words() {
        for (words, text) in [
            ("status", "/status"),
            ("Status now", "/Status now"),
            ("/new", "/new"),
            ("model a/b", "/model a/b"),
            ("reset", "/reset"),
            ("stop", "/stop"),
            ("what is new?", "what is new?"),
            ("/unknown thing", "/unknown thing"),
            ("", "/help"),
        ] {
            assert_eq!(meant("/tidegate", words), text);
        }
        assert_eq!(meant("/model", "a/b"), "/model a/b");
        assert_eq!(meant("/new", ""), "/new");
    }
}
