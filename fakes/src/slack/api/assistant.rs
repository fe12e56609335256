//! The status line of an assistant thread: the nearest thing to typing that a bot has.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::chat::check_parent;
use super::methods::Api;

/// `assistant.threads.setStatus`: an empty status takes it away; so does a post into the thread.
pub(super) fn set_status(api: &Api<'_>) -> Result<Value, Refusal> {
    let channel = api.params.required("channel_id")?;
    let thread = api.params.required("thread_ts")?;
    if !api.params.0.contains_key("status") {
        return Err(Refusal::missing("status"));
    }
    let status = api.params.text("status");
    api.core.world(|world| {
        check_parent(world, &channel, &thread)?;
        let now_ms = world.now_ms();
        let place = (channel, thread);
        match status {
            Some(status) => world.statuses.insert(place, (status, now_ms)),
            None => world.statuses.remove(&place),
        };
        Ok::<_, Refusal>(())
    })?;
    Ok(json!({}))
}
