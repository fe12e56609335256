//! Slack's marks.

use crate::markdown::{Dialect, Page, Strokes, write};

static MRKDWN: Dialect = Dialect {
    bold: ("*", "*"),
    italic: ("_", "_"),
    struck: ("~", "~"),
    quote: ("", ""),
    margin: "> ",
    picture: "",
    list_indent: 4,
    strokes: Strokes {
        bar: " | ",
        rule: "-",
        cross: "-+-",
    },
    escape,
    inline_code,
    code_block,
    begin_link,
};
/// Around a block of code.
const FENCE: &str = "```";
/// Addresses that Slack makes links of.
const SCHEMES: &[&str] = &["http://", "https://", "mailto:", "tel:"];

/// Markdown as Slack's mrkdwn.
pub(crate) fn mrkdwn(markdown: &str) -> String {
    write(markdown, &MRKDWN)
}

/// Writes text so that none of it is a mention or a link.
fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '\n' | '\t' => into.push(c),
            c if c.is_control() => {}
            c => into.push(c),
        }
    }
}

/// Code with a backtick in it is only words: Slack has no way to say it otherwise.
fn inline_code(page: &mut Page, code: &str) {
    if code.contains('`') {
        return page.text(code);
    }
    page.mark("`");
    page.verbatim(code);
    page.close("`");
}

/// The fences stand on lines of their own. Slack shows no language.
fn code_block(page: &mut Page, _info: &str, code: &str) {
    // Nothing else ends such a block, and Slack has no way to say it otherwise.
    let code = code.replace(FENCE, "'''");
    page.mark(FENCE);
    page.verbatim(&format!("\n{code}\n"));
    page.close(FENCE);
}

fn begin_link(page: &mut Page, url: &str) -> String {
    let lower = url.to_ascii_lowercase();
    if !SCHEMES.iter().any(|scheme| lower.starts_with(scheme)) {
        return String::new();
    }
    let mut mark = String::from("<");
    // A bar or a bracket would end the address.
    escape(&mut mark, &url.replace('|', "%7C").replace('>', "%3E"));
    mark.push('|');
    page.mark(&mark);
    ">".to_owned()
}
