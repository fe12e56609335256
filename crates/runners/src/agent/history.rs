//! The conversation as providers want it: people and agent in turns, beginning with a person, and
//! every call of a tool followed by what it brought.

use tidegate_core::tool::ToolContent;
use tidegate_core::transcript::{
    INTERRUPTED_CALL, Message, NewMessage, Part, Speaker, ToolCallPart, ToolResultPart,
};

use super::pictures::{Picture, Pictures};

/// Stands where a conversation begins with the agent's words: some providers and most chat
/// templates refuse that.
pub(crate) const BEGINNING: &str = "(The beginning of this conversation is not shown.)";

/// Everything that one side said before the other spoke again.
#[derive(Debug)]
pub(crate) enum Said<'a> {
    /// A person.
    User(Words<'a>),
    /// The agent.
    Agent(Words<'a>),
    /// The tools that it called in its last message, a result for each call.
    Tools(Vec<Brought<'a>>),
}

/// Messages of one side; each has words, files or calls.
#[derive(Debug)]
pub(crate) struct Words<'a>(pub(crate) Vec<&'a NewMessage>);

/// What a call brought.
#[derive(Debug)]
pub(crate) struct Brought<'a> {
    /// The call.
    pub(crate) call: &'a ToolCallPart,
    /// Its result; none if the turn ended before.
    pub(crate) result: Option<&'a ToolResultPart>,
}

impl Words<'_> {
    /// The words, without thinking, and a line for each file that is not among the pictures.
    pub(crate) fn text(&self, pictures: &Pictures) -> String {
        let texts = self.0.iter().map(|message| {
            message.text_with(|file| pictures.of_file(file).is_none().then(|| file.line()))
        });
        let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
        texts.join("\n\n")
    }

    /// Those of the pictures that it shows, in order.
    pub(crate) fn pictures<'p>(&self, pictures: &'p Pictures) -> Vec<&'p Picture> {
        let files = self.0.iter().flat_map(|message| message.files());
        files.filter_map(|file| pictures.of_file(file)).collect()
    }

    /// The calls in it.
    pub(crate) fn calls(&self) -> impl Iterator<Item = &ToolCallPart> {
        self.0.iter().flat_map(|message| message.tool_calls())
    }
}

impl Brought<'_> {
    /// Whether it went wrong.
    pub(crate) fn is_error(&self) -> bool {
        self.result.is_none_or(|result| result.is_error)
    }

    /// What the model is told in words.
    pub(crate) fn words(&self) -> String {
        self.result
            .map_or_else(|| INTERRUPTED_CALL.to_owned(), ToolResultPart::words)
    }

    /// Its pictures: the type and the bytes in base64.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = (&str, &str)> {
        let content = self.result.map_or(&[][..], |result| &result.content);
        content.iter().filter_map(|content| match content {
            ToolContent::Image { mime, data } => Some((mime.as_str(), data.as_str())),
            ToolContent::Text { .. } | ToolContent::Json { .. } => None,
        })
    }
}

/// Groups what was said. Messages without words and files (a failed turn) are left out; interrupted and
/// injected ones stay: the person saw them. Without `tools` the calls are left out with what they
/// brought: providers refuse them where no tools are offered.
pub(crate) fn conversation(history: &[Message], tools: bool) -> Vec<Said<'_>> {
    let mut all: Vec<Said<'_>> = Vec::new();
    for (at, message) in history.iter().enumerate() {
        let message = &message.body;
        let calls = tools && message.tool_calls().next().is_some();
        if message.text().trim().is_empty() && !calls {
            continue;
        }
        match (all.last_mut(), message.speaker) {
            (Some(Said::User(last)), Speaker::User)
            | (Some(Said::Agent(last)), Speaker::Assistant) => last.0.push(message),
            (_, Speaker::User) => all.push(Said::User(Words(vec![message]))),
            (_, Speaker::Assistant) => all.push(Said::Agent(Words(vec![message]))),
        }
        if calls {
            let later = history.get(at + 1..).unwrap_or_default();
            let brought = message.tool_calls().map(|call| Brought {
                call,
                result: result_of(call, message, later),
            });
            all.push(Said::Tools(brought.collect()));
        }
    }
    all
}

/// The result of a call, among the messages behind it: before the next round of its run, whose ids
/// may be the same.
fn result_of<'a>(
    call: &ToolCallPart,
    asked: &NewMessage,
    later: &'a [Message],
) -> Option<&'a ToolResultPart> {
    let of_run = later
        .iter()
        .filter(|message| message.body.run_id == asked.run_id);
    let until_next = of_run.take_while(|message| message.body.tool_calls().next().is_none());
    let mut results = until_next.flat_map(|message| message.body.tool_results());
    results.find(|result| result.call_id == call.id)
}

/// Whether [`BEGINNING`] must stand first.
pub(crate) fn begins_with_agent(said: &[Said<'_>]) -> bool {
    matches!(said.first(), Some(Said::Agent(_)))
}

/// Tokens of some texts, at four characters each: for servers that do not count.
pub(crate) fn estimated_tokens<'a>(texts: impl Iterator<Item = &'a str>) -> u64 {
    let chars: usize = texts.map(|text| text.chars().count()).sum();
    u64::try_from(chars.div_ceil(4)).unwrap_or(u64::MAX)
}

/// The words and the thinking of some parts. Files, calls and what they brought are not counted: what
/// they cost is the provider's to say.
pub(crate) fn all_words(parts: &[Part]) -> impl Iterator<Item = &str> {
    parts.iter().filter_map(|part| match part {
        Part::Text { text } => Some(text.as_str()),
        Part::Thinking { thinking, .. } => Some(thinking.as_str()),
        Part::File(_) | Part::ToolCall(_) | Part::ToolResult(_) => None,
    })
}

#[cfg(test)]
mod tests;
