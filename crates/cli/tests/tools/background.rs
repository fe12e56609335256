//! Programs in the background: of one conversation, and never longer than the gateway.

use serde_json::{Value, json};

use crate::house::{DIALECTS, House, call, exec, gone, mark, runs, words};

/// The id in the words of `exec`.
fn process_in(words: &str) -> String {
    let (_, rest) = words.split_once("as process ").unwrap();
    rest.split(',').next().unwrap().to_owned()
}

#[tokio::test]
async fn started_read_typed_into_and_ended() {
    let mark = mark();
    let argument = mark.clone();
    let mut house = House::open(DIALECTS[0], move |said| match said {
        // The mark stands on the command line; cat reads its standard input through `-`.
        "start" => exec(json!({
            "command": ["sh", "-c", format!("cat; sleep {argument}")],
            "background": true, "interactive": true,
        })),
        words_of_exec if words_of_exec.contains("in the background") => {
            let id = process_in(words_of_exec);
            call(
                "process",
                json!({ "action": "write", "id": id, "text": "typed\n" }),
            )
        }
        typed if typed.contains("It was typed") => call("process", json!({ "action": "list" })),
        list if list.contains("processes") && list.contains("runs") => {
            let list: Value = serde_json::from_str(list).unwrap();
            let id = list["processes"][0]["id"].clone();
            call(
                "process",
                json!({ "action": "poll", "id": id, "waitMs": 20_000 }),
            )
        }
        read if read.contains("typed") => words("It answers."),
        other => panic!("{other}"),
    })
    .await;
    house.say("start").await;
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    let end = house.ended().await;
    assert_eq!(end["state"], "final", "{end}");
    assert!(runs(&mark), "it outlives the turn");
    house.daemon.kill().await.unwrap();
    gone(&mark).await;
}

#[tokio::test]
async fn another_conversation_sees_none_of_it() {
    let mark = mark();
    let argument = mark.clone();
    let mut house = House::open(DIALECTS[1], move |said| match said {
        "start" => exec(json!({ "command": ["sleep", argument], "background": true })),
        started if started.contains("in the background") => words("Started."),
        "look" => call("process", json!({ "action": "list" })),
        r#"{"processes":[]}"# => words("Nothing."),
        other => panic!("{other}"),
    })
    .await;
    house.say("start").await;
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    house.ended().await;
    let params = json!({ "sessionKey": "elsewhere", "message": "look", "idempotencyKey": "look" });
    house.owner.request("chat.send", params).await.unwrap();
    assert_eq!(house.ended().await["state"], "final");
    let ended = house.daemon.stop().await.unwrap();
    assert!(ended.success(), "{}", house.daemon.stderr());
    assert!(!runs(&mark), "it ends with the gateway");
}

#[tokio::test]
async fn it_ends_with_its_conversation() {
    for over in ["sessions.delete", "sessions.reset"] {
        let (mark, other) = (mark(), mark());
        let marks = [mark.clone(), other.clone()];
        let mut house = House::open(DIALECTS[0], move |said| {
            let started = ["one", "two"].iter().position(|word| *word == said);
            started.map_or_else(
                || words("Started."),
                |at| exec(json!({ "command": ["sleep", marks[at]], "background": true })),
            )
        })
        .await;
        for (key, word) in [("side", "one"), ("elsewhere", "two")] {
            let params = json!({ "sessionKey": key, "message": word, "idempotencyKey": word });
            house.owner.request("chat.send", params).await.unwrap();
            let asked = house.asked().await;
            house.decide("approve", &asked).await;
            house.ended().await;
        }
        assert!(runs(&mark) && runs(&other));
        let answer = house.owner.request(over, json!({ "key": "side" })).await;
        assert_eq!(answer.unwrap()["ok"], true);
        gone(&mark).await;
        assert!(runs(&other), "it is another conversation's");
    }
}
