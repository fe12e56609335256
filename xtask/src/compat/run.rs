//! The client's commands against our gateway, one after the other, and the table of them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Subcommand;
use serde_json::json;

use super::approved::{APPROVED, DECIDER, DENY_ALL, DENY_FILE};
use super::cases::{Case, Home, How, JANUARY};
use super::decider;
use super::install;
use super::judge::{Row, Said, judge, plain};
use super::node::NodeHost;
use crate::ci::tools::Tools;
use crate::daemon::Daemon;
use crate::docs::write_between;
use crate::shell::Cmd;

/// A client of the family.
#[derive(Subcommand)]
pub(crate) enum Client {
    /// clawdbot 2026.1.24-3, as npm has it (installs 1.3 GB); writes docs/compatibility.md
    January {
        /// The gateway's binary; built when not given
        #[arg(long)]
        binary: Option<PathBuf>,
    },
}

/// Time for one command, in seconds: a loaded machine starts the client slowly.
const LIMIT_S: &str = "120";
/// Time for a command that shows a screen, in seconds.
const SCREEN_S: &str = "20";

pub(crate) fn run(root: &Path, client: &Client) -> Result<()> {
    let Client::January { binary } = client;
    let tools = Tools::find(root)?;
    let command = install::january(&tools, &root.join("target/tools/compat"))?;
    let binary = match binary {
        Some(binary) => fs::canonicalize(binary)?,
        None => build(root, &tools)?,
    };
    let place = tempfile::tempdir()?;
    let mut daemon = Daemon::start(&binary, &place.path().join("state"))?;
    let stage = Stage {
        tools: &tools,
        command: &command,
        place: place.path(),
        daemon: &daemon,
        binary: &binary,
    };
    let rows = stage.rows()?;
    daemon.stop()?;
    let table = table(&rows);
    println!("{table}");
    write_between(
        &root.join("docs/compatibility.md"),
        "compat:january",
        &table,
    )?;
    let bad: Vec<&str> = rows
        .iter()
        .filter(|row| !row.good)
        .map(|row| &*row.command)
        .collect();
    if bad.is_empty() {
        return Ok(());
    }
    bail!("not as expected: {}", bad.join("; "))
}

fn build(root: &Path, tools: &Tools) -> Result<PathBuf> {
    tools
        .cmd("cargo", root)
        .args(["build", "--locked", "--quiet", "--package", "tidegate-cli"])
        .run()?;
    Ok(root.join("target/debug/tidegate"))
}

struct Stage<'a> {
    tools: &'a Tools,
    command: &'a Path,
    place: &'a Path,
    daemon: &'a Daemon,
    binary: &'a Path,
}

impl Stage<'_> {
    fn rows(&self) -> Result<Vec<Row>> {
        for home in [Home::Local, Home::Remote, Home::Stranger] {
            self.write_home(home)?;
        }
        fs::write(self.place.join(DENY_FILE), DENY_ALL)?;
        fs::write(self.secret(), self.bearer()?)?;
        let _node = self.node()?;
        let cases = JANUARY.iter().chain(APPROVED);
        cases.map(|case| self.row(case)).collect()
    }

    /// The client's own node host, connected for as long as the answer lives.
    fn node(&self) -> Result<NodeHost> {
        let cmd = Cmd::new(self.command, self.place)
            .only_path()
            .env("PATH", self.tools.path())
            .env("HOME", self.home(Home::Local));
        let port = self.daemon.port();
        NodeHost::start(cmd, port, &self.place.join("node.stderr"), || {
            let text = self.list_of("nodes")?;
            let text: String = text.split_whitespace().collect();
            Ok(text.contains("\"connected\":true"))
        })
    }

    /// What our own client lists, as JSON.
    fn list_of(&self, what: &str) -> Result<String> {
        let listed = Cmd::new(self.binary, self.place)
            .only_path()
            .args([what, "--json", "--url", &self.daemon.url()])
            .args([
                "--token-file".as_ref(),
                self.daemon.token_file().as_os_str(),
            ])
            .output()?;
        Ok(String::from_utf8_lossy(&listed.stdout).into_owned())
    }

    fn row(&self, case: &Case) -> Result<Row> {
        let program = match case.how {
            How::Client | How::Screen => "clawdbot",
            How::Tool => "POST /tools/invoke",
        };
        let mut command = format!("{program} {}", case.args.join(" "));
        if let Some(word) = case.decided {
            _ = write!(command, " (another client: {word})");
        }
        match case.home {
            Home::Local => {}
            Home::Remote => command.push_str(" (remote mode)"),
            Home::Stranger => command.push_str(" (wrong secret)"),
        }
        let said = match case.decided {
            None => self.said(case)?,
            Some(word) => self
                .said_when_decided(case, word)
                .with_context(|| command.clone())?,
        };
        let row = judge(command, case.expect, &said);
        println!("{:<24} {}  {}", row.verdict, row.command, row.line);
        Ok(row)
    }

    /// Runs one command, and lets another client decide about what it asks for.
    fn said_when_decided(&self, case: &Case, word: &str) -> Result<Said> {
        std::thread::scope(|scope| {
            let asker = scope.spawn(|| self.said(case));
            let id = decider::question(|| self.list_of("approvals"), || asker.is_finished())?;
            self.decide(&id, word)?;
            asker
                .join()
                .unwrap_or_else(|_| bail!("the command's thread panicked"))
        })
    }

    /// The client itself, from another home, decides.
    fn decide(&self, id: &str, word: &str) -> Result<()> {
        let params = json!({ "id": id, "decision": word }).to_string();
        let args = ["gateway", "call", "exec.approval.resolve", "--params"];
        let cmd = self.client().args(args).args([&params]);
        let output = cmd.env("HOME", self.home(DECIDER)).output()?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("the other client could not decide: {}", said.trim())
    }

    /// The client, with a time limit. Of our environment it gets the search path alone.
    fn client(&self) -> Cmd {
        let cmd = self.tools.cmd("timeout", self.place).only_path();
        cmd.env("PATH", self.tools.path())
            .args([LIMIT_S])
            .args([self.command])
    }

    /// A terminal for the client; its input stays open until the time is over.
    fn screen(&self, case: &Case) -> Cmd {
        let client = format!("{} {}", self.command.display(), case.args.join(" "));
        let shell =
            format!("sleep {SCREEN_S} | timeout -k 2 {SCREEN_S} script -qec '{client}' /dev/null");
        let cmd = self.tools.cmd("sh", self.place).only_path();
        cmd.env("PATH", self.tools.path())
            .args(["-c", &shell])
            .env("TERM", "xterm")
    }

    /// A call of a tool of the agents over HTTP.
    fn tool(&self, case: &Case) -> Cmd {
        let url = format!("http://127.0.0.1:{}/tools/invoke", self.daemon.port());
        let header = format!("@{}", self.secret().display());
        let cmd = self.tools.cmd("curl", self.place).only_path();
        cmd.args(["--silent", "--show-error", "--fail-with-body"])
            .args(["--max-time", LIMIT_S, "--header", &header, "--json"])
            .args(case.args)
            .args([&url])
    }

    /// Runs one command.
    fn said(&self, case: &Case) -> Result<Said> {
        let cmd = match case.how {
            How::Client => self.client().args(case.args),
            How::Screen => self.screen(case),
            How::Tool => self.tool(case),
        };
        let output = cmd.env("HOME", self.home(case.home)).output()?;
        let text = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let code = output
            .status
            .code()
            .filter(|code| *code != 124 && case.how != How::Screen);
        Ok(Said {
            code,
            text: self.without_places(&plain(&text.concat())),
        })
    }

    /// What the client says, without the names of our temporary folders.
    fn without_places(&self, text: &str) -> String {
        let place = self.place.display().to_string();
        text.replace(&place, "…")
    }

    fn home(&self, home: Home) -> PathBuf {
        self.place.join(format!("home-{home:?}").to_lowercase())
    }

    /// The file with the header that shows the owner's secret: not in the arguments of a program.
    fn secret(&self) -> PathBuf {
        self.place.join("bearer")
    }

    fn bearer(&self) -> Result<String> {
        Ok(format!("Authorization: Bearer {}", self.daemon.token()?))
    }

    fn write_home(&self, home: Home) -> Result<()> {
        let token = self.daemon.token()?;
        let gateway = match home {
            Home::Local => {
                json!({ "mode": "local", "port": self.daemon.port(), "auth": { "mode": "token", "token": token } })
            }
            Home::Remote => {
                json!({ "mode": "remote", "remote": { "url": self.daemon.url(), "token": token } })
            }
            Home::Stranger => {
                json!({ "mode": "local", "port": self.daemon.port(), "auth": { "mode": "token", "token": "not the secret" } })
            }
        };
        // Its plugins have no part in this and cost seconds at every start.
        let config = json!({ "gateway": gateway, "plugins": { "enabled": false } });
        let dir = self.home(home).join(".clawdbot");
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(fs::write(dir.join("clawdbot.json"), config.to_string())?)
    }
}

fn table(rows: &[Row]) -> String {
    let day = jiff::Timestamp::now().strftime("%-d %B %Y");
    let good = rows.iter().filter(|row| row.good).count();
    let mut text = format!("{day}: {good} of {} as expected.\n\n", rows.len());
    text.push_str("| Command | Exit | What it says | Verdict |\n|---|---|---|---|\n");
    for row in rows {
        let Row {
            command,
            code,
            line,
            verdict,
            ..
        } = row;
        _ = writeln!(
            text,
            "| `{}` | {code} | {} | {verdict} |",
            cell(command),
            cell(line)
        );
    }
    text
}

/// A bar would end the cell, and markup is meant as text.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
