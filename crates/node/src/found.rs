//! What works on this machine: a command whose program is missing is not offered.

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_client::NodeClaims;
use tidegate_core::exec::SEARCH_PATH;
use tidegate_core::{Clock, IdGen};
use tidegate_exec::{Executor, Fence};
use tidegate_protocol::api::commands::{camera, canvas, files, location, screen, system};

use crate::canvas::{Canvas, Chromium};
use crate::commands::media::{Cameras, Ffmpeg, Screens};
use crate::commands::{Files, Location, Notify, Rules, Runs, Which};
use crate::config::{FenceConfig, HostConfig};
use crate::home::Home;
use crate::host::Missing;
use crate::programs::Programs;
use crate::table::Table;

/// What works here.
pub(crate) struct Found {
    pub(crate) table: Table,
    pub(crate) missing: Vec<Missing>,
    permissions: BTreeMap<String, bool>,
}

/// What commands are made of.
pub(crate) struct Parts {
    pub(crate) home: Home,
    pub(crate) config: HostConfig,
    /// Runs what the gateway asks for.
    pub(crate) executor: Arc<Executor>,
    /// The host's own programs.
    pub(crate) programs: Programs,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGen>,
}

impl Found {
    /// Looks: programs are started for it.
    pub(crate) async fn look(parts: &Parts) -> Self {
        let mut found = Self {
            table: Table::default(),
            missing: Vec::new(),
            permissions: BTreeMap::new(),
        };
        let programs = &parts.programs;
        found.system(parts);
        found.notify(programs);
        found.files(parts);
        found.location(parts);
        found.media(parts, programs).await;
        found.canvas(parts, programs).await;
        found
    }

    /// What the node says of itself.
    pub(crate) fn claims(&self) -> NodeClaims {
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
        if parts.config.fence != FenceConfig::Off && !Fence::works_here() {
            self.missing(
                "a fence",
                match parts.config.fence {
                    FenceConfig::Required => "the kernel has no Landlock: no program runs (fence in node.json)",
                    _ => "the kernel has no Landlock: a program of system.run can read the key of this node",
                },
            );
        }
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
