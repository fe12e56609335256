//! Asking a network who we would be there, before anything is written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::http::HttpClient;
use tidegate_channels::network::{Network, Opening};
use tidegate_core::channel::{AccountKey, ChannelError, Identity};
use tidegate_core::{Secret, SystemClock};

use crate::exit::Exit;
use crate::output::Failure;

/// Where the network's API is, if not where it says itself.
pub(crate) const API_ROOT: &str = "apiRoot";
/// Where the network finds this gateway.
pub(crate) const WEBHOOK_URL: &str = "webhookUrl";

/// Opens an account with these secrets and other keys, asks the network, and closes it again.
///
/// # Errors
/// The secrets are none of this network's, or it does not know us by them, or gives no answer.
pub(crate) async fn probe_channel(
    network: &dyn Network,
    account: &str,
    secrets: BTreeMap<String, Secret<String>>,
    values: BTreeMap<String, String>,
    within: Duration,
) -> Result<Identity, Failure> {
    let label = network.label();
    let http = HttpClient::new().map_err(|why| Failure::new(Exit::Config, why.to_string()))?;
    let opening = Opening {
        account: AccountKey::new(network.id(), account),
        secrets,
        values,
        http,
        clock: Arc::new(SystemClock),
    };
    let channel = network
        .open(opening)
        .map_err(|why| Failure::new(Exit::Usage, format!("{label}: {why}")))?;
    match tokio::time::timeout(within, channel.probe()).await {
        Ok(Ok(identity)) => Ok(identity),
        Ok(Err(error)) => Err(Failure::new(exit(&error), format!("{label}: {error}"))),
        Err(_) => Err(Failure::new(
            Exit::Temporary,
            format!("{label}: no answer within {} s", within.as_secs()),
        )),
    }
}

const fn exit(error: &ChannelError) -> Exit {
    match error {
        ChannelError::SignedOut(_) => Exit::Denied,
        ChannelError::Limited { .. } | ChannelError::Unreachable(_) | ChannelError::Unknown(_) => {
            Exit::Temporary
        }
        _ => Exit::Failed,
    }
}
