//! Who we are, and what the owner should switch on.

use std::sync::Arc;

use tidegate_core::channel::{ChannelError, Identity};

use super::api::{CallError, Me};
use super::channel::Slack;
use super::settings::Mode;

/// What the app can do with which scope. Without one, this and nothing else is missing.
const SCOPES: &[(&str, &str)] = &[
    ("chat:write", "write"),
    ("im:history", "hear direct messages"),
    ("im:write", "begin direct messages"),
    ("app_mentions:read", "hear its name"),
    ("channels:history", "hear public channels"),
    ("groups:history", "hear private channels"),
    ("mpim:history", "hear conversations of several people"),
    ("reactions:read", "hear reactions"),
    ("reactions:write", "react"),
    ("files:read", "fetch files"),
    ("files:write", "send files"),
    ("users:read", "learn people's names"),
    ("channels:read", "learn the names of public channels"),
    ("groups:read", "learn the names of private channels"),
];

impl Slack {
    /// Asks who we are.
    pub(super) async fn meet(&self) -> Result<Arc<Me>, ChannelError> {
        let me = self.api.who().await.map_err(CallError::receiving)?;
        Ok(self.me.learn(me))
    }

    /// Asks who we are, and whether events can come in.
    pub(super) async fn identify(&self) -> Result<Identity, ChannelError> {
        let me = self.meet().await?;
        let mut notes = notes(&me);
        match &self.settings.mode {
            Mode::Socket { app_token } => {
                let ticket = self.api.ticket(app_token).await;
                ticket.map_err(CallError::receiving)?;
            }
            Mode::Webhook { public_url, .. } => notes.push(format!(
                "Slack must know {public_url} as the Request URL of Event Subscriptions, of \
                 Interactivity, and of each slash command."
            )),
        }
        Ok(Identity {
            id: me.user_id.clone(),
            name: me.team.clone(),
            handle: me.user.clone(),
            notes,
        })
    }
}

/// A sentence for each thing that the app may not do, if Slack told what it may.
fn notes(me: &Me) -> Vec<String> {
    let Some(scopes) = &me.scopes else {
        return Vec::new();
    };
    let has = |scope: &str| scopes.iter().any(|had| had == scope);
    SCOPES
        .iter()
        .filter(|(scope, _)| !has(scope))
        .map(|(scope, what)| {
            format!(
                "The app cannot {what}: add the scope {scope} under OAuth & Permissions and \
                 install it again."
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me(scopes: Option<&[&str]>) -> Me {
        let me: Me = serde_json::from_str(r#"{"user_id":"U1"}"#).unwrap();
        let scopes = scopes.map(|scopes| scopes.iter().map(|one| (*one).to_owned()).collect());
        Me { scopes, ..me }
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(notes(&me(None)).is_empty());
        let all: Vec<_> = SCOPES.iter().map(|(scope, _)| *scope).collect();
        assert!(notes(&me(Some(&all))).is_empty());
        let (last, some) = all.split_last().unwrap();
        let notes = notes(&me(Some(some)));
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains(last), "{notes:?}");
    }
}
