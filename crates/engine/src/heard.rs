//! What a model hears of a conversation: not the commands and what the gateway answered to them, and
//! not what another built-in agent said before there was a model.

use std::collections::HashSet;

use tidegate_core::agents::OFFLINE;
use tidegate_core::transcript::{Message, Speaker, text_of};
use tidegate_protocol::RunId;

use crate::commands;

/// The messages of a turn for this provider. Both sides of a run that it need not hear are left out.
pub(crate) fn heard_by(provider: &str, history: Vec<Message>) -> Vec<Message> {
    let unheard: HashSet<RunId> = history
        .iter()
        .filter(|message| is_command(message) || (provider != OFFLINE && is_offline(message)))
        .filter_map(|message| message.body.run_id.clone())
        .collect();
    let heard = |message: &Message| {
        message
            .body
            .run_id
            .as_ref()
            .is_none_or(|run| !unheard.contains(run))
    };
    history.into_iter().filter(heard).collect()
}

fn is_command(message: &Message) -> bool {
    message.body.speaker == Speaker::User
        && commands::parse(&text_of(&message.body.parts)).is_some()
}

fn is_offline(message: &Message) -> bool {
    message
        .body
        .maker
        .as_ref()
        .is_some_and(|maker| maker.provider == OFFLINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::transcript::{Maker, NewMessage};

    fn said(seq: u64, run: &str, text: &str, by: Option<&str>) -> Message {
        let run = RunId::new(run);
        let mut body = NewMessage::user(seq.to_string(), text.into(), seq, run);
        if let Some(provider) = by {
            body.speaker = Speaker::Assistant;
            let maker = Maker {
                api: String::new(),
                provider: provider.into(),
                model: "m".into(),
            };
            body.maker = Some(maker).filter(|_| !provider.is_empty());
        }
        Message { seq, body }
    }

    #[test]
    fn commands_and_the_offline_agent_are_left_out_with_their_questions() {
        let history = vec![
            said(1, "a", "hello", None),
            said(2, "a", "no model is connected", Some(OFFLINE)),
            said(3, "b", "/help", None),
            said(4, "b", "**Commands**", Some("")),
            said(5, "c", "what is new?", None),
            said(6, "c", "much", Some("local")),
            said(7, "d", "and now?", None),
        ];
        let texts = |provider: &str| -> Vec<String> {
            heard_by(provider, history.clone())
                .iter()
                .map(|message| message.body.text())
                .collect()
        };
        assert_eq!(texts("local"), ["what is new?", "much", "and now?"]);
        assert_eq!(texts(OFFLINE).len(), 5);
    }
}
