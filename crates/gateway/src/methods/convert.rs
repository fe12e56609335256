//! Domain values as the wire shows them.

use tidegate_core::channel::{PeerKind, Target};
use tidegate_core::origin::Origin;
use tidegate_core::store::{Session, SessionListing};
use tidegate_core::tool::ToolContent;
use tidegate_core::transcript::{FilePart, Message, NewMessage, Part, Usage};
use tidegate_engine::Engine;
use tidegate_protocol::Nullable;
use tidegate_protocol::api::chat::{ChatMessage, ContentPart, FileNote, MessageCost, MessageUsage};
use tidegate_protocol::api::health::StatusSession;
use tidegate_protocol::api::sessions::{DeliveryContext, SessionEntry, SessionOrigin, SessionRow};

/// Characters of a title made from the first message (V3 3.2).
const TITLE_CHARS: usize = 60;

pub(super) fn message(message: Message) -> ChatMessage {
    let mut body = message.body;
    let brought = body
        .parts
        .pop_if(|part| matches!(part, Part::ToolResult(_)));
    let Some(Part::ToolResult(result)) = brought else {
        return said(message.seq, body);
    };
    let told = said(message.seq, body);
    ChatMessage {
        role: "toolResult".into(),
        content: result.content.into_iter().map(brought_part).collect(),
        tool_call_id: Some(result.call_id),
        tool_name: Some(result.name),
        is_error: Some(result.is_error),
        interrupted: result.interrupted.then_some(true),
        details: result.details,
        ..told
    }
}

fn said(seq: u64, body: NewMessage) -> ChatMessage {
    ChatMessage {
        role: body.speaker.as_str().into(),
        content: body.parts.into_iter().map(part).collect(),
        tool_call_id: None,
        tool_name: None,
        is_error: None,
        interrupted: None,
        details: None,
        timestamp: body.at_ms,
        api: body
            .maker
            .as_ref()
            .map(|maker| maker.api.clone())
            .filter(|api| !api.is_empty()),
        provider: body.maker.as_ref().map(|maker| maker.provider.clone()),
        model: body.maker.map(|maker| maker.model),
        usage: body.usage.map(usage),
        stop_reason: body.stop.map(|stop| stop.as_str().into()),
        error_message: body.error,
        id: Some(body.id),
        seq: Some(seq),
        run_id: body.run_id,
    }
}

fn part(part: Part) -> ContentPart {
    match part {
        Part::Text { text } => ContentPart::Text { text, file: None },
        Part::File(file) => ContentPart::Text {
            text: file.note(),
            file: Some(file_note(file)),
        },
        Part::Thinking { thinking, .. } => ContentPart::Thinking {
            thinking,
            signature: None,
        },
        Part::ToolCall(call) => ContentPart::ToolCall {
            id: call.id,
            name: call.name,
            arguments: call.arguments,
        },
        // A result is a message of its own.
        Part::ToolResult(result) => ContentPart::Text {
            text: result.words(),
            file: None,
        },
    }
}

fn brought_part(content: ToolContent) -> ContentPart {
    match content {
        ToolContent::Text { text } => ContentPart::Text { text, file: None },
        ToolContent::Json { value } => ContentPart::Text {
            text: value.to_string(),
            file: None,
        },
        ToolContent::Image { mime, data } => ContentPart::Image {
            data,
            mime_type: mime,
        },
    }
}

fn file_note(file: FilePart) -> FileNote {
    FileNote {
        kind: file.kind.as_str().into(),
        name: file.name,
        mime: file.mime,
        bytes: file.bytes,
    }
}

pub(super) fn usage(usage: Usage) -> MessageUsage {
    MessageUsage {
        input: usage.input,
        output: usage.output,
        cache_read: usage.cache_read,
        cache_write: usage.cache_write,
        total_tokens: usage.total(),
        cost: MessageCost::default(),
    }
}

/// Tokens of the last request's context: what the family calls `totalTokens` of a session.
fn context_used(session: &Session) -> u64 {
    session
        .last_usage
        .map_or(0, |usage| usage.total().saturating_sub(usage.output))
}

/// Provider and model that answer in a session.
fn model(engine: &Engine, session: &Session) -> Option<(String, String)> {
    let agents = engine.agents();
    let id = session
        .key
        .agent()
        .unwrap_or_else(|| agents.names.default_agent.clone());
    let model = engine.model_of(agents.get(&id)?, Some(session));
    Some((model.provider, model.model))
}

pub(super) fn row(engine: &Engine, listing: SessionListing, title: bool, last: bool) -> SessionRow {
    let SessionListing {
        session,
        first_user_text,
        last_text,
        active_run,
    } = listing;
    let (provider, model) = model(engine, &session).unzip();
    let derived = title.then(|| derived_title(&session, first_user_text.as_deref()));
    let origin = session.origin.as_ref();
    let place = origin.map(|origin| &origin.target);
    SessionRow {
        key: session.key.to_string(),
        kind: session.key.kind().as_str().into(),
        label: session.label.clone(),
        display_name: origin.map(|origin| origin_label(origin).to_owned()),
        derived_title: derived,
        last_message_preview: last_text.filter(|_| last),
        channel: place.map(|place| place.account.channel.to_string()),
        chat_type: Some(
            place
                .map_or("direct", |place| place.peer.kind.as_str())
                .into(),
        ),
        subject: origin.and_then(|origin| origin.title.clone()),
        origin: origin.map(session_origin),
        delivery_context: place.map(delivery_context),
        updated_at: Nullable(Some(session.updated_at_ms)),
        session_id: session.id.clone(),
        system_sent: session.last_usage.is_some(),
        aborted_last_run: session.aborted_last_run,
        thinking_level: session.settings.thinking_level.clone(),
        verbose_level: session.settings.verbose_level.clone(),
        reasoning_level: session.settings.reasoning_level.clone(),
        send_policy: session.settings.send_policy.and_then(word),
        input_tokens: session.last_usage.map(|usage| usage.input),
        output_tokens: session.last_usage.map(|usage| usage.output),
        total_tokens: context_used(&session),
        model_provider: provider,
        model,
        context_tokens: None,
        message_count: session.message_count,
        active_run,
        last_channel: match place {
            Some(place) => Some(place.account.channel.to_string()),
            None => (session.message_count > 0).then(|| "webchat".into()),
        },
        last_to: place.map(|place| place.peer.id.clone()),
        last_account_id: place.map(|place| place.account.account.to_string()),
        last_thread_id: place.and_then(|place| place.thread.clone()),
    }
}

/// What a conversation is called, for people: a group by its title, never by who spoke last in it.
fn origin_label(origin: &Origin) -> &str {
    let peer = &origin.target.peer;
    let (name, id) = if peer.kind == PeerKind::Direct {
        (&origin.sender_name, &origin.sender_id)
    } else {
        (&origin.title, &peer.id)
    };
    name.as_ref().unwrap_or(id)
}

fn session_origin(origin: &Origin) -> SessionOrigin {
    let Target {
        account,
        peer,
        thread,
    } = &origin.target;
    SessionOrigin {
        label: Some(origin_label(origin).to_owned()),
        provider: account.channel.to_string(),
        surface: account.channel.to_string(),
        chat_type: peer.kind.as_str().to_owned(),
        from: origin.sender_id.clone(),
        to: peer.id.clone(),
        account_id: account.account.to_string(),
        thread_id: thread.clone(),
    }
}

fn delivery_context(target: &Target) -> DeliveryContext {
    DeliveryContext {
        channel: target.account.channel.to_string(),
        to: target.peer.id.clone(),
        account_id: target.account.account.to_string(),
        thread_id: target.thread.clone(),
    }
}

fn word<T: serde::Serialize>(value: T) -> Option<String> {
    serde_json::to_value(value)
        .ok()?
        .as_str()
        .map(str::to_owned)
}

fn group_title(origin: &Origin) -> Option<&str> {
    let is_group = origin.target.peer.kind != PeerKind::Direct;
    origin.title.as_deref().filter(|_| is_group)
}

fn derived_title(session: &Session, first: Option<&str>) -> String {
    let group = session.origin.as_ref().and_then(group_title);
    if let Some(name) = session.label.as_deref().or(group) {
        return name.to_owned();
    }
    let line = first
        .unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if line.is_empty() {
        return session.id.chars().take(8).collect();
    }
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(TITLE_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

pub(super) fn entry(session: &Session) -> SessionEntry {
    let settings = session.settings.clone();
    let (provider_override, model_override) = settings
        .model
        .as_deref()
        .and_then(|model| model.split_once('/'))
        .map(|(provider, model)| (provider.to_owned(), model.to_owned()))
        .unzip();
    SessionEntry {
        session_id: session.id.clone(),
        updated_at: session.updated_at_ms,
        system_sent: session.last_usage.is_some(),
        aborted_last_run: session.aborted_last_run,
        label: session.label.clone(),
        thinking_level: settings.thinking_level,
        verbose_level: settings.verbose_level,
        reasoning_level: settings.reasoning_level,
        elevated_level: settings.elevated_level,
        exec_host: settings.exec_host,
        exec_security: settings.exec_security,
        exec_ask: settings.exec_ask,
        exec_node: settings.exec_node,
        provider_override,
        model_override,
        spawned_by: settings.spawned_by,
        response_usage: settings.response_usage,
        send_policy: settings.send_policy,
        group_activation: settings.group_activation,
        input_tokens: session.last_usage.map(|usage| usage.input),
        output_tokens: session.last_usage.map(|usage| usage.output),
        total_tokens: session.last_usage.map(|_| context_used(session)),
        model_provider: session
            .last_maker
            .as_ref()
            .map(|maker| maker.provider.clone()),
        model: session.last_maker.as_ref().map(|maker| maker.model.clone()),
    }
}

pub(super) fn status_session(engine: &Engine, session: &Session, now_ms: u64) -> StatusSession {
    let settings = &session.settings;
    let flags = [
        settings
            .thinking_level
            .as_ref()
            .map(|level| format!("think:{level}")),
        settings
            .verbose_level
            .as_ref()
            .map(|level| format!("verbose:{level}")),
        settings
            .reasoning_level
            .as_ref()
            .map(|level| format!("reasoning:{level}")),
        session.aborted_last_run.then(|| "aborted".to_owned()),
    ];
    StatusSession {
        agent_id: session.key.agent().map_or_else(
            || engine.agents().names.default_agent.to_string(),
            |id| id.to_string(),
        ),
        key: session.key.to_string(),
        kind: session.key.kind().as_str().into(),
        session_id: session.id.clone(),
        updated_at: Nullable(Some(session.updated_at_ms)),
        age: Nullable(Some(now_ms.saturating_sub(session.updated_at_ms))),
        thinking_level: settings.thinking_level.clone(),
        verbose_level: settings.verbose_level.clone(),
        system_sent: session.last_usage.is_some(),
        aborted_last_run: session.aborted_last_run,
        input_tokens: session.last_usage.map(|usage| usage.input),
        output_tokens: session.last_usage.map(|usage| usage.output),
        total_tokens: context_used(session),
        remaining_tokens: Nullable(None),
        percent_used: Nullable(None),
        model: Nullable(model(engine, session).map(|(_, model)| model)),
        context_tokens: Nullable(None),
        flags: flags.into_iter().flatten().collect(),
    }
}
