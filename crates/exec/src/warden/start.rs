//! Starts the program: looks once more, then runs what is open.

use std::fs::File;
use std::io::{self, Seek, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, PidfdFlags, fchdir, pidfd_open};
use tidegate_core::exec::{ContentHash, Subject, read_instead};
use tokio_util::sync::CancellationToken;

use crate::budget::Budget;
use crate::fence;
use crate::job::{Changed, Job, Report, Scripts};
use crate::opened::{self, Opened, Unopened, read_script};

/// The program that runs.
pub(super) struct Main {
    pub(super) pid: i32,
    pub(super) handle: OwnedFd,
}

/// Starts it in a process group of its own.
///
/// # Errors
/// What is to be reported instead.
pub(super) fn start(job: &Job, input: Option<OwnedFd>) -> Result<Main, Report> {
    if let Some(wish) = &job.fence {
        // Before anything is opened: whatever the warden can read, it may hand to the program.
        fence::close(wish).map_err(|error| no_fence(&error))?;
    }
    let mut budget = Budget::new(CancellationToken::new());
    let mut opened = opened::open(&job.subject, &mut budget).map_err(unopened)?;
    let call = Call::new(job, &mut opened)?;
    run(job, &opened, &call, input).map_err(|error| Report::Failed(error.to_string()))
}

fn no_fence(error: &io::Error) -> Report {
    Report::Failed(format!(
        "it cannot be kept away from the state directory: {error}"
    ))
}

fn unopened(why: Unopened) -> Report {
    match why {
        Unopened::Changed(changed) => Report::Refused(changed),
        Unopened::Closed(path) => Report::Failed(format!("Permission denied: {path}")),
    }
}

/// What the program is called with, and the sealed copies that it reads.
struct Call {
    argv: Vec<String>,
    // Open until the program has them.
    copies: Vec<File>,
}

impl Call {
    fn new(job: &Job, opened: &mut Opened) -> Result<Self, Report> {
        let subject = &job.subject;
        let mut call = Self {
            argv: subject.argv.clone(),
            copies: Vec::new(),
        };
        let sealed = job.scripts == Scripts::Sealed;
        // From the last, so that what is put in does not move what follows.
        for (index, file) in opened.arguments.iter_mut().rev().filter(|_| sealed) {
            let pin = subject.arguments.iter().find(|pin| pin.index == *index);
            let sha256 = pin.map(|pin| pin.file.sha256);
            call.seal(*index, file, sha256, Changed::Argument(*index))?;
        }
        if let Some(script) = &mut opened.script {
            let position = call.put_interpreter(subject);
            if sealed {
                let sha256 = Some(subject.executable.sha256);
                call.seal(position, script, sha256, Changed::Executable)?;
            }
        }
        Ok(call)
    }

    /// Puts the interpreter in front, as the kernel would. Where the script stands then.
    fn put_interpreter(&mut self, subject: &Subject) -> usize {
        let Some(reader) = &subject.interpreter else {
            return 0;
        };
        if let Some(name) = self.argv.first_mut().filter(|name| !name.contains('/')) {
            name.clone_from(&subject.executable.path);
        }
        let front: Vec<String> = [Some(&reader.name), reader.argument.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        let position = front.len();
        self.argv.splice(0..0, front);
        position
    }

    /// Lets a shell read a copy of the script instead of its file. Other interpreters read their
    /// file at once, and find the files beside it by its name.
    fn seal(
        &mut self,
        position: usize,
        file: &mut File,
        sha256: Option<ContentHash>,
        changed: Changed,
    ) -> Result<(), Report> {
        if read_instead(&self.argv, position, "").is_none() {
            return Ok(());
        }
        let bytes = sha256.and_then(|sha256| read_script(file, sha256));
        let bytes = bytes.ok_or(Report::Refused(changed))?;
        let copy = sealed_copy(&bytes).map_err(|error| Report::Failed(error.to_string()))?;
        if let Some(argv) = read_instead(&self.argv, position, &path_of(&copy)) {
            self.argv = argv;
            self.copies.push(copy);
        }
        Ok(())
    }
}

fn run(job: &Job, opened: &Opened, call: &Call, input: Option<OwnedFd>) -> io::Result<Main> {
    // The warden does nothing else, so its own directory may be the program's.
    fchdir(&opened.cwd)?;
    let (name, arguments) = call.argv.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(path_of(&opened.program));
    command
        .arg0(name)
        .args(arguments)
        .env_clear()
        .envs(&job.environment)
        .stdin(input.map_or_else(Stdio::null, Stdio::from))
        .process_group(0);
    for copy in &call.copies {
        fcntl_setfd(copy, FdFlags::empty())?;
    }
    let mut child = match &job.fence {
        // Nor does it end its warden, without which it would not be found.
        Some(_) => fence::below_us(|| command.spawn())?,
        None => command.spawn()?,
    };
    let pid = Pid::from_child(&child);
    // It is not reaped before `watch` does, so the number still is its own.
    let handle = pidfd_open(pid, PidfdFlags::empty()).inspect_err(|_| {
        // What cannot be watched must not run.
        let _ = child.kill();
    })?;
    Ok(Main {
        pid: pid.as_raw_pid(),
        handle,
    })
}

/// A name for an open file under which the kernel finds this file and no other.
fn path_of(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_fd().as_raw_fd())
}

/// Bytes that nobody can change any more, whoever holds them.
fn sealed_copy(bytes: &[u8]) -> io::Result<File> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let mut copy = File::from(memfd_create("script", flags)?);
    copy.write_all(bytes)?;
    copy.rewind()?;
    let seals = SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE;
    fcntl_add_seals(&copy, seals)?;
    Ok(copy)
}
