//! What the network saw, and what people see of it.

use std::collections::VecDeque;
use std::time::Duration;

use tidegate_core::channel::{Act, Attempt, Body, Capabilities, OutboundPart, Receipt, Target};
use tokio::time::Instant;

/// What the network does with one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Takes it and says so.
    Take,
    /// Takes it; the answer is lost.
    TakeAndLose,
    /// It is lost on its way, and nobody says so.
    Lose,
    /// It never got out.
    Unreachable,
    /// Too much.
    Limited {
        /// For so long, in milliseconds.
        ms: u64,
        /// Of the whole account.
        account: bool,
    },
    /// Never.
    Refuse,
    /// The network cannot.
    Unsupported,
    /// The credential is dead.
    SignedOut,
    /// The conversation has another id.
    Moved(&'static str),
    /// Takes it after a time, whoever waits for it.
    Slow(Duration),
    /// Never answers; it arrives at once or not at all.
    Hang {
        /// Whether it arrives.
        arrives: bool,
    },
    /// A bug in the network's half.
    Panic,
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The network's id of it.
    pub id: String,
    /// Where.
    pub target: Target,
    /// Its words.
    pub text: String,
    /// The name under which it was sent first.
    pub key: String,
    /// The message that it answers.
    pub reply_to: Option<String>,
    /// How often it was changed.
    pub edits: u32,
    /// When.
    pub at: Instant,
}

/// A call of `send`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Where.
    pub target: Target,
    /// What.
    pub part: OutboundPart,
    /// Which try it was.
    pub attempt: Attempt,
    /// When.
    pub at: Instant,
}

/// A call of `act`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acted {
    /// Where.
    pub target: Target,
    /// What.
    pub act: Act,
    /// When.
    pub at: Instant,
}

/// What calls meet, by target and text.
pub(super) type Rule = Box<dyn FnMut(&Target, &str) -> Outcome + Send>;

/// Everything.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) shown: Vec<Shown>,
    pub(super) sent: Vec<Sent>,
    pub(super) taken: Vec<(Target, OutboundPart)>,
    pub(super) acted: Vec<Acted>,
    pub(super) script: VecDeque<Outcome>,
    pub(super) act_script: VecDeque<Outcome>,
    pub(super) rule: Option<Rule>,
    pub(super) made: u64,
    /// Lines with a call at work, and how often two calls of one line met.
    pub(super) at_work: Vec<String>,
    pub(super) overlaps: u32,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Seen {
    pub(super) fn next(&mut self, target: &Target, text: &str) -> Outcome {
        if let Some(outcome) = self.script.pop_front() {
            return outcome;
        }
        self.rule
            .as_mut()
            .map_or(Outcome::Take, |rule| rule(target, text))
    }

    pub(super) fn show(&mut self, key: &str, target: &Target, part: &OutboundPart) -> String {
        self.made += 1;
        let id = format!("m{}", self.made);
        self.shown.push(Shown {
            id: id.clone(),
            target: target.clone(),
            text: words(part).to_owned(),
            key: key.to_owned(),
            reply_to: part.reply_to.clone(),
            edits: 0,
            at: Instant::now(),
        });
        id
    }

    /// Changes a message, if it is there.
    pub(super) fn change(&mut self, id: &str, text: &str) -> bool {
        let shown = self.shown.iter_mut().find(|shown| shown.id == id);
        shown.is_some_and(|shown| {
            text.clone_into(&mut shown.text);
            shown.edits += 1;
            true
        })
    }

    /// Takes a part as the network's abilities say.
    pub(super) fn take(
        &mut self,
        can: &Capabilities,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Receipt {
        self.taken.push((to.clone(), part.clone()));
        let looked_up = can.history && attempt.maybe_sent_since_ms.is_some();
        let known = (can.keyed_sends || looked_up)
            .then(|| self.shown.iter().find(|shown| shown.key == attempt.key))
            .flatten()
            .map(|shown| shown.id.clone());
        let changed = part
            .replaces
            .clone()
            .filter(|id| self.change(id, words(part)));
        let message_id = known
            .or(changed)
            .unwrap_or_else(|| self.show(&attempt.key, to, part));
        let is_poll = matches!(part.body, Body::Poll(_));
        Receipt {
            poll_id: is_poll.then(|| format!("poll-{message_id}")),
            message_id,
        }
    }
}

pub(super) fn words(part: &OutboundPart) -> &str {
    match &part.body {
        Body::Text { markdown } | Body::Media { markdown, .. } => markdown,
        Body::Poll(poll) => &poll.question,
    }
}
