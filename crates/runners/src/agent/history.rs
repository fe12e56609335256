//! The conversation as providers want it: people and agent in turns, beginning with a person.

use tidegate_core::transcript::{Message, NewMessage, Part, Speaker, text_of};

/// Stands where a conversation begins with the agent's words: some providers and most chat
/// templates refuse that.
pub(crate) const BEGINNING: &str = "(The beginning of this conversation is not shown.)";

/// Everything that one side said before the other spoke again.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    /// Which side.
    pub(crate) speaker: Speaker,
    /// Its messages; each has words.
    pub(crate) messages: Vec<&'a NewMessage>,
}

impl Said<'_> {
    /// The words, without thinking.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<String> = self.messages.iter().map(|message| message.text()).collect();
        texts.join("\n\n")
    }
}

/// Groups what was said. Messages without words (a failed turn) are left out; interrupted and
/// injected ones stay: the person saw them.
pub(crate) fn conversation(history: &[Message]) -> Vec<Said<'_>> {
    let mut all: Vec<Said<'_>> = Vec::new();
    for message in history.iter().map(|message| &message.body) {
        if text_of(&message.parts).trim().is_empty() {
            continue;
        }
        match all.last_mut() {
            Some(last) if last.speaker == message.speaker => last.messages.push(message),
            _ => all.push(Said {
                speaker: message.speaker,
                messages: vec![message],
            }),
        }
    }
    all
}

/// Whether [`BEGINNING`] must stand first.
pub(crate) fn begins_with_agent(said: &[Said<'_>]) -> bool {
    said.first()
        .is_some_and(|first| first.speaker == Speaker::Assistant)
}

/// Tokens of some texts, at four characters each: for servers that do not count.
pub(crate) fn estimated_tokens<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let chars: usize = texts.map(|text| text.chars().count()).sum();
    u64::try_from(chars.div_ceil(4)).unwrap_or(u64::MAX)
}

/// The words and the thinking of some parts.
pub(crate) fn all_words(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().map(|part| match part {
        Part::Text { text } => text.as_str(),
        Part::Thinking { thinking, .. } => thinking.as_str(),
    })
}
