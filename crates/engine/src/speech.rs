//! How a run is told: `agent` updates and the `chat` steps derived from them. One speaker per
//! run keeps the run's own `seq` and the throttles.

use std::time::Duration;

use tidegate_core::Events;
use tidegate_core::run::{FailureKind, RunRequest};
use tidegate_core::transcript::Usage;
use tidegate_protocol::RunId;
use tidegate_protocol::api::agent::{AgentEvent, AgentEventData, AgentStream, AgentUpdate};
use tidegate_protocol::api::chat::{
    ChatEvent, ChatEventMessage, ChatState, ChatUpdate, ContentPart, MessageCost, MessageUsage,
};
use tidegate_protocol::limits::CHAT_DELTA_MS;
use tokio::time::Instant;

use crate::tools::ToolNews;

/// Least time between two `agent` text updates of one run. Each repeats the whole text, so that
/// time grows with the text: at most 1 MiB a second and run for each listener.
const AGENT_DELTA_MS: u64 = 40;
const BYTES_PER_MS: usize = 1024;

pub(crate) struct Speaker<'a> {
    events: &'a Events,
    run_id: RunId,
    echo_key: String,
    seq: u64,
    text: Throttled,
    thinking: Throttled,
    chat: Throttled,
    tools_for_all: bool,
    /// Whether the next chat step begins another message.
    replaces: bool,
}

/// What a client says at connect that wants to hear of tools (V4).
const TOOL_EVENTS: &str = "tool-events";

/// How much of a growing text was told, and when more may be.
struct Throttled {
    told_bytes: usize,
    next_at: Option<Instant>,
    interval_ms: u64,
}

impl Throttled {
    const fn every(interval_ms: u64) -> Self {
        Self {
            told_bytes: 0,
            next_at: None,
            interval_ms,
        }
    }

    /// When the text may be told next; none if there is nothing new.
    fn due(&self, text: &str, now: Instant) -> Option<Instant> {
        (text.len() > self.told_bytes).then(|| self.next_at.unwrap_or(now))
    }

    /// Another text is told from now on.
    const fn begin_anew(&mut self) {
        self.told_bytes = 0;
    }

    /// What is new. The event repeats the whole text beside it, and the next one waits as long as
    /// both are worth.
    fn take<'t>(&mut self, text: &'t str) -> &'t str {
        let new = text.get(self.told_bytes..).unwrap_or_default();
        let wait = self
            .interval_ms
            .max(((text.len() + new.len()) / BYTES_PER_MS) as u64);
        self.told_bytes = text.len();
        self.next_at = Some(Instant::now() + Duration::from_millis(wait));
        new
    }
}

impl<'a> Speaker<'a> {
    pub(crate) fn new(events: &'a Events, run_id: RunId, request: &RunRequest) -> Self {
        Self {
            events,
            run_id,
            echo_key: request.echo_key.clone(),
            seq: 0,
            text: Throttled::every(AGENT_DELTA_MS),
            thinking: Throttled::every(AGENT_DELTA_MS),
            chat: Throttled::every(CHAT_DELTA_MS),
            tools_for_all: false,
            replaces: false,
        }
    }

    /// Whether clients that did not ask for it hear of tools too: the session is verbose.
    pub(crate) const fn tell_tools_to_all(&mut self, verbose: bool) {
        self.tools_for_all = verbose;
    }

    fn agent(&mut self, stream: AgentStream, ts: u64, data: AgentEventData) {
        self.seq += 1;
        let event = AgentEvent {
            run_id: self.run_id.clone(),
            seq: self.seq,
            stream,
            ts,
            data,
            session_key: Some(self.echo_key.clone()),
        };
        if stream == AgentStream::Tool && !self.tools_for_all {
            self.events.publish_to::<AgentUpdate>(TOOL_EVENTS, &event);
        } else {
            self.events
                .publish_of::<AgentUpdate>(&self.echo_key, &event);
        }
    }

    /// A message is complete, and another one follows it in the same run.
    pub(crate) fn next_message(&mut self, text: &str, thinking: &str, now_ms: u64) {
        self.flush(text, thinking, now_ms);
        self.text.begin_anew();
        self.thinking.begin_anew();
        self.chat.begin_anew();
        self.replaces = true;
    }

    /// Tells of a call of a tool.
    pub(crate) fn tool(&mut self, news: ToolNews, now_ms: u64) {
        self.agent(AgentStream::Tool, now_ms, news.into_data());
    }

    fn chat_event(&self, state: ChatState) -> ChatEvent {
        ChatEvent {
            run_id: self.run_id.clone(),
            session_key: self.echo_key.clone(),
            seq: self.seq,
            state,
            message: None,
            delta_text: None,
            replace: None,
            error_message: None,
            error_kind: None,
            usage: None,
            stop_reason: None,
        }
    }

    pub(crate) fn started(&mut self, at_ms: u64) {
        let data = AgentEventData {
            phase: Some("start".into()),
            started_at: Some(at_ms),
            ..Default::default()
        };
        self.agent(AgentStream::Lifecycle, at_ms, data);
    }

    /// When something is due to be told; none if all was told.
    pub(crate) fn due(&self, text: &str, thinking: &str) -> Option<Instant> {
        let now = Instant::now();
        [
            self.text.due(text, now),
            self.thinking.due(thinking, now),
            self.chat.due(text, now),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Tells what is due.
    pub(crate) fn tell(&mut self, text: &str, thinking: &str, now_ms: u64) {
        let now = Instant::now();
        if self
            .thinking
            .due(thinking, now)
            .is_some_and(|due| due <= now)
        {
            let delta = self.thinking.take(thinking).to_owned();
            self.grew(AgentStream::Thinking, thinking, delta, now_ms);
        }
        if self.text.due(text, now).is_some_and(|due| due <= now) {
            let delta = self.text.take(text).to_owned();
            self.grew(AgentStream::Assistant, text, delta, now_ms);
        }
        if self.chat.due(text, now).is_some_and(|due| due <= now) {
            let delta = self.chat.take(text).to_owned();
            let mut event = self.chat_event(ChatState::Delta);
            event.message = Some(message(text, now_ms));
            event.delta_text = Some(delta);
            event.replace = std::mem::take(&mut self.replaces).then_some(true);
            self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
        }
    }

    /// Tells what `agent` listeners have not heard yet; `chat` hears the rest in the final step.
    fn flush(&mut self, text: &str, thinking: &str, now_ms: u64) {
        let now = Instant::now();
        if self.thinking.due(thinking, now).is_some() {
            let delta = self.thinking.take(thinking).to_owned();
            self.grew(AgentStream::Thinking, thinking, delta, now_ms);
        }
        if self.text.due(text, now).is_some() {
            let delta = self.text.take(text).to_owned();
            self.grew(AgentStream::Assistant, text, delta, now_ms);
        }
    }

    fn grew(&mut self, stream: AgentStream, whole: &str, delta: String, now_ms: u64) {
        let data = AgentEventData {
            text: Some(whole.to_owned()),
            delta: Some(delta),
            ..Default::default()
        };
        self.agent(stream, now_ms, data);
    }

    pub(crate) fn ended(
        &mut self,
        text: &str,
        thinking: &str,
        usage: Usage,
        stop: &str,
        at_ms: u64,
    ) {
        self.flush(text, thinking, at_ms);
        let data = AgentEventData {
            phase: Some("end".into()),
            ended_at: Some(at_ms),
            ..Default::default()
        };
        self.agent(AgentStream::Lifecycle, at_ms, data);
        let mut event = self.chat_event(ChatState::Final);
        event.message = (!text.is_empty()).then(|| message(text, at_ms));
        event.usage = Some(wire_usage(usage));
        event.stop_reason = Some(stop.to_owned());
        self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
    }

    pub(crate) fn failed(
        &mut self,
        text: &str,
        thinking: &str,
        error: &str,
        kind: FailureKind,
        started_ms: u64,
        at_ms: u64,
    ) {
        self.flush(text, thinking, at_ms);
        let data = AgentEventData {
            phase: Some("error".into()),
            started_at: Some(started_ms),
            ended_at: Some(at_ms),
            error: Some(error.to_owned()),
            ..Default::default()
        };
        self.agent(AgentStream::Lifecycle, at_ms, data);
        self.failed_before_start(error, kind);
    }

    /// A run that failed and of which `agent` listeners know nothing.
    pub(crate) fn failed_before_start(&mut self, error: &str, kind: FailureKind) {
        let mut event = self.chat_event(ChatState::Error);
        event.error_message = Some(error.to_owned());
        event.error_kind = Some(kind.as_str().to_owned());
        self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
    }

    /// A run that was stopped while it worked.
    pub(crate) fn aborted(&mut self, cause: &str, at_ms: u64) {
        let data = AgentEventData {
            phase: Some("end".into()),
            ended_at: Some(at_ms),
            aborted: Some(true),
            ..Default::default()
        };
        self.agent(AgentStream::Lifecycle, at_ms, data);
        self.aborted_before_start(cause);
    }

    /// A run that never began; `agent` listeners know nothing of it.
    pub(crate) fn aborted_before_start(&mut self, cause: &str) {
        let mut event = self.chat_event(ChatState::Aborted);
        event.stop_reason = Some(cause.to_owned());
        self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
    }

    /// The answer of a command: one final step and no agent updates.
    pub(crate) fn injected(&mut self, text: &str, at_ms: u64) {
        let mut event = self.chat_event(ChatState::Final);
        let mut message = message(text, at_ms);
        message.stop_reason = Some("injected".into());
        message.usage = Some(MessageUsage::default());
        event.message = Some(message);
        self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
    }

    /// The run was merged into another one, which told the answer.
    pub(crate) fn merged(&mut self) {
        let event = self.chat_event(ChatState::Final);
        self.events.publish_of::<ChatUpdate>(&self.echo_key, &event);
    }
}

fn message(text: &str, at_ms: u64) -> ChatEventMessage {
    ChatEventMessage {
        role: "assistant".into(),
        content: vec![ContentPart::Text {
            text: text.to_owned(),
            file: None,
        }],
        timestamp: at_ms,
        stop_reason: None,
        usage: None,
    }
}

fn wire_usage(usage: Usage) -> MessageUsage {
    MessageUsage {
        input: usage.input,
        output: usage.output,
        cache_read: usage.cache_read,
        cache_write: usage.cache_write,
        total_tokens: usage.total(),
        cost: MessageCost::default(),
    }
}
