//! A daemon with one bot on a fake of its network.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Message, Setup, TelegramFake, User};
use tidegate_testkit::{Daemon, RawClient};

/// The owner, by the configuration.
pub(crate) const OWNER: i64 = 7;
/// Somebody whom nobody let in.
pub(crate) const STRANGER: i64 = 9;
/// How long anything of the network is waited for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

const SCOPES: [&str; 3] = ["operator.admin", "operator.read", "operator.write"];

/// The daemon and its network.
pub(crate) struct House {
    pub(crate) fake: TelegramFake,
    pub(crate) daemon: Daemon,
}

/// The configuration with this bot.
fn config(fake: &TelegramFake) -> Value {
    json!({
        "channels": { "telegram": {
            "botToken": fake.token(),
            "apiRoot": fake.root(),
            "allowFrom": [OWNER.to_string()],
            "ownerAllowFrom": [OWNER.to_string()],
            "streaming": false,
            "required": true,
        } },
        "messages": { "queue": { "debounceMs": 20 } },
    })
}

impl House {
    pub(crate) async fn open(variables: &[(&str, &str)]) -> std::io::Result<Self> {
        let fake = TelegramFake::start_with(Setup::default()).await?;
        Self::around(fake, variables, |_| {}).await
    }

    /// A daemon whose configuration is changed so.
    pub(crate) async fn around(
        fake: TelegramFake,
        variables: &[(&str, &str)],
        change: impl FnOnce(&mut Value),
    ) -> std::io::Result<Self> {
        let binary = Path::new(env!("CARGO_BIN_EXE_tidegate"));
        let mut config = config(&fake);
        change(&mut config);
        let daemon = Daemon::start(binary, &config, variables).await?;
        Ok(Self { fake, daemon })
    }

    /// The owner's own connection.
    pub(crate) async fn owner(&self) -> std::io::Result<RawClient> {
        owner(&self.daemon).await
    }

    /// Calls a method as the owner.
    pub(crate) async fn call(&self, method: &str, params: Value) -> std::io::Result<Value> {
        call(&self.daemon, method, params).await
    }

    pub(crate) fn say(&self, who: i64, text: &str) {
        self.fake.say(who, &User::new(who, "Somebody"), text);
    }

    /// Waits until the bot has a message in a chat that fits, and gives it.
    pub(crate) async fn answer(&self, chat: i64, fits: impl Fn(&str) -> bool) -> Option<Message> {
        let found = self.fake.wait_for(PATIENCE, |fake| {
            let messages = fake.bot_messages(chat);
            messages.into_iter().find(|message| fits(&message.text))
        });
        found.await.ok()
    }
}

/// The owner's own connection to a daemon.
async fn owner(daemon: &Daemon) -> std::io::Result<RawClient> {
    RawClient::owner(daemon.port(), &daemon.token()?, &SCOPES).await
}

/// Calls a method of a daemon as the owner.
pub(crate) async fn call(daemon: &Daemon, method: &str, params: Value) -> std::io::Result<Value> {
    let mut client = owner(daemon).await?;
    let answer = client.request(method, params).await?;
    if answer["ok"] == true {
        Ok(answer["payload"].clone())
    } else {
        Err(std::io::Error::other(format!("{method}: {answer}")))
    }
}
