//! Finding what does not fit, and what takes its place.

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::markdown::{Strokes, Table, read};

/// Discord's limit; what does not fit into it with our changes goes without them.
const MOST_CHARS: usize = 2000;
/// Discord knows three sizes of headings.
const SMALLEST_HEADING: usize = 3;
const RULE: &str = "———";
const TODO: &str = "☐";
const DONE: &str = "☑";
/// How tables are drawn, which Discord does not have.
const STROKES: Strokes = Strokes {
    bar: " | ",
    rule: "-",
    cross: "-+-",
};
/// Words that notify everybody. Nobody is notified by us, and nobody shall be made to look so.
const CALLS: [&str; 2] = ["@everyone", "@here"];
/// Nothing, between `@` and the word.
const GAP: char = '\u{200b}';

/// Markdown as Discord shows it.
pub(crate) fn fit(markdown: &str) -> String {
    let mut reader = Reader::new(markdown);
    for (event, range) in read(markdown).into_offset_iter() {
        reader.take(&event, range);
    }
    reader.mask_calls();
    let fitted = patched(markdown, reader.patches);
    if fitted.chars().count() > MOST_CHARS {
        return markdown.to_owned();
    }
    fitted
}

/// A table in a block of code. What would end the block becomes harmless.
fn block(table: &Table) -> String {
    let lines = table.lines(&STROKES).replace("```", "'''");
    format!("```\n{lines}\n```")
}

/// Something else in the place of a stretch of the source.
struct Patch {
    at: Range<usize>,
    text: String,
}

struct Reader<'a> {
    source: &'a str,
    patches: Vec<Patch>,
    /// Code, in which nothing is changed.
    code: Vec<Range<usize>>,
    table: Option<Table>,
    /// Lists and quotes around.
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            patches: Vec::new(),
            code: Vec::new(),
            table: None,
            depth: 0,
        }
    }

    fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.begin(tag, range),
            Event::End(tag) => self.end(*tag, range),
            Event::Code(text) => {
                self.code.push(range);
                self.cell(text);
            }
            Event::Text(text) | Event::InlineHtml(text) => self.cell(text),
            Event::SoftBreak | Event::HardBreak => self.cell(" "),
            Event::Rule => {
                let source = self.source.get(range.clone()).unwrap_or_default();
                self.put(
                    range.start..range.start + source.trim_end().len(),
                    RULE.to_owned(),
                );
            }
            Event::TaskListMarker(done) => {
                let sign = if *done { DONE } else { TODO };
                self.put(range, sign.to_owned());
            }
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::List(_) | Tag::BlockQuote(_) => self.depth += 1,
            Tag::CodeBlock(_) => self.code.push(range),
            Tag::Heading { level, .. } => self.heading(*level, &range),
            Tag::Strong => self.bold(&range),
            Tag::Image { dest_url, .. } => self.picture(&range, dest_url),
            Tag::Table(_) if self.depth == 0 => self.table = Some(Table::default()),
            Tag::TableHead | Tag::TableRow => self.in_table(Table::row),
            Tag::TableCell => self.in_table(Table::cell),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::List(_) | TagEnd::BlockQuote(_) => self.depth = self.depth.saturating_sub(1),
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    self.put(range, format!("{}\n", block(&table)));
                }
            }
            _ => {}
        }
    }

    fn cell(&mut self, text: &str) {
        self.in_table(|table| table.text(text));
    }

    fn in_table(&mut self, change: impl FnOnce(&mut Table)) {
        if let Some(table) = &mut self.table {
            change(table);
        }
    }

    /// Small headings become larger ones, underlined ones get their signs.
    fn heading(&mut self, level: HeadingLevel, range: &Range<usize>) {
        let source = self.source.get(range.clone()).unwrap_or_default();
        let signs = source.len() - source.trim_start_matches('#').len();
        if signs > SMALLEST_HEADING {
            let at = range.start..range.start + signs;
            self.put(at, "#".repeat(SMALLEST_HEADING));
        } else if signs == 0
            && let Some((words, underline)) = source.trim_end().rsplit_once('\n')
            && !words.contains('\n')
        {
            let end = range.start + words.len();
            let underline = end..end + 1 + underline.len();
            self.put(
                range.start..range.start,
                format!("{} ", "#".repeat(level as usize)),
            );
            self.put(underline, String::new());
        }
    }

    /// Two underscores underline on Discord.
    fn bold(&mut self, range: &Range<usize>) {
        let source = self.source.get(range.clone()).unwrap_or_default();
        if source.starts_with("__") && source.ends_with("__") {
            self.put(range.start..range.start + 2, "**".to_owned());
            self.put(range.end - 2..range.end, "**".to_owned());
        }
    }

    /// Pictures by their address are links; one without words is its address.
    fn picture(&mut self, range: &Range<usize>, url: &str) {
        let source = self.source.get(range.clone()).unwrap_or_default();
        if source.starts_with("![](") {
            self.put(range.clone(), url.to_owned());
        } else if source.starts_with('!') {
            self.put(range.start..range.start + 1, String::new());
        }
    }

    /// Takes the sting out of words that call everybody.
    fn mask_calls(&mut self) {
        for call in CALLS {
            let places: Vec<_> = self
                .source
                .match_indices(call)
                .map(|(at, _)| at + 1)
                .collect();
            for at in places {
                if !self.code.iter().any(|code| code.contains(&at)) {
                    self.put(at..at, GAP.to_string());
                }
            }
        }
    }

    /// Inside of a table nothing else is changed: it is drawn anew.
    fn put(&mut self, at: Range<usize>, text: String) {
        if self.table.is_none() {
            self.patches.push(Patch { at, text });
        }
    }
}

/// The source with its patches. One that overlaps an earlier one gives way.
fn patched(source: &str, mut patches: Vec<Patch>) -> String {
    patches.sort_by_key(|patch| (patch.at.start, std::cmp::Reverse(patch.at.end)));
    let mut text = String::with_capacity(source.len());
    let mut done = 0;
    for patch in patches {
        if patch.at.start < done {
            continue;
        }
        text.push_str(source.get(done..patch.at.start).unwrap_or_default());
        text.push_str(&patch.text);
        done = patch.at.end;
    }
    text.push_str(source.get(done..).unwrap_or_default());
    text
}
