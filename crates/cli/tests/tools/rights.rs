//! Tools are for those who may administer (SECURITY T23), and are heard of by those who asked for it.

use serde_json::{Value, json};

use crate::house::{DIALECTS, House, exec, words};
use tidegate_testkit::RawClient;

#[tokio::test]
async fn a_run_has_no_more_rights_than_who_caused_it() {
    for dialect in DIALECTS {
        let mut house = House::open(dialect, |_| exec(json!({ "command": ["id"] }))).await;
        let scopes = ["operator.read", "operator.write"];
        let mut writer = House::connect(&house.daemon, &scopes).await;
        let params = json!({ "sessionKey": "main", "message": "run id", "idempotencyKey": "k" });
        writer.request("chat.send", params).await.unwrap();
        let end = house.ended().await;
        assert_eq!(end["state"], "error", "{end}");
        assert_eq!(house.waiting().await, 0, "nobody is asked");
        let request = house.model.requests().pop().unwrap();
        assert_eq!(request.get("tools"), None, "none are offered");
        assert_eq!(house.outline().await, ["user", "agent error"]);
    }
}

#[tokio::test]
async fn only_clients_that_want_to_hear_of_tools() {
    let mut house = House::open(DIALECTS[0], |said| match said {
        "a" | "b" => exec(json!({ "command": ["echo", "x"], "background": false })),
        _ => words("Done."),
    })
    .await;
    let token = house.daemon.token().unwrap();
    let port = house.daemon.port();
    let mut plain = RawClient::owner(port, &token, &["operator.admin"])
        .await
        .unwrap();
    let rules =
        json!({ "file": { "version": 1, "defaults": { "security": "full", "ask": "off" } } });
    let set = house
        .owner
        .request("exec.approvals.set", rules)
        .await
        .unwrap();
    assert_eq!(set["ok"], true, "{set}");
    house.say("a").await;
    house.tool("result").await;
    let is_tool = |event: &Value| event["stream"] == "tool";
    let over = |event: &Value| event["stream"] == "lifecycle" && event["data"]["phase"] == "end";
    let first = plain.wait_event("agent", |event| is_tool(event) || over(event));
    let first = first.await.unwrap();
    assert!(over(&first), "{first}");
    assert!(
        first["seq"].as_u64().unwrap() > 4,
        "the counter goes on: {first}"
    );

    let verbose = json!({ "key": "main", "verboseLevel": "on" });
    plain.request("sessions.patch", verbose).await.unwrap();
    house.say("b").await;
    let event = plain.wait_event("agent", is_tool).await.unwrap();
    assert_eq!(event["data"]["name"], "exec");
}
