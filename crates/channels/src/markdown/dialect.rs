//! How a network writes what Markdown says.

use super::{Page, Strokes};

/// A mark before some words, and one behind them.
pub(crate) type Around = (&'static str, &'static str);

/// One network's marks. What it has none for (headings, lists, rules, tables) is drawn with them.
pub(crate) struct Dialect {
    /// Around bold words.
    pub(crate) bold: Around,
    /// Around words in italics.
    pub(crate) italic: Around,
    /// Around struck words.
    pub(crate) struck: Around,
    /// Around a quote. One inside of a quote is not marked again.
    pub(crate) quote: Around,
    /// Before every line of a quote.
    pub(crate) margin: &'static str,
    /// Before the words of a picture.
    pub(crate) picture: &'static str,
    /// How many spaces further in a list inside of a list begins.
    pub(crate) list_indent: usize,
    /// How tables are drawn.
    pub(crate) strokes: Strokes,
    /// Writes text so that none of it is a mark.
    pub(crate) escape: fn(&mut String, &str),
    /// Writes code inside of a line.
    pub(crate) inline_code: fn(&mut Page, &str),
    /// Writes a block of code: the words behind its fence, then the code.
    pub(crate) code_block: fn(&mut Page, &str, &str),
    /// Begins a link to an address; gives what is written as it is behind its words. Nothing, if
    /// only the words are written; that must be so for no address.
    pub(crate) begin_link: fn(&mut Page, &str) -> String,
}
