//! The soak from its beginning to its end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use tidegate_testkit::Daemon;
use tokio::task::JoinSet;

use super::memory::Memory;
use super::network::{self, Network};
use super::plan::{Place, shares, waves};
use super::rest::Owner;
use super::setup::{config, known};
use super::talk::{Talk, talk};
use super::trouble::Trouble;
use super::verdict::{Tally, judge};
use crate::proof::gateway;

/// How much.
#[derive(Args)]
pub(crate) struct Options {
    /// Messages, over all networks together
    #[arg(long, default_value_t = 10_000, conflicts_with = "short", value_parser = clap::value_parser!(u32).range(1..1_000_000))]
    messages: u32,
    /// 500 messages, within a minute, for CI
    #[arg(long)]
    short: bool,
    /// A gateway that is built already [default: a build of the profile ci-release]
    #[arg(long, value_name = "FILE")]
    gateway: Option<PathBuf>,
}

impl Options {
    /// The short form.
    pub(in crate::proof) const fn short() -> Self {
        Self {
            messages: 0,
            short: true,
            gateway: None,
        }
    }
}

/// Messages of the short form.
const SHORT: usize = 500;
/// Lines of the gateway's last words that an error shows.
const LAST_LINES: usize = 20;

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let binary = match &options.gateway {
        Some(file) => file.canonicalize().context("fix: --gateway")?,
        None => gateway::build(root)?,
    };
    let messages = if options.short {
        SHORT
    } else {
        usize::try_from(options.messages)?
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(soak(&binary, messages))
}

async fn soak(binary: &Path, messages: usize) -> Result<()> {
    let networks = known(binary, network::start().await?)?;
    let mut daemon = Daemon::start(binary, &config(&networks), &[]).await?;
    let lived = live(&daemon, networks, messages).await;
    let lived = lived.with_context(|| last_words(&daemon))?;
    daemon.stop().await?;
    println!("{lived}");
    Ok(())
}

/// What the soak came to, as a table.
async fn live(daemon: &Daemon, networks: Vec<Box<dyn Network>>, messages: usize) -> Result<String> {
    let pid = u32::try_from(daemon.pid()?.as_raw_nonzero().get())?;
    let ids: Vec<_> = networks.iter().map(|network| network.id()).collect();
    // What is said before a bot is there, some networks never tell it.
    Owner::of(daemon).await?.until_quiet(&ids).await?;
    let mut memory = Memory::of(pid);
    let progress = bar(messages)?;
    let talks = tokio::select! {
        talks = talk_at_once(networks, messages, &progress) => talks?,
        gone = memory.watch(&progress) => bail!("the gateway ended: {gone:?}"),
    };
    progress.finish_and_clear();
    let course = memory.course()?;
    let mut report = vec![format!(
        "{:<12}{:>9}{:>8}{:>15}{:>8}{:>10}{:>8}{:>9}",
        "network", "messages", "once", "twice, marked", "waves", "troubled", "traced", "seconds"
    )];
    let mut owner = Owner::of(daemon).await?;
    owner.until_quiet(&ids).await?;
    owner.outbox_is_empty().await?;
    let mut answered = 0;
    for talk in &talks {
        let tally = tallied(talk)?;
        let traced = owner.are_answered(talk.network.id(), &talk.ids).await?;
        answered += tally.once + tally.twice;
        report.push(row(talk, &tally, traced));
    }
    if answered < messages {
        bail!("{messages} messages were asked for, and only {answered} went through");
    }
    report.push(format!("\n{course}"));
    course.judge().with_context(|| report.join("\n"))?;
    Ok(report.join("\n"))
}

async fn talk_at_once(
    networks: Vec<Box<dyn Network>>,
    messages: usize,
    progress: &ProgressBar,
) -> Result<Vec<Talk>> {
    let weights: Vec<_> = networks.iter().map(|network| network.weight()).collect();
    let mut at_work = JoinSet::new();
    for (network, share) in networks.into_iter().zip(shares(messages, &weights)) {
        let waves = waves(network.id(), share);
        at_work.spawn(talk(network, waves, progress.clone()));
    }
    let mut talks = Vec::new();
    while let Some(talked) = at_work.join_next().await {
        talks.push(talked??);
    }
    talks.sort_by_key(|talk| talk.network.id());
    Ok(talks)
}

fn tallied(talk: &Talk) -> Result<Tally> {
    let asked = || talk.waves.iter().flat_map(|wave| &wave.questions);
    let said: BTreeMap<Place, Vec<String>> = asked()
        .map(|question| question.place)
        .map(|place| (place, talk.network.answers(place)))
        .collect();
    let tally = judge(talk.network.id(), asked(), &said);
    if !tally.problems.is_empty() {
        bail!("{}:\n{}", talk.network.id(), tally.told());
    }
    Ok(tally)
}

fn row(talk: &Talk, tally: &Tally, traced: usize) -> String {
    let troubled = talk
        .waves
        .iter()
        .filter(|wave| wave.trouble != Trouble::Calm);
    format!(
        "{:<12}{:>9}{:>8}{:>15}{:>8}{:>10}{:>8}{:>9.1}",
        talk.network.id(),
        tally.once + tally.twice,
        tally.once,
        tally.twice,
        talk.waves.len(),
        troubled.count(),
        traced,
        talk.took.as_secs_f64()
    )
}

fn bar(messages: usize) -> Result<ProgressBar> {
    let style = "{bar:40} {pos}/{len} answered, {per_sec}, {eta} left";
    let bar = ProgressBar::new(u64::try_from(messages)?);
    Ok(bar.with_style(ProgressStyle::with_template(style)?))
}

fn last_words(daemon: &Daemon) -> String {
    let said = daemon.stderr();
    let lines: Vec<_> = said.lines().rev().take(LAST_LINES).collect();
    let lines: Vec<_> = lines.into_iter().rev().collect();
    format!("the gateway's last words:\n{}\n", lines.join("\n"))
}
