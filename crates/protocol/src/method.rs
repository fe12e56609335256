//! What a method is, and what a server must offer to serve it.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::access::Access;
use crate::error::ErrorShape;
use crate::ids::IdempotencyKey;

/// What a repetition of the request would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing changes.
    Read,
    /// Repeating it is harmless.
    Idempotent,
    /// Repeating it would do it twice, so the params carry an idempotency key.
    Keyed,
}

impl Effect {
    /// The word in the published schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Idempotent => "idempotent",
            Self::Keyed => "keyed",
        }
    }
}

/// The row of a method.
#[derive(Debug, Clone, Copy)]
pub struct MethodSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What a repetition would do.
    pub effect: Effect,
    /// First protocol version that has it.
    pub since: u32,
    /// Whether a request may wait for a run or a chat network, and so does not count as work in
    /// flight.
    pub waits: bool,
}

/// A method: its types and its row. Made by `methods!`.
pub trait Method: 'static {
    /// What the caller sends.
    type Params: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The answer.
    type Result: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The first of two answers; [`NoAck`] if there is only one.
    type Ack: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The row.
    const SPEC: MethodSpec;

    /// The idempotency key; written by `methods!` for keyed methods.
    fn idempotency_key(_params: &Self::Params) -> Option<&IdempotencyKey> {
        None
    }
}

/// The acknowledgement of methods that answer once: it has no value.
#[derive(Debug, Serialize, serde::Deserialize, JsonSchema)]
pub enum NoAck {}

/// Written once per server type: what a call carries and how it fails.
pub trait Server: Send + Sync + 'static {
    /// What a handler gets beside the params.
    type Call<M: Method>: Send;
    /// How a handler fails.
    type Error: Into<ErrorShape>;
}

/// Written once per method.
pub trait Serve<M: Method>: Server {
    /// Carries the method out.
    fn serve(
        &self,
        call: Self::Call<M>,
        params: M::Params,
    ) -> impl Future<Output = Result<M::Result, Self::Error>> + Send;
}

/// Collects the handlers of a server.
pub trait MethodSink<H> {
    /// Adds the handler of one method.
    fn add<M: Method>(&mut self)
    where
        H: Serve<M>;
}

/// Reads the catalog: schema, reference, authorisation table, tests.
pub trait MethodVisitor {
    /// Visits one method.
    fn method<M: Method>(&mut self);
}
