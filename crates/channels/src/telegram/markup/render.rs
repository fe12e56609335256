//! Telegram's tags.

use crate::markdown::{Dialect, Page, Strokes, write};

static HTML: Dialect = Dialect {
    bold: ("<b>", "</b>"),
    italic: ("<i>", "</i>"),
    struck: ("<s>", "</s>"),
    quote: ("<blockquote>", "</blockquote>"),
    margin: "",
    picture: "🖼 ",
    list_indent: 2,
    strokes: Strokes {
        bar: " │ ",
        rule: "─",
        cross: "─┼─",
    },
    escape,
    inline_code,
    code_block,
    begin_link,
};
/// Addresses that Telegram makes links of.
const SCHEMES: &[&str] = &["http://", "https://", "tg://"];
/// Telegram finds these in the words by itself.
const MAIL: &str = "mailto:";

/// Markdown as Telegram's HTML.
pub(crate) fn html(markdown: &str) -> String {
    write(markdown, &HTML)
}

/// Writes text so that none of it is a tag, an entity, or the end of an attribute.
fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\n' | '\t' => into.push(c),
            c if c.is_control() => {}
            c => into.push(c),
        }
    }
}

fn inline_code(page: &mut Page, code: &str) {
    page.mark("<code>");
    page.verbatim(code);
    page.close("</code>");
}

fn code_block(page: &mut Page, info: &str, code: &str) {
    let (open, close) = match language(info) {
        Some(word) => (
            format!("<pre><code class=\"language-{word}\">"),
            "</code></pre>",
        ),
        None => ("<pre>".to_owned(), "</pre>"),
    };
    page.mark(&open);
    page.verbatim(code);
    page.close(close);
}

/// The first word behind the fence, if it can stand in an attribute.
fn language(info: &str) -> Option<&str> {
    let word = info.split([' ', ',', '\t']).next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '#' | '.');
    (!word.is_empty() && word.chars().all(fits)).then_some(word)
}

/// A link that Telegram would not follow is shown behind its words.
fn begin_link(page: &mut Page, url: &str) -> String {
    let lower = url.to_ascii_lowercase();
    let mut escaped = String::new();
    escape(&mut escaped, url);
    if SCHEMES.iter().any(|scheme| lower.starts_with(scheme)) {
        page.mark(&format!("<a href=\"{escaped}\">"));
        return "</a>".to_owned();
    }
    if url.is_empty() || lower.starts_with(MAIL) {
        return String::new();
    }
    format!(" ({escaped})")
}
