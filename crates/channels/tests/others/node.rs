//! Programs of others, run by the Node that `cargo xtask ci` brings.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tidegate_fakes::common::{Request, dial};
use tokio::process::{Child, Command};

/// A file of a program; `cargo xtask ci` installs it.
pub(crate) fn package(path: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ci/node/node_modules");
    let file = folder.join(path);
    assert!(
        file.exists(),
        "{} is missing: `cargo xtask ci` installs it",
        file.display()
    );
    file
}

/// Node; killed when dropped.
pub(crate) fn node() -> Command {
    let node = std::env::var_os("TIDEGATE_NODE").unwrap_or_else(|| "node".into());
    let mut command = Command::new(node);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true);
    command
}

/// Starts it, and says how to get it if it does not.
pub(crate) fn start(command: &mut Command) -> Child {
    command
        .spawn()
        .expect("Node does not start: `cargo xtask ci` installs it")
}

/// Posts JSON, and gives the JSON that comes back.
pub(crate) async fn post(url: &str, headers: &[(&str, &str)], body: &Value) -> Value {
    let body = body.to_string();
    let mut all = vec![("content-type", "application/json")];
    all.extend_from_slice(headers);
    let request = Request {
        method: "POST",
        url,
        headers: &all,
        body: body.as_bytes(),
        deadline: Duration::from_secs(20),
    };
    let reply = dial(&request).await.unwrap();
    let words = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(
        (200..300).contains(&reply.status),
        "{}: {words}",
        reply.status
    );
    serde_json::from_str(&words).unwrap_or(Value::Null)
}
