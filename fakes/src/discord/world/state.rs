//! Everything that the vendor knows, behind one lock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::place::{Channel, Guild, StoredFile, User};
use crate::common::{FakeClock, FaultPlan, Recorder};
use crate::discord::gateway::Gateway;
use crate::discord::record::{Call, Command, Connection};
use crate::discord::rest::{AppCommand, Interaction, Limits};
use crate::discord::settings::Settings;
use crate::discord::snowflake::{Snowflake, SnowflakeMaker};

/// The state. Methods of other files add what can be done to it.
pub(crate) struct World {
    pub(crate) settings: Settings,
    clock: FakeClock,
    ids: SnowflakeMaker,
    /// `127.0.0.1:PORT`; empty until the server listens.
    pub(crate) host: String,
    pub(crate) token: String,
    pub(crate) token_revoked: bool,
    /// The bot's user; the application has the same id.
    pub(crate) bot: Snowflake,
    pub(crate) users: BTreeMap<Snowflake, User>,
    pub(crate) guilds: BTreeMap<Snowflake, Guild>,
    pub(crate) channels: BTreeMap<Snowflake, Channel>,
    pub(crate) files: BTreeMap<Snowflake, StoredFile>,
    pub(crate) commands: Vec<AppCommand>,
    pub(crate) interactions: BTreeMap<Snowflake, Interaction>,
    /// What interaction a message answers, for rendering.
    pub(crate) answers: BTreeMap<Snowflake, Snowflake>,
    /// Messages of the bot by their nonce, the newest of each: where and when.
    pub(crate) nonces: HashMap<String, (Snowflake, Snowflake, u64)>,
    pub(crate) gateway: Gateway,
    pub(crate) limits: Limits,
}

impl World {
    pub(crate) fn new(settings: Settings, clock: FakeClock, seed: u64) -> Self {
        let mut world = Self {
            settings,
            clock,
            ids: SnowflakeMaker::default(),
            host: String::new(),
            token: format!("MTA4{seed:012x}.GfAkE0.not-a-real-token-{seed:016x}"),
            token_revoked: false,
            bot: Snowflake::from_number(0),
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            files: BTreeMap::new(),
            commands: Vec::new(),
            interactions: BTreeMap::new(),
            answers: BTreeMap::new(),
            nonces: HashMap::new(),
            gateway: Gateway::default(),
            limits: Limits::default(),
        };
        world.bot = world.add_user("tidegate", true);
        world
    }

    /// Unix milliseconds.
    pub(crate) fn now_ms(&self) -> u64 {
        u64::try_from(self.clock.now_ms()).unwrap_or(0)
    }

    pub(crate) fn make_id(&mut self) -> Snowflake {
        let now_ms = self.now_ms();
        self.ids.make(now_ms)
    }

    pub(crate) fn add_user(&mut self, name: &str, bot: bool) -> Snowflake {
        let id = self.make_id();
        let user = User {
            id,
            name: name.to_owned(),
            bot,
            closed: false,
        };
        self.users.insert(id, user);
        id
    }
}

/// The world and what stands beside it; owned by the fake, its server and its connections.
pub(crate) struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    pub(crate) clock: FakeClock,
    pub(crate) faults: FaultPlan,
    pub(crate) calls: Recorder<Call>,
    pub(crate) connections: Recorder<Connection>,
    pub(crate) commands: Recorder<Command>,
}

impl Shared {
    pub(crate) fn new(settings: Settings, seed: u64) -> Self {
        let clock = FakeClock::system();
        Self {
            world: Mutex::new(World::new(settings, clock.clone(), seed)),
            changed: watch::Sender::new(0),
            clock,
            faults: FaultPlan::seeded(seed),
            calls: Recorder::default(),
            connections: Recorder::default(),
            commands: Recorder::default(),
        }
    }

    /// Looks at the world.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the world and wakes everyone who waits for a change.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.lock());
        self.touch();
        result
    }

    /// Wakes everyone who waits for a change.
    pub(crate) fn touch(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
