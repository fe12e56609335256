//! The gateway at rest, before the first question and after the last answer: every account is live,
//! nothing waits, nothing was given up, and every message that is asked about was answered.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tidegate_testkit::{Daemon, RawClient};
use tokio::time::{Instant, sleep};

/// Time for accounts to be live, at first and again, and for the last receipts to be written.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks at the accounts.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Messages of each network that are traced.
const TRACED: usize = 200;

/// The owner's connection to the gateway.
pub(super) struct Owner {
    client: RawClient,
}

impl Owner {
    pub(super) async fn of(daemon: &Daemon) -> Result<Self> {
        let scopes = ["operator.read"];
        let client = RawClient::owner(daemon.port(), &daemon.token()?, &scopes).await?;
        Ok(Self { client })
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value> {
        let mut answer = self.client.request(method, params).await?;
        if at(&answer, "/ok") != true {
            bail!("{method}: {answer}");
        }
        Ok(answer
            .pointer_mut("/payload")
            .map(Value::take)
            .unwrap_or_default())
    }

    /// Waits until every account is live and has nothing to send.
    pub(super) async fn until_quiet(&mut self, networks: &[&'static str]) -> Result<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            let status = self.call("channels.status", json!({})).await?;
            let busy = networks.iter().find_map(|id| unrest(&status, id));
            match busy {
                None => return Ok(()),
                Some(why) if Instant::now() > until => bail!("{why}"),
                Some(_) => sleep(LOOK_EVERY).await,
            }
        }
    }

    /// The outbox holds nothing that waits and nothing that was given up.
    pub(super) async fn outbox_is_empty(&mut self) -> Result<()> {
        for state in ["open", "dead"] {
            let listed = self.call("outbox.list", json!({ "state": state })).await?;
            let parts = at(&listed, "/parts").as_array().map_or(0, Vec::len);
            if parts > 0 {
                bail!("the outbox holds {parts} parts or more that are {state}: {listed}");
            }
        }
        Ok(())
    }

    /// Traces messages, evenly over all of them; gives how many.
    pub(super) async fn are_answered(&mut self, network: &str, ids: &[String]) -> Result<usize> {
        let step = ids.len().div_ceil(TRACED).max(1);
        let mut traced = 0;
        for id in ids.iter().step_by(step) {
            let trace = self.call("messages.trace", json!({ "id": id })).await?;
            check(&trace, network).with_context(|| format!("{network}, {id}: {trace}"))?;
            traced += 1;
        }
        Ok(traced)
    }
}

/// What keeps a network's account from rest.
fn unrest(status: &Value, network: &str) -> Option<String> {
    let account = at(status, &format!("/channelAccounts/{network}/0"));
    let is_live = at(account, "/state") == "live";
    let is_empty = at(account, "/open") == 0 && at(account, "/dead") == 0;
    (!is_live || !is_empty).then(|| format!("{network} does not come to rest: {account}"))
}

/// The way of one message, from its arrival to its receipt.
fn check(trace: &Value, network: &str) -> Result<()> {
    let ways = at(trace, "/messages").as_array();
    let here = |way: &&Value| at(way, "/inbound/channel") == network;
    let way = ways.into_iter().flatten().find(here);
    let way = way.context("nothing is known of it")?;
    let parts = at(way, "/parts").as_array();
    let mut parts = parts.into_iter().flatten().peekable();
    let is_sent = parts.peek().is_some() && parts.all(|part| at(part, "/state") == "sent");
    if at(way, "/inbound/state") != "answered" || at(way, "/run/status") != "ok" || !is_sent {
        bail!("it is not answered");
    }
    Ok(())
}

/// The value at a pointer; null if there is none.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(inbound: &str, run: &str, part: &str) -> Value {
        json!({ "messages": [{
            "inbound": { "channel": "net", "state": inbound },
            "run": { "status": run },
            "parts": [{ "state": "sent" }, { "state": part }],
        }] })
    }

    #[test]
    fn only_what_was_answered_and_sent_is_good() {
        assert!(check(&trace("answered", "ok", "sent"), "net").is_ok());
        assert!(check(&trace("answered", "ok", "sent"), "other").is_err());
        assert!(check(&trace("accepted", "ok", "sent"), "net").is_err());
        assert!(check(&trace("answered", "error", "sent"), "net").is_err());
        assert!(check(&trace("answered", "ok", "dead"), "net").is_err());
        assert!(check(&json!({ "messages": [] }), "net").is_err());
    }

    #[test]
    fn an_account_is_at_rest_when_it_is_live_and_empty() {
        let status = |state: &str, open: u64, dead: u64| {
            let account = json!({ "state": state, "open": open, "dead": dead });
            unrest(&json!({ "channelAccounts": { "net": [account] } }), "net")
        };
        assert_eq!(status("live", 0, 0), None);
        assert!(status("backoff", 0, 0).is_some());
        assert!(status("live", 1, 0).is_some() && status("live", 0, 1).is_some());
    }
}
