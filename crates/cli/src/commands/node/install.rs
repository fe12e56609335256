//! `tidegate node install`: joins once, writes the unit, says what to do next. It starts nothing.

use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use tidegate_client::Error;
use tidegate_node::{EnrollError, enroll};
use tidegate_protocol::ErrorCode;

use super::entry::Entry;
use super::unit;
use super::words::{program, unusable};
use crate::args::{Globals, NodeEntryArgs};
use crate::exit::Exit;
use crate::output::{Failure, Screen};

/// Writes the service.
///
/// # Errors
/// The gateway did not let this machine in, or the unit cannot be written.
pub(crate) async fn run(globals: &Globals, args: &NodeEntryArgs) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let mut entry = Entry::of(globals, args)?;
    entry.warn(&screen);
    join(&screen, &mut entry).await?;
    let path = write(globals, &entry)?;
    if screen.json {
        screen.say(&serde_json::json!({"unit": path}).to_string())?;
        return Ok(Exit::Done);
    }
    screen.say(&format!("joined    {}", entry.access.address))?;
    screen.say(&format!("wrote     {}", path.display()))?;
    let unit = unit::name(globals.profile.as_deref());
    screen.say(&format!(
        "next      systemctl --user daemon-reload\n          \
         systemctl --user enable --now {unit}\n          \
         loginctl enable-linger    (to run without a login)\n          \
         {} node status",
        program(globals)
    ))?;
    Ok(Exit::Done)
}

async fn join(screen: &Screen, entry: &mut Entry) -> Result<(), Failure> {
    loop {
        let why = match enroll(&entry.home, entry.access.clone()).await {
            Ok(()) => return Ok(()),
            Err(EnrollError::Home(why)) => return Err(unusable(why)),
            Err(EnrollError::Gateway(why)) => why,
        };
        if !entry.ask(screen, &why)? {
            return Err(refused(entry, &why));
        }
    }
}

fn refused(entry: &Entry, why: &Error) -> Failure {
    let waits = why
        .shape()
        .is_some_and(|shape| shape.code == ErrorCode::NotPaired);
    if waits {
        return Failure {
            exit: Exit::Temporary,
            ..entry.failure(why)
        }
        .next("approve it with `tidegate devices approve` on the gateway, then do this again")
        .elsewhere();
    }
    entry.failure(why)
}

fn write(globals: &Globals, entry: &Entry) -> anyhow::Result<PathBuf> {
    let folder = folder().ok_or_else(|| Failure::new(Exit::Config, "there is no home folder"))?;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(&folder)?;
    let state_dir = entry.home.path().parent().unwrap_or(entry.home.path());
    let binary = std::env::current_exe()?;
    let text = unit::text(&binary, state_dir, globals.profile.as_deref());
    let path = folder.join(unit::name(globals.profile.as_deref()) + ".service");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// Where the units of a user are.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute());
    let config = named.or_else(|| Some(std::env::home_dir()?.join(".config")))?;
    Some(config.join("systemd/user"))
}
