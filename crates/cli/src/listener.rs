//! Who listens on a port of this host. Any user may take a port while our gateway does not run,
//! and would be given the secret by whoever dials it without looking.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use tidegate_client::Address;

use crate::exit::Exit;
use crate::output::Failure;

/// The secret is for our gateway, not for whoever took its port.
pub(crate) fn refuse_strangers(address: &Address, state_dir: &Path) -> Result<(), Failure> {
    if !address.is_loopback() {
        return Ok(());
    }
    let me = rustix::process::geteuid().as_raw();
    let owner = std::fs::metadata(state_dir).map_or(me, |meta| meta.uid());
    // Root could read the secret anyway.
    let stranger = listeners(address.port())
        .into_iter()
        .find(|uid| ![0, me, owner].contains(uid));
    let Some(uid) = stranger else { return Ok(()) };
    Err(Failure::new(
        Exit::Denied,
        format!("user {uid} listens on {address}: the secret was not sent"),
    )
    .next("if that is meant to be, give the secret with --token-file; else stop that program"))
}

/// The users whose sockets would get a connection to `127.0.0.1:port`, as the kernel tells.
/// Empty where it does not tell, or where nobody listens.
pub(crate) fn listeners(port: u16) -> Vec<u32> {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    owners(&read("/proc/net/tcp"), &read("/proc/net/tcp6"), port)
}

/// The most exact address wins in the kernel too.
fn owners(tcp: &str, tcp6: &str, port: u16) -> Vec<u32> {
    const ANY_6: &str = "00000000000000000000000000000000";
    const MAPPED: &str = "0000000000000000FFFF00000100007F";
    [
        (tcp, "0100007F"),
        (tcp6, MAPPED),
        (tcp, "00000000"),
        (tcp6, ANY_6),
    ]
    .into_iter()
    .map(|(table, address)| on(table, &format!("{address}:{port:04X}")))
    .find(|found| !found.is_empty())
    .unwrap_or_default()
}

fn on(table: &str, local: &str) -> Vec<u32> {
    const LISTENS: &str = "0A";
    let row = |line: &str| {
        // sl, local, remote, state, queues, timer, retransmits, uid
        let columns: Vec<&str> = line.split_whitespace().take(8).collect();
        match columns.as_slice() {
            [_, at, _, LISTENS, _, _, _, uid] if at.eq_ignore_ascii_case(local) => uid.parse().ok(),
            _ => None,
        }
    };
    table.lines().skip(1).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    #[test]
    fn the_most_exact_listener_counts() {
        let row = |at: &str, state: &str, uid: u32| {
            format!(
                "   0: {at}:4965 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  {uid}        0 1 1\n"
            )
        };
        let any = format!("{HEAD}{}", row("00000000", "0A", 7));
        let both = format!(
            "{any}{}{}",
            row("0100007F", "0A", 5),
            row("0100007F", "01", 6)
        );
        let six = format!("{HEAD}{}", row("00000000000000000000000000000000", "0A", 9));
        assert_eq!(owners(&both, &six, 0x4965), [5]);
        assert_eq!(owners(&any, &six, 0x4965), [7]);
        assert_eq!(owners(HEAD, &six, 0x4965), [9]);
        assert_eq!(owners(&both, &six, 0x4966), [] as [u32; 0]);
        assert_eq!(owners("", "", 1), [] as [u32; 0]);
    }

    #[test]
    fn a_listener_of_ours_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let found = listeners(listener.local_addr().unwrap().port());
        assert_eq!(found, [rustix::process::geteuid().as_raw()]);
    }
}
