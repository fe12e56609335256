//! A bot in a direct chat and a group, by long poll.

use std::sync::Arc;

use tidegate_channels::telegram::Telegram;
use tidegate_core::channel::{Channel, ChannelError, OutboundPart, PeerKind, Target};
use tidegate_fakes::telegram::{Membership, TelegramFake};

use crate::contract::{Live, MemoryInbox, attempt};
use crate::rig::{ADA, HARBOUR, ada, settings, target, telegram};

pub(crate) struct World {
    pub(crate) fake: TelegramFake,
    pub(crate) telegram: Arc<Telegram>,
    pub(crate) inbox: Arc<MemoryInbox>,
}

pub(crate) async fn world() -> World {
    let fake = TelegramFake::start().await.unwrap();
    fake.membership(ADA, &ada(), Membership::Member);
    fake.membership(HARBOUR, &ada(), Membership::Member);
    World {
        telegram: telegram(settings(&fake)),
        fake,
        inbox: Arc::default(),
    }
}

impl World {
    pub(crate) async fn live(&self) -> Live {
        Live::started(Arc::clone(&self.telegram) as Arc<dyn Channel>, &self.inbox).await
    }

    pub(crate) async fn send(&self, to: &Target, part: &OutboundPart) -> Result<i64, ChannelError> {
        let receipt = self.telegram.send(to, part, &attempt("1")).await?;
        Ok(receipt.message_id.parse().unwrap())
    }
}

pub(crate) fn harbour() -> Target {
    target(PeerKind::Group, HARBOUR, None)
}

pub(crate) fn direct() -> Target {
    target(PeerKind::Direct, ADA, None)
}
