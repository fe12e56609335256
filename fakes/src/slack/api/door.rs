//! The one door: read, check, limit, run, record, answer, with planned faults on both sides.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::answer::{Refusal, respond, success};
use super::arrival::Arrival;
use super::methods::{self, Api, Method};
use crate::common::Line;
use crate::slack::core::Core;
use crate::slack::rules::MOST_BODY_BYTES;
use crate::slack::trace::{Call, Outcome};
use crate::slack::trouble::{Early, Trouble, status_of, too_many, whole_seconds};

/// What was decided: the answer's body, or another end.
enum Verdict {
    Done(Value),
    Refused(Refusal),
    TooMany(u64),
    Status(u16),
    Dropped,
}

/// Serves `/api/{method}`. Faults are planned under the name of the method.
pub(in crate::slack) async fn serve(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let method = methods::find(&name);
    let form_only = method.is_some_and(|method| method.form_only);
    let body = read(body).await;
    let cut = body.is_none();
    let body = body.unwrap_or_default();
    let mut arrival = Arrival::read(&head.method, &head.uri, &head.headers, &body, form_only);
    if cut {
        arrival.broken = Some("request_timeout".into());
    }
    let trouble = Trouble::of(&core.faults, &name, line);
    let verdict = match trouble.early() {
        Some(Early::TooMany(seconds)) => Verdict::TooMany(seconds),
        Some(Early::Status(status)) => Verdict::Status(status),
        Some(Early::Nothing) => Verdict::Dropped,
        None => decide(&core, method, &arrival),
    };
    record(&core, &name, &arrival, &verdict, trouble.loses_the_answer());
    trouble.strike().await;
    verdict.respond(&name, arrival.warning)
}

async fn read(body: Body) -> Option<Bytes> {
    to_bytes(body, MOST_BODY_BYTES).await.ok()
}

/// The vendor's order: is there such a method, can the body be read, who is it, how often, what.
fn decide(core: &Arc<Core>, method: Option<&Method>, arrival: &Arrival) -> Verdict {
    match run(core, method, arrival) {
        Ok(verdict) => verdict,
        Err(refusal) => Verdict::Refused(refusal),
    }
}

fn run(core: &Arc<Core>, method: Option<&Method>, arrival: &Arrival) -> Result<Verdict, Refusal> {
    let method = method.ok_or("unknown_method")?;
    if let Some(broken) = &arrival.broken {
        return Err(broken.clone());
    }
    core.auth().check(arrival.token.as_deref(), method.token)?;
    let channel = arrival.params.text("channel").unwrap_or_default();
    if let Err(wait) = core.limits().take(method, &channel) {
        return Ok(Verdict::TooMany(whole_seconds(wait)));
    }
    let api = Api {
        core,
        params: &arrival.params,
        posted: arrival.posted,
    };
    (method.run)(&api).map(Verdict::Done)
}

fn record(core: &Core, name: &str, arrival: &Arrival, verdict: &Verdict, answer_lost: bool) {
    core.calls.push(Call {
        method: name.to_owned(),
        token: arrival.token.clone(),
        params: arrival.params.0.clone(),
        at_ms: core.clock.now_ms(),
        outcome: verdict.outcome(),
        answer_lost,
    });
    core.wake();
}

impl Verdict {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Done(_) => Outcome::Done,
            Self::Refused(refusal) => Outcome::Refused(refusal.error.clone()),
            Self::TooMany(seconds) => Outcome::TooMany(*seconds),
            Self::Status(status) => Outcome::Status(*status),
            Self::Dropped => Outcome::Dropped,
        }
    }

    fn respond(self, name: &str, warning: Option<&str>) -> Response {
        match self {
            Self::Done(fields) => respond(&success(fields, warning)),
            Self::Refused(refusal) => respond(&refusal.to_json(name)),
            Self::TooMany(seconds) => {
                let body = json!({"ok": false, "error": "ratelimited"}).to_string();
                too_many(seconds, body)
            }
            Self::Status(status) => (status_of(status), "upstream trouble").into_response(),
            Self::Dropped => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}
