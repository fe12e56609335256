//! The client's own node host, beside its commands.

use std::path::Path;
use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::shell::Cmd;

/// What the node is called.
pub(super) const NAME: &str = "bench";
/// Time for it to connect: a loaded machine starts the client slowly.
const PATIENCE: Duration = Duration::from_mins(2);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// `clawdbot node run`, ended when dropped.
pub(super) struct NodeHost(Child);

impl NodeHost {
    /// Starts it and waits until `look` sees it connected.
    #[expect(
        clippy::disallowed_methods,
        reason = "another program is waited for, which tells us nothing when it is ready"
    )]
    pub(super) fn start(
        cmd: Cmd,
        port: u16,
        errors: &Path,
        look: impl Fn() -> Result<bool>,
    ) -> Result<Self> {
        let port = port.to_string();
        let cmd = cmd.args(["node", "run", "--host", "127.0.0.1", "--port", &port]);
        let child = cmd
            .args(["--display-name", NAME])
            .errors_to(errors)?
            .spawn()?;
        let host = Self(child);
        let began = Instant::now();
        while !look()? {
            if began.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(errors).unwrap_or_default();
                bail!("`clawdbot node run` did not connect: {said}");
            }
            std::thread::sleep(PAUSE);
        }
        Ok(host)
    }
}

impl Drop for NodeHost {
    fn drop(&mut self) {
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
