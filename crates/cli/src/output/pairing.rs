//! `tidegate pairing`: people on chat networks.

use tidegate_protocol::api::pairing::{
    ChannelsPairingListResult, ChannelsSendersListResult, SenderAdmitted, SenderAsking,
};

use super::{Align, Column, Screen, age, duration, one_line, table};

/// Longest name in a table, in characters.
const NAME: usize = 40;

/// Those who wait.
pub(crate) fn pairing_requests(screen: &Screen, list: &ChannelsPairingListResult) -> String {
    if list.requests.is_empty() {
        return "Nobody waits to be let in.".to_owned();
    }
    let columns = [
        Column("CODE", Align::Left),
        Column("CHANNEL", Align::Left),
        Column("PERSON", Align::Left),
        Column("ID", Align::Left),
        Column("SINCE", Align::Left),
        Column("GOOD FOR", Align::Left),
    ];
    let row = |asking: &SenderAsking| {
        vec![
            one_line(&asking.code, 32),
            format!("{}/{}", asking.channel, asking.account_id),
            one_line(asking.name.as_deref().unwrap_or_default(), NAME),
            one_line(&asking.sender_id, 64),
            age(asking.created_at_ms, list.ts),
            duration(asking.expires_at_ms.saturating_sub(list.ts)),
        ]
    };
    let rows: Vec<_> = list.requests.iter().map(row).collect();
    let mut page = table(screen, &columns, &rows);
    if let Some(first) = list.requests.first() {
        let words = format!(
            "Ask the person for the code, then: tidegate pairing approve {} CODE",
            first.channel
        );
        page.push_str("\n\n");
        page.push_str(&screen.hint(&words));
    }
    page
}

/// Those who were let in.
pub(crate) fn senders(screen: &Screen, list: &ChannelsSendersListResult) -> String {
    if list.senders.is_empty() {
        return "Nobody was let in by a code.".to_owned();
    }
    let columns = [
        Column("ID", Align::Left),
        Column("PERSON", Align::Left),
        Column("CHANNEL", Align::Left),
        Column("AS", Align::Left),
        Column("SINCE", Align::Left),
    ];
    let row = |sender: &SenderAdmitted| {
        vec![
            one_line(&sender.sender_id, 64),
            one_line(sender.name.as_deref().unwrap_or_default(), NAME),
            format!("{}/{}", sender.channel, sender.account_id),
            if sender.owner { "owner" } else { "guest" }.to_owned(),
            age(sender.since_ms, list.ts),
        ]
    };
    let rows: Vec<_> = list.senders.iter().map(row).collect();
    table(screen, &columns, &rows)
}
