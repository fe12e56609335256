//! Where the agents' folders are, and which places are none.

use std::path::{Component, Path, PathBuf};

use tidegate_protocol::AgentId;

use super::env::Environment;
use super::model_agents::AgentsConfig;
use super::placed::real;
use super::rules::is_rooted;

/// Where the folders are, in the state directory, of agents for whom none is named.
const FOLDER: &str = "workspaces";
/// The key for the default agent.
const DEFAULTS_KEY: &str = "agents.defaults.workspace";

/// An agent and its folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The agent's id.
    pub(crate) agent: String,
    /// The key that names the folder; none where no key does.
    pub(crate) key: Option<String>,
    /// The folder, absolute; it may not exist yet.
    pub(crate) dir: PathBuf,
}

/// What the configuration says of an agent's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked<'a> {
    /// The agent's id.
    pub(crate) agent: &'a str,
    /// Where it is said, and what; none where nothing is.
    pub(crate) said: Option<(String, &'a str)>,
}

impl Asked<'_> {
    /// Where it is if nothing is said.
    pub(crate) fn own_place(&self, state_dir: &Path) -> PathBuf {
        state_dir.join(FOLDER).join(self.agent)
    }

    fn is_named_for_itself(&self) -> bool {
        self.said
            .as_ref()
            .is_some_and(|(key, _)| key != DEFAULTS_KEY)
    }
}

/// What is said of each agent, in the order of the configuration. `agents.defaults.workspace` is
/// that of the default agent: two agents do not share a folder by accident.
pub(crate) fn asked(agents: &AgentsConfig) -> Vec<Asked<'_>> {
    let common = agents.defaults.workspace.as_deref();
    let common = || common.map(|path| (DEFAULTS_KEY.to_owned(), path));
    if agents.list.is_empty() {
        return vec![Asked {
            agent: AgentId::MAIN,
            said: common(),
        }];
    }
    let first = agents.list.iter().position(|agent| agent.default);
    let rows = agents.list.iter().enumerate().map(|(i, agent)| {
        let own = agent.workspace.as_deref();
        let own = own.map(|path| (format!("agents.list.{i}.workspace"), path));
        let is_default = i == first.unwrap_or(0);
        Asked {
            agent: &agent.id,
            said: own.or_else(|| common().filter(|_| is_default)),
        }
    });
    rows.collect()
}

/// The folder of each agent. Reads the file system, to see through links.
///
/// # Errors
/// Folders that cannot be: each with its key and what to do.
pub(crate) fn placed(
    agents: &AgentsConfig,
    env: &Environment,
    state_dir: &Path,
) -> Result<Vec<Placed>, Vec<(String, String)>> {
    let mut found: Vec<(Asked<'_>, PathBuf)> = Vec::new();
    let mut wrong = Vec::new();
    for asked in asked(agents) {
        let dir = match &asked.said {
            None => Ok(asked.own_place(state_dir)),
            Some((_, path)) => {
                absolute(path, env).and_then(|dir| clear_of_state(&dir, state_dir).map(|()| dir))
            }
        };
        match (dir, &asked.said) {
            (Ok(dir), _) => found.push((asked, dir)),
            (Err(message), Some((key, _))) => wrong.push((key.clone(), message)),
            (Err(_), None) => {}
        }
    }
    wrong.extend(shared(&found));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let all = found.into_iter().map(|(asked, dir)| Placed {
        agent: asked.agent.to_owned(),
        key: asked.said.map(|(key, _)| key),
        dir,
    });
    Ok(all.collect())
}

fn absolute(path: &str, env: &Environment) -> Result<PathBuf, String> {
    if !is_rooted(path) {
        return Err("must be an absolute path, or start with ~/".to_owned());
    }
    let dir = env
        .rooted(path)
        .ok_or("HOME is not set: write an absolute path")?;
    let plain = dir
        .components()
        .all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if plain {
        Ok(dir)
    } else {
        Err("must not have .. in it: write where the folder is".to_owned())
    }
}

/// An agent's folder is open to its tools: no secret and no file of the gateway may be in it.
fn clear_of_state(dir: &Path, state_dir: &Path) -> Result<(), String> {
    let (dir, state) = (real(dir), real(state_dir));
    let next = "name a folder of its own, such as ~/clawd";
    if state.starts_with(&dir) {
        return Err(format!(
            "the state directory {} with the secrets is there: {next}",
            state_dir.display()
        ));
    }
    let folders = state.join(FOLDER);
    if dir.starts_with(&state) && (dir == folders || !dir.starts_with(&folders)) {
        return Err(format!(
            "is among the gateway's own files: {next}, or one below {}",
            state_dir.join(FOLDER).display()
        ));
    }
    Ok(())
}

/// Two agents may have one folder only if each says so for itself.
fn shared(found: &[(Asked<'_>, PathBuf)]) -> Vec<(String, String)> {
    let mut wrong = Vec::new();
    for (i, (one, dir)) in found.iter().enumerate() {
        for (other, other_dir) in found.iter().skip(i + 1) {
            let agreed = one.is_named_for_itself() && other.is_named_for_itself();
            if agreed || real(dir) != real(other_dir) {
                continue;
            }
            let both = [(other, one), (one, other)];
            let named = both.iter().find(|(this, _)| this.is_named_for_itself());
            let named = named.or_else(|| both.iter().find(|(this, _)| this.said.is_some()));
            if let Some((this, that)) = named
                && let Some((key, _)) = &this.said
            {
                let by = that.agent;
                let message = format!(
                    "is the folder of agent \"{by}\" too: name another, or name this one in agents.list for both"
                );
                wrong.push((key.clone(), message));
            }
        }
    }
    wrong
}
