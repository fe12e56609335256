//! Filling pieces.

use super::blocks::{Fence, Mark};
use super::cost;
use super::grain::Grain;
use crate::channel::TextLimit;

/// The least limit: the widest character has 4 bytes.
const LEAST: usize = 4;

/// Pieces, the last of which is being filled.
pub(super) struct Pieces<'a> {
    limit: TextLimit,
    done: Vec<String>,
    piece: String,
    /// The piece's width in the limit's unit.
    width: usize,
    /// How much of the piece opens a fence and says nothing by itself.
    opening: usize,
    /// The fence that we are in, if it is cut.
    fence: Option<Cut<'a>>,
}

/// A fence that is cut: what every piece of it begins and ends with.
struct Cut<'a> {
    opener: &'a str,
    opener_width: usize,
    closer: String,
    closer_width: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn new(limit: TextLimit) -> Self {
        Self {
            limit: TextLimit {
                max: limit.max.max(LEAST),
                ..limit
            },
            done: Vec::new(),
            piece: String::new(),
            width: 0,
            opening: 0,
            fence: None,
        }
    }

    /// The pieces; none is blank.
    pub(super) fn finish(mut self) -> Vec<String> {
        self.end_piece();
        self.done
    }

    /// Puts a paragraph, taken apart as far as it must be.
    pub(super) fn put_text(&mut self, text: &'a str) {
        self.put(text, None);
    }

    /// Puts a fence: whole if it fits into one piece.
    pub(super) fn put_fence(&mut self, fence: &Fence<'a>) {
        let width = self.measure(fence.whole.trim_end());
        if width <= self.limit.max {
            return self.put_text(fence.whole);
        }
        match self.cut(fence) {
            Some(cut) => self.put_in_parts(fence, cut),
            // There is no room for both its ends and anything between them.
            None => self.put_text(fence.whole),
        }
    }

    fn put_in_parts(&mut self, fence: &Fence<'a>, cut: Cut<'a>) {
        // Its first piece shall have some of it, not the opening line alone.
        let head = self.measure(fence.opener) + self.measure(first_said(fence.body));
        if self.width + head + cut.closer_width > self.limit.max {
            self.end_piece();
        }
        let begins = self.is_unsaid();
        self.push(fence.opener, cut.opener_width);
        if begins {
            self.opening = self.piece.len();
        }
        self.fence = Some(cut);
        for line in Grain::CodeLine.split(fence.body) {
            self.put(line, Some(Grain::CodeLine));
        }
        self.leave_fence(fence.closer);
    }

    fn leave_fence(&mut self, closer: &'a str) {
        let width = self.measure(closer);
        if self.width + self.measure(closer.trim_end()) > self.limit.max {
            // Blank lines fill the piece; it ends with the closing line as every other does.
            self.end_piece();
        }
        let unsaid = self.is_unsaid();
        self.fence = None;
        if unsaid {
            self.begin_piece();
        } else {
            self.push(closer, width);
        }
    }

    /// Puts a text that was cut to this grain; none is a whole block.
    fn put(&mut self, text: &'a str, grain: Option<Grain>) {
        let kept = text.trim_end();
        if kept.is_empty() && self.is_unsaid() {
            return;
        }
        let blanks = text.get(kept.len()..).unwrap_or("");
        let (kept, blanks) = (self.measure(kept), self.measure(blanks));
        let room = self.limit.max - self.fence.as_ref().map_or(0, |cut| cut.closer_width);
        if self.width + kept <= room {
            return self.push(text, kept + blanks);
        }
        let begun = self.fence.as_ref().map_or(0, |cut| cut.opener_width);
        let finer = grain.map_or(Some(Grain::Line), Grain::finer);
        match finer {
            Some(finer) if begun + kept > room => {
                if self.width > self.limit.max / 2 {
                    self.end_piece();
                }
                for part in finer.split(text) {
                    self.put(part, Some(finer));
                }
            }
            _ => {
                self.end_piece();
                self.push(text, kept + blanks);
            }
        }
    }

    fn push(&mut self, text: &str, width: usize) {
        self.piece.push_str(text);
        self.width += width;
    }

    /// Whether nothing was said in the piece yet.
    fn is_unsaid(&self) -> bool {
        self.piece.len() == self.opening
    }

    fn end_piece(&mut self) {
        if self.is_unsaid() {
            return;
        }
        let mut piece = std::mem::take(&mut self.piece);
        piece.truncate(piece.trim_end().len());
        if let Some(cut) = &self.fence {
            piece.push('\n');
            piece.push_str(&cut.closer);
        }
        if !piece.is_empty() {
            self.done.push(piece);
        }
        self.begin_piece();
    }

    fn begin_piece(&mut self) {
        self.piece.clear();
        self.width = 0;
        if let Some(cut) = &self.fence {
            self.piece.push_str(cut.opener);
            self.width = cut.opener_width;
        }
        self.opening = self.piece.len();
    }

    /// How a fence is cut; none if its ends would take more than half of every piece.
    fn cut(&self, fence: &Fence<'a>) -> Option<Cut<'a>> {
        let closer = match fence.closer.trim_end() {
            "" => {
                let mark = Mark::opens(fence.opener)?;
                format!("{}{}", " ".repeat(mark.indent), mark.marks)
            }
            closer => closer.to_owned(),
        };
        let cut = Cut {
            opener: fence.opener,
            opener_width: self.measure(fence.opener),
            closer_width: 1 + self.measure(&closer),
            closer,
        };
        let ends = cut.opener_width + cut.closer_width;
        (ends <= self.limit.max / 2 && ends + LEAST <= self.limit.max).then_some(cut)
    }

    fn measure(&self, text: &str) -> usize {
        cost::look(text.len());
        self.limit.unit.length(text)
    }
}

/// The lines of a fence up to the first that is not blank.
fn first_said(body: &str) -> &str {
    let mut end = 0;
    for line in body.split_inclusive('\n') {
        end += line.len();
        if !line.trim().is_empty() {
            break;
        }
    }
    body.get(..end).unwrap_or(body)
}
