//! The first step: a machine that has git, a C compiler and Rust gets the rest.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::tools::{NODE_MAJOR, Tools};

/// Programs that the tests start, and the Debian package of each.
const DEBIAN: &[(&str, &str)] = &[
    ("git", "git"),
    ("chromium", "chromium"),
    ("lsof", "lsof"),
    ("strace", "strace"),
    ("ffmpeg", "ffmpeg"),
    ("Xvfb", "xvfb"),
    ("notify-send", "libnotify-bin"),
    ("dunst", "dunst"),
    ("dbus-daemon", "dbus-daemon"),
    ("ip", "iproute2"),
    ("setpriv", "util-linux"),
    ("node", "nodejs"),
    ("npm", "npm"),
];

pub(crate) fn run(root: &Path, tools: &mut Tools) -> Result<()> {
    debian(root, tools)?;
    tools.ensure_cargo_tools()?;
    node(root, tools)?;
    npm(&root.join("ui"), tools, &[])
}

/// Asks Debian only for what is not there: most runs do not need the network here at all.
fn debian(root: &Path, tools: &Tools) -> Result<()> {
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(program, _)| !tools.has(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !tools.has("apt-get") {
        bail!("not on this machine: {list}\nfix: install them with the system's package manager");
    }
    let fix = || format!("fix: sudo apt-get update && sudo apt-get install {list}");
    let apt = || {
        tools
            .cmd("apt-get", root)
            .env("DEBIAN_FRONTEND", "noninteractive")
    };
    apt().args(["update", "-qq"]).run().with_context(fix)?;
    apt()
        .args(["install", "-qq", "-y", "--no-install-recommends"])
        .args(missing)
        .run()
        .with_context(fix)
}

/// The npm programs that tests start; with Node itself, where the machine's is too old.
fn node(root: &Path, tools: &mut Tools) -> Result<()> {
    // Once ours is first in the path, `node --version` no longer speaks of the machine's.
    let pinned = tools.has_pinned_node(root);
    let old = tools
        .node_major(root)
        .is_none_or(|major| major < NODE_MAJOR);
    let omit: &[&str] = if pinned || old {
        &[]
    } else {
        &["--omit=optional"]
    };
    npm(&root.join("ci/node"), tools, omit)?;
    tools.put_node_first(root)?;
    match tools.node_major(root) {
        Some(major) if major >= NODE_MAJOR => Ok(()),
        found => bail!("Node {NODE_MAJOR} is needed, found {found:?}"),
    }
}

/// `npm ci` in one folder, unless its lock is the one that was installed last.
fn npm(dir: &Path, tools: &Tools, more: &[&str]) -> Result<()> {
    let lock = dir.join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = dir.join("node_modules/.tidegate-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    tools
        .cmd("npm", dir)
        .args(["ci", "--no-audit", "--no-fund"])
        .args(more)
        .run()
        .with_context(|| format!("fix: npm --prefix {} install", dir.display()))?;
    fs::create_dir_all(dir.join("node_modules"))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}
