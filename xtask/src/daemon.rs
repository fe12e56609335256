//! A gateway of ours for one task: a state directory of its own, a free port, ended with the task.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, ExitStatus};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::shell::Cmd;

/// The file with the owner's secret, in the state directory.
const TOKEN_FILE: &str = "gateway.token";

pub(crate) struct Daemon {
    server: Plain,
    state: PathBuf,
}

impl Daemon {
    /// Starts `binary` with `state` as its state directory and waits for its ready line. Nothing
    /// of the caller's environment but PATH reaches it.
    pub(crate) fn start(binary: &Path, state: &Path) -> Result<Self> {
        let cmd = Cmd::new(binary, state.parent().unwrap_or(state))
            .only_path()
            .env("HOME", state)
            .env("TIDEGATE_STATE_DIR", state)
            .args(["gateway", "--port", "0"]);
        let server = Plain::run(cmd, &state.with_extension("stderr"))?;
        Ok(Self {
            server,
            state: state.to_path_buf(),
        })
    }

    pub(crate) const fn port(&self) -> u16 {
        self.server.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.server.pid()
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.port())
    }

    pub(crate) fn token_file(&self) -> PathBuf {
        self.state.join(TOKEN_FILE)
    }

    /// The owner's secret.
    pub(crate) fn token(&self) -> Result<String> {
        let path = self.token_file();
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        Ok(text.trim().to_owned())
    }

    pub(crate) fn stop(&mut self) -> Result<ExitStatus> {
        self.server.stop()
    }
}

/// A server that says its port as the gateway does; ended when dropped.
pub(crate) struct Plain {
    child: Child,
    /// Kept open: closed, the server's next line would fail.
    _output: BufReader<ChildStdout>,
    port: u16,
}

impl Plain {
    /// Starts a server with one argument.
    pub(crate) fn start(binary: &Path, arg: &str, dir: &Path) -> Result<Self> {
        Self::run(Cmd::new(binary, dir).args([arg]), &dir.join("plain.stderr"))
    }

    fn run(cmd: Cmd, errors: &Path) -> Result<Self> {
        let mut child = cmd.errors_to(errors)?.spawn()?;
        let output = child
            .stdout
            .take()
            .context("the server has no standard output")?;
        let mut output = BufReader::new(output);
        let port = ready_port(&mut output);
        if port.is_err() {
            _ = child.kill();
            _ = child.wait();
            eprint!("{}", std::fs::read_to_string(errors).unwrap_or_default());
        }
        Ok(Self {
            child,
            _output: output,
            port: port?,
        })
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as a supervisor does, and waits.
    pub(crate) fn stop(&mut self) -> Result<ExitStatus> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).context("the server is gone")?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            _ = self.stop();
        }
    }
}

/// Reads up to the line that tells the port on IPv4.
fn ready_port(output: &mut impl BufRead) -> Result<u16> {
    let mut line = String::new();
    loop {
        line.clear();
        if output.read_line(&mut line)? == 0 {
            bail!("the server ended before it was ready; what it said stands above");
        }
        if let Some(port) = line
            .trim()
            .rsplit_once("ws://127.0.0.1:")
            .and_then(|(_, port)| port.parse().ok())
        {
            return Ok(port);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_stands_in_the_line_of_ipv4() {
        let mut said =
            "made       /x\nlistening  ws://127.0.0.1:4711\nlistening  ws://[::1]:4711\n"
                .as_bytes();
        assert_eq!(ready_port(&mut said).unwrap(), 4711);
        assert!(ready_port(&mut "made /x\n".as_bytes()).is_err());
    }
}
