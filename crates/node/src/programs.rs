//! Programs that the host itself uses: under a warden as everything else, so that none is left.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::exec::{Cleared, Input};
use tidegate_exec::{Executor, Finished, Outcome, Request, Running, Scripts, Stdin, which};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// What the programs of a session at the machine need, and no child gets otherwise.
const SESSION_NAMES: [&str; 4] = [
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "XAUTHORITY",
    "XDG_RUNTIME_DIR",
];
/// Sets them for one program: its own environment is fixed.
const ENV: &str = "/usr/bin/env";

/// Runs the host's own programs.
#[derive(Clone)]
pub(crate) struct Programs {
    executor: Arc<Executor>,
}

impl Programs {
    pub(crate) fn new(executor: Arc<Executor>) -> Self {
        Self { executor }
    }

    /// The first of these names that is a program here.
    pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
        names.iter().find_map(|name| which(name, Path::new("/")))
    }

    /// Runs a program to its end.
    pub(crate) async fn run(
        &self,
        argv: Vec<String>,
        deadline: Duration,
        stop: &CancellationToken,
    ) -> Result<Finished, Failure> {
        let cleared = self.cleared(argv).await?;
        let run = self
            .executor
            .run(cleared, Scripts::InPlace, Stdin::None, deadline, stop);
        run.await
            .map_err(|why| Failure::unavailable(why.to_string()))
    }

    /// Runs a program, and takes only a good end.
    pub(crate) async fn done(
        &self,
        argv: Vec<String>,
        deadline: Duration,
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let name = named(&argv).to_owned();
        let finished = self.run(argv, deadline, stop).await?;
        match finished.outcome {
            Outcome::Exited(0) => Ok(()),
            Outcome::TimedOut => Err(Failure::timeout()),
            Outcome::Stopped => Err(Failure::stopped()),
            _ => Err(Failure::unavailable(complaint(&name, &finished))),
        }
    }

    /// Starts a program that goes on. To drop it ends it.
    pub(crate) async fn start(&self, argv: Vec<String>) -> Result<Running, Failure> {
        let cleared = self.cleared(argv).await?;
        let start = self.executor.start(
            cleared,
            Scripts::InPlace,
            Stdin::None,
            tidegate_exec::DEADLINE_MAX,
        );
        start
            .await
            .map_err(|why| Failure::unavailable(why.to_string()))
    }

    async fn cleared(&self, argv: Vec<String>) -> Result<Cleared, Failure> {
        let request = Request {
            argv,
            cwd: Some("/".to_owned()),
            environment: std::collections::BTreeMap::new(),
            input: Input::None,
        };
        let look = self.executor.look(request).await;
        look.map(Cleared::own)
            .map_err(|why| Failure::unavailable(why.to_string()))
    }
}

/// The same call with the variables of our session.
pub(crate) fn in_session(argv: Vec<String>) -> Vec<String> {
    let variables = SESSION_NAMES.iter().filter_map(|name| {
        let value = std::env::var(name).ok()?;
        Some(format!("{name}={value}"))
    });
    std::iter::once(ENV.to_owned())
        .chain(variables)
        .chain(argv)
        .collect()
}

/// The program that a call is about: behind the one that sets variables.
fn named(argv: &[String]) -> &str {
    let set = |word: &&String| *word == ENV || word.contains('=');
    argv.iter()
        .find(|word| !set(word))
        .map_or("the program", |word| word)
}

/// The last line of what a program complained of.
fn complaint(name: &str, finished: &Finished) -> String {
    let said = finished.stderr.text();
    let line = said.lines().rev().find(|line| !line.trim().is_empty());
    let line: String = line
        .unwrap_or("it said nothing")
        .chars()
        .take(300)
        .collect();
    format!("{name} failed: {line}")
}
