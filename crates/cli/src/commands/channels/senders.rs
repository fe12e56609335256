//! The people who were let in through an account that goes away.

use tidegate_protocol::api::pairing::{
    ChannelsPairingDismiss, ChannelsPairingDismissParams, ChannelsSendersList, SendersParams,
};
use tidegate_protocol::{AccountId, ChannelId, Scope};

use crate::args::Globals;
use crate::commands::connection::Context;

/// Takes their right away, by the running gateway, which keeps them. Gives how many they were.
pub(super) async fn forget(
    channel: &str,
    account: &str,
    globals: &Globals,
) -> anyhow::Result<usize> {
    let channel = ChannelId::new(channel);
    let account = AccountId::new(account);
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Pairing]).await?;
    let of_account = SendersParams {
        channel: Some(channel.clone()),
        account_id: Some(account.clone()),
    };
    let list = context
        .call::<ChannelsSendersList>(&mut gateway, &of_account)
        .await?;
    let mut forgotten = 0;
    for sender in list.senders {
        let params = ChannelsPairingDismissParams {
            channel: channel.clone(),
            account_id: Some(account.clone()),
            sender_id: sender.sender_id,
        };
        let done = context
            .call::<ChannelsPairingDismiss>(&mut gateway, &params)
            .await?;
        forgotten += usize::from(done.removed);
    }
    gateway.close().await;
    Ok(forgotten)
}
