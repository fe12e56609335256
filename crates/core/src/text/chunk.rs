//! Cutting an answer into messages.

mod blocks;
mod cost;
mod grain;
mod inline;
mod piece;
#[cfg(test)]
mod tests;

use crate::channel::TextLimit;

use blocks::Block;
use piece::Pieces;

/// Cuts Markdown into pieces of at most `limit`, in an order that gives the text back.
///
/// A piece ends at a paragraph if it can, else at a line, a sentence, a word, and in the middle of
/// a word only if that alone is too long; never within a character or within what looks like one.
/// A code fence that fits into a piece is kept whole; of one that does not, every piece is closed,
/// and the next opened like the first. Inline code and links are cut only if they are longer than
/// a piece. Blanks at the cuts are dropped, and no piece is blank.
///
/// A limit below 4 is taken for 4: the widest character has as many bytes. Time is linear in the
/// text.
pub fn chunk(markdown: &str, limit: TextLimit) -> Vec<String> {
    let mut pieces = Pieces::new(limit);
    for block in blocks::of(markdown) {
        match block {
            Block::Text(text) => pieces.put_text(text),
            Block::Fence(fence) => pieces.put_fence(&fence),
        }
    }
    pieces.finish()
}
