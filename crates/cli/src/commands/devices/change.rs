//! `devices remove`, `rename`, `revoke`, `rotate` and `trust`.

use serde::Serialize;
use tidegate_client::Reconnecting;
use tidegate_protocol::api::devices::{
    DevicePairRemove, DevicePairRemoveParams, DevicePairRename, DevicePairRenameParams,
    DeviceTokenRevoke, DeviceTokenRevokeParams, DeviceTokenRotate, DeviceTokenRotateParams,
    DeviceTokenRotateResult, DeviceTrustSet, DeviceTrustSetParams, PairedDevice,
};
use tidegate_protocol::{Role, Scope};

use super::found::{allowed_to, called, device, devices, rights_of_device, role};
use crate::args::{
    DeviceArgs, DeviceRoleArgs, DevicesRenameArgs, DevicesRotateArgs, DevicesTrustArgs, Globals,
};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::one_line;

/// A device that was found, and a connection that may change it.
struct Found {
    context: Context,
    gateway: Reconnecting,
    device: PairedDevice,
}

impl Found {
    async fn of(meant: &str, globals: &Globals, also: &[Scope]) -> anyhow::Result<Self> {
        let context = Context::new(globals)?;
        let (gateway, list) = devices(&context).await?;
        let found = device(&list, meant)?.clone();
        let mut rights = rights_of_device(&found);
        rights.extend(also);
        let gateway = allowed_to(&context, gateway, &rights).await?;
        Ok(Self {
            context,
            gateway,
            device: found,
        })
    }

    /// Says what was done, and what it means for whoever did it to itself.
    async fn done(
        self,
        answer: &(impl Serialize + Sync),
        words: &str,
        cuts: bool,
    ) -> anyhow::Result<Exit> {
        self.gateway.close().await;
        let screen = &self.context.screen;
        if screen.json {
            screen.say(&serde_json::to_string(answer)?)?;
            return Ok(Exit::Done);
        }
        screen.say(&screen.here(words))?;
        if cuts && self.device.own {
            screen.note("It is the device that you used just now: on the gateway's own machine its secret still gets you in.");
        }
        Ok(Exit::Done)
    }
}

pub(crate) async fn remove(args: &DeviceArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let mut found = Found::of(&args.device, globals, &[]).await?;
    let params = DevicePairRemoveParams {
        device_id: found.device.device_id.clone(),
    };
    let done = found
        .context
        .call::<DevicePairRemove>(&mut found.gateway, &params)
        .await?;
    let words = format!("{} is forgotten.", called(&found.device));
    found.done(&done, &words, true).await
}

pub(crate) async fn rename(args: &DevicesRenameArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let mut found = Found::of(&args.device, globals, &[]).await?;
    let params = DevicePairRenameParams {
        device_id: found.device.device_id.clone(),
        label: args.name.clone(),
    };
    let done = found
        .context
        .call::<DevicePairRename>(&mut found.gateway, &params)
        .await?;
    let words = format!(
        "{} is called {} now.",
        called(&found.device),
        one_line(&done.label, 64)
    );
    found.done(&done, &words, false).await
}

pub(crate) async fn revoke(args: &DeviceRoleArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let mut found = Found::of(&args.device, globals, &[]).await?;
    let params = DeviceTokenRevokeParams {
        device_id: found.device.device_id.clone(),
        role: role(&found.device, args.role.map(Into::into))?,
    };
    let done = found
        .context
        .call::<DeviceTokenRevoke>(&mut found.gateway, &params)
        .await?;
    let words = format!(
        "The token of {} as {} is worthless. To let it in again: `{}`.",
        called(&found.device),
        done.role.as_str(),
        code_for(done.role)
    );
    found.done(&done, &words, true).await
}

pub(crate) async fn rotate(args: &DevicesRotateArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let mut found = Found::of(&args.of.device, globals, &[]).await?;
    let params = DeviceTokenRotateParams {
        device_id: found.device.device_id.clone(),
        role: role(&found.device, args.of.role.map(Into::into))?,
        scopes: (!args.scopes.is_empty()).then(|| args.scopes.clone()),
    };
    let done = found
        .context
        .call::<DeviceTokenRotate>(&mut found.gateway, &params)
        .await?;
    let words = rotated(&called(&found.device), &done);
    found.done(&done, &words, true).await
}

/// The new token, and how the device comes back where nobody can type a token into it.
fn rotated(device: &str, done: &DeviceTokenRotateResult) -> String {
    let may = if done.scopes.is_empty() {
        String::new()
    } else {
        format!(", good for {}", done.scopes.join(", "))
    };
    format!(
        "{device} has a new token as {}{may}:\n\n  {}\n\nOnly the device itself can use it, and it is not \
         told by itself. Where you cannot give it the token, let it join again: `{}`.",
        done.role.as_str(),
        done.token,
        code_for(done.role)
    )
}

/// What makes a code for a device in this role.
const fn code_for(role: Role) -> &'static str {
    match role {
        Role::Operator => "tidegate devices code",
        Role::Node => "tidegate devices code --node",
    }
}

pub(crate) async fn trust(args: &DevicesTrustArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let mut found = Found::of(&args.device, globals, &[Scope::Admin]).await?;
    let params = DeviceTrustSetParams {
        device_id: found.device.device_id.clone(),
        trust: args.level.into(),
    };
    let done = found
        .context
        .call::<DeviceTrustSet>(&mut found.gateway, &params)
        .await?;
    let words = format!(
        "{} is {} now; it was {}.",
        called(&found.device),
        crate::output::trust_word(done.trust),
        crate::output::trust_word(done.from)
    );
    found.done(&done, &words, false).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_with_a_new_token_is_told_how_it_comes_back() {
        let done = |role: Role, scopes: &[&str]| -> DeviceTokenRotateResult {
            serde_json::from_value(serde_json::json!({
                "deviceId": "a".repeat(64), "role": role, "token": "t", "scopes": scopes,
                "rotatedAtMs": 1
            }))
            .unwrap()
        };
        let node = rotated("Box", &done(Role::Node, &[]));
        assert!(!node.contains("good for"), "{node}");
        assert!(node.contains("`tidegate devices code --node`"), "{node}");
        let client = rotated("Phone", &done(Role::Operator, &["operator.read"]));
        assert!(client.contains("as operator, good for operator.read:"));
        assert!(client.contains("`tidegate devices code`"), "{client}");
    }
}
