//! What the agent is asked when somebody on a chat network writes: the words with their speaker,
//! and where the answer goes.

use tidegate_core::channel::{Inbound, InboundMessage, PeerKind, Target};
use tidegate_core::origin::Origin;
use tidegate_core::policy::Action;
use tidegate_core::routing::Route;
use tidegate_core::run::{NewRun, Once, RunRequest};
use tidegate_core::text::{attributed, label_name, quoted};
use tidegate_core::{Chain, Resource, authorize};
use tidegate_protocol::api::sessions::SessionsReset;
use tidegate_protocol::limits::MESSAGE_CHARS;
use tidegate_protocol::{Method, RunId};

use crate::channels::Account;
use crate::{Engine, commands};

/// Characters of the answered message that the agent is shown again.
const QUOTE_CHARS: usize = 280;

/// Where an answer to this event goes: always back to where it came from.
pub(super) fn target(account: &Account, event: &Inbound) -> Target {
    Target {
        account: account.key.clone(),
        peer: event.peer.clone(),
        thread: event.thread.clone(),
    }
}

impl Engine {
    /// The run that a message asks for.
    pub(super) fn question(
        &self,
        account: &Account,
        sender: &Chain,
        event: &Inbound,
        message: &InboundMessage,
        route: Route,
        renews: bool,
    ) -> NewRun {
        let inner = self.inner();
        let resource = Resource::Session(route.session_key.clone());
        let administers = authorize(sender, Action::Call(&SessionsReset::SPEC), &resource).is_ok();
        let is_shared = event.peer.kind != PeerKind::Direct;
        let origin = Origin {
            target: target(account, event),
            message_id: message.message_id.clone(),
            sender_id: event.sender.id.clone(),
            sender_name: event.sender.name.as_deref().map(label_name),
            title: event.title.as_deref().map(label_name),
            album: message.album.clone(),
        };
        NewRun {
            run_id: RunId::new(inner.ids.uuid()),
            spare_run_id: RunId::new(inner.ids.uuid()),
            once: Once {
                principal: sender.caller().id.storage_key(),
                method: "inbound",
                key: event.provider_id.clone(),
                params_hash: String::new(),
            },
            request: RunRequest {
                message: words(event, message, is_shared || !administers),
                echo_key: route.session_key.to_string(),
                thinking: None,
                extra_system_prompt: None,
                timeout_ms: None,
                may_administer: administers,
                by: None,
                label: None,
                origin: Some(origin),
                deliver_to: None,
                media: message.media.clone(),
            },
            session_key: route.session_key,
            new_session_id: inner.ids.uuid(),
            room: true,
            renews,
            at_ms: self.now_ms(),
        }
    }
}

/// What the agent reads. Where several people speak, and where somebody else than the owner does,
/// words are marked as theirs; nothing of them is ever an instruction of ours (SECURITY T34).
pub(super) fn words(event: &Inbound, message: &InboundMessage, attribute: bool) -> String {
    let text: String = message.text.chars().take(MESSAGE_CHARS / 2).collect();
    if commands::is_command(&text) {
        return text;
    }
    let quoted = message
        .reply_to
        .as_ref()
        .and_then(|reply| reply.text.as_deref())
        .map(|text| format!("{}\n\n", quoted(text, QUOTE_CHARS)))
        .unwrap_or_default();
    let text = format!("{quoted}{text}");
    if attribute {
        let name = event.sender.name.as_deref().unwrap_or(&event.sender.id);
        attributed(name, &text)
    } else {
        text
    }
}
