//! The fake Slack against the vendor's own clients, npm `@slack/socket-mode` and `@slack/web-api`,
//! which nobody here wrote. What passes here is what an adapter may rely on.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::names::{ALICE, BOB, BOT, BOT_USER, GENERAL};
use tidegate_fakes::slack::{NewFile, Outcome, Reason, Rules, SlackFake, Step};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// For one thing that the client says. Node starts slowly on a busy machine.
const SOON: Duration = Duration::from_mins(1);

/// The clients in a Node of their own; killed when dropped.
struct Client {
    said: Vec<Value>,
    lines: Lines<BufReader<ChildStdout>>,
    orders: ChildStdin,
    last: u64,
    _child: Child,
}

impl Client {
    fn start(fake: &SlackFake) -> Self {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = crate_dir.join("../ci/node");
        let client = modules.join("node_modules/@slack/socket-mode");
        assert!(
            client.exists(),
            "{} is missing: `cargo xtask ci` installs it",
            client.display()
        );
        let node = std::env::var_os("TIDEGATE_NODE").unwrap_or_else(|| "node".into());
        let mut child = Command::new(&node)
            .arg(crate_dir.join("tests/js/slack.mjs"))
            .arg(modules)
            .args([&fake.api_root(), fake.bot_token(), fake.app_token()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): `cargo xtask ci` installs it",
                    node.display()
                )
            });
        Self {
            said: Vec::new(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            orders: child.stdin.take().unwrap(),
            last: 0,
            _child: child,
        }
    }

    async fn connected(fake: &SlackFake) -> Self {
        let mut client = Self::start(fake);
        client.order(json!({"verb": "start"})).await.unwrap();
        client
    }

    /// Takes the first thing said, now or later, that fits.
    async fn hear(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let heard = async {
            loop {
                if let Some(place) = self.said.iter().position(&fits) {
                    return self.said.remove(place);
                }
                let line = self.lines.next_line().await.unwrap();
                let line = line.expect("the client ended");
                self.said.push(serde_json::from_str(&line).unwrap());
            }
        };
        if let Ok(heard) = timeout(SOON, heard).await {
            return heard;
        }
        panic!("the client did not say {what}; it said {:?}", self.said)
    }

    async fn saw(&mut self, kind: &str) -> Value {
        self.hear(kind, |said| said["saw"] == kind).await
    }

    /// The next event of this type, and subtype if there is one.
    async fn event(&mut self, kind: &str, subtype: Option<&str>) -> Value {
        let fits = |said: &Value| {
            let event = &said["body"]["event"];
            event["type"] == kind && event["subtype"].as_str() == subtype
        };
        self.hear(kind, fits).await
    }

    async fn order(&mut self, mut order: Value) -> Result<Value, String> {
        self.last += 1;
        let id = self.last;
        order["id"] = json!(id);
        let line = format!("{order}\n");
        self.orders.write_all(line.as_bytes()).await.unwrap();
        let done = self
            .hear("the end of an order", |said| said["done"] == id)
            .await;
        match done.get("error") {
            Some(error) => Err(error.as_str().unwrap().to_owned()),
            None => Ok(done["result"].clone()),
        }
    }

    async fn call(&mut self, method: &str, args: Value) -> Result<Value, String> {
        self.order(json!({"verb": "call", "method": method, "args": args}))
            .await
    }
}

#[tokio::test]
async fn a_conversation() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::connected(&fake).await;

    let who = client.call("auth.test", json!({})).await.unwrap();
    assert_eq!(
        (&who["user_id"], &who["bot_id"]),
        (&json!(BOT_USER), &json!(BOT))
    );

    let (dm, asked) = fake.dm(ALICE, "hello &amp; good day").unwrap();
    let heard = client.event("message", None).await["body"]["event"].clone();
    assert_eq!(heard["channel_type"], "im");
    assert_eq!(
        (&heard["channel"], &heard["ts"]),
        (&json!(dm), &json!(asked))
    );
    assert_eq!(heard["text"], "hello &amp; good day");

    let posted = client
        .call(
            "chat.postMessage",
            json!({"channel": dm, "thread_ts": asked, "text": "hi"}),
        )
        .await
        .unwrap();
    let ts = posted["ts"].as_str().unwrap().to_owned();
    let own = client.event("message", None).await["body"]["event"].clone();
    assert_eq!((&own["bot_id"], &own["ts"]), (&json!(BOT), &json!(ts)));
    assert_eq!(own["thread_ts"], asked);

    client
        .call(
            "chat.update",
            json!({"channel": dm, "ts": ts, "text": "hi again"}),
        )
        .await
        .unwrap();
    let changed = client.event("message", Some("message_changed")).await;
    assert_eq!(changed["body"]["event"]["previous_message"]["text"], "hi");

    let thumb = json!({"channel": dm, "timestamp": asked, "name": "eyes"});
    client.call("reactions.add", thumb.clone()).await.unwrap();
    assert_eq!(
        client.call("reactions.add", thumb).await.unwrap_err(),
        "already_reacted"
    );
    let reacted = client.event("reaction_added", None).await;
    assert_eq!(reacted["body"]["event"]["user"], BOT_USER);

    let thread = client
        .call("conversations.replies", json!({"channel": dm, "ts": asked}))
        .await
        .unwrap();
    assert_eq!(thread["messages"][1]["text"], "hi again");
    assert_eq!(thread["messages"][0]["reply_count"], 1);

    let seen = fake.messages(&dm);
    assert_eq!(seen[1].text, "hi again");
    assert!(seen[1].edited_ts.is_some());
    assert_eq!(seen[0].reactions[0].users, [BOT_USER]);
    client.order(json!({"verb": "stop"})).await.unwrap();
}

#[tokio::test]
async fn what_people_do_in_a_channel() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::connected(&fake).await;

    let ts = fake.mention(GENERAL, BOB, "what is new?").unwrap();
    let message = client.event("message", None).await;
    let mention = client.event("app_mention", None).await;
    assert_eq!(message["body"]["event"]["ts"], ts);
    assert_eq!(mention["body"]["event"]["ts"], ts);
    assert_ne!(message["body"]["event_id"], mention["body"]["event_id"]);

    let reply = fake.thread_reply(GENERAL, &ts, ALICE, "nothing").unwrap();
    let heard = client.event("message", None).await;
    assert_eq!(heard["body"]["event"]["thread_ts"], ts);
    assert_eq!(heard["body"]["event"]["parent_user_id"], BOB);
    fake.edit(GENERAL, &reply, "much").unwrap();
    client.event("message", Some("message_changed")).await;
    fake.react(GENERAL, &ts, ALICE, "+1").unwrap();
    client.event("reaction_added", None).await;
    fake.delete(GENERAL, &reply).unwrap();
    let gone = client.event("message", Some("message_deleted")).await;
    assert_eq!(gone["body"]["event"]["deleted_ts"], reply);

    let file = NewFile {
        name: "Notes of Monday.txt".to_owned(),
        mimetype: "text/plain".to_owned(),
        bytes: Bytes::from_static(b"milk"),
    };
    fake.share_file(GENERAL, ALICE, file, "for you").unwrap();
    let shared = client.event("message", Some("file_share")).await;
    assert_eq!(shared["body"]["event"]["files"][0]["size"], 4);
}

#[tokio::test]
async fn an_upload_in_three_steps() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::start(&fake);
    let ts = fake.channel_message(GENERAL, BOB, "send it").unwrap();
    let order = json!({
        "verb": "upload", "bytes": "Y29uY2x1c2lvbg==",
        "args": {
            "channel_id": GENERAL, "thread_ts": ts, "filename": "end.txt", "title": "The end",
            "initial_comment": "here",
        },
    });
    client.order(order).await.unwrap();
    let posted = fake.messages(GENERAL).pop().unwrap();
    assert_eq!((&*posted.text, posted.thread_ts), ("here", Some(ts)));
    assert_eq!(posted.files[0]["title"], "The end");
    assert_eq!(posted.files[0]["size"], "conclusion".len());
}

#[tokio::test]
async fn commands_and_buttons() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::connected(&fake).await;

    let payload = json!({"text": "all is well", "response_type": "in_channel"});
    client
        .order(json!({"verb": "replyWith", "payload": payload}))
        .await
        .unwrap();
    let trigger = fake
        .slash_command(GENERAL, ALICE, "/status", "now please")
        .unwrap();
    let command = client.saw("slash_commands").await;
    assert_eq!(command["body"]["command"], "/status");
    assert_eq!(command["body"]["text"], "now please");
    assert_eq!(command["body"]["trigger_id"], trigger);
    fake.wait_for(SOON, |fake| {
        let answers = fake.hook_answers();
        answers
            .iter()
            .any(|answer| answer.item == trigger)
            .then_some(())
    })
    .await
    .unwrap();
    assert_eq!(fake.messages(GENERAL).pop().unwrap().text, "all is well");

    let blocks = json!([{
        "type": "actions", "block_id": "choice", "elements": [{
            "type": "button", "action_id": "allow", "value": "42",
            "text": {"type": "plain_text", "text": "Allow"},
        }],
    }]);
    let asked = client
        .call(
            "chat.postMessage",
            json!({"channel": GENERAL, "text": "May I?", "blocks": blocks}),
        )
        .await
        .unwrap();
    let ts = asked["ts"].as_str().unwrap();
    fake.press_button(GENERAL, ts, BOB, "allow").unwrap();
    let pressed = client.saw("interactive").await;
    assert_eq!(pressed["body"]["type"], "block_actions");
    assert_eq!(pressed["body"]["actions"][0]["value"], "42");
    assert_eq!(pressed["body"]["user"]["id"], BOB);
    assert_eq!(pressed["body"]["container"]["message_ts"], ts);
}

#[tokio::test]
async fn a_refresh_and_a_cut_are_followed_by_a_new_socket() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::connected(&fake).await;
    client.saw("connected").await;

    fake.disconnect(Reason::RefreshRequested);
    client.saw("reconnecting").await;
    client.saw("connected").await;
    fake.channel_message(GENERAL, ALICE, "after the refresh")
        .unwrap();
    client.event("message", None).await;

    fake.cut_sockets();
    client.saw("reconnecting").await;
    client.saw("connected").await;
    fake.channel_message(GENERAL, ALICE, "after the cut")
        .unwrap();
    client.event("message", None).await;
    let opened = fake.steps();
    let opened = opened
        .iter()
        .filter(|step| matches!(step, Step::Opened { .. }));
    assert_eq!(opened.count(), 3);
}

#[tokio::test]
async fn a_frame_that_was_cut_comes_again_on_the_next_socket() {
    let rules = Rules {
        ack_within: Duration::from_millis(500),
        retry_after: vec![Duration::from_secs(2); 10],
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let mut client = Client::connected(&fake).await;
    client.saw("connected").await;
    fake.cut_next_frame();
    fake.channel_message(GENERAL, ALICE, "half of it").unwrap();
    client.saw("connected").await;
    let again = client.event("message", None).await;
    assert_eq!(again["body"]["event"]["text"], "half of it");
    assert!(again["retry_num"].as_u64().unwrap() > 0);
    assert_eq!(again["retry_reason"], "timeout");
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::connected(&fake).await;
    client
        .order(json!({"verb": "leaveUnanswered", "count": 1}))
        .await
        .unwrap();
    fake.channel_message(GENERAL, ALICE, "are you there?")
        .unwrap();
    let first = client.event("message", None).await;
    assert_eq!(
        (&first["answered"], &first["retry_num"]),
        (&json!(false), &json!(0))
    );
    let second = client.event("message", None).await;
    assert_eq!(
        (&second["answered"], &second["retry_num"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(first["body"]["event_id"], second["body"]["event_id"]);
    fake.wait_for(SOON, |fake| {
        let steps = fake.steps();
        let acked = |step: &Step| matches!(step, Step::Acked { attempt: 1, .. });
        steps.iter().any(acked).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn too_many_requests_are_waited_for() {
    let rules = Rules {
        post_burst: 1,
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let mut client = Client::start(&fake);
    for n in 0..3 {
        client
            .call(
                "chat.postMessage",
                json!({"channel": GENERAL, "text": n.to_string()}),
            )
            .await
            .unwrap();
    }
    client.saw("rate_limited").await;
    let texts: Vec<_> = fake
        .messages(GENERAL)
        .into_iter()
        .map(|one| one.text)
        .collect();
    assert_eq!(texts, ["0", "1", "2"]);
    let refused = fake.calls_of("chat.postMessage");
    assert!(
        refused
            .iter()
            .any(|call| call.outcome == Outcome::TooMany(1))
    );

    let wait = Duration::from_secs(1);
    fake.faults()
        .next("auth.test", Fault::TooMany { retry_after: wait });
    client.call("auth.test", json!({})).await.unwrap();
    assert_eq!(client.saw("rate_limited").await["seconds"], 1);
}

#[tokio::test]
async fn a_post_whose_answer_is_lost_is_there_twice_after_a_retry() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::start(&fake);
    fake.faults()
        .next("chat.postMessage", Fault::CutAfterStoring);
    let args = json!({"channel": GENERAL, "text": "once?", "client_msg_id": "the-same"});
    let answered = client.call("chat.postMessage", args).await;
    assert!(answered.is_ok(), "{answered:?}");
    assert_eq!(fake.messages(GENERAL).len(), 2);
    assert!(fake.calls_of("chat.postMessage")[0].answer_lost);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_no_token() {
    let fake = SlackFake::start().await.unwrap();
    let mut client = Client::start(&fake);
    client.call("auth.test", json!({})).await.unwrap();
    fake.revoke_tokens(Some("token_revoked"));
    for method in ["auth.test", "conversations.list"] {
        assert_eq!(
            client.call(method, json!({})).await.unwrap_err(),
            "token_revoked"
        );
    }
}
