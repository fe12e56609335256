//! What programs on this machine are kept out of, although they run as our user.

use std::path::PathBuf;

use tidegate_exec::{Demand, Fence};

use crate::config::Loaded;
use crate::config::accounts::accounts;
use crate::config::env::Environment;
use crate::config::secret_ref::SecretRef;

/// Around the state directory and the other files that hold secrets. The agents' folders and their
/// canvases stay open, also where they are in the state directory.
pub(super) fn fence(loaded: &Loaded) -> Option<Fence> {
    let demand = loaded.config.tools.exec.fence.demand()?;
    let folders = loaded.workspaces.iter().map(|placed| placed.dir.clone());
    let open = folders.chain([super::canvas::root(loaded)]);
    Some(Fence::around(hidden(loaded), demand).but_for(open))
}

/// What is wrong with it, for the first lines, the log and health.
pub(crate) fn problem(loaded: &Loaded) -> Option<String> {
    judge(loaded.config.tools.exec.fence.demand(), Fence::works_here())
}

fn judge(demand: Option<Demand>, works: bool) -> Option<String> {
    let text = match (demand?, works) {
        (_, true) => return None,
        (Demand::Required, false) => {
            "the kernel has no Landlock (or it is not in its `lsm=` list) and tools.exec.fence is \"required\": no program runs here"
        }
        (Demand::BestEffort, false) => {
            "the kernel has no Landlock (or it is not in its `lsm=` list): a program that is allowed can read the gateway's secrets and approve its own next command; see docs/approvals.md"
        }
    };
    Some(text.to_owned())
}

fn hidden(loaded: &Loaded) -> Vec<PathBuf> {
    let mut hidden = vec![loaded.state_dir.clone(), loaded.config_path.clone()];
    hidden.extend(secret_files(loaded));
    hidden
}

/// The files from which secrets are read.
fn secret_files(loaded: &Loaded) -> Vec<PathBuf> {
    let env = Environment::of_process();
    let config = &loaded.config;
    let auth = &config.gateway.auth;
    let own = auth.token.iter().chain(&auth.password);
    let providers = config.models.providers.values();
    let keys = providers.filter_map(|provider| provider.api_key.as_ref());
    let channels: Vec<_> = config
        .channels
        .iter()
        .flat_map(|(name, channel)| accounts(name, channel))
        .collect();
    let channels = channels
        .iter()
        .flat_map(|account| account.config.secrets())
        .filter_map(|(_, secret)| secret);
    let files = own.chain(keys).chain(channels).filter_map(|secret| {
        let SecretRef::File(path) = secret else {
            return None;
        };
        placed(&env, path)
    });
    let tls_key = config.gateway.tls.key_path.as_deref();
    files
        .chain(tls_key.and_then(|path| env.rooted(path)))
        .collect()
}

/// Where a file with a secret is: an argument may name one from where the gateway was started.
fn placed(env: &Environment, path: &str) -> Option<PathBuf> {
    env.rooted(path).or_else(|| std::path::absolute(path).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_an_argument_names_from_here_is_hidden_too() {
        let env = Environment::of_process();
        let here = std::env::current_dir().unwrap();
        assert_eq!(placed(&env, "own/token"), Some(here.join("own/token")));
        assert_eq!(placed(&env, "/etc/token"), Some("/etc/token".into()));
    }

    #[test]
    fn a_kernel_that_cannot_is_told_of_unless_nothing_is_demanded() {
        for demand in [Demand::Required, Demand::BestEffort] {
            assert_eq!(judge(Some(demand), true), None);
            assert!(judge(Some(demand), false).is_some());
        }
        assert_eq!(judge(None, false), None);
    }
}
