//! One network's waves, one after the other: the next begins when everybody has an answer.

use std::time::Duration;

use anyhow::{Result, bail};
use indicatif::ProgressBar;
use tokio::time::Instant;

use super::network::Network;
use super::plan::{Question, Wave, quoted};
use super::trouble::Trouble;

/// Time for a wave. The longest waits are those of a supervisor that tries again, and of a network
/// that delivers again.
const PATIENCE: Duration = Duration::from_mins(2);
/// Questions without an answer that an error names.
const NAMED: usize = 5;

/// What was said and heard on one network.
pub(super) struct Talk {
    pub(super) network: Box<dyn Network>,
    pub(super) waves: Vec<Wave>,
    /// Ids of messages that `messages.trace` knows.
    pub(super) ids: Vec<String>,
    pub(super) took: Duration,
}

/// Asks everything, and waits for the answers.
pub(super) async fn talk(
    mut network: Box<dyn Network>,
    waves: Vec<Wave>,
    progress: ProgressBar,
) -> Result<Talk> {
    let began = Instant::now();
    let mut ids = Vec::new();
    for wave in &waves {
        ids.extend(ask(&mut *network, wave).await?);
        hear(&*network, wave, &progress).await?;
    }
    Ok(Talk {
        network,
        waves,
        ids,
        took: began.elapsed(),
    })
}

async fn ask(network: &mut dyn Network, wave: &Wave) -> Result<Vec<String>> {
    let Wave { trouble, questions } = wave;
    let mut ids = Vec::new();
    network.prepare(*trouble, questions.len());
    let (before, after) = questions.split_at(questions.len() / 2);
    for question in before {
        ids.extend(network.ask(question)?);
    }
    network.strike(*trouble).await?;
    for question in after {
        ids.extend(network.ask(question)?);
    }
    network.relent(*trouble, &ids).await?;
    Ok(ids)
}

async fn hear(network: &dyn Network, wave: &Wave, progress: &ProgressBar) -> Result<()> {
    let mut waiting = wave.questions.iter().rev().collect::<Vec<_>>();
    let mut heard = || {
        while let Some(question) = waiting.last() {
            if !is_answered(network, question) {
                return false;
            }
            waiting.pop();
            progress.inc(1);
        }
        true
    };
    if network.until(PATIENCE, &mut heard).await {
        return Ok(());
    }
    waiting.retain(|question| !is_answered(network, question));
    bail!("{}", silence(network.id(), wave.trouble, &waiting))
}

fn is_answered(network: &dyn Network, question: &Question) -> bool {
    let answers = network.answers(question.place);
    let mut newest = answers.iter().rev();
    newest.any(|answer| quoted(network.id(), answer) == Some(question.number))
}

fn silence(network: &str, trouble: Trouble, waiting: &[&Question]) -> String {
    let named: Vec<_> = waiting.iter().rev().take(NAMED).collect();
    let named: Vec<_> = named
        .iter()
        .map(|question| format!("{} in {:?}", question.word, question.place))
        .collect();
    format!(
        "{network}, trouble {trouble:?}: {} questions have no answer after {} s: {} …",
        waiting.len(),
        PATIENCE.as_secs(),
        named.join(", ")
    )
}
