//! One recording against one fresh daemon.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::play::{Session, play};
use super::recording::Recording;
use crate::{Daemon, MockProvider, Reply};

/// The shared secret of the recordings.
pub(super) const TOKEN: &str = "dummy-token-123";
/// The key of the recordings' model provider.
pub(super) const PROVIDER_KEY: &str = "mock-key";
/// Words of a slow answer.
const SLOW_WORDS: usize = 60;
/// Between them; the recorded model took 200 ms.
const SLOW_PAUSE: Duration = Duration::from_millis(40);
/// Between the words of any other answer: longer than the least time between two updates.
const PAUSE: Duration = Duration::from_millis(100);

/// Starts the binary as the January server was configured, plays the recording against it, and
/// gives what it did.
///
/// # Errors
/// The daemon does not start, or goes away.
pub async fn capture(recording: &Recording, binary: &Path) -> io::Result<Session> {
    let model = MockProvider::start(reply).await?;
    let mut daemon = Daemon::start(binary, &configuration(&model.base_url()), &SECRETS).await?;
    let session = play(recording, daemon.port()).await?;
    daemon.stop().await?;
    Ok(session)
}

/// Secrets are not in the file: we would warn of them.
const SECRETS: [(&str, &str); 2] = [("REPLAY_TOKEN", TOKEN), ("REPLAY_KEY", PROVIDER_KEY)];

/// The recorded configuration, in our keys.
fn configuration(base_url: &str) -> Value {
    let mock = json!({ "id": "mock-1", "name": "Mock One", "reasoning": false, "input": ["text"], "contextWindow": 32000 });
    json!({
        "gateway": { "mode": "local", "bind": "loopback", "auth": { "token": { "env": "REPLAY_TOKEN" } },
            // January has them on by itself.
            "nodes": { "allowCommands": ["camera.snap", "screen.record", "browser.proxy"] } },
        "models": { "providers": { "mock": {
            "baseUrl": base_url, "apiKey": { "env": "REPLAY_KEY" }, "api": "openai-completions", "models": [mock],
        } } },
        "agents": { "defaults": { "model": { "primary": "mock/mock-1" } } },
    })
}

/// What the recorded model said.
fn reply(words: &str) -> Reply {
    // After a failed call the model hears that message again, before the new one.
    let words = words.lines().last().unwrap_or_default();
    if words.starts_with("failplease") {
        let body =
            json!({ "error": { "message": "mock failure", "type": "invalid_request_error" } });
        return Reply::Status { status: 400, body };
    }
    let slow = words.starts_with("slow");
    let pieces = if slow {
        (0..SLOW_WORDS)
            .map(|n| format!("{}word{n}", if n == 0 { "" } else { " " }))
            .collect()
    } else {
        ["Hello", " from", " the", " mock", " model.", " Bye."]
            .map(str::to_owned)
            .to_vec()
    };
    Reply::Words {
        pieces,
        pause: if slow { SLOW_PAUSE } else { PAUSE },
        usage: (10, 6),
    }
}
