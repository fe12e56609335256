//! An executor in a directory of its own, and a way to find what a test has left behind.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tidegate_core::SystemIds;
use tidegate_core::clock::IdGen;
use tidegate_core::exec::{Cleared, Input, Place};
use tidegate_exec::{
    ExecError, Executor, Fence, Finished, Request, Running, Scripts, Stdin, Subject, WardenCommand,
};
use tokio_util::sync::CancellationToken;

/// Long enough for every test that is not about time.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// A user that is not root: `nobody`.
pub(crate) const NOBODY: u32 = 65534;

/// A warden that is a plain user's. Needs root to become somebody else.
pub(crate) struct PlainWarden {
    pub(crate) command: WardenCommand,
    // The build may lie where nobody else may go.
    _copy: TempDir,
}

impl PlainWarden {
    pub(crate) fn new() -> Self {
        let copy = tempfile::tempdir().unwrap();
        std::fs::set_permissions(copy.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let warden = copy.path().join("warden");
        std::fs::copy(env!("CARGO_BIN_EXE_tidegate-warden"), &warden).unwrap();
        let arguments = AS_NOBODY.into_iter().map(Into::into);
        let command = WardenCommand {
            program: "/usr/bin/setpriv".into(),
            arguments: arguments.chain([warden.into()]).collect(),
        };
        Self {
            command,
            _copy: copy,
        }
    }
}

/// Arguments of `setpriv`.
pub(crate) const AS_NOBODY: [&str; 4] = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];

pub(crate) struct Rig {
    pub(crate) executor: Arc<Executor>,
    pub(crate) directory: TempDir,
    /// In the environment of everything that is started.
    pub(crate) mark: String,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self::with(WardenCommand {
            program: env!("CARGO_BIN_EXE_tidegate-warden").into(),
            arguments: Vec::new(),
        })
    }

    pub(crate) fn with(warden: WardenCommand) -> Self {
        Self::fenced(warden, |_| None)
    }

    /// One whose programs are kept out of what `fence` says about its directory.
    pub(crate) fn fenced(
        warden: WardenCommand,
        fence: impl FnOnce(&Path) -> Option<Fence>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o755)).unwrap();
        let home = directory.path().canonicalize().unwrap();
        let fence = fence(&home);
        let executor = Executor::new(Place::Gateway, home, warden, Arc::new(SystemIds));
        let executor = executor.with_fence(fence);
        Self {
            executor: Arc::new(executor),
            directory,
            mark: SystemIds.uuid(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().canonicalize().unwrap().join(name)
    }

    /// Writes a file that can be run.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
        path
    }

    pub(crate) fn request(&self, argv: &[&str]) -> Request {
        Request {
            argv: argv.iter().map(|&argument| argument.to_owned()).collect(),
            cwd: None,
            environment: BTreeMap::from([("X1_MARK".to_owned(), self.mark.clone())]),
            input: Input::None,
        }
    }

    pub(crate) async fn look(&self, argv: &[&str]) -> Subject {
        self.executor.look(self.request(argv)).await.unwrap()
    }

    pub(crate) async fn look_open(&self, argv: &[&str]) -> Subject {
        let request = Request {
            input: Input::Open,
            ..self.request(argv)
        };
        self.executor.look(request).await.unwrap()
    }

    pub(crate) async fn run_subject(&self, subject: &Subject) -> Result<Finished, ExecError> {
        let stop = CancellationToken::new();
        self.executor
            .run(
                Cleared::own(subject.clone()),
                Scripts::Sealed,
                Stdin::None,
                SOON,
                &stop,
            )
            .await
    }

    pub(crate) async fn run(&self, argv: &[&str]) -> Finished {
        let subject = self.look(argv).await;
        self.run_subject(&subject).await.unwrap()
    }

    pub(crate) async fn start(&self, argv: &[&str], deadline: Duration) -> Running {
        let subject = self.look(argv).await;
        self.executor
            .start(
                Cleared::own(subject),
                Scripts::Sealed,
                Stdin::None,
                deadline,
            )
            .await
            .unwrap()
    }

    /// How many processes with our mark live, anywhere on this machine.
    pub(crate) fn alive(&self) -> usize {
        alive(&self.mark)
    }

    /// Waits until so many live.
    pub(crate) async fn until_alive(&self, count: usize) {
        until(|| self.alive() >= count).await;
    }
}

pub(crate) fn alive(mark: &str) -> usize {
    let variable = format!("X1_MARK={mark}");
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| has(&entry.path(), &variable))
        .count()
}

fn has(process: &Path, variable: &str) -> bool {
    std::fs::read(process.join("environ")).is_ok_and(|all| {
        all.split(|byte| *byte == 0)
            .any(|one| one == variable.as_bytes())
    })
}

/// Waits for a state, with a deadline.
pub(crate) async fn until(reached: impl Fn() -> bool) {
    let wait = async {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while !reached() {
            tick.tick().await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
}
