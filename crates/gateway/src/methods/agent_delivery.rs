//! `agent` with `deliver`: where the answer goes, and what became of it.

use tidegate_core::SessionKey;
use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::run::Run;
use tidegate_engine::{EngineError, Sending};
use tidegate_protocol::api::agent::{AgentFinal, AgentParams, DeliveryState, DeliveryStatus};
use tidegate_protocol::api::send::FAMILY_CHANNELS;
use tidegate_protocol::{ErrorCode, ErrorShape};

use super::send::WEBCHAT;
use crate::error::ApiError;
use crate::rpc::call::Api;

/// The channel that a session was last spoken to from.
const LAST: &str = "last";

/// Where a caller wants an answer, as far as it says; `reply…` goes before its twin (V3 3.2).
struct Wish {
    /// The channel, unless the last one is meant.
    channel: Option<String>,
    account: Option<String>,
    to: Option<String>,
    thread: Option<String>,
}

impl Wish {
    fn of(params: &AgentParams) -> Self {
        let first = |one: &Option<String>, other: &Option<String>| {
            let named = |text: &&String| !text.trim().is_empty();
            let text = one.as_ref().filter(named);
            let text = text.or_else(|| other.as_ref().filter(named));
            text.map(|text| text.trim().to_owned())
        };
        let channel = first(&params.reply_channel, &params.channel);
        Self {
            channel: channel
                .map(|channel| channel.to_ascii_lowercase())
                .filter(|channel| channel != LAST),
            account: first(&params.reply_account_id, &params.account_id),
            to: first(&params.reply_to, &params.to),
            thread: first(&params.thread_id, &None),
        }
    }

    /// Whether a target is on the channel and the account that are named, if any are.
    fn fits(&self, target: &Target) -> bool {
        let AccountKey { channel, account } = &target.account;
        let channel_fits = self
            .channel
            .as_deref()
            .is_none_or(|c| c == channel.as_str());
        channel_fits
            && self
                .account
                .as_deref()
                .is_none_or(|a| a == account.as_str())
    }
}

impl Api {
    /// A name of the family passes, as in V3 6.3, and so does every channel that is configured.
    pub(super) fn check_channels(&self, params: &AgentParams) -> Result<(), ApiError> {
        let named = [&params.channel, &params.reply_channel];
        for channel in named.into_iter().flatten() {
            let channel = channel.trim().to_ascii_lowercase();
            let known = matches!(channel.as_str(), "" | WEBCHAT | LAST)
                || FAMILY_CHANNELS.contains(&channel.as_str())
                || self.is_configured(&channel);
            if !known {
                return Err(ApiError::invalid(format!(
                    "invalid agent params: unknown channel: {channel}"
                )));
            }
        }
        Ok(())
    }

    fn is_configured(&self, channel: &str) -> bool {
        self.0.engine.account_of(channel, None).is_ok()
    }

    /// Where the answer is to be delivered; `None` if it stays in the session.
    pub(super) async fn deliver_to(
        &self,
        params: &AgentParams,
        session: &SessionKey,
    ) -> Result<Option<Target>, ApiError> {
        let wish = Wish::of(params);
        if params.deliver != Some(true) || wish.channel.as_deref() == Some(WEBCHAT) {
            return Ok(None);
        }
        if let Some(channel) = wish.channel.as_deref().filter(|c| !self.is_configured(c)) {
            let text = format!("channel {channel} is not connected: send without `deliver`");
            return Err(ErrorShape::new(ErrorCode::NotLinked, text).into());
        }
        let last = self.0.engine.last_route(session).await?;
        let target = match &wish.to {
            Some(to) => self.named(&wish, to, last).await?,
            None => last
                .filter(|last| wish.fits(last))
                .ok_or_else(|| no_target(&wish, session))?,
        };
        self.0.engine.can_deliver(&target).map_err(gone)?;
        Ok(Some(target))
    }

    /// The conversation that is named, where no channel is on the last one.
    async fn named(&self, wish: &Wish, to: &str, last: Option<Target>) -> Result<Target, ApiError> {
        let last = last.map(|last| last.account);
        let channel = match (&wish.channel, &last) {
            (Some(channel), _) => channel.clone(),
            (None, Some(last)) => last.channel.to_string(),
            (None, None) => self.only_channel().await?,
        };
        let account = wish.account.clone().or_else(|| {
            let last = last.filter(|last| last.channel.as_str() == channel);
            last.map(|last| last.account.to_string())
        });
        self.target(&channel, account, to, wish.thread.clone())
            .await
    }

    /// The final answer with what became of the delivery, if one was asked for.
    pub(super) async fn with_delivery(
        &self,
        run: &Run,
        mut answer: AgentFinal,
    ) -> Result<AgentFinal, ApiError> {
        if let Some(result) = &mut answer.result {
            let how = self.0.engine.errand(run).await?;
            result.delivery_status = how.map(status);
        }
        Ok(answer)
    }
}

/// The account of the last route need not be there any more.
fn gone(error: EngineError) -> ApiError {
    match error {
        EngineError::UnknownChannel(channel) => {
            let text = format!("channel {channel} is not connected: send without `deliver`");
            ErrorShape::new(ErrorCode::NotLinked, text).into()
        }
        other => other.into(),
    }
}

fn no_target(wish: &Wish, session: &SessionKey) -> ApiError {
    let whence = wish.channel.as_deref().unwrap_or("any chat network");
    let needs = if wish.channel.is_some() {
        "`to`"
    } else {
        "`channel` and `to`"
    };
    ApiError::invalid(format!(
        "invalid agent params: nowhere to deliver to: nobody wrote to session {session} from {whence} last; name {needs}"
    ))
}

fn status(how: Sending) -> DeliveryStatus {
    let (status, reason) = match how {
        Sending::Sent(receipts) if receipts.is_empty() => (
            DeliveryState::Suppressed,
            Some("there was nothing to deliver".to_owned()),
        ),
        Sending::Sent(_) => (DeliveryState::Sent, None),
        Sending::Waiting { reason } => (DeliveryState::Queued, reason),
        Sending::GivenUp {
            reason,
            partly: true,
        } => (DeliveryState::PartialFailed, Some(reason)),
        Sending::GivenUp { reason, .. } => (DeliveryState::Failed, Some(reason)),
    };
    DeliveryStatus {
        requested: true,
        attempted: status != DeliveryState::Suppressed,
        succeeded: status == DeliveryState::Sent,
        status,
        reason,
    }
}
