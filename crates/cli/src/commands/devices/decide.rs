//! `devices list`, `devices approve`, `devices reject`.

use tidegate_protocol::Scope;
use tidegate_protocol::api::devices::{
    DevicePairApprove, DevicePairListResult, DevicePairReject, PairRequestParams, PendingDevice,
};

use super::found::{allowed_to, called, devices, rights_of_request};
use crate::args::{DevicesApproveArgs, DevicesRejectArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{self, Failure};

pub(crate) async fn list(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Pairing]).await?;
    let payload = context.raw(&gateway, "device.pair.list", None).await?;
    gateway.close().await;
    context.show(&payload, "device.pair.list", output::devices)?;
    Ok(Exit::Done)
}

pub(crate) async fn approve(args: &DevicesApproveArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let (gateway, list) = devices(&context).await?;
    let pending = meant(&list, args.request.as_deref())?;
    let screen = &context.screen;
    if !screen.json {
        screen.say(&output::request(screen, pending))?;
    }
    let mut gateway = allowed_to(&context, gateway, &rights_of_request(pending)).await?;
    let params = PairRequestParams {
        request_id: pending.request_id.clone(),
    };
    let done = context
        .call::<DevicePairApprove>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    context.done(&done, || format!("\n{} may join.", called(&done.device)))?;
    Ok(Exit::Done)
}

/// Why a request may be gone.
const NO_SUCH_REQUEST: &str =
    "no such request waits: it was decided, replaced, or is older than five minutes";

/// The request that was named, else the only one that waits.
fn meant<'l>(
    list: &'l DevicePairListResult,
    request: Option<&str>,
) -> Result<&'l PendingDevice, Failure> {
    let failure = |what: &str| Err(Failure::new(Exit::Failed, what).next("tidegate devices list"));
    match (request, list.pending.as_slice()) {
        (None, []) => failure("no device waits to be let in"),
        (None, [only]) => Ok(only),
        (None, _) => failure("several devices wait: say which"),
        (Some(id), waiting) => match waiting.iter().find(|pending| pending.request_id == id) {
            Some(pending) => Ok(pending),
            None => failure(NO_SUCH_REQUEST),
        },
    }
}

pub(crate) async fn reject(args: &DevicesRejectArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let (mut gateway, list) = devices(&context).await?;
    let params = PairRequestParams {
        request_id: meant(&list, Some(&args.request))?.request_id.clone(),
    };
    let done = context
        .call::<DevicePairReject>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    context.done(&done, || "The request was refused.".into())?;
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::pending_sample;

    #[test]
    fn only_what_is_clear_is_approved() {
        let of = |names: &[&str]| DevicePairListResult {
            pending: names.iter().map(|name| pending_sample(name)).collect(),
            paired: Vec::new(),
        };
        let one = of(&["a"]);
        assert_eq!(meant(&one, None).unwrap().request_id, "a");
        assert_eq!(meant(&one, Some("a")).unwrap().request_id, "a");
        assert!(meant(&one, Some("b")).is_err(), "not the one that waits");
        assert!(meant(&of(&["a", "b"]), None).is_err());
        assert!(meant(&of(&[]), None).is_err());
    }
}
