//! The way of every client command to the gateway. Nothing here starts one.

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_client::{
    Auth, Client, ConnectOptions, Deadlines, DeviceIdentity, Error, ErrorKind, Phase, Reconnecting,
    TokenCache, Trust, fresh_id,
};
use tidegate_protocol::api::connect::ClientInfo;
use tidegate_protocol::{Method, Scope};

use crate::args::Globals;
use crate::exit::Exit;
use crate::output::{Failure, Screen, with_spinner};
use crate::target::{self, Target};
use crate::trust;

/// What a client command works with.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) screen: Screen,
    pub(crate) target: Target,
    pub(crate) timeout: Duration,
    /// How long to wait for an answer.
    answer: Duration,
}

impl Context {
    /// Finds out where to go.
    pub(crate) fn new(globals: &Globals) -> anyhow::Result<Self> {
        let screen = Screen::new(globals);
        if globals.token.is_some() {
            screen.note("warning: other users of this host can see the secret in --token; --token-file hides it");
        }
        let target = target::find(globals)?;
        Ok(Self {
            screen,
            target,
            timeout: Duration::from_millis(globals.timeout_ms),
            answer: Duration::from_millis(globals.timeout_ms),
        })
    }

    /// Waits at least so long for answers: the gateway itself waits for somebody else.
    pub(crate) fn patient(mut self, least: Duration) -> Self {
        self.answer = self.answer.max(least);
        self
    }

    /// Connects with these rights and no more.
    pub(crate) async fn connect(&self, scopes: &[Scope]) -> Result<Reconnecting, Failure> {
        let mut options = self.options(scopes)?;
        let words = format!("connecting to {}", self.target.address);
        let mut opened = with_spinner(&self.screen, &words, self.try_connect(&options)).await;
        if let Err(why) = &opened {
            let Target {
                address, expected, ..
            } = &self.target;
            if let Some(accepted) = trust::ask(&self.screen, address, expected, why)? {
                options.trust = Trust::Pin(accepted);
                opened = with_spinner(&self.screen, &words, self.try_connect(&options)).await;
            }
        }
        opened.map_err(|why| self.failure(&why, "connect"))
    }

    async fn try_connect(&self, options: &ConnectOptions) -> Result<Reconnecting, Error> {
        let first = match Reconnecting::connect(options.clone(), self.timeout).await {
            Ok(gateway) => return Ok(gateway),
            Err(why) => why,
        };
        let refused = Exit::of(&first) == Exit::Denied && first.distrust().is_none();
        // A secret in the environment or the file may be that of another gateway; the owner's own
        // always counts.
        if let Some(shown) = self.target.fallback.as_ref().filter(|_| refused) {
            let owner = ConnectOptions {
                auth: Auth {
                    token: Some(shown.secret.clone()),
                    ..Auth::default()
                },
                ..options.clone()
            };
            if let Ok(gateway) = Reconnecting::connect(owner, self.timeout).await {
                let from = self.target.credential.as_deref().unwrap_or_default();
                self.screen.note(&format!(
                    "warning: the gateway refused the secret of {from}; used {}",
                    shown.from
                ));
                return Ok(gateway);
            }
        }
        Err(first)
    }

    fn options(&self, scopes: &[Scope]) -> Result<ConnectOptions, Failure> {
        let client = ClientInfo {
            id: "cli".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            platform: std::env::consts::OS.to_owned(),
            mode: "cli".to_owned(),
            display_name: None,
            device_family: None,
            model_identifier: None,
            instance_id: Some(fresh_id()),
        };
        let target = &self.target;
        let mut options = ConnectOptions::operator(
            target.address.clone(),
            scopes.to_vec(),
            client,
            target.auth.clone(),
        );
        options.trust = target.expected.trust;
        options.deadlines = Deadlines {
            connect: self.timeout,
            call: self.answer,
            ..Deadlines::default()
        };
        if let Some(state_dir) = &target.device_in {
            let device = DeviceIdentity::load_or_create(state_dir).map_err(|why| {
                Failure::new(Exit::Config, format!("the key of this device: {why}"))
            })?;
            options.identity = Some(device);
            options.tokens = Some(TokenCache::in_state_dir(state_dir));
        }
        Ok(options)
    }

    /// A failed conversation, with the place and what to do next.
    pub(crate) fn failure(&self, error: &Error, doing: &str) -> Failure {
        Failure::of(error, &self.target, doing)
    }

    /// Calls a method that reads; the answer exactly as it came.
    pub(crate) async fn raw(
        &self,
        gateway: &Reconnecting,
        method: &str,
        params: Option<&Value>,
    ) -> Result<Box<RawValue>, Failure> {
        let call = client(gateway)?.call_raw(method, params, self.timeout, false);
        with_spinner(&self.screen, method, call)
            .await
            .map_err(|why| self.failure(&why, method))
    }

    /// Calls a method, again over lost connections.
    pub(crate) async fn call<M: Method>(
        &self,
        gateway: &mut Reconnecting,
        params: &M::Params,
    ) -> Result<M::Result, Failure> {
        let name = M::SPEC.name;
        let call = gateway.call::<M>(params);
        with_spinner(&self.screen, name, call)
            .await
            .map_err(|why| self.failure(&why, name))
    }

    /// Shows an answer: exactly as it came where a program reads it, else as a page.
    pub(crate) fn show<T: serde::de::DeserializeOwned>(
        &self,
        payload: &RawValue,
        method: &str,
        page: impl FnOnce(&Screen, &T) -> String,
    ) -> anyhow::Result<()> {
        if self.screen.json {
            return Ok(self.screen.payload(payload)?);
        }
        let answer = self.read(payload, method)?;
        Ok(self.screen.say(&page(&self.screen, &answer))?)
    }

    /// Says what was done: by the answer where a program reads it, else by a sentence.
    pub(crate) fn done(
        &self,
        answer: &impl serde::Serialize,
        sentence: impl FnOnce() -> String,
    ) -> anyhow::Result<()> {
        let text = if self.screen.json {
            serde_json::to_string(answer)?
        } else {
            sentence()
        };
        Ok(self.screen.say(&text)?)
    }

    /// Reads an answer.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(
        &self,
        payload: &RawValue,
        doing: &str,
    ) -> Result<T, Failure> {
        serde_json::from_str(payload.get()).map_err(|why| {
            let kind = ErrorKind::Unreadable(why.to_string());
            self.failure(
                &Error {
                    phase: Phase::Call,
                    kind,
                },
                doing,
            )
        })
    }
}

/// The open connection.
pub(crate) fn client(gateway: &Reconnecting) -> Result<&Client, Failure> {
    gateway
        .client()
        .ok_or_else(|| Failure::new(Exit::Temporary, "the connection was lost"))
}

/// What the gateway would take at most (`limits::message_bytes`).
const MOST_TEXT_BYTES: u64 = 25 * 1024 * 1024;

/// The text of an argument; `-` reads standard input.
pub(crate) fn text_argument(argument: &str, value: &str) -> Result<String, Failure> {
    if value != "-" {
        return Ok(value.to_owned());
    }
    let mut text = String::new();
    std::io::stdin()
        .take(MOST_TEXT_BYTES)
        .read_to_string(&mut text)
        .map_err(|why| Failure::new(Exit::Usage, format!("{argument} -: {why}")))?;
    Ok(text)
}
