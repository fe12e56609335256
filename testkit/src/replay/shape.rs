//! The shape of a frame: what stays of it when ids, times, versions and places are masked.
//! Everything else (keys, types, words, numbers) is compared as it is.

use serde_json::{Map, Value};

use super::names::ASKED;

/// Numbers that count time, events, bytes or changes.
const TIMES: [&str; 24] = [
    "heartbeatSeconds",
    "ts",
    "timestamp",
    "startedAt",
    "endedAt",
    "acceptedAt",
    "updatedAt",
    "issuedAtMs",
    "uptimeMs",
    "durationMs",
    "age",
    "seq",
    "presence",
    "health",
    "cursor",
    "size",
    "generatedAt",
    "approvedAtMs",
    "connectedAtMs",
    "createdAtMs",
    "expiresAtMs",
    "lastUsedAtMs",
    "revokedAtMs",
    "rotatedAtMs",
];
/// Names that are new at every start, connection, device or message.
const IDS: [&str; 12] = [
    "connId",
    "requestId",
    "sessionId",
    "deviceId",
    "instanceId",
    "deviceToken",
    "nonce",
    "hash",
    "raw",
    "publicKey",
    "nodeId",
    "token",
];
/// Where things are on the host.
const PLACES: [&str; 6] = [
    "path",
    "paths",
    "file",
    "configPath",
    "stateDir",
    "canvasHostUrl",
];
/// Facts of the host and the program, where the gateway speaks of itself.
const HOST_FACTS: [&str; 5] = ["host", "ip", "version", "platform", "modelIdentifier"];
/// A program's own configuration: its keys are not part of the protocol.
const DOCUMENTS: [&str; 3] = ["parsed", "config", "schema"];

/// The frame with what may differ masked by its type.
pub(super) fn shape(frame: &Value) -> Value {
    let mut frame = frame.clone();
    if let Value::Object(object) = &mut frame {
        // The answer was found by its id.
        object.remove("id");
    }
    let asked = frame.get("event").and_then(Value::as_str) == Some(ASKED);
    if let Some(id) = frame.pointer_mut("/payload/id")
        && (asked || is_uuid(id))
    {
        *id = mask("string");
    }
    masked("", &frame, Owner::default())
}

/// Whether it is a name that a gateway made up: the client's own ones come back as they were.
fn is_uuid(id: &Value) -> bool {
    let parts = id.as_str().unwrap_or_default().split('-');
    let hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.clone().map(str::len).eq([8, 4, 4, 4, 12]) && parts.clone().all(hex)
}

/// What a value stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Owner {
    #[default]
    Plain,
    /// The gateway speaks of itself.
    Gateway,
    /// The answer of a slash command: its words are the program's own.
    Injected,
    /// The summary of the sessions: which and how many there are depends on the moment.
    Sessions,
    /// A setting of heartbeats, which come in a later issue: only its keys are compared.
    Heartbeat,
    /// One model of a long list.
    Model,
}

fn masked(key: &str, value: &Value, owner: Owner) -> Value {
    match value {
        Value::Object(object) if DOCUMENTS.contains(&key) && !object.is_empty() => mask("document"),
        Value::Object(object) if key == "usage" && is_nothing(object) => mask("no usage"),
        Value::Object(object) => Value::Object(masked_object(key, object, owner)),
        Value::Array(items) => masked_array(key, items, owner),
        _ if owner == Owner::Heartbeat => mask("setting"),
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) => {
            let count = owner == Owner::Sessions && key == "count";
            let hidden = TIMES.contains(&key) || count || owner == Owner::Model;
            if hidden {
                mask(type_of(value))
            } else {
                value.clone()
            }
        }
        Value::String(text) => {
            let own = match owner {
                Owner::Gateway => HOST_FACTS.contains(&key),
                Owner::Injected => key == "text",
                Owner::Sessions => key == "key",
                Owner::Model => true,
                Owner::Plain | Owner::Heartbeat => false,
            };
            if own || IDS.contains(&key) || PLACES.contains(&key) {
                return mask("string");
            }
            Value::String(without_message_id(text).to_owned())
        }
    }
}

fn mask(kind: &str) -> Value {
    Value::String(format!("<{kind}>"))
}

fn masked_object(key: &str, object: &Map<String, Value>, owner: Owner) -> Map<String, Value> {
    let word = |key: &str| object.get(key).and_then(Value::as_str);
    let owner = if key == "heartbeat" {
        Owner::Heartbeat
    } else if key == "server" || word("mode") == Some("gateway") {
        Owner::Gateway
    } else if word("stopReason") == Some("injected") {
        Owner::Injected
    } else if object.contains_key("recent") {
        Owner::Sessions
    } else {
        owner
    };
    let child = |(key, value): (&String, &Value)| {
        let value = match (key.as_str(), value) {
            ("text", Value::String(text)) if owner == Owner::Gateway => {
                Value::String(without_facts(text, object))
            }
            _ => masked(key, value, owner),
        };
        (key.clone(), value)
    };
    object.iter().map(child).collect()
}

fn masked_array(key: &str, items: &[Value], owner: Owner) -> Value {
    let owner = if key == "models" { Owner::Model } else { owner };
    // The recorder left out the middle of long lists.
    let elided = |item: &Value| {
        item.as_str()
            .is_some_and(|text| text.starts_with("<elided "))
    };
    let items = items.iter().filter(|item| !elided(item));
    Value::Array(match key {
        "lines" => vec![mask("lines")],
        "input" if owner == Owner::Model => vec![mask("kinds")],
        _ => items.map(|item| masked(key, item, owner)).collect(),
    })
}

/// Whether every number in it is zero: then it does not matter which there are (V3 6.2).
fn is_nothing(usage: &Map<String, Value>) -> bool {
    usage.values().all(|value| match value {
        Value::Object(inner) => is_nothing(inner),
        value => value.as_f64() == Some(0.0),
    })
}

/// The January server kept an id at the end of each text, and forgot to take it out again in
/// `sessions.preview` (V3 6.5).
fn without_message_id(text: &str) -> &str {
    text.split_once("\n[message_id: ")
        .map_or(text, |(text, _)| text)
}

/// The gateway's line about itself with its facts masked.
fn without_facts(text: &str, entry: &Map<String, Value>) -> String {
    let facts = ["host", "ip", "version"].map(|key| (key, entry.get(key).and_then(Value::as_str)));
    facts
        .iter()
        .fold(text.to_owned(), |text, (key, fact)| match fact {
            Some(fact) => text
                .replacen(&format!(" {fact}"), &format!(" <{key}>"), 1)
                .replacen(&format!("({fact})"), &format!("(<{key}>)"), 1),
            None => text,
        })
}

/// What sort of element of a list this is: elements are compared with their own sort.
pub(super) fn sort_of(element: &Value) -> String {
    let words = ["role", "stopReason", "mode", "type", "key", "agentId"];
    let found = words.iter().filter_map(|key| element.get(key)?.as_str());
    found.collect::<Vec<_>>().join("/")
}

/// Keys that V3 itself marks as optional, by the objects that have them: one side may lack them.
/// If both have them, they are compared.
const OPTIONAL: [(&str, &str, &[&str]); 6] = [
    // V3 3.3. The January store had two entries for `main` (V3 11.1), which shared these.
    ("res sessions.list", "$.payload.sessions[]", &SESSION),
    ("res sessions.patch", "$.payload.entry", &SESSION),
    ("res sessions.reset", "$.payload.entry", &SESSION),
    // V3 3.2
    (
        "res models.list",
        "$.payload.models[]",
        &["contextWindow", "reasoning", "input"],
    ),
    // V3 3.2: the January server wrote a file of these, all empty, when it was asked for it.
    (
        "res exec.approvals.get",
        "$.payload.file",
        &["socket", "defaults", "agents"],
    ),
    // V3 6.2
    ("event chat final", "$.payload", &["usage", "stopReason"]),
];
/// V3 3.3 and 11.2: what is known of a session once something happened in it.
const SESSION: [&str; 15] = [
    "displayName",
    "chatType",
    "origin",
    "deliveryContext",
    "lastChannel",
    "lastMessagePreview",
    "systemSent",
    "abortedLastRun",
    "inputTokens",
    "outputTokens",
    "totalTokens",
    "modelProvider",
    "model",
    "contextTokens",
    "skillsSnapshot",
];

/// Whether V3 marks this key of this object as optional.
pub(super) fn is_optional(frame: &str, object: &str, key: &str) -> bool {
    OPTIONAL
        .iter()
        .any(|(of, path, keys)| *of == frame && *path == object && keys.contains(&key))
}

/// The name of a value's type; JSON has one type for 1 and 1.0.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_none_or(|number| number.fract() != 0.0) => {
            "number"
        }
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
