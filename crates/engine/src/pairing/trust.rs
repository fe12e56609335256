//! What the owner says of a device: its name, and how far it is trusted. Neither is a right.

use tidegate_core::Permit;
use tidegate_core::store::{Trust, TrustChange};
use tidegate_core::text::{label_name, label_sign};
use tidegate_protocol::DeviceId;

use super::mint::manage;
use crate::{Engine, EngineError};

impl Engine {
    /// Gives a device a name of the owner's.
    ///
    /// # Errors
    /// There is no such device, it may do more than the caller, or the name says nothing.
    pub async fn rename_device(
        &self,
        permit: &Permit,
        id: &DeviceId,
        name: &str,
    ) -> Result<String, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let devices = &self.inner().devices;
        let device = devices.device(id).await?;
        let device = device.ok_or_else(|| EngineError::invalid("unknown deviceId"))?;
        manage(permit.caller(), &device)?;
        if label_sign(name).is_none() {
            return Err(EngineError::invalid("the name says nothing"));
        }
        let name = label_name(name);
        if !devices.rename_device(id, &name).await? {
            return Err(EngineError::invalid("unknown deviceId"));
        }
        Ok(name)
    }

    /// Changes the trust in a device; kept with who did it.
    ///
    /// # Errors
    /// There is no such device.
    pub async fn set_trust(
        &self,
        permit: &Permit,
        id: &DeviceId,
        to: Trust,
    ) -> Result<TrustChange, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let by = permit.caller().id.storage_key();
        let devices = &self.inner().devices;
        let change = devices
            .set_trust(id, to, &by, self.now_ms())
            .await?
            .ok_or_else(|| EngineError::invalid("unknown deviceId"))?;
        tracing::info!(
            target: "tidegate::devices", device = %id, from = change.from.as_str(),
            to = change.to.as_str(), by, "trust"
        );
        Ok(change)
    }
}
