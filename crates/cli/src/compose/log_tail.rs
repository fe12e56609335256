//! Reads the end of the log for `logs.tail`: whole lines, bounded, resumed by a byte cursor.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use tidegate_gateway::LogTail;
use tidegate_protocol::api::system::LogsTailResult;

use crate::logging::LogFile;

pub(super) fn reader(log: LogFile) -> LogTail {
    Arc::new(move |cursor, lines, bytes| tail(&log.current_path(), cursor, lines, bytes))
}

/// What was written after the cursor; without one, or with one that fits no more, the end.
fn tail(
    path: &Path,
    cursor: Option<u64>,
    most_lines: usize,
    most_bytes: usize,
) -> io::Result<LogsTailResult> {
    let mut page = LogsTailResult {
        file: path.display().to_string(),
        ..Default::default()
    };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(page),
        Err(error) => return Err(error),
    };
    page.size = file.metadata()?.len();
    let window = page.size.saturating_sub(most_bytes as u64);
    page.reset = cursor.is_some_and(|cursor| cursor > page.size || cursor < window);
    let start = cursor.filter(|_| !page.reset).unwrap_or(window);
    page.truncated = start > 0 && (cursor.is_none() || page.reset);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(most_bytes as u64).read_to_end(&mut bytes)?;
    // A line that is still being written waits for the next call.
    let whole = bytes
        .iter()
        .rposition(|b| *b == b'\n')
        .map_or(0, |at| at + 1);
    bytes.truncate(whole);
    page.cursor = start + whole as u64;
    let text = String::from_utf8_lossy(&bytes);
    let cut_first = page.truncated && start == window;
    let all: Vec<&str> = text.lines().skip(usize::from(cut_first)).collect();
    let surplus = all.len().saturating_sub(most_lines);
    page.truncated |= surplus > 0;
    page.lines = all.into_iter().skip(surplus).map(str::to_owned).collect();
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn pages_resume_from_the_cursor_and_leave_half_lines() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut file = File::create(&path).unwrap();
        write!(file, "one\ntwo\nthr").unwrap();
        let first = tail(&path, None, 10, 1000).unwrap();
        assert_eq!(first.lines, ["one", "two"]);
        assert_eq!(
            (first.cursor, first.truncated, first.reset),
            (8, false, false)
        );
        writeln!(file, "ee").unwrap();
        let second = tail(&path, Some(first.cursor), 10, 1000).unwrap();
        assert_eq!(second.lines, ["three"]);
        let last = tail(&path, None, 1, 1000).unwrap();
        assert_eq!(
            (last.lines, last.truncated),
            (vec!["three".to_owned()], true)
        );
        assert!(tail(&path, Some(99), 10, 1000).unwrap().reset);
        assert_eq!(
            tail(&dir.path().join("none"), None, 1, 1).unwrap().lines,
            Vec::<String>::new()
        );
    }
}
