//! The way in: look, then start.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tidegate_core::IdGen;
use tidegate_core::exec::{Cleared, ContentHash, Input, Place, Subject};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::budget::Budget;
use crate::drive::{Drive, begin, drive};
use crate::ending::Finished;
use crate::error::ExecError;
use crate::fence::Fence;
use crate::job::{Job, Scripts};
use crate::limits::{DEADLINE_MAX, INPUT_QUEUE, RUNNING_MAX};
use crate::look::{LookError, Request, look};
use crate::mark::Mark;
use crate::running::Running;
use crate::screen::Screen;
use crate::spawn::spawn;

/// How a warden is started.
#[derive(Debug, Clone)]
pub struct WardenCommand {
    /// The binary, by its path.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

/// What a program is given to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Stdin {
    /// Nothing.
    #[default]
    None,
    /// These bytes, and then the end.
    Bytes(Vec<u8>),
    /// What is typed with [`Running::write`].
    Open,
}

/// Runs programs on this machine.
pub struct Executor {
    place: Place,
    home: PathBuf,
    warden: WardenCommand,
    fence: Option<Fence>,
    ids: Arc<dyn IdGen>,
    room: Arc<Semaphore>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl WardenCommand {
    /// This very binary, which then must call `warden::main` when its first argument is
    /// `warden::WORD`.
    #[cfg(target_os = "linux")]
    pub fn this_binary() -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            arguments: vec![crate::warden::WORD.into()],
        }
    }
}

impl Stdin {
    /// What a subject says of it.
    pub fn input(&self) -> Input {
        match self {
            Self::None => Input::None,
            Self::Bytes(bytes) => {
                Input::Bytes(ContentHash::from_bytes(Sha256::digest(bytes).into()))
            }
            Self::Open => Input::Open,
        }
    }
}

impl Executor {
    /// An executor for the machine `place`; programs start in `home` if nothing else is wanted.
    pub fn new(place: Place, home: PathBuf, warden: WardenCommand, ids: Arc<dyn IdGen>) -> Self {
        Self {
            place,
            home,
            warden,
            fence: None,
            ids,
            room: Arc::new(Semaphore::new(RUNNING_MAX)),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// Keeps every program out of this from now on.
    #[must_use]
    pub fn with_fence(mut self, fence: Option<Fence>) -> Self {
        self.fence = fence;
        self
    }

    /// What a request would run, here and now. Ends with whoever waits for it.
    ///
    /// # Errors
    /// Why it would run nothing.
    pub async fn look(&self, request: Request) -> Result<Subject, LookError> {
        let (home, place) = (self.home.clone(), self.place.clone());
        let stop = self.stop.child_token();
        let _stop_with_us = stop.clone().drop_guard();
        let mut budget = Budget::new(stop);
        let looked = self
            .tasks
            .spawn_blocking(move || look(request, &home, place, &mut budget))
            .await;
        looked.unwrap_or(Err(LookError::Interrupted))
    }

    /// Runs exactly this, or nothing. The leave is used up, also if it was not started. To be waited
    /// for: if it is given up halfway, the program may have run for a moment before it was ended.
    ///
    /// # Errors
    /// Why it was not started. Then nothing of it has run.
    pub async fn start(
        &self,
        cleared: Cleared,
        scripts: Scripts,
        stdin: Stdin,
        deadline: Duration,
    ) -> Result<Running, ExecError> {
        let subject = cleared.into_subject();
        self.admit(&subject, &stdin)?;
        let room = Arc::clone(&self.room)
            .try_acquire_owned()
            .map_err(|_| ExecError::Busy)?;
        let mark = Mark::new(self.ids.uuid());
        let job = Job::new(subject, scripts, self.fence.as_ref(), &mark);
        let mut started = spawn(&self.warden, &job, stdin != Stdin::None)?;
        let pid = begin(&mut started).await?;

        let (sender, keys) = mpsc::channel(INPUT_QUEUE);
        let stop = self.stop.child_token();
        let screen = Arc::new(Screen::new());
        let keyboard = keyboard(sender, stdin);
        let running = Running::new(pid, Arc::clone(&screen), keyboard, stop.clone());
        let deadline = deadline.min(DEADLINE_MAX);
        self.tasks.spawn(async move {
            drive(Drive {
                started,
                keys,
                deadline,
                stop,
                screen,
                mark,
            })
            .await;
            drop(room);
        });
        Ok(running)
    }

    /// Runs it to its end, or until `stop`.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn run(
        &self,
        cleared: Cleared,
        scripts: Scripts,
        stdin: Stdin,
        deadline: Duration,
        stop: &CancellationToken,
    ) -> Result<Finished, ExecError> {
        if stop.is_cancelled() {
            return Err(ExecError::Stopped);
        }
        // Not given up halfway: what has begun is ended as every other, and reported so.
        let running = self.start(cleared, scripts, stdin, deadline).await?;
        tokio::select! {
            finished = running.finished() => Ok(finished),
            () = stop.cancelled() => {
                running.stop();
                Ok(running.finished().await)
            }
        }
    }

    /// Starts nothing more, ends everything, and waits until it has ended.
    pub async fn close(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    fn admit(&self, subject: &Subject, stdin: &Stdin) -> Result<(), ExecError> {
        if self.stop.is_cancelled() {
            return Err(ExecError::Closing);
        }
        if subject.place != self.place {
            return Err(ExecError::WrongPlace);
        }
        if subject.input != stdin.input() {
            return Err(ExecError::WrongInput);
        }
        Ok(subject.check()?)
    }
}

/// What is typed at once, and by what more can be typed.
fn keyboard(sender: mpsc::Sender<Vec<u8>>, stdin: Stdin) -> Option<mpsc::Sender<Vec<u8>>> {
    match stdin {
        Stdin::None => None,
        Stdin::Bytes(bytes) => {
            // The queue is empty, so there is room.
            let _ = sender.try_send(bytes);
            None
        }
        Stdin::Open => Some(sender),
    }
}
