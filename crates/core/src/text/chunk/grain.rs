//! How fine a text is taken apart.

use unicode_segmentation::UnicodeSegmentation;

use super::{cost, inline};

/// What a text is taken apart into. The parts in their order are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    /// Lines of prose.
    Line,
    /// Lines of code.
    CodeLine,
    /// Sentences of a line.
    Sentence,
    /// Words; inline code and links are one.
    Word,
    /// Words; inline code and links are like other text.
    BareWord,
    /// What a reader takes for one character.
    Cluster,
    /// Characters.
    Char,
}

impl Grain {
    /// What to take apart into if this is too coarse.
    pub(super) const fn finer(self) -> Option<Self> {
        match self {
            Self::Line => Some(Self::Sentence),
            Self::Sentence => Some(Self::Word),
            Self::Word | Self::CodeLine => Some(Self::BareWord),
            Self::BareWord => Some(Self::Cluster),
            Self::Cluster => Some(Self::Char),
            Self::Char => None,
        }
    }

    /// Takes a text apart.
    pub(super) fn split(self, text: &str) -> Vec<&str> {
        cost::look(text.len());
        match self {
            Self::Line | Self::CodeLine => text.split_inclusive('\n').collect(),
            Self::Sentence => inline::sentences(text, &inline::atoms(text)),
            Self::Word => inline::words(text, &inline::atoms(text)),
            Self::BareWord => inline::words(text, &[]),
            Self::Cluster => text.graphemes(true).collect(),
            Self::Char => text.split_inclusive(|_| true).collect(),
        }
    }
}
