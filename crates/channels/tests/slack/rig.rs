//! The adapter, and the imitation of Slack that shares no code with it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tidegate_channels::http::HttpClient;
use tidegate_channels::slack::{Mode, Slack, SlackSettings};
use tidegate_core::channel::{AccountKey, Channel, Peer, PeerKind, Target};
use tidegate_core::{Secret, SystemClock};
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::names::{ALICE, BOT_USER};
use tidegate_fakes::slack::{Message, NewFile, Reason, Rules, SlackFake, Step};

use crate::contract::{MemoryInbox, Rig, Shown, Trouble, nowhere};

/// Methods that make a message.
const SENDS: &[&str] = &["chat.postMessage", "files.completeUploadExternal"];
/// The emoji of the contract.
const EMOJI: &[(&str, &str)] = &[("👀", "eyes"), ("👍", "+1")];

pub(crate) struct SlackRig {
    pub(crate) fake: SlackFake,
    direct: Target,
}

/// Quick, and without limits of rate.
pub(crate) fn rules() -> Rules {
    Rules {
        ack_within: Duration::from_millis(500),
        retry_after: vec![Duration::from_millis(100); 300],
        ping_every: Duration::from_millis(400),
        disconnect_grace: Duration::from_secs(3),
        post_burst: 100_000,
        tiers: [100_000; 4],
        ..Rules::default()
    }
}

pub(crate) async fn fake() -> SlackFake {
    let fake = SlackFake::start_with(rules(), FakeClock::system(), 7);
    fake.await.unwrap()
}

pub(crate) fn settings(fake: &SlackFake) -> SlackSettings {
    let mode = Mode::Socket {
        app_token: Secret::new(fake.app_token().to_owned()),
    };
    let token = Secret::new(fake.bot_token().to_owned());
    SlackSettings {
        api_root: fake.api_root(),
        patience: Duration::from_secs(2),
        ..SlackSettings::new(AccountKey::new("slack", "default"), token, mode)
    }
}

pub(crate) fn slack(settings: SlackSettings) -> Arc<Slack> {
    let http = HttpClient::new().unwrap();
    Arc::new(Slack::new(settings, http, Arc::new(SystemClock)).unwrap())
}

pub(crate) fn target(id: &str, thread: Option<&str>) -> Target {
    let kind = if id.starts_with('D') {
        PeerKind::Direct
    } else {
        PeerKind::Channel
    };
    Target {
        account: AccountKey::new("slack", "default"),
        peer: Peer {
            kind,
            id: id.to_owned(),
        },
        thread: thread.map(str::to_owned),
    }
}

/// What people see of mrkdwn.
pub(crate) fn seen(mrkdwn: &str) -> String {
    let plain = mrkdwn.replace(['*', '`'], "");
    let plain = plain.replace("&lt;", "<").replace("&gt;", ">");
    plain.replace("&amp;", "&")
}

/// Events that were acknowledged.
pub(crate) fn acknowledged(fake: &SlackFake) -> BTreeSet<String> {
    let steps = fake.steps().into_iter();
    let acked = steps.filter_map(|step| match step {
        Step::Acked { item, .. } => Some(item),
        _ => None,
    });
    acked.collect()
}

impl SlackRig {
    fn found(&self, to: &Target, id: &str) -> Message {
        let messages = self.fake.messages(&to.peer.id);
        messages.into_iter().find(|one| one.ts == id).unwrap()
    }

    fn shown_one(&self, message: &Message) -> Shown {
        let id = message.files.first().and_then(|file| file["id"].as_str());
        Shown {
            id: message.ts.clone(),
            text: seen(&message.text),
            reply_to: message.thread_ts.clone(),
            file: id.and_then(|id| self.fake.file_bytes(id)),
        }
    }
}

impl Rig for SlackRig {
    const RESENDS_IN_ORDER: bool = false;

    async fn start() -> Self {
        let fake = fake().await;
        let direct = slack(settings(&fake)).address(ALICE, None).await.unwrap();
        Self { fake, direct }
    }

    fn channel(&self) -> Arc<dyn Channel> {
        slack(settings(&self.fake))
    }

    fn nobody_there(&self) -> Arc<dyn Channel> {
        slack(SlackSettings {
            api_root: format!("http://{}/api", nowhere()),
            ..settings(&self.fake)
        })
    }

    fn owner(&self) -> String {
        BOT_USER.to_owned()
    }

    fn direct(&self) -> Target {
        self.direct.clone()
    }

    fn secrets(&self) -> Vec<String> {
        let tokens = [self.fake.bot_token(), self.fake.app_token()];
        let secret = |token: &str| token.rsplit_once('-').unwrap().1.to_owned();
        let secrets = tokens.map(secret).into_iter();
        secrets.chain(tokens.map(str::to_owned)).collect()
    }

    fn say(&self, to: &Target, text: &str) -> String {
        let said = self.fake.channel_message(&to.peer.id, ALICE, text);
        said.unwrap()
    }

    fn say_file(&self, to: &Target, bytes: Bytes) {
        let file = NewFile {
            name: "tides.bin".into(),
            mimetype: "application/octet-stream".into(),
            bytes,
        };
        let shared = self.fake.share_file(&to.peer.id, ALICE, file, "");
        shared.unwrap();
    }

    fn change(&self, to: &Target, message_id: &str, text: &str) {
        self.fake.edit(&to.peer.id, message_id, text).unwrap();
    }

    fn react(&self, to: &Target, message_id: &str, emoji: &str) {
        let (_, name) = EMOJI.iter().find(|(sign, _)| *sign == emoji).unwrap();
        let reacted = self.fake.react(&to.peer.id, message_id, ALICE, name);
        reacted.unwrap();
    }

    async fn repeat(&self) {
        assert!(self.fake.repeat_last());
    }

    fn trouble_in(&self, trouble: Trouble) {
        match trouble {
            Trouble::CutBefore => self.fake.cut_sockets(),
            Trouble::CutAfter | Trouble::CutInAnswer => self.fake.cut_next_frame(),
            Trouble::Silence => self.fake.silence_sockets(),
            Trouble::SilenceAfter => self.fake.swallow_sockets(),
            // Only a new socket needs an answer.
            Trouble::Flood(_) | Trouble::ServerError | Trouble::Slow => {
                let faults = self.fake.faults();
                faults.next("apps.connections.open", trouble.fault());
                self.fake.cut_sockets();
            }
        }
    }

    fn is_listening(&self) -> bool {
        self.fake.open_sockets() > 0
    }

    /// Every event of these tests is somebody's, so what is acknowledged must be in the inbox.
    fn check_acknowledged(&self, inbox: &MemoryInbox) {
        let acknowledged = acknowledged(&self.fake).len();
        let stored = inbox.events().len();
        assert!(acknowledged <= stored, "{acknowledged} of {stored}");
    }

    fn trouble_out(&self, trouble: Trouble) {
        // One of them is the next; what is left over goes with the fake, or is cleared below.
        self.fake.faults().clear();
        for method in SENDS {
            self.fake.faults().next(method, trouble.fault());
        }
    }

    fn trouble_file(&self, trouble: Trouble) {
        let fault = match trouble {
            // Far enough into the file.
            Trouble::CutInAnswer => Fault::CutInAnswer {
                after_bytes: 200_000,
            },
            other => other.fault(),
        };
        self.fake.faults().next("files.cdn", fault);
    }

    fn sign_out(&self) {
        self.fake.revoke_tokens(Some("token_revoked"));
        self.fake.disconnect(Reason::RefreshRequested);
    }

    fn tries(&self) -> usize {
        let calls = self.fake.calls();
        let is_send = |method: &str| SENDS.contains(&method);
        calls.iter().filter(|call| is_send(&call.method)).count()
    }

    fn shown(&self, to: &Target) -> Vec<Shown> {
        let messages = self.fake.messages(&to.peer.id);
        let ours = messages.iter().filter(|message| message.by_bot);
        ours.map(|message| self.shown_one(message)).collect()
    }

    fn reactions(&self, to: &Target, message_id: &str) -> Vec<String> {
        let message = self.found(to, message_id);
        let is_ours = |users: &[String]| users.iter().any(|user| user == BOT_USER);
        let ours = message.reactions.iter().filter(|r| is_ours(&r.users));
        ours.map(|reaction| {
            let emoji = EMOJI.iter().find(|(_, name)| *name == reaction.name);
            emoji.unwrap().0.to_owned()
        })
        .collect()
    }

    fn typings(&self, _to: &Target) -> usize {
        0
    }
}

/// The mark of a message, if it has one.
pub(crate) fn key_of(message: &Message) -> &Value {
    &message.metadata["event_payload"]["key"]
}
