//! A program on a node, asked for by a tool: what a person allowed runs there, exactly, once.

use serde_json::{Value, json};
use tidegate_client::Client;
use tidegate_testkit::{Daemon, WAIT, in_time};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{Home, gateway, owner};

/// Asks the tool `exec` for a program on the node `Box`; what it answers.
async fn exec(gateway: &Daemon, argv: Value) -> Value {
    let body = json!({"tool": "exec", "args": {"command": argv, "host": "node", "node": "Box"}});
    let body = body.to_string();
    let (port, token) = (gateway.port(), gateway.token().unwrap());
    let request = format!(
        "POST /tools/invoke HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let body = answer.split_once("\r\n\r\n").unwrap().1;
        serde_json::from_str(body).unwrap()
    };
    in_time("the tool", exchange).await.unwrap()
}

async fn call(owner: &Client, method: &str, params: Value) -> Value {
    let answer = owner.call_raw(method, Some(&params), WAIT, false).await;
    serde_json::from_str(answer.unwrap().get()).unwrap()
}

/// The question that waits.
async fn question(owner: &Client) -> Value {
    let asked = async {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        loop {
            tick.tick().await;
            let list = call(owner, "exec.approval.list", json!({})).await;
            if let Some(first) = list.as_array().unwrap().first() {
                return first.clone();
            }
        }
    };
    in_time("the question", asked).await.unwrap()
}

async fn decide(owner: &Client, question: &Value, decision: &str) {
    let params = json!({"id": question["id"], "decision": decision});
    call(owner, "exec.approval.resolve", params).await;
}

#[tokio::test]
async fn what_was_allowed_runs_there_and_only_that() {
    let gateway = gateway(&json!({})).await;
    let home = Home::careful();
    let node = home.join(&gateway).await;
    let (client, _events) = owner(&gateway).await;
    let script = home.work("script.sh");
    std::fs::write(&script, "echo as it was seen\n").unwrap();
    let argv = json!(["sh", script]);

    let (answer, ()) = tokio::join!(exec(&gateway, argv.clone()), async {
        let asked = question(&client).await;
        assert_eq!(asked["request"]["nodeId"], node.id());
        assert_eq!(asked["request"]["argv"], argv);
        decide(&client, &asked, "allow-once").await;
    });
    assert_eq!(answer["ok"], true, "{answer}");
    assert!(answer.to_string().contains("as it was seen"), "{answer}");

    // Allowed once is not allowed again, and a no is a no.
    let (answer, ()) = tokio::join!(exec(&gateway, argv.clone()), async {
        decide(&client, &question(&client).await, "deny").await;
    });
    assert_eq!(answer["ok"], false, "{answer}");

    // The script is another one by the time that it is allowed (T49).
    let done = home.work("done");
    let (answer, ()) = tokio::join!(exec(&gateway, argv), async {
        let asked = question(&client).await;
        std::fs::write(&script, format!("touch {}\n", done.display())).unwrap();
        decide(&client, &asked, "allow-once").await;
    });
    assert_eq!(answer["ok"], false, "{answer}");
    assert!(
        answer
            .to_string()
            .contains("not as it was when it was approved"),
        "{answer}"
    );
    assert!(!done.exists());
}
