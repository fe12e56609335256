//! What is cut off: by the owner, by the end of the daemon. Nothing goes on, and the transcript says
//! what happened.

use serde_json::{Value, json};

use crate::house::{DIALECTS, House, exec, gone, mark, runs, words};

/// A model that starts a program which says that it runs, and then sleeps.
async fn sleeper(mark: &str) -> House {
    let line = format!("echo awake; sleep {mark}");
    House::open(DIALECTS[0], move |said| match said {
        "sleep" => exec(json!({ "command": line })),
        _ => words("I am here."),
    })
    .await
}

/// Until the program runs.
async fn begin(house: &mut House, mark: &str) {
    house.say("sleep").await;
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    let so_far = house.tool("update").await;
    assert_eq!(so_far["partialResult"], "awake\n");
    assert!(runs(mark));
}

#[tokio::test]
async fn stopped_while_a_person_is_asked() {
    let mark = mark();
    let mut house = sleeper(&mark).await;
    house.say("sleep").await;
    let asked = house.asked().await;
    house.stop().await;
    let withdrawn = |event: &Value| event["id"] == asked["id"];
    let event = house.owner.wait_event("exec.approval.resolved", withdrawn);
    assert_eq!(event.await.unwrap()["outcome"], "withdrawn");
    assert_eq!(house.ended().await["state"], "aborted");
    assert_eq!(house.waiting().await, 0);
    assert!(!runs(&mark));
    let outline = house.outline().await;
    assert_eq!(
        outline,
        ["user", "agent toolUse", "result failed", "agent aborted"]
    );
    house.say("are you there?").await;
    assert_eq!(house.ended().await["state"], "final", "the lane is free");
}

#[tokio::test]
async fn stopped_while_a_program_runs() {
    let mark = mark();
    let mut house = sleeper(&mark).await;
    begin(&mut house, &mark).await;
    house.stop().await;
    assert_eq!(house.ended().await["state"], "aborted");
    gone(&mark).await;
    let outline = house.outline().await;
    assert_eq!(
        outline,
        ["user", "agent toolUse", "result failed", "agent aborted"]
    );
    let history = house.history().await;
    let told = crate::house::text(&history[2]);
    assert!(
        told.contains("was stopped") && told.contains("awake"),
        "{told}"
    );
}

#[tokio::test]
async fn killed_while_a_person_is_asked() {
    let mark = mark();
    let mut house = sleeper(&mark).await;
    house.say("sleep").await;
    house.asked().await;
    house.crash().await;
    assert_eq!(house.waiting().await, 0);
    let outline = house.outline().await;
    let expected = [
        "user",
        "agent toolUse",
        "result interrupted",
        "agent interrupted",
    ];
    assert_eq!(outline, expected);
    assert!(!runs(&mark));
    house.say("are you there?").await;
    assert_eq!(house.ended().await["state"], "final");
    let asked = house.model.requests().pop().unwrap().to_string();
    assert!(asked.contains("was interrupted before it ended"), "{asked}");
}

#[tokio::test]
async fn killed_while_a_program_runs() {
    let mark = mark();
    let mut house = sleeper(&mark).await;
    begin(&mut house, &mark).await;
    house.daemon.kill().await.unwrap();
    gone(&mark).await;
    house.crash().await;
    let outline = house.outline().await;
    let expected = [
        "user",
        "agent toolUse",
        "result interrupted",
        "agent interrupted",
    ];
    assert_eq!(outline, expected);
}

#[tokio::test]
async fn nothing_is_left_when_the_gateway_stops() {
    let mark = mark();
    let mut house = sleeper(&mark).await;
    begin(&mut house, &mark).await;
    house.stop().await;
    house.ended().await;
    let ended = house.daemon.stop().await.unwrap();
    assert!(ended.success(), "{}", house.daemon.stderr());
    assert!(!runs(&mark));
}
