//! kill -9 at any moment loses nothing that was acknowledged. A life of conversations is run once
//! against the real daemon, which notes every commit that it passes; then the same life is run once
//! for each of them, on a daemon that kills itself right there; then once more to its end, with the
//! same idempotency keys, on what was left.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::{MockProvider, RawClient, Reply};
use tokio::task::JoinSet;

use crate::device::Device;
use crate::home::{Gateway, Home, SCOPES, serve, with_model};

const KILL_AT: &str = "TIDEGATE_TEST_KILL_AT";
const COMMIT_LOG: &str = "TIDEGATE_TEST_COMMIT_LOG";
/// Lives that are run at once.
const AT_ONCE: usize = 12;
/// Messages that make up the conversations, by session.
const SAID: [(&str, &[&str]); 2] = [
    ("talk", &["hello", "slow", "two", "three"]),
    ("cut", &["half", "behind"]),
];

/// A commit of one of the two starts of a life: which start, its name and side, which time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    start: usize,
    at: String,
}

/// What was acknowledged.
#[derive(Debug, Default)]
struct Acked {
    steps: BTreeSet<&'static str>,
    /// Idempotency keys of accepted messages, and their runs.
    runs: BTreeMap<String, String>,
    device_token: Option<String>,
}

/// Daemons of one life.
struct Life<'l> {
    home: &'l Home,
    acked: Acked,
}

/// The daemon died, as it was told to.
struct Died;

impl From<io::Error> for Died {
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// Variables of the two starts.
type Starts = [Option<(&'static str, String)>; 2];

impl Life<'_> {
    async fn start(&self, variable: Option<&(&'static str, String)>) -> Result<Gateway, Died> {
        let mut command = self.home.command(&["gateway", "--port", "0"]);
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        serve(command).await.map_err(|ran| {
            assert_eq!(ran.status.signal(), Some(9), "{ran:?}");
            Died
        })
    }

    /// The whole life. An error means that the daemon died.
    async fn live(&mut self, starts: &Starts) -> Result<(), Died> {
        let gateway = self.start(starts[0].as_ref()).await?;
        self.devices(&gateway).await?;
        let mut client = self.owner(&gateway).await?;
        self.talk(&mut client).await?;
        self.settings(&mut client).await?;
        self.cut(&mut client).await?;
        gateway.kill().await;
        let gateway = self.start(starts[1].as_ref()).await?;
        let mut client = self.owner(&gateway).await?;
        self.after(&mut client).await?;
        drop(client);
        gateway.stop().await;
        Ok(())
    }

    async fn owner(&self, gateway: &Gateway) -> Result<RawClient, Died> {
        Ok(RawClient::owner(gateway.port, &self.home.token(), &SCOPES).await?)
    }

    async fn devices(&mut self, gateway: &Gateway) -> Result<(), Died> {
        let device = Device::number(1);
        let mut client = RawClient::connect(gateway.port, &[]).await?;
        let hello = device
            .connect(&mut client, "token", &self.home.token())
            .await?;
        let token = hello["payload"]["auth"]["deviceToken"]
            .as_str()
            .expect("a device token")
            .to_owned();
        self.acked.device_token = Some(token.clone());
        let mut client = RawClient::connect(gateway.port, &[]).await?;
        let hello = device.connect(&mut client, "token", &token).await?;
        assert_eq!(hello["ok"], true, "{hello}");
        // Whoever looks sees that use: it is written for that.
        let mut owner = self.owner(gateway).await?;
        owner.request("device.pair.list", json!({})).await?;
        let mut client =
            RawClient::connect(gateway.port, &[("x-forwarded-for", "203.0.113.9")]).await?;
        let refused = Device::number(2)
            .connect(&mut client, "token", &self.home.token())
            .await?;
        assert_eq!(refused["error"]["code"], "NOT_PAIRED", "{refused}");
        Ok(())
    }

    /// Says something; it is acknowledged when this returns.
    async fn say(
        &mut self,
        client: &mut RawClient,
        session: &str,
        message: &str,
    ) -> Result<String, Died> {
        let key = format!("{session} {message}");
        let params = json!({ "sessionKey": session, "message": message, "idempotencyKey": key });
        let answer = client.request("chat.send", params).await?;
        let run = answer["payload"]["runId"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned();
        let before = self.acked.runs.insert(key.clone(), run.clone());
        assert!(
            before.is_none_or(|before| before == run),
            "a repeat made another run: {key}"
        );
        Ok(run)
    }

    async fn wait(&self, client: &mut RawClient, run: &str) -> Result<String, Died> {
        let answer = client
            .request("agent.wait", json!({ "runId": run, "timeoutMs": 15_000 }))
            .await?;
        let status = answer["payload"]["status"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer}"));
        assert_ne!(status, "timeout", "{run} never ended");
        Ok(status.to_owned())
    }

    /// One turn alone; then three messages of which two become one turn; one that is taken back.
    async fn talk(&mut self, client: &mut RawClient) -> Result<(), Died> {
        let hello = self.say(client, "talk", "hello").await?;
        self.wait(client, &hello).await?;
        let slow = self.say(client, "talk", "slow").await?;
        let two = self.say(client, "talk", "two").await?;
        let three = self.say(client, "talk", "three").await?;
        let undo = json!({ "sessionKey": "talk", "message": "undo", "idempotencyKey": "undo" });
        client.request("chat.send", undo).await?;
        client
            .request(
                "chat.abort",
                json!({ "sessionKey": "talk", "runId": "undo" }),
            )
            .await?;
        for run in [slow, two, three] {
            self.wait(client, &run).await?;
        }
        Ok(())
    }

    async fn settings(&mut self, client: &mut RawClient) -> Result<(), Died> {
        let steps = [
            (
                "label",
                "sessions.patch",
                json!({ "key": "talk", "label": "Talk" }),
            ),
            (
                "note",
                "send",
                json!({ "to": "notes", "message": "note", "channel": "webchat", "idempotencyKey": "note" }),
            ),
            ("reset", "sessions.reset", json!({ "key": "emptied" })),
            (
                "gone",
                "send",
                json!({ "to": "gone", "message": "gone", "channel": "webchat", "idempotencyKey": "gone" }),
            ),
            (
                "deleted",
                "sessions.delete",
                json!({ "key": "gone", "deleteTranscript": true }),
            ),
        ];
        for (step, method, params) in steps {
            let answer = client.request(method, params).await?;
            assert_eq!(answer["ok"], true, "{answer}");
            self.acked.steps.insert(step);
        }
        Ok(())
    }

    /// Goes as far as the middle of an answer, with another message behind it.
    async fn cut(&mut self, client: &mut RawClient) -> Result<(), Died> {
        let half = self.say(client, "cut", "half").await?;
        let view = client
            .request("chat.history", json!({ "sessionKey": "cut" }))
            .await?;
        if view["payload"]["messages"]
            .as_array()
            .is_none_or(|messages| messages.len() < 2)
        {
            client
                .wait_event("chat", |event| {
                    event["runId"] == *half && event["state"] == "delta"
                })
                .await?;
        }
        self.say(client, "cut", "behind").await?;
        Ok(())
    }

    async fn after(&mut self, client: &mut RawClient) -> Result<(), Died> {
        for run in self.acked.runs.values().cloned().collect::<Vec<_>>() {
            self.wait(client, &run).await?;
        }
        Ok(())
    }
}

fn reply(words: &str) -> Reply {
    let (pieces, pause) = match words {
        "slow" => (20, 10),
        "half" => (100, 15),
        _ => (3, 1),
    };
    let pieces = (0..pieces)
        .map(|number| format!("word {number} "))
        .collect();
    Reply::Words {
        pieces,
        pause: Duration::from_millis(pause),
        usage: (5, 7),
    }
}

/// Every commit of the life, in the order in which it was passed.
async fn enumerate(provider: &MockProvider) -> Vec<Point> {
    let home = Home::configured(&with_model(&provider.base_url()));
    let logs = [home.path().join("first"), home.path().join("second")];
    let starts = logs
        .clone()
        .map(|log| Some((COMMIT_LOG, log.display().to_string())));
    let mut life = Life {
        home: &home,
        acked: Acked::default(),
    };
    assert!(
        life.live(&starts).await.is_ok(),
        "the daemon died by itself"
    );
    let mut points = Vec::new();
    for (start, log) in logs.iter().enumerate() {
        let mut times = BTreeMap::new();
        for line in std::fs::read_to_string(log).unwrap().lines() {
            let (verbs, side) = line.split_once(':').unwrap();
            // Which verbs share a commit is chance; each of them is a point of its own.
            for verb in verbs.split('+') {
                let name = format!("{verb}:{side}");
                let time = times
                    .entry(name.clone())
                    .and_modify(|time| *time += 1)
                    .or_insert(1);
                points.push(Point {
                    start,
                    at: format!("{name}:{time}"),
                });
            }
        }
    }
    points
}

/// Runs the life up to the point, and again to its end. False if it never came there.
async fn die_at(point: Point, base_url: String) -> bool {
    let home = Home::configured(&with_model(&base_url));
    let mut starts: Starts = [None, None];
    starts[point.start] = Some((KILL_AT, point.at.clone()));
    let mut life = Life {
        home: &home,
        acked: Acked::default(),
    };
    if life.live(&starts).await.is_ok() {
        return false;
    }
    let gateway = life
        .start(None)
        .await
        .unwrap_or_else(|_| panic!("{point:?}: it does not start any more"));
    let mut client = life.owner(&gateway).await.ok().unwrap();
    kept(&mut client, &life.acked, &point).await;
    if let Some(token) = life.acked.device_token.clone() {
        let mut again = RawClient::connect(gateway.port, &[]).await.unwrap();
        let hello = Device::number(1)
            .connect(&mut again, "token", &token)
            .await
            .unwrap();
        assert_eq!(
            hello["ok"], true,
            "{point:?}: the paired device is not known: {hello}"
        );
    }
    gateway.kill().await;
    // The keys are the same: what was done is not done again.
    let ended = life.live(&[None, None]).await;
    assert!(ended.is_ok(), "{point:?}: the second life did not end");
    let gateway = life.start(None).await.ok().unwrap();
    let mut client = life.owner(&gateway).await.ok().unwrap();
    whole(&mut client, &point).await;
    drop(client);
    assert!(gateway.stop().await.success());
    home.sound();
    true
}

async fn history(client: &mut RawClient, session: &str) -> Vec<Value> {
    let answer = client
        .request(
            "chat.history",
            json!({ "sessionKey": session, "limit": 1000 }),
        )
        .await
        .unwrap();
    answer["payload"]["messages"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .clone()
}

fn texts(messages: &[Value], role: &str) -> Vec<String> {
    let of_role = messages.iter().filter(|message| message["role"] == role);
    of_role
        .map(|message| {
            message["content"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// Right after the crash: every acknowledged run ends, every acknowledged message is there once.
async fn kept(client: &mut RawClient, acked: &Acked, point: &Point) {
    for (key, run) in &acked.runs {
        let answer = client
            .request("agent.wait", json!({ "runId": run, "timeoutMs": 30_000 }))
            .await
            .unwrap();
        assert!(
            ["ok", "error"].contains(&answer["payload"]["status"].as_str().unwrap()),
            "{point:?} {key}: {answer}"
        );
    }
    for (session, messages) in SAID {
        let said = texts(&history(client, session).await, "user");
        for message in messages {
            let times = said.iter().filter(|said| said == message).count();
            let known = acked.runs.contains_key(&format!("{session} {message}"));
            assert!(
                times == 1 || (times == 0 && !known),
                "{point:?}: `{message}` {times} times, acknowledged: {known}"
            );
        }
    }
    let row = client
        .request("sessions.resolve", json!({ "label": "Talk" }))
        .await
        .unwrap();
    assert!(
        row["ok"] == true || !acked.steps.contains("label"),
        "{point:?}: {row}"
    );
    let notes = history(client, "notes").await.len();
    assert!(
        notes == 1 || (notes == 0 && !acked.steps.contains("note")),
        "{point:?}: {notes} notes"
    );
    let gone = history(client, "gone").await.len();
    assert!(
        gone <= usize::from(!acked.steps.contains("deleted")),
        "{point:?}: {gone} messages of a deleted session"
    );
}

/// After the second life: every message once, in order, each turn with an answer or its failure.
async fn whole(client: &mut RawClient, point: &Point) {
    for (session, said) in SAID {
        let mut messages = history(client, session).await;
        // What was taken back has no answer.
        messages.retain(|message| message["content"][0]["text"] != "undo");
        let users = texts(&messages, "user");
        assert_eq!(users, said, "{point:?}");
        assert_eq!(
            messages.last().unwrap()["role"],
            "assistant",
            "{point:?}: a turn without an answer"
        );
    }
    assert_eq!(
        history(client, "notes").await.len(),
        1,
        "{point:?}: delivered once"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_at_every_commit() {
    let provider = MockProvider::start(reply).await.unwrap();
    let points = enumerate(&provider).await;
    let names: BTreeSet<_> = points
        .iter()
        .map(|point| point.at.rsplit_once(':').unwrap().0.to_owned())
        .collect();
    for verb in [
        "migrate",
        "recover",
        "grant",
        "touch",
        "request_pairing",
        "accept",
        "begin",
        "finish",
        "patch_session",
        "deliver",
        "reset_session",
        "delete_session",
    ] {
        for side in ["before", "after"] {
            assert!(
                names.contains(&format!("{verb}:{side}")),
                "no {verb}:{side} in {names:?}"
            );
        }
    }
    let missed = kill_at_each(points.clone(), AT_ONCE, &provider).await;
    // On a busy host an answer may end before the life comes to cut it: that one is lived again alone.
    let missed = kill_at_each(missed, 1, &provider).await;
    let hit = points.len() - missed.len();
    println!(
        "hit {hit} of {} distinct commit points ({} names)",
        points.len(),
        names.len()
    );
    assert_eq!(missed, [], "never came there");
}

/// Gives the points that no life came to.
async fn kill_at_each(points: Vec<Point>, at_once: usize, provider: &MockProvider) -> Vec<Point> {
    let mut waiting = points.into_iter();
    let mut at_work = JoinSet::new();
    let mut missed = Vec::new();
    loop {
        while at_work.len() < at_once
            && let Some(point) = waiting.next()
        {
            let base_url = provider.base_url();
            at_work.spawn(async move { (!die_at(point.clone(), base_url).await).then_some(point) });
        }
        match at_work.join_next().await {
            None => return missed,
            Some(Ok(point)) => missed.extend(point),
            Some(Err(failed)) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}
