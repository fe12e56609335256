//! The adapter, and the imitation of Discord that shares no code with it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tidegate_channels::discord::{Command, Discord, DiscordSettings};
use tidegate_channels::http::HttpClient;
use tidegate_core::channel::{AccountKey, Channel, Peer, PeerKind, Target};
use tidegate_core::{Clock, Secret, SystemClock};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::{DiscordFake, Opening, Post, Settings, Snowflake, Upload, routes};

use crate::contract::{MemoryInbox, Rig, Shown, Trouble, nowhere};

pub(crate) struct DiscordRig {
    pub(crate) fake: DiscordFake,
    /// The person who writes.
    pub(crate) ada: Snowflake,
    /// The direct chat with her.
    pub(crate) dm: Snowflake,
    pub(crate) guild: Snowflake,
    /// A text channel of the guild.
    pub(crate) room: Snowflake,
}

/// Without limits, and with a quick pulse.
pub(crate) fn rules() -> Settings {
    Settings {
        heartbeat: Duration::from_secs(1),
        ..Settings::loose()
    }
}

pub(crate) fn settings(fake: &DiscordFake) -> DiscordSettings {
    DiscordSettings {
        api_root: fake.api_root(),
        ..DiscordSettings::new(
            AccountKey::new("discord", "default"),
            Secret::new(fake.token()),
        )
    }
}

pub(crate) fn discord(settings: DiscordSettings) -> Arc<Discord> {
    discord_at(settings, Arc::new(SystemClock))
}

pub(crate) fn discord_at(settings: DiscordSettings, clock: Arc<dyn Clock>) -> Arc<Discord> {
    let http = HttpClient::new().unwrap();
    Arc::new(Discord::new(settings, http, clock).unwrap())
}

/// What people are shown as they type.
pub(crate) fn commands() -> Vec<Command> {
    let command = |name: &str, argument: Option<&str>| Command {
        name: name.into(),
        about: format!("About {name}"),
        argument: argument.map(|name| (name.to_owned(), format!("Which {name}"))),
    };
    vec![command("status", None), command("model", Some("name"))]
}

pub(crate) fn target(kind: PeerKind, id: Snowflake, thread: Option<Snowflake>) -> Target {
    Target {
        account: AccountKey::new("discord", "default"),
        peer: Peer {
            kind,
            id: id.to_string(),
        },
        thread: thread.map(|id| id.to_string()),
    }
}

pub(crate) fn number(id: &str) -> Snowflake {
    Snowflake::parse(id).unwrap()
}

fn channel(to: &Target) -> Snowflake {
    number(to.thread.as_deref().unwrap_or(&to.peer.id))
}

impl DiscordRig {
    pub(crate) async fn with(rules: Settings) -> Self {
        let fake = DiscordFake::start_with(rules, 7).await;
        let guild = fake.add_guild("Harbour");
        let ada = fake.add_user("ada");
        let room = fake.add_text_channel(guild, "tides");
        let dm = fake.dm_channel(ada);
        Self {
            fake,
            ada,
            dm,
            guild,
            room,
        }
    }

    pub(crate) fn adapter(&self) -> Arc<Discord> {
        discord(settings(&self.fake))
    }

    pub(crate) fn of_room(&self) -> Target {
        target(PeerKind::Channel, self.room, None)
    }

    /// How often a route was called.
    pub(crate) fn calls(&self, route: &str) -> usize {
        self.fake.calls().look(|calls| {
            calls
                .iter()
                .filter(|call| call.route == Some(route))
                .count()
        })
    }

    /// The body of the last call of a route.
    pub(crate) fn last(&self, route: &str) -> Value {
        let calls = self.fake.calls().all();
        let mut of_route = calls.into_iter().filter(|call| call.route == Some(route));
        of_route.next_back().unwrap().json
    }

    /// How often something was said on the gateway: 2 identify, 6 resume, 1 heartbeat.
    pub(crate) fn commands(&self, op: u64) -> usize {
        self.fake
            .commands()
            .look(|commands| commands.iter().filter(|command| command.op == op).count())
    }
}

impl Rig for DiscordRig {
    async fn start() -> Self {
        Self::with(rules()).await
    }

    fn channel(&self) -> Arc<dyn Channel> {
        self.adapter()
    }

    fn nobody_there(&self) -> Arc<dyn Channel> {
        discord(DiscordSettings {
            api_root: format!("http://{}/api/v10", nowhere()),
            ..settings(&self.fake)
        })
    }

    fn owner(&self) -> String {
        self.fake.bot().to_string()
    }

    fn direct(&self) -> Target {
        target(PeerKind::Direct, self.dm, None)
    }

    fn secrets(&self) -> Vec<String> {
        let token = self.fake.token();
        let secret = token.rsplit('.').next().unwrap().to_owned();
        vec![token, secret]
    }

    fn say(&self, to: &Target, text: &str) -> String {
        let said = self.fake.say(channel(to), self.ada, text);
        said.unwrap().to_string()
    }

    fn say_file(&self, to: &Target, bytes: Bytes) {
        let post = Post {
            files: vec![Upload {
                name: "tides.bin".into(),
                content_type: Some("application/octet-stream".into()),
                bytes,
            }],
            ..Post::default()
        };
        self.fake.post(channel(to), self.ada, post).unwrap();
    }

    fn change(&self, to: &Target, message_id: &str, text: &str) {
        let changed = self.fake.edit(channel(to), number(message_id), text);
        changed.unwrap();
    }

    fn react(&self, to: &Target, message_id: &str, emoji: &str) {
        let message = number(message_id);
        let reacted = self.fake.react(channel(to), message, self.ada, emoji);
        reacted.unwrap();
    }

    async fn repeat(&self) {
        self.fake.rewind_next_resume(1);
        self.fake.close_connections(4000);
    }

    fn trouble_in(&self, trouble: Trouble) {
        match trouble {
            Trouble::Flood(_) => self.fake.faults().next(routes::ME, trouble.fault()),
            Trouble::ServerError => {
                self.fake.next_connections(&[Opening::Unavailable]);
                self.fake.cut_connections();
            }
            Trouble::CutBefore | Trouble::CutAfter => self.fake.cut_connections(),
            Trouble::CutInAnswer => self.fake.cut_in_next_dispatch(),
            Trouble::Slow => self.fake.ask_to_reconnect(),
            Trouble::Silence => self.fake.swallow_connections(),
            Trouble::SilenceAfter => self.fake.stop_heartbeat_acks(),
        }
    }

    fn is_listening(&self) -> bool {
        self.fake.listeners() > 0
    }

    /// Discord forgets what is before the point of a resume: each must have been a stored cursor.
    fn check_acknowledged(&self, inbox: &MemoryInbox) {
        let cursors: Vec<Value> = inbox
            .cursors()
            .iter()
            .map(|cursor| serde_json::from_str(cursor).unwrap())
            .collect();
        for resume in self.fake.commands().all().iter().filter(|c| c.op == 6) {
            let is_stored = cursors.iter().any(|cursor| {
                cursor["session_id"] == resume.data["session_id"]
                    && cursor["seq"] == resume.data["seq"]
            });
            assert!(is_stored, "{}: {cursors:?}", resume.data);
        }
    }

    fn trouble_out(&self, trouble: Trouble) {
        self.fake.faults().clear();
        self.fake.faults().next(routes::SEND, trouble.fault());
    }

    fn trouble_file(&self, trouble: Trouble) {
        let fault = match trouble {
            // Far enough into the file.
            Trouble::CutInAnswer => Fault::CutInAnswer {
                after_bytes: 200_000,
            },
            other => other.fault(),
        };
        self.fake.faults().next(routes::DOWNLOAD, fault);
    }

    fn sign_out(&self) {
        self.fake.revoke_token();
    }

    fn tries(&self) -> usize {
        self.calls(routes::SEND)
    }

    fn shown(&self, to: &Target) -> Vec<Shown> {
        let answers = self.fake.answers(channel(to));
        answers
            .iter()
            .map(|message| Shown {
                id: message.id.to_string(),
                text: message.content.replace("**", "").replace('`', ""),
                reply_to: message.reply_to.map(|id| id.to_string()),
                file: message.files.first().map(|file| file.bytes.clone()),
            })
            .collect()
    }

    fn reactions(&self, to: &Target, message_id: &str) -> Vec<String> {
        let messages = self.fake.messages(channel(to));
        let message = messages.iter().find(|m| m.id == number(message_id));
        let reactions = &message.unwrap().reactions;
        let ours = reactions
            .iter()
            .filter(|r| r.users.contains(&self.fake.bot()));
        ours.map(|reaction| reaction.emoji.clone()).collect()
    }

    fn typings(&self, to: &Target) -> usize {
        self.fake.typing(channel(to)).len()
    }
}
