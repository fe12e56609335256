//! Marks inside of a line.

use super::page::{Page, escape};

/// How a stretch of words looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Bold,
    Italic,
    Struck,
}

impl Style {
    const fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::Bold => ("<b>", "</b>"),
            Self::Italic => ("<i>", "</i>"),
            Self::Struck => ("<s>", "</s>"),
        }
    }
}

/// Styles that are on, from the outside in. One inside of itself is not written twice.
#[derive(Debug, Default)]
pub(super) struct Styles(Vec<(Style, bool)>);

impl Styles {
    pub(super) fn begin(&mut self, style: Style, page: &mut Page) {
        let fresh = self.0.iter().all(|(on, _)| *on != style);
        if fresh {
            page.open(style.tags().0);
        }
        self.0.push((style, fresh));
    }

    pub(super) fn end(&mut self, page: &mut Page) {
        if let Some((style, true)) = self.0.pop() {
            page.close(style.tags().1);
        }
    }
}

/// How a link is written: as one that Telegram follows, or with its address behind the words.
#[derive(Debug)]
pub(super) enum Link {
    /// Telegram follows it.
    Followed,
    /// Only the words are written.
    Bare,
    /// Telegram would not; the address is shown.
    Shown(String),
}

/// Addresses that Telegram makes links of.
const SCHEMES: &[&str] = &["http://", "https://", "tg://"];
/// Telegram finds these in the words by itself.
const MAIL: &str = "mailto:";

impl Link {
    pub(super) fn begin(url: &str, page: &mut Page) -> Self {
        let lower = url.to_ascii_lowercase();
        if SCHEMES.iter().any(|scheme| lower.starts_with(scheme)) {
            let mut tag = String::from("<a href=\"");
            escape(&mut tag, url);
            tag.push_str("\">");
            page.open(&tag);
            return Self::Followed;
        }
        if url.is_empty() || lower.starts_with(MAIL) {
            return Self::Bare;
        }
        Self::Shown(url.to_owned())
    }

    pub(super) fn end(self, page: &mut Page) {
        match self {
            Self::Followed => page.close("</a>"),
            Self::Bare => {}
            Self::Shown(url) => page.text(&format!(" ({url})")),
        }
    }
}
