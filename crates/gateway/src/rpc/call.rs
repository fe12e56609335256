//! What a handler gets beside the params.

use std::marker::PhantomData;
use std::sync::Arc;

use tidegate_core::run::Once;
use tidegate_core::secret::sha256_hex;
use tidegate_core::{Chain, Denied, Permit};
use tidegate_engine::EngineError;
use tidegate_protocol::frame::ResponseFrame;
use tidegate_protocol::strict::canonical;
use tidegate_protocol::{ConnId, IdempotencyKey, Method, Scope, Serve, Server};

use crate::error::{ApiError, denied};
use crate::hub::{AnsweredFirst, Conn};
use crate::state::Shared;

/// One call of one method: who was permitted, and how to acknowledge.
pub(crate) struct Call<M> {
    permit: Permit,
    conn: Arc<Conn>,
    request_id: String,
    params_hash: Option<String>,
    method: PhantomData<fn() -> M>,
}

impl<M: Method> Call<M> {
    pub(crate) fn new(
        permit: Permit,
        conn: Arc<Conn>,
        request_id: String,
        params: &serde_json::Value,
    ) -> Self {
        let keyed = matches!(M::SPEC.effect, tidegate_protocol::Effect::Keyed);
        let params_hash = keyed.then(|| sha256_hex(canonical(params).as_bytes()));
        Self {
            permit,
            conn,
            request_id,
            params_hash,
            method: PhantomData,
        }
    }

    /// Whether the caller may also do what needs [`Scope::Admin`].
    pub(crate) fn may_administer(&self) -> bool {
        self.permit.caller().scopes.grants(Scope::Admin)
    }

    /// Refuses a caller without this right, in the words of its protocol.
    pub(crate) fn needs(&self, scope: Scope) -> Result<(), ApiError> {
        if self.permit.caller().scopes.grants(scope) {
            return Ok(());
        }
        Err(denied(Denied::MissingScope(scope), self.conn.protocol).into())
    }

    /// Who calls.
    pub(crate) fn chain(&self) -> &Chain {
        &self.conn.chain
    }

    /// The connection itself.
    pub(crate) fn conn(&self) -> &Conn {
        &self.conn
    }

    /// Over which connection.
    pub(crate) fn connection(&self) -> &ConnId {
        &self.conn.id
    }

    /// What was permitted, and to whom.
    pub(crate) const fn permit(&self) -> &Permit {
        &self.permit
    }

    /// What the engine refused, in the words of the caller's protocol.
    pub(crate) fn refused(&self, why: EngineError) -> ApiError {
        match why {
            EngineError::TooWide(scope) => {
                denied(Denied::MissingScope(scope), self.conn.protocol).into()
            }
            other => other.into(),
        }
    }

    /// While this lives, the end of the caller's own right ends its connection only after the
    /// answer.
    pub(crate) fn answered_first(&self) -> AnsweredFirst<'_> {
        self.conn.answered_first()
    }

    /// Who asks for a keyed effect, and how a repetition is recognised.
    pub(crate) fn once(&self, key: &IdempotencyKey) -> Once {
        Once {
            principal: self.permit.caller().id.storage_key(),
            method: M::SPEC.name,
            key: key.as_str().to_owned(),
            params_hash: self.params_hash.clone().unwrap_or_default(),
        }
    }

    /// Sends the first of two answers.
    pub(crate) fn ack(&self, ack: &M::Ack) {
        let frame = ResponseFrame::ok(&self.request_id, ack);
        if let Ok(text) = serde_json::to_string(&frame) {
            self.conn.outbox.push_reply(text);
        }
    }
}

/// The server that serves every method of the catalog.
#[derive(Clone)]
pub(crate) struct Api(pub(crate) Arc<Shared>);

impl Server for Api {
    type Call<M: Method> = Call<M>;
    type Error = ApiError;
}

/// Decodes, serves and encodes one method; the type-free form that the router keeps.
pub(crate) async fn run<M: Method>(
    api: Api,
    call: Call<M>,
    params: serde_json::Value,
) -> Result<String, ApiError>
where
    Api: Serve<M>,
{
    let params: M::Params = serde_json::from_value(params)
        .map_err(|error| ApiError::invalid(format!("invalid {} params: {error}", M::SPEC.name)))?;
    let result = api.serve(call, params).await?;
    serde_json::to_string(&result).map_err(|error| {
        tracing::error!(method = M::SPEC.name, error = %error, "an answer could not be encoded");
        tidegate_protocol::ErrorShape::new(
            tidegate_protocol::ErrorCode::Unavailable,
            "internal error",
        )
        .into()
    })
}
