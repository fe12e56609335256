//! `--force`: ends whoever listens on our port, and says who that is (D19).
//!
//! Listeners are found with lsof. A Tidegate gateway forbids others to look into its process, so
//! lsof of an ordinary user does not see it: then the lock of the state directory names it.

mod holders;

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

pub(crate) use holders::{Holder, holders};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// From SIGTERM to SIGKILL.
const POLITE: Duration = Duration::from_secs(2);
/// Between two looks whether it is gone.
const LOOK: Duration = Duration::from_millis(20);
/// From SIGKILL to giving up.
const IMPOLITE: Duration = Duration::from_secs(2);

/// Why the port was not freed. Always exit code 78.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ForceError {
    /// There is no lsof.
    #[error(
        "--force needs lsof to find who listens on port {port}: install it (apt install lsof), or stop that program yourself"
    )]
    NoLsof {
        /// The port.
        port: u16,
    },
    /// Not one that may be ended.
    #[error("--force does not end {holder}: {reason}")]
    Refused {
        /// Who it is.
        holder: Holder,
        /// Why not, and what to do.
        reason: String,
    },
    /// It could not be ended.
    #[error("{holder} could not be ended: {problem}")]
    Failed {
        /// Who it is.
        holder: Holder,
        /// What went wrong.
        problem: String,
    },
    /// The port is taken, and nobody can be seen there.
    #[error(
        "port {port} is taken, but not by a process of yours: see with sudo lsof -nP -iTCP:{port} -sTCP:LISTEN"
    )]
    Unseen {
        /// The port.
        port: u16,
    },
}

/// Frees the port. What was done goes to `tell`, line by line.
///
/// # Errors
/// There is no lsof, or someone is there who may not or could not be ended.
pub(crate) async fn free_port(
    port: u16,
    state_dir: &Path,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(), ForceError> {
    let Some(found) = holders(port, state_dir) else {
        return if is_free(port) {
            Ok(())
        } else {
            Err(ForceError::NoLsof { port })
        };
    };
    if is_free(port) {
        return Ok(());
    }
    if found.is_empty() {
        return Err(ForceError::Unseen { port });
    }
    for holder in found {
        end(&holder, port, state_dir, tell).await?;
    }
    Ok(())
}

fn is_free(port: u16) -> bool {
    port == 0
        || ["127.0.0.1", "::1"]
            .into_iter()
            .all(|host| match TcpListener::bind((host, port)) {
                Ok(_) => true,
                Err(error) => error.kind() != std::io::ErrorKind::AddrInUse,
            })
}

async fn end(
    holder: &Holder,
    port: u16,
    state_dir: &Path,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(), ForceError> {
    let refused = |reason: String| ForceError::Refused {
        holder: holder.clone(),
        reason,
    };
    let failed = |problem: String| ForceError::Failed {
        holder: holder.clone(),
        problem,
    };
    if holder.pid <= 1 {
        return Err(refused("it is the first process of this system".to_owned()));
    }
    if u32::try_from(holder.pid).is_ok_and(|pid| pid == std::process::id()) {
        return Err(refused("that is this very process".to_owned()));
    }
    if holder.uid != rustix::process::geteuid().as_raw() {
        return Err(refused(
            "it belongs to another user; choose another port with --port".to_owned(),
        ));
    }
    if let Some(command) = supervisor(holder.pid) {
        return Err(refused(format!(
            "its supervisor would start it again; run: {command}"
        )));
    }
    let Some(pid) = Pid::from_raw(holder.pid) else {
        return Ok(());
    };
    // From here on the number cannot come to mean another process.
    let handle = match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(handle) => handle,
        Err(rustix::io::Errno::SRCH) => return Ok(()),
        Err(error) => return Err(failed(error.to_string())),
    };
    if !holders(port, state_dir)
        .unwrap_or_default()
        .contains(holder)
    {
        return Ok(());
    }
    let born = birth(holder.pid);
    for (signal, name, wait) in [
        (Signal::TERM, "SIGTERM", POLITE),
        (Signal::KILL, "SIGKILL", IMPOLITE),
    ] {
        tell(format!("{name} to {holder}, which listens on port {port}"));
        match pidfd_send_signal(&handle, signal) {
            Ok(()) => {}
            Err(rustix::io::Errno::SRCH) => return Ok(()),
            Err(error) => return Err(failed(error.to_string())),
        }
        if tokio::time::timeout(wait, gone(holder.pid, born.as_deref()))
            .await
            .is_ok()
        {
            return Ok(());
        }
    }
    Err(failed("it is still there after SIGKILL".to_owned()))
}

/// Returns when the process is no more than a name.
async fn gone(pid: i32, born: Option<&str>) {
    let mut look = tokio::time::interval(LOOK);
    while birth(pid).is_some_and(|now| Some(now.as_str()) == born) {
        look.tick().await;
    }
}

/// When a process that still runs was started: tells it from a later one with its number.
fn birth(pid: i32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

/// The command that stops a process for good, if somebody else looks after it and not after us.
pub(crate) fn supervisor(pid: i32) -> Option<String> {
    let group = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/cgroup")).ok();
    let (theirs, ours) = (group(&pid.to_string())?, group("self"));
    if Some(&theirs) == ours.as_ref() {
        return None;
    }
    theirs
        .lines()
        .find_map(|line| stop_command(line.rsplit(':').next()?))
}

/// What stops the owner of a control group.
fn stop_command(group: &str) -> Option<String> {
    let last = group.rsplit('/').find(|part| !part.is_empty())?;
    let container = last
        .strip_prefix("docker-")
        .and_then(|id| id.strip_suffix(".scope"));
    if let Some(id) = container.or_else(|| {
        group
            .strip_prefix("/docker/")
            .filter(|id| !id.contains('/'))
    }) {
        return Some(format!("docker stop {}", id.get(..12).unwrap_or(id)));
    }
    if !last.ends_with(".service") || last.starts_with("user@") {
        return None;
    }
    let user = if group.contains("/user@") {
        "--user "
    } else {
        ""
    };
    Some(format!("systemctl {user}stop {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Child, Command};

    fn listen_elsewhere(ignore_term: bool) -> (Child, u16) {
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let trap = if ignore_term {
            "signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        } else {
            ""
        };
        let code = format!(
            "import socket,signal,time;{trap}s=socket.socket();s.bind(('127.0.0.1',{free}));s.listen();time.sleep(60)"
        );
        let child = Command::new("python3").args(["-c", &code]).spawn().unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", free)).is_err() {
            std::thread::yield_now();
        }
        (child, free)
    }

    #[tokio::test]
    async fn ends_a_listener_politely_then_impolitely() {
        let state = tempfile::tempdir().unwrap();
        for (ignores, signals) in [(false, 1), (true, 2)] {
            let (mut child, port) = listen_elsewhere(ignores);
            let mut told = Vec::new();
            free_port(port, state.path(), &mut |line| told.push(line))
                .await
                .unwrap();
            assert_eq!(told.len(), signals, "{told:?}");
            assert!(told[0].contains(&child.id().to_string()));
            assert!(!child.wait().unwrap().success());
            assert!(is_free(port));
        }
    }

    #[tokio::test]
    async fn refuses_itself_and_leaves_a_free_port_alone() {
        let state = tempfile::tempdir().unwrap();
        let own = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = own.local_addr().unwrap().port();
        let refused = free_port(port, state.path(), &mut |_| ())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains("this very process"), "{refused}");
        drop(own);
        free_port(port, state.path(), &mut |line| panic!("{line}"))
            .await
            .unwrap();
    }

    #[test]
    fn refuses_other_users_and_supervised_processes() {
        assert_eq!(
            stop_command("/system.slice/tidegate.service").as_deref(),
            Some("systemctl stop tidegate.service")
        );
        assert_eq!(
            stop_command("/user.slice/user-1000.slice/user@1000.service/app.slice/t.service")
                .as_deref(),
            Some("systemctl --user stop t.service")
        );
        assert_eq!(
            stop_command("/user.slice/user-1000.slice/session-2.scope"),
            None
        );
        assert_eq!(
            stop_command("/docker/0123456789abcdef").as_deref(),
            Some("docker stop 0123456789ab")
        );
        assert_eq!(holders::parse("p12\ncnode\nu7\nf3\np13\ncx\nu8\n").len(), 2);
        let first = holders::from_proc(1).unwrap();
        assert_eq!(first.pid, 1);
    }
}
