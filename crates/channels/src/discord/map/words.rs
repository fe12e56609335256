//! Things that are no files, as lines of words.

use crate::discord::api::{Message, Poll, Snapshot};

/// The lines for what else is in a message.
pub(super) fn of_things(message: &Message) -> Vec<String> {
    let handed_on = message.message_snapshots.iter().filter_map(snapshot);
    let stickers = message
        .sticker_items
        .iter()
        .map(|sticker| format!("Sticker: {}", sticker.name));
    let poll = message.poll.as_ref().map(poll);
    handed_on.chain(stickers).chain(poll).collect()
}

fn snapshot(snapshot: &Snapshot) -> Option<String> {
    let words = snapshot.message.content.trim();
    (!words.is_empty()).then(|| format!("Forwarded: {words}"))
}

fn poll(poll: &Poll) -> String {
    let answers = poll
        .answers
        .iter()
        .map(|answer| format!("\n- {}", answer.poll_media.text));
    format!(
        "Poll: {}{}",
        poll.question.text,
        answers.collect::<String>()
    )
}
