//! The life of one program, from the order to its warden to the last byte of its output.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Sender;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::ending::Outcome;
use crate::error::ExecError;
use crate::job::{Report, body_length, decode};
use crate::limits::{KILLED_WITHIN, START_WITHIN};
use crate::mark::Mark;
use crate::screen::{Screen, Stream};
use crate::spawn::sweep;
use crate::started::Started;

/// Bytes read from an output at once.
const READ_BYTES: usize = 16 * 1024;
/// How long an output may stay open after everything has ended: only if something could not be.
const DRAIN_WITHIN: Duration = Duration::from_secs(1);

/// What one program is given.
pub(crate) struct Drive {
    pub(crate) started: Started,
    pub(crate) keys: mpsc::Receiver<Vec<u8>>,
    pub(crate) deadline: Duration,
    pub(crate) stop: CancellationToken,
    pub(crate) screen: Arc<Screen>,
    pub(crate) mark: Mark,
}

/// Why somebody ended it.
#[derive(Clone, Copy)]
enum Ending {
    Itself,
    TimedOut,
    Stopped,
}

/// Sends the order and waits until the program runs. Its process number.
pub(crate) async fn begin(started: &mut Started) -> Result<i32, ExecError> {
    let order = std::mem::take(&mut started.order);
    let control = &mut started.control;
    let answer = async {
        control.write_all(&order).await?;
        read_report(control).await
    };
    match timeout(START_WITHIN, answer).await {
        Ok(Ok(Report::Started { pid })) => Ok(pid),
        Ok(Ok(Report::Refused(changed))) => Err(ExecError::Changed(changed)),
        Ok(Ok(Report::Failed(why))) => Err(ExecError::Failed(why)),
        Ok(Ok(Report::Ended { .. }) | Err(_)) | Err(_) => Err(ExecError::NoAnswer),
    }
}

/// Stays with the program until nothing of it is left. It must not be cancelled.
pub(crate) async fn drive(drive: Drive) {
    let Drive {
        started,
        keys,
        deadline,
        stop,
        screen,
        mark,
    } = drive;
    let Started {
        mut warden,
        control,
        input,
        stdout,
        stderr,
        ..
    } = started;
    let began = Instant::now();
    let mut typing = JoinSet::new();
    typing.spawn(type_in(input, keys));
    let mut reading = JoinSet::new();
    reading.spawn(watch_output(stdout, Stream::Stdout, Arc::clone(&screen)));
    reading.spawn(watch_output(stderr, Stream::Stderr, Arc::clone(&screen)));

    let (ending, report) = conclude(control, deadline, &stop).await;
    let gone = report.is_some() && timeout(KILLED_WITHIN, warden.wait()).await.is_ok();
    let (outcome, left) = match report {
        Some(Report::Ended { code, signal, left }) if gone => (outcome(ending, code, signal), left),
        _ => {
            // Killed by its own program, most likely. Its orphans still have our mark.
            let _ = warden.start_kill();
            let _ = timeout(KILLED_WITHIN, warden.wait()).await;
            (Outcome::Lost, sweep(&mark).await)
        }
    };
    let drained = async { while reading.join_next().await.is_some() {} };
    let _ = timeout(DRAIN_WITHIN, drained).await;
    screen.finish(outcome, left, began);
}

/// Waits for the report of the end, and brings the end about if it is time. `None` if the warden
/// does not report.
async fn conclude(
    control: UnixStream,
    deadline: Duration,
    stop: &CancellationToken,
) -> (Ending, Option<Report>) {
    let (mut reader, writer) = control.into_split();
    let report = read_report(&mut reader);
    tokio::pin!(report);
    let ending = tokio::select! {
        report = &mut report => return (Ending::Itself, report.ok()),
        () = sleep(deadline) => Ending::TimedOut,
        () = stop.cancelled() => Ending::Stopped,
    };
    // The warden sees the end of what we say.
    drop(writer);
    let report: Pin<&mut _> = report;
    let report = timeout(KILLED_WITHIN, report).await;
    (ending, report.ok().and_then(Result::ok))
}

const fn outcome(ending: Ending, code: Option<i32>, signal: Option<i32>) -> Outcome {
    match (ending, code, signal) {
        (Ending::TimedOut, ..) => Outcome::TimedOut,
        (Ending::Stopped, ..) => Outcome::Stopped,
        (Ending::Itself, Some(code), _) => Outcome::Exited(code),
        (Ending::Itself, None, Some(signal)) => Outcome::Signaled(signal),
        (Ending::Itself, None, None) => Outcome::Lost,
    }
}

async fn read_report(from: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Report> {
    let mut header = [0; 4];
    from.read_exact(&mut header).await?;
    let mut body = vec![0; body_length(header)?];
    from.read_exact(&mut body).await?;
    decode(&body)
}

async fn watch_output(mut from: impl AsyncRead + Unpin, stream: Stream, screen: Arc<Screen>) {
    let mut buffer = vec![0; READ_BYTES];
    while let Ok(count) = from.read(&mut buffer).await {
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return;
        }
        screen.push(stream, bytes);
    }
}

async fn type_in(input: Option<Sender>, mut keys: mpsc::Receiver<Vec<u8>>) {
    let Some(mut input) = input else { return };
    while let Some(bytes) = keys.recv().await {
        if input.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
