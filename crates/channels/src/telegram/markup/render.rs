//! From the parser's events to the page.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::inline::{Link, Style, Styles};
use super::page::Page;
use super::table::Table;

const BULLET: &str = "• ";
const RULE: &str = "———";
const TODO: &str = "☐ ";
const DONE: &str = "☑ ";
const PICTURE: &str = "🖼 ";
/// How much further in a list inside of a list begins.
const LIST_INDENT: usize = 2;

/// Markdown as Telegram's HTML.
pub(crate) fn html(markdown: &str) -> String {
    let options =
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut writer = Writer::default();
    for event in Parser::new_ext(markdown, options) {
        writer.take(event);
    }
    writer.page.finish()
}

#[derive(Default)]
struct Writer {
    page: Page,
    styles: Styles,
    links: Vec<Link>,
    /// The next number of every list around, from the outside in; none for bullets.
    lists: Vec<Option<u64>>,
    /// Quotes around; only the outermost is one for Telegram.
    quotes: usize,
    table: Option<Table>,
    code: Option<Code>,
    /// The next block goes on where the page stands: behind a bullet, at the head of a quote.
    goes_on: bool,
}

/// A block of code that is being read.
struct Code {
    /// Its language, fit for an attribute.
    language: Option<String>,
    text: String,
}

impl Writer {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.text(&text),
            Event::Code(text) => self.inline_code(&text),
            Event::SoftBreak | Event::HardBreak => self.text("\n"),
            Event::Rule => {
                self.block();
                self.text(RULE);
            }
            Event::TaskListMarker(done) => self.text(if done { DONE } else { TODO }),
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(),
            Tag::Heading { .. } => {
                self.block();
                self.begin_style(Style::Bold);
            }
            Tag::BlockQuote(_) => self.begin_quote(),
            Tag::CodeBlock(kind) => self.begin_code(&kind),
            Tag::List(first) => self.begin_list(first),
            Tag::Item => self.begin_item(),
            Tag::Table(_) => {
                self.block();
                self.table = Some(Table::default());
            }
            Tag::TableHead | Tag::TableRow => self.in_table(Table::row),
            Tag::TableCell => self.in_table(Table::cell),
            Tag::Emphasis => self.begin_style(Style::Italic),
            Tag::Strong => self.begin_style(Style::Bold),
            Tag::Strikethrough => self.begin_style(Style::Struck),
            // Telegram finds addresses of mail by itself.
            Tag::Link {
                link_type: LinkType::Email,
                ..
            } => self.begin_link(""),
            Tag::Link { dest_url, .. } => self.begin_link(&dest_url),
            Tag::Image { dest_url, .. } => {
                self.begin_link(&dest_url);
                self.text(PICTURE);
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => self.end_quote(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Item => {
                self.goes_on = false;
                self.page.outdent_by(LIST_INDENT);
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    table.draw(&mut self.page);
                }
            }
            TagEnd::Heading(_) | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.end_style();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match (&mut self.table, &mut self.code) {
            (Some(table), _) => table.text(text),
            (None, Some(code)) => code.text.push_str(text),
            (None, None) => {
                self.goes_on = false;
                self.page.text(text);
            }
        }
    }

    fn inline_code(&mut self, text: &str) {
        if let Some(table) = &mut self.table {
            return table.text(text);
        }
        self.goes_on = false;
        self.page.open("<code>");
        self.page.verbatim(text);
        self.page.close("</code>");
    }

    fn block(&mut self) {
        if !std::mem::take(&mut self.goes_on) {
            self.page.block();
        }
    }

    fn begin_style(&mut self, style: Style) {
        if self.table.is_none() {
            self.styles.begin(style, &mut self.page);
        }
    }

    fn end_style(&mut self) {
        if self.table.is_none() {
            self.styles.end(&mut self.page);
        }
    }

    /// A link inside of a link, as pictures in links are, is only words.
    fn begin_link(&mut self, url: &str) {
        if self.table.is_none() {
            let url = if self.links.is_empty() { url } else { "" };
            self.links.push(Link::begin(url, &mut self.page));
        }
    }

    fn end_link(&mut self) {
        if self.table.is_none()
            && let Some(link) = self.links.pop()
        {
            link.end(&mut self.page);
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    fn begin_quote(&mut self) {
        self.block();
        if self.quotes == 0 {
            self.page.open("<blockquote>");
            self.goes_on = true;
        }
        self.quotes += 1;
    }

    fn end_quote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
        if self.quotes == 0 {
            self.page.close("</blockquote>");
            self.goes_on = false;
        }
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.block();
        self.code = Some(Code {
            language: language(kind),
            text: String::new(),
        });
    }

    fn end_code(&mut self) {
        let Some(code) = self.code.take() else {
            return;
        };
        let (open, close) = match code.language {
            Some(word) => (
                format!("<pre><code class=\"language-{word}\">"),
                "</code></pre>",
            ),
            None => ("<pre>".to_owned(), "</pre>"),
        };
        self.page.open(&open);
        self.page.verbatim(code.text.trim_end_matches('\n'));
        self.page.close(close);
    }

    fn begin_list(&mut self, first: Option<u64>) {
        if self.lists.is_empty() && !self.goes_on {
            self.page.block();
        }
        self.lists.push(first);
    }

    fn begin_item(&mut self) {
        if !self.goes_on {
            self.page.line();
        }
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.page.text(&format!("{number}. "));
                *number += 1;
            }
            _ => self.page.text(BULLET),
        }
        self.page.indent_by(LIST_INDENT);
        self.goes_on = true;
    }
}

/// The first word behind the fence, if it can stand in an attribute.
fn language(kind: &CodeBlockKind<'_>) -> Option<String> {
    let CodeBlockKind::Fenced(words) = kind else {
        return None;
    };
    let word = words.split([' ', ',', '\t']).next()?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '#' | '.');
    (!word.is_empty() && word.chars().all(fits)).then(|| word.to_owned())
}
