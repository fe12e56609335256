//! Messages: the events of an answer.

use serde_json::{Value, json};

/// The events before the words and after them.
pub(super) fn around(calls: &[(String, Value)], usage: (u64, u64)) -> (Vec<String>, Vec<String>) {
    let (input, output) = usage;
    let begun = json!({ "type": "message_start", "message": { "usage": { "input_tokens": input, "output_tokens": 0 } } });
    let text = json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "text", "text": "" } });
    let mut after = vec![json!({ "type": "content_block_stop", "index": 0 }).to_string()];
    for (at, (name, arguments)) in (1..).zip(calls) {
        let arguments = arguments.to_string();
        let middle = arguments.floor_char_boundary(arguments.len() / 2);
        let (first, rest) = arguments.split_at(middle);
        let id = format!("toolu_{name}_{at}");
        let block = json!({ "type": "tool_use", "id": id, "name": name, "input": {} });
        after.push(
            json!({ "type": "content_block_start", "index": at, "content_block": block })
                .to_string(),
        );
        for piece in [first, rest] {
            let delta = json!({ "type": "input_json_delta", "partial_json": piece });
            after.push(
                json!({ "type": "content_block_delta", "index": at, "delta": delta }).to_string(),
            );
        }
        after.push(json!({ "type": "content_block_stop", "index": at }).to_string());
    }
    let why = if calls.is_empty() {
        "end_turn"
    } else {
        "tool_use"
    };
    let end = json!({ "type": "message_delta", "delta": { "stop_reason": why }, "usage": { "output_tokens": output } });
    after.push(end.to_string());
    after.push(json!({ "type": "message_stop" }).to_string());
    (vec![begun.to_string(), text.to_string()], after)
}

/// A piece of the words.
pub(super) fn words(piece: &str) -> String {
    let delta = json!({ "type": "text_delta", "text": piece });
    json!({ "type": "content_block_delta", "index": 0, "delta": delta }).to_string()
}
