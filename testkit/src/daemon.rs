//! The real binary as a process.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::in_time;

/// `tidegate gateway` on a free port of loopback, with a state directory of its own. The process
/// is killed when this is dropped.
#[derive(Debug)]
pub struct Daemon {
    binary: PathBuf,
    variables: Vec<(String, String)>,
    home: TempDir,
    port: u16,
    page: String,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    // Kept, so that the daemon does not write into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Daemon {
    /// Starts `binary` with this configuration and these variables, and nothing else of ours but
    /// `PATH`, and waits until it listens.
    ///
    /// # Errors
    /// It ended, or did not say where it listens; the text holds what it wrote.
    pub async fn start(
        binary: &Path,
        config: &Value,
        variables: &[(&str, &str)],
    ) -> io::Result<Self> {
        let home = TempDir::with_prefix("tidegate-test-")?;
        let mut daemon = Self {
            binary: binary.to_owned(),
            variables: variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            home,
            port: 0,
            page: String::new(),
            running: None,
        };
        fs::create_dir(daemon.state_dir())?;
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        fs::set_permissions(daemon.state_dir(), mode)?;
        fs::write(daemon.state_dir().join("tidegate.json"), config.to_string())?;
        daemon.launch().await?;
        Ok(daemon)
    }

    /// Starts it again, on the same port and with the same state.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn restart(&mut self) -> io::Result<()> {
        self.kill().await?;
        self.launch().await
    }

    /// Starts it again with these variables in place of the ones before. One with an empty value is
    /// not set.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn restart_with(&mut self, variables: &[(&str, &str)]) -> io::Result<()> {
        for (name, value) in variables {
            self.variables.retain(|(known, _)| known != name);
            if !value.is_empty() {
                let variable = ((*name).to_owned(), (*value).to_owned());
                self.variables.push(variable);
            }
        }
        self.restart().await
    }

    /// Starts anew on any free port next time: another process may take the old one meanwhile.
    pub const fn leave_port(&mut self) {
        self.port = 0;
    }

    /// Waits until it died by a signal; `false` if it is still alive after `patience`.
    ///
    /// # Errors
    /// The process cannot be waited for.
    pub async fn died(&mut self, patience: std::time::Duration) -> io::Result<bool> {
        let Some(running) = &mut self.running else {
            return Ok(true);
        };
        match tokio::time::timeout(patience, running.child.wait()).await {
            Ok(status) => Ok(status?.code().is_none()),
            Err(_) => Ok(false),
        }
    }

    /// The owner's secret.
    ///
    /// # Errors
    /// There is none yet.
    pub fn token(&self) -> io::Result<String> {
        let text = fs::read_to_string(self.state_dir().join("gateway.token"))?;
        Ok(text.trim().to_owned())
    }

    /// Ends it at once, as `kill -9` does.
    ///
    /// # Errors
    /// The process cannot be waited for.
    pub async fn kill(&mut self) -> io::Result<()> {
        match self.running.take() {
            Some(mut running) => running.child.kill().await,
            None => Ok(()),
        }
    }

    /// Asks it to stop (SIGTERM) and waits for its end.
    ///
    /// # Errors
    /// It is not running, or does not end in time.
    pub async fn stop(&mut self) -> io::Result<ExitStatus> {
        let mut running = self
            .running
            .take()
            .ok_or_else(|| io::Error::other("the daemon does not run"))?;
        kill_process(self.pid_of(&running)?, Signal::TERM)?;
        in_time("the daemon's end", running.child.wait()).await?
    }

    /// The port that it listens on.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of the WebSocket.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}/", self.port)
    }

    /// The address of the page, with the code that works once.
    pub fn page(&self) -> &str {
        &self.page
    }

    /// The state directory.
    pub fn state_dir(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// The process.
    ///
    /// # Errors
    /// It does not run.
    pub fn pid(&self) -> io::Result<Pid> {
        let running = self.running.as_ref();
        self.pid_of(running.ok_or_else(|| io::Error::other("the daemon does not run"))?)
    }

    /// What it wrote to stderr so far.
    pub fn stderr(&self) -> String {
        fs::read_to_string(self.stderr_path()).unwrap_or_default()
    }

    fn stderr_path(&self) -> PathBuf {
        self.home.path().join("stderr")
    }

    fn pid_of(&self, running: &Running) -> io::Result<Pid> {
        let raw = running.child.id().and_then(|id| i32::try_from(id).ok());
        raw.and_then(Pid::from_raw)
            .ok_or_else(|| io::Error::other(format!("the daemon ended: {}", self.stderr())))
    }

    async fn launch(&mut self) -> io::Result<()> {
        let mut child = Command::new(&self.binary)
            .args(["gateway", "--port", &self.port.to_string()])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home.path())
            .env("TIDEGATE_STATE_DIR", self.state_dir())
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(
                File::options()
                    .create(true)
                    .append(true)
                    .open(self.stderr_path())?,
            )
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take();
        let stdout = stdout.ok_or_else(|| io::Error::other("the daemon has no stdout"))?;
        let mut lines = BufReader::new(stdout).lines();
        let (port, page) = in_time("the daemon's first lines", first_lines(&mut lines))
            .await?
            .map_err(|why| io::Error::other(format!("{why}\n{}", self.stderr())))?;
        self.port = port;
        self.page = page;
        self.running = Some(Running {
            child,
            _stdout: lines,
        });
        Ok(())
    }
}

/// Reads where it listens and where the page is.
async fn first_lines(lines: &mut Lines<BufReader<ChildStdout>>) -> io::Result<(u16, String)> {
    let mut port = None;
    while let Some(line) = lines.next_line().await? {
        let Some((name, text)) = line.split_once(' ') else {
            continue;
        };
        let text = text.trim();
        if name == "listening" && port.is_none() {
            port = text.rsplit(':').next().and_then(|port| port.parse().ok());
        }
        if let ("webchat", Some(port)) = (name, port) {
            return Ok((port, text.to_owned()));
        }
    }
    Err(io::Error::other("the daemon ended before it listened"))
}
