//! What of Markdown is read.

use pulldown_cmark::{Options, Parser};

/// The events of Markdown with struck words, tables and tasks.
pub(crate) fn read(markdown: &str) -> Parser<'_> {
    let options =
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    Parser::new_ext(markdown, options)
}
