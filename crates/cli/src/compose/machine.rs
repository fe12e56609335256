//! What presence and health say about this machine.

use std::net::Ipv4Addr;

use tidegate_engine::HealthFacts;

use crate::own_addresses::own_addresses;

pub(super) fn facts(sessions_path: String, problems: Vec<String>) -> HealthFacts {
    let uname = rustix::system::uname();
    HealthFacts {
        version: env!("CARGO_PKG_VERSION").into(),
        host: host_name(),
        ip: Some(address().to_string()),
        platform: format!(
            "{} {}",
            std::env::consts::OS,
            uname.release().to_string_lossy()
        ),
        device_family: match std::env::consts::OS {
            "linux" => "Linux",
            "macos" => "Mac",
            other => other,
        }
        .into(),
        arch: match std::env::consts::ARCH {
            "x86_64" => "x64",
            "aarch64" => "arm64",
            other => other,
        }
        .into(),
        sessions_path,
        problems,
        rss_bytes,
    }
}

pub(super) fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// An address of this machine in its network; loopback if it has none.
fn address() -> Ipv4Addr {
    let mut own = own_addresses().into_iter();
    own.find(|address| !address.is_loopback())
        .unwrap_or(Ipv4Addr::LOCALHOST)
}

/// Resident memory, from the second number of `/proc/self/statm`, in pages.
fn rss_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * u64::try_from(rustix::param::page_size()).ok()?)
}
