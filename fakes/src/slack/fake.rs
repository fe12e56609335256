//! The fake as a test holds it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use bytes::Bytes;

use super::api;
use super::core::Core;
use super::delivery::upgrade;
use super::files;
use super::response_url;
use super::rules::{Rules, STATUS_LIVES_MS};
use super::trace::{Call, Download, HookAnswer, Step};
use super::world::{Channel, Kind, Message, names};
use crate::common::{FakeClock, Server, WaitError};

/// A whole workspace behind two loopback ports; dropping it ends everything. What people do is in
/// `inject.rs`, what goes wrong in `mischief.rs`.
pub struct SlackFake {
    core: Arc<Core>,
    server: Server,
    _off_host: Server,
}

impl SlackFake {
    /// Starts with the vendor's own numbers and the system's time.
    ///
    /// # Errors
    /// The system has no port for us.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Rules::default(), FakeClock::system(), 0).await
    }

    /// Starts with other numbers, another clock, and a seed for faults by chance.
    ///
    /// # Errors
    /// The system has no port for us.
    pub async fn start_with(rules: Rules, clock: FakeClock, seed: u64) -> io::Result<Self> {
        let core = Arc::new(Core::new(rules, clock, seed));
        let server = Server::start(router(&core)).await?;
        let off_host = Router::new()
            .route("/{id}/{name}", get(files::off_host))
            .with_state(Arc::clone(&core));
        let off_host = Server::start(off_host).await?;
        core.world(|world| {
            world.root = server.root();
            world.off_host_root = off_host.root();
        });
        Ok(Self {
            core,
            server,
            _off_host: off_host,
        })
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    /// What a client takes for `https://slack.com/api/`.
    pub fn api_root(&self) -> String {
        format!("{}/api/", self.server.root())
    }

    /// The token of the bot (`xoxb-`).
    pub fn bot_token(&self) -> &'static str {
        names::BOT_TOKEN
    }

    /// The token of the app (`xapp-`), for Socket Mode.
    pub fn app_token(&self) -> &'static str {
        names::APP_TOKEN
    }

    /// The secret that signs webhooks.
    pub fn signing_secret(&self) -> &'static str {
        names::SIGNING_SECRET
    }

    /// Adds a person, or gives a person another display name. Names are nobody's own.
    pub fn put_user(&self, id: &str, display_name: &str) {
        self.core
            .world(|world| world.add_user(id, display_name, false));
    }

    /// Adds a private channel with the bot and these people.
    pub fn put_private_channel(&self, id: &str, name: &str, people: &[&str]) {
        let members = [&[names::BOT_USER], people].concat();
        let channel = Channel::new(id, name, Kind::Private, &members);
        self.core.world(|world| world.add_channel(channel));
    }

    /// The direct chat between the bot and a person, if it was opened.
    pub fn im(&self, user: &str) -> Option<String> {
        self.core.look(|world| {
            let mut channels = world.channels.values();
            let im =
                channels.find(|channel| channel.kind == Kind::Im && channel.members.contains(user));
            im.map(|channel| channel.id.clone())
        })
    }

    /// Everything that stands in a channel now, threads included, oldest first.
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.core.look(|world| {
            let channel = world.channels.get(channel);
            channel
                .map(|channel| channel.messages.clone())
                .unwrap_or_default()
        })
    }

    /// The bytes of a file that is there whole.
    pub fn file_bytes(&self, id: &str) -> Option<Bytes> {
        self.core.look(|world| {
            let file = world.files.get(id).filter(|file| file.complete);
            file.and_then(|file| file.bytes.clone())
        })
    }

    /// The status line of a thread, while it shows.
    pub fn status(&self, channel: &str, thread_ts: &str) -> Option<String> {
        self.core.look(|world| {
            let place = (channel.to_owned(), thread_ts.to_owned());
            let (status, set_ms) = world.statuses.get(&place)?;
            (world.now_ms() - set_ms < STATUS_LIVES_MS).then(|| status.clone())
        })
    }

    /// Every call of the Web API, in order.
    pub fn calls(&self) -> Vec<Call> {
        self.core.calls.all()
    }

    /// The calls of one method, in order.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.method == method);
        calls
    }

    /// Every step of deliveries and sockets, in order.
    pub fn steps(&self) -> Vec<Step> {
        self.core.steps.all()
    }

    /// Every request for the bytes of a file, in order.
    pub fn downloads(&self) -> Vec<Download> {
        self.core.downloads.all()
    }

    /// What the app answered to commands and buttons, in order.
    pub fn hook_answers(&self) -> Vec<HookAnswer> {
        self.core.hook_answers.all()
    }

    /// Sockets that are open now.
    pub fn open_sockets(&self) -> usize {
        self.core.dispatch.sockets().count()
    }

    /// Waits until something is true, looking again after everything that happens. Cancel safe.
    ///
    /// # Errors
    /// The deadline, in tokio's time, passed before that.
    pub async fn wait_for<R>(
        &self,
        deadline: Duration,
        mut look: impl FnMut(&Self) -> Option<R>,
    ) -> Result<R, WaitError> {
        let mut changed = self.core.changed.subscribe();
        let seen = async {
            loop {
                changed.borrow_and_update();
                if let Some(found) = look(self) {
                    return found;
                }
                // The sender lives in `self`, so this ends by a change only.
                let _alive = changed.changed().await;
            }
        };
        let waited = tokio::time::timeout(deadline, seen).await;
        waited.map_err(|_| WaitError { waited: deadline })
    }
}

impl Drop for SlackFake {
    fn drop(&mut self) {
        self.core.stop.cancel();
    }
}

fn router(core: &Arc<Core>) -> Router {
    Router::new()
        .route("/api/{method}", any(api::serve))
        .route("/link/", get(upgrade))
        .route("/upload/v1/{ticket}", post(files::upload))
        .route("/files-pri/{place}/{name}", get(files::private))
        .route("/files-pri/{place}/download/{name}", get(files::edge))
        .route("/files-edge/{place}/{name}", get(files::edge))
        .route("/login", get(files::login))
        .route("/commands/{secret}", post(response_url::answer))
        .route("/actions/{secret}", post(response_url::answer))
        .with_state(Arc::clone(core))
}
