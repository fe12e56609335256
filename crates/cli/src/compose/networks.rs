//! The chat networks of this program. A new one is a line here, behind its feature.

use tidegate_channels::network::Network;

/// Every network that this program was built with, in the order to show.
pub(crate) const NETWORKS: &[&dyn Network] = &[
    #[cfg(feature = "telegram")]
    &tidegate_channels::telegram::TelegramNetwork,
    #[cfg(feature = "discord")]
    &tidegate_channels::discord::DiscordNetwork,
    #[cfg(feature = "slack")]
    &tidegate_channels::slack::SlackNetwork,
];

/// A network by its key in `channels`.
pub(crate) fn network(id: &str) -> Option<&'static dyn Network> {
    NETWORKS.iter().copied().find(|network| network.id() == id)
}
