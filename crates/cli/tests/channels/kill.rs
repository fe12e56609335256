//! kill -9 at every commit of a message's life. A life is lived once against the real daemon, which
//! notes every commit that it passes; then once for each of them, on a daemon that kills itself
//! right there, and is started again. Whatever happens, SECURITY's I1 to I4 hold: what the network
//! was told that we have is answered or the sender is told; nothing is there twice unless it says
//! so; order is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tidegate_fakes::telegram::TelegramFake;
use tokio::task::JoinSet;

use crate::house::{House, OWNER, PATIENCE, STRANGER, count};

const KILL_AT: &str = "TIDEGATE_TEST_KILL_AT";
const COMMIT_LOG: &str = "TIDEGATE_TEST_COMMIT_LOG";
/// Lives that are lived at once.
const AT_ONCE: usize = 8;
/// How the message that a crash in the send window doubles says so.
const MARK: &str = "you may have this twice";
/// How a sender learns that a run was cut off.
const CUT: &str = "was restarted";
/// Longer than one message of the network.
const LONG_CHARS: usize = 5_000;
/// Verbs of the store that a life must pass.
const VERBS: [&str; 10] = [
    "migrate", "recover", "arrive", "ask_in", "admit", "put", "begin", "finish", "step", "post",
];

/// What is said, in this order, each when the one before came to its end.
const SAID: [&str; 3] = ["first question", "/status", "second question"];

fn long_question() -> String {
    let words: Vec<String> = (0..LONG_CHARS / 10)
        .map(|n| format!("word{n:05}"))
        .collect();
    format!("long question {}", words.join(" "))
}

/// Lives the whole life; `false` if the daemon died. The network keeps what it has, so that a second
/// try goes on where the first was cut off.
async fn live(house: &mut House) -> bool {
    match steps(house).await {
        Ok(()) => true,
        Err(why) => {
            let died = house.daemon.died(PATIENCE).await.unwrap();
            assert!(
                died,
                "{why}, and the daemon lives: {}",
                house.daemon.stderr()
            );
            false
        }
    }
}

async fn steps(house: &mut House) -> Result<(), String> {
    stranger(house).await?;
    for text in SAID {
        question(house, text, text).await?;
    }
    question(house, &long_question(), "long question").await?;
    let send = json!({
        "channel": "telegram", "to": OWNER.to_string(), "message": "a note", "idempotencyKey": "note",
    });
    house
        .call("send", send)
        .await
        .map_err(|error| error.to_string())?;
    Ok(())
}

/// A stranger asks, is let in, and is told so.
async fn stranger(house: &mut House) -> Result<(), String> {
    if count(&house.fake, STRANGER, "let in.") > 0 {
        return Ok(());
    }
    if house.fake.messages(STRANGER).is_empty() {
        house.say(STRANGER, "hello");
    }
    until(house, "the code", |fake| {
        count(fake, STRANGER, "pairing approve") > 0
    })
    .await?;
    let waiting = house
        .call("channels.pairing.list", json!({}))
        .await
        .map_err(|error| error.to_string())?;
    if let Some(code) = waiting["requests"][0]["code"].as_str() {
        let params = json!({ "channel": "telegram", "code": code });
        house
            .call("channels.pairing.approve", params)
            .await
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The owner says something, once, and its end is seen.
async fn question(house: &mut House, text: &str, words: &str) -> Result<(), String> {
    if said(&house.fake, text).is_none() {
        house.say(OWNER, text);
    }
    until(house, words, |fake| {
        let place = said(fake, text);
        let after = fake.bot_messages(OWNER);
        after
            .iter()
            .filter(|message| Some(message.id) > place)
            .any(|message| message.text.contains(answer_to(words)) || message.text.contains(CUT))
    })
    .await
}

/// Where the owner's message stands in the chat.
fn said(fake: &TelegramFake, text: &str) -> Option<i64> {
    let messages = fake.messages(OWNER);
    let said = messages.iter().find(|message| message.text == *text)?;
    Some(said.id)
}

/// What only the answer to this holds.
fn answer_to(words: &str) -> &str {
    if words == "/status" {
        "Runs in the gateway"
    } else {
        words
    }
}

/// Waits for this; an error if the daemon dies meanwhile, or if it never comes.
async fn until(
    house: &mut House,
    what: &str,
    is_so: impl Fn(&TelegramFake) -> bool,
) -> Result<(), String> {
    let House { fake, daemon } = house;
    tokio::select! {
        seen = fake.wait_for(PATIENCE, |fake| is_so(fake).then_some(())) => seen.map_err(|_| format!("never seen: {what}; the bot said {:?}; {} updates wait; calls {:?}", fake.bot_messages(OWNER).iter().map(|m| m.text.clone()).collect::<Vec<_>>(), fake.pending_updates(), fake.calls().iter().rev().take(4).collect::<Vec<_>>())),
        _ = daemon.died(PATIENCE * 2) => Err("it died".into()),
    }
}

/// Every commit of the life.
async fn enumerate() -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("commits");
    let mut house = House::open(&[(COMMIT_LOG, log.to_str().unwrap())])
        .await
        .unwrap();
    assert!(live(&mut house).await, "the daemon died by itself");
    assert!(house.daemon.stop().await.unwrap().success());
    let mut times = BTreeMap::new();
    let mut points = BTreeSet::new();
    for line in std::fs::read_to_string(&log).unwrap().lines() {
        let (verbs, side) = line.split_once(':').unwrap();
        // Which verbs share a commit is chance; each of them is a point of its own.
        for verb in verbs.split('+') {
            let name = format!("{verb}:{side}");
            let time = times
                .entry(name.clone())
                .and_modify(|time| *time += 1)
                .or_insert(1);
            points.insert(format!("{name}:{time}"));
        }
    }
    points
}

/// Lives up to the point, starts again and lives to the end. False if it never came there.
async fn die_at(point: &str) -> bool {
    let Ok(mut house) = House::open(&[]).await else {
        panic!("{point}: no daemon");
    };
    let armed = house.daemon.restart_with(&[(KILL_AT, point)]).await;
    if armed.is_ok() && live(&mut house).await {
        return false;
    }
    let again = house.daemon.restart_with(&[(KILL_AT, "")]).await;
    again.unwrap_or_else(|error| panic!("{point}: it does not start any more: {error}"));
    assert!(live(&mut house).await, "{point}: it died without a reason");
    settled(&house, point).await;
    assert!(house.daemon.stop().await.unwrap().success(), "{point}");
    true
}

/// I1 to I4 after the second life.
async fn settled(house: &House, point: &str) {
    let confirmed = house
        .fake
        .wait_for(PATIENCE, |fake| (fake.pending_updates() == 0).then_some(()));
    assert!(
        confirmed.await.is_ok(),
        "{point}: an update is never confirmed"
    );
    let messages = house.fake.bot_messages(OWNER);
    let cuts = messages
        .iter()
        .filter(|message| message.text.contains(CUT))
        .count();
    let mut missing = 0;
    for text in SAID.iter().copied().chain(["long question", "a note"]) {
        let words = answer_to(text);
        let copies: Vec<_> = messages
            .iter()
            .filter(|message| message.text.contains(words))
            .collect();
        missing += usize::from(copies.is_empty());
        let unmarked = copies
            .iter()
            .filter(|message| !message.text.contains(MARK))
            .count();
        assert!(
            unmarked <= 1 && copies.len() <= 2,
            "{point}: {text} is there {} times",
            copies.len()
        );
    }
    // A run that was at work has no answer, and its sender knows.
    assert!(
        missing <= cuts && cuts <= 1,
        "{point}: {missing} without an answer, {cuts} told"
    );
    let history = json!({ "sessionKey": "main", "limit": 1000 });
    let history = house.call("chat.history", history).await.unwrap();
    let said: Vec<&str> = history["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["role"] == "user")
        .filter_map(|message| message["content"][0]["text"].as_str())
        .filter_map(|text| {
            SAID.iter()
                .chain(&["long question"])
                .find(|said| text.starts_with(**said))
        })
        .copied()
        .collect();
    assert_eq!(
        said,
        [
            "first question",
            "/status",
            "second question",
            "long question"
        ],
        "{point}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_survives_a_kill_at_every_commit_of_its_life() {
    let points = enumerate().await;
    let names: BTreeSet<&str> = points
        .iter()
        .filter_map(|point| point.split(':').next())
        .collect();
    for verb in VERBS {
        let passes = names.contains(verb) || matches!(verb, "migrate" | "recover");
        assert!(passes, "the life has no {verb}: {names:?}");
    }
    // What the second start does not pass again is not there to be killed at.
    let points: Vec<String> = points
        .iter()
        .filter(|point| !point.starts_with("migrate"))
        .cloned()
        .collect();
    let mut waiting = points.iter().cloned();
    let mut at_work = JoinSet::new();
    let mut missed = Vec::new();
    loop {
        while at_work.len() < AT_ONCE
            && let Some(point) = waiting.next()
        {
            at_work.spawn(async move { (!die_at(&point).await).then_some(point) });
        }
        match at_work.join_next().await {
            None => break,
            Some(Ok(point)) => missed.extend(point),
            Some(Err(failed)) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
    let hit = points.len() - missed.len();
    println!(
        "hit {hit} of {} distinct commit points of a message's life ({} verbs)",
        points.len(),
        names.len()
    );
    assert_eq!(missed, Vec::<String>::new(), "never came there");
}
