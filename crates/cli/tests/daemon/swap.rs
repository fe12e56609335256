//! Runners change places behind the real wire: what a client hears differs in the words only.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::{MockProvider, RawClient, Reply};

use crate::home::{Home, with_model};

/// The events of one run, each form once, in the order in which they first came. How often a
/// growing text is told depends on the clock; what is told does not.
async fn heard(client: &mut RawClient, message: &str) -> Vec<Value> {
    let params = json!({ "sessionKey": "main", "message": message, "idempotencyKey": message });
    let answer = client.request("chat.send", params).await.unwrap();
    assert_eq!(answer["payload"]["status"], "started", "{answer}");
    let mut forms = Vec::new();
    loop {
        let frame = client.next_frame().await.unwrap();
        let ours = frame["payload"]["runId"] == message;
        let last = frame["payload"]["state"] == "final";
        if ours {
            let form = masked(frame);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        if ours && last {
            return forms;
        }
    }
}

/// Without words, times and numbers.
fn masked(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                let own = [
                    "type",
                    "event",
                    "runId",
                    "sessionKey",
                    "stream",
                    "phase",
                    "state",
                    "role",
                    "stopReason",
                ];
                if !own.contains(&name.as_str()) {
                    *value = masked(value.take());
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| *item = masked(item.take())),
        Value::String(text) => *text = "text".into(),
        Value::Number(_) => value = 0.into(),
        Value::Bool(_) | Value::Null => {}
    }
    value
}

#[tokio::test]
async fn offline_and_openai_are_heard_alike() {
    let script = |_: &str| Reply::Words {
        pieces: (0..60).map(|number| format!("word {number} ")).collect(),
        pause: Duration::from_millis(10),
        usage: (11, 60),
    };
    let provider = MockProvider::start(script).await.unwrap();
    let mut all = Vec::new();
    for home in [
        Home::new(),
        Home::configured(&with_model(&provider.base_url())),
    ] {
        let gateway = home.start().await;
        let mut client = home.owner(&gateway).await;
        let mut forms = heard(&mut client, "hello").await;
        forms.extend(heard(&mut client, "/help").await);
        all.push(forms);
    }
    assert_eq!(
        provider.requests().len(),
        1,
        "the command was answered by the gateway itself"
    );
    assert!(all[0].len() >= 6, "{:?}", all[0]);
    assert_eq!(all[0], all[1]);
}
