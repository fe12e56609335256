//! A sign of life while something takes its time.

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
    let mut work = std::pin::pin!(work);
    if !screen.err_is_terminal {
        return work.await;
    }
    tokio::select! {
        done = &mut work => return done,
        () = tokio::time::sleep(WORTH_SHOWING) => {}
    }
    let spinner = Spinner::start(screen, words);
    let done = work.await;
    drop(spinner);
    done
}

/// A spinner that goes when it is dropped.
pub(crate) struct Spinner(ProgressBar);

impl Spinner {
    /// Begins to turn.
    pub(crate) fn start(screen: &Screen, words: &str) -> Self {
        let bar = ProgressBar::new_spinner().with_message(words.to_owned());
        let template = if screen.err().on {
            "{spinner:.cyan} {msg}"
        } else {
            "{spinner} {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(
                style.tick_strings(&["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏", " "]),
            );
        }
        bar.enable_steady_tick(FRAME);
        Self(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
