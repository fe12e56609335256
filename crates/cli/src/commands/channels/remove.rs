//! Taking an account out of the configuration.

use std::path::Path;

use serde_json::json;
use tidegate_channels::network::Network;

use super::connect::{find, known, loaded};
use super::{secrets, senders};
use crate::args::{ChannelsRemoveArgs, Globals};
use crate::compose::probe::API_ROOT;
use crate::config::edit::Edit;
use crate::exit::Exit;
use crate::output::{Failure, Screen};

/// The people first: while they cannot be forgotten, everything stays as it is.
pub(crate) async fn remove(args: &ChannelsRemoveArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let network = known(&args.account.channel)?;
    let account = args.account.account.as_str();
    let loaded = loaded(globals)?;
    let Some(there) = find(&loaded, network.id(), account) else {
        let what = format!("{} has no account {account:?}", network.label());
        return Err(Failure::new(Exit::Usage, what).into());
    };
    let forgotten = if args.forget_senders {
        Some(senders::forget(network.id(), account, globals).await?)
    } else {
        None
    };
    let edit = Edit::open(&loaded.config_path)?;
    let path: Vec<&str> = there.path.split('.').collect();
    let channel = loaded.config.channels.get(network.id());
    let shared = path.len() == 2 && channel.is_some_and(|channel| !channel.accounts.is_empty());
    if shared {
        // What stands beside `accounts` holds for the other accounts too: only what is this
        // account's alone is taken away.
        let keys = network.keys().iter().map(|key| key.name);
        for key in keys.filter(|key| *key != API_ROOT).chain(["name"]) {
            edit.remove(&[path.as_slice(), &[key]].concat());
        }
    } else {
        edit.remove(&path);
    }
    edit.save()?;
    let deleted = delete_secrets(&loaded.state_dir, network, account)?;
    if screen.json {
        let told = json!({
            "channel": network.id(), "accountId": account, "removed": true, "deleted": deleted,
            "forgottenSenders": forgotten,
        });
        screen.say(&told.to_string())?;
        return Ok(Exit::Done);
    }
    screen.say(&format!(
        "{} ({account}) is out of {}",
        network.label(),
        loaded.config_path.display()
    ))?;
    for path in deleted {
        screen.note(&format!("deleted {path}"));
    }
    screen.note(&match forgotten {
        Some(count) => format!("forgot {count} who were let in through it"),
        None => screen.here(
            "People who were let in through it stay let in, for when it comes back: \
             `tidegate pairing senders` lists them, --forget-senders forgets them all.",
        ),
    });
    screen.note("Restart the gateway; until then it goes on.");
    Ok(Exit::Done)
}

/// Deletes the files that this program made for the account.
fn delete_secrets(
    state_dir: &Path,
    network: &dyn Network,
    account: &str,
) -> Result<Vec<String>, Failure> {
    let mut deleted = Vec::new();
    for key in network.keys().iter().filter(|key| key.secret) {
        let path = secrets::file(state_dir, network, account, key.name);
        let shown = path.display().to_string();
        match std::fs::remove_file(&path) {
            Ok(()) => deleted.push(shown),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                let what = format!("{shown} cannot be deleted: {error}");
                return Err(Failure::new(Exit::Failed, what));
            }
        }
    }
    Ok(deleted)
}
