//! One owner of an account on this host (DECISIONS D17): a `flock` on a file of the user's, named
//! by the hash of network and account. The kernel lets go of it when the process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tidegate_core::channel::{Claim, Claims, Held};
use tidegate_core::secret::hex;
use tidegate_protocol::ChannelId;

/// Longest text of a holder that is believed.
const HOLDER_BYTES: u64 = 4096;

/// The same account stands in the configuration twice.
const TWICE: &str = "this gateway has the same account already under another name: two accounts in \
                     its configuration have one token; take one away with `tidegate channels remove \
                     CHANNEL --account ID`, or give it a token of its own with `tidegate channels login`";

/// Where this user's gateways claim accounts.
pub(crate) struct HostClaims {
    dir: PathBuf,
    /// Who we are, for the other gateway.
    holder: String,
}

impl HostClaims {
    /// Claims in this folder, for the gateway with this state directory.
    pub(crate) fn new(dir: &Path, state_dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            holder: format!(
                "the gateway of {} (process {})",
                state_dir.display(),
                std::process::id()
            ),
        }
    }

    fn try_claim(&self, name: &str) -> std::io::Result<Result<File, Held>> {
        private_dir(&self.dir)?;
        let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(nofollow)
            .open(self.dir.join(name))?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.write_all(self.holder.as_bytes())?;
                Ok(Ok(file))
            }
            Err(TryLockError::WouldBlock) => Ok(Err(Held {
                by: self.holder_of(&mut file),
            })),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl HostClaims {
    /// Who has an account, for the owner. One gateway can have it twice, under two names.
    fn holder_of(&self, file: &mut File) -> String {
        let mut text = String::new();
        let read = file
            .rewind()
            .and_then(|()| file.take(HOLDER_BYTES).read_to_string(&mut text));
        match read {
            Ok(_) if text == self.holder => TWICE.into(),
            Ok(_) if !text.is_empty() => format!("{text} has this account"),
            _ => "another gateway of this host has this account".into(),
        }
    }
}

impl Claims for HostClaims {
    fn claim(&self, channel: &ChannelId, fingerprint: &str) -> Result<Claim, Held> {
        let hash = Sha256::digest(format!("{channel}\n{fingerprint}"));
        let name = format!("{}.lock", hex(&hash));
        match self.try_claim(&name) {
            Ok(claimed) => claimed.map(Claim::new),
            Err(error) => Err(Held {
                by: format!(
                    "nobody can claim it: {} cannot be used: {error}",
                    self.dir.display()
                ),
            }),
        }
    }
}

/// Makes the folder, and sees to it that it is ours alone: in a shared place somebody else could
/// have made it first.
fn private_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)?;
    let meta = std::fs::symlink_metadata(dir)?;
    let ours = meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw();
    if !ours || meta.permissions().mode() & 0o077 != 0 {
        return Err(std::io::Error::new(
            std::io::ErrorKind::PermissionDenied,
            "it is not a folder of this user alone",
        ));
    }
    Ok(())
}

/// Where this user's gateways claim accounts: in the home, which is the same for a login, a service
/// and a terminal that outlives its login, and where nobody else can be first.
pub(crate) fn folder(home: &Path) -> PathBuf {
    home.join(".local/state/tidegate/accounts")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(dir: &Path, state: &str) -> HostClaims {
        HostClaims::new(dir, Path::new(state))
    }

    #[test]
    fn an_account_has_one_owner_until_it_is_given_free() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("accounts");
        let (one, two) = (claims(&dir, "/one"), claims(&dir, "/two"));
        let channel = ChannelId::new("net");
        for _ in 0..100 {
            let claim = one.claim(&channel, "42").unwrap();
            let held = two.claim(&channel, "42").unwrap_err();
            assert!(held.by.contains("/one"), "{}", held.by);
            assert!(two.claim(&channel, "43").is_ok());
            drop(claim);
            drop(two.claim(&channel, "42").unwrap());
        }
    }

    #[test]
    fn one_gateway_with_the_account_twice_is_told_what_to_change() {
        let dir = tempfile::tempdir().unwrap();
        let claims = claims(&dir.path().join("accounts"), "/one");
        let channel = ChannelId::new("net");
        let _claim = claims.claim(&channel, "42").unwrap();
        let held = claims.claim(&channel, "42").unwrap_err();
        assert_eq!(held.by, TWICE);
    }

    #[test]
    fn a_folder_of_others_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let open = dir.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
        let held = claims(&open, "/one").claim(&ChannelId::new("net"), "42");
        assert!(
            held.unwrap_err()
                .by
                .contains("not a folder of this user alone")
        );
    }
}
