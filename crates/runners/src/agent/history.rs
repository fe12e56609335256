//! The conversation as providers want it: people and agent in turns, beginning with a person.

use tidegate_core::transcript::{Message, NewMessage, Part, Speaker};

use super::pictures::{Picture, Pictures};

/// Stands where a conversation begins with the agent's words: some providers and most chat
/// templates refuse that.
pub(crate) const BEGINNING: &str = "(The beginning of this conversation is not shown.)";

/// Everything that one side said before the other spoke again.
#[derive(Debug)]
pub(crate) struct Said<'a> {
    /// Which side.
    pub(crate) speaker: Speaker,
    /// Its messages; each has words or files.
    pub(crate) messages: Vec<&'a NewMessage>,
}

impl Said<'_> {
    /// The words, without thinking, and a line for each file that is not among the pictures.
    pub(crate) fn text(&self, pictures: &Pictures) -> String {
        let texts = self.messages.iter().map(|message| {
            message.text_with(|file| pictures.of_file(file).is_none().then(|| file.line()))
        });
        let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
        texts.join("\n\n")
    }

    /// Those of the pictures that it shows, in order.
    pub(crate) fn pictures<'p>(&self, pictures: &'p Pictures) -> Vec<&'p Picture> {
        let files = self.messages.iter().flat_map(|message| message.files());
        files.filter_map(|file| pictures.of_file(file)).collect()
    }
}

/// Groups what was said. Messages without words and files (a failed turn) are left out; interrupted and
/// injected ones stay: the person saw them.
pub(crate) fn conversation(history: &[Message]) -> Vec<Said<'_>> {
    let mut all: Vec<Said<'_>> = Vec::new();
    for message in history.iter().map(|message| &message.body) {
        if message.text().trim().is_empty() {
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

/// The words and the thinking of some parts. Files are not counted: what they cost is the
/// provider's to say.
pub(crate) fn all_words(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text.as_str()),
        Part::Thinking { thinking, .. } => Some(thinking.as_str()),
        Part::File(_) => None,
    })
}
