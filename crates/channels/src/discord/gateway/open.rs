//! Getting in: to the session that there is, or to a new one.

use reqwest::Url;
use tidegate_core::channel::ChannelError;

use super::frame::{identify, resume};
use super::link::Link;
use super::session::Session;
use crate::discord::account::Me;
use crate::discord::api::{CallError, GatewayBot, Route};
use crate::discord::channel::Discord;

impl Discord {
    /// Opens a socket and says who we are.
    pub(super) async fn enter(
        &self,
        me: &Me,
        session: Option<&Session>,
    ) -> Result<Link, ChannelError> {
        let url = match session {
            Some(session) => session.url.clone(),
            None => self.gateway().await?,
        };
        let url = self.address_of(&url)?;
        // Any number will do that differs between bots.
        let permille = u32::try_from(self.clock.now_ms() % 1000).unwrap_or(0);
        let mut link = Link::open(&self.http, &url, permille).await?;
        let token = self.settings.token.expose();
        let hello = match session {
            Some(session) => resume(token, session),
            None => identify(token, me),
        };
        link.say(hello).await?;
        Ok(link)
    }

    /// Where the gateway is. Discord makes a token worthless that begins too often, so it is not
    /// begun when none is left.
    pub(super) async fn gateway(&self) -> Result<String, ChannelError> {
        let bot = self.api.call(&Route::get(&["gateway", "bot"])).await;
        let bot: GatewayBot = bot.map_err(CallError::receiving)?;
        match bot.session_start_limit {
            Some(limit) if limit.remaining == 0 => Err(ChannelError::Limited {
                retry_after_ms: limit.reset_after,
                account: true,
            }),
            _ => Ok(bot.url),
        }
    }

    /// The socket's address with what the gateway wants to know. The token goes there, so it is
    /// never a plain one when the API is not.
    fn address_of(&self, url: &str) -> Result<String, ChannelError> {
        let wrong = |why: &str| ChannelError::Unreachable(format!("the gateway's address {why}"));
        let mut url = Url::parse(url).map_err(|_| wrong("is none"))?;
        if self.api.root().scheme() == "https" && url.scheme() != "wss" {
            return Err(wrong("is not a secure one"));
        }
        url.set_query(Some("v=10&encoding=json"));
        Ok(url.into())
    }
}
