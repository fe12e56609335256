//! What holds after the second life: I1 to I4.

use serde_json::json;

use super::lived::{CUT, LONG, NOTE, SAID, answer_to};
use crate::chats::{Chats, Home, Who};
use crate::house::PATIENCE;

/// How the message that a crash in the send window doubles says so.
const MARK: &str = "you may have this twice";

pub(super) async fn holds<C: Chats>(home: &Home<C>, point: &str) {
    let confirmed = home.chats.wait(PATIENCE, C::is_confirmed).await;
    assert!(confirmed, "{point}: something is never confirmed");
    answered_once(&home.chats, point);
    in_order(home, point).await;
}

/// Everything has its answer, or its sender knows that there is none; nothing is there twice
/// without saying so, and where we can look back nothing is there twice at all.
fn answered_once<C: Chats>(chats: &C, point: &str) {
    let answers = chats.answers(Who::Owner);
    let most = if C::LOOKS_BACK { 1 } else { 2 };
    let mut missing = 0;
    for text in SAID.iter().copied().chain([LONG, NOTE]) {
        let words = answer_to(text);
        let copies = answers.iter().filter(|answer| answer.contains(words));
        let (marked, plain): (Vec<_>, Vec<_>) = copies.partition(|answer| answer.contains(MARK));
        let times = marked.len() + plain.len();
        missing += usize::from(times == 0);
        assert!(
            plain.len() <= 1 && times <= most,
            "{point}: {text} is there {times} times"
        );
    }
    let cuts = chats.count(Who::Owner, CUT);
    assert!(
        missing <= cuts && cuts <= 1,
        "{point}: {missing} without an answer, {cuts} told"
    );
}

async fn in_order<C: Chats>(home: &Home<C>, point: &str) {
    let history = json!({ "sessionKey": "main", "limit": 1000 });
    let history = home.call("chat.history", history).await.unwrap();
    let asked = SAID.iter().copied().chain([LONG]);
    let asked: Vec<&str> = asked.collect();
    let messages = history["messages"].as_array().unwrap().iter();
    let words = messages
        .filter(|message| message["role"] == "user")
        .filter_map(|message| message["content"][0]["text"].as_str());
    let kept = words.filter_map(|text| asked.iter().find(|said| text.starts_with(**said)));
    assert_eq!(kept.copied().collect::<Vec<_>>(), asked, "{point}");
}
