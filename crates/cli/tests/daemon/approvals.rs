//! `tidegate approvals` with the real binary.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::RawClient;

use crate::cli::fails;
use crate::home::{Gateway, Home, Ran, until};

const DONE: Option<i32> = Some(0);
const FAILED: Option<i32> = Some(1);
const USAGE: Option<i32> = Some(2);
const SOON: Duration = Duration::from_secs(20);

/// What a command printed for programs.
fn told(ran: &Ran) -> Value {
    assert_eq!(ran.code, DONE, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|why| panic!("{why}: {ran:?}"))
}

fn said(ran: &Ran) -> &str {
    assert_eq!(ran.code, DONE, "{ran:?}");
    &ran.stdout
}

/// The one command that waits.
async fn waiting(home: &Home, gateway: &Gateway) -> Value {
    let asking = async {
        loop {
            let list = told(&home.ask(gateway, &["approvals", "--json"]).await);
            if let Some(one) = list.get(0) {
                return one.clone();
            }
        }
    };
    let found = tokio::time::timeout(SOON, asking).await;
    found.expect("nothing waits")
}

#[tokio::test]
async fn a_command_is_seen_and_decided_at_the_terminal() {
    let home = Home::new();
    let gateway = home.start().await;
    let empty = home.ask(&gateway, &["approvals", "list"]).await;
    assert_eq!(said(&empty), "No command waits for a decision.\n");
    for (decide, word, decision) in [
        (&["approve"][..], "allowed once", "allow-once"),
        (
            &["approve", "--always"],
            "allowed, now and always",
            "allow-always",
        ),
        (&["deny"], "denied", "deny"),
    ] {
        let params = json!({ "command": "rm -r x\u{202e}", "cwd": "/tmp", "agentId": "main" });
        let params = params.to_string();
        let request = [
            "gateway",
            "call",
            "exec.approval.request",
            "--params",
            &params,
        ];
        let asks = [&request[..], &["--timeout", "30000", "--json"]].concat();
        let deciding = async {
            let one = waiting(&home, &gateway).await;
            let id = one["id"].as_str().unwrap();
            let list = home.ask(&gateway, &["approvals", "list"]).await;
            assert!(said(&list).contains("rm -r x\\u{202e}"), "{list:?}");
            let shown = home.ask(&gateway, &["approvals", "show", &id[..8]]).await;
            for line in ["rm -r x\\u{202e}", "/tmp", "tidegate approvals approve"] {
                assert!(said(&shown).contains(line), "{line}: {shown:?}");
            }
            let args = [&["approvals"][..], decide, &[&id[..8]]].concat();
            let done = home.ask(&gateway, &args).await;
            assert!(said(&done).contains(word), "{done:?}");
            let again = home.ask(&gateway, &["approvals", "show", id]).await;
            assert!(said(&again).contains("by owner"), "{again:?}");
            let late = home.ask(&gateway, &["approvals", "deny", id]).await;
            fails(
                &late,
                FAILED,
                &["this is over: ", " by owner, just now", "--ended"],
            );
        };
        let (asked, ()) = tokio::join!(home.ask(&gateway, &asks), deciding);
        assert_eq!(told(&asked)["decision"], decision);
    }
    let ended = home.ask(&gateway, &["approvals", "list", "--ended"]).await;
    for words in [
        "allowed once",
        "allowed always",
        "denied",
        "owner",
        "just now",
    ] {
        assert!(said(&ended).contains(words), "{words}: {ended:?}");
    }
    let list = told(
        &home
            .ask(&gateway, &["approvals", "list", "--ended", "--json"])
            .await,
    );
    assert_eq!(list["ended"].as_array().unwrap().len(), 3, "{list}");
    let unknown = home
        .ask(&gateway, &["approvals", "deny", "nothing-like-it"])
        .await;
    fails(&unknown, FAILED, &["unknown approval id"]);
    gateway.stop().await;
}

#[tokio::test]
async fn whoever_watches_sees_each_question_on_a_line_of_its_own() {
    let home = Home::new();
    let gateway = home.start().await;
    let mut command = home.command(&["approvals", "list", "--watch"]);
    let out = home.path().join("watched");
    command.stdout(std::fs::File::create(&out).unwrap());
    let mut watching = command.spawn().unwrap();
    let lines = || std::fs::read_to_string(&out).unwrap();
    until("the head", || lines().ends_with('\n')).await;
    let scopes = ["operator.approvals"];
    let owner = RawClient::owner(gateway.port, &home.token(), &scopes).await;
    let mut owner = owner.unwrap();
    for command in ["ls\x1b[2J", "uptime"] {
        let params = json!({
            "command": command, "agentId": "main", "nodeId": "fedcba9876543210", "twoPhase": true,
        });
        let asked = owner
            .request("exec.approval.request", params)
            .await
            .unwrap();
        let id = asked["payload"]["id"].as_str().unwrap().to_owned();
        until("its line", || lines().contains(&id[..8])).await;
    }
    watching.kill().await.unwrap();
    let text = lines();
    let shown: Vec<&str> = text.lines().collect();
    let [head, first, second] = shown[..] else {
        panic!("{shown:?}")
    };
    let names: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(names, ["ID", "AGENT", "NODE", "ASKED", "UNTIL", "COMMAND"]);
    for words in ["main", "fedcba98", "just now", "ls\\u{1b}[2J"] {
        assert!(first.contains(words), "{words}: {first}");
    }
    assert!(second.ends_with("uptime"), "{second}");
    assert_eq!(first.find("just now"), second.find("just now"), "columns");
    gateway.stop().await;
}

#[tokio::test]
async fn rules_and_entries_are_set_at_the_terminal() {
    let home = Home::new();
    let gateway = home.start().await;
    let ask = async |args: &[&str]| home.ask(&gateway, args).await;
    let list = ask(&["approvals", "allowlist", "list"]).await;
    assert!(
        said(&list).contains("nothing is allowed always"),
        "{list:?}"
    );
    let shell = ask(&["approvals", "allowlist", "add", "--", "sh", "-c", "ls"]).await;
    fails(&shell, FAILED, &["cannot be allowed always"]);
    let nothing = ask(&["approvals", "allowlist", "add"]).await;
    assert_eq!(nothing.code, USAGE, "{nothing:?}");
    let add = [
        "approvals",
        "allowlist",
        "add",
        "--agent",
        "main",
        "--",
        "wc",
        "-l",
        "a.txt",
    ];
    let added = ask(&add).await;
    assert!(said(&added).contains("runs without asking"), "{added:?}");
    let entries = told(&ask(&["approvals", "allowlist", "list", "--json"]).await);
    let entry = &entries["main"][0];
    assert_eq!(entry["argv"], json!(["wc", "-l", "a.txt"]));
    assert_eq!(entry["sha256"].as_str().map(str::len), Some(64));
    let here = home.path().canonicalize().unwrap();
    assert_eq!(entry["cwd"], here.to_str().unwrap());

    let policy = ask(&["approvals", "policy", "get", "--json"]).await;
    let mut rules = told(&policy);
    rules["file"]["defaults"] = json!({ "ask": "always" });
    let file = home.path().join("rules.json");
    std::fs::write(&file, rules.to_string()).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(
        said(&ask(&["approvals", "policy", "set", file]).await),
        "the rules are set\n"
    );
    let stale = ask(&["approvals", "policy", "set", file]).await;
    fails(&stale, FAILED, &["changed since last load"]);
    std::fs::write(file, "{}").unwrap();
    let none = ask(&["approvals", "policy", "set", file]).await;
    fails(&none, USAGE, &["holds no rules"]);

    let id = entry["id"].as_str().unwrap();
    let gone = ask(&["approvals", "allowlist", "remove", id]).await;
    assert_eq!(said(&gone), "1 taken away\n");
    let again = ask(&["approvals", "allowlist", "remove", id]).await;
    fails(&again, FAILED, &["no entry"]);
    gateway.stop().await;
}
