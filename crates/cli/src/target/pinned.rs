//! Which certificate the gateway of a target must show.

use std::path::Path;

use super::own::own;
use super::{Target, same};
use crate::args::Globals;
use crate::config::Loaded;
use crate::output::Failure;
use crate::tls_files::own_fingerprint;
use crate::trust::{Pins, expected};

/// Adds which certificate is accepted. A pin of the configuration counts where that could be read.
pub(super) fn pinned(
    target: Target,
    globals: &Globals,
    loaded: Option<&Loaded>,
    state_dir: Option<&Path>,
) -> Result<Target, Failure> {
    let own = loaded.and_then(|loaded| {
        let own = own(loaded, false).ok()?;
        same(&target.address, &own.address)
            .then(|| own_fingerprint(&loaded.config.gateway.tls, &loaded.state_dir))
            .flatten()
    });
    let pins = Pins {
        flag: globals.tls_fingerprint,
        own,
        remote: loaded.map(|loaded| &loaded.config.gateway.remote),
        state_dir,
    };
    Ok(Target {
        expected: expected(&target.address, &pins)?,
        ..target
    })
}
