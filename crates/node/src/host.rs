//! The host: what works here, and the way to the gateway.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use tidegate_client::{
    Address, Auth, Client, ConnectOptions, Deadlines, DeviceIdentity, Error, NodeClaims, Trust,
    fresh_id,
};
use tidegate_core::exec::{Place, SEARCH_PATH};
use tidegate_core::{Clock, IdGen};
use tidegate_exec::{Executor, WardenCommand};
use tidegate_protocol::Role;
use tidegate_protocol::api::commands::{camera, canvas, files, location, screen, system};
use tidegate_protocol::api::connect::ClientInfo;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::canvas::{Canvas, Chromium};
use crate::commands::media::{Cameras, Ffmpeg, Screens};
use crate::commands::{Files, Location, Notify, Rules, Runs, Which};
use crate::config::HostConfig;
use crate::home::{Home, HomeError, Lock};
use crate::invokes::Invokes;
use crate::link::{Board, Link};
use crate::programs::Programs;
use crate::scratch::Scratch;
use crate::status::Status;
use crate::table::Table;

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
    executor: Arc<Executor>,
    scratch: PathBuf,
    status: watch::Receiver<Status>,
    missing: Vec<Missing>,
    // The one host of its folder.
    _lock: Lock,
}

/// Looks what works here.
struct Found {
    table: Table,
    missing: Vec<Missing>,
    permissions: BTreeMap<String, bool>,
}

/// What commands are made of.
struct Parts {
    home: Home,
    config: HostConfig,
    executor: Arc<Executor>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
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
        let cwd = config.cwd.clone().unwrap_or_else(own_folder);
        let executor = Arc::new(Executor::new(place, cwd, warden, Arc::clone(&ids)));
        let parts = Parts {
            home: home.clone(),
            config,
            executor: Arc::clone(&executor),
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
            executor,
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
    /// Nobody vouches for the gateway's certificate, and none is pinned.
    pub async fn run(self) -> Result<(), Error> {
        let done = self.link.run().await;
        let Self {
            link,
            executor,
            scratch,
            ..
        } = self;
        // The canvas and its browser.
        drop(link);
        executor.close().await;
        if let Err(why) = Scratch::clear(&scratch) {
            tracing::warn!(%why, "work in progress was not removed");
        }
        done
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

/// The first words of the commands, each once.
fn families(commands: &[String]) -> Vec<String> {
    let mut families: Vec<String> = commands
        .iter()
        .filter_map(|command| command.split('.').next())
        .map(ToOwned::to_owned)
        .collect();
    families.dedup();
    families
}

impl Found {
    async fn look(parts: &Parts) -> Self {
        let mut found = Self {
            table: Table::default(),
            missing: Vec::new(),
            permissions: BTreeMap::new(),
        };
        let programs = Programs::new(Arc::clone(&parts.executor));
        found.system(parts);
        found.notify(&programs);
        found.files(parts);
        found.location(parts);
        found.media(parts, &programs).await;
        found.canvas(parts, &programs).await;
        found
    }

    fn claims(&self) -> NodeClaims {
        let commands = self.table.names();
        NodeClaims {
            caps: families(&commands),
            commands,
            permissions: self.permissions.clone(),
            path_env: Some(SEARCH_PATH.to_owned()),
        }
    }

    fn missing(&mut self, what: &'static str, why: impl Into<String>) {
        self.missing.push(Missing {
            what,
            why: why.into(),
        });
    }

    fn system(&mut self, parts: &Parts) {
        let rules = Arc::new(Rules::at(parts.home.approvals_file()));
        let runs = Arc::new(Runs {
            executor: Arc::clone(&parts.executor),
            rules: Arc::clone(&rules),
            clock: Arc::clone(&parts.clock),
            ids: Arc::clone(&parts.ids),
        });
        self.table.offer::<system::SystemRun>(&runs);
        self.table.offer::<system::SystemRunPrepare>(&runs);
        self.table.offer::<system::SystemWhich>(&Arc::new(Which));
        self.table.offer::<system::SystemExecApprovalsGet>(&rules);
        self.table.offer::<system::SystemExecApprovalsSet>(&rules);
    }

    fn notify(&mut self, programs: &Programs) {
        let notify = Notify::find(programs);
        self.permissions
            .insert("notifications".to_owned(), notify.is_some());
        match notify {
            Some(notify) => self.table.offer::<system::SystemNotify>(&Arc::new(notify)),
            None => self.missing(
                "system.notify",
                "no notify-send, or no desktop session (DBUS_SESSION_BUS_ADDRESS)",
            ),
        }
    }

    fn files(&mut self, parts: &Parts) {
        let (files, refused) = Files::open(&parts.config.folders, parts.home.path());
        for why in refused {
            self.missing("file.*", why);
        }
        let (read, write) = files.offers();
        let files = Arc::new(files);
        if read {
            self.table.offer::<files::FileRead>(&files);
            self.table.offer::<files::FileList>(&files);
        } else {
            self.missing("file.*", "no folder is offered (folders in node.json)");
        }
        if write {
            self.table.offer::<files::FileWrite>(&files);
        }
    }

    fn location(&mut self, parts: &Parts) {
        let place = parts.config.location.clone();
        self.permissions
            .insert("location".to_owned(), place.is_some());
        match place {
            Some(place) => {
                let location = Arc::new(Location(place));
                self.table.offer::<location::LocationGet>(&location);
            }
            None => self.missing(
                "location.get",
                "no place is written down (location in node.json)",
            ),
        }
    }

    async fn media(&mut self, parts: &Parts, programs: &Programs) {
        let ffmpeg = Ffmpeg::find(programs, parts.home.scratch(), Arc::clone(&parts.ids)).await;
        let config = &parts.config;
        let cameras = ffmpeg
            .as_ref()
            .and_then(|ffmpeg| Cameras::find(ffmpeg, config.camera.clone()));
        let screens = ffmpeg
            .as_ref()
            .and_then(|ffmpeg| Screens::find(ffmpeg, config.screen.clone()));
        for (name, there) in [
            ("camera", cameras.is_some()),
            ("screenRecording", screens.is_some()),
        ] {
            self.permissions.insert(name.to_owned(), there);
        }
        if let Some(cameras) = cameras.map(Arc::new) {
            self.table.offer::<camera::CameraList>(&cameras);
            self.table.offer::<camera::CameraSnap>(&cameras);
            self.table.offer::<camera::CameraClip>(&cameras);
        } else {
            self.missing("camera.*", "no ffmpeg that works, or no camera");
        }
        if let Some(screens) = screens.map(Arc::new) {
            self.table.offer::<screen::ScreenRecord>(&screens);
        } else {
            self.missing(
                "screen.record",
                "no ffmpeg that works, or no screen (DISPLAY)",
            );
        }
    }

    async fn canvas(&mut self, parts: &Parts, programs: &Programs) {
        let config = &parts.config.canvas;
        let ids = Arc::clone(&parts.ids);
        let chromium = match Chromium::find(programs, config, parts.home.scratch(), ids).await {
            Ok(Some(chromium)) => chromium,
            Ok(None) => return self.missing("canvas.*", "no Chromium, or canvas.enabled is false"),
            Err(why) => return self.missing("canvas.*", why),
        };
        let canvas = Arc::new(Canvas::new(chromium));
        self.table.offer::<canvas::CanvasPresent>(&canvas);
        self.table.offer::<canvas::CanvasHide>(&canvas);
        self.table.offer::<canvas::CanvasNavigate>(&canvas);
        self.table.offer::<canvas::CanvasEval>(&canvas);
        self.table.offer::<canvas::CanvasSnapshot>(&canvas);
        self.table.offer::<canvas::CanvasA2uiPush>(&canvas);
        self.table.offer::<canvas::CanvasA2uiPushJsonl>(&canvas);
        self.table.offer::<canvas::CanvasA2uiReset>(&canvas);
    }
}
