//! From the parser's events to the page.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use super::dialect::Around;
use super::{Dialect, Page, Table, read};

const BULLET: &str = "• ";
const RULE: &str = "———";
const TODO: &str = "☐ ";
const DONE: &str = "☑ ";

/// Markdown in a network's dialect.
pub(crate) fn write(markdown: &str, dialect: &'static Dialect) -> String {
    let mut writer = Writer::new(dialect);
    for event in read(markdown) {
        writer.take(event);
    }
    writer.page.finish()
}

struct Writer {
    dialect: &'static Dialect,
    page: Page,
    /// Marks that are on, from the outside in; none for one inside of itself.
    styles: Vec<Option<Around>>,
    /// Ends of the links around, from the outside in.
    links: Vec<String>,
    /// The next number of every list around, from the outside in; none for bullets.
    lists: Vec<Option<u64>>,
    /// Quotes around.
    quotes: usize,
    table: Option<Table>,
    code: Option<Code>,
    /// The next block goes on where the page stands: behind a bullet, at the head of a quote.
    goes_on: bool,
}

/// A block of code that is being read.
struct Code {
    /// The words behind its fence.
    info: String,
    text: String,
}

impl Writer {
    const fn new(dialect: &'static Dialect) -> Self {
        Self {
            dialect,
            page: Page::new(dialect.escape),
            styles: Vec::new(),
            links: Vec::new(),
            lists: Vec::new(),
            quotes: 0,
            table: None,
            code: None,
            goes_on: false,
        }
    }

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
                self.begin_style(self.dialect.bold);
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
            Tag::Emphasis => self.begin_style(self.dialect.italic),
            Tag::Strong => self.begin_style(self.dialect.bold),
            Tag::Strikethrough => self.begin_style(self.dialect.struck),
            // Networks find addresses of mail by themselves.
            Tag::Link {
                link_type: LinkType::Email,
                ..
            } => self.begin_link(""),
            Tag::Link { dest_url, .. } => self.begin_link(&dest_url),
            Tag::Image { dest_url, .. } => {
                self.begin_link(&dest_url);
                self.text(self.dialect.picture);
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
                self.page.outdent_by(self.dialect.list_indent);
            }
            TagEnd::Table => self.end_table(),
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
            (None, None) if text.is_empty() => {}
            (None, None) => {
                self.goes_on = false;
                self.page.text(text);
            }
        }
    }

    fn inline_code(&mut self, code: &str) {
        if let Some(table) = &mut self.table {
            return table.text(code);
        }
        self.goes_on = false;
        (self.dialect.inline_code)(&mut self.page, code);
    }

    fn block(&mut self) {
        if !std::mem::take(&mut self.goes_on) {
            self.page.block();
        }
    }

    fn begin_style(&mut self, marks: Around) {
        if self.table.is_some() {
            return;
        }
        let fresh = !self.styles.contains(&Some(marks));
        if fresh {
            self.page.mark(marks.0);
        }
        self.styles.push(fresh.then_some(marks));
    }

    fn end_style(&mut self) {
        if self.table.is_none()
            && let Some(Some((_, mark))) = self.styles.pop()
        {
            self.page.close(mark);
        }
    }

    /// A link inside of a link, as pictures in links are, is only words.
    fn begin_link(&mut self, url: &str) {
        if self.table.is_none() {
            let within = self.links.iter().any(|end| !end.is_empty());
            let url = if within { "" } else { url };
            let end = (self.dialect.begin_link)(&mut self.page, url);
            self.links.push(end);
        }
    }

    fn end_link(&mut self) {
        if self.table.is_none()
            && let Some(end) = self.links.pop()
        {
            self.page.close(&end);
        }
    }

    fn begin_quote(&mut self) {
        self.block();
        if self.quotes == 0 {
            self.page.set_margin(self.dialect.margin);
            self.page.mark(self.dialect.quote.0);
        }
        self.goes_on = true;
        self.quotes += 1;
    }

    fn end_quote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
        self.goes_on = false;
        if self.quotes == 0 {
            self.page.close(self.dialect.quote.1);
            self.page.set_margin("");
        }
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.block();
        let info = match kind {
            CodeBlockKind::Fenced(words) => words.to_string(),
            CodeBlockKind::Indented => String::new(),
        };
        let text = String::new();
        self.code = Some(Code { info, text });
    }

    fn end_code(&mut self) {
        if let Some(code) = self.code.take() {
            let text = code.text.trim_end_matches('\n');
            (self.dialect.code_block)(&mut self.page, &code.info, text);
        }
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
        self.page.indent_by(self.dialect.list_indent);
        self.goes_on = true;
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    fn end_table(&mut self) {
        if let Some(table) = self.table.take() {
            let lines = table.lines(&self.dialect.strokes);
            (self.dialect.code_block)(&mut self.page, "", &lines);
        }
    }
}
