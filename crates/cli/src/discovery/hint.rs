//! What somebody in the local network says about a gateway. Anybody can say anything.

use std::collections::BTreeSet;
use std::net::IpAddr;

use mdns_sd::ResolvedService;
use serde::Serialize;

use crate::output::one_line;

/// The service types of the family, the newer one first: its programs look for one or the other.
pub(super) const SERVICES: [&str; 2] = ["_openclaw-gw._tcp.local.", "_clawdbot-gw._tcp.local."];
/// Characters of a text that are kept.
const TEXT_CHARS: usize = 120;
/// Addresses of one gateway that are kept.
const ADDRESSES: usize = 16;

/// A gateway as somebody describes it. Nothing of it is proved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hint {
    /// The name of the instance.
    pub(crate) name: String,
    /// The host's name.
    pub(crate) host: String,
    /// The port.
    pub(crate) port: u16,
    /// Where the host is said to be.
    pub(crate) addresses: BTreeSet<IpAddr>,
    /// Whether it is said to want TLS.
    pub(crate) tls: bool,
    /// The certificate that it is said to have: to compare with a trusted source, not to pin.
    pub(crate) claimed_fingerprint: Option<String>,
}

impl Hint {
    /// Reads an answer, shortened and without characters that act on a terminal.
    pub(super) fn of(found: &ResolvedService) -> Self {
        let text = |key: &str| {
            let value = found.get_property_val_str(key)?;
            Some(one_line(value, TEXT_CHARS)).filter(|text| !text.is_empty())
        };
        let instance = found
            .get_fullname()
            .strip_suffix(&format!(".{}", found.ty_domain))
            .unwrap_or(found.get_fullname());
        Self {
            name: text("displayName").unwrap_or_else(|| one_line(instance, TEXT_CHARS)),
            host: one_line(found.get_hostname().trim_end_matches('.'), TEXT_CHARS),
            port: found.get_port(),
            addresses: found
                .get_addresses()
                .iter()
                .map(mdns_sd::ScopedIp::to_ip_addr)
                .take(ADDRESSES)
                .collect(),
            tls: text("gatewayTls").as_deref() == Some("1"),
            claimed_fingerprint: text("gatewayTlsSha256"),
        }
    }

    /// The address to try, an IPv4 one if there is any.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        match self.addresses.iter().next() {
            Some(IpAddr::V6(address)) => format!("{scheme}://[{address}]:{}", self.port),
            Some(address) => format!("{scheme}://{address}:{}", self.port),
            None => format!("{scheme}://{}:{}", self.host, self.port),
        }
    }
}
