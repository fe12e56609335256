//! The ways from a tool to a machine, as the engine guards them.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tidegate_core::approval::Matter;
use tidegate_core::exec::{Cleared, Subject};
use tidegate_core::tool::{AskedFor, Doors, NodeErrand};

use crate::Engine;
use crate::approvals::Spent;
use crate::live::LiveRun;
use crate::pairing::Askers;

/// The ways of one turn, or of one call by a person.
pub(super) struct EngineDoors {
    pub(super) engine: Engine,
    /// The run whose deadline stands still while a person is waited for.
    pub(super) live: Option<Arc<LiveRun>>,
    /// By whose right.
    pub(super) askers: Askers,
}

/// Said to the model when whoever asked lost the right to it.
const TAKEN_BACK: &str = "the right of whoever asked for it was taken back";

impl EngineDoors {
    /// Whether everyone by whose right they are used still has it.
    pub(super) async fn still_open(&self) -> Result<(), String> {
        if self.engine.may_use_tools(&self.askers).await {
            return Ok(());
        }
        Err(TAKEN_BACK.to_owned())
    }

    /// By the rules or a person, and used up.
    pub(super) async fn leave(
        &self,
        matter: &Matter,
        asked_for: &AskedFor,
    ) -> Result<Spent, String> {
        let approvals = self.engine.approvals();
        let pause = self.live.as_ref().map(|live| live.pauses.begin());
        let permit = approvals.permit(matter, asked_for).await;
        drop(pause);
        let permit = permit.map_err(|why| why.to_string())?;
        // A person may have taken long to decide.
        self.still_open().await?;
        let spent = approvals.spend(permit, matter).await;
        spent.map_err(|why| why.to_string())
    }
}

#[async_trait]
impl Doors for EngineDoors {
    async fn allow(&self, subject: Subject, asked_for: &AskedFor) -> Result<Cleared, String> {
        let matter = Matter::Subject(Box::new(subject.clone()));
        self.leave(&matter, asked_for).await?;
        Ok(Cleared::decided(subject))
    }

    async fn nodes(&self) -> Result<Value, String> {
        self.list_nodes().await
    }

    async fn node(&self, node: &str) -> Result<Value, String> {
        self.describe_node(node).await
    }

    async fn on_node(&self, errand: NodeErrand) -> Result<Value, String> {
        self.run_errand(errand).await
    }
}
