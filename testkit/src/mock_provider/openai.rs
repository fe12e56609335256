//! Chat completions: the events of an answer.

use serde_json::{Value, json};

/// The events before the words and after them.
pub(super) fn around(calls: &[(String, Value)], usage: (u64, u64)) -> (Vec<String>, Vec<String>) {
    let mut after = Vec::new();
    for (at, (name, arguments)) in calls.iter().enumerate() {
        let arguments = arguments.to_string();
        let middle = arguments.floor_char_boundary(arguments.len() / 2);
        let (first, rest) = arguments.split_at(middle);
        // As OpenAI does: the id and the name come once, the arguments in pieces.
        let id = format!("call_{name}_{at}");
        let begun = json!({ "index": at, "id": id, "type": "function", "function": { "name": name, "arguments": first } });
        after.push(delta(&json!({ "tool_calls": [begun] }), None));
        let more = json!({ "index": at, "function": { "arguments": rest } });
        after.push(delta(&json!({ "tool_calls": [more] }), None));
    }
    let why = if calls.is_empty() {
        "stop"
    } else {
        "tool_calls"
    };
    after.push(delta(&json!({}), Some(why)));
    let (input, output) = usage;
    let tokens = json!({ "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output });
    after.push(json!({ "choices": [], "usage": tokens }).to_string());
    after.push("[DONE]".to_owned());
    (Vec::new(), after)
}

/// A piece of the words.
pub(super) fn words(piece: &str) -> String {
    delta(&json!({ "content": piece }), None)
}

fn delta(delta: &Value, why: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": why });
    json!({ "choices": [choice] }).to_string()
}
