//! A sign of life while something takes its time.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Screen;

/// Shorter waits show nothing: a flicker says less than silence.
const WORTH_SHOWING: Duration = Duration::from_millis(300);
/// Between two pictures.
const FRAME: Duration = Duration::from_millis(100);

/// Waits for `work`, with a spinner on the terminal if it takes long.
pub(crate) async fn with_spinner<T>(
    screen: &Screen,
    words: &str,
    work: impl Future<Output = T>,
) -> T {
    let waiting = Waiting::default();
    tokio::select! {
        biased;
        done = work => done,
        done = waiting.show(screen, words) => done,
    }
}

/// A wait that may be shown: a spinner that comes late and goes at once.
#[derive(Debug, Default, Clone)]
pub(crate) struct Waiting(Rc<RefCell<State>>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Short,
    Shown(ProgressBar),
    Over,
}

impl Waiting {
    /// Shows the spinner once the wait is long. Never ends; dropping it takes the spinner away.
    pub(crate) async fn show<T>(&self, screen: &Screen, words: &str) -> T {
        let _clear = Clear(self);
        if screen.err_is_terminal {
            tokio::time::sleep(WORTH_SHOWING).await;
            if matches!(*self.0.borrow(), State::Short) {
                self.0.replace(State::Shown(spinner(screen, words)));
            }
        }
        std::future::pending().await
    }

    /// The wait is over: what comes next is printed.
    pub(crate) fn over(&self) {
        let before = self.0.replace(State::Over);
        if let State::Shown(bar) = before {
            bar.finish_and_clear();
        }
    }
}

/// Ends the wait when it is dropped.
struct Clear<'a>(&'a Waiting);

impl Drop for Clear<'_> {
    fn drop(&mut self) {
        self.0.over();
    }
}

fn spinner(screen: &Screen, words: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(words.to_owned());
    let template = if screen.err().on {
        "{spinner:.cyan} {msg}"
    } else {
        "{spinner} {msg}"
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", " "]));
    }
    bar.enable_steady_tick(FRAME);
    bar
}
