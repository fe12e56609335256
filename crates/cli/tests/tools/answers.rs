//! A question that needs a program, from one end to the other.

use serde_json::json;

use crate::house::{DIALECTS, House, exec, text, words};

#[tokio::test]
async fn question_approval_program_answer() {
    for dialect in DIALECTS {
        let mut house = House::open(dialect, |said| match said {
            "what does it say?" => exec(json!({ "command": ["echo", "hello from a program"] })),
            output if output.contains("hello from a program") => words("It says hello."),
            other => panic!("{other}"),
        })
        .await;
        house.say("what does it say?").await;
        let began = house.tool("start").await;
        assert_eq!(began["name"], "exec");
        assert_eq!(began["args"]["command"][0], "echo");
        let asked = house.asked().await;
        let shown = asked["request"]["lines"].to_string();
        assert!(shown.contains("hello from a program"), "{shown}");
        house.decide("approve", &asked).await;
        let brought = house.tool("result").await;
        assert_eq!(brought["isError"], false, "{brought}");
        assert_eq!(brought["toolCallId"], began["toolCallId"]);
        assert_eq!(brought["result"]["details"]["exitCode"], 0);
        let end = house.ended().await;
        assert_eq!(end["state"], "final");
        let told = end["message"]["content"][0]["text"].as_str().unwrap();
        assert_eq!(told, "It says hello.");

        let outline = house.outline().await;
        assert_eq!(outline, ["user", "agent toolUse", "result", "agent stop"]);
        let history = house.history().await;
        assert_eq!(history[1]["content"][1]["type"], "toolCall");
        assert_eq!(history[2]["toolName"], "exec");
        assert!(text(&history[2]).contains("hello from a program"));
        assert_eq!(text(&history[3]), "It says hello.");
        let requests = house.model.requests();
        assert_eq!(requests.len(), 2);
        assert!(requests[1].to_string().contains("exited with code 0"));
    }
}

#[tokio::test]
async fn no_is_told_to_the_model_and_nothing_runs() {
    for dialect in DIALECTS {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("made");
        let path = file.to_string_lossy().into_owned();
        let mut house = House::open(dialect, move |said| match said {
            "make it" => exec(json!({ "command": ["touch", path] })),
            output if output.contains("a person denied it") => words("Then not."),
            other => panic!("{other}"),
        })
        .await;
        house.say("make it").await;
        let asked = house.asked().await;
        house.decide("deny", &asked).await;
        assert_eq!(house.ended().await["state"], "final");
        assert!(!file.exists());
        let outline = house.outline().await;
        assert_eq!(
            outline,
            ["user", "agent toolUse", "result failed", "agent stop"]
        );
    }
}

#[tokio::test]
async fn what_was_allowed_always_runs_without_asking() {
    let mut house = House::open(DIALECTS[0], |said| match said {
        "once" | "again" => exec(json!({ "command": ["echo", "known"] })),
        output if output.contains("known") => words("Done."),
        other => panic!("{other}"),
    })
    .await;
    house.say("once").await;
    let asked = house.asked().await;
    let params = json!({ "id": asked["id"], "decision": "allow-always" });
    let decided = house.owner.request("exec.approval.resolve", params).await;
    assert_eq!(decided.unwrap()["ok"], true);
    house.ended().await;
    house.say("again").await;
    house.ended().await;
    assert_eq!(house.waiting().await, 0);
    let outline = house.outline().await;
    assert_eq!(
        outline[4..],
        ["user", "agent toolUse", "result", "agent stop"]
    );
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_the_model_is_told() {
    let mark = crate::house::mark();
    let argument = mark.clone();
    let mut house = House::open(DIALECTS[1], move |said| match said {
        "sleep" => exec(json!({ "command": ["sleep", argument], "timeoutMs": 300 })),
        output if output.contains("took longer than it may") => words("It hangs."),
        other => panic!("{other}"),
    })
    .await;
    house.say("sleep").await;
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    let brought = house.tool("result").await;
    assert_eq!(brought["result"]["details"]["timedOut"], true, "{brought}");
    assert_eq!(house.ended().await["state"], "final");
    crate::house::gone(&mark).await;
}

#[tokio::test]
async fn a_call_that_makes_no_sense_is_answered_and_the_run_goes_on() {
    let mut house = House::open(DIALECTS[0], |said| match said {
        "go" => crate::house::call("teleport", json!({ "to": "Mars" })),
        output if output.contains("no tool of this name") => exec(json!({ "comand": ["ls"] })),
        output if output.contains("unknown field") => words("I give up."),
        other => panic!("{other}"),
    })
    .await;
    house.say("go").await;
    assert_eq!(house.ended().await["state"], "final");
    let outline = house.outline().await;
    let failed = ["agent toolUse", "result failed"];
    assert_eq!(outline[1..5], [failed, failed].concat());
    assert_eq!(house.waiting().await, 0);
}

#[tokio::test]
async fn a_model_that_never_answers_is_ended() {
    let mut house = House::open(DIALECTS[1], |_| {
        crate::house::call("nodes", json!({ "action": "list" }))
    })
    .await;
    house.say("go").await;
    let end = house.ended().await;
    assert_eq!(end["state"], "error", "{end}");
    assert_eq!(house.model.requests().len(), 40);
    let history = house.history().await;
    let ids: std::collections::BTreeSet<_> = history
        .iter()
        .filter_map(|message| message["toolCallId"].as_str())
        .collect();
    assert_eq!(ids.len(), 40, "each call has a name of its own");
}
