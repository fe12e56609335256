//! The commands that talk to the daemon: what they print, and what they conclude.

use std::path::Path;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use tidegate_testkit::{RawClient, in_time};

use crate::device::Device;
use crate::home::{Gateway, Home, Ran, ran, serve, until};

const DONE: Option<i32> = Some(0);
const FAILED: Option<i32> = Some(1);
const USAGE: Option<i32> = Some(2);
pub(crate) const UNREACHABLE: Option<i32> = Some(69);
pub(crate) const DENIED: Option<i32> = Some(77);

/// What is different in every life: paths, numbers, ids.
fn masked(home: &Home, text: &str) -> String {
    let text = text.replace(&home.path().display().to_string(), "HOME");
    let mut out = String::new();
    for word in text.split_inclusive(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let letters = word.trim_end_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
        let dashes = letters.matches('-').count();
        if letters.len() == 36 && dashes == 4 {
            out.push_str("UUID");
            out.push_str(word.strip_prefix(letters).unwrap());
        } else {
            out.push_str(word);
        }
    }
    let mut numbers = String::new();
    for c in out.chars() {
        if !c.is_ascii_digit() {
            numbers.push(c);
        } else if !numbers.ends_with('#') {
            numbers.push('#');
        }
    }
    numbers
        .lines()
        .fold(String::new(), |all, line| all + line.trim_end() + "\n")
}

fn shows(home: &Home, ran: &Ran, expected: &Expect) {
    assert_eq!(ran.code, DONE, "{ran:?}");
    expected.assert_eq(&masked(home, &ran.stdout));
}

/// Failed with this code, with a text that says this and names a next step.
pub(crate) fn fails(ran: &Ran, code: Option<i32>, words: &[&str]) {
    assert_eq!(ran.code, code, "{ran:?}");
    assert_eq!(ran.stdout, "", "what failed prints nothing for programs");
    for word in words.iter().chain(&["error: ", "next: "]) {
        assert!(
            ran.stderr.contains(word),
            "`{word}` is missing: {}",
            ran.stderr
        );
    }
}

pub(crate) async fn started() -> (Home, Gateway) {
    let home = Home::new();
    let gateway = home.start().await;
    (home, gateway)
}

fn json_of(ran: &Ran) -> Value {
    assert_eq!(ran.code, DONE, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
}

#[tokio::test]
async fn health_and_status() {
    let (home, gateway) = started().await;
    let health = home.ask(&gateway, &["health"]).await;
    shows(
        &home,
        &health,
        &expect![[r"
        ● The gateway is well

          Version   #.#.#, process #
          Memory    #.# MiB
          Clients   #
          Runs      none at work
          Sessions  #
          Channels  none
          Looked    just now, in # ms
    "]],
    );
    let same = home.ask(&gateway, &["gateway", "health"]).await;
    assert_eq!(masked(&home, &same.stdout), masked(&home, &health.stdout));
    let mut status = home.ask(&gateway, &["status"]).await;
    let (before, for_so_long) = status.stdout.split_once(", for ").unwrap();
    let (_, after) = for_so_long.split_once('\n').unwrap();
    status.stdout = format!("$ tidegate status\n{before}, for a moment\n{after}");
    shows(
        &home,
        &status,
        &expect![[r#"
        $ tidegate status
          Gateway  ● running on ws://#.#.#.#:#, for a moment
          Version  #.#.#
          Page     http://#.#.#.#:#/   tidegate dashboard
          Agent    main, without a model: it answers offline and tells how to connect one
          Config   HOME/state/tidegate.json
          State    HOME/state
          Clients  #

          No conversations yet. Begin one: tidegate agent --message "hello"
    "#]],
    );
}

#[tokio::test]
async fn health_json_is_the_payload_as_it_came() {
    let (home, gateway) = started().await;
    let mut client = home.owner(&gateway).await;
    let wire = client.request("health", json!({})).await.unwrap()["payload"].clone();
    let printed = home.ask(&gateway, &["health", "--json"]).await;
    let keys = |value: &Value| {
        value
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(printed.stdout.lines().count(), 1);
    assert_eq!(
        keys(&json_of(&printed)),
        keys(&wire),
        "every key, in its order"
    );
    assert_eq!(
        json_of(&printed)["process"]["pid"].as_i64(),
        Some(gateway.pid().as_raw_nonzero().get().into())
    );
}

#[tokio::test]
async fn a_call_fails_with_what_is_wrong_and_what_to_do() {
    let (home, gateway) = started().await;
    let call = async |args: &[&str]| {
        home.ask(&gateway, &[&["gateway", "call"], args].concat())
            .await
    };
    fails(
        &call(&["health", "--params", "{bad"]).await,
        USAGE,
        &["--params is not JSON", "line 1"],
    );
    fails(
        &call(&["nope"]).await,
        FAILED,
        &["unknown method: nope", "gateway call --help"],
    );
    let wrong = call(&["chat.send", "--params", r#"{"x":1}"#]).await;
    fails(
        &wrong,
        FAILED,
        &[
            "must have required property 'sessionKey'",
            "unexpected property 'x'",
            "chat.send --help",
        ],
    );
    let good = call(&["sessions.list", "--params", r#"{"limit":1}"#]).await;
    assert_eq!(json_of(&good)["count"], 0);
    let help = call(&["sessions.list", "--help"]).await;
    assert!(
        help.stdout.contains("operator.read") && help.stdout.contains("limit"),
        "{help:?}"
    );
}

#[tokio::test]
async fn rights_that_were_not_asked_for_are_missing() {
    let (home, gateway) = started().await;
    let mut client = RawClient::owner(gateway.port, &home.token(), &["operator.read"])
        .await
        .unwrap();
    let refused = client
        .request("sessions.patch", json!({ "key": "main", "label": "x" }))
        .await
        .unwrap();
    assert_eq!(refused["error"]["code"], "FORBIDDEN", "{refused}");
    assert!(
        refused["error"]["message"]
            .as_str()
            .unwrap()
            .starts_with("missing scope: operator."),
        "{refused}"
    );
    assert_eq!(
        client.request("sessions.list", json!({})).await.unwrap()["ok"],
        true
    );
}

#[tokio::test]
async fn an_agent_answers_streams_and_remembers() {
    let (home, gateway) = started().await;
    let answer = home.ask(&gateway, &["agent", "--message", "/help"]).await;
    assert_eq!(answer.code, DONE, "{answer:?}");
    assert!(
        answer.stdout.contains("/status") && answer.stdout.ends_with('\n'),
        "{answer:?}"
    );
    assert!(!answer.stdout.contains('\u{1b}'), "no colours into a pipe");
    let answer = json_of(
        &home
            .ask(&gateway, &["agent", "--message", "word4711 here", "--json"])
            .await,
    );
    assert_eq!(
        (&answer["status"], &answer["summary"]),
        (&json!("ok"), &json!("completed"))
    );
    let text = answer["result"]["payloads"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("word4711 here") && text.contains("tidegate.json"),
        "{text}"
    );
    let sent = home
        .ask(
            &gateway,
            &[
                "gateway",
                "send",
                "--to",
                "main",
                "--message",
                "delivered 42",
            ],
        )
        .await;
    shows(
        &home,
        &sent,
        &expect![[r"
        Sent to agent:main:main on webchat (message UUID)
    "]],
    );
    let history = [
        "gateway",
        "call",
        "chat.history",
        "--params",
        r#"{"sessionKey":"main"}"#,
    ];
    let messages = json_of(&home.ask(&gateway, &history).await)["messages"].clone();
    let said: Vec<_> = messages
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["role"].clone(), m["stopReason"].clone()))
        .collect();
    let turn = |stop: &str| {
        [
            ("user".into(), Value::Null),
            ("assistant".into(), stop.into()),
        ]
    };
    assert_eq!(
        said,
        [
            &turn("injected")[..],
            &turn("stop"),
            &[("assistant".into(), "injected".into())]
        ]
        .concat()
    );
    assert_eq!(messages[4]["content"][0]["text"], "delivered 42");
    shows(
        &home,
        &home.ask(&gateway, &["sessions"]).await,
        &expect![[r"
        SESSION          ABOUT  MESSAGES  TOKENS  CHANGED   MODEL
        agent:main:main  /help         #       #  just now  offline/offline
    "]],
    );
    let found = async |word: &str| home.ask(&gateway, &["sessions", "--search", word]).await;
    assert!(found("word4711").await.stdout.contains("agent:main:main"));
    assert!(found("delivered").await.stdout.contains("agent:main:main"));
    let none = found("never-said").await;
    assert!(
        none.stdout.contains("No conversation") && none.code == DONE,
        "{none:?}"
    );
}

#[tokio::test]
async fn logs_show_turns_and_never_what_was_said() {
    let (home, gateway) = started().await;
    home.ask(&gateway, &["agent", "--message", "canary-7f3a /help me"])
        .await;
    let logs = home.ask(&gateway, &["logs"]).await;
    assert_eq!(logs.code, DONE, "{logs:?}");
    assert!(
        logs.stdout.contains("turn") && logs.stdout.contains("session_key=agent:main:main"),
        "{logs:?}"
    );
    assert!(!logs.stdout.contains("canary-7f3a") && !home.log().contains("canary-7f3a"));
    assert!(!logs.stdout.contains(&home.token()));
}

#[tokio::test]
async fn the_agents_are_shown_with_their_workspaces() {
    let home = Home::configured(&json!({ "agents": {
        "defaults": { "workspace": "~/clawd" },
        "list": [{ "id": "ana", "name": "Ana" }, { "id": "bob" }],
    } }));
    let gateway = home.start().await;
    let own = home.state().join("workspaces/bob").display().to_string();
    let told = json_of(&home.ask(&gateway, &["agents", "--json"]).await);
    let expected = json!({ "agents": [
        { "id": "ana", "name": "Ana", "model": "offline/offline", "workspace": "~/clawd", "default": true },
        { "id": "bob", "name": null, "model": "offline/offline", "workspace": own, "default": false },
    ] });
    assert_eq!(told, expected);
    assert!(home.path().join("clawd").is_dir());
    assert!(Path::new(&own).is_dir());
    let ran = home.ask(&gateway, &["agents", "list"]).await;
    shows(
        &home,
        &ran,
        &expect![[r"
            AGENT          NAME  MODEL            WORKSPACE
            ana (default)  Ana   offline/offline  ~/clawd
            bob                  offline/offline  HOME/state/workspaces/bob
        "]],
    );
    // The conversations of all of them count.
    for agent in ["ana", "bob"] {
        let said = ["agent", "--agent", agent, "--message", "/help"];
        assert_eq!(home.ask(&gateway, &said).await.code, DONE);
    }
    let counted = async || {
        let health = home.ask(&gateway, &["health"]).await.stdout;
        health.contains("Sessions  2 (ana 1, bob 1), the newest agent:")
    };
    in_time("both to be counted", async { while !counted().await {} })
        .await
        .unwrap();
    // A folder that cannot be stops the start, and says which key and what to do.
    assert!(gateway.stop().await.success());
    let clawd = home.path().join("clawd");
    std::fs::remove_dir(&clawd).unwrap();
    std::fs::write(&clawd, "").unwrap();
    let ran = home.run(&["gateway", "--port", "0"]).await;
    let words = [
        "agents.defaults.workspace: ",
        "is no folder",
        "name another",
    ];
    fails(&ran, Some(78), &words);
}

#[tokio::test]
async fn the_dashboard_link_works_once() {
    let (home, gateway) = started().await;
    let link = home.ask(&gateway, &["dashboard", "--no-open"]).await;
    let (page, code) = link
        .stdout
        .trim()
        .split_once("/#code=")
        .unwrap_or_else(|| panic!("{link:?}"));
    assert_eq!(page, format!("http://127.0.0.1:{}", gateway.port));
    let origin = [("origin", page)];
    let enter = async |seed: u8, kind: &str, secret: &str| {
        let mut client = RawClient::connect(gateway.port, &origin).await.unwrap();
        Device::number(seed)
            .connect(&mut client, kind, secret)
            .await
            .unwrap()
    };
    let first = enter(1, "bootstrapToken", code).await;
    assert_eq!(first["ok"], true, "{first}");
    let again = enter(2, "bootstrapToken", code).await;
    assert_eq!(again["ok"], false, "it worked twice");
    let token = first["payload"]["auth"]["deviceToken"].as_str().unwrap();
    assert_eq!(
        enter(1, "deviceToken", token).await["ok"],
        true,
        "the device stays paired"
    );
    assert_eq!(
        enter(2, "deviceToken", token).await["ok"],
        false,
        "and its token is no other's"
    );
    // The link of the first lines too.
    let code = gateway.line("webchat").split_once("#code=").unwrap().1;
    assert_eq!(enter(3, "bootstrapToken", code).await["ok"], true);
    assert_eq!(enter(3, "bootstrapToken", code).await["ok"], false);
}

#[tokio::test]
async fn the_configuration_is_shown_and_explained() {
    let (home, gateway) = started().await;
    let config = async |args: &[&str]| home.ask(&gateway, &[&["config"], args].concat()).await;
    shows(
        &home,
        &config(&["path"]).await,
        &expect![[r"
        HOME/state/tidegate.json
    "]],
    );
    assert_eq!(
        config(&["get", "gateway.port"]).await.stdout.trim(),
        gateway.port.to_string()
    );
    shows(
        &home,
        &config(&["explain", "gateway.port"]).await,
        &expect![[r"
        gateway.port  #  (env TIDEGATE_GATEWAY_PORT)
    "]],
    );
    assert_eq!(config(&["validate"]).await.code, DONE);
    let unknown = config(&["get", "gateway.prot"]).await;
    assert_eq!(unknown.code, USAGE, "{unknown:?}");
    assert!(unknown.stderr.contains("port"), "{unknown:?}");
    home.configure(
        r#"{ gateway: { prot: 1, auth: { token: "canary-secret-0123456789-0123456789" } } }"#,
    );
    let invalid = config(&["validate"]).await;
    assert_eq!(invalid.code, Some(78), "{invalid:?}");
    let all = format!("{}{}", invalid.stdout, invalid.stderr);
    assert!(
        all.contains("prot") && all.contains("port") && !all.contains("canary-secret"),
        "{all}"
    );
    home.configure(r#"{ gateway: { auth: { token: "canary-secret-0123456789-0123456789" } } }"#);
    for args in [
        &["get"][..],
        &["get", "gateway.auth"],
        &["explain"],
        &["explain", "gateway.auth.token"],
    ] {
        let shown = config(args).await;
        assert!(!format!("{shown:?}").contains("canary-secret"), "{shown:?}");
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_from_no_gateway() {
    let (home, gateway) = started().await;
    let wrong = home
        .ask(
            &gateway,
            &["health", "--token", "wrong-wrong-wrong-wrong-wrong-wrong"],
        )
        .await;
    fails(&wrong, DENIED, &["did not let this client in", "--token"]);
    assert!(
        wrong
            .stderr
            .contains("warning: other users of this host can see the secret in --token"),
        "{wrong:?}"
    );
    assert!(
        !wrong.stderr.contains("wrong-wrong"),
        "the secret is not repeated"
    );
    let file = home.path().join("secret");
    std::fs::write(&file, home.token()).unwrap();
    let good = home
        .ask(
            &gateway,
            &["health", "--token-file", &file.display().to_string()],
        )
        .await;
    assert_eq!((good.code, good.stderr.as_str()), (DONE, ""));
    let port = gateway.port;
    gateway.stop().await;
    let mut nobody = home.command(&["health"]);
    nobody.env("TIDEGATE_GATEWAY_PORT", port.to_string());
    fails(
        &ran(nobody).await,
        UNREACHABLE,
        &["not running", "`tidegate gateway`"],
    );
    let never = Home::new().run(&["status"]).await;
    assert_eq!(never.code, UNREACHABLE, "{never:?}");
    assert!(never.stderr.contains("tidegate gateway"), "{never:?}");
}

#[tokio::test]
async fn a_token_on_the_command_line_of_the_gateway_warns() {
    let home = Home::new();
    let secret = "owner-owner-owner-owner-owner-owner";
    let mut gateway = serve(home.command(&["gateway", "--port", "0", "--token", secret]))
        .await
        .unwrap();
    assert!(
        gateway.stderr().contains("--token-file hides it"),
        "{}",
        gateway.stderr()
    );
    assert!(!gateway.stderr().contains(secret) && !gateway.lines.join("\n").contains(secret));
    let health = home.ask(&gateway, &["health", "--token", secret]).await;
    assert_eq!(health.code, DONE, "{health:?}");
    assert!(!home.log().contains(secret));
}

#[tokio::test]
async fn follow_shows_what_is_written_from_now_on() {
    let (home, gateway) = started().await;
    let mut command = home.command(&["logs", "--follow"]);
    command.env("TIDEGATE_GATEWAY_PORT", gateway.port.to_string());
    let out = home.path().join("followed");
    command.stdout(std::fs::File::create(&out).unwrap());
    let mut follow = command.spawn().unwrap();
    let lines = || std::fs::read_to_string(&out).unwrap();
    until("the log so far", || lines().contains("migrating")).await;
    home.ask(&gateway, &["agent", "--message", "hi"]).await;
    until("a new line", || {
        lines().contains("session_key=agent:main:main")
    })
    .await;
    follow.kill().await.unwrap();
}
