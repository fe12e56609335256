//! A Node with the bot in it, and the place where it works.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tidegate_fakes::discord::{DiscordFake, SeenMessage, Settings, Snowflake};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// For one thing that the bot says or does. Node starts slowly on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// The bot; killed when dropped.
pub(crate) struct Bot {
    said: Vec<Value>,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Bot {
    pub(crate) fn start(fake: &DiscordFake, token: &str) -> Self {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let modules = crate_dir.join("../ci/node");
        let client = modules.join("node_modules/discord.js");
        assert!(
            client.exists(),
            "{} is missing: `cargo xtask ci` installs it",
            client.display()
        );
        let node = std::env::var_os("TIDEGATE_NODE").unwrap_or_else(|| "node".into());
        let mut child = Command::new(&node)
            .arg(crate_dir.join("tests/js/discord.mjs"))
            .arg(modules)
            .args([&fake.api_root_without_version(), token])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): `cargo xtask ci` installs it",
                    node.display()
                )
            });
        Self {
            said: Vec::new(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        }
    }

    /// Takes the first event of this name, said before or now; those of other names wait.
    pub(crate) async fn hear(&mut self, event: &str) -> Value {
        if let Some(at) = self.said.iter().position(|one| one["event"] == event) {
            return self.said.remove(at);
        }
        let heard = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                let said: Value = serde_json::from_str(&line).unwrap();
                if said["event"] == event {
                    return said;
                }
                self.said.push(said);
            }
            panic!("the bot ended without {event}: {:?}", self.said);
        };
        let heard = timeout(SOON, heard).await;
        heard.unwrap_or_else(|_| panic!("the bot never said {event}"))
    }

    /// The next message that the bot saw.
    pub(crate) async fn hear_text(&mut self) -> String {
        self.hear("message").await["text"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

/// A vendor with a guild, a channel, a person, and a bot that is ready.
pub(crate) struct Place {
    pub(crate) fake: DiscordFake,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) ada: Snowflake,
    pub(crate) bot: Bot,
}

impl Place {
    pub(crate) async fn with(settings: Settings) -> Self {
        let fake = DiscordFake::start_with(settings, 1).await;
        let ada = fake.add_user("ada");
        let guild = fake.add_guild("Harbour");
        let channel = fake.add_text_channel(guild, "general");
        let token = fake.token();
        let mut bot = Bot::start(&fake, &token);
        let ready = bot.hear("ready").await;
        assert_eq!(ready["user"], fake.bot().to_string());
        assert_eq!(ready["guilds"], serde_json::json!(["Harbour"]));
        Self {
            fake,
            guild,
            channel,
            ada,
            bot,
        }
    }

    pub(crate) async fn new() -> Self {
        Self::with(Settings::loose()).await
    }

    /// Ada says it in the channel.
    pub(crate) fn say(&self, text: &str) -> Snowflake {
        self.fake.say(self.channel, self.ada, text).unwrap()
    }

    /// The bot's newest message in the channel, once it is as wanted.
    pub(crate) async fn answer(&self, fits: impl Fn(&SeenMessage) -> bool) -> SeenMessage {
        let channel = self.channel;
        let look = |fake: &DiscordFake| fake.answers(channel).into_iter().rev().find(&fits);
        let seen = self.fake.wait_for(SOON, look).await;
        seen.unwrap_or_else(|late| panic!("{late}: {:#?}", self.fake.answers(channel)))
    }
}
