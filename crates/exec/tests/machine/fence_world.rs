//! A state directory of a user, and what is around it.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tidegate_exec::{Demand, Fence, Finished, Outcome, Request, WardenCommand};

use crate::rig::{AS_NOBODY, NOBODY, PlainWarden, Rig};

pub(crate) const TOKEN: &str = "the owner's token\n";
pub(crate) const USERS: [u32; 2] = [0, NOBODY];

/// A state directory of a user with a workspace in it, and what is beside it.
pub(crate) struct World {
    pub(crate) rig: Rig,
    user: u32,
    _warden: PlainWarden,
}

impl World {
    pub(crate) fn new(user: u32, fenced: bool) -> Self {
        let plain = PlainWarden::new();
        let warden = if user == NOBODY {
            plain.command.clone()
        } else {
            WardenCommand {
                program: env!("CARGO_BIN_EXE_tidegate-warden").into(),
                arguments: Vec::new(),
            }
        };
        let rig = Rig::fenced(warden, |home| {
            furnish(home, user);
            let fence = Fence::around(vec![home.join("state")], Demand::Required)
                .but_for([home.join("state/workspaces/a")]);
            fenced.then_some(fence)
        });
        Self {
            rig,
            user,
            _warden: plain,
        }
    }

    /// A line for a shell that begins in this folder of the world.
    pub(crate) async fn run_in(&self, folder: &str, line: &str) -> Finished {
        let request = Request {
            cwd: Some(self.rig.path(folder).to_str().unwrap().to_owned()),
            ..self.rig.request(&["bash", "-c", line])
        };
        let mut subject = self.rig.executor.look(request).await.unwrap();
        subject.user = self.user;
        self.rig.run_subject(&subject).await.unwrap()
    }

    pub(crate) async fn run(&self, line: &str) -> Finished {
        self.run_in("", line).await
    }

    pub(crate) async fn succeeds(&self, line: &str) -> bool {
        self.run(line).await.outcome == Outcome::Exited(0)
    }

    pub(crate) fn is_whole(&self) -> bool {
        let state = self.rig.path("state");
        let names: Vec<_> = std::fs::read_dir(&state)
            .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect())
            .unwrap_or_default();
        let token = std::fs::read_to_string(state.join("gateway.token"));
        names.len() == 2 && token.is_ok_and(|token| token == TOKEN)
    }
}

/// Makes the folders and files, the user's own.
fn furnish(home: &Path, user: u32) {
    for folder in ["state", "state/workspaces", "state/workspaces/a", "beside"] {
        std::fs::create_dir(home.join(folder)).unwrap();
    }
    std::fs::write(home.join("state/gateway.token"), TOKEN).unwrap();
    std::fs::write(home.join("beside/file"), "").unwrap();
    std::fs::write(home.join("file"), "").unwrap();
    let all = [
        "",
        "state",
        "state/workspaces",
        "state/workspaces/a",
        "state/gateway.token",
        "beside",
        "beside/file",
        "file",
    ];
    for name in all {
        chown(home.join(name), Some(user), Some(user)).unwrap();
    }
    for name in ["state", "state/gateway.token"] {
        let mode = PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(home.join(name), mode).unwrap();
    }
}

/// A process of the same user outside of the fence, as the gateway is one, but less guarded: it can be
/// looked into. It is in the state directory and has the token open.
pub(crate) struct Outsider(Child);

impl Outsider {
    pub(crate) fn new(world: &World) -> Self {
        let state = world.rig.path("state");
        let mut command = Command::new("setpriv");
        if world.user == NOBODY {
            command.args(AS_NOBODY);
        }
        let child = command
            .args(["sh", "-c", "exec 7<gateway.token; exec sleep 600"])
            .current_dir(state)
            .env("OUTSIDERS_SECRET", "yes")
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn open_token(&self) -> PathBuf {
        format!("/proc/{}/fd/7", self.0.id()).into()
    }
}

impl Drop for Outsider {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
