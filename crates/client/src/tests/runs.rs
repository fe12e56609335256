//! Following an agent run.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_protocol::api::agent::AgentParams;

use super::server::{Peer, Server, both};
use crate::{Error, Reconnecting, RunNotice, RunOutcome, idempotency_key};

const LONG: Duration = Duration::from_mins(1);
const PATIENCE: Duration = Duration::from_secs(8);

fn hi() -> AgentParams {
    serde_json::from_value(json!({ "message": "hi", "idempotencyKey": idempotency_key() })).unwrap()
}

fn accepted(request: &Value) -> Value {
    json!({ "runId": request["params"]["idempotencyKey"], "status": "accepted", "acceptedAt": 1 })
}

fn ended(request: &Value) -> Value {
    json!({
        "runId": request["params"]["idempotencyKey"],
        "status": "ok",
        "summary": "completed",
        "result": {
            "payloads": [{ "text": "hello", "mediaUrl": null }],
            "meta": {
                "durationMs": 5,
                "agentMeta": {
                    "sessionId": "s", "provider": "p", "model": "m",
                    "usage": { "input": 1, "output": 1, "cacheRead": 0, "cacheWrite": 0, "total": 2 }
                },
                "aborted": false
            }
        }
    })
}

async fn update(peer: &mut Peer, run_id: &Value, seq: u64, text: &str) {
    let payload = json!({
        "runId": run_id, "seq": seq, "stream": "assistant", "ts": 1,
        "data": { "text": text, "delta": text }, "sessionKey": "agent:main:x"
    });
    peer.event("agent", payload, Some(seq)).await;
}

/// Runs to the end and notes what was noticed.
async fn run(
    server: &Server,
    params: &AgentParams,
    stop: impl Future<Output = ()>,
) -> (Result<RunOutcome, Error>, Vec<String>) {
    let mut gateway = Reconnecting::connect(server.options(), PATIENCE)
        .await
        .unwrap();
    let mut noticed = Vec::new();
    let outcome = gateway
        .run_agent(params, LONG, stop, |notice| {
            noticed.push(match notice {
                RunNotice::Accepted(_) => "accepted".to_owned(),
                RunNotice::Update(update) => update.data.text.clone().unwrap_or_default(),
                RunNotice::Missed(why) => why.to_string(),
                RunNotice::Again(_) => "again".to_owned(),
            });
        })
        .await;
    (outcome, noticed)
}

fn text_of(outcome: Result<RunOutcome, Error>) -> String {
    let Ok(RunOutcome::Ended(end)) = outcome else {
        panic!("{outcome:?}")
    };
    end.answer.result.unwrap().payloads[0].text.clone()
}

#[tokio::test]
async fn updates_of_the_own_run_come_before_the_final_answer() {
    let server = Server::start().await;
    let params = hi();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let request = peer.request().await;
        let run_id = &request["params"]["idempotencyKey"];
        peer.answer(&request, accepted(&request)).await;
        update(&mut peer, run_id, 1, "he").await;
        update(&mut peer, &json!("somebody else's"), 2, "no").await;
        update(&mut peer, run_id, 3, "hello").await;
        peer.answer(&request, ended(&request)).await;
        peer
    };
    let ((outcome, noticed), _peer) =
        both(run(&server, &params, std::future::pending()), gateway).await;
    assert_eq!(text_of(outcome), "hello");
    assert_eq!(noticed, ["accepted", "he", "hello"]);
}

#[tokio::test]
async fn a_run_survives_a_lost_connection_under_the_same_key() {
    let server = Server::start().await;
    let params = hi();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let first = peer.request().await;
        let run_id = first["params"]["idempotencyKey"].clone();
        peer.answer(&first, accepted(&first)).await;
        update(&mut peer, &run_id, 1, "he").await;
        peer.close(1012, "service restart").await;
        drop(peer);

        let (mut peer, _) = server.welcome().await;
        let repeat = peer.request().await;
        assert_eq!(repeat["params"], first["params"]);
        // At work still: accepted, and nothing more on this request.
        peer.answer(&repeat, accepted(&repeat)).await;
        let wait = peer.request().await;
        assert_eq!(
            (&wait["method"], &wait["params"]["runId"]),
            (&json!("agent.wait"), &run_id)
        );
        update(&mut peer, &run_id, 1, "hello").await;
        peer.answer(&wait, json!({ "runId": run_id, "status": "ok" }))
            .await;
        let again = peer.request().await;
        assert_eq!(again["params"], first["params"]);
        peer.answer(&again, ended(&again)).await;
        peer
    };
    let ((outcome, noticed), _peer) =
        both(run(&server, &params, std::future::pending()), gateway).await;
    assert_eq!(text_of(outcome), "hello");
    assert_eq!(noticed, ["accepted", "he", "again", "accepted", "hello"]);
}

#[tokio::test]
async fn a_run_that_failed_is_told_and_not_repeated() {
    let server = Server::start().await;
    let params = hi();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let request = peer.request().await;
        peer.answer(&request, accepted(&request)).await;
        let payload = json!({ "runId": "r", "status": "error", "summary": "the provider is down" });
        let error = json!({
            "code": "UNAVAILABLE", "message": "the provider is down", "retryable": true
        });
        peer.say(json!({
            "type": "res", "id": request["id"], "ok": false, "payload": payload, "error": error
        }))
        .await;
        peer
    };
    let ((outcome, noticed), _peer) =
        both(run(&server, &params, std::future::pending()), gateway).await;
    let error = outcome.unwrap_err();
    assert_eq!(error.to_string(), "the provider is down");
    assert_eq!(
        error.refusal().unwrap().payload.as_ref().unwrap()["status"],
        json!("error")
    );
    assert_eq!(noticed, ["accepted"]);
}

#[tokio::test]
async fn stopping_sends_one_abort_for_the_run_in_its_session() {
    let server = Server::start().await;
    let params = hi();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let request = peer.request().await;
        let run_id = &request["params"]["idempotencyKey"];
        peer.answer(&request, accepted(&request)).await;
        update(&mut peer, run_id, 1, "he").await;
        let abort = peer.request().await;
        assert_eq!(abort["method"], json!("chat.abort"));
        assert_eq!(
            abort["params"],
            json!({ "sessionKey": "agent:main:x", "runId": run_id })
        );
        peer.answer(
            &abort,
            json!({ "ok": true, "aborted": true, "runIds": [run_id] }),
        )
        .await;
        assert_eq!(peer.closed().await, None, "nothing but the abort was sent");
    };
    let caller = async {
        let mut stop = Some(stop);
        let mut gateway = Reconnecting::connect(server.options(), PATIENCE)
            .await
            .unwrap();
        let stopped = async { stopped.await.unwrap() };
        gateway
            .run_agent(&params, LONG, stopped, |notice| {
                if matches!(notice, RunNotice::Update(_)) {
                    stop.take().unwrap().send(()).unwrap();
                }
            })
            .await
    };
    let (outcome, ()) = both(caller, gateway).await;
    assert!(
        matches!(outcome, Ok(RunOutcome::Stopped(true))),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_start_without_waiting_returns_the_acknowledgement() {
    let server = Server::start().await;
    let params = hi();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let request = peer.request().await;
        peer.answer(&request, accepted(&request)).await;
        peer
    };
    let caller = async {
        let mut gateway = Reconnecting::connect(server.options(), PATIENCE)
            .await
            .unwrap();
        gateway.start_agent(&params).await.unwrap()
    };
    let (payload, _peer) = both(caller, gateway).await;
    let payload: Value = serde_json::from_str(payload.get()).unwrap();
    assert_eq!(payload["status"], json!("accepted"));
}
