//! Who we are, and what the owner has switched on for us.

use std::sync::Arc;

use tidegate_core::channel::{ChannelError, Identity};

use super::api::{Application, CallError, Route, User};
use super::channel::Discord;

/// The application may read what people write: granted, or for an application in few guilds.
const READS_CONTENT: u64 = 1 << 18 | 1 << 19;
/// What to switch on, and where.
pub(super) const CONTENT_IS_OFF: &str = "Switch on MESSAGE CONTENT INTENT: discord.com/developers → \
     your application → Bot → Privileged Gateway Intents; until then only direct messages, mentions \
     and commands are heard";

/// The bot and its application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Me {
    /// The bot's id.
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) handle: Option<String>,
    /// The application's id; commands are registered under it.
    pub(super) application: String,
    /// What people write in guilds may be read.
    pub(super) reads_content: bool,
}

impl Me {
    /// A server that does not tell of applications is taken to grant everything; if it does not, it
    /// says so when the socket opens.
    fn new(user: User, application: Option<Application>) -> Self {
        let flags = application
            .as_ref()
            .and_then(|application| application.flags);
        Self {
            application: application.map_or_else(|| user.id.clone(), |application| application.id),
            reads_content: flags.is_none_or(|flags| flags & READS_CONTENT != 0),
            name: user.global_name.or_else(|| user.username.clone()),
            handle: user.username,
            id: user.id,
        }
    }

    /// The same, in our words.
    pub(super) fn identity(&self) -> Identity {
        let mut notes = Vec::new();
        if !self.reads_content {
            notes.push(format!("{CONTENT_IS_OFF}."));
        }
        Identity {
            id: self.id.clone(),
            name: self.name.clone(),
            handle: self.handle.clone(),
            notes,
        }
    }
}

impl Discord {
    /// Asks who we are.
    pub(super) async fn meet(&self) -> Result<Arc<Me>, ChannelError> {
        let user = self.api.knock::<User>(&Route::get(&["users", "@me"])).await;
        let user = user.map_err(CallError::receiving)?;
        let application = self.api.call(&Route::get(&["applications", "@me"])).await;
        let application = match application {
            Ok(application) => Some(application),
            Err(error) if matches!(error.status(), Some(403 | 404)) => None,
            Err(error) => return Err(error.receiving()),
        };
        Ok(self.me.learn(Me::new(user, application)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me(flags: Option<u64>) -> Me {
        let user = serde_json::from_str(r#"{"id":"42","username":"tide","bot":true}"#).unwrap();
        let application = Application {
            id: "43".into(),
            flags,
        };
        Me::new(user, Some(application))
    }

    #[test]
    fn the_owner_is_told_what_to_switch_on() {
        for (flags, reads) in [
            (Some(0), false),
            (Some(1 << 18), true),
            (Some(1 << 19), true),
            (Some(1 << 15), false),
            (None, true),
        ] {
            assert_eq!(me(flags).reads_content, reads, "{flags:?}");
            assert_eq!(me(flags).identity().notes.is_empty(), reads, "{flags:?}");
        }
        assert_eq!(me(None).application, "43");
        assert_eq!(me(None).identity().handle.as_deref(), Some("tide"));
    }
}
