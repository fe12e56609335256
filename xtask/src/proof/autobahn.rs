//! Autobahn's fuzzing client against the gateway's own listener, upgrade, meter and socket. Only
//! the handshake of our protocol is left out: with the cargo feature `conformance` one path
//! answers with an echo (crates/gateway/src/ws/conformance.rs).

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use super::gateway;
use super::verdict::{self, judge};
use crate::ci::tools::Tools;
use crate::daemon::Daemon;

/// How much.
#[derive(Args)]
pub(crate) struct Options {
    /// A part of the cases that ends within a minute, for CI
    #[arg(long)]
    pub(super) short: bool,
}

/// The suite needs Python 2, and the last virtualenv that makes environments for it.
const PYTHON: &str = "2.7.18";
const VIRTUALENV: &str = "virtualenv==20.15.1";
const SUITE: &str = "autobahntestsuite==0.8.2";

/// Where the echo answers.
const PATH: &str = "/__conformance__/echo";

/// Every case but compression, which we do not offer.
const ALL: &[&str] = &["*"];
/// Every kind of frame, ping, reserved bit, opcode, fragment and close; of UTF-8 and size a part.
const SHORT: &[&str] = &[
    "1.*", "2.*", "3.*", "4.*", "5.*", "6.1.*", "6.2.*", "6.3.*", "6.4.*", "7.*", "9.1.1", "9.2.1",
    "9.3.1",
];
/// Cases of compression. Two of them run, to see that it is not agreed on.
const COMPRESSION: &[&str] = &["12.*", "13.*"];
const UNOFFERED: &[&str] = &["12.1.1", "13.1.1"];

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let tools = Tools::find(root)?;
    let suite = install(root, &tools)?;
    let binary = gateway::build(root)?;
    let place = tempfile::tempdir()?;
    let mut daemon = Daemon::start(&binary, &place.path().join("state"))?;
    let cases = if options.short { SHORT } else { ALL };
    let offered = fuzz(&suite, place.path(), &daemon, cases, COMPRESSION)?;
    let unoffered = fuzz(&suite, place.path(), &daemon, UNOFFERED, &[])?;
    daemon.stop()?;
    println!("autobahn: {}", judge(&offered, verdict::OFFERED)?);
    println!("compression: {}", judge(&unoffered, verdict::UNOFFERED)?);
    Ok(())
}

/// Whether the suite's Python is there.
pub(super) fn has_python(root: &Path) -> Result<bool> {
    let asked = Tools::find(root)?
        .cmd("python2", root)
        .env("PYENV_VERSION", PYTHON)
        .args(["--version"]);
    Ok(asked.output().is_ok_and(|output| output.status.success()))
}

/// Makes an environment of Python 2 for the suite, once.
fn install(root: &Path, tools: &Tools) -> Result<PathBuf> {
    let dir = root.join("target/tools/autobahn");
    let suite = dir.join("bin/wstest");
    if suite.is_file() {
        return Ok(suite);
    }
    fs::create_dir_all(&dir)?;
    let python = |args: &[&str]| {
        let cmd = tools.cmd("python2", root).env("PYENV_VERSION", PYTHON);
        cmd.args(args)
            .run()
            .with_context(|| format!("fix: pyenv install {PYTHON}"))
    };
    python(&["-m", "pip", "install", "--quiet", VIRTUALENV])?;
    python(&["-m", "virtualenv", "--quiet", &dir.display().to_string()])?;
    tools
        .cmd(&dir.join("bin/pip").display().to_string(), root)
        .args(["install", "--quiet", SUITE])
        .run()?;
    Ok(suite)
}

/// Runs some cases and gives the text of the report.
fn fuzz(
    suite: &Path,
    place: &Path,
    daemon: &Daemon,
    cases: &[&str],
    but: &[&str],
) -> Result<String> {
    let reports = place.join("reports");
    let spec = json!({
        "outdir": reports,
        "servers": [{ "agent": "tidegate", "url": format!("{}{PATH}", daemon.url()) }],
        "cases": cases,
        "exclude-cases": but,
        "exclude-agent-cases": {},
    });
    let file = place.join("spec.json");
    fs::write(&file, spec.to_string())?;
    let mut progress = 0;
    let good = crate::shell::Cmd::new(suite, place)
        .args([
            "-m".as_ref(),
            "fuzzingclient".as_ref(),
            "-s".as_ref(),
            file.as_os_str(),
        ])
        .lines(|line| {
            progress += usize::from(line.starts_with("Running test case"));
            if line.contains("Traceback") || line.contains("Error") {
                println!("{line}");
            }
        })?;
    println!("{progress} cases, the client ended well: {good}");
    fs::read_to_string(reports.join("index.json")).context("the suite wrote no report")
}
