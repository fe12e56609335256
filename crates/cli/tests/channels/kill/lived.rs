//! The life: a stranger is let in, the owner asks, and a note goes out.

use serde_json::json;

use crate::chats::{Chats, Home, Who};
use crate::house::PATIENCE;

/// How a sender learns that a run was cut off.
pub(super) const CUT: &str = "was restarted";
/// What is said, in this order, each when the one before came to its end; then the long question.
pub(super) const SAID: [&str; 3] = ["first question", "/status", "second question"];
/// How the long question begins.
pub(super) const LONG: &str = "long question";
/// What is sent without a question.
pub(super) const NOTE: &str = "a note";

/// Lives the whole life; `false` if the daemon died. The network keeps what it has, so that a second
/// try goes on where the first was cut off.
pub(super) async fn live<C: Chats>(home: &mut Home<C>) -> bool {
    match steps(home).await {
        Ok(()) => true,
        Err(why) => {
            let died = home.daemon.died(PATIENCE).await.unwrap();
            let log = home.daemon.stderr();
            assert!(died, "{why}, and the daemon lives: {log}");
            false
        }
    }
}

/// What only the answer to this holds.
pub(super) fn answer_to(words: &str) -> &str {
    if words == "/status" {
        "Runs in the gateway"
    } else {
        words
    }
}

async fn steps<C: Chats>(home: &mut Home<C>) -> Result<(), String> {
    stranger(home).await?;
    for text in SAID {
        question(home, text, text).await?;
    }
    question(home, &long_question(C::LONG_CHARS), LONG).await?;
    let send = json!({
        "channel": C::CHANNEL, "to": home.chats.address(Who::Owner), "message": NOTE,
        "idempotencyKey": "note",
    });
    home.call("send", send).await?;
    Ok(())
}

fn long_question(chars: usize) -> String {
    let words: Vec<String> = (0..chars / 10).map(|n| format!("word{n:05}")).collect();
    let mut question = format!("{LONG} {}", words.join(" "));
    question.truncate(chars);
    question
}

/// A stranger asks, is let in, and is told so.
async fn stranger<C: Chats>(home: &mut Home<C>) -> Result<(), String> {
    if home.chats.count(Who::Stranger, "let in.") > 0 {
        return Ok(());
    }
    if home.chats.chat(Who::Stranger).is_empty() {
        home.is_live().await?;
        home.chats.say(Who::Stranger, "hello");
    }
    let shown = |chats: &C| chats.count(Who::Stranger, "pairing approve") > 0;
    until(home, "the code", shown).await?;
    let waiting = home.call("channels.pairing.list", json!({})).await?;
    if let Some(code) = waiting["requests"][0]["code"].as_str() {
        let params = json!({ "channel": C::CHANNEL, "code": code });
        home.call("channels.pairing.approve", params).await?;
    }
    Ok(())
}

/// The owner says something, once, and its end is seen.
async fn question<C: Chats>(home: &mut Home<C>, text: &str, words: &str) -> Result<(), String> {
    if said(&home.chats, text).is_none() {
        home.chats.say(Who::Owner, text);
    }
    until(home, words, |chats| {
        let place = said(chats, text).unwrap_or_default();
        let chat = chats.chat(Who::Owner);
        let mut after = chat.iter().skip(place).filter(|seen| seen.by_bot);
        after.any(|seen| seen.text.contains(answer_to(words)) || seen.text.contains(CUT))
    })
    .await
}

/// Where the owner's message stands in the chat.
fn said<C: Chats>(chats: &C, text: &str) -> Option<usize> {
    let chat = chats.chat(Who::Owner);
    chat.iter()
        .position(|seen| !seen.by_bot && seen.text == text)
}

/// Waits for this; an error if the daemon dies meanwhile, or if it never comes.
async fn until<C: Chats>(
    home: &mut Home<C>,
    what: &str,
    is_so: impl Fn(&C) -> bool + Send + Sync,
) -> Result<(), String> {
    let Home { chats, daemon } = home;
    tokio::select! {
        seen = chats.wait(PATIENCE, is_so) => seen.then_some(()).ok_or_else(|| {
            format!("never seen: {what}; the bot said {:?}", chats.answers(Who::Owner))
        }),
        _ = daemon.died(PATIENCE * 2) => Err("it died".into()),
    }
}
