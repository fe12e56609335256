//! IDENTIFY and RESUME: who may listen, from where on.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::intents::{Intent, refusal};
use super::session::{Opening, Order, Session};
use crate::discord::world::World;

/// A day, for the limit of session starts.
const DAY_MS: u64 = 86_400_000;

const BAD_TOKEN: Order = Order::Close(4004, "Authentication failed.");

impl World {
    fn token_is(&self, data: &Value) -> bool {
        let given = data
            .get("token")
            .and_then(Value::as_str)
            .unwrap_or_default();
        // The vendor takes the token with and without the prefix of the REST header.
        !self.token_revoked && given.trim_start_matches("Bot ") == self.token
    }

    pub(super) fn identify(&mut self, number: u64, data: &Value) {
        let Some(intents) = data.get("intents").and_then(Value::as_u64) else {
            return self
                .gateway
                .order(number, Order::Close(4013, "Invalid intent(s)."));
        };
        if !data.get("properties").is_some_and(Value::is_object) {
            return self
                .gateway
                .order(number, Order::Close(4002, "Error while decoding payload."));
        }
        if !self.token_is(data) {
            return self.gateway.order(number, BAD_TOKEN);
        }
        if !shard_is_valid(data.get("shard")) {
            return self
                .gateway
                .order(number, Order::Close(4010, "Invalid shard."));
        }
        if let Some((code, reason)) = refusal(intents, self.settings.privileged) {
            return self.gateway.order(number, Order::Close(code, reason));
        }
        if !self.may_start() {
            return self
                .gateway
                .order(number, Order::Send(json!({ "op": 9, "d": false })));
        }
        if self.session_starts_left() == 0 {
            self.revoke_token();
            return;
        }
        let now_ms = self.now_ms();
        self.gateway.starts_ms.push_back(now_ms);
        self.begin_session(number, intents, data.get("shard"));
    }

    /// Whether another IDENTIFY fits into the window of `max_concurrency`.
    fn may_start(&mut self) -> bool {
        let now_ms = self.now_ms();
        let window = u64::try_from(self.settings.identify_window.as_millis()).unwrap_or(0);
        let times = &mut self.gateway.identified_ms;
        while times
            .front()
            .is_some_and(|at| now_ms.saturating_sub(*at) >= window)
        {
            times.pop_front();
        }
        if times.len() >= self.settings.max_concurrency as usize {
            return false;
        }
        times.push_back(now_ms);
        true
    }

    /// Session starts left today.
    pub(crate) fn session_starts_left(&mut self) -> u64 {
        let now_ms = self.now_ms();
        let starts = &mut self.gateway.starts_ms;
        while starts
            .front()
            .is_some_and(|at| now_ms.saturating_sub(*at) >= DAY_MS)
        {
            starts.pop_front();
        }
        u64::from(self.settings.session_starts).saturating_sub(starts.len() as u64)
    }

    /// Milliseconds until the count of session starts begins anew.
    pub(crate) fn session_starts_reset_ms(&self) -> u64 {
        let first = self.gateway.starts_ms.front();
        first.map_or(0, |at| (at + DAY_MS).saturating_sub(self.now_ms()))
    }

    fn begin_session(&mut self, number: u64, intents: u64, shard: Option<&Value>) {
        let id = format!("{:0>32}", self.make_id().to_string());
        let ready = self.ready(&id, shard);
        let mut session = Session {
            id: id.clone(),
            intents,
            seq: 0,
            log: VecDeque::new(),
            socket: Some(number),
            left_at_ms: None,
        };
        let keep = self.settings.replay_events;
        let mut frames = vec![session.record("READY", &ready, keep)];
        if Intent::GUILDS.is_in(intents) {
            for guild in self
                .guilds
                .values()
                .filter(|guild| guild.members.contains(&self.bot))
            {
                frames.push(session.record("GUILD_CREATE", &self.guild_json(guild), keep));
            }
        }
        self.gateway.sessions.push(session);
        self.attach(number, id, frames);
    }

    fn ready(&self, session: &str, shard: Option<&Value>) -> Value {
        let guilds: Vec<_> = self
            .guilds
            .values()
            .filter(|guild| guild.members.contains(&self.bot))
            .map(|guild| json!({ "id": guild.id, "unavailable": true }))
            .collect();
        let mut ready = json!({
            "v": 10, "user": self.me_json(), "guilds": guilds, "session_id": session,
            "session_type": "normal", "resume_gateway_url": format!("ws://{}/resume", self.host),
            "application": { "id": self.bot, "flags": self.application_flags() },
            "private_channels": [], "relationships": [], "presences": [], "user_settings": {},
            "geo_ordered_rtc_regions": [], "_trace": [],
        });
        if let Some(shard) = shard {
            crate::discord::world::set(&mut ready, "shard", shard.clone());
        }
        ready
    }

    pub(super) fn resume(&mut self, number: u64, data: &Value) {
        if !self.token_is(data) {
            return self.gateway.order(number, BAD_TOKEN);
        }
        self.expire_sessions();
        let wanted = data
            .get("session_id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(seq) = data.get("seq").and_then(Value::as_u64) else {
            return self
                .gateway
                .order(number, Order::Close(4007, "Invalid seq."));
        };
        let rewind = std::mem::take(&mut self.gateway.rewind);
        let found = self
            .gateway
            .sessions
            .iter_mut()
            .find(|session| session.id == wanted);
        let Some(session) = found else {
            return self
                .gateway
                .order(number, Order::Send(json!({ "op": 9, "d": false })));
        };
        if seq > session.seq {
            return self
                .gateway
                .order(number, Order::Close(4007, "Invalid seq."));
        }
        let Some(mut frames) = session
            .after(seq.saturating_sub(rewind))
            .or_else(|| session.after(seq))
        else {
            self.gateway.sessions.retain(|session| session.id != wanted);
            return self
                .gateway
                .order(number, Order::Send(json!({ "op": 9, "d": false })));
        };
        frames.push(session.record(
            "RESUMED",
            &json!({ "_trace": [] }),
            self.settings.replay_events,
        ));
        let before = session.socket.replace(number);
        session.left_at_ms = None;
        let id = session.id.clone();
        // A session has one connection: the one before it ends.
        if let Some(socket) = before.and_then(|before| self.gateway.sockets.get(&before)) {
            socket.line.cut();
        }
        self.attach(number, id, frames);
    }

    /// Forgets sessions whose time to resume is over.
    pub(super) fn expire_sessions(&mut self) {
        let window = u64::try_from(self.settings.resume_window.as_millis()).unwrap_or(0);
        let now_ms = self.now_ms();
        self.gateway.expire(now_ms, window);
    }

    /// Binds the session to its socket and sends what it has to hear first.
    fn attach(&mut self, number: u64, id: String, frames: Vec<Value>) {
        let Some(socket) = self.gateway.sockets.get_mut(&number) else {
            return;
        };
        socket.session = Some(id);
        let mut tear = socket.opening == Some(Opening::CutInReady);
        for frame in frames {
            let order = if std::mem::take(&mut tear) {
                Order::Tear(frame)
            } else {
                Order::Send(frame)
            };
            self.gateway.order(number, order);
        }
    }

    /// The token is worth nothing any more, and nobody stays connected with it.
    pub(crate) fn revoke_token(&mut self) {
        self.token_revoked = true;
        self.gateway.sessions.clear();
        self.gateway.order_all(&BAD_TOKEN);
    }
}

/// `[shard_id, num_shards]`, or nothing.
fn shard_is_valid(shard: Option<&Value>) -> bool {
    let Some(shard) = shard.filter(|shard| !shard.is_null()) else {
        return true;
    };
    let number = |index: usize| shard.get(index).and_then(Value::as_u64);
    matches!((number(0), number(1)), (Some(id), Some(count)) if id < count)
}
