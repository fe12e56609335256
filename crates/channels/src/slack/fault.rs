//! What Slack's no means.

use tidegate_core::channel::ChannelError;

use super::api::Refusal;
use crate::call::Meaning;

/// Words for a token that is dead.
const SIGNED_OUT: &[&str] = &[
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "user_removed_from_team",
];
/// Words for trouble of Slack's own: it may have been done.
const IN_TROUBLE: &[&str] = &[
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
];

impl Meaning for Refusal {
    fn sending(self) -> ChannelError {
        let word = self.error.as_str();
        if SIGNED_OUT.contains(&word) {
            return ChannelError::SignedOut(format!(
                "Slack does not take the token ({word}); install the app again and give the new one"
            ));
        }
        if IN_TROUBLE.contains(&word) {
            return ChannelError::Unknown(format!("Slack is in trouble of its own ({word})"));
        }
        if let Some(what) = to_set_up(&self) {
            return ChannelError::NeedsSetup(what);
        }
        match what_to_do(word) {
            Some(what) => ChannelError::Refused(format!("{what} ({word})")),
            None => ChannelError::Refused(format!("Slack refused: {word}")),
        }
    }
}

/// What the owner must do on the app's page, if that is the trouble.
fn to_set_up(refusal: &Refusal) -> Option<String> {
    let word = refusal.error.as_str();
    match (word, &refusal.needed) {
        ("missing_scope", Some(scope)) => Some(format!(
            "the app may not do this without the scope {scope}: add it under OAuth & \
             Permissions and install the app again"
        )),
        ("missing_scope" | "no_permission", _) => Some(format!(
            "the app lacks a scope ({word}): look under OAuth & Permissions, and install the app \
             again after a change"
        )),
        ("not_allowed_token_type", _) => Some(
            "a token of the wrong kind: the bot token begins with xoxb-, the app token with xapp- \
             (not_allowed_token_type)"
                .into(),
        ),
        ("access_denied", _) => Some(
            "Slack lets the app open no socket: switch on Socket Mode on the app's page \
             (access_denied)"
                .into(),
        ),
        _ => None,
    }
}

fn what_to_do(word: &str) -> Option<&'static str> {
    Some(match word {
        "channel_not_found" | "invalid_channel" => {
            "there is no such channel, or it is private and the app is not in it: /invite the app there"
        }
        "not_in_channel" => "the app is not in this channel: /invite it there",
        "is_archived" => "this channel is archived",
        "msg_too_long" | "msg_blocks_too_long" => "the message is longer than Slack takes",
        "thread_not_found" | "cannot_reply_to_message" => "there is no such thread",
        "message_not_found" => "there is no such message",
        "cant_update_message" | "cant_delete_message" | "edit_window_closed" => {
            "this message cannot be changed by the app"
        }
        "user_not_found" | "users_not_found" | "user_disabled" => "there is no such person here",
        "cannot_dm_bot" => "apps cannot write to each other",
        "messages_tab_disabled" => {
            "people cannot be written to: switch on the Messages Tab under App Home on the app's page"
        }
        "restricted_action"
        | "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "restricted_action_non_threadable_channel" => {
            "the rules of this workspace or channel forbid the app to write here"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(error: &str, needed: Option<&str>) -> Refusal {
        Refusal {
            error: error.into(),
            needed: needed.map(Into::into),
        }
    }

    #[test]
    fn trouble_of_its_own_leaves_it_unknown() {
        for word in IN_TROUBLE {
            let error = refused(word, None).sending();
            assert!(matches!(error, ChannelError::Unknown(_)), "{word}");
        }
    }

    #[test]
    fn dead_tokens_are_final() {
        for word in SIGNED_OUT {
            let error = refused(word, None).receiving();
            assert!(matches!(error, ChannelError::SignedOut(_)), "{word}");
        }
    }

    #[test]
    fn a_missing_scope_is_named() {
        let error = refused("missing_scope", Some("files:write")).sending();
        assert!(matches!(&error, ChannelError::NeedsSetup(_)), "{error:?}");
        assert!(error.to_string().contains("files:write"), "{error}");
        for word in ["missing_scope", "not_allowed_token_type", "access_denied"] {
            let error = refused(word, None).receiving();
            assert!(matches!(error, ChannelError::NeedsSetup(_)), "{word}");
        }
    }

    #[test]
    fn a_no_says_what_to_do() {
        let error = refused("not_in_channel", None).sending();
        assert!(matches!(&error, ChannelError::Refused(_)), "{error:?}");
        assert!(error.to_string().contains("/invite"), "{error}");
        let other = refused("something_new", None).sending();
        assert_eq!(other.to_string(), "Slack refused: something_new");
        let received = refused("something_new", None).receiving();
        assert!(matches!(received, ChannelError::Unreachable(_)));
    }
}
