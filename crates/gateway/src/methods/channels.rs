//! `channels.status` and `channels.logout`.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use tidegate_engine::{AccountStatus, Engine};
use tidegate_protocol::api::channels::{
    ChannelMeta, ChannelsLogout, ChannelsLogoutParams, ChannelsLogoutResult, ChannelsStatus,
    ChannelsStatusParams, ChannelsStatusResult, PROBE_TIMEOUT_MOST_MS, PROBE_TIMEOUT_MS,
    family_words,
};
use tidegate_protocol::{AccountId, ChannelId, Serve};

use super::accounts;
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ChannelsStatus> for Api {
    async fn serve(
        &self,
        _call: Call<ChannelsStatus>,
        params: ChannelsStatusParams,
    ) -> Result<ChannelsStatusResult, ApiError> {
        let engine = &self.0.engine;
        let asked = |channel: &ChannelId| params.channel.as_ref().is_none_or(|one| one == channel);
        if params.probe == Some(true) {
            let within = params
                .timeout_ms
                .unwrap_or(PROBE_TIMEOUT_MS)
                .min(PROBE_TIMEOUT_MOST_MS);
            self.probe(params.channel.as_ref(), Duration::from_millis(within))
                .await?;
        }
        let mut statuses = engine.account_statuses().await?;
        statuses.retain(|status| asked(&status.key.channel));
        Ok(snapshot(engine, &statuses))
    }
}

impl Api {
    /// Asks the networks of every account, or of one network's.
    pub(super) async fn probe(
        &self,
        only: Option<&ChannelId>,
        within: Duration,
    ) -> Result<(), ApiError> {
        let engine = &self.0.engine;
        let Some(channel) = only else {
            engine.probe_accounts(None, within).await;
            return Ok(());
        };
        let statuses = engine.account_statuses().await?;
        let of_channel = statuses.iter().filter(|one| one.key.channel == *channel);
        join_all(of_channel.map(|one| engine.probe_accounts(Some(&one.key), within))).await;
        Ok(())
    }
}

/// The accounts by network, each network's default account first.
fn snapshot(engine: &Engine, statuses: &[AccountStatus]) -> ChannelsStatusResult {
    let mut by_channel = BTreeMap::<&ChannelId, Vec<&AccountStatus>>::new();
    for status in statuses {
        by_channel
            .entry(&status.key.channel)
            .or_default()
            .push(status);
    }
    let mut all = ChannelsStatusResult {
        ts: engine.now_ms(),
        ..ChannelsStatusResult::default()
    };
    for (channel, mut accounts) in by_channel {
        let default = engine.account_of(channel.as_str(), None).ok();
        accounts.sort_by_key(|status| default.as_ref() != Some(&status.key));
        add_channel(&mut all, channel, &accounts);
    }
    all
}

fn add_channel(all: &mut ChannelsStatusResult, channel: &ChannelId, statuses: &[&AccountStatus]) {
    let Some(default) = statuses.first() else {
        return;
    };
    let id = channel.to_string();
    let label = default.label.to_owned();
    let (detail_label, system_image) = family_words(channel.as_str())
        .map(|(detail, image)| (detail.to_owned(), image.to_owned()))
        .unzip();
    let detail_label = detail_label.unwrap_or_else(|| label.clone());
    all.channel_order.push(id.clone());
    all.channel_labels.insert(id.clone(), label.clone());
    all.channel_detail_labels
        .insert(id.clone(), detail_label.clone());
    if let Some(image) = &system_image {
        all.channel_system_images.insert(id.clone(), image.clone());
    }
    all.channel_meta.push(ChannelMeta {
        id: id.clone(),
        label,
        detail_label,
        system_image,
    });
    all.channels.insert(id.clone(), accounts::summary(default));
    all.channel_default_account_id
        .insert(id.clone(), default.key.account.to_string());
    let rows = statuses.iter().map(|status| accounts::row(status));
    all.channel_accounts.insert(id, rows.collect());
}

impl Serve<ChannelsLogout> for Api {
    async fn serve(
        &self,
        _call: Call<ChannelsLogout>,
        params: ChannelsLogoutParams,
    ) -> Result<ChannelsLogoutResult, ApiError> {
        let engine = &self.0.engine;
        let account = params.account_id.as_ref().map(AccountId::as_str);
        let key = engine
            .account_of(params.channel.as_str(), account)
            .map_err(|_| ApiError::invalid("invalid channels.logout channel"))?;
        let done = engine.logout_account(&key).await?;
        Ok(ChannelsLogoutResult {
            channel: key.channel,
            account_id: key.account,
            cleared: done.cleared,
            logged_out: done.remains_in.is_none(),
            remains_in: done.remains_in,
        })
    }
}
