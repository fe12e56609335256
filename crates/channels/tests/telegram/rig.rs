//! The adapter, and the imitation of the Bot API that shares no code with it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tidegate_channels::http::HttpClient;
use tidegate_channels::telegram::{Mode, Telegram, TelegramSettings};
use tidegate_core::channel::{AccountKey, Channel, Peer, PeerKind, Target};
use tidegate_core::{Secret, SystemClock};
use tidegate_fakes::common::Fault;
use tidegate_fakes::telegram::{Incoming, Membership, TelegramFake, User};

use crate::contract::{MemoryInbox, Rig, Shown, Trouble, eventually, nowhere};

/// The number of the person who writes, and of the chat with them.
pub(crate) const ADA: i64 = 1001;
/// A supergroup.
pub(crate) const HARBOUR: i64 = -1_001_234_567_890;
/// Methods that make a message.
const SENDS: &[&str] = &[
    "sendMessage",
    "sendPhoto",
    "sendDocument",
    "sendVoice",
    "sendAudio",
    "sendVideo",
    "sendAnimation",
    "sendPoll",
];

pub(crate) struct TelegramRig {
    pub(crate) fake: TelegramFake,
}

pub(crate) fn ada() -> User {
    User::new(ADA, "Ada").named("ada")
}

pub(crate) fn settings(fake: &TelegramFake) -> TelegramSettings {
    let token = Secret::new(fake.token().to_owned());
    TelegramSettings {
        api_root: fake.root(),
        mode: Mode::LongPoll,
        poll: Duration::from_secs(1),
        ..TelegramSettings::new(AccountKey::new("telegram", "default"), token)
    }
}

pub(crate) fn telegram(settings: TelegramSettings) -> Arc<Telegram> {
    let http = HttpClient::new().unwrap();
    Arc::new(Telegram::new(settings, http, Arc::new(SystemClock)).unwrap())
}

pub(crate) fn target(kind: PeerKind, id: i64, thread: Option<i64>) -> Target {
    Target {
        account: AccountKey::new("telegram", "default"),
        peer: Peer {
            kind,
            id: id.to_string(),
        },
        thread: thread.map(|id| id.to_string()),
    }
}

fn number(id: &str) -> i64 {
    id.parse().unwrap()
}

impl TelegramRig {
    fn last_update(&self) -> i64 {
        let offsets = self.fake.calls_of("getUpdates");
        let offset = offsets
            .iter()
            .rev()
            .find_map(|call| call.params.number("offset"));
        offset.unwrap() - 1
    }
}

impl Rig for TelegramRig {
    async fn start() -> Self {
        let fake = TelegramFake::start().await.unwrap();
        // A bot cannot begin a chat.
        fake.membership(ADA, &ada(), Membership::Member);
        Self { fake }
    }

    fn channel(&self) -> Arc<dyn Channel> {
        telegram(settings(&self.fake))
    }

    fn nobody_there(&self) -> Arc<dyn Channel> {
        telegram(TelegramSettings {
            api_root: format!("http://{}", nowhere()),
            ..settings(&self.fake)
        })
    }

    fn owner(&self) -> String {
        self.fake.bot().id.to_string()
    }

    fn direct(&self) -> Target {
        target(PeerKind::Direct, ADA, None)
    }

    fn secrets(&self) -> Vec<String> {
        let token = self.fake.token();
        let secret = token.split_once(':').unwrap().1;
        vec![token.to_owned(), secret.to_owned()]
    }

    fn say(&self, to: &Target, text: &str) -> String {
        let arrived = self.fake.say(number(&to.peer.id), &ada(), text);
        arrived.message_id.to_string()
    }

    fn say_file(&self, to: &Target, bytes: Bytes) {
        let file = Incoming::document("tides.bin", "application/octet-stream", bytes);
        self.fake.send(number(&to.peer.id), &ada(), &file);
    }

    fn change(&self, to: &Target, message_id: &str, text: &str) {
        let chat = number(&to.peer.id);
        self.fake.edit(chat, number(message_id), text).unwrap();
    }

    fn react(&self, to: &Target, message_id: &str, emoji: &str) {
        let chat = number(&to.peer.id);
        let reacted = self.fake.react(chat, number(message_id), &ada(), &[emoji]);
        reacted.unwrap();
    }

    async fn repeat(&self) {
        eventually("it is acknowledged", || self.fake.pending_updates() == 0).await;
        assert!(self.fake.redeliver(self.last_update()));
    }

    fn trouble_in(&self, trouble: Trouble) {
        self.fake.fail_next("getUpdates", trouble.fault());
    }

    fn is_listening(&self) -> bool {
        self.fake.is_polled()
    }

    /// An offset forgets what is below it: each must have been a stored cursor.
    fn check_acknowledged(&self, inbox: &MemoryInbox) {
        let cursors = inbox.cursors();
        for call in self.fake.calls_of("getUpdates") {
            if let Some(offset) = call.params.number("offset") {
                assert!(
                    cursors.contains(&offset.to_string()),
                    "{offset}: {cursors:?}"
                );
            }
        }
    }

    fn trouble_out(&self, trouble: Trouble) {
        // One of them is the next; what is left over goes with the fake, or is cleared below.
        self.fake.faults().clear();
        for method in SENDS {
            self.fake.fail_next(method, trouble.fault());
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
        self.fake.fail_next("file", fault);
    }

    fn sign_out(&self) {
        self.fake.revoke_token();
    }

    fn tries(&self) -> usize {
        let calls = self.fake.calls();
        let is_send = |name: &str| SENDS.iter().any(|send| send.eq_ignore_ascii_case(name));
        calls.iter().filter(|call| is_send(&call.method)).count()
    }

    fn shown(&self, to: &Target) -> Vec<Shown> {
        let messages = self.fake.bot_messages(number(&to.peer.id));
        messages
            .iter()
            .map(|message| Shown {
                id: message.id.to_string(),
                text: message.text.clone(),
                reply_to: message.reply_to.map(|id| id.to_string()),
                file: message.file_id().and_then(|id| self.fake.file(id)),
            })
            .collect()
    }

    fn reactions(&self, to: &Target, message_id: &str) -> Vec<String> {
        let bot = self.fake.bot().id;
        let messages = self.fake.messages(number(&to.peer.id));
        let message = messages
            .iter()
            .find(|m| m.id == number(message_id))
            .unwrap();
        let ours = message.reactions.iter().filter(|(by, _)| *by == bot);
        ours.map(|(_, emoji)| emoji.clone()).collect()
    }

    fn typings(&self, to: &Target) -> usize {
        let actions = self.fake.actions(number(&to.peer.id));
        actions.iter().filter(|a| a.action == "typing").count()
    }
}
