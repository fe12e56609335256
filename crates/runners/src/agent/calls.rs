//! The calls of tools that an answer asks for, while they come piece by piece.

use serde_json::{Map, Value};
use tidegate_core::tool::ARGUMENTS_MAX_BYTES;
use tidegate_core::transcript::{Part, ToolCallPart};

use super::dialect::CallPiece;

/// Calls that are read of one answer: more than are carried out, so that each gets its refusal.
const READ_MAX: usize = 64;
/// Characters of an id that is kept as it came.
const ID_CHARS: usize = 64;

/// Calls in the order in which they began.
#[derive(Debug, Default)]
pub(crate) struct Calls(Vec<CallPiece>);

impl Calls {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a piece. False if there is no room for it.
    pub(crate) fn add(&mut self, piece: CallPiece) -> bool {
        let known = self.0.iter_mut().rev().find(|call| call.at == piece.at);
        // Some servers number every call 0: another id begins another call.
        let known =
            known.filter(|call| piece.id.is_empty() || call.id.is_empty() || call.id == piece.id);
        let Some(call) = known else {
            self.0.push(piece);
            return self.0.len() <= READ_MAX;
        };
        if call.id.is_empty() {
            call.id = piece.id;
        }
        if call.name.is_empty() {
            call.name = piece.name;
        }
        call.arguments.push_str(&piece.arguments);
        call.arguments.len() <= ARGUMENTS_MAX_BYTES
    }

    /// As parts of a message, each with an id of its own.
    pub(crate) fn into_parts(self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        let mut ids: Vec<String> = Vec::new();
        for (at, call) in self.0.into_iter().enumerate() {
            let id = Some(call.id).filter(|id| is_plain(id) && !ids.contains(id));
            let id = id.unwrap_or_else(|| format!("call-{}", at + 1));
            ids.push(id.clone());
            parts.push(Part::ToolCall(ToolCallPart {
                id,
                name: call.name,
                arguments: arguments(call.arguments),
            }));
        }
        parts
    }
}

/// Whether every provider takes an id.
fn is_plain(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    !id.is_empty() && id.len() <= ID_CHARS && id.chars().all(plain)
}

/// The arguments as an object; as the text that came if it is none.
fn arguments(text: String) -> Value {
    if text.trim().is_empty() {
        return Value::Object(Map::new());
    }
    match serde_json::from_str(&text) {
        Ok(Value::Object(fields)) => Value::Object(fields),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn piece(at: u64, id: &str, name: &str, arguments: &str) -> CallPiece {
        CallPiece {
            at,
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
        }
    }

    fn read(pieces: &[CallPiece]) -> Vec<(String, String, Value)> {
        let mut calls = Calls::new();
        assert!(pieces.iter().all(|piece| calls.add(piece.clone())));
        let parts = calls.into_parts().into_iter().map(|part| match part {
            Part::ToolCall(call) => (call.id, call.name, call.arguments),
            other => panic!("{other:?}"),
        });
        parts.collect()
    }

    #[test]
    fn pieces_of_two_calls_may_be_mixed() {
        let calls = read(&[
            piece(0, "a", "exec", ""),
            piece(1, "b", "nodes", "{\"x\""),
            piece(0, "", "", "{\"y\":"),
            piece(1, "", "", ":1}"),
            piece(0, "", "", "2}"),
        ]);
        assert_eq!(
            calls,
            [
                ("a".into(), "exec".into(), json!({"y": 2})),
                ("b".into(), "nodes".into(), json!({"x": 1}))
            ]
        );
    }

    #[test]
    fn every_call_gets_an_id_of_its_own() {
        let calls = read(&[
            piece(0, "same", "a", "{}"),
            piece(1, "same", "b", ""),
            piece(2, "", "c", "{}"),
            piece(3, "odd id!", "d", "{}"),
        ]);
        let ids: Vec<_> = calls.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids, ["same", "call-2", "call-3", "call-4"]);
        assert_eq!(calls[1].2, json!({}));
    }

    #[test]
    fn a_server_that_numbers_every_call_zero() {
        let calls = read(&[piece(0, "a", "x", "{}"), piece(0, "b", "y", "{}")]);
        assert_eq!(calls.len(), 2);
    }

    #[test]
    fn arguments_that_are_no_object_stay_as_they_came() {
        let calls = read(&[piece(0, "a", "x", "{\"half\":"), piece(1, "b", "y", "[1]")]);
        assert_eq!(calls[0].2, json!("{\"half\":"));
        assert_eq!(calls[1].2, json!("[1]"));
    }

    #[test]
    fn what_never_ends_is_refused() {
        let mut calls = Calls::new();
        let long = "x".repeat(ARGUMENTS_MAX_BYTES / 2 + 1);
        assert!(calls.add(piece(0, "a", "x", &long)));
        assert!(!calls.add(piece(0, "", "", &long)));
        let mut calls = Calls::new();
        let most = u64::try_from(READ_MAX).unwrap();
        assert!((0..most).all(|at| calls.add(piece(at, "", "x", ""))));
        assert!(!calls.add(piece(most, "", "x", "")));
    }
}
