//! What a program writes, within bounds: the beginning and the end are kept, the middle is counted.

use std::collections::VecDeque;

use crate::limits::OUTPUT_KEPT_BYTES;

/// Bytes kept of the beginning; as many of the end.
const HALF_BYTES: usize = OUTPUT_KEPT_BYTES / 2;

/// One of the two outputs of a program.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    total: u64,
}

/// A part of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How many bytes in front of them were not kept.
    pub lost: u64,
    /// Where to go on reading.
    pub next: u64,
}

impl Output {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = (HALF_BYTES - self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(HALF_BYTES);
        self.tail.drain(..over);
    }

    /// How many bytes were written.
    pub const fn total_bytes(&self) -> u64 {
        self.total
    }

    /// How many of them were not kept.
    pub fn lost_bytes(&self) -> u64 {
        self.total - (self.head.len() + self.tail.len()) as u64
    }

    /// All that was kept, as text, with a line where bytes are missing.
    pub fn text(&self) -> String {
        let head = String::from_utf8_lossy(&self.head);
        let tail: Vec<u8> = self.tail.iter().copied().collect();
        match self.lost_bytes() {
            // In one piece, so that a character over the border stays whole.
            0 => String::from_utf8_lossy(&[self.head.as_slice(), &tail].concat()).into_owned(),
            lost => format!(
                "{head}\n[{lost} bytes left out]\n{}",
                String::from_utf8_lossy(&tail)
            ),
        }
    }

    /// The end of it, at most so many bytes.
    pub fn last(&self, max_bytes: usize) -> Vec<u8> {
        let kept = self.head.iter().chain(&self.tail);
        let skip = (self.head.len() + self.tail.len()).saturating_sub(max_bytes);
        kept.skip(skip).copied().collect()
    }

    /// What follows byte `from`, at most `max_bytes`. Bytes that were not kept are counted and
    /// skipped.
    pub fn since(&self, from: u64, max_bytes: usize) -> Piece {
        let head_end = self.head.len() as u64;
        let tail_start = self.total - self.tail.len() as u64;
        let from = from.min(self.total);
        if from < head_end {
            let skip = usize::try_from(from).unwrap_or(usize::MAX);
            let bytes: Vec<u8> = self
                .head
                .iter()
                .skip(skip)
                .take(max_bytes)
                .copied()
                .collect();
            let next = from + bytes.len() as u64;
            return Piece {
                bytes,
                lost: 0,
                next,
            };
        }
        let start = from.max(tail_start);
        let skip = usize::try_from(start - tail_start).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self
            .tail
            .iter()
            .skip(skip)
            .take(max_bytes)
            .copied()
            .collect();
        let next = start + bytes.len() as u64;
        Piece {
            bytes,
            lost: start - from,
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pieces: &[&[u8]]) -> Output {
        let mut output = Output::default();
        for piece in pieces {
            output.push(piece);
        }
        output
    }

    #[test]
    fn short_output_is_whole() {
        let output = of(&[b"one ", b"two"]);
        assert_eq!(
            (output.text(), output.lost_bytes()),
            ("one two".to_owned(), 0)
        );
        assert_eq!(output.last(3), b"two");
        assert_eq!(
            output.since(4, 100),
            Piece {
                bytes: b"two".to_vec(),
                lost: 0,
                next: 7
            }
        );
        assert_eq!(
            output.since(4, 1),
            Piece {
                bytes: b"t".to_vec(),
                lost: 0,
                next: 5
            }
        );
        assert_eq!(
            output.since(99, 1),
            Piece {
                bytes: Vec::new(),
                lost: 0,
                next: 7
            }
        );
    }

    #[test]
    fn the_middle_of_long_output_is_counted() {
        let output = of(&[
            &vec![b'a'; HALF_BYTES],
            &vec![b'b'; 1000],
            &vec![b'c'; HALF_BYTES],
        ]);
        assert_eq!(output.lost_bytes(), 1000);
        assert_eq!(output.total_bytes(), (OUTPUT_KEPT_BYTES + 1000) as u64);
        let text = output.text();
        assert!(text.starts_with("aaa") && text.ends_with("ccc"));
        assert!(text.contains("a\n[1000 bytes left out]\nc"));
        let piece = output.since(HALF_BYTES as u64, 2);
        assert_eq!(
            piece,
            Piece {
                bytes: b"cc".to_vec(),
                lost: 1000,
                next: HALF_BYTES as u64 + 1002
            }
        );
    }

    #[test]
    fn reading_in_pieces_gives_everything_that_was_kept() {
        let bytes: Vec<u8> = (0..OUTPUT_KEPT_BYTES)
            .map(|i| u8::try_from(i % 251).unwrap())
            .collect();
        let output = of(&bytes.chunks(777).collect::<Vec<_>>());
        let (mut at, mut read) = (0, Vec::new());
        while at < output.total_bytes() {
            let piece = output.since(at, 1000);
            assert!(piece.next > at && piece.lost == 0);
            read.extend(piece.bytes);
            at = piece.next;
        }
        assert!(read == bytes);
    }

    #[test]
    fn a_character_over_the_border_of_the_halves_is_whole() {
        let mut output = of(&[&vec![b'a'; HALF_BYTES - 1]]);
        output.push("ä".as_bytes());
        assert!(output.text().ends_with("aä"));
    }
}
