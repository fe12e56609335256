//! The host: what works here, and the way to the gateway.

use std::path::PathBuf;
use std::sync::Arc;

use tidegate_client::{
    Address, Auth, Client, ConnectOptions, Deadlines, DeviceIdentity, Error, NodeClaims, Trust,
    fresh_id,
};
use tidegate_core::exec::Place;
use tidegate_core::{Clock, IdGen};
use tidegate_exec::{Executor, WardenCommand};
use tidegate_protocol::Role;
use tidegate_protocol::api::connect::ClientInfo;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::config::HostConfig;
use crate::found::{Found, Parts};
use crate::home::{Home, HomeError, Lock};
use crate::invokes::Invokes;
use crate::link::Link;
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::status::Status;

/// How it is let in.
#[derive(Debug, Clone)]
pub struct Access {
    /// Where the gateway is.
    pub address: Address,
    /// Which certificate it must show.
    pub trust: Trust,
    /// What is shown while the gateway has given this node no token of its own, or has taken it
    /// back.
    pub auth: Auth,
}

/// A family of commands that is not offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Which commands.
    pub what: &'static str,
    /// Why not, and what would help.
    pub why: String,
}

/// Why a node did not get in.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    /// Its own folder.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The gateway, or the way to it.
    #[error(transparent)]
    Gateway(#[from] Error),
}

/// The node host of this machine.
pub struct Host {
    link: Link,
    executors: Executors,
    scratch: PathBuf,
    status: watch::Receiver<Status>,
    missing: Vec<Missing>,
    // The one host of its folder.
    _lock: Lock,
}

impl Host {
    /// Takes the node's folder and looks what works here: programs are started for it.
    ///
    /// # Errors
    /// The folder or its files cannot be used, or another host has them.
    pub async fn open(
        home: Home,
        access: Access,
        warden: WardenCommand,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGen>,
    ) -> Result<Self, HomeError> {
        let lock = home.lock()?;
        let config = home.config()?;
        let identity = home.identity()?;
        let scratch = home.scratch();
        Scratch::clear(&scratch).map_err(|source| HomeError::Io {
            path: scratch.clone(),
            source,
        })?;
        let place = Place::Node(identity.device_id().to_owned());
        let executors = Executors::new(&place, &home, &config, &warden, &ids);
        let parts = Parts {
            home: home.clone(),
            config,
            executor: Arc::clone(&executors.asked),
            programs: Programs::new(Arc::clone(&executors.own)),
            clock: Arc::clone(&clock),
            ids,
        };
        let found = Found::look(&parts).await;
        let mut status = Status::new(identity.device_id(), found.table.names());
        status.gateway = Some(access.address.to_string());
        let (sender, status) = watch::channel(status);
        let claims = found.claims();
        let options = options(&home, identity, access, &parts.config, claims);
        Ok(Self {
            link: Link {
                options,
                invokes: Arc::new(Invokes::new(found.table)),
                board: Board {
                    home,
                    clock,
                    status: sender,
                },
                stop: CancellationToken::new(),
            },
            executors,
            scratch,
            status,
            missing: found.missing,
            _lock: lock,
        })
    }

    /// Its id at the gateway.
    pub fn device_id(&self) -> String {
        self.status.borrow().device_id.clone()
    }

    /// The commands that it offers, sorted.
    pub fn commands(&self) -> Vec<String> {
        self.link.invokes.commands()
    }

    /// What it does not offer, and why.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// What it says of itself, from now on.
    pub fn watch(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// Ends it: commands are ended and answered, then the connection is closed.
    pub fn stopper(&self) -> CancellationToken {
        self.link.stop.clone()
    }

    /// Stays connected until it is stopped, and leaves no program behind.
    ///
    /// # Errors
    /// Nobody vouches for the gateway's certificate and none is pinned, or the gateway's owner put
    /// this node out, or nothing that it has to show fits.
    pub async fn run(self) -> Result<(), Error> {
        let done = self.link.run().await;
        let Self {
            link,
            executors,
            scratch,
            ..
        } = self;
        // The canvas and its browser.
        drop(link);
        executors.close().await;
        if let Err(why) = Scratch::clear(&scratch) {
            tracing::warn!(%why, "work in progress was not removed");
        }
        done
    }
}

/// What runs programs here.
struct Executors {
    /// What the gateway asks for: kept out of the state directory.
    asked: Arc<Executor>,
    /// The host's own programs, which work in its folder with arguments of ours.
    own: Arc<Executor>,
}

impl Executors {
    fn new(
        place: &Place,
        home: &Home,
        config: &HostConfig,
        warden: &WardenCommand,
        ids: &Arc<dyn IdGen>,
    ) -> Self {
        let cwd = config.cwd.clone().unwrap_or_else(own_folder);
        let one = || Executor::new(place.clone(), cwd.clone(), warden.clone(), Arc::clone(ids));
        Self {
            asked: Arc::new(one().with_fence(config.fence.around(home.state_dir()))),
            own: Arc::new(one()),
        }
    }

    async fn close(&self) {
        tokio::join!(self.asked.close(), self.own.close());
    }
}

/// Joins a gateway once and leaves again: what the gateway gives to this node is kept, so that
/// [`Host::run`] needs no other secret from then on.
///
/// # Errors
/// The folder cannot be used, or the gateway did not let it in.
pub async fn enroll(home: &Home, access: Access) -> Result<(), EnrollError> {
    let (identity, config) = (home.identity()?, home.config()?);
    let options = options(home, identity, access, &config, NodeClaims::default());
    let (client, events) = Client::connect(&options).await?;
    drop(events);
    client.close().await;
    Ok(())
}

fn own_folder() -> PathBuf {
    std::env::home_dir().unwrap_or_else(|| PathBuf::from("/"))
}

fn options(
    home: &Home,
    identity: DeviceIdentity,
    access: Access,
    config: &HostConfig,
    node: NodeClaims,
) -> ConnectOptions {
    let client = ClientInfo {
        id: "node-host".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: std::env::consts::OS.to_owned(),
        mode: "node".to_owned(),
        display_name: Some(config.display_name.clone().unwrap_or_else(host_name)),
        device_family: None,
        model_identifier: None,
        instance_id: Some(fresh_id()),
    };
    ConnectOptions {
        address: access.address,
        role: Role::Node,
        scopes: Vec::new(),
        client,
        auth: access.auth,
        identity: Some(identity),
        tokens: Some(home.tokens()),
        trust: access.trust,
        deadlines: Deadlines::default(),
        node,
    }
}

fn host_name() -> String {
    let name = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    if name.is_empty() {
        "node".to_owned()
    } else {
        name
    }
}
