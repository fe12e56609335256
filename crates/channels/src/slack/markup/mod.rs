//! Markdown as Slack's mrkdwn. It knows few marks; what it lacks (headings, lists, tables, rules)
//! is drawn with them. Slack reads `&`, `<` and `>` as its own, so those of the words are escaped,
//! wherever they stand.

mod render;

pub(super) use render::mrkdwn;

#[cfg(test)]
mod tests;
