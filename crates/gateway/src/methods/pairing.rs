//! `channels.pairing.*` and `channels.senders.list`.

use tidegate_core::channel::AccountKey;
use tidegate_core::store::{AdmittedSender, SenderRequest};
use tidegate_engine::PAIRING_TTL_MS;
use tidegate_protocol::api::pairing::{
    ChannelsPairingApprove, ChannelsPairingApproveParams, ChannelsPairingApproveResult,
    ChannelsPairingDismiss, ChannelsPairingDismissParams, ChannelsPairingDismissResult,
    ChannelsPairingList, ChannelsPairingListResult, ChannelsSendersList, ChannelsSendersListResult,
    SenderAdmitted, SenderAsking, SendersParams,
};
use tidegate_protocol::{Scope, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ChannelsPairingList> for Api {
    async fn serve(
        &self,
        _call: Call<ChannelsPairingList>,
        params: SendersParams,
    ) -> Result<ChannelsPairingListResult, ApiError> {
        let waiting = self.0.engine.pairing_requests().await?;
        Ok(ChannelsPairingListResult {
            ts: self.0.engine.now_ms(),
            requests: waiting
                .into_iter()
                .filter(|request| concerns(&params, &request.account))
                .map(asking)
                .collect(),
        })
    }
}

impl Serve<ChannelsPairingApprove> for Api {
    /// Letting somebody in as the owner gives rights that a caller without them cannot give.
    async fn serve(
        &self,
        call: Call<ChannelsPairingApprove>,
        params: ChannelsPairingApproveParams,
    ) -> Result<ChannelsPairingApproveResult, ApiError> {
        let owner = params.owner.unwrap_or(false);
        if owner {
            call.needs(Scope::Admin)?;
        }
        let engine = &self.0.engine;
        let sender = engine
            .approve_sender(&params.channel, &params.code, owner)
            .await?
            .ok_or_else(|| {
                ApiError::invalid(format!(
                    "nobody on {} waits with this code: codes are good for one hour and once",
                    params.channel
                ))
            })?;
        Ok(ChannelsPairingApproveResult {
            ok: true,
            sender: admitted(sender),
        })
    }
}

impl Serve<ChannelsPairingDismiss> for Api {
    /// A named account need not be configured any more: its people can still be forgotten.
    async fn serve(
        &self,
        _call: Call<ChannelsPairingDismiss>,
        params: ChannelsPairingDismissParams,
    ) -> Result<ChannelsPairingDismissResult, ApiError> {
        let engine = &self.0.engine;
        let key = match params.account_id {
            Some(account) => AccountKey {
                channel: params.channel,
                account,
            },
            None => engine.account_of(params.channel.as_str(), None)?,
        };
        let removed = engine.dismiss_sender(&key, &params.sender_id).await?;
        Ok(ChannelsPairingDismissResult { ok: true, removed })
    }
}

impl Serve<ChannelsSendersList> for Api {
    async fn serve(
        &self,
        _call: Call<ChannelsSendersList>,
        params: SendersParams,
    ) -> Result<ChannelsSendersListResult, ApiError> {
        let senders = self.0.engine.admitted_senders().await?;
        Ok(ChannelsSendersListResult {
            ts: self.0.engine.now_ms(),
            senders: senders
                .into_iter()
                .filter(|sender| concerns(&params, &sender.account))
                .map(admitted)
                .collect(),
        })
    }
}

fn concerns(params: &SendersParams, account: &AccountKey) -> bool {
    params
        .channel
        .as_ref()
        .is_none_or(|channel| *channel == account.channel)
        && params
            .account_id
            .as_ref()
            .is_none_or(|id| *id == account.account)
}

fn asking(request: SenderRequest) -> SenderAsking {
    SenderAsking {
        channel: request.account.channel,
        account_id: request.account.account,
        sender_id: request.sender_id,
        name: request.name,
        code: request.code,
        created_at_ms: request.at_ms,
        expires_at_ms: request.at_ms.saturating_add(PAIRING_TTL_MS),
    }
}

fn admitted(sender: AdmittedSender) -> SenderAdmitted {
    SenderAdmitted {
        channel: sender.account.channel,
        account_id: sender.account.account,
        sender_id: sender.sender_id,
        name: sender.name,
        owner: sender.owner,
        since_ms: sender.at_ms,
    }
}
