//! From the parser's events to the page.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::page::{Page, escape};
use super::table::Table;

const BULLET: &str = "• ";
const RULE: &str = "———";
const TODO: &str = "☐ ";
const DONE: &str = "☑ ";
/// How much further in a list inside of a list begins.
const LIST_INDENT: usize = 4;
const BOLD: &str = "*";
const ITALIC: &str = "_";
const STRUCK: &str = "~";

/// Markdown as Slack's mrkdwn.
pub(crate) fn mrkdwn(markdown: &str) -> String {
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
    /// Marks that are on, from the outside in; one inside of itself is not written twice.
    styles: Vec<Option<&'static str>>,
    /// Ends of the links around; a link inside of a link is only words.
    links: Vec<&'static str>,
    /// The next number of every list around, from the outside in; none for bullets.
    lists: Vec<Option<u64>>,
    table: Option<Table>,
    code: Option<String>,
    /// The next block goes on where the page stands: behind a bullet, at the head of a quote.
    goes_on: bool,
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
            | Event::FootnoteReference(text) => self.words(&text),
            Event::Code(text) => self.inline_code(&text),
            Event::SoftBreak | Event::HardBreak => self.words("\n"),
            Event::Rule => {
                self.block();
                self.words(RULE);
            }
            Event::TaskListMarker(done) => self.words(if done { DONE } else { TODO }),
        }
    }

    fn begin(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.block(),
            Tag::Heading { .. } => {
                self.block();
                self.begin_style(BOLD);
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.page.quote();
                self.goes_on = true;
            }
            Tag::CodeBlock(_) => {
                self.block();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                if self.lists.is_empty() && !self.goes_on {
                    self.page.block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.begin_item(),
            Tag::Table(_) => {
                self.block();
                self.table = Some(Table::default());
            }
            Tag::TableHead | Tag::TableRow => self.in_table(Table::row),
            Tag::TableCell => self.in_table(Table::cell),
            Tag::Emphasis => self.begin_style(ITALIC),
            Tag::Strong => self.begin_style(BOLD),
            Tag::Strikethrough => self.begin_style(STRUCK),
            // Slack finds addresses of mail by itself.
            Tag::Link {
                link_type: LinkType::Email,
                ..
            } => self.begin_link(""),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.begin_link(&dest_url),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => {
                self.page.unquote();
                self.goes_on = false;
            }
            TagEnd::CodeBlock => {
                if let Some(code) = self.code.take() {
                    self.page.code(code.trim_end_matches('\n'));
                }
            }
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::Item => {
                self.goes_on = false;
                self.page.outdent_by(LIST_INDENT);
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.page.code(&table.lines());
                }
            }
            TagEnd::Heading(_) | TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.end_style();
            }
            TagEnd::Link | TagEnd::Image => self.end_link(),
            _ => {}
        }
    }

    fn words(&mut self, words: &str) {
        match (&mut self.table, &mut self.code) {
            (Some(table), _) => table.words(words),
            (None, Some(code)) => code.push_str(words),
            (None, None) => {
                self.goes_on = false;
                self.page.words(words);
            }
        }
    }

    /// Code with a backtick in it is only words: Slack has no way to say it otherwise.
    fn inline_code(&mut self, code: &str) {
        if self.table.is_some() || code.contains('`') {
            return self.words(code);
        }
        self.goes_on = false;
        self.page.mark("`");
        self.page.words(code);
        self.page.close("`");
    }

    fn block(&mut self) {
        if !std::mem::take(&mut self.goes_on) {
            self.page.block();
        }
    }

    fn begin_style(&mut self, mark: &'static str) {
        if self.table.is_some() {
            return;
        }
        let fresh = !self.styles.contains(&Some(mark));
        if fresh {
            self.page.mark(mark);
        }
        self.styles.push(fresh.then_some(mark));
    }

    fn end_style(&mut self) {
        if self.table.is_some() {
            return;
        }
        if let Some(Some(mark)) = self.styles.pop() {
            self.page.close(mark);
        }
    }

    fn begin_link(&mut self, url: &str) {
        if self.table.is_some() {
            return;
        }
        let followed = self.links.iter().all(|end| end.is_empty()) && is_followed(url);
        if followed {
            let mut mark = String::from("<");
            // A bar or a bracket would end the address.
            escape(&mut mark, &url.replace('|', "%7C").replace('>', "%3E"));
            mark.push('|');
            self.page.mark(&mark);
        }
        self.links.push(if followed { ">" } else { "" });
    }

    fn end_link(&mut self) {
        if self.table.is_none()
            && let Some(end) = self.links.pop()
        {
            self.page.close(end);
        }
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    fn begin_item(&mut self) {
        if !self.goes_on {
            self.page.line();
        }
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.page.words(&format!("{number}. "));
                *number += 1;
            }
            _ => self.page.words(BULLET),
        }
        self.page.indent_by(LIST_INDENT);
        self.goes_on = true;
    }
}

/// Whether Slack makes a link of this address.
fn is_followed(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let schemes = ["http://", "https://", "mailto:", "tel:"];
    schemes.iter().any(|scheme| lower.starts_with(scheme))
}
