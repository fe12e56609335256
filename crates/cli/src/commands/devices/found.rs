//! Finding what was meant, and the rights that deciding on it needs.

use tidegate_client::Reconnecting;
use tidegate_core::node::ID_BEGINNING;
use tidegate_core::principal::OF_A_NODE;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::devices::{
    DevicePairList, DevicePairListResult, PairedDevice, PendingDevice,
};
use tidegate_protocol::{Role, Scope};

use crate::commands::connection::Context;
use crate::commands::meant::{begins, nobody};
use crate::exit::Exit;
use crate::output::{Failure, ID_SHOWN, beginning, one_line};

/// Reads every device, with the right to decide and no more.
pub(super) async fn devices(
    context: &Context,
) -> Result<(Reconnecting, DevicePairListResult), Failure> {
    let mut gateway = context.connect(&[Scope::Pairing]).await?;
    let list = context
        .call::<DevicePairList>(&mut gateway, &NoParams {})
        .await?;
    Ok((gateway, list))
}

/// A connection that may do this: the one that is there, or one with these rights too.
pub(crate) async fn allowed_to(
    context: &Context,
    gateway: Reconnecting,
    scopes: &[Scope],
) -> Result<Reconnecting, Failure> {
    if scopes.iter().all(|scope| *scope == Scope::Pairing) {
        return Ok(gateway);
    }
    gateway.close().await;
    let mut wanted = vec![Scope::Pairing];
    wanted.extend(scopes);
    wanted.dedup();
    context.connect(&wanted).await
}

/// Nobody gives what they do not have: what this request asks for.
pub(super) fn rights_of_request(pending: &PendingDevice) -> Vec<Scope> {
    match pending.role {
        Role::Node => vec![OF_A_NODE],
        Role::Operator => known(&pending.scopes),
    }
}

/// Nobody changes a device that may do more, in any of its roles.
pub(crate) fn rights_of_device(device: &PairedDevice) -> Vec<Scope> {
    let mut rights = known(&device.scopes);
    if device.roles.contains(&Role::Node) {
        rights.push(OF_A_NODE);
    }
    rights
}

fn known(words: &[String]) -> Vec<Scope> {
    words.iter().filter_map(|word| Scope::parse(word)).collect()
}

/// The device that was meant: by the owner's name for it, or by the beginning of its id.
pub(super) fn device<'l>(
    list: &'l DevicePairListResult,
    meant: &str,
) -> Result<&'l PairedDevice, Failure> {
    let named = |device: &&PairedDevice| device.label.as_deref() == Some(meant);
    let by_id = |device: &&PairedDevice| begins(device.device_id.as_str(), meant, ID_BEGINNING);
    let mut found = list
        .paired
        .iter()
        .filter(|device| named(device) || by_id(device));
    let failure = |what: String| Err(Failure::new(Exit::Usage, what).next("tidegate devices list"));
    let shown = one_line(meant, 64);
    let names_itself = |device: &&PairedDevice| device.display_name.as_deref() == Some(meant);
    match (found.next(), found.next()) {
        (Some(device), None) => Ok(device),
        (None, _) if list.paired.iter().any(|device| names_itself(&device)) => failure(format!(
            "{shown:?} is what a device calls itself, and any device may: say the beginning of its id, \
             or give it a name of yours with `tidegate devices rename ID NAME`"
        )),
        (None, _) => failure(nobody(
            "device",
            meant,
            list.paired.iter().map(|device| device.device_id.as_str()),
        )),
        (Some(_), Some(_)) => failure(format!(
            "{shown:?} may be several devices: say more of the id"
        )),
    }
}

/// The role that was meant: the one that was said, else the only one that the device has.
pub(super) fn role(device: &PairedDevice, said: Option<Role>) -> Result<Role, Failure> {
    match (said, device.roles.as_slice()) {
        (Some(role), _) => Ok(role),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Failure::new(
            Exit::Usage,
            "the device has several roles: say which with --role operator or --role node",
        )),
    }
}

/// What a device is called in a sentence.
pub(super) fn called(device: &PairedDevice) -> String {
    let name = device.label.as_ref().or(device.display_name.as_ref());
    let name = name.map_or("the device", String::as_str);
    let id = beginning(device.device_id.as_str(), ID_SHOWN);
    format!("{} ({id})", one_line(name, 64))
}
