//! What every command gets: the common arguments, and how to reach the gateway.

use std::path::PathBuf;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches};
use tidegate_client::Fingerprint;

use super::Cli;

/// The heading of what every command that talks to a gateway takes.
const CONNECTION: &str = "Connection";

/// What every command gets.
#[derive(Debug, Clone)]
pub(crate) struct Globals {
    /// A state directory of its own, by name.
    pub(crate) profile: Option<String>,
    /// Machine-readable output.
    pub(crate) json: bool,
    /// The gateway's address.
    pub(crate) url: Option<String>,
    /// The gateway's secret, on the command line.
    pub(crate) token: Option<String>,
    /// The gateway's secret, in a file.
    pub(crate) token_file: Option<PathBuf>,
    /// The gateway's password, in a file.
    pub(crate) password_file: Option<PathBuf>,
    /// The certificate that the gateway must show.
    pub(crate) tls_fingerprint: Option<Fingerprint>,
    /// How long to try, in milliseconds.
    pub(crate) timeout_ms: u64,
    /// No colours.
    pub(crate) no_color: bool,
}

/// How to reach the gateway. Without any of these: the one of this user on this host.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = CONNECTION)]
pub(crate) struct Connection {
    /// Address of the gateway, such as ws://127.0.0.1:18789
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Secret of the gateway; other users of this host can see it here, so prefer --token-file
    #[arg(long, conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// File with the secret of the gateway
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// File with the password of the gateway
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// SHA-256 of the certificate that a wss:// gateway must show, whoever vouches for it
    #[arg(long, value_name = "SHA256")]
    pub(crate) tls_fingerprint: Option<Fingerprint>,
    /// How long to try, in milliseconds
    #[arg(long = "timeout", value_name = "MS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub(crate) timeout_ms: u64,
}

/// Whether a command talks to a gateway, so that [`Connection`] is among its arguments.
pub(crate) fn takes_connection(command: &clap::Command) -> bool {
    command
        .get_arguments()
        .any(|argument| argument.get_help_heading() == Some(CONNECTION))
}

/// How to reach the gateway, as the command that was typed says it; none if it takes no such thing.
pub(crate) fn connection(matches: &ArgMatches) -> Option<Connection> {
    let grammar = Cli::command();
    let (mut command, mut matches) = (&grammar, matches);
    while let Some((name, inner)) = matches.subcommand() {
        (command, matches) = (command.find_subcommand(name)?, inner);
    }
    takes_connection(command)
        .then(|| Connection::from_arg_matches(matches).ok())
        .flatten()
}

impl Cli {
    /// The common part, with the connection of one command.
    pub(crate) fn globals(&self, connection: Option<&Connection>) -> Globals {
        let base = Globals {
            profile: self.profile.clone(),
            json: self.json,
            url: None,
            token: None,
            token_file: None,
            password_file: None,
            tls_fingerprint: None,
            timeout_ms: 10_000,
            no_color: self.no_color,
        };
        let Some(connection) = connection.cloned() else {
            return base;
        };
        let Connection {
            url,
            token,
            token_file,
            password_file,
            tls_fingerprint,
            timeout_ms,
        } = connection;
        Globals {
            url,
            token,
            token_file,
            password_file,
            tls_fingerprint,
            timeout_ms,
            ..base
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is declared after the connection would stand under its heading.
    #[test]
    fn only_what_belongs_to_the_connection_is_under_its_heading() {
        let connection = Connection::augment_args(clap::Command::new("connection"));
        let known = |id: &clap::Id| connection.get_arguments().any(|own| own.get_id() == id);
        let mut commands = vec![Cli::command()];
        while let Some(command) = commands.pop() {
            for argument in command.get_arguments() {
                if argument.get_help_heading() == Some(CONNECTION) {
                    let id = argument.get_id();
                    assert!(known(id), "{}: {id}", command.get_name());
                }
            }
            commands.extend(command.get_subcommands().cloned());
        }
    }
}
