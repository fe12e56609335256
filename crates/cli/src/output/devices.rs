//! `tidegate devices`.

use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::api::devices::{
    DevicePairListResult, DeviceTokenLine, PairedDevice, PendingDevice, TrustLevel,
};

use super::{
    Align, Column, ID_SHOWN, Screen, age, beginning, clean, duration, one_line, pairs, table,
};

/// Longest name in a table, in characters.
const NAME: usize = 32;

/// The word for a level of trust.
pub(crate) const fn trust_word(level: TrustLevel) -> &'static str {
    match level {
        TrustLevel::Untrusted => "untrusted",
        TrustLevel::Verified => "verified",
        TrustLevel::Trusted => "trusted",
    }
}

/// Those that wait, then those that may join.
pub(crate) fn devices(screen: &Screen, list: &DevicePairListResult) -> String {
    let now_ms = SystemClock.now_ms();
    let mut page = String::new();
    if !list.pending.is_empty() {
        page.push_str(&waiting(screen, &list.pending, now_ms));
        page.push_str("\n\n");
    }
    if list.paired.is_empty() {
        page.push_str(&screen.here("No device is paired. To let one in: tidegate devices code"));
    } else {
        page.push_str(&paired(screen, &list.paired, now_ms));
    }
    page
}

fn waiting(screen: &Screen, pending: &[PendingDevice], now_ms: u64) -> String {
    let columns = [
        Column("REQUEST", Align::Left),
        Column("DEVICE", Align::Left),
        Column("ID", Align::Left),
        Column("FROM", Align::Left),
        Column("WANTS", Align::Left),
        Column("HAS", Align::Left),
        Column("GOOD FOR", Align::Left),
    ];
    let row = |one: &PendingDevice| {
        vec![
            one_line(&one.request_id, 64),
            one_line(one.display_name.as_deref().unwrap_or_default(), NAME),
            beginning(one.device_id.as_str(), ID_SHOWN),
            from(one.remote_ip.as_deref()),
            wants(one),
            rights(&one.granted_scopes),
            duration(one.expires_at_ms.saturating_sub(now_ms)),
        ]
    };
    let rows: Vec<_> = pending.iter().map(row).collect();
    let hint = screen.hint("To let one in: tidegate devices approve REQUEST");
    format!("{}\n\n{hint}", table(screen, &columns, &rows))
}

fn paired(screen: &Screen, devices: &[PairedDevice], now_ms: u64) -> String {
    let columns = [
        Column("DEVICE", Align::Left),
        Column("ID", Align::Left),
        Column("ROLE", Align::Left),
        Column("MAY", Align::Left),
        Column("TRUST", Align::Left),
        Column("LAST", Align::Left),
        Column("FROM", Align::Left),
        Column("TOKEN", Align::Left),
    ];
    let rows: Vec<_> = devices
        .iter()
        .flat_map(|device| {
            device
                .tokens
                .iter()
                .map(|token| line(device, token, now_ms))
        })
        .collect();
    table(screen, &columns, &rows)
}

/// One device in one role.
fn line(device: &PairedDevice, token: &DeviceTokenLine, now_ms: u64) -> Vec<String> {
    let name = device.label.as_ref().or(device.display_name.as_ref());
    let name = one_line(name.map_or("", String::as_str), NAME);
    let own = if device.own { " (this one)" } else { "" };
    vec![
        format!("{name}{own}"),
        beginning(device.device_id.as_str(), ID_SHOWN),
        token.role.as_str().to_owned(),
        rights(&token.scopes),
        trust_word(device.trust).to_owned(),
        last(device, token, now_ms),
        last_from(token),
        state(token, now_ms),
    ]
}

fn last(device: &PairedDevice, token: &DeviceTokenLine, now_ms: u64) -> String {
    if device.connected {
        return "connected".to_owned();
    }
    let used = token.last_used_at_ms;
    used.map_or_else(|| "never".to_owned(), |used| age(used, now_ms))
}

/// From where it was last shown, if it ever was.
fn last_from(token: &DeviceTokenLine) -> String {
    match token.last_used_at_ms {
        Some(_) => from(token.last_used_from.as_deref()),
        None => "-".to_owned(),
    }
}

fn state(token: &DeviceTokenLine, now_ms: u64) -> String {
    if token.revoked_at_ms.is_some() {
        return "revoked".to_owned();
    }
    match token.expires_at_ms {
        Some(end) if end <= now_ms => "over".to_owned(),
        Some(end) => format!("good for {}", duration(end - now_ms)),
        None => "good".to_owned(),
    }
}

/// A request, whole: what is approved is what stands here.
pub(crate) fn request(screen: &Screen, one: &PendingDevice) -> String {
    let said = |text: &Option<String>| one_line(text.as_deref().unwrap_or("-"), 64);
    pairs(
        screen,
        &[
            ("request", one_line(&one.request_id, 64)),
            ("device", one_line(one.device_id.as_str(), 64)),
            ("calls itself", said(&one.display_name)),
            ("platform", said(&one.platform)),
            ("program", said(&one.client_id)),
            ("from", from(one.remote_ip.as_deref())),
            ("wants", wants(one)),
            ("has", rights(&one.granted_scopes)),
            ("may be sent", sent(one)),
        ],
    )
}

/// The commands that a node may be sent once it is approved: all of them, since what is approved is
/// what stands here.
fn sent(one: &PendingDevice) -> String {
    if one.commands.is_empty() {
        return "-".to_owned();
    }
    let words = one.commands.iter().flat_map(|word| word.split_whitespace());
    clean(&words.collect::<Vec<_>>().join(" "))
}

fn wants(one: &PendingDevice) -> String {
    match one.role {
        tidegate_protocol::Role::Node => "to be a node".to_owned(),
        tidegate_protocol::Role::Operator => rights(&one.scopes),
    }
}

/// Scopes without their common beginning.
fn rights(scopes: &[String]) -> String {
    if scopes.is_empty() {
        return "-".to_owned();
    }
    let words = scopes
        .iter()
        .map(|word| word.strip_prefix("operator.").unwrap_or(word));
    one_line(&words.collect::<Vec<_>>().join(", "), 80)
}

fn from(address: Option<&str>) -> String {
    one_line(address.unwrap_or("this machine"), 45)
}

#[cfg(test)]
pub(crate) fn pending_sample(request_id: &str) -> PendingDevice {
    PendingDevice {
        request_id: request_id.into(),
        device_id: tidegate_protocol::DeviceId::new("0123456789abcdef"),
        public_key: "key".into(),
        display_name: Some("Phone\x1b[31m".into()),
        platform: None,
        device_family: None,
        client_id: None,
        client_mode: None,
        role: tidegate_protocol::Role::Operator,
        roles: vec![tidegate_protocol::Role::Operator],
        scopes: vec!["operator.read".into(), "operator.write".into()],
        granted_scopes: Vec::new(),
        remote_ip: Some("192.0.2.7".into()),
        silent: false,
        is_repair: false,
        commands: vec!["camera.snap".into()],
        granted_commands: Vec::new(),
        expires_at_ms: u64::MAX,
        ts: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_protocol::Role;

    fn phone(token: DeviceTokenLine) -> PairedDevice {
        PairedDevice {
            device_id: tidegate_protocol::DeviceId::new("fedcba9876543210"),
            public_key: "key".into(),
            label: Some("Anna".into()),
            display_name: Some("iPhone".into()),
            platform: None,
            device_family: None,
            client_id: None,
            client_mode: None,
            role: Role::Operator,
            roles: vec![Role::Operator],
            scopes: vec!["operator.read".into()],
            remote_ip: None,
            tokens: vec![token],
            created_at_ms: 0,
            approved_at_ms: 0,
            trust: TrustLevel::Verified,
            trust_changes: Vec::new(),
            connected: false,
            own: true,
        }
    }

    fn token() -> DeviceTokenLine {
        DeviceTokenLine {
            role: Role::Operator,
            scopes: vec!["operator.read".into()],
            created_at_ms: 0,
            rotated_at_ms: None,
            revoked_at_ms: None,
            last_used_at_ms: None,
            last_used_from: Some("192.0.2.7".into()),
            expires_at_ms: None,
        }
    }

    #[test]
    fn what_waits_stands_first_and_everything_that_counts_is_there() {
        let list = DevicePairListResult {
            pending: vec![pending_sample("r-1")],
            paired: vec![phone(token())],
        };
        let page = devices(&Screen::of_width(200), &list);
        let waits = page.find("r-1").unwrap();
        let may = page.find("Anna (this one)").unwrap();
        assert!(waits < may, "{page}");
        for part in [
            "192.0.2.7",
            "read, write",
            "0123456789ab",
            "fedcba987654",
            "verified",
            "never",
            "good",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(
            !page.contains('\x1b'),
            "what a device calls itself moves no cursor"
        );
        let empty = DevicePairListResult {
            pending: Vec::new(),
            paired: Vec::new(),
        };
        assert!(devices(&Screen::of_width(80), &empty).contains("tidegate devices code"));
    }

    #[test]
    fn a_token_that_opens_nothing_says_so() {
        let revoked = DeviceTokenLine {
            revoked_at_ms: Some(1),
            ..token()
        };
        let over = DeviceTokenLine {
            expires_at_ms: Some(5),
            ..token()
        };
        assert_eq!(state(&revoked, 9), "revoked");
        assert_eq!(state(&over, 5), "over");
        assert!(state(&over, 4).starts_with("good for"));
        let connected = PairedDevice {
            connected: true,
            ..phone(token())
        };
        assert_eq!(last(&connected, &token(), 9), "connected");
        assert_eq!(last_from(&token()), "-");
        let used = DeviceTokenLine {
            last_used_at_ms: Some(1),
            ..token()
        };
        assert_eq!(last_from(&used), "192.0.2.7");
    }

    #[test]
    fn a_request_is_shown_whole_before_it_is_approved() {
        let page = request(&Screen::of_width(80), &pending_sample("r-1"));
        for part in [
            "r-1",
            "0123456789abcdef",
            "192.0.2.7",
            "read, write",
            "camera.snap",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let node = PendingDevice {
            role: Role::Node,
            ..pending_sample("r-2")
        };
        assert!(request(&Screen::of_width(80), &node).contains("to be a node"));
    }
}
