//! What the tests of this folder share.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use tidegate_core::channel::MediaKind;
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::tool::{NoTools, Round, RoundLost, ToolBox, ToolContent, ToolOutcome, ToolSpec};
use tidegate_core::transcript::{
    FilePart, Maker, Message, NewMessage, Part, Speaker, StopReason, ToolCallPart, ToolResultPart,
    Usage,
};
use tidegate_protocol::RunId;
use tokio_util::sync::CancellationToken;

use super::dialect::{Delta, Fault, Reader};
use super::pictures::Pictures;
use super::sse::{Decoder, Frame};

/// What a reader made of a stream, with the words of neighbouring deltas joined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heard {
    deltas: Vec<Delta>,
    fault: Option<Fault>,
    stop: Option<StopReason>,
    finished: bool,
    usage: Option<Usage>,
}

/// Reads a stream that arrives in the given pieces.
pub(crate) fn hear<'a, R: Reader>(mut reader: R, pieces: impl Iterator<Item = &'a [u8]>) -> Heard {
    let (mut decoder, mut frames, mut deltas, mut fault) =
        (Decoder::default(), Vec::new(), Vec::new(), None);
    for piece in pieces {
        if decoder.push(piece, &mut frames).is_err() {
            fault = Some(Fault::TooLarge);
        }
    }
    frames.extend(decoder.finish());
    for frame in frames {
        let Frame::Event { name, data } = frame else {
            continue;
        };
        match reader.read(&name, &data) {
            Ok(more) => more.into_iter().for_each(|delta| join(&mut deltas, delta)),
            Err(found) => {
                fault = Some(found);
                break;
            }
        }
    }
    Heard {
        deltas,
        fault,
        stop: reader.stop(),
        finished: reader.finished(),
        usage: reader.usage(),
    }
}

fn join(deltas: &mut Vec<Delta>, delta: Delta) {
    match (deltas.last_mut(), delta) {
        (_, Delta::Alive) => {}
        (Some(Delta::Text(last)), Delta::Text(more))
        | (Some(Delta::Thinking(last)), Delta::Thinking(more)) => {
            last.push_str(&more);
        }
        (_, delta) => deltas.push(delta),
    }
}

/// The bytes in pieces of the given sizes, over and over.
pub(crate) fn pieces<'a>(bytes: &'a [u8], sizes: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut rest = bytes;
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let size = (*sizes.next()?).clamp(1, rest.len().max(1));
        (!rest.is_empty()).then(|| {
            let (piece, more) = rest.split_at(size);
            rest = more;
            piece
        })
    })
}

/// A message of a history.
pub(crate) fn said(speaker: Speaker, parts: &[Part], provider: &str) -> Message {
    let maker = Maker {
        api: "anthropic-messages".into(),
        provider: provider.into(),
        model: "m".into(),
    };
    let answer = speaker == Speaker::Assistant;
    let mut body = NewMessage::user("id".into(), String::new(), 0, RunId::new("r"));
    body.speaker = speaker;
    body.parts = parts.to_vec();
    body.maker = answer.then_some(maker);
    Message { seq: 1, body }
}

/// Words.
pub(crate) fn text(text: &str) -> Part {
    Part::Text { text: text.into() }
}

/// Thinking with a proof.
pub(crate) fn thinking(words: &str, proof: Option<&str>) -> Part {
    Part::Thinking {
        thinking: words.into(),
        signature: proof.map(Into::into),
    }
}

/// A photo that lies there.
pub(crate) fn photo(path: &str) -> Part {
    Part::File(FilePart {
        kind: MediaKind::Photo,
        name: None,
        mime: "image/png".into(),
        bytes: 2048,
        path: path.into(),
    })
}

/// A turn with photos: one that is shown, in a message with words; one that is too old, and one
/// that is shown, without words.
pub(crate) fn turn_with_photos() -> Turn {
    let history = vec![
        said(Speaker::User, &[text("Before."), photo("/media/0")], ""),
        said(Speaker::Assistant, &[text("I see.")], "mine"),
        said(
            Speaker::User,
            &[text("What is this?"), photo("/media/1")],
            "",
        ),
        said(Speaker::User, &[photo("/media/2")], ""),
    ];
    Turn {
        system_prompt: None,
        history,
        ..turn(ThinkingLevel::Off)
    }
}

/// The photos of it that are shown.
pub(crate) fn shown_photos() -> Pictures {
    Pictures::with([("/media/1", "AAAA"), ("/media/2", "BBBB")])
}

/// A turn that has everything a request must cope with.
pub(crate) fn turn(level: ThinkingLevel) -> Turn {
    let interrupted = {
        let mut message = said(
            Speaker::Assistant,
            &[thinking("so", Some("P2")), text("An interrup")],
            "mine",
        );
        message.body.stop = Some(StopReason::Interrupted);
        message
    };
    let mut injected = said(Speaker::Assistant, &[text("A reminder.")], "mine");
    injected.body.maker = None;
    injected.body.stop = Some(StopReason::Injected);
    Turn {
        run_id: RunId::new("run-1"),
        model: "some/model".into(),
        thinking: level,
        system_prompt: Some("You are kind.".into()),
        history: vec![
            said(
                Speaker::Assistant,
                &[thinking("other", Some("P0")), text("Before.")],
                "other",
            ),
            said(Speaker::User, &[text("Hello")], ""),
            said(
                Speaker::Assistant,
                &[
                    thinking("hm", Some("P1")),
                    thinking("no proof", None),
                    text("Hi!"),
                ],
                "mine",
            ),
            said(Speaker::User, &[text("one")], ""),
            said(Speaker::User, &[text("  ")], ""),
            said(
                Speaker::Assistant,
                &[thinking("failed", Some("P9"))],
                "mine",
            ),
            said(Speaker::User, &[text("two")], ""),
            interrupted,
            injected,
            said(Speaker::User, &[text("Now?")], ""),
        ],
        tools: Arc::new(NoTools),
    }
}

/// Offers a tool, and carries nothing out.
#[derive(Debug)]
struct Offered(Vec<ToolSpec>);

#[async_trait]
impl ToolBox for Offered {
    fn specs(&self) -> &[ToolSpec] {
        &self.0
    }

    async fn carry_out(
        &self,
        _round: Round,
        _stop: CancellationToken,
    ) -> Result<Vec<NewMessage>, RoundLost> {
        Err(RoundLost::Stopped)
    }
}

fn call(id: &str) -> ToolCallPart {
    ToolCallPart {
        id: id.into(),
        name: "exec".into(),
        arguments: json!({ "command": ["date"] }),
    }
}

/// A turn that is offered a tool, after one with two rounds whose ids are the same: a picture comes
/// back, a call fails, and one was interrupted.
pub(crate) fn turn_with_tools() -> Turn {
    let asks = |words: &[Part], ids: &[&str]| {
        let calls = ids.iter().map(|id| Part::ToolCall(call(id)));
        let parts: Vec<Part> = words.iter().cloned().chain(calls).collect();
        said(Speaker::Assistant, &parts, "mine")
    };
    let brought = |id: &str, outcome: ToolOutcome| {
        let result = ToolResultPart::of(&call(id), outcome);
        said(Speaker::Assistant, &[Part::ToolResult(result)], "mine")
    };
    let picture = ToolContent::Image {
        mime: "image/png".into(),
        data: "AAAA".into(),
    };
    let mut seen = ToolOutcome::json(json!({ "seen": 1 }));
    seen.content.push(picture);
    let mut elsewhere = said(Speaker::Assistant, &[text("A reminder.")], "mine");
    elsewhere.body.run_id = None;
    elsewhere.body.maker = None;
    let spec = ToolSpec {
        name: "exec",
        description: "Runs a program.",
        input_schema: json!({ "type": "object" }),
    };
    Turn {
        system_prompt: None,
        history: vec![
            // What it answers was said too long ago.
            brought("c0", ToolOutcome::text("nobody knows the question")),
            said(Speaker::User, &[text("What time is it?")], ""),
            asks(
                &[thinking("hm", Some("P1")), text("I look.")],
                &["c1", "c2"],
            ),
            brought("c1", seen),
            elsewhere,
            brought("c2", ToolOutcome::error("no such program")),
            asks(&[], &["c1"]),
            said(Speaker::User, &[text("Well?")], ""),
        ],
        tools: Arc::new(Offered(vec![spec])),
        ..turn(ThinkingLevel::Medium)
    }
}
