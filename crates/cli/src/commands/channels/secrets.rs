//! Secrets of accounts: asked for without being shown, kept in files that only this user reads.

use std::io::{BufRead, IsTerminal, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tidegate_channels::network::{Key, Network, Way};
use tidegate_core::Secret;

use crate::args::{SecretArgs, SecretSource};
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

/// The secrets that a way to be reached takes, the main one first.
pub(super) fn secrets_of<'a>(
    network: &'a dyn Network,
    way: &'a Way,
) -> impl Iterator<Item = &'static Key> + use<'a> {
    let keys = network.keys().iter();
    keys.filter(|key| key.secret && way.keys.contains(&key.name))
}

/// The file for a secret: the main one of an account is its token.
pub(super) fn file(state_dir: &Path, network: &dyn Network, account: &str, key: &str) -> PathBuf {
    let main = network.keys().iter().find(|key| key.secret);
    let is_main = main.is_some_and(|main| main.name == key);
    let kind = if is_main { "token" } else { key };
    state_dir
        .join(FOLDER)
        .join(format!("{}-{account}.{kind}", network.id()))
}

/// Which secrets are wanted, and for whom.
pub(super) struct Wanted<'a> {
    /// The network.
    pub(super) network: &'a dyn Network,
    /// How the account is to be reached.
    pub(super) way: &'a Way,
    /// The account.
    pub(super) account: &'a str,
    /// Whether the person is asked for those that no argument names.
    pub(super) ask: bool,
    /// Where files of ours lie.
    pub(super) state_dir: &'a Path,
}

impl Wanted<'_> {
    /// Gets the secrets: from where the arguments say, else from the person.
    ///
    /// # Errors
    /// One cannot be had, there is nobody to ask, or an argument is for nothing here.
    pub(super) fn collect(&self, args: &SecretArgs, screen: &Screen) -> anyhow::Result<Vec<Given>> {
        self.refuse_others(args)?;
        let mut given = Vec::new();
        for key in secrets_of(self.network, self.way) {
            let sources = args.sources();
            let Some(source) = sources.iter().find(|one| one.keys.contains(&key.name)) else {
                continue;
            };
            if !self.ask && !source.is_given() {
                continue;
            }
            let (secret, place) = self.find(key, source, screen)?;
            given.push(Given {
                key: key.name,
                secret,
                place,
            });
        }
        Ok(given)
    }

    fn find(
        &self,
        key: &Key,
        source: &SecretSource<'_>,
        screen: &Screen,
    ) -> anyhow::Result<(Secret<String>, Place)> {
        let argument = source.argument;
        let kept = || Place::File(file(self.state_dir, self.network, self.account, key.name));
        Ok(match (source.file, source.env) {
            (Some(path), _) => (from_file(&format!("{argument}-file"), path)?, kept()),
            (None, Some(name)) => {
                let reference = SecretRef::Env(name.to_owned());
                let argument = format!("{argument}-env");
                let found = resolve(&argument, &reference, &Environment::of_process())?;
                (found, Place::Env(name.to_owned()))
            }
            (None, None) => (ask(key.ask, argument, screen)?, kept()),
        })
    }

    /// An argument for a secret that this way does not take is a mistake.
    fn refuse_others(&self, args: &SecretArgs) -> Result<(), Failure> {
        let is_other = |source: &&SecretSource<'_>| {
            let mut wanted = secrets_of(self.network, self.way);
            source.is_given() && !wanted.any(|key| source.keys.contains(&key.name))
        };
        let Some(other) = args.sources().into_iter().find(|source| is_other(&source)) else {
            return Ok(());
        };
        let (label, mode) = (self.network.label(), self.way.mode);
        let what = format!("{label} by {mode} takes no {}", other.argument);
        Err(Failure::new(Exit::Usage, what))
    }
}

/// Asks for something that is no secret.
///
/// # Errors
/// There is nobody to ask, or nothing was said.
pub(super) fn ask_value(what: &str, argument: &str) -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(nobody(what).next(format!("give it with {argument}")).into());
    }
    let _ = write!(std::io::stderr().lock(), "Needed: {what}: ");
    let mut line = String::new();
    stdin.lock().take(LINE_BYTES).read_line(&mut line)?;
    one_word(&line)
}

fn nobody(what: &str) -> Failure {
    let what = format!("nobody can be asked for {what}, since this is no terminal");
    Failure::new(Exit::Usage, what)
}

fn one_word(line: &str) -> anyhow::Result<String> {
    let text = line.trim();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Failure::new(Exit::Usage, "that is none: it has blanks, or is empty").into());
    }
    Ok(text.to_owned())
}

/// Asks without showing what is typed.
fn ask(what: &str, argument: &str, screen: &Screen) -> anyhow::Result<Secret<String>> {
    let stdin = std::io::stdin();
    let Some(_hidden) = Hidden::on(&stdin) else {
        let next = format!("give it with {argument}-file FILE or {argument}-env NAME");
        return Err(nobody(what).next(next).into());
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
    Ok(Secret::new(one_word(line.expose())?))
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
            let secrets = network.keys().iter().filter(|key| key.secret);
            let files: Vec<PathBuf> = secrets
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

    #[test]
    fn every_secret_of_every_way_has_an_argument() {
        let args = SecretArgs::default();
        for network in NETWORKS {
            for way in network.ways() {
                for key in secrets_of(*network, way) {
                    let has = |source: &&SecretSource<'_>| source.keys.contains(&key.name);
                    assert_eq!(args.sources().iter().filter(has).count(), 1, "{}", key.name);
                }
            }
        }
    }
}
