//! An agent shows its canvas on a node: real gateway, real node, real browser, and somebody who presses.

use serde_json::{Value, json};
use tidegate_testkit::{Daemon, Finger, MockProvider, RawClient, Reply};

use crate::house::{Home, gateway, invoke, owner};

const PAGE: &str = "<!doctype html><body style='background:#093'><h1>Tide table</h1>\
    <button id='go' style='width:90px;height:40px'>go</button><script>\
    document.querySelector('#go').onclick = () => tidegateSendUserAction({name: 'flood', context: {by: 'Ada'}});\
    </script>";

/// A call of the canvas.
fn canvas(arguments: Value) -> Reply {
    Reply::Calls {
        text: "I show it.".to_owned(),
        calls: vec![("canvas".to_owned(), arguments)],
    }
}

fn words(text: &str) -> Reply {
    Reply::Words {
        pieces: vec![text.to_owned()],
        pause: std::time::Duration::ZERO,
        usage: (1, 1),
    }
}

/// What the model does: a page on the node, a picture of it, and an answer to what is done there.
fn script(said: &str) -> Reply {
    match said {
        "show it" => canvas(json!({ "action": "write", "path": "index.html", "content": PAGE })),
        said if said.contains("index.html has") => {
            canvas(json!({ "action": "present", "node": "Box" }))
        }
        said if said.contains("shows the canvas of this conversation, until") => {
            canvas(json!({ "action": "snapshot", "node": "Box" }))
        }
        said if said.contains("\"format\":\"png\"") => words("It is on the box."),
        said if said.starts_with("[canvas] On the node ") => words("The flood comes."),
        other => words(&format!("Nobody taught me to answer this: {other}")),
    }
}

async fn with_model() -> (Daemon, MockProvider) {
    let model = MockProvider::start(script).await.unwrap();
    let provider = json!({
        "api": "anthropic-messages", "baseUrl": model.base_url(), "models": [{ "id": "mock-1" }],
    });
    let config = json!({
        "models": { "providers": { "mock": provider } },
        "agents": { "defaults": { "model": { "primary": "mock/mock-1" } } },
    });
    (gateway(&config).await, model)
}

async fn says(owner: &mut RawClient, session: &str, message: &str) {
    let params = json!({ "sessionKey": session, "message": message, "idempotencyKey": message });
    let answer = owner.request("chat.send", params).await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
}

/// The end of the next run of a session.
async fn answered(owner: &mut RawClient, session: &str) -> Value {
    let full = format!("agent:main:{session}");
    let end = move |event: &Value| {
        let key = event["sessionKey"].as_str().unwrap_or_default();
        (key == full || full.ends_with(&format!(":{key}"))) && event["state"] != "delta"
    };
    owner.wait_event("chat", end).await.unwrap()
}

#[tokio::test]
async fn an_agent_shows_a_page_on_a_node_and_hears_what_is_pressed_there() {
    let (gateway, _model) = with_model().await;
    let home = Home::open();
    let browser = Finger::browser(home.path()).unwrap();
    home.write(
        "node.json",
        &json!({ "displayName": "Box", "canvas": { "sandbox": false, "program": browser } }),
    );
    let node = home.join(&gateway).await;
    let token = gateway.token().unwrap();
    let scopes = ["operator.admin", "operator.read", "operator.write"];
    let mut client = RawClient::owner(gateway.port(), &token, &scopes)
        .await
        .unwrap();
    // Not the main session, to which a node belongs by itself.
    says(&mut client, "notes", "show it").await;
    let end = answered(&mut client, "notes").await;
    assert_eq!(
        end["message"]["content"][0]["text"], "It is on the box.",
        "{end}"
    );

    let (asker, _events) = owner(&gateway).await;
    let look = json!({ "javaScript": "[document.body.innerText, location.href, origin]" });
    let seen = invoke(&asker, &node.id(), "canvas.eval", look)
        .await
        .unwrap();
    let seen = &seen["result"];
    assert!(seen[0].as_str().unwrap().contains("Tide table"), "{seen}");
    assert_eq!(seen[2], "null", "a page of nobody there too");
    let url = seen[1].as_str().unwrap().to_owned();
    assert!(
        url.starts_with("http://127.0.0.1:") && url.contains("/cap/"),
        "{url}"
    );

    let mut finger = Finger::at(&home.node().join("scratch")).await.unwrap();
    finger.press("#go").await.unwrap();
    let end = answered(&mut client, "notes").await;
    assert_eq!(
        end["message"]["content"][0]["text"], "The flood comes.",
        "{end}"
    );
    let params = json!({ "sessionKey": "notes" });
    let history = client.request("chat.history", params).await.unwrap();
    let told = history["payload"]["messages"]
        .as_array()
        .unwrap()
        .iter()
        .rfind(|message| message["role"] == "user")
        .unwrap()["content"][0]["text"]
        .clone();
    let told = told.as_str().unwrap();
    assert!(told.starts_with("[canvas] On the node Box, "), "{told}");
    assert!(
        told.contains("\"action\":\"flood\"") && told.contains("\"by\":\"Ada\""),
        "{told}"
    );

    // The address was the node's, and ends with it.
    assert_eq!(status(&url).await, 200);
    node.kill().await;
    let gone = async {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(20));
        while status(&url).await != 401 {
            tick.tick().await;
        }
    };
    tidegate_testkit::in_time("the end of the address", gone)
        .await
        .unwrap();
}

/// The status at an address.
async fn status(url: &str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let (authority, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = tokio::net::TcpStream::connect(authority).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}
