//! The coarsest parts of a text: paragraphs and code fences.

use super::cost;

/// What may stand before a fence.
const BLANKS: [char; 2] = [' ', '\t'];

/// A part of a text, with the blank lines behind it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// Lines up to a blank one or a fence.
    Text(&'a str),
    /// A code fence.
    Fence(Fence<'a>),
}

/// A code fence.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fence<'a> {
    /// All of it.
    pub whole: &'a str,
    /// The line that opens it.
    pub opener: &'a str,
    /// The lines in it.
    pub body: &'a str,
    /// The line that closes it, and blank lines; empty if the text ends before.
    pub closer: &'a str,
}

/// The opening line of a fence: three or more of one mark.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    /// How many bytes stand before the marks: blanks, and the bullets of lists.
    pub indent: usize,
    /// The marks.
    pub marks: &'a str,
}

impl<'a> Mark<'a> {
    /// Reads an opening line. What follows backticks has none, or it is inline code.
    pub(super) fn opens(line: &'a str) -> Option<Self> {
        let text = behind_bullets(line);
        let mark = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let rest = text.trim_start_matches(mark);
        let marks = text.get(..text.len() - rest.len())?;
        let opens = marks.len() >= 3 && (mark == '~' || !rest.contains('`'));
        opens.then_some(Self {
            indent: line.len() - text.len(),
            marks,
        })
    }

    /// Whether the line closes this fence: at least as many of the same mark, nothing else, and not
    /// so far to the right that it belongs to the code.
    fn is_closed_by(self, line: &str) -> bool {
        let text = line.trim_start_matches(BLANKS);
        let indent = line.len() - text.len();
        let marks = text.trim_end();
        indent <= self.indent + 3
            && marks.len() >= self.marks.len()
            && marks.chars().all(|c| self.marks.starts_with(c))
    }
}

/// Takes a text apart. The parts in their order are the text.
pub(super) fn of(text: &str) -> Vec<Block<'_>> {
    cost::look(text.len());
    let mut blocks = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (block, after) = match Mark::opens(first_line(rest)) {
            Some(mark) => fence(rest, mark),
            None => paragraph(rest),
        };
        blocks.push(block);
        rest = after;
    }
    blocks
}

fn fence<'a>(text: &'a str, mark: Mark<'a>) -> (Block<'a>, &'a str) {
    let opener = first_line(text);
    let mut inside = opener.len();
    let mut end = text.len();
    let mut body_end = text.len();
    for line in text.split_inclusive('\n').skip(1) {
        if mark.is_closed_by(line) {
            body_end = inside;
            end = inside + line.len() + blank_lines(text.get(inside + line.len()..).unwrap_or(""));
            break;
        }
        inside += line.len();
    }
    let part = |from, to| text.get(from..to).unwrap_or("");
    let fence = Fence {
        whole: part(0, end),
        opener,
        body: part(opener.len(), body_end),
        closer: part(body_end, end),
    };
    (Block::Fence(fence), part(end, text.len()))
}

fn paragraph(text: &str) -> (Block<'_>, &str) {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        let starts_other = end > 0 && Mark::opens(line).is_some();
        if starts_other || line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    end += blank_lines(text.get(end..).unwrap_or(""));
    let (block, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (Block::Text(block), after)
}

/// The length of the blank lines at the beginning.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n')
        .take_while(|line| line.trim().is_empty())
        .map(str::len)
        .sum()
}

/// A line without its blanks and the bullets of lists at the beginning.
fn behind_bullets(line: &str) -> &str {
    let mut text = line.trim_start_matches(BLANKS);
    loop {
        let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let bullet = if number.len() < text.len() {
            number.strip_prefix(['.', ')'])
        } else {
            text.strip_prefix(['-', '*', '+'])
        };
        match bullet.filter(|rest| rest.starts_with(BLANKS)) {
            Some(rest) => text = rest.trim_start_matches(BLANKS),
            None => return text,
        }
    }
}

fn first_line(text: &str) -> &str {
    text.split_inclusive('\n').next().unwrap_or("")
}
