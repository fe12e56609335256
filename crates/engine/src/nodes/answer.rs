//! What a node answers. Only the connection that was sent a command can end it (SECURITY T24).

use serde_json::{Value, json};
use tidegate_core::node::CallEnding;
use tidegate_protocol::{ConnId, DeviceId};

use super::Nodes;
use super::bounds::RESULT_BYTES;
use super::checks::Checks;
use super::directory::Settled;

/// What a node says came of a command.
#[derive(Debug, Clone)]
pub struct NodeAnswer {
    /// The id of the command.
    pub id: String,
    /// Whether it was done.
    pub ok: bool,
    /// The answer as a value.
    pub payload: Value,
    /// The answer as JSON text; another kind of value counts as `payload`.
    pub payload_json: Value,
    /// Why it was not done: code and sentence.
    pub failure: (Option<String>, Option<String>),
}

impl Nodes {
    /// Takes an answer. False if nobody waits for it, or it was never asked of this connection:
    /// then it is counted and forgotten.
    pub fn answer(&self, conn: &ConnId, node: &DeviceId, answer: NodeAnswer) -> bool {
        let directory = self.directory();
        let id = answer.id.clone();
        let settled = directory.command_of(&id, conn).map_or_else(
            |why| why,
            |command| {
                let ending = read(&directory.checks, &command, answer);
                directory.settle(&id, ending)
            },
        );
        match settled {
            Settled::Now => return true,
            Settled::Unknown => directory.counts.late(),
            Settled::Foreign => {
                directory.counts.foreign();
                tracing::warn!(
                    target: "tidegate::audit",
                    conn_id = %conn, node = %node,
                    "an answer to a command of another connection was refused"
                );
            }
        }
        false
    }
}

fn read(checks: &Checks, command: &str, answer: NodeAnswer) -> CallEnding {
    if !answer.ok {
        let (code, message) = answer.failure;
        return CallEnding::Failed { code, message };
    }
    let (payload, payload_json) = match value(checks.knows(command), answer) {
        Ok(read) => read,
        Err(why) => return CallEnding::BadAnswer { why },
    };
    if let Err(why) = checks.result(command, &payload) {
        return CallEnding::BadAnswer { why };
    }
    CallEnding::Answered {
        payload,
        payload_json,
    }
}

/// The answer as a value, and as the text that was sent. Of commands that the catalog does not
/// know a text that is no JSON is let through (V3 8.3).
fn value(is_known: bool, answer: NodeAnswer) -> Result<(Value, Option<String>), String> {
    let text = match answer.payload_json {
        Value::String(text) => text,
        Value::Null => return small(answer.payload).map(|payload| (payload, None)),
        other => return small(other).map(|payload| (payload, None)),
    };
    if text.len() > RESULT_BYTES {
        return Err(too_large());
    }
    match tidegate_protocol::strict::parse(&text) {
        Ok(payload) => Ok((payload, Some(text))),
        Err(_) if !is_known => Ok((json!({ "payloadJSON": text }), Some(text))),
        Err(_) => Err("payloadJSON is no JSON".into()),
    }
}

fn small(payload: Value) -> Result<Value, String> {
    if payload.to_string().len() > RESULT_BYTES {
        return Err(too_large());
    }
    Ok(payload)
}

fn too_large() -> String {
    format!("it is larger than {RESULT_BYTES} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(payload: Value, payload_json: Value) -> NodeAnswer {
        NodeAnswer {
            id: "id".into(),
            ok: true,
            payload,
            payload_json,
            failure: (None, None),
        }
    }

    fn of(command: &str, payload: Value, payload_json: Value) -> CallEnding {
        read(&Checks::new(), command, answered(payload, payload_json))
    }

    #[test]
    fn text_value_and_nothing_are_answers() {
        assert_eq!(
            of("canvas.eval", Value::Null, json!("{\"result\":2}")),
            CallEnding::Answered {
                payload: json!({ "result": 2 }),
                payload_json: Some("{\"result\":2}".into())
            }
        );
        let value = |payload: Value| CallEnding::Answered {
            payload,
            payload_json: None,
        };
        assert_eq!(
            of("canvas.eval", json!({ "result": 3 }), Value::Null),
            value(json!({ "result": 3 }))
        );
        assert_eq!(
            of("canvas.eval", Value::Null, json!({ "x": 1 })),
            value(json!({ "x": 1 }))
        );
        assert_eq!(
            of("canvas.hide", Value::Null, Value::Null),
            value(Value::Null)
        );
    }

    #[test]
    fn what_is_not_as_declared_is_no_answer() {
        let bad = |ending: CallEnding| matches!(ending, CallEnding::BadAnswer { .. });
        assert!(bad(of("canvas.eval", Value::Null, json!("not json"))));
        assert!(bad(of("system.which", json!({ "bins": [] }), Value::Null)));
        assert!(bad(of("system.run", Value::Null, Value::Null)));
        let large = "x".repeat(RESULT_BYTES);
        assert!(bad(of("their.own", json!(large), Value::Null)));
        assert!(!bad(of("their.own", Value::Null, json!("not json"))));
    }

    #[test]
    fn a_failure_keeps_the_words_of_the_node() {
        let answer = NodeAnswer {
            ok: false,
            failure: (Some("CAMERA_DISABLED".into()), Some("camera off".into())),
            ..answered(json!({ "ignored": true }), Value::Null)
        };
        assert_eq!(
            read(&Checks::new(), "camera.snap", answer),
            CallEnding::Failed {
                code: Some("CAMERA_DISABLED".into()),
                message: Some("camera off".into())
            }
        );
    }
}
