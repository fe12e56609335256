//! The running log: two subscribers, one for the file and one for the terminal.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::{Clock, Secret};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, reload};

use super::human::Human;
use super::rotate::{Rotating, Target};
use super::sink::{Scrub, Sink};
use crate::config::LogLevel;

/// Target of the lines that `--verbose` shows: handshakes, requests, events.
pub(crate) const WIRE: &str = "tidegate::wire";
/// How long the end of the program waits for the last lines.
const FLUSH_WAIT: Duration = Duration::from_millis(500);

/// How to log.
pub(crate) struct LogOptions {
    /// Where the file is.
    pub(crate) target: Target,
    /// The least important lines that are kept.
    pub(crate) level: LogLevel,
    /// Whether the terminal shows [`WIRE`].
    pub(crate) verbose: bool,
    /// What must never be written.
    pub(crate) secrets: Vec<Secret<String>>,
    /// For dates.
    pub(crate) clock: Arc<dyn Clock>,
}

type SetLevel = Arc<dyn Fn(LogLevel) + Send + Sync>;

/// The running log.
#[derive(Clone)]
pub(crate) struct LogFile {
    path: Arc<Mutex<PathBuf>>,
    file: Sink,
    terminal: Sink,
    set_level: SetLevel,
}

impl LogFile {
    /// The file that is written now; another one after midnight (UTC).
    pub(crate) fn current_path(&self) -> PathBuf {
        self.path
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes at run time what is kept, in the file and on the terminal.
    pub(crate) fn set_level(&self, level: LogLevel) {
        (self.set_level)(level);
    }

    /// Lines that found no room so far.
    pub(crate) fn dropped(&self) -> u64 {
        self.file.dropped() + self.terminal.dropped()
    }

    /// Waits, not for long, until what was logged is written.
    pub(crate) fn flush(&self) {
        self.file.flush(FLUSH_WAIT);
        self.terminal.flush(FLUSH_WAIT);
    }
}

impl std::fmt::Debug for LogFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogFile")
            .field("path", &self.current_path())
            .finish_non_exhaustive()
    }
}

/// Opens the log and makes it that of the whole program.
///
/// # Errors
/// The file cannot be written, or there is a log already.
pub(crate) fn start(options: LogOptions) -> std::io::Result<LogFile> {
    let (log, subscriber) = build(options)?;
    subscriber.try_init().map_err(std::io::Error::other)?;
    Ok(log)
}

fn build(
    options: LogOptions,
) -> std::io::Result<(
    LogFile,
    impl SubscriberInitExt + tracing::Subscriber + Send + Sync,
)> {
    let scrub = Scrub::new(options.secrets);
    let (mut rotating, path) = Rotating::open(options.target, options.clock)?;
    let file = Sink::spawn(
        "log-file",
        scrub.clone(),
        move |line| rotating.write(line),
        file_note,
    )?;
    let to_terminal = |line: &[u8]| drop(std::io::stderr().write_all(line));
    let terminal = Sink::spawn("log-terminal", scrub, to_terminal, terminal_note)?;

    let (file_filter, file_level) = reload::Layer::new(targets(options.level, false));
    let (terminal_filter, terminal_level) =
        reload::Layer::new(targets(options.level, options.verbose));
    let json = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_ansi(false)
        .with_writer(file.clone())
        .with_filter(file_filter);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let people = tracing_subscriber::fmt::layer()
        .event_format(Human { colour })
        .with_writer(terminal.clone())
        .with_filter(terminal_filter);
    let subscriber = tracing_subscriber::registry().with(json).with(people);

    let verbose = options.verbose;
    let set_level = Arc::new(move |level| {
        // A handle without its layer means the end of the program.
        let _ = file_level.reload(targets(level, false));
        let _ = terminal_level.reload(targets(level, verbose));
    });
    Ok((
        LogFile {
            path,
            file,
            terminal,
            set_level,
        },
        subscriber,
    ))
}

/// What is kept. The wire shows at `debug`, or on the terminal with `--verbose`; libraries only
/// when they warn, or at `trace`.
fn targets(level: LogLevel, verbose: bool) -> Targets {
    let filter = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let others = if level == LogLevel::Trace {
        LevelFilter::TRACE
    } else {
        filter.min(LevelFilter::WARN)
    };
    let wire = match (filter >= LevelFilter::DEBUG, verbose) {
        (true, _) => filter,
        (false, true) => LevelFilter::INFO,
        (false, false) => filter.min(LevelFilter::WARN),
    };
    Targets::new()
        .with_default(others)
        .with_target("tidegate", filter)
        .with_target(WIRE, wire)
}

fn file_note(dropped: u64) -> Vec<u8> {
    format!("{{\"level\":\"WARN\",\"target\":\"tidegate::log\",\"message\":\"lines dropped\",\"dropped\":{dropped}}}\n").into_bytes()
}

fn terminal_note(dropped: u64) -> Vec<u8> {
    format!("WARN {dropped} lines were dropped here; the log file may have them\n").into_bytes()
}

/// The directory and the form of the file's name.
pub(crate) fn target(state_dir: &Path, configured: Option<PathBuf>) -> Target {
    configured.map_or_else(|| Target::Daily(state_dir.join("logs")), Target::File)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::ManualClock;

    #[test]
    fn lines_are_json_without_secrets_or_control_characters() {
        let dir = tempfile::tempdir().unwrap();
        let options = LogOptions {
            target: Target::Daily(dir.path().to_owned()),
            level: LogLevel::Info,
            verbose: false,
            secrets: vec![Secret::new("canary-secret".to_owned())],
            clock: Arc::new(ManualClock::at(1_000)),
        };
        let (log, subscriber) = build(options).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(target: "tidegate::x", a = 1, "hello \x1b[31m\nworld canary-secret");
            tracing::info!(target: WIRE, "request");
            tracing::debug!(target: "tidegate::x", "early");
            tracing::info!(target: "hyper", "library");
            log.set_level(LogLevel::Debug);
            tracing::debug!(target: "tidegate::x", "late");
        });
        log.flush();
        let path = log.current_path();
        assert!(path.ends_with("tidegate-1970-01-01.log"), "{path:?}");
        let text = std::fs::read_to_string(path).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2, "{text}");
        assert_eq!(lines[0]["a"], 1);
        assert_eq!(lines[1]["message"], "late");
        assert!(!text.contains("canary") && !text.contains('\x1b'), "{text}");
    }

    #[test]
    fn verbose_shows_the_wire_on_the_terminal_only() {
        let shown =
            |level, verbose| targets(level, verbose).would_enable(WIRE, &tracing::Level::INFO);
        assert!(
            !shown(LogLevel::Info, false)
                && shown(LogLevel::Info, true)
                && shown(LogLevel::Debug, false)
        );
        assert!(shown(LogLevel::Error, true));
    }
}
