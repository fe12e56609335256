//! What clients may say on the gateway, how much and when.

use serde_json::{Value, json};

use super::session::{Opening, Order};
use crate::discord::record::Command;
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{Shared, World};

/// Bytes of one command (documented).
const MOST_BYTES: usize = 4096;
/// The window of the limit of commands.
const MINUTE_MS: u64 = 60_000;

const UNDECODABLE: Order = Order::Close(4002, "Error while decoding payload.");

/// Carries out one command. True if it was a heartbeat.
pub(super) fn take(shared: &Shared, number: u64, text: &str) -> bool {
    let parsed = (text.len() <= MOST_BYTES)
        .then(|| serde_json::from_str::<Value>(text).ok())
        .flatten();
    let op = parsed
        .as_ref()
        .and_then(|frame| frame.get("op"))
        .and_then(Value::as_u64);
    let (Some(frame), Some(op)) = (parsed, op) else {
        shared.with(|world| world.gateway.order(number, UNDECODABLE));
        return false;
    };
    let data = frame.get("d").cloned().unwrap_or_default();
    shared.commands.push(Command {
        connection: number,
        at_ms: shared.clock.now_ms(),
        op,
        data: data.clone(),
    });
    shared.with(|world| world.command(number, op, &data));
    op == 1
}

impl World {
    fn command(&mut self, number: u64, op: u64, data: &Value) {
        if self.is_over_limit(number) {
            return self.gateway.order(
                number,
                Order::Close(4008, "You are sending too many requests."),
            );
        }
        let Some(socket) = self.gateway.sockets.get(&number) else {
            return;
        };
        let (identified, deaf, mute) = (
            socket.session.is_some(),
            matches!(socket.opening, Some(Opening::NoHello | Opening::NoReady)),
            socket.mute,
        );
        match op {
            1 if mute => {}
            1 => self.gateway.order(number, Order::Send(json!({ "op": 11 }))),
            2 | 6 if identified => {
                self.gateway
                    .order(number, Order::Close(4005, "Already authenticated."));
            }
            2 | 6 if deaf => {}
            2 => self.identify(number, data),
            6 => self.resume(number, data),
            // Presence and voice change nothing that the fake shows.
            3 | 4 | 31 if identified => {}
            8 if identified => self.chunk_members(number, data),
            3 | 4 | 8 | 31 => self
                .gateway
                .order(number, Order::Close(4003, "Not authenticated.")),
            _ => self
                .gateway
                .order(number, Order::Close(4001, "Unknown opcode.")),
        }
    }

    fn is_over_limit(&mut self, number: u64) -> bool {
        let now_ms = self.now_ms();
        let most = self.settings.gateway_commands as usize;
        let Some(socket) = self.gateway.sockets.get_mut(&number) else {
            return false;
        };
        let times = &mut socket.commands_ms;
        while times
            .front()
            .is_some_and(|at| now_ms.saturating_sub(*at) >= MINUTE_MS)
        {
            times.pop_front();
        }
        times.push_back(now_ms);
        times.len() > most
    }

    /// Request Guild Members, by ids; without the members' intent the vendor lists no others.
    fn chunk_members(&mut self, number: u64, data: &Value) {
        let Some(guild) = data
            .get("guild_id")
            .and_then(Value::as_str)
            .and_then(Snowflake::parse)
            .and_then(|id| self.guilds.get(&id))
        else {
            return;
        };
        let wanted = match data.get("user_ids") {
            Some(Value::Array(ids)) => ids.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        let ids = wanted
            .iter()
            .filter_map(|id| Snowflake::parse(id.as_str()?));
        let (known, missing): (Vec<_>, Vec<_>) = ids.partition(|id| guild.members.contains(id));
        let members: Vec<_> = known
            .iter()
            .map(|id| self.member_with_user_json(*id))
            .collect();
        let chunk = json!({
            "guild_id": guild.id, "members": members, "chunk_index": 0, "chunk_count": 1,
            "not_found": missing, "nonce": data.get("nonce"),
        });
        let keep = self.settings.replay_events;
        let session = self
            .gateway
            .sessions
            .iter_mut()
            .find(|session| session.socket == Some(number));
        if let Some(session) = session {
            let frame = session.record("GUILD_MEMBERS_CHUNK", &chunk, keep);
            self.gateway.order(number, Order::Send(frame));
        }
    }
}
