//! Where output goes, and whether it may have colours.

use std::io::{self, IsTerminal, Write};

use serde_json::value::RawValue;

use super::same_way::SameWay;
use crate::args::Globals;

/// Standard output and standard error of this process.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    /// Machine-readable output was asked for.
    pub(crate) json: bool,
    /// Somebody looks at standard output.
    pub(crate) out_is_terminal: bool,
    /// Somebody looks at standard error.
    pub(crate) err_is_terminal: bool,
    out: Paint,
    err: Paint,
    width: Option<usize>,
    way: SameWay,
}

impl Screen {
    /// Of this process.
    pub(crate) fn new(globals: &Globals) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colors = !globals.no_color && !set("NO_COLOR") && !dumb;
        let out_is_terminal = io::stdout().is_terminal();
        let err_is_terminal = io::stderr().is_terminal();
        let columns = out_is_terminal
            .then(|| comfy_table::Table::new().width())
            .flatten();
        Self {
            json: globals.json,
            out_is_terminal,
            err_is_terminal,
            out: Paint {
                on: colors && out_is_terminal,
            },
            err: Paint {
                on: colors && err_is_terminal,
            },
            width: columns.map(usize::from).filter(|columns| *columns > 0),
            way: SameWay::of(globals),
        }
    }

    /// A terminal of this width; for tests.
    #[cfg(test)]
    pub(crate) const fn of_width(columns: usize) -> Self {
        Self {
            json: false,
            out_is_terminal: true,
            err_is_terminal: false,
            out: Paint { on: false },
            err: Paint { on: false },
            width: Some(columns),
            way: SameWay::plain(),
        }
    }

    /// For standard output.
    pub(crate) const fn out(&self) -> Paint {
        self.out
    }

    /// For standard error.
    pub(crate) const fn err(&self) -> Paint {
        self.err
    }

    /// Columns of the terminal; `None` where nobody looks.
    pub(crate) const fn width(&self) -> Option<usize> {
        self.width
    }

    /// A text whose commands are for here: they lead to the same gateway when they are pasted.
    pub(crate) fn here(&self, text: &str) -> String {
        self.way.written_into(text)
    }

    /// What to do next, below a page.
    pub(crate) fn hint(&self, text: &str) -> String {
        self.out.dim(&self.here(text))
    }

    /// Prints lines.
    ///
    /// # Errors
    /// Nobody reads any more.
    #[expect(clippy::unused_self, reason = "printing is what a screen does")]
    pub(crate) fn say(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        if !text.ends_with('\n') {
            out.write_all(b"\n")?;
        }
        out.flush()
    }

    /// Prints a piece of text that goes on.
    ///
    /// # Errors
    /// Nobody reads any more.
    #[expect(clippy::unused_self, reason = "printing is what a screen does")]
    pub(crate) fn print(&self, text: &str) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// A line for people, beside the output.
    #[expect(clippy::unused_self, reason = "printing is what a screen does")]
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Prints a payload: exactly as it came where a program reads it, laid out where somebody
    /// looks.
    ///
    /// # Errors
    /// Nobody reads any more.
    pub(crate) fn payload(&self, payload: &RawValue) -> io::Result<()> {
        let laid_out = || {
            let value: serde_json::Value = serde_json::from_str(payload.get()).ok()?;
            serde_json::to_string_pretty(&value).ok()
        };
        if !self.out_is_terminal {
            return self.say(payload.get());
        }
        self.say(&super::clean(
            laid_out().as_deref().unwrap_or(payload.get()),
        ))
    }
}

/// Colours, or none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    pub(crate) on: bool,
}

impl Paint {
    fn code(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.code("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.code("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.code("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.code("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.code("33", text)
    }

    pub(crate) fn cyan(self, text: &str) -> String {
        self.code("36", text)
    }
}
