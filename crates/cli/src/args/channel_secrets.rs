//! Arguments that say where the secrets of an account come from.

use std::path::{Path, PathBuf};

use clap::Args;

/// Where secrets come from. Without any of these they are asked for.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SecretArgs {
    /// File with the token; it is copied into the state directory
    #[arg(long, value_name = "FILE", conflicts_with = "token_env")]
    pub(crate) token_file: Option<PathBuf>,
    /// Environment variable with the token; the gateway reads it at each start
    #[arg(long, value_name = "NAME")]
    pub(crate) token_env: Option<String>,
    /// File with the app's own token, for networks that have one beside the bot's
    #[arg(long, value_name = "FILE", conflicts_with = "app_token_env")]
    pub(crate) app_token_file: Option<PathBuf>,
    /// Environment variable with the app's own token
    #[arg(long, value_name = "NAME")]
    pub(crate) app_token_env: Option<String>,
    /// File with the secret that signs webhooks
    #[arg(long, value_name = "FILE", conflicts_with = "signing_secret_env")]
    pub(crate) signing_secret_file: Option<PathBuf>,
    /// Environment variable with the secret that signs webhooks
    #[arg(long, value_name = "NAME")]
    pub(crate) signing_secret_env: Option<String>,
    /// File with the secret that the network shows with each webhook
    #[arg(long, value_name = "FILE", conflicts_with = "webhook_secret_env")]
    pub(crate) webhook_secret_file: Option<PathBuf>,
    /// Environment variable with the secret that the network shows with each webhook
    #[arg(long, value_name = "NAME")]
    pub(crate) webhook_secret_env: Option<String>,
    /// How long the network may take to answer, in milliseconds
    #[arg(long = "timeout", value_name = "MS", default_value_t = 20_000,
          value_parser = clap::value_parser!(u64).range(1_000..=600_000))]
    pub(crate) timeout_ms: u64,
}

/// Where one secret comes from, as the arguments say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SecretSource<'a> {
    /// The argument, without its `-file` or `-env`.
    pub(crate) argument: &'static str,
    /// The keys that it is for; a network has one of them at most.
    pub(crate) keys: &'static [&'static str],
    /// A file.
    pub(crate) file: Option<&'a Path>,
    /// A variable of the environment.
    pub(crate) env: Option<&'a str>,
}

impl SecretSource<'_> {
    /// Whether it was given.
    pub(crate) const fn is_given(&self) -> bool {
        self.file.is_some() || self.env.is_some()
    }
}

impl SecretArgs {
    /// Every secret that an argument can name.
    pub(crate) fn sources(&self) -> [SecretSource<'_>; 4] {
        [
            SecretSource {
                argument: "--token",
                keys: &["botToken", "token"],
                file: self.token_file.as_deref(),
                env: self.token_env.as_deref(),
            },
            SecretSource {
                argument: "--app-token",
                keys: &["appToken"],
                file: self.app_token_file.as_deref(),
                env: self.app_token_env.as_deref(),
            },
            SecretSource {
                argument: "--signing-secret",
                keys: &["signingSecret"],
                file: self.signing_secret_file.as_deref(),
                env: self.signing_secret_env.as_deref(),
            },
            SecretSource {
                argument: "--webhook-secret",
                keys: &["webhookSecret"],
                file: self.webhook_secret_file.as_deref(),
                env: self.webhook_secret_env.as_deref(),
            },
        ]
    }
}
