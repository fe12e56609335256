//! The browser of this user's desktop.

use std::process::{Command, Stdio};

/// Hands a link to the desktop, if there is one. What a browser prints is not ours to show.
pub(super) fn show(url: &str) -> bool {
    has_desktop()
        && Command::new("xdg-open")
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .is_ok()
}

fn has_desktop() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .into_iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}
