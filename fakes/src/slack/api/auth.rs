//! Whose token it is.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::methods::{Api, Token};
use crate::slack::world::names;

/// Tokens, and whether they still hold.
#[derive(Debug, Default)]
pub(in crate::slack) struct Auth {
    revoked: Option<String>,
}

impl Auth {
    /// From now on every token is answered with this error; none makes them hold again.
    pub(in crate::slack) fn revoke(&mut self, error: Option<&str>) {
        self.revoked = error.map(ToOwned::to_owned);
    }

    /// Checks a token for a method that wants this kind.
    pub(super) fn check(&self, token: Option<&str>, wanted: Token) -> Result<(), Refusal> {
        let token = token.ok_or("not_authed")?;
        let kind = match token {
            names::BOT_TOKEN => Token::Bot,
            names::APP_TOKEN => Token::App,
            _ => return Err("invalid_auth".into()),
        };
        if let Some(error) = &self.revoked {
            return Err(error.as_str().into());
        }
        if kind != wanted {
            return Err("not_allowed_token_type".into());
        }
        Ok(())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "every method has this shape")]
pub(super) fn test(api: &Api<'_>) -> Result<Value, Refusal> {
    let root = api.core.look(|world| world.root.clone());
    Ok(json!({
        "url": format!("{root}/"), "team": "Tidegate", "user": "tidegate", "team_id": names::TEAM,
        "user_id": names::BOT_USER, "bot_id": names::BOT, "is_enterprise_install": false,
    }))
}

/// `apps.connections.open`: the URL of a socket, for one use.
pub(super) fn open_connection(api: &Api<'_>) -> Result<Value, Refusal> {
    if !api.posted {
        return Err("insecure_request".into());
    }
    let (ticket, root) = api
        .core
        .world(|world| (world.next_uuid(), world.root.replacen("http", "ws", 1)));
    let lives = api.core.rules.ticket_lives;
    // The vendor does not say what it answers while Socket Mode is off.
    let ticket = api.core.dispatch.sockets().issue(ticket, lives);
    let ticket = ticket.ok_or("access_denied")?;
    Ok(json!({"url": format!("{root}/link/?ticket={ticket}&app_id={}", names::APP)}))
}

pub(super) fn user_info(api: &Api<'_>) -> Result<Value, Refusal> {
    let id = api.params.required("user")?;
    let user = api.core.look(|world| world.users.get(&id).cloned());
    let user = user.ok_or("user_not_found")?;
    Ok(json!({"user": user.to_json()}))
}
