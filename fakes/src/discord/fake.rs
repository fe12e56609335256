//! The handle that tests hold.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::gateway::{Opening, Order};
use super::record::{Call, Command, Connection};
use super::server::router;
use super::settings::Settings;
use super::snowflake::Snowflake;
use super::view::SeenMessage;
use super::world::Shared;
use crate::common::{FakeClock, FaultPlan, Recorder, Server, WaitError};

/// How long "typing …" is shown after one call (documented).
const TYPING_MS: u64 = 10_000;
/// The seed of faults by chance, if a test gives none.
const USUAL_SEED: u64 = 1;

/// A running vendor. Dropping it closes the port and every connection.
pub struct DiscordFake {
    pub(super) shared: Arc<Shared>,
    server: Server,
}

impl DiscordFake {
    /// The vendor with its documented limits.
    pub async fn start() -> Self {
        Self::start_with(Settings::default(), USUAL_SEED).await
    }

    /// The vendor with other limits, and the seed of faults by chance.
    ///
    /// # Panics
    /// If the system has no port left.
    #[expect(clippy::expect_used, reason = "a test without a vendor cannot go on")]
    pub async fn start_with(settings: Settings, seed: u64) -> Self {
        let shared = Arc::new(Shared::new(settings, seed));
        let server = Server::start(router(shared.clone()))
            .await
            .expect("a port on loopback");
        shared.with(|world| world.host = server.address().to_string());
        Self { shared, server }
    }

    /// `http://127.0.0.1:PORT/api/v10`.
    pub fn api_root(&self) -> String {
        format!("{}/api/v10", self.server.root())
    }

    /// `http://127.0.0.1:PORT/api`, for clients that add the version themselves.
    pub fn api_root_without_version(&self) -> String {
        format!("{}/api", self.server.root())
    }

    /// The bot's token, without the prefix `Bot `.
    pub fn token(&self) -> String {
        self.shared.peek(|world| world.token.clone())
    }

    /// The bot's user id; the application has the same.
    pub fn bot(&self) -> Snowflake {
        self.shared.peek(|world| world.bot)
    }

    /// The vendor's clock, to be skewed.
    pub fn clock(&self) -> &FakeClock {
        &self.shared.clock
    }

    /// Calls to break, by the names of [`super::routes`].
    pub fn faults(&self) -> &FaultPlan {
        &self.shared.faults
    }

    /// Every HTTP call that came in.
    pub fn calls(&self) -> &Recorder<Call> {
        &self.shared.calls
    }

    /// Every gateway connection that was opened.
    pub fn connections(&self) -> &Recorder<Connection> {
        &self.shared.connections
    }

    /// Every gateway command that came in.
    pub fn commands(&self) -> &Recorder<Command> {
        &self.shared.commands
    }

    /// The messages of a channel as they stand, oldest first.
    pub fn messages(&self, channel: Snowflake) -> Vec<SeenMessage> {
        self.shared.peek(|world| {
            let channel = world.channels.get(&channel);
            channel
                .map(|channel| channel.messages.values().cloned().collect())
                .unwrap_or_default()
        })
    }

    /// The messages of the bot in a channel, oldest first.
    pub fn answers(&self, channel: Snowflake) -> Vec<SeenMessage> {
        let bot = self.bot();
        let mut messages = self.messages(channel);
        messages.retain(|message| message.author == bot);
        messages
    }

    /// How many messages the bot has in a channel; cheaper than to copy them.
    pub fn answer_count(&self, channel: Snowflake) -> usize {
        self.shared.peek(|world| {
            let messages = world
                .channels
                .get(&channel)
                .map(|channel| channel.messages.values());
            let own = messages
                .into_iter()
                .flatten()
                .filter(|message| message.author == world.bot);
            own.count()
        })
    }

    /// When the bot said that it types in a channel, Unix milliseconds.
    pub fn typing(&self, channel: Snowflake) -> Vec<u64> {
        self.shared.peek(|world| {
            let channel = world.channels.get(&channel);
            channel
                .map(|channel| channel.typing.clone())
                .unwrap_or_default()
        })
    }

    /// Whether people see the bot typing now: for ten seconds, or until it posts.
    pub fn is_typing(&self, channel: Snowflake) -> bool {
        let last = self.typing(channel).last().copied();
        let posted = self
            .answers(channel)
            .last()
            .map_or(0, |message| message.at_ms);
        let now_ms = self.shared.peek(super::world::World::now_ms);
        last.is_some_and(|at| at > posted && now_ms.saturating_sub(at) < TYPING_MS)
    }

    /// The names of the registered commands of a guild, or of everywhere.
    pub fn command_names(&self, guild: Option<Snowflake>) -> Vec<String> {
        self.shared.peek(|world| {
            let here = world
                .commands
                .iter()
                .filter(|command| command.guild == guild);
            here.map(|command| command.name.clone()).collect()
        })
    }

    /// Answers 401, 403 and 429 of the last ten minutes, which the vendor counts against the address.
    pub fn invalid_requests(&self) -> usize {
        self.shared.with(|world| {
            let now_ms = world.now_ms();
            world.limits.invalid(now_ms)
        })
    }

    /// Connections with a session on them: a bot that hears what happens.
    pub fn listeners(&self) -> usize {
        self.shared.peek(|world| {
            let sockets = world.gateway.sockets.values();
            sockets.filter(|socket| socket.session.is_some()).count()
        })
    }

    /// Sessions that live or can still be resumed.
    pub fn sessions(&self) -> usize {
        self.shared.peek(|world| world.gateway.sessions.len())
    }

    /// Waits until a look at the fake finds something, and gives that. Cancel safe.
    ///
    /// # Errors
    /// The deadline, in tokio's time, passed before that.
    pub async fn wait_for<T>(
        &self,
        deadline: Duration,
        mut look: impl FnMut(&Self) -> Option<T>,
    ) -> Result<T, WaitError> {
        let mut changes = self.shared.changes();
        let seen = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = look(self) {
                    return found;
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(deadline, seen)
            .await
            .map_err(|_| WaitError { waited: deadline })
    }

    /// Op 7 to every connection: reconnect and resume.
    pub fn ask_to_reconnect(&self) {
        self.order(&Order::Send(json!({ "op": 7, "d": null })));
    }

    /// Op 9 to every connection. What is not resumable is forgotten first. The connections stay
    /// open and take a RESUME or an IDENTIFY again.
    pub fn invalidate_sessions(&self, resumable: bool) {
        if !resumable {
            self.forget_sessions();
        }
        self.shared.with(|world| world.gateway.detach_all());
        self.order(&Order::Send(json!({ "op": 9, "d": resumable })));
    }

    /// Forgets every session without a word: the next resume is refused.
    pub fn forget_sessions(&self) {
        self.shared.with(|world| world.gateway.sessions.clear());
    }

    /// Op 1 to every connection: a heartbeat is due at once.
    pub fn ask_for_heartbeat(&self) {
        self.order(&Order::Send(json!({ "op": 1, "d": null })));
    }

    /// Closes every connection with a code; sessions stay resumable.
    pub fn close_connections(&self, code: u16) {
        self.order(&Order::Close(code, ""));
    }

    /// Ends every gateway connection without a close frame; sessions stay resumable.
    pub fn cut_connections(&self) {
        self.each_line(crate::common::Line::cut);
    }

    /// The connections stay open, and nothing that the vendor says arrives: half-open.
    pub fn swallow_connections(&self) {
        self.each_line(crate::common::Line::swallow);
    }

    /// Heartbeats of the connections that are open now are heard and not answered: a zombie.
    /// Events still arrive.
    pub fn stop_heartbeat_acks(&self) {
        self.shared.with(|world| {
            for socket in world.gateway.sockets.values_mut() {
                socket.mute = true;
            }
        });
    }

    /// The next event ends the connection in the middle of its frame; a resume brings it whole.
    pub fn cut_in_next_dispatch(&self) {
        self.shared.with(|world| world.gateway.tear = true);
    }

    /// The next events arrive twice, as events of their own.
    pub fn duplicate_dispatches(&self, events: u32) {
        self.shared.with(|world| world.gateway.duplicate = events);
    }

    /// The next event arrives after the one that follows it.
    pub fn swap_next_dispatches(&self) {
        self.shared.with(|world| world.gateway.swap = true);
    }

    /// The next resume begins so many events before the one that was asked for.
    pub fn rewind_next_resume(&self, events: u64) {
        self.shared.with(|world| world.gateway.rewind = events);
    }

    /// How the next gateway connections go wrong, one each.
    pub fn next_connections(&self, openings: &[Opening]) {
        self.shared
            .with(|world| world.gateway.openings.extend(openings));
    }

    /// The token is worth nothing from now on: 401 on calls, 4004 on the gateway.
    pub fn revoke_token(&self) {
        self.shared.with(super::world::World::revoke_token);
    }

    /// Every call of the bot is answered 429 with `global` for so long.
    pub fn limit_globally(&self, duration: Duration) {
        self.shared.with(|world| {
            let after_ms = u64::try_from(duration.as_millis()).unwrap_or(0);
            world.limits.closed_until_ms = world.now_ms() + after_ms;
        });
    }

    fn order(&self, order: &Order) {
        self.shared.with(|world| world.gateway.order_all(order));
    }

    fn each_line(&self, act: impl Fn(&crate::common::Line)) {
        self.shared.with(|world| {
            for socket in world.gateway.sockets.values() {
                act(&socket.line);
            }
        });
    }
}
