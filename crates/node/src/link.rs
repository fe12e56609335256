//! The connection to the gateway: opened again whenever it is lost, for ever.

use std::sync::Arc;

use serde_json::Value;
use tidegate_client::{Backoff, Client, ConnectOptions, Error, EventFrame, Events};
use tidegate_protocol::api::nodes::{
    NodeFailure, NodeInvokeAnswer, NodeInvokeRequest, NodeInvokeRequested, NodeInvokeResultParams,
};
use tidegate_protocol::value::Nullable;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::board::Board;
use crate::failure::Failure;
use crate::invokes::Invokes;
use crate::limits::{
    ANSWER_MAX_BYTES, DRAIN, FRAME_BYTES, GOOD_CONNECTION, INVOKES_MAX, REFUSED_PAUSE, TELLING,
};
use crate::refused::{is_refusal, is_unfit, is_waiting};
use crate::shown::Shown;
use crate::status::Phase;
use crate::tell::Gateway;

/// Requests that are at work or being answered: twice what may be at work, so that the ones beyond
/// are told so.
const REQUESTS_MAX: usize = 2 * INVOKES_MAX;

/// Keeps the host connected.
pub(crate) struct Link {
    pub(crate) options: ConnectOptions,
    pub(crate) invokes: Arc<Invokes>,
    pub(crate) board: Board,
    pub(crate) stop: CancellationToken,
}

impl Link {
    /// Stays connected until it is stopped.
    ///
    /// # Errors
    /// Trying again would not make it better: nobody vouches for the gateway's certificate and none
    /// is pinned, or the gateway's owner put this node out, or nothing that it has to show fits.
    pub(crate) async fn run(&self) -> Result<(), Error> {
        let mut backoff = Backoff::default();
        let mut shown = Shown::new(&self.options.auth);
        while !self.stop.is_cancelled() {
            self.board.set(Phase::Connecting, None);
            let begun = Instant::now();
            let Some(why) = self.once(&mut shown).await else {
                break;
            };
            if why.distrust().is_some_and(|found| found.pinned.is_none()) {
                return Err(why);
            }
            if why.put_out().is_some() && shown.is_over() {
                self.board.set(Phase::PutOut, Some(why.to_string()));
                return Err(why);
            }
            if is_unfit(&why) && shown.is_all_refused() {
                self.board.set(Phase::NotLetIn, Some(why.to_string()));
                return Err(why);
            }
            if begun.elapsed() >= GOOD_CONNECTION {
                backoff = Backoff::default();
            }
            self.tell_failure(&why);
            let pause = match why.retry_after() {
                Some(asked) => asked,
                None if is_refusal(&why) && shown.is_all_refused() => REFUSED_PAUSE,
                None => backoff.pause(),
            };
            tokio::select! {
                () = sleep(pause) => {}
                () = self.stop.cancelled() => {}
            }
        }
        self.board.set(Phase::Stopping, None);
        Ok(())
    }

    /// One connection; why it ended, unless we are stopping.
    async fn once(&self, shown: &mut Shown) -> Option<Error> {
        let options = ConnectOptions {
            auth: shown.auth(self.has_token()),
            ..self.options.clone()
        };
        let connected = tokio::select! {
            connected = Client::connect(&options) => connected,
            () = self.stop.cancelled() => return None,
        };
        let (client, events) = match connected {
            Ok(open) => open,
            Err(why) => {
                if is_refusal(&why) {
                    shown.refused();
                }
                return Some(why);
            }
        };
        shown.let_in();
        let certificate = client.certificate().map(|shown| shown.to_string());
        self.board.change(|status| status.certificate = certificate);
        self.board.set(Phase::Connected, None);
        self.serve(client, events).await
    }

    fn has_token(&self) -> bool {
        let (Some(device), Some(tokens)) = (&self.options.identity, &self.options.tokens) else {
            return false;
        };
        let role = self.options.role;
        tokens.token(device, &self.options.address, role).is_some()
    }

    fn tell_failure(&self, why: &Error) {
        let phase = if is_waiting(why) {
            Phase::WaitingForApproval
        } else {
            Phase::Waiting
        };
        self.board
            .set(phase, Some(format!("{}: {why}", why.during())));
    }

    /// Does what the gateway asks until the connection ends or we stop.
    async fn serve(&self, client: Client, mut events: Events) -> Option<Error> {
        let over = self.stop.child_token();
        let tasks = TaskTracker::new();
        let room = Arc::new(Semaphore::new(REQUESTS_MAX));
        loop {
            let next = async {
                let room = Arc::clone(&room).acquire_owned().await;
                (events.next().await, room)
            };
            let (event, room) = tokio::select! {
                next = next => next,
                () = self.stop.cancelled() => break,
            };
            match event {
                None => break,
                Some(Err(lost)) => tracing::warn!(%lost, "requests of the gateway may be missing"),
                Some(Ok(frame)) => {
                    if let Some(request) = request(&frame) {
                        let work = answer(
                            Arc::clone(&self.invokes),
                            request,
                            client.clone(),
                            over.clone(),
                        );
                        tasks.spawn(async move {
                            work.await;
                            drop(room);
                        });
                    }
                }
            }
        }
        over.cancel();
        tasks.close();
        if timeout(DRAIN, tasks.wait()).await.is_err() {
            tracing::warn!("commands of a lost connection are slow to end");
        }
        let ended = client.ended();
        if self.stop.is_cancelled() {
            client.close().await;
            return None;
        }
        ended.or_else(|| Some(lost()))
    }
}

fn lost() -> Error {
    Error {
        phase: tidegate_client::Phase::Call,
        kind: tidegate_client::ErrorKind::Broken("it ended".to_owned()),
    }
}

fn request(frame: &EventFrame) -> Option<NodeInvokeRequest> {
    match frame.read::<NodeInvokeRequested>()? {
        Ok(request) => Some(request),
        Err(why) => {
            tracing::warn!(%why, "a request of the gateway could not be read");
            None
        }
    }
}

async fn answer(
    invokes: Arc<Invokes>,
    request: NodeInvokeRequest,
    client: Client,
    over: CancellationToken,
) {
    let (id, node_id, command) = (
        request.id.clone(),
        request.node_id.clone(),
        request.command.clone(),
    );
    let max_bytes = usize::try_from(client.hello().policy.max_payload).unwrap_or(usize::MAX);
    let max_bytes = max_bytes.min(ANSWER_MAX_BYTES).saturating_sub(FRAME_BYTES);
    let gateway = Arc::new(Gateway(client.clone()));
    let Some(outcome) = invokes.carry_out(request, gateway, over, max_bytes).await else {
        tracing::warn!(%command, "a request that was done before came again");
        return;
    };
    let params = result(id, node_id, outcome);
    let told = client.call_within::<NodeInvokeAnswer>(&params, TELLING);
    match told.await {
        Ok(ack) if ack.ignored == Some(true) => tracing::info!(%command, "nobody waited any more"),
        Ok(_) => {}
        Err(why) => tracing::info!(%command, %why, "the answer did not reach the gateway"),
    }
}

fn result(id: String, node_id: String, outcome: Result<Value, Failure>) -> NodeInvokeResultParams {
    let ok = outcome.is_ok();
    let (payload, error) = match outcome {
        Ok(payload) => (payload, None),
        Err(why) => {
            let failure = NodeFailure {
                code: Some(why.code.to_owned()),
                message: Some(why.message),
            };
            (Value::Null, Some(failure))
        }
    };
    NodeInvokeResultParams {
        id,
        node_id,
        ok,
        payload,
        payload_json: Value::Null,
        error: Nullable(error),
    }
}
