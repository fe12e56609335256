//! What Telegram's no means, by what the call was for.

use tidegate_core::channel::ChannelError;

use super::api::Refusal;
use crate::call::Meaning;

impl Meaning for Refusal {
    fn sending(self) -> ChannelError {
        if let Some(to) = self.migrate_to {
            return ChannelError::Moved { to: to.to_string() };
        }
        match self.code {
            401 => signed_out(&self.description),
            500.. => ChannelError::Unknown(self.description),
            _ => ChannelError::Refused(self.description),
        }
    }

    fn receiving(self) -> ChannelError {
        match self.code {
            401 => signed_out(&self.description),
            404 => ChannelError::SignedOut(
                "nobody knows this bot there (404); look at the token and the API root".into(),
            ),
            409 => ChannelError::Conflict(self.description),
            _ => ChannelError::Unreachable(self.description),
        }
    }
}

fn signed_out(words: &str) -> ChannelError {
    ChannelError::SignedOut(format!(
        "Telegram does not take the token ({words}); BotFather gives a new one"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, migrate_to: Option<i64>) -> Refusal {
        Refusal {
            code,
            description: "words".into(),
            migrate_to,
        }
    }

    #[test]
    fn every_no_has_its_meaning() {
        let sent = |code| refused(code, None).sending();
        assert!(matches!(sent(400), ChannelError::Refused(_)));
        assert!(matches!(sent(403), ChannelError::Refused(_)));
        assert!(matches!(sent(401), ChannelError::SignedOut(_)));
        assert!(matches!(sent(500), ChannelError::Unknown(_)));
        assert!(matches!(
            refused(400, Some(-1009)).sending(),
            ChannelError::Moved { to } if to == "-1009"
        ));
        let received = |code| refused(code, None).receiving();
        assert!(matches!(received(400), ChannelError::Unreachable(_)));
        assert!(matches!(received(401), ChannelError::SignedOut(_)));
        assert!(matches!(received(404), ChannelError::SignedOut(_)));
        assert!(matches!(received(409), ChannelError::Conflict(_)));
        assert!(matches!(received(500), ChannelError::Unreachable(_)));
    }
}
