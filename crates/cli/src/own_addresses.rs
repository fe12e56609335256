//! The IPv4 addresses of this host, from the kernel's table of local routes.

use std::net::Ipv4Addr;

/// All of them, loopback included; none where the kernel does not tell.
pub(crate) fn own_addresses() -> Vec<Ipv4Addr> {
    read(&std::fs::read_to_string("/proc/net/fib_trie").unwrap_or_default())
}

/// The one in Tailscale's range, 100.64.0.0/10.
pub(crate) fn tailnet_address() -> Option<Ipv4Addr> {
    own_addresses()
        .into_iter()
        .find(|address| is_tailnet(*address))
}

const fn is_tailnet(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && second & 0xc0 == 64
}

fn read(table: &str) -> Vec<Ipv4Addr> {
    let mut last = None;
    let mut found = Vec::new();
    for line in table.lines().map(str::trim) {
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address.parse().ok();
        } else if line == "/32 host LOCAL" {
            found.extend(last.filter(|address| !found.contains(address)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stand_before_their_kind() {
        let table = "  +-- 100.0.0.0/8 2 0 2\n     |-- 100.101.102.103\n        /32 host LOCAL\n     |-- 10.0.0.255\n        /32 link BROADCAST\n";
        assert_eq!(read(table), [Ipv4Addr::new(100, 101, 102, 103)]);
        assert!(own_addresses().contains(&Ipv4Addr::LOCALHOST));
    }

    #[test]
    fn the_range_of_tailscale() {
        assert!(is_tailnet(Ipv4Addr::new(100, 64, 0, 1)));
        assert!(!is_tailnet(Ipv4Addr::new(100, 1, 0, 1)));
    }
}
