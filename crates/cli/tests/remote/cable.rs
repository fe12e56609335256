//! Two hosts and a cable between them.

use std::process::Stdio;

use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

/// The address of the gateway's host.
pub(crate) const NEAR: &str = "10.77.0.1";
/// The address of the other host.
pub(crate) const FAR: &str = "10.77.0.2";
/// Where `ip` is on systems that hide it from users.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin";

/// A network namespace, which lives as long as this.
pub(crate) struct Host {
    keeper: Child,
}

/// Both hosts. Their user is the one of the test, and root of nothing but these.
pub(crate) struct Cable {
    /// The gateway's host.
    pub(crate) near: Host,
    /// The other host.
    pub(crate) far: Host,
}

impl Cable {
    /// Makes the hosts and plugs them together.
    pub(crate) async fn plug() -> Self {
        let mut first = Command::new("unshare");
        first.args(["-Urn", "--"]);
        let near = Host::keep(first).await;
        let mut second = near.command("unshare");
        second.args(["-n", "--"]);
        let far = Host::keep(second).await;
        let peer = far.pid();
        near.ip(&[
            "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", &peer,
        ])
        .await;
        near.up("near", NEAR).await;
        far.up("far", FAR).await;
        Self { near, far }
    }
}

impl Host {
    /// `namespace` runs what follows it in a namespace; that waits for the end of its input.
    async fn keep(mut namespace: Command) -> Self {
        let mut keeper = namespace
            .args(["sh", "-c", "echo ready && exec cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap()).lines();
        let first = in_time("a namespace", said.next_line()).await.unwrap();
        if first.unwrap().as_deref() != Some("ready") {
            let mut why = String::new();
            let mut stderr = keeper.stderr.take().unwrap();
            stderr.read_to_string(&mut why).await.unwrap();
            panic!(
                "no network namespace can be made here ({}): run this test as root, or allow users to make \
                 namespaces (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns=0)",
                why.trim()
            );
        }
        Self { keeper }
    }

    fn pid(&self) -> String {
        self.keeper.id().unwrap().to_string()
    }

    /// A program on this host.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command
            .args([
                "-t",
                &self.pid(),
                "-U",
                "-n",
                "--preserve-credentials",
                "--",
            ])
            .arg(program)
            .env_clear()
            .env("PATH", SYSTEM_PATH)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn ip(&self, args: &[&str]) {
        let output = in_time("ip", self.command("ip").args(args).output());
        let output = output.await.unwrap().unwrap();
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "ip {args:?}: {why}");
    }

    async fn up(&self, device: &str, address: &str) {
        self.ip(&["addr", "add", &format!("{address}/24"), "dev", device])
            .await;
        self.ip(&["link", "set", device, "up"]).await;
        self.ip(&["link", "set", "lo", "up"]).await;
    }
}
