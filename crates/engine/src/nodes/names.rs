//! Names of nodes, and the January list of paired names, which lets nobody in (V3 8.6).

use std::collections::HashMap;

use tidegate_core::secret::hex;
use tidegate_core::store::{NodeAsk, NodeNameplate, PairedName};
use tidegate_core::text::{label_name, label_sign};
use tidegate_core::{Permit, Secret, SecretHash};
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::node_pairing::{
    NodePairDecision, NodePairPending, NodePairRequested, NodePairResolved,
};

use super::Nodes;
use super::bounds::{ASK_TTL_MS, ASKS};
use crate::EngineError;

/// Letters of a token: 128 bits, in the form of the family.
const TOKEN_CHARS: usize = 32;

/// The sentence for a request that is not there.
const UNKNOWN: &str = "unknown requestId";

impl Nodes {
    /// Gives a node a name, which is shown in place of its own, and says which. A node is a device:
    /// the name is its device's, if it has one.
    ///
    /// # Errors
    /// There is no such node, it may do more than the caller, the name says nothing, or the store
    /// failed.
    pub async fn rename(
        &self,
        permit: &Permit,
        id: &str,
        name: &str,
    ) -> Result<String, EngineError> {
        let inner = self.0.inner();
        let device = DeviceId::new(id);
        if inner.devices.device(&device).await?.is_some() {
            return self.0.rename_device(permit, &device, name).await;
        }
        if label_sign(name).is_none() {
            return Err(EngineError::invalid("the name says nothing"));
        }
        let listed = inner.node_store.paired_names().await?;
        let known = listed.iter().any(|paired| paired.node_id == id);
        if !known && self.view(id).await?.is_none() {
            return Err(EngineError::invalid("unknown nodeId"));
        }
        let name = label_name(name);
        inner.node_store.name_node(id, &name).await?;
        Ok(name)
    }

    /// A name asks to be paired. Says whether that is new.
    ///
    /// # Errors
    /// The store failed.
    pub async fn ask_pairing(
        &self,
        node_id: String,
        plate: NodeNameplate,
    ) -> Result<(NodePairPending, bool), EngineError> {
        let inner = self.0.inner();
        let now = inner.clock.now_ms();
        let ask = NodeAsk {
            request_id: inner.ids.uuid(),
            node_id,
            plate,
            at_ms: now,
        };
        let expired = now.saturating_sub(ASK_TTL_MS);
        let (stored, created) = inner.node_store.ask_pairing(ask, expired, ASKS).await?;
        let paired = inner.node_store.paired_names().await?;
        let pending = pending(stored, &paired);
        if created {
            inner.events.publish::<NodePairRequested>(&pending);
        }
        Ok((pending, created))
    }

    /// Names that ask, and names that were paired, newest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn pairings(&self) -> Result<(Vec<NodePairPending>, Vec<PairedName>), EngineError> {
        let inner = self.0.inner();
        let after = inner.clock.now_ms().saturating_sub(ASK_TTL_MS);
        let asks = inner.node_store.pairing_asks(after).await?;
        let paired = self.named(inner.node_store.paired_names().await?).await?;
        let asks = asks.into_iter().map(|ask| pending(ask, &paired)).collect();
        Ok((asks, paired))
    }

    /// Pairs a name and makes its token.
    ///
    /// # Errors
    /// There is no such request, or the store failed.
    pub async fn approve_pairing(
        &self,
        request_id: &str,
    ) -> Result<(PairedName, Secret<String>), EngineError> {
        let inner = self.0.inner();
        let now = inner.clock.now_ms();
        let token: String = hex(&inner.ids.secret()).chars().take(TOKEN_CHARS).collect();
        let paired = inner
            .node_store
            .pair_name(
                request_id,
                SecretHash::of(&token),
                now.saturating_sub(ASK_TTL_MS),
                now,
            )
            .await?
            .ok_or_else(|| EngineError::invalid(UNKNOWN))?;
        self.tell(request_id, &paired.node_id, "approved");
        Ok((paired, Secret::new(token)))
    }

    /// Refuses a name, and says which it was.
    ///
    /// # Errors
    /// There is no such request, or the store failed.
    pub async fn reject_pairing(&self, request_id: &str) -> Result<String, EngineError> {
        let refused = self.0.inner().node_store.refuse_name(request_id).await?;
        let node_id = refused.ok_or_else(|| EngineError::invalid(UNKNOWN))?;
        self.tell(request_id, &node_id, "rejected");
        Ok(node_id)
    }

    /// The paired name, if the token is its own.
    ///
    /// # Errors
    /// The store failed.
    pub async fn verify_pairing(
        &self,
        node_id: &str,
        token: &str,
    ) -> Result<Option<PairedName>, EngineError> {
        let paired = self.0.inner().node_store.paired_names().await?;
        let own = |paired: &PairedName| paired.node_id == node_id && paired.token.matches(token);
        Ok(paired.into_iter().find(own))
    }

    fn tell(&self, request_id: &str, node_id: &str, decision: &str) {
        let inner = self.0.inner();
        inner.events.publish::<NodePairResolved>(&NodePairDecision {
            request_id: request_id.to_owned(),
            node_id: node_id.to_owned(),
            decision: decision.to_owned(),
            ts: inner.clock.now_ms(),
        });
    }

    /// With the names that the owner gave.
    async fn named(&self, mut paired: Vec<PairedName>) -> Result<Vec<PairedName>, EngineError> {
        let mut given = self.given_names().await?;
        for one in &mut paired {
            if let Some(name) = given.remove(&one.node_id) {
                one.plate.display_name = Some(name);
            }
        }
        Ok(paired)
    }

    /// The names that the owner gave, by node: one of a device is its device's.
    pub(super) async fn given_names(&self) -> Result<HashMap<String, String>, EngineError> {
        let inner = self.0.inner();
        let names = inner.node_store.node_names().await?;
        let mut names: HashMap<String, String> = names.into_iter().collect();
        for device in inner.devices.devices().await? {
            let id = device.id.into_string();
            match device.name {
                Some(name) => names.insert(id, name),
                None => names.remove(&id),
            };
        }
        Ok(names)
    }
}

fn pending(ask: NodeAsk, paired: &[PairedName]) -> NodePairPending {
    NodePairPending {
        is_repair: paired.iter().any(|one| one.node_id == ask.node_id),
        request_id: ask.request_id,
        node_id: ask.node_id,
        display_name: ask.plate.display_name,
        platform: ask.plate.platform,
        version: ask.plate.version,
        ts: ask.at_ms,
    }
}
