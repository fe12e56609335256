//! Secrets and devices of the recorded clients, replaced by ones of ours.

use std::io;

use serde_json::{Map, Value, json};
use tidegate_protocol::version::PROTOCOL_MAX;

use super::frames::word;
use super::play::Player;
use super::proof::{Challenge, renew};
use crate::RawClient;

/// Stands for a token that was revoked: nobody has it.
const REVOKED: &str = "00000000000000000000000000000000";

/// What stands for a recorded device token.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) ours: String,
    /// Which of a device's keys it belongs to.
    pub(super) alias: &'static str,
    /// What it was made for; a request within it is made with the device's own token.
    pub(super) scopes: Vec<Value>,
}

impl Token {
    /// Whether it is of a device that the recording does not have.
    fn is_of_another(&self) -> bool {
        !self.alias.is_empty() && self.ours != REVOKED
    }
}

impl<'r> Player<'r> {
    /// A `connect` with our token, our challenge and a device of ours.
    pub(super) fn connect(&self, conn: u32, frame: &Value, challenge: &Value) -> Value {
        let recorded = frame.get("params").unwrap_or(&Value::Null);
        let Value::Object(params) = recorded else {
            return frame.clone();
        };
        let mut params = params.clone();
        renumber(&mut params);
        let connections = self.recording.connections();
        let label = connections.get(&conn).map_or("", |found| found.label);
        widen_approver(&mut params, label);
        let token = self.token(recorded);
        if let (Some(token), Some(Value::Object(auth))) = (token, params.get_mut("auth")) {
            auth.insert("token".into(), json!(token.ours));
        }
        if token.is_some_and(Token::is_of_another) {
            hide(&mut params);
        }
        let first = connections
            .get(&conn)
            .and_then(|found| found.heard.first().copied());
        if let (Some(then), Some(now)) =
            (first.and_then(Challenge::read), Challenge::read(challenge))
        {
            renew(
                &mut params,
                recorded,
                then,
                now,
                token.map_or("", |token| token.alias),
            );
        }
        let mut frame = frame.clone();
        if let Some(place) = frame.get_mut("params") {
            *place = Value::Object(params);
        }
        frame
    }

    /// Remembers which token of ours stands for the one in this recorded hello.
    pub(super) fn keep_token(&mut self, conn: u32, recorded: &'r Value) {
        let place = "/payload/auth/deviceToken";
        let token = word(recorded, place);
        let rotated = self
            .tokens
            .get(token)
            .is_some_and(|token| !token.alias.is_empty());
        let heard = self
            .live
            .get(&conn)
            .map(|live| live.played.heard.as_slice());
        let mut given = heard.into_iter().flatten().map(|frame| word(frame, place));
        let ours = given.find(|ours| !ours.is_empty() && !token.is_empty() && !rotated);
        if let Some(ours) = ours {
            let ours = ours.to_owned();
            self.tokens.insert(
                token,
                Token {
                    ours,
                    alias: "",
                    scopes: Vec::new(),
                },
            );
        }
    }

    /// Remembers that this connection shows a token and asks for more than it was made for.
    pub(super) fn note_narrowed(&mut self, conn: u32, frame: &Value) {
        let params = frame.get("params").unwrap_or(&Value::Null);
        if let Some(token) = self.token(params).filter(|token| token.is_of_another()) {
            let scopes = token.scopes.clone();
            self.session.narrowed.insert(conn, scopes);
        }
    }

    /// Our token for this request.
    fn token(&self, params: &Value) -> Option<&Token> {
        let token = self.tokens.get(word(params, "/auth/token"))?;
        let asked = params.get("scopes").and_then(Value::as_array);
        let within =
            asked.is_some_and(|asked| asked.iter().all(|scope| token.scopes.contains(scope)));
        if !token.is_of_another() || !within {
            return Some(token);
        }
        let device = word(params, "/device/id");
        let connections = self.recording.connections();
        let own = connections.values().filter(|found| {
            found
                .sent
                .iter()
                .any(|frame| word(frame, "/params/device/id") == device)
        });
        let mut given = own.flat_map(|found| {
            found
                .heard
                .iter()
                .map(|frame| word(frame, "/payload/auth/deviceToken"))
        });
        given
            .find_map(|given| self.tokens.get(given))
            .or(Some(token))
    }

    /// Rotating and revoking tokens come in a later issue. For a rotated token stands one of
    /// another device that was given the same scopes; for a revoked one, one that nobody has.
    pub(super) async fn learn(&mut self, frame: &'r Value) -> io::Result<()> {
        if let Some(token) = frame.pointer("/payload/token").and_then(Value::as_str)
            && let Some(Value::Array(scopes)) = frame.pointer("/payload/scopes")
        {
            let alias = "rotated";
            if let Some(ours) = self
                .other_device(word(frame, "/payload/deviceId"), scopes, alias)
                .await?
            {
                self.tokens.insert(
                    token,
                    Token {
                        ours,
                        alias,
                        scopes: scopes.clone(),
                    },
                );
            }
        }
        if frame.pointer("/payload/revokedAtMs").is_some() {
            for token in self
                .tokens
                .values_mut()
                .filter(|token| token.alias == "rotated")
            {
                REVOKED.clone_into(&mut token.ours);
            }
        }
        Ok(())
    }

    /// Pairs another device for this recorded one, as the owner, and gives its token.
    async fn other_device(
        &self,
        id: &str,
        scopes: &[Value],
        alias: &str,
    ) -> io::Result<Option<String>> {
        let connections = self.recording.connections();
        let of_it = |frame: &&&Value| word(frame, "/params/device/id") == id;
        let found = connections
            .values()
            .find_map(|found| Some((found, *found.sent.iter().find(of_it)?)));
        let Some((connection, frame)) = found else {
            return Ok(None);
        };
        let then = connection.heard.first().copied().and_then(Challenge::read);
        let mut client = RawClient::connect(self.port, &[]).await?;
        let challenge = client.next_frame().await?;
        let (Some(then), Some(now)) = (then, Challenge::read(&challenge)) else {
            return Ok(None);
        };
        let recorded = frame.get("params").unwrap_or(&Value::Null);
        let mut params = recorded.as_object().cloned().unwrap_or_else(Map::new);
        params.insert("scopes".into(), json!(scopes));
        hide(&mut params);
        renew(&mut params, recorded, then, now, alias);
        let hello = client.request("connect", Value::Object(params)).await?;
        client.close().await?;
        Ok(hello
            .pointer("/payload/auth/deviceToken")
            .and_then(Value::as_str)
            .map(str::to_owned))
    }
}

/// Keeps a client out of the presence list, as one-shot command lines are.
fn hide(params: &mut Map<String, Value>) {
    if let Some(Value::Object(client)) = params.get_mut("client") {
        client.insert("mode".into(), json!("cli"));
    }
}

/// The January server spoke protocol 3 alone. A range that it took is cut there, so that we speak
/// it too; one that was too new for it is made too new for us.
fn renumber(params: &mut Map<String, Value>) {
    let number = |params: &Map<String, Value>, key: &str| params.get(key).and_then(Value::as_u64);
    match (number(params, "minProtocol"), number(params, "maxProtocol")) {
        (Some(4..), _) => params.insert("minProtocol".into(), json!(PROTOCOL_MAX + 1)),
        (Some(_), Some(4..)) => params.insert("maxProtocol".into(), json!(3)),
        _ => None,
    };
}

/// Nobody approves more than they have (T16): whoever approves a reader in the recording reads here.
fn widen_approver(params: &mut Map<String, Value>, label: &str) {
    if label != "operator w/ pairing scope" {
        return;
    }
    if let Some(Value::Array(scopes)) = params.get_mut("scopes") {
        scopes.push(json!("operator.read"));
    }
}
