//! Sentences and words of a line, and what in it should stay whole.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use super::cost;

/// Where inline code and links of a line are, in order; none within another.
pub(super) fn atoms(line: &str) -> Vec<Range<usize>> {
    let bytes = line.as_bytes();
    let mut runs = Runs::of(bytes);
    let mut open = Vec::new();
    let mut atoms: Vec<Range<usize>> = Vec::new();
    let mut has_closers = true;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        cost::look(1);
        let mut next = at + 1;
        match byte {
            b'`' => {
                let length = run_at(bytes, at);
                next = at + length;
                if let Some(end) = runs.closing(length, next) {
                    atoms.push(at..end);
                    next = end;
                }
            }
            b'[' => open.push(at),
            b']' => {
                let start = open.pop();
                if has_closers
                    && bytes.get(next) == Some(&b'(')
                    && let Some(start) = start
                {
                    match find(bytes, b')', next) {
                        Some(end) => {
                            while atoms.last().is_some_and(|inner| inner.start > start) {
                                atoms.pop();
                            }
                            atoms.push(start..end + 1);
                            next = end + 1;
                        }
                        // There is none further on either: do not look again.
                        None => has_closers = false,
                    }
                }
            }
            _ => {}
        }
        at = next;
    }
    atoms
}

/// Where runs of backticks begin, by their length: inline code ends with a run like its first.
struct Runs(BTreeMap<usize, VecDeque<usize>>);

impl Runs {
    fn of(bytes: &[u8]) -> Self {
        let mut runs: BTreeMap<usize, VecDeque<usize>> = BTreeMap::new();
        let mut at = 0;
        while at < bytes.len() {
            let length = run_at(bytes, at);
            if length > 0 {
                runs.entry(length).or_default().push_back(at);
            }
            at += length.max(1);
        }
        Self(runs)
    }

    /// The end of the next run of this length. Called with `from` going on only.
    fn closing(&mut self, length: usize, from: usize) -> Option<usize> {
        let starts = self.0.get_mut(&length)?;
        while starts.front().is_some_and(|start| *start < from) {
            starts.pop_front();
        }
        starts.front().map(|start| start + length)
    }
}

/// The length of the run of backticks here.
fn run_at(bytes: &[u8], at: usize) -> usize {
    let run = bytes.iter().skip(at).take_while(|byte| **byte == b'`');
    let length = run.count();
    cost::look(length + 1);
    length
}

fn find(bytes: &[u8], wanted: u8, from: usize) -> Option<usize> {
    let found = bytes.iter().skip(from).position(|byte| *byte == wanted);
    cost::look(found.unwrap_or(bytes.len() - from));
    found.map(|after| from + after)
}

/// The words of a line, each with the blanks behind it, and none cut that should stay whole. Blanks
/// at the beginning are a word of their own.
pub(super) fn words<'a>(line: &'a str, whole: &[Range<usize>]) -> Vec<&'a str> {
    cut(line, whole, |seen, _| seen.blank)
}

/// The sentences of a line, each with the blanks behind it, and none cut that should stay whole.
/// Wide marks end a sentence without a blank.
pub(super) fn sentences<'a>(line: &'a str, whole: &[Range<usize>]) -> Vec<&'a str> {
    cut(line, whole, |seen, next| match seen.mark {
        Mark::None => false,
        Mark::Narrow => seen.blank,
        Mark::Wide => seen.blank || mark_of(next, seen.last) == Mark::None && !is_closing(next),
    })
}

/// What was seen up to a place.
struct Seen {
    /// The last character that is no blank.
    last: Option<char>,
    /// How the sentence ended, if it did.
    mark: Mark,
    /// A blank since.
    blank: bool,
}

/// What ends a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Nothing.
    None,
    /// A mark that wants a blank behind it.
    Narrow,
    /// A mark that needs none.
    Wide,
}

/// A dot behind a digit is a number's or a list's.
fn mark_of(c: char, before: Option<char>) -> Mark {
    match c {
        '.' if before.is_some_and(|c| c.is_ascii_digit()) => Mark::None,
        '.' | '!' | '?' | '…' => Mark::Narrow,
        '。' | '！' | '？' | '｡' => Mark::Wide,
        _ => Mark::None,
    }
}

/// What may stand behind the end of a sentence and belongs to it.
const fn is_closing(c: char) -> bool {
    matches!(
        c,
        ')' | ']' | '"' | '\'' | '”' | '’' | '»' | '*' | '_' | '`' | '」' | '』' | '）' | '】'
    )
}

/// Cuts before every character that is no blank and for which `wanted` says so.
fn cut<'a>(
    line: &'a str,
    whole: &[Range<usize>],
    wanted: impl Fn(&Seen, char) -> bool,
) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut whole = whole.iter().peekable();
    let mut start = 0;
    let mut seen = Seen {
        last: None,
        mark: Mark::None,
        blank: false,
    };
    for (at, c) in line.char_indices() {
        if c.is_whitespace() {
            seen.blank = true;
            continue;
        }
        while whole.next_if(|range| range.end <= at).is_some() {}
        let inside = whole.peek().is_some_and(|range| range.start < at);
        if at > start && !inside && wanted(&seen, c) {
            parts.extend(line.get(start..at));
            start = at;
        }
        seen.mark = match mark_of(c, seen.last) {
            Mark::None if is_closing(c) && !seen.blank => seen.mark,
            mark => mark,
        };
        seen.last = Some(c);
        seen.blank = false;
    }
    parts.extend(line.get(start..).filter(|rest| !rest.is_empty()));
    parts
}
