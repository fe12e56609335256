//! The handle of a test on a running fake: its life, and what goes wrong. What people do is in
//! `deeds.rs`, what can be seen in `sight.rs`.

use std::io;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::http::router;
use super::limits::Limits;
use super::shared::Shared;
use super::user::User;
use super::webhook::post_updates;
use super::world::World;
use crate::common::{FakeClock, Fault, FaultPlan, Server};

/// The number of the fake's bot.
const BOT_ID: i64 = 7_000_000_001;

/// How a fake is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// What it enforces.
    pub limits: Limits,
    /// Its clock.
    pub clock: FakeClock,
    /// Decides about faults that come by chance.
    pub seed: u64,
    /// The port; 0 lets the system choose.
    pub port: u16,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::loose(),
            clock: FakeClock::system(),
            seed: 1,
            port: 0,
        }
    }
}

/// A running Bot API server with one bot. Dropping it ends it and cuts every connection.
///
/// A method here that takes a chat makes it if it is new; its kind follows from its number, as the
/// vendor has it: positive for the private chat with the person of that number, below −10¹² for a
/// supergroup, other negative ones for an old group.
#[derive(Debug)]
pub struct TelegramFake {
    pub(super) shared: Arc<Shared>,
    server: Option<Server>,
    port: u16,
    _postman: JoinSet<()>,
}

impl TelegramFake {
    /// Starts one without limits of rate ([`Limits::loose`]).
    ///
    /// # Errors
    /// The system has no port.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Setup::default()).await
    }

    /// Starts one as set up.
    ///
    /// # Errors
    /// The port is taken.
    pub async fn start_with(setup: Setup) -> io::Result<Self> {
        let bot = User {
            is_bot: true,
            ..User::new(BOT_ID, "Gate").named("gate_bot")
        };
        let token = format!("{BOT_ID}:AAFakeTokenForTests-{:08x}", setup.seed);
        let world = World::new(bot, setup.clock, setup.limits);
        let shared = Arc::new(Shared::new(token, world, setup.seed));
        let server = Server::start_on(router(Arc::clone(&shared)), setup.port).await?;
        let mut postman = JoinSet::new();
        postman.spawn(post_updates(Arc::clone(&shared)));
        Ok(Self {
            shared,
            port: server.address().port(),
            server: Some(server),
            _postman: postman,
        })
    }

    /// `http://127.0.0.1:PORT`.
    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Closes the port and cuts every connection; what is stored stays.
    pub async fn go_down(&mut self) {
        if let Some(server) = self.server.take() {
            server.end().await;
        }
    }

    /// Serves again, on the same port and with the same state.
    ///
    /// # Errors
    /// Somebody else took the port meanwhile.
    pub async fn come_back(&mut self) -> io::Result<()> {
        let router = router(Arc::clone(&self.shared));
        self.server = Some(Server::start_on(router, self.port).await?);
        Ok(())
    }

    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.shared.token
    }

    /// The bot's account.
    pub fn bot(&self) -> User {
        self.shared.look(|world| world.bot.clone())
    }

    /// The server's clock, to be skewed.
    pub fn clock(&self) -> FakeClock {
        self.shared.look(|world| world.clock.clone())
    }

    /// Changes what the server enforces.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.change(|world| world.limits = limits);
    }

    /// Privacy mode: in groups the bot is told only of commands, of what names it and of what
    /// answers it. Off at the start.
    pub fn set_privacy(&self, is_on: bool) {
        self.shared.change(|world| world.reads_all = !is_on);
    }

    /// From now on the token is wrong: 401 to every call.
    pub fn revoke_token(&self) {
        self.shared.change(|world| world.is_revoked = true);
    }

    /// The next call of this method goes wrong so; `file` is a download.
    pub fn fail_next(&self, method: &str, fault: Fault) {
        self.shared.faults.next(&method.to_ascii_lowercase(), fault);
    }

    /// Faults of any method, and those by chance. Names of methods are in lower case here.
    pub fn faults(&self) -> &FaultPlan {
        &self.shared.faults
    }
}
