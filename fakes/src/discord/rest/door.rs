//! The way of a call: body, fault, token, limits, route, answer.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::error::{
    ApiError, INVALID_VERSION, METHOD_NOT_ALLOWED, NOT_FOUND, TOO_LARGE, UNAUTHORIZED,
};
use super::limits::{Standing, Wait};
use super::outcome::{Outcome, into_http, json_outcome, page, refused, standing_headers, too_many};
use super::routes::{self, Lost, Route, find};
use crate::common::{Fault, Line, form, percent_decode};
use crate::discord::record::Call;
use crate::discord::world::{Shared, World};

/// Answers one call to the API, or breaks it as planned.
pub(crate) async fn enter(
    shared: Arc<Shared>,
    line: Line,
    parts: Parts,
    body: Body,
) -> Response<Body> {
    let at_ms = shared.clock.now_ms();
    let (version, path) = split(parts.uri.path());
    let mut ask = Ask {
        method: parts.method,
        path,
        query: form(parts.uri.query().unwrap_or_default().as_bytes()),
        headers: parts.headers,
        json: Value::Null,
        files: Vec::new(),
    };
    let most = shared.peek(|world| world.settings.request_bytes);
    let read = match to_bytes(body, most).await {
        Ok(bytes) => ask.read_body(&bytes),
        Err(_) => Err(TOO_LARGE.into()),
    };
    let path: Vec<_> = ask.path.iter().map(String::as_str).collect();
    let route = find(&ask.method, &path);
    let name = route.as_ref().ok().map(|route| route.name);
    let fault = name.and_then(|name| shared.faults.take(name));
    let outcome = match &fault {
        Some(Fault::CutBeforeStoring | Fault::Silence) => None,
        Some(Fault::Status(status)) => Some(shared.with(|world| world.fail(*status))),
        Some(Fault::TooMany { retry_after }) => {
            let after_ms = u64::try_from(retry_after.as_millis()).unwrap_or(0);
            Some(shared.with(|world| world.limit(after_ms)))
        }
        _ if version != "v10" => Some(refused(&INVALID_VERSION.into())),
        _ => Some(shared.with(|world| world.answer(route, &ask, read))),
    };
    shared.calls.push(Call {
        at_ms,
        method: ask.method.to_string(),
        path: format!("/{}", ask.path.join("/")),
        query: ask.query.clone(),
        route: name,
        json: ask.json.clone(),
        files: ask
            .files
            .iter()
            .map(|file| (file.name.clone(), file.bytes.len()))
            .collect(),
        authorization: ask.header("authorization").map(str::to_owned),
        user_agent: ask.header("user-agent").map(str::to_owned),
        status: outcome.as_ref().map(|outcome| outcome.status),
    });
    shared.touch();
    leave(&line, fault, outcome).await
}

/// The version and the decoded segments of `/api/v10/…`.
fn split(path: &str) -> (String, Vec<String>) {
    let mut segments = path.split('/').skip(2).map(percent_decode);
    let version = segments.next().unwrap_or_default();
    (version, segments.collect())
}

/// Lets the answer out as the fault wants it.
async fn leave(line: &Line, fault: Option<Fault>, outcome: Option<Outcome>) -> Response<Body> {
    match fault {
        Some(Fault::CutBeforeStoring | Fault::CutAfterStoring) => line.cut(),
        Some(Fault::CutInAnswer { after_bytes }) => line.cut_after(after_bytes),
        Some(Fault::Silence | Fault::SilenceAfterStoring) => {
            line.go_silent();
            line.ended().await;
        }
        Some(Fault::SlowHeaders(pause)) => {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = line.ended() => {}
            }
        }
        Some(Fault::Status(_) | Fault::TooMany { .. }) | None => {}
    }
    outcome.map_or_else(|| Response::new(Body::empty()), into_http)
}

impl World {
    /// The whole of a call that is not broken on purpose.
    fn answer(
        &mut self,
        route: Result<Route<'_>, Lost>,
        ask: &Ask,
        read: Result<(), ApiError>,
    ) -> Outcome {
        let now_ms = self.now_ms();
        if self.limits.invalid(now_ms) >= self.settings.invalid_requests {
            // The content network's own page, not the API's.
            return page(429, "error code: 1015");
        }
        let outcome = self.try_answer(route, ask, read);
        if matches!(outcome.status, 401 | 403 | 429) {
            self.limits.count_invalid(now_ms);
        }
        outcome
    }

    fn try_answer(
        &mut self,
        route: Result<Route<'_>, Lost>,
        ask: &Ask,
        read: Result<(), ApiError>,
    ) -> Outcome {
        let route = match route {
            Ok(route) => route,
            Err(Lost::NoSuchPath) => return refused(&NOT_FOUND.into()),
            Err(Lost::OtherMethod) => return refused(&METHOD_NOT_ALLOWED.into()),
        };
        let open = route.is_of_interaction() || route.name == routes::GATEWAY;
        if !open && !self.is_authorized(&ask.headers) {
            return refused(&UNAUTHORIZED.into());
        }
        let rates = self.settings.rates;
        let now_ms = self.now_ms();
        let standing = match self.limits.take(&rates, &route, now_ms) {
            Ok(standing) => standing,
            Err(wait) => return too_many(&wait),
        };
        let answer = read.and_then(|()| self.dispatch(&route, ask));
        let mut outcome = match answer {
            Ok(Reply::Json(body)) => json_outcome(200, &body),
            Ok(Reply::NoContent) => Outcome {
                status: 204,
                content_type: "",
                body: Bytes::new(),
                headers: Vec::new(),
            },
            Err(error) => refused(&error),
        };
        if outcome.status == 200
            && matches!(route.name, routes::THREAD_FROM_MESSAGE | routes::THREAD)
        {
            outcome.status = 201;
        }
        outcome.headers = standing_headers(&standing);
        outcome
    }

    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        !self.token_revoked
            && given.and_then(|given| given.strip_prefix("Bot ")) == Some(&self.token)
    }

    fn dispatch(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        match route.name {
            routes::GATEWAY => Ok(Reply::Json(self.gateway_url())),
            routes::GATEWAY_BOT => Ok(Reply::Json(self.gateway_bot())),
            routes::ME => Ok(Reply::Json(self.me_json())),
            routes::MY_GUILDS => Ok(Reply::Json(self.my_guilds())),
            routes::USER => self.read_user(route),
            routes::OPEN_DM => self.open_dm(ask),
            routes::APPLICATION => Ok(Reply::Json(self.application())),
            routes::GUILD => self.read_guild(route),
            routes::GUILD_CHANNELS => self.guild_channels(route),
            routes::MEMBER => self.member(route),
            routes::CHANNEL => self.read_channel(route),
            routes::EDIT_CHANNEL => self.edit_channel(route, ask),
            routes::TYPING => self.type_in(route),
            routes::HISTORY => self.history(route, ask),
            routes::SEND => self.send(route, ask),
            routes::MESSAGE => self.read_message(route),
            routes::EDIT => self.edit(route, ask),
            routes::DELETE => self.delete(route),
            routes::REACT => self.react(route),
            routes::UNREACT => self.unreact(route),
            routes::REACTIONS => self.list_reactions(route),
            routes::THREAD_FROM_MESSAGE => self.thread_from_message(route, ask),
            routes::THREAD => self.thread(route, ask),
            routes::JOIN_THREAD => self.join_thread(route),
            routes::COMMANDS => self.list_commands(route),
            routes::SET_COMMANDS => self.set_commands(route, ask),
            routes::ADD_COMMAND => self.add_command(route, ask),
            routes::REMOVE_COMMAND => self.remove_command(route),
            routes::CALLBACK => self.callback(route, ask),
            routes::FOLLOW_UP => self.follow_up(route, ask),
            routes::READ_ANSWER => self.read_answer(route),
            routes::EDIT_ANSWER => self.edit_answer(route, ask),
            routes::DELETE_ANSWER => self.delete_answer(route),
            _ => Err(NOT_FOUND.into()),
        }
    }

    /// A refusal that a test planned, in the vendor's form.
    fn fail(&mut self, status: u16) -> Outcome {
        let now_ms = self.now_ms();
        if matches!(status, 401 | 403 | 429) {
            self.limits.count_invalid(now_ms);
        }
        match status {
            401 => refused(&UNAUTHORIZED.into()),
            404 => refused(&NOT_FOUND.into()),
            429 => self.limit(1000),
            502 => page(
                502,
                "<html><head><title>502 Bad Gateway</title></head><body></body></html>",
            ),
            503 => page(
                503,
                "upstream connect error or disconnect/reset before headers",
            ),
            _ => json_outcome(
                status,
                &json!({ "message": format!("{status}: Internal Server Error"), "code": 0 }),
            ),
        }
    }

    /// A 429 that a test planned: of the route, with headers like a full bucket's.
    fn limit(&mut self, after_ms: u64) -> Outcome {
        let now_ms = self.now_ms();
        self.limits.count_invalid(now_ms);
        too_many(&Wait {
            after_ms,
            global: false,
            standing: Some(Standing {
                bucket: "0123456789abcdef0123456789abcdef",
                limit: 1,
                remaining: 0,
                reset_ms: now_ms + after_ms,
                reset_after_ms: after_ms,
            }),
        })
    }
}
