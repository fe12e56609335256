//! `tidegate status`.

use tidegate_client::{Address, Fingerprint};
use tidegate_protocol::api::connect::HelloOk;
use tidegate_protocol::api::health::{HealthSummary, StatusSession, StatusSummary};

use super::{Align, Column, Screen, age, clean, count, duration, one_line, pairs, table};

/// A gateway that answered.
#[derive(Debug)]
pub(crate) struct Reached<'a> {
    pub(crate) address: &'a Address,
    /// The certificate that it showed, under TLS.
    pub(crate) certificate: Option<Fingerprint>,
    pub(crate) hello: &'a HelloOk,
    pub(crate) status: &'a StatusSummary,
    pub(crate) health: Option<&'a HealthSummary>,
}

/// Everything about a gateway on one page.
pub(crate) fn status(screen: &Screen, reached: &Reached<'_>) -> String {
    let Reached {
        address,
        certificate,
        hello,
        status,
        health,
    } = reached;
    let paint = screen.out();
    let snapshot = &hello.snapshot;
    let well = match health {
        Some(health) if !health.ok => paint.yellow("▲ needs attention"),
        _ => paint.green("● running"),
    };
    let mut rows = vec![
        (
            "Gateway",
            format!("{well} on {address}, for {}", duration(snapshot.uptime_ms)),
        ),
        ("Version", clean(&hello.server.version)),
        (
            "Page",
            format!(
                "{}/   {}",
                address.page(),
                screen.hint("tidegate dashboard")
            ),
        ),
        ("Agent", agent(reached)),
    ];
    if let Some(certificate) = certificate {
        rows.push(("TLS", format!("certificate {certificate}")));
    }
    if let Some(path) = &snapshot.config_path {
        rows.push(("Config", clean(path)));
    }
    if let Some(path) = &snapshot.state_dir {
        rows.push(("State", clean(path)));
    }
    if let Some(health) = health {
        rows.push(("Clients", health.process.connections.to_string()));
    }
    rows.extend(
        status
            .channel_summary
            .iter()
            .map(|line| ("Channel", clean(line))),
    );
    if !status.queued_system_events.is_empty() {
        rows.push((
            "Waiting",
            format!("{} events for the agent", status.queued_system_events.len()),
        ));
    }
    let mut page = pairs(screen, &rows);
    for problem in health.iter().flat_map(|health| &health.problems) {
        page.push_str("\n  ");
        page.push_str(&paint.yellow(&format!("▲ {}", clean(problem))));
    }
    page.push_str("\n\n");
    page.push_str(&recent(screen, status));
    page
}

fn agent(reached: &Reached<'_>) -> String {
    let defaults = &reached.hello.snapshot.session_defaults;
    let name = clean(&defaults.default_agent_id);
    if !defaults.model_configured {
        return format!("{name}, without a model: it answers offline and tells how to connect one");
    }
    match &reached.status.sessions.defaults.model.0 {
        Some(model) => format!("{name}, model {}", clean(model)),
        None => name,
    }
}

fn recent(screen: &Screen, status: &StatusSummary) -> String {
    let sessions = &status.sessions;
    if sessions.recent.is_empty() {
        return screen
            .here("  No conversations yet. Begin one: tidegate agent --message \"hello\"");
    }
    let columns = [
        Column("SESSION", Align::Left),
        Column("MODEL", Align::Left),
        Column("CONTEXT", Align::Right),
        Column("CHANGED", Align::Left),
    ];
    let row = |session: &StatusSession| {
        vec![
            one_line(&session.key, 60),
            one_line(session.model.0.as_deref().unwrap_or_default(), 40),
            context(session),
            session
                .age
                .0
                .map_or_else(|| "never".to_owned(), |ago| age(1, 1 + ago)),
        ]
    };
    let rows: Vec<_> = sessions.recent.iter().map(row).collect();
    let mut page = table(screen, &columns, &rows);
    let more = sessions.count.saturating_sub(rows.len() as u64);
    if more > 0 {
        let words = format!("\n\nand {more} more: tidegate sessions");
        page.push_str(&screen.hint(&words));
    }
    page
}

fn context(session: &StatusSession) -> String {
    let used = count(session.total_tokens);
    match (session.context_tokens.0, session.percent_used.0) {
        (Some(of), Some(percent)) => format!("{used} of {} ({percent} %)", count(of)),
        _ => used,
    }
}
