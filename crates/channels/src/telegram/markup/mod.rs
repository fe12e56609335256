//! Markdown as Telegram's HTML. It knows few tags; what it lacks (headings, lists, tables, rules)
//! is drawn with them. The result is always well formed: every tag is closed, everything else is
//! escaped.

mod render;

pub(super) use render::html;

#[cfg(test)]
mod tests;
