//! Landlock: takes rights from this process and from everything that it starts, for ever.

use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, PathBeneath, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};
use rustix::fs::{FileType, Mode, OFlags, fstat};
use rustix::io::Errno;

use super::paths::open_paths;
use super::plan::{Demand, Fence};

/// Where the kernel tells what is mounted.
const MOUNTS: &str = "/proc/self/mountinfo";

/// Whether the kernel has Landlock, and it is switched on.
pub(super) fn is_there() -> bool {
    Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(needed())
        .is_ok()
}

/// Closes the fence: from here on this process, which must have one thread, and all that it starts is
/// kept out. Nothing in it can signal a process outside either, look into its memory, or talk to an
/// abstract socket of it, as far as the kernel can see to that.
///
/// # Errors
/// It could not be closed and is required, or what stays open could not be found out.
pub(crate) fn close(fence: &Fence) -> io::Result<()> {
    if !is_there() {
        return without(fence.demand);
    }
    let mounts = std::fs::read_to_string(MOUNTS)?;
    let open = open_paths(fence, &mounts)?;
    let rules = open
        .iter()
        .filter_map(|path| rule(path).transpose())
        .collect::<io::Result<Vec<_>>>()?;
    match restrict(rules).map_err(io::Error::other)? {
        RulesetStatus::NotEnforced => Err(io::Error::other("the kernel did not close it")),
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
    }
}

/// Starts something that cannot signal us, as far as the kernel can see to that, while we can signal
/// it. On a thread, since what a thread takes from itself it takes from what it starts, and not from
/// us.
///
/// # Errors
/// It was not started.
pub(crate) fn below_us<T: Send>(start: impl FnOnce() -> io::Result<T> + Send) -> io::Result<T> {
    std::thread::scope(|scope| {
        let apart = std::thread::Builder::new().spawn_scoped(scope, || {
            take_signals()?;
            start()
        })?;
        let started = apart.join();
        started.unwrap_or_else(|_| Err(io::Error::other("its start was interrupted")))
    })
}

fn take_signals() -> io::Result<()> {
    let ruleset = || Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
    let Ok(signals) = ruleset().scope(Scope::Signal) else {
        return Ok(());
    };
    // Files are moved between folders only where every fence says so.
    let all = rustix::fs::open("/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let taken = signals
        .handle_access(AccessFs::Refer)
        .and_then(Ruleset::create)
        .and_then(|fence| fence.add_rule(PathBeneath::new(all, AccessFs::Refer)))
        .and_then(RulesetCreated::restrict_self);
    taken.map(drop).map_err(io::Error::other)
}

/// Where there is no Landlock.
fn without(demand: Demand) -> io::Result<()> {
    match demand {
        Demand::BestEffort => Ok(()),
        Demand::Required => Err(io::Error::other("the kernel has no Landlock")),
    }
}

/// What every kernel with Landlock can take away. Not the right to list: a folder on the way to the
/// state directory must be listed to be of any use, and names are no secrets.
fn needed() -> BitFlags<AccessFs> {
    AccessFs::from_all(ABI::V1) & !AccessFs::ReadDir
}

/// What newer ones can take away besides: to move files between folders, and to cut them by name.
fn wished() -> BitFlags<AccessFs> {
    AccessFs::from_all(ABI::V3) & !AccessFs::ReadDir
}

fn restrict(rules: Vec<PathBeneath<OwnedFd>>) -> Result<RulesetStatus, RulesetError> {
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(needed())?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(wished())?
        .scope(Scope::from_all(ABI::V6))?
        .create()?
        .add_rules(rules.into_iter().map(Ok::<_, RulesetError>))?
        .restrict_self()?;
    Ok(status.ruleset)
}

/// All rights for a path and what is in it. `None` if it is gone, or not ours to look at.
fn rule(path: &Path) -> io::Result<Option<PathBeneath<OwnedFd>>> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let found = match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(found) => found,
        Err(Errno::NOENT | Errno::ACCESS | Errno::PERM) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let is_folder = FileType::from_raw_mode(fstat(&found)?.st_mode) == FileType::Directory;
    let rights = if is_folder {
        wished()
    } else {
        AccessFs::from_file(ABI::V3)
    };
    Ok(Some(PathBeneath::new(found, rights)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_is_required_nothing_goes_on_without_it() {
        assert!(without(Demand::Required).is_err());
        assert!(without(Demand::BestEffort).is_ok());
    }
}
