//! `tidegate trace`: the way of a message as a list of moments.

use tidegate_protocol::api::delivery::{
    MessagesTraceResult, OutboxPart, PartState, TracedInbound, TracedMessage, TracedRun,
};

use super::outbox::place;
use super::{Screen, clean, clock_time, duration, one_line};

/// One moment: when, in Unix milliseconds, and what happened.
type Moment = (u64, String);

/// The way of a message. Of several with one id it is a list to choose from, if each has a name that
/// the others have not; messages that were answered together are shown one below the other.
pub(crate) fn trace(screen: &Screen, found: &MessagesTraceResult) -> String {
    let messages = &found.messages;
    if messages.len() > 1
        && let Some(names) = own_names(messages)
    {
        return candidates(screen, messages, &names);
    }
    let ways = messages.iter();
    ways.map(|message| way(screen, message, found.ts))
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// Several messages, each with its own name.
fn candidates(screen: &Screen, messages: &[TracedMessage], names: &[String]) -> String {
    let paint = screen.out();
    let head = format!(
        "{} messages have this id; trace one of them by its own name:",
        messages.len()
    );
    let lines = messages.iter().zip(names).map(|(message, name)| {
        let at = began_at(message).map_or_else(String::new, clock_time);
        let name = paint.bold(&one_line(name, 128));
        format!("  {}  {name}  {}", paint.dim(&at), title(message))
    });
    std::iter::once(head)
        .chain(lines)
        .collect::<Vec<_>>()
        .join("\n")
}

/// For each message a name that none of the others has; `None` if one has no such name.
fn own_names(messages: &[TracedMessage]) -> Option<Vec<String>> {
    let all: Vec<Vec<String>> = messages.iter().map(names).collect();
    let is_own = |name: &&String| all.iter().flatten().filter(|other| other == name).count() == 1;
    all.iter()
        .map(|names| names.iter().find(is_own).cloned())
        .collect()
}

/// What `tidegate trace` knows a message by: its run, the name of its answer, its event.
fn names(message: &TracedMessage) -> Vec<String> {
    let run = message.run.as_ref().map(|run| run.run_id.to_string());
    let part = message.parts.first().map(|part| group(&part.id).to_owned());
    // The answer of a run has the run's name.
    let part = part.filter(|part| run.as_ref() != Some(part));
    let event = message.inbound.as_ref();
    let event = event.map(|inbound| inbound.provider_id.clone());
    run.into_iter().chain(part).chain(event).collect()
}

/// The name of an answer, from that of a part of it (`group:part`).
fn group(part: &str) -> &str {
    part.rsplit_once(':').map_or(part, |(group, _)| group)
}

/// When it began, in Unix milliseconds.
fn began_at(message: &TracedMessage) -> Option<u64> {
    let inbound = message
        .inbound
        .as_ref()
        .map(|inbound| inbound.arrived_at_ms);
    let run = message.run.as_ref().map(|run| run.accepted_at_ms);
    let part = message.parts.first().map(|part| part.created_at_ms);
    inbound.or(run).or(part)
}

fn way(screen: &Screen, message: &TracedMessage, now_ms: u64) -> String {
    let paint = screen.out();
    let mut lines = vec![paint.bold(&title(message))];
    let mut moments = Vec::new();
    if let Some(inbound) = &message.inbound {
        moments.extend(arrival(inbound));
    }
    if let Some(run) = &message.run {
        moments.extend(turn(run));
    }
    for part in &message.parts {
        moments.extend(sending(part));
    }
    if let Some(inbound) = &message.inbound {
        moments.extend(end(inbound));
    }
    // Moments of one time stay in the order of the way.
    moments.sort_by_key(|(at, _)| *at);
    let mut before = None;
    for (at, what) in &moments {
        let since = before.map_or_else(String::new, |before| {
            format!("+{}", duration(at.saturating_sub(before)))
        });
        lines.push(format!(
            "  {}  {}  {what}",
            paint.dim(&clock_time(*at)),
            paint.dim(&format!("{since:>12}"))
        ));
        before = Some(*at);
    }
    lines.extend(open(message, now_ms).map(|line| paint.yellow(&format!("  {line}"))));
    lines.join("\n")
}

fn title(message: &TracedMessage) -> String {
    match (&message.inbound, message.parts.first()) {
        (Some(inbound), _) => {
            let thread = inbound.thread_id.as_deref();
            let thread = thread.map_or_else(String::new, |id| format!(" #{}", one_line(id, 32)));
            format!(
                "Message {} in {}/{} {}{thread}",
                one_line(&inbound.message_id, 64),
                inbound.channel,
                inbound.account_id,
                one_line(&inbound.from, 64)
            )
        }
        (None, Some(part)) => format!("To {}", place(part)),
        (None, None) => "Without a network".to_owned(),
    }
}

fn arrival(inbound: &TracedInbound) -> Vec<Moment> {
    let sender = one_line(&inbound.sender_id, 64);
    let event = one_line(&inbound.provider_id, 64);
    vec![
        (
            inbound.sent_at_ms,
            format!("{sender} sent it, by the network's clock"),
        ),
        (
            inbound.arrived_at_ms,
            format!("stored here as event {event}"),
        ),
    ]
}

fn turn(run: &TracedRun) -> Vec<Moment> {
    let id = one_line(&run.run_id.to_string(), 64);
    let session = one_line(&run.session_key, 80);
    let mut moments = vec![(
        run.accepted_at_ms,
        format!("run {id} accepted in {session}"),
    )];
    moments.extend(
        run.started_at_ms
            .map(|at| (at, "the agent began".to_owned())),
    );
    if let Some(at) = run.ended_at_ms {
        let status = run.status.as_deref().unwrap_or("ended");
        let why = run.error.as_deref();
        let why = why.map_or_else(String::new, |why| format!(": {}", one_line(why, 120)));
        moments.push((at, format!("the run ended, {}{why}", clean(status))));
    }
    moments
}

fn sending(part: &OutboxPart) -> Vec<Moment> {
    let name = named(part);
    let mut moments = vec![(part.created_at_ms, format!("{name} put into the outbox"))];
    if let Some(at) = part.maybe_sent_since_ms {
        let words =
            format!("{name} tried, and nobody knows whether it arrived: it may be there twice");
        moments.push((at, words));
    }
    if let Some(at) = part.settled_at_ms {
        let tries = match part.attempts {
            1 => "at the first try".to_owned(),
            tries => format!("after {tries} tries"),
        };
        let why = part.error.as_deref().unwrap_or("no reason is known");
        let what = match part.state {
            PartState::Sent => format!(
                "{name} taken by the network as {} {tries}",
                one_line(part.message_id.as_deref().unwrap_or("?"), 64)
            ),
            PartState::Dropped => format!("{name} dropped by a person"),
            _ => format!("{name} given up {tries}: {}", one_line(why, 120)),
        };
        moments.push((at, what));
    }
    moments
}

fn end(inbound: &TracedInbound) -> Option<Moment> {
    let words = match inbound.state.as_str() {
        "answered" => "it counts as answered",
        "answered-empty" => "it counts as answered: the agent had nothing to say",
        "failed-with-notice" => "it counts as failed, and the sender was told",
        _ => return None,
    };
    Some((inbound.ended_at_ms?, words.to_owned()))
}

/// What is not over.
fn open(message: &TracedMessage, now_ms: u64) -> impl Iterator<Item = String> {
    let run = message
        .run
        .as_ref()
        .and_then(|run| match run.state.as_str() {
            "queued" => Some("… the run waits for its turn".to_owned()),
            "running" => Some("… the agent is at work".to_owned()),
            _ => None,
        });
    let parts = message.parts.iter().filter_map(move |part| {
        let words = match part.state {
            PartState::Prepared => "waits",
            PartState::Sending => "is on its way",
            PartState::Ambiguous => "is looked for at the network",
            PartState::Sent | PartState::Dead | PartState::Dropped => return None,
        };
        let next = part.not_before_ms.filter(|at| *at > now_ms);
        let next = next.map_or_else(String::new, |at| {
            format!(", next try in {}", duration(at - now_ms))
        });
        let why = part.error.as_deref();
        let why = why.map_or_else(String::new, |why| format!(": {}", one_line(why, 120)));
        Some(format!("… {} {words}{next}{why}", named(part)))
    });
    run.into_iter().chain(parts)
}

fn named(part: &OutboxPart) -> String {
    if part.parts > 1 {
        format!("part {} of {} ({})", part.part + 1, part.parts, part.no)
    } else {
        format!("answer ({})", part.no)
    }
}

#[cfg(test)]
mod tests;
