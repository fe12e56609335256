//! Secrets of accounts: asked for without being shown, kept in files that only this user reads.

use std::io::{BufRead, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tidegate_channels::network::{Key, Network};
use tidegate_core::Secret;

use crate::args::SecretArgs;
use crate::config::env::Environment;
use crate::config::secret_ref::SecretRef;
use crate::config::secrets::{from_file, resolve};
use crate::config::template::write_whole;
use crate::exit::Exit;
use crate::output::{Failure, Screen};

/// Folder in the state directory; what lies there is ours to delete.
const FOLDER: &str = "secrets";
/// Longest line that is read as a secret, in bytes.
const LINE_BYTES: u64 = 64 * 1024;

/// A secret of an account.
pub(super) struct Given {
    /// Its key in the configuration.
    pub(super) key: &'static str,
    /// Itself.
    pub(super) secret: Secret<String>,
    /// Where it is to be kept.
    pub(super) place: Place,
}

/// Where a secret is kept.
pub(super) enum Place {
    /// In a file of ours.
    File(PathBuf),
    /// Where it is already.
    Env(String),
}

impl Given {
    /// What the configuration says in its stead.
    pub(super) fn reference(&self) -> SecretRef {
        match &self.place {
            Place::File(path) => SecretRef::File(path.display().to_string()),
            Place::Env(name) => SecretRef::Env(name.clone()),
        }
    }

    /// Writes the file, if it is one of ours. Gives its path if it was not there before.
    pub(super) fn keep(&self) -> std::io::Result<Option<&Path>> {
        let Place::File(path) = &self.place else {
            return Ok(None);
        };
        if let Some(folder) = path.parent() {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let new = !path.exists();
        write_whole(path, &format!("{}\n", self.secret.expose()))?;
        Ok(new.then_some(path))
    }
}

/// The secrets without which there is no account, the main one first.
pub(super) fn needed(network: &dyn Network) -> impl Iterator<Item = &'static Key> {
    let keys = network.keys().iter();
    keys.filter(|key| key.needed && key.secret)
}

/// The file for a secret: the main one of an account is its token.
pub(super) fn file(state_dir: &Path, network: &dyn Network, account: &str, key: &str) -> PathBuf {
    let is_main = needed(network).next().is_some_and(|main| main.name == key);
    let kind = if is_main { "token" } else { key };
    state_dir
        .join(FOLDER)
        .join(format!("{}-{account}.{kind}", network.id()))
}

/// Gets every secret that a network needs: from where the arguments say, else from the person.
///
/// # Errors
/// One cannot be had, or there is nobody to ask.
pub(super) fn collect(
    network: &dyn Network,
    account: &str,
    args: &SecretArgs,
    state_dir: &Path,
    screen: &Screen,
) -> anyhow::Result<Vec<Given>> {
    let sources = [
        ("--token", &args.token_file, &args.token_env),
        ("--app-token", &args.app_token_file, &args.app_token_env),
    ];
    let mut given = Vec::new();
    for (key, (argument, from, env)) in needed(network).zip(sources) {
        let kept = || Place::File(file(state_dir, network, account, key.name));
        let (secret, place) = match (from, env) {
            (Some(path), _) => (from_file(&format!("{argument}-file"), path)?, kept()),
            (None, Some(name)) => {
                let reference = SecretRef::Env(name.clone());
                let argument = format!("{argument}-env");
                let found = resolve(&argument, &reference, &Environment::of_process())?;
                (found, Place::Env(name.clone()))
            }
            (None, None) => (ask(key.ask, argument, screen)?, kept()),
        };
        given.push(Given {
            key: key.name,
            secret,
            place,
        });
    }
    Ok(given)
}

/// Asks without showing what is typed.
fn ask(what: &str, argument: &str, screen: &Screen) -> anyhow::Result<Secret<String>> {
    let stdin = std::io::stdin();
    let Some(_hidden) = Hidden::on(&stdin) else {
        let failure = Failure::new(
            Exit::Usage,
            format!("nobody can be asked for {what}, since this is no terminal"),
        );
        let next = format!("give it with {argument}-file FILE or {argument}-env NAME");
        return Err(failure.next(next).into());
    };
    let _ = write!(
        std::io::stderr().lock(),
        "Needed: {what}.\nIt is not shown: "
    );
    let mut line = String::new();
    let read = stdin.lock().take(LINE_BYTES).read_line(&mut line);
    let line = Secret::new(line);
    screen.note("");
    read?;
    let text = line.expose().trim();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Failure::new(Exit::Usage, "that is none: it has blanks, or is empty").into());
    }
    Ok(Secret::new(text.to_owned()))
}

/// While it lives, the terminal does not show what is typed.
struct Hidden(Termios);

impl Hidden {
    /// `None` if there is no terminal.
    fn on(stdin: &std::io::Stdin) -> Option<Self> {
        let before = tcgetattr(stdin).ok()?;
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(stdin, OptionalActions::Flush, &quiet).ok()?;
        Some(Self(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::compose::networks::NETWORKS;

    #[test]
    fn each_secret_has_a_file_of_its_own_that_only_its_user_reads() {
        let state = tempfile::tempdir().unwrap();
        for network in NETWORKS {
            let files: Vec<PathBuf> = needed(*network)
                .map(|key| file(state.path(), *network, "work", key.name))
                .collect();
            assert!(!files.is_empty(), "{}", network.id());
            for (at, path) in files.iter().enumerate() {
                assert!(!files.iter().skip(at + 1).any(|other| other == path));
                let given = Given {
                    key: "x",
                    secret: Secret::new("s3cret".to_owned()),
                    place: Place::File(path.clone()),
                };
                assert_eq!(given.keep().unwrap(), Some(path.as_path()));
                assert_eq!(given.keep().unwrap(), None, "it was there before");
                let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
                assert_eq!(mode(path) & 0o777, 0o600);
                assert_eq!(mode(path.parent().unwrap()) & 0o777, 0o700);
                assert_eq!(std::fs::read_to_string(path).unwrap(), "s3cret\n");
                assert_eq!(
                    given.reference(),
                    SecretRef::File(path.display().to_string())
                );
            }
        }
    }
}
