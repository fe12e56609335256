//! `system.which`: where programs are, on the one search path that programs of this node get.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use tidegate_protocol::api::commands::system::{SystemWhich, SystemWhichParams, SystemWhichResult};

use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// Most names in one question; the catalog says so too.
const NAMES_MAX: usize = 512;

pub(crate) struct Which;

#[async_trait]
impl Serve<SystemWhich> for Which {
    async fn serve(
        &self,
        params: SystemWhichParams,
        _: &Call,
    ) -> Result<SystemWhichResult, Failure> {
        if params.bins.len() > NAMES_MAX {
            return Err(Failure::invalid(format!("at most {NAMES_MAX} names")));
        }
        let look = move || find(params.bins);
        let bins = tokio::task::spawn_blocking(look)
            .await
            .map_err(|_| Failure::stopped())?;
        Ok(SystemWhichResult { bins })
    }
}

/// Names only: a path would tell whether any file is there.
fn find(names: Vec<String>) -> BTreeMap<String, String> {
    let place = |name: &str| {
        let path = tidegate_exec::which(name, Path::new("/"))?;
        path.to_str().map(ToOwned::to_owned)
    };
    names
        .into_iter()
        .filter(|name| !name.contains('/'))
        .filter_map(|name| place(&name).map(|path| (name, path)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_paths_are_not_looked_at() {
        let names = ["sh", "no-such-program-here", "/bin/sh", "../bin/sh", ""];
        let found = find(names.map(ToOwned::to_owned).to_vec());
        assert_eq!(found.keys().collect::<Vec<_>>(), ["sh"]);
        assert!(found["sh"].starts_with('/'));
    }
}
