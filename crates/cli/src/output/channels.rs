//! `tidegate channels`: the accounts, and what the networks say about us.

use tidegate_protocol::api::channels::{
    ChannelAccount, ChannelProbe, ChannelState, ChannelsStatusResult,
};

use super::{Align, Column, Paint, Screen, age, clean, duration, one_line, table};

/// Longest reason in a table, in characters.
const REASON: usize = 60;
/// What to do where there is no account.
const NONE: &str = "No chat network is connected. Connect one: tidegate channels add NETWORK";

/// The accounts, and how each is.
pub(crate) fn channels(screen: &Screen, all: &ChannelsStatusResult) -> String {
    if all.channel_order.is_empty() {
        return screen.here(NONE);
    }
    let columns = [
        Column("ACCOUNT", Align::Left),
        Column("STATE", Align::Left),
        Column("LAST IN", Align::Left),
        Column("LAST OUT", Align::Left),
        Column("WAITING", Align::Right),
        Column("GIVEN UP", Align::Right),
        Column("WHY", Align::Left),
    ];
    let rows: Vec<_> = accounts(all)
        .map(|(channel, account)| row(channel, account, all.ts))
        .collect();
    let mut page = table(screen, &columns, &rows);
    let dead: u64 = accounts(all).map(|(_, account)| account.dead).sum();
    if dead > 0 {
        page.push_str("\n\n");
        let words = format!("{dead} messages were given up: tidegate outbox");
        page.push_str(&screen.out().yellow(&screen.here(&words)));
    }
    page
}

/// Every account with its channel, in the order to show.
fn accounts(all: &ChannelsStatusResult) -> impl Iterator<Item = (&str, &ChannelAccount)> {
    all.channel_order.iter().flat_map(|channel| {
        let accounts = all.channel_accounts.get(channel).into_iter().flatten();
        accounts.map(move |account| (channel.as_str(), account))
    })
}

fn row(channel: &str, account: &ChannelAccount, now_ms: u64) -> Vec<String> {
    let ago = |at: Option<u64>| at.map_or_else(|| "never".to_owned(), |at| age(at, now_ms));
    vec![
        format!("{}/{}", one_line(channel, 40), account.account_id),
        state(account, now_ms),
        ago(account.last_inbound_at),
        ago(account.last_outbound_at),
        account.open.to_string(),
        account.dead.to_string(),
        one_line(account.state_reason.as_deref().unwrap_or_default(), REASON),
    ]
}

fn state(account: &ChannelAccount, now_ms: u64) -> String {
    let word = account.state.as_str();
    match account.next_try_at_ms {
        Some(at) => format!("{word}, again in {}", duration(at.saturating_sub(now_ms))),
        None if account.required && !account.state.works() => format!("{word}, required"),
        None => word.to_owned(),
    }
}

/// What each network said when it was asked who we are; true if all of them know us.
pub(crate) fn channel_probes(screen: &Screen, all: &ChannelsStatusResult) -> (String, bool) {
    let mut lines = Vec::new();
    let mut well = true;
    for (channel, account) in accounts(all).filter(|(_, account)| account.enabled) {
        let name = format!("{}/{}", one_line(channel, 40), account.account_id);
        match &account.probe {
            Some(probe) if probe.ok => lines.extend(known(screen.out(), &name, probe)),
            probe => {
                well = false;
                let said = probe.as_ref().and_then(|probe| probe.error.as_deref());
                let why = said
                    .or(account.state_reason.as_deref())
                    .unwrap_or(unasked(account.state));
                let line = format!("✗ {name}: {}", clean(why));
                lines.push(screen.out().red(&line));
            }
        }
    }
    if lines.is_empty() {
        return (screen.here(NONE), false);
    }
    (lines.join("\n"), well)
}

const fn unasked(state: ChannelState) -> &'static str {
    match state {
        ChannelState::NeedsLogin => "it is signed out",
        _ => "it was not asked",
    }
}

fn known(paint: Paint, name: &str, probe: &ChannelProbe) -> Vec<String> {
    let who = probe.bot.as_ref().map_or_else(String::new, |bot| {
        let name = bot.username.as_deref().or(bot.name.as_deref());
        format!(
            ": {} (id {})",
            one_line(name.unwrap_or(&bot.id), 64),
            one_line(&bot.id, 64)
        )
    });
    let took = paint.dim(&format!("in {}", duration(probe.elapsed_ms)));
    let mut lines = vec![format!("{} {name}{who} {took}", paint.green("✓"))];
    let notes = probe.notes.iter();
    lines.extend(notes.map(|note| paint.yellow(&format!("  ▲ {}", clean(note)))));
    lines
}
