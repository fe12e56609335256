//! Chromium: found, started, and ended with everything that it started.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tidegate_core::IdGen;
use tidegate_exec::Running;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::cdp::{Cdp, CdpEvent};
use super::pipes::Pipes;
use crate::config::CanvasConfig;
use crate::failure::Failure;
use crate::limits::PROBE;
use crate::programs::Programs;
use crate::scratch::Scratch;

/// Names of the program, the usual one first.
const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
/// Opens the pipes where Chromium looks for them, then becomes it. Nothing in it comes from outside.
const OPEN_PIPES: &str = r#"exec 3<"$1" 4>"$2"; shift 2; exec "$@""#;
/// How it is started: no window, no port, no word to anybody but the page's own servers, nothing
/// kept, no second window.
const FLAGS: [&str; 20] = [
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--block-new-web-contents",
    "--deny-permission-prompts",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--use-mock-keychain",
];
/// Time for starting it: a cold disk needs some seconds.
const START: Duration = Duration::from_secs(20);

/// Where Chromium is, and how it is started here.
pub(crate) struct Chromium {
    programs: Programs,
    program: PathBuf,
    sandbox: bool,
    scratch: PathBuf,
    ids: Arc<dyn IdGen>,
}

/// One that runs. To drop it ends it.
pub(super) struct Browser {
    pub(super) cdp: Cdp,
    running: Arc<Running>,
    // Owns the task that carries messages.
    _messages: JoinSet<()>,
    // Its profile and its pipes.
    _folder: Scratch,
}

impl Chromium {
    /// If there is one that works. The reason, if there is one that does not.
    pub(crate) async fn find(
        programs: &Programs,
        config: &CanvasConfig,
        scratch: PathBuf,
        ids: Arc<dyn IdGen>,
    ) -> Result<Option<Self>, String> {
        if !config.enabled {
            return Ok(None);
        }
        let named = config.program.as_deref();
        let program = match named {
            Some(name) => tidegate_exec::which(name, Path::new("/"))
                .ok_or_else(|| format!("canvas.program: no program {name:?}"))?,
            None => match Programs::find(&NAMES) {
                Some(program) => program,
                None => return Ok(None),
            },
        };
        let chromium = Self {
            programs: programs.clone(),
            program,
            sandbox: config.sandbox,
            scratch,
            ids,
        };
        chromium.probe().await.map(|()| Some(chromium))
    }

    async fn probe(&self) -> Result<(), String> {
        if self.sandbox && rustix::process::geteuid().is_root() {
            return Err(
                "root has no sandbox for pages: run the node as another user, \
                        or set canvas.sandbox to false"
                    .to_owned(),
            );
        }
        let look = async {
            let (browser, _) = self.start().await?;
            let version = browser
                .cdp
                .call(None, "Browser.getVersion", json!({}), PROBE);
            version.await
        };
        look.await
            .map(|_| ())
            .map_err(|why| format!("{} does not start: {why}", self.program.display()))
    }

    /// Starts it.
    pub(super) async fn start(&self) -> Result<(Browser, mpsc::Receiver<CdpEvent>), Failure> {
        let bad = |why: std::io::Error| Failure::unavailable(why.to_string());
        let folder = Scratch::make(&self.scratch, &self.ids.uuid()).map_err(bad)?;
        let pipes = Pipes::make(&folder).map_err(bad)?;
        let (sender, receiver) = pipes.open().map_err(bad)?;
        let running = Arc::new(self.programs.start(self.argv(&folder, &pipes)).await?);
        let (cdp, events, messages) = Cdp::over(sender, receiver);
        let mut tasks = JoinSet::new();
        let alive = Arc::clone(&running);
        tasks.spawn(async move {
            // The pipes do not end with the browser: both ends are ours too.
            tokio::select! {
                () = messages => {}
                _ = alive.finished() => {}
            }
        });
        let browser = Browser {
            cdp,
            running,
            _messages: tasks,
            _folder: folder,
        };
        browser.awake().await?;
        Ok((browser, events))
    }

    fn argv(&self, folder: &Scratch, pipes: &Pipes) -> Vec<String> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut argv: Vec<String> = ["/bin/sh", "-c", OPEN_PIPES, "sh"]
            .map(ToOwned::to_owned)
            .to_vec();
        argv.extend([text(&pipes.to), text(&pipes.from), text(&self.program)]);
        argv.extend(FLAGS.map(ToOwned::to_owned));
        argv.push(format!("--user-data-dir={}", text(&folder.join("profile"))));
        if !self.sandbox {
            argv.push("--no-sandbox".to_owned());
        }
        argv
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.running.stop();
    }
}

impl Browser {
    /// Whether it still runs.
    pub(super) fn is_alive(&self) -> bool {
        self.running.ended().is_none()
    }

    async fn awake(&self) -> Result<(), Failure> {
        let hello = self.cdp.call(None, "Browser.getVersion", json!({}), START);
        tokio::select! {
            biased;
            said = hello => said.map(|_| ()),
            finished = self.running.finished() => {
                let said = finished.stderr.text();
                let line = said.lines().rev().find(|line| !line.trim().is_empty());
                let line: String = line.unwrap_or("it said nothing").chars().take(300).collect();
                Err(Failure::unavailable(format!("the browser ended at once: {line}")))
            }
        }
    }
}
