//! One round: a fresh gateway, every figure once.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::figures::Figure;
use super::messages;
use super::process::{cpu_ms, peak_mib, reset_peak, rss_mib};
use super::tools::Bench;
use crate::daemon::{Daemon, Plain};
use crate::shell::Cmd;

/// Connections of the rows with many clients.
const MANY: &str = "1000";
/// Handshakes that one figure is the mean of.
const HANDSHAKES: u32 = 300;
/// Calls of the CLI that one figure is the mean of.
const CLI_CALLS: u32 = 50;
/// A message that makes an event of about 500 bytes.
const WORDS: usize = 290;
/// Letters of the messages that a reader leaves unread: its budget is full within seconds.
const SLOW_WORDS: usize = 60_000;

/// What a round gives: the figures, and what the tools said, word for word.
#[derive(Default)]
pub(super) struct Round {
    pub(super) figures: Vec<(Figure, f64)>,
    pub(super) raw: Vec<Value>,
}

impl Round {
    pub(super) fn take(&mut self, figure: Figure, value: f64) {
        println!("{:<60} {value:.3}", figure.name());
        self.figures.push((figure, value));
    }
}

struct Stage<'a> {
    bench: &'a Bench,
    dir: &'a Path,
    daemon: &'a Daemon,
    token: String,
    pid: String,
    round: Round,
}

impl<'a> Stage<'a> {
    fn new(bench: &'a Bench, dir: &'a Path, daemon: &'a Daemon) -> Result<Self> {
        let (token, pid) = (daemon.token()?, daemon.pid().to_string());
        Ok(Self {
            bench,
            dir,
            daemon,
            token,
            pid,
            round: Round::default(),
        })
    }
}

/// Measures everything once.
pub(super) fn round(bench: &Bench, dir: &Path) -> Result<Round> {
    let mut daemon = Daemon::start(&bench.gateway, &dir.join("state"))?;
    let mut stage = Stage::new(bench, dir, &daemon)?;
    stage.take(Figure::ReadyCpu, cpu_ms(daemon.pid())?);
    stage.take(Figure::RssIdle, rss_mib(daemon.pid())?);
    stage.templates()?;
    stage.operators()?;
    stage.calls()?;
    stage.fanout()?;
    stage.handshakes()?;
    stage.cli()?;
    let mut round = stage.round;
    daemon.stop()?;
    // What follows wants a gateway whose memory nobody has stretched before.
    let mut fresh = Daemon::start(&bench.gateway, &dir.join("fresh"))?;
    let mut stage = Stage::new(bench, dir, &fresh)?;
    stage.slow_reader()?;
    round.figures.append(&mut stage.round.figures);
    round.raw.append(&mut stage.round.raw);
    fresh.stop()?;
    let mut idle = Daemon::start(&bench.gateway, &dir.join("idle"))?;
    let (took, ended) = timed(|| idle.stop());
    ended?;
    round.figures.push((Figure::Stop, took));
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
    let bytes = fs::metadata(&bench.gateway)?.len() as f64;
    round
        .figures
        .push((Figure::Binary, bytes / 1024.0 / 1024.0));
    messages::measure(&bench.gateway, &mut round)?;
    Ok(round)
}

impl Stage<'_> {
    fn take(&mut self, figure: Figure, value: f64) {
        self.round.take(figure, value);
    }

    /// Frames of the load: a connect without a device as the owner on this host makes it, and requests.
    fn templates(&self) -> Result<()> {
        let connect = |mode: &str| {
            json!({ "type": "req", "id": "c{{id}}", "method": "connect", "params": {
                "minProtocol": 3, "maxProtocol": 4, "role": "operator", "scopes": ["operator.admin"],
                "client": { "id": "gateway-client", "version": "1.0.0", "platform": "linux", "mode": mode },
                "auth": { "token": self.token },
            }})
        };
        let request = |method: &str, params: Value| json!({ "type": "req", "id": "{{id}}", "method": method, "params": params });
        let send = json!({ "to": "main", "message": "w".repeat(WORDS), "idempotencyKey": "{{id}}-{{now_ms}}" });
        for (name, frame) in [
            // A command line is not listed in presence, so nothing but the event itself is told.
            ("connect", connect("cli")),
            ("operator", connect("ui")),
            ("health", request("health", json!({}))),
            ("light", request("last-heartbeat", json!({}))),
            ("send", request("send", send)),
        ] {
            fs::write(self.dir.join(name), frame.to_string())?;
        }
        Ok(())
    }

    /// Runs wsload against the gateway.
    fn wsload(&mut self, workload: &str, connect: &str, args: &[&str]) -> Result<Value> {
        let url = format!("{}/", self.daemon.url());
        let common = [
            "--url",
            &url,
            "--connect",
            connect,
            "--connect-reply",
            "hello-ok",
            "--server-pid",
            &self.pid,
        ];
        let report = self
            .bench
            .wsload(self.dir, &[&[workload], &common[..], args].concat())?;
        self.round.raw.push(report.clone());
        Ok(report)
    }

    fn gwload(&mut self, mode: &str, args: &[&str]) -> Result<Value> {
        let url = self.daemon.url();
        let common = [
            "--url",
            &url,
            "--token",
            &self.token,
            "--pid",
            &self.pid,
            "--client-id",
            "cli",
            "--client-mode",
            "cli",
        ];
        let report = self
            .bench
            .gwload(self.dir, &[&[mode], &common[..], args].concat())?;
        self.round.raw.push(report.clone());
        Ok(report)
    }

    /// Memory of a thousand who do nothing.
    fn operators(&mut self) -> Result<()> {
        let before = rss_mib(self.daemon.pid())?;
        let report = self.wsload(
            "idle",
            "operator",
            &["--connections", MANY, "--settle", "3", "--hold", "3"],
        )?;
        if field(&report, "/up") != 1000 {
            bail!("only {} of {MANY} connections stood", field(&report, "/up"));
        }
        let after = number(&report, "/memory/server_rss_open_kib")? / 1024.0;
        self.take(Figure::RssThousand, after);
        self.take(Figure::RssEach, (after - before) * 1024.0 / 1000.0);
        Ok(())
    }

    fn calls(&mut self) -> Result<()> {
        let one = self.call("health", "1")?;
        self.take(Figure::Health, one);
        let busy = self.call("health", "50")?;
        self.take(Figure::HealthBusy, busy);
        let light = self.call("light", "50")?;
        self.take(Figure::LightCalls, 1e6 / light);
        Ok(())
    }

    /// Microseconds of the gateway's CPU for one call.
    fn call(&mut self, request: &str, connections: &str) -> Result<f64> {
        let load = [
            "--reply",
            "\"res\"",
            "--seconds",
            "4",
            "--request",
            request,
            "--connections",
            connections,
        ];
        let report = self.wsload("echo", "connect", &load)?;
        number(&report, CPU_PER_OP)
    }

    /// The same load on the gateway and, right after it, on plain TCP with frames of the same size.
    fn fanout(&mut self) -> Result<()> {
        let load = [
            "--connections",
            MANY,
            "--rounds",
            "200",
            "--settle",
            "2",
            "--request",
            "send",
            "--event",
            "\"event\":\"chat\"",
        ];
        let ours = self.wsload("fanout", "connect", &load)?;
        let cpu = number(&ours, CPU_PER_OP)?;
        let params = format!(
            r#"{{"to":"main","message":"@TAG@{}","idempotencyKey":"sample-@TAG@"}}"#,
            "w".repeat(WORDS)
        );
        let sample = self.gwload(
            "fanout",
            &[
                "--connections",
                "1",
                "--rounds",
                "3",
                "--method",
                "send",
                "--params",
                &params,
            ],
        )?;
        let mut plain = Plain::start(
            &self.bench.plain_tcp,
            &field(&sample, "/frame_bytes").to_string(),
            self.dir,
        )?;
        let (url, pid) = (
            format!("raw://127.0.0.1:{}", plain.port()),
            plain.pid().to_string(),
        );
        let common = [
            "--url",
            &url,
            "--connect",
            "connect",
            "--connect-reply",
            "hello-ok",
            "--server-pid",
            &pid,
        ];
        let reference = self
            .bench
            .wsload(self.dir, &[&["fanout"], &common[..], &load[..]].concat())?;
        plain.stop()?;
        self.round.raw.push(reference.clone());
        self.take(Figure::Fanout, cpu);
        self.take(Figure::FanoutRatio, cpu / number(&reference, CPU_PER_OP)?);
        Ok(())
    }

    /// A known device that shows the secret, one after the other.
    fn handshakes(&mut self) -> Result<()> {
        let device = [
            "--device",
            "shared",
            "--device-key",
            "device.key",
            "--concurrency",
            "1",
        ];
        self.gwload("connect", &[&device[..], &["--connections", "1"]].concat())?;
        let before = cpu_ms(self.daemon.pid())?;
        let count = HANDSHAKES.to_string();
        let report = self.gwload(
            "connect",
            &[&device[..], &["--connections", &count]].concat(),
        )?;
        if field(&report, "/opened") != HANDSHAKES {
            bail!("handshakes failed: {}", field(&report, "/errors"));
        }
        self.take(
            Figure::Handshake,
            (cpu_ms(self.daemon.pid())? - before) / f64::from(HANDSHAKES),
        );
        Ok(())
    }

    /// The whole process, from start to exit. A shell tells what its children used.
    fn cli(&mut self) -> Result<()> {
        let line = format!(
            "for i in $(seq {CLI_CALLS}); do {} gateway health --url {} --token-file {} >/dev/null || exit 1; done; cat /proc/$$/stat",
            self.bench.gateway.display(),
            self.daemon.url(),
            self.daemon.token_file().display()
        );
        let cmd = Cmd::new("sh", self.dir)
            .only_path()
            .env("HOME", self.dir)
            .args(["-c", &line]);
        let stat = cmd.stdout()?;
        let after_name = stat.rsplit_once(')').context("no stat")?.1;
        let ticks: f64 = after_name
            .split_whitespace()
            .skip(13)
            .take(2)
            .filter_map(|word| word.parse::<f64>().ok())
            .sum();
        self.take(Figure::CliHealth, ticks * TICK_MS / f64::from(CLI_CALLS));
        Ok(())
    }

    /// Its neighbours get everything; it is closed and told so. The peak counts, over that of the
    /// same messages without it.
    fn slow_reader(&mut self) -> Result<()> {
        let words = "w".repeat(SLOW_WORDS);
        let params = |name: &str| {
            format!(r#"{{"to":"main","message":"@TAG@{words}","idempotencyKey":"{name}-@TAG@"}}"#)
        };
        let load = ["--connections", "5", "--method", "send", "--params"];
        let warm = ["--rounds", "100", "--gap-ms", "0"];
        self.gwload("fanout", &[&load[..], &[&params("warm")], &warm].concat())?;
        let before = reset_peak(self.daemon.pid())?;
        let slow = [
            "--max-protocol",
            "3",
            "--duration-s",
            "10",
            "--pad-bytes",
            "0",
        ];
        let report = self.gwload("slow", &[&load[..], &[&params("slow")], &slow].concat())?;
        let ending = field(&report, "/slow_client/ending");
        if ending != "close 1008 slow consumer" {
            bail!("the reader that stopped was not closed: {ending}");
        }
        self.take(Figure::SlowReader, peak_mib(self.daemon.pid())? - before);
        Ok(())
    }
}

/// Where wsload tells the server's CPU in microseconds per operation.
const CPU_PER_OP: &str = "/window/server/cpu_us_per_op";
/// The kernel's tick.
const TICK_MS: f64 = 10.0;

fn field(report: &Value, pointer: &str) -> Value {
    report.pointer(pointer).cloned().unwrap_or_default()
}

fn number(report: &Value, pointer: &str) -> Result<f64> {
    report
        .pointer(pointer)
        .and_then(Value::as_f64)
        .with_context(|| format!("no {pointer} in {report}"))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the time on the real clock is the point"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = std::time::Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}
