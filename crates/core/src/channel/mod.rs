//! Chat networks, as the engine sees them: what arrives, where answers go, what a network can do,
//! and the port that every network implements.

mod capabilities;
mod claims;
mod inbound;
mod outbound;
mod place;
mod port;
mod state;
mod webhook;

pub use capabilities::{Capabilities, MediaLimits, Rate, Rates, TextLimit, TextUnit};
pub use claims::{Claim, Claims, Held};
pub use inbound::{
    Inbound, InboundEvent, InboundMedia, InboundMessage, MediaKind, ReplyTo, Sender, Space,
};
pub use outbound::{
    Act, Attempt, Body, Button, OutboundMedia, OutboundPart, Poll, Receipt, StoredFile,
};
pub use place::{AccountKey, Peer, PeerKind, Target};
pub use port::{Channel, ChannelError, Heard, Identity, Inbox, InboxError};
pub use state::AccountState;
pub use webhook::{Webhook, WebhookAnswer, WebhookRequest};
