//! The chat networks of this program. A new one is a line here.

use tidegate_channels::discord::DiscordNetwork;
use tidegate_channels::network::Network;
use tidegate_channels::slack::SlackNetwork;
use tidegate_channels::telegram::TelegramNetwork;

/// Every network, in the order to show.
pub(crate) const NETWORKS: &[&dyn Network] = &[&TelegramNetwork, &DiscordNetwork, &SlackNetwork];

/// A network by its key in `channels`.
pub(crate) fn network(id: &str) -> Option<&'static dyn Network> {
    NETWORKS.iter().copied().find(|network| network.id() == id)
}
