//! What we add to a message of a chat network: from the update that the network hands out to the
//! beginning of its run, and from the end of the run to the call that sends the answer.
//!
//! The network is our imitation and the model answers at once, both in this process, so that every
//! moment is read from one clock. An update counts from the moment at which it wakes a poll that
//! waits; a run begins and ends when its event arrives at a client; the answer is there when the
//! network has read the whole call. Each figure so holds one or two hops over loopback, a few tens
//! of microseconds each, and nothing else of a network.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tidegate_fakes::telegram::{TelegramFake, User};
use tidegate_testkit::{Daemon, MockProvider, RawClient, Reply};
use tokio::time::{Instant, sleep_until};

use super::figures::{Figure, percentile};
use super::measure::Round;

/// Messages that are measured.
const MEASURED: usize = 200;
/// People who take turns; the first message of each is not measured.
const PEOPLE: usize = 50;
/// From one message to the next: slower than what our outbox lets an account send (30 a second).
const PACE: Duration = Duration::from_millis(50);
/// For each step of a message.
const PATIENCE: Duration = Duration::from_secs(10);
/// The number of the first person.
const FIRST_PERSON: i64 = 10_000;
const SEND: &str = "sendMessage";

/// The delays of one message, in milliseconds.
struct Delays {
    to_run: f64,
    to_network: f64,
}

struct Stage {
    network: TelegramFake,
    client: RawClient,
}

/// The figures of [`MEASURED`] messages, one after the other.
pub(super) fn measure(gateway: &Path, round: &mut Round) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let delays = runtime.block_on(delays(gateway))?;
    let to_run: Vec<_> = delays.iter().map(|delays| delays.to_run).collect();
    let to_network: Vec<_> = delays.iter().map(|delays| delays.to_network).collect();
    for (figure, values, rank) in [
        (Figure::ToRun, &to_run, 50),
        (Figure::ToRunSlowest, &to_run, 99),
        (Figure::ToNetwork, &to_network, 50),
        (Figure::ToNetworkSlowest, &to_network, 99),
    ] {
        let value = percentile(values, rank).context("no message was measured")?;
        round.take(figure, value);
    }
    round
        .raw
        .push(json!({ "messages": { "toRunMs": to_run, "toNetworkMs": to_network } }));
    Ok(())
}

async fn delays(gateway: &Path) -> Result<Vec<Delays>> {
    let network = TelegramFake::start().await?;
    let model = MockProvider::start(|_| Reply::Words {
        pieces: vec!["Yes.".into()],
        pause: Duration::ZERO,
        usage: (1, 1),
    })
    .await?;
    let mut daemon = Daemon::start(gateway, &config(&network, &model), &[]).await?;
    let scopes = ["operator.read"];
    let client = RawClient::owner(daemon.port(), &daemon.token()?, &scopes).await?;
    let mut stage = Stage { network, client };
    let mut measured = Vec::new();
    for number in 0..PEOPLE + MEASURED {
        let next = Instant::now() + PACE;
        let delays = stage.message(number).await?;
        if number >= PEOPLE {
            measured.push(delays);
        }
        sleep_until(next).await;
    }
    daemon.stop().await?;
    Ok(measured)
}

fn config(network: &TelegramFake, model: &MockProvider) -> Value {
    json!({
        "channels": { "telegram": {
            "botToken": network.token(), "apiRoot": network.root(),
            "dmPolicy": "open", "allowFrom": ["*"], "streaming": false,
        } },
        "session": { "dmScope": "per-channel-peer" },
        "messages": { "queue": { "debounceMs": 0 } },
        "models": { "providers": { "mock": {
            "api": "openai-completions", "baseUrl": model.base_url(), "models": [{ "id": "mock-1" }],
        } } },
        "agents": { "defaults": { "model": { "primary": "mock/mock-1" } } },
    })
}

impl Stage {
    /// Somebody writes, and gets an answer.
    async fn message(&mut self, number: usize) -> Result<Delays> {
        let Self { network, client } = self;
        let polled = network.wait_for(PATIENCE, |network| network.is_polled().then_some(()));
        polled.await.context("nobody polls")?;
        let person = FIRST_PERSON + i64::try_from(number % PEOPLE)?;
        let sent = network.count_calls(SEND);
        let said = Instant::now();
        network.say(person, &User::new(person, "Somebody"), "Are you there?");
        let answered = async {
            let call = network.wait_for(PATIENCE, |network| {
                (network.count_calls(SEND) > sent).then(Instant::now)
            });
            call.await.context("no answer was sent")
        };
        let (run, answered) = tokio::try_join!(run(client), answered)?;
        Ok(Delays {
            to_run: millis(said, run.began),
            to_network: millis(run.ended, answered),
        })
    }
}

/// When a run was told to have begun and ended.
struct Run {
    began: Instant,
    ended: Instant,
}

async fn run(client: &mut RawClient) -> Result<Run> {
    let began = phase(client, "start").await?;
    let ended = phase(client, "end").await?;
    Ok(Run { began, ended })
}

async fn phase(client: &mut RawClient, phase: &str) -> Result<Instant> {
    let lifecycle = |event: &Value| event.pointer("/data/phase").is_some();
    let event = client.wait_event("agent", lifecycle).await?;
    let at = Instant::now();
    if event.pointer("/data/phase").and_then(Value::as_str) != Some(phase) {
        bail!("the run should {phase}: {event}");
    }
    Ok(at)
}

/// Milliseconds from one moment to the other; negative if it is the other way round.
fn millis(from: Instant, to: Instant) -> f64 {
    let before = from.saturating_duration_since(to).as_secs_f64();
    (to.saturating_duration_since(from).as_secs_f64() - before) * 1e3
}
