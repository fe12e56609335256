//! Another client decides about what waits while a command of the table asks.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Time for a question to come: a loaded machine starts the client slowly.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Waits for a question and gives its id. `look` gives the list of what waits, as JSON; `left`
/// says whether whoever should ask has ended.
#[expect(
    clippy::disallowed_methods,
    reason = "another program is waited for, which tells us nothing when it asks"
)]
pub(super) fn question(
    look: impl Fn() -> Result<String>,
    left: impl Fn() -> bool,
) -> Result<String> {
    let began = Instant::now();
    loop {
        let leaves = left();
        if let Some(id) = first_id(&look()?)? {
            return Ok(id);
        }
        if leaves || began.elapsed() > PATIENCE {
            bail!("it did not ask for leave to run a program");
        }
        std::thread::sleep(PAUSE);
    }
}

fn first_id(list: &str) -> Result<Option<String>> {
    let list: Vec<Value> = serde_json::from_str(list)
        .with_context(|| format!("no list of what waits: {}", list.trim()))?;
    let id = list.first().and_then(|one| one.get("id"));
    Ok(id.and_then(Value::as_str).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_waits_is_taken_and_whoever_does_not_ask_is_found_out() {
        let list = |text: &'static str| move || Ok(text.to_owned());
        let asked = question(list(r#"[{"id":"a"},{"id":"b"}]"#), || true);
        assert_eq!(asked.unwrap(), "a");
        assert!(question(list("[]"), || true).is_err());
        assert!(question(list("what?"), || false).is_err());
    }
}
