//! The rules of this machine for programs, and `system.execApprovals.get` and `set`. What the
//! gateway approves runs only if they do not forbid it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tidegate_client::private_file;
use tidegate_core::exec::{ApprovalsFile, Entry, Policy};
use tidegate_protocol::AgentId;
use tidegate_protocol::api::commands::NoCommandParams;
use tidegate_protocol::api::commands::system::{
    SystemExecApprovalsGet, SystemExecApprovalsResult, SystemExecApprovalsSet,
    SystemExecApprovalsSetParams,
};

use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// The file of rules.
pub(crate) struct Rules {
    path: PathBuf,
    /// One writer at a time.
    writing: Mutex<()>,
}

/// The file at one moment.
struct Stored {
    exists: bool,
    hash: String,
    file: ApprovalsFile,
}

impl Rules {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self {
            path,
            writing: Mutex::default(),
        }
    }

    /// What holds for an agent. Blocks for a moment.
    pub(crate) fn policy(&self, agent: Option<&str>) -> Result<Policy, Failure> {
        let stored = self.read().map_err(Failure::denied)?;
        Ok(stored.file.policy(agent.unwrap_or(AgentId::MAIN)))
    }

    /// Allows an execution from now on.
    pub(crate) fn remember(&self, agent: Option<&str>, entry: Entry) -> Result<(), Failure> {
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stored = self.read().map_err(Failure::unavailable)?;
        stored.file.allow(agent.unwrap_or(AgentId::MAIN), entry);
        self.write(&stored.file)
    }

    fn replace(&self, file: Value, base_hash: Option<&str>) -> Result<Stored, Failure> {
        let next: ApprovalsFile =
            serde_json::from_value(file).map_err(|why| Failure::invalid(format!("file: {why}")))?;
        let _one = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let stored = self.read().map_err(Failure::unavailable)?;
        if stored.exists && base_hash != Some(&stored.hash) {
            return Err(Failure::conflict(
                "the rules have changed: read them again (baseHash)",
            ));
        }
        self.write(&stored.file.replaced_by(next))?;
        self.read().map_err(Failure::unavailable)
    }

    /// The file; rules that cannot be read are no rules, and nothing runs.
    fn read(&self) -> Result<Stored, String> {
        let bad = |why: &dyn std::fmt::Display| {
            format!("the rules of this machine cannot be read: {why}")
        };
        let text = private_file::read(&self.path).map_err(|why| bad(&why))?;
        let file = match &text {
            Some(text) => serde_json::from_str(text).map_err(|why| bad(&why))?,
            None => ApprovalsFile::default(),
        };
        Ok(Stored {
            exists: text.is_some(),
            hash: format!("{:x}", Sha256::digest(text.unwrap_or_default())),
            file,
        })
    }

    fn write(&self, file: &ApprovalsFile) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(file)
            .map_err(|why| Failure::unavailable(why.to_string()))?;
        private_file::replace(&self.path, &(text + "\n"))
            .map_err(|why| Failure::unavailable(format!("the rules were not written: {why}")))
    }

    fn answer(&self, stored: &Stored) -> SystemExecApprovalsResult {
        SystemExecApprovalsResult {
            path: self.path.to_string_lossy().into_owned(),
            exists: stored.exists,
            hash: stored.hash.clone(),
            file: serde_json::to_value(stored.file.shown()).unwrap_or_default(),
        }
    }
}

#[async_trait]
impl Serve<SystemExecApprovalsGet> for Rules {
    async fn serve(
        &self,
        _: NoCommandParams,
        _: &Call,
    ) -> Result<SystemExecApprovalsResult, Failure> {
        let stored = self.read().map_err(Failure::unavailable)?;
        Ok(self.answer(&stored))
    }
}

#[async_trait]
impl Serve<SystemExecApprovalsSet> for Rules {
    async fn serve(
        &self,
        params: SystemExecApprovalsSetParams,
        _: &Call,
    ) -> Result<SystemExecApprovalsResult, Failure> {
        let stored = self.replace(params.file, params.base_hash.as_deref())?;
        Ok(self.answer(&stored))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_core::exec::Security;

    use super::*;
    use crate::invokes::tests::call;

    async fn view(rules: &Rules) -> SystemExecApprovalsResult {
        Serve::<SystemExecApprovalsGet>::serve(rules, NoCommandParams {}, &call())
            .await
            .unwrap()
    }

    async fn set(
        rules: &Rules,
        file: Value,
        base_hash: Option<&str>,
    ) -> Result<SystemExecApprovalsResult, Failure> {
        let params = SystemExecApprovalsSetParams {
            file,
            base_hash: base_hash.map(ToOwned::to_owned),
        };
        Serve::<SystemExecApprovalsSet>::serve(rules, params, &call()).await
    }

    #[tokio::test]
    async fn whoever_did_not_see_the_rules_does_not_replace_them() {
        let folder = tempfile::tempdir().unwrap();
        let rules = Rules::at(folder.path().join("rules.json"));
        let none = view(&rules).await;
        assert!(!none.exists);
        let full = json!({"version": 1, "defaults": {"security": "full"}, "socket": {"path": "/s", "token": "secret"}});
        let first = set(&rules, full.clone(), None).await.unwrap();
        assert!(first.exists && first.hash != none.hash);
        assert!(!first.file.to_string().contains("secret"));
        assert_eq!(rules.policy(None).unwrap().security, Security::Full);

        let deny = json!({"version": 1, "agents": {"main": {"security": "deny"}}});
        for stale in [None, Some(none.hash.as_str()), Some("")] {
            let refusal = set(&rules, deny.clone(), stale).await.unwrap_err();
            assert_eq!(refusal.code, "CONFLICT");
        }
        let second = set(&rules, deny, Some(&first.hash)).await.unwrap();
        assert_eq!(view(&rules).await, second);
        assert_eq!(rules.policy(None).unwrap().security, Security::Deny);
        let kept = std::fs::read_to_string(folder.path().join("rules.json")).unwrap();
        assert!(
            kept.contains("secret"),
            "the secret of another program stays"
        );
        let odd = set(&rules, json!({"version": 9}), Some(&second.hash)).await;
        assert_eq!(odd.unwrap_err().code, "INVALID_REQUEST");
    }

    #[tokio::test]
    async fn rules_that_cannot_be_read_forbid_everything() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.json");
        private_file::replace(&path, "{}").unwrap();
        let rules = Rules::at(path);
        assert_eq!(rules.policy(None).unwrap_err().code, "SYSTEM_RUN_DENIED");
    }
}
