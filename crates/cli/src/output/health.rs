//! `tidegate health`.

use std::fmt::Write as _;

use tidegate_protocol::api::health::{HealthSummary, SessionsHealth};

use super::{Screen, age, bytes, clean, duration, pairs};

/// The state of the gateway on one small page.
pub(crate) fn health(screen: &Screen, health: &HealthSummary, now_ms: u64) -> String {
    let paint = screen.out();
    let head = if health.ok {
        format!("{} {}", paint.green("●"), paint.bold("The gateway is well"))
    } else {
        format!(
            "{} {}",
            paint.yellow("▲"),
            paint.bold("The gateway needs attention")
        )
    };
    let process = &health.process;
    let runs = match (process.runs_active, process.runs_queued) {
        (0, 0) => "none at work".to_owned(),
        (active, 0) => format!("{active} at work"),
        (active, queued) => format!("{active} at work, {queued} waiting"),
    };
    let mut rows = vec![
        (
            "Version",
            format!("{}, process {}", clean(&process.version), process.pid),
        ),
        ("Clients", process.connections.to_string()),
        ("Runs", runs),
        ("Sessions", sessions(health)),
    ];
    if let Some(rss) = process.rss_bytes {
        rows.insert(1, ("Memory", bytes(rss)));
    }
    rows.push(("Channels", channels(health)));
    if health.heartbeat_seconds > 0 {
        rows.push((
            "Heartbeat",
            format!("every {}", duration(health.heartbeat_seconds * 1_000)),
        ));
    }
    rows.push((
        "Looked",
        format!(
            "{}, in {}",
            age(health.ts, now_ms),
            duration(health.duration_ms)
        ),
    ));
    let mut page = format!("{head}\n\n{}", pairs(screen, &rows));
    if !health.problems.is_empty() {
        page.push_str("\n\n");
        page.push_str(&paint.yellow("What needs attention"));
        for problem in &health.problems {
            page.push_str("\n  - ");
            page.push_str(&clean(problem));
        }
    }
    page
}

/// Those of all agents: what the summary counts by itself is the default agent's.
fn sessions(health: &HealthSummary) -> String {
    let agents = &health.agents;
    let lists: Vec<&SessionsHealth> = match agents.as_slice() {
        [] => vec![&health.sessions],
        agents => agents.iter().map(|agent| &agent.sessions).collect(),
    };
    let mut text = lists.iter().map(|list| list.count).sum::<u64>().to_string();
    if agents.len() > 1 {
        let each = agents
            .iter()
            .map(|agent| format!("{} {}", clean(&agent.agent_id), agent.sessions.count));
        let _ = write!(text, " ({})", each.collect::<Vec<_>>().join(", "));
    }
    let aged = lists
        .iter()
        .filter_map(|list| list.recent.first())
        .filter_map(|session| Some((session.age.0?, &session.key)));
    if let Some((ago, key)) = aged.min() {
        // The age is of the moment of looking; a fraction of a minute does not matter.
        let _ = write!(text, ", the newest {} {}", clean(key), age(1, 1 + ago));
    }
    text
}

fn channels(health: &HealthSummary) -> String {
    let names: Vec<String> = health
        .channel_order
        .iter()
        .map(|id| {
            let label = health.channel_labels.get(id).unwrap_or(id);
            let word = health.channels.get(id).map(|channel| {
                if channel.default.configured {
                    channel.default.state.as_str()
                } else {
                    "not configured"
                }
            });
            let word = word.map_or_else(String::new, |word| format!(" ({word})"));
            format!("{}{word}", clean(label))
        })
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
