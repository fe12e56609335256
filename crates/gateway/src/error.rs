//! How a handler fails, and the only mapping from engine errors to the wire.

use serde_json::{Value, json};
use tidegate_core::Denied;
use tidegate_core::store::StoreError;
use tidegate_engine::EngineError;
use tidegate_protocol::api::connect::AUTH_DEVICE_TOKEN_MISMATCH;
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{ErrorCode, ErrorShape};

/// When to try again after the store failed, in milliseconds.
const STORE_RETRY_MS: u64 = 5_000;
/// When to try again while the gateway stops, in milliseconds.
const DRAIN_RETRY_MS: u64 = 1_500;

/// A failed call: the error, and for runs also a payload.
#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) shape: Box<ErrorShape>,
    pub(crate) payload: Option<Box<Value>>,
}

impl ApiError {
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        ErrorShape::invalid(text).into()
    }
}

impl From<ErrorShape> for ApiError {
    fn from(shape: ErrorShape) -> Self {
        Self {
            shape: Box::new(shape),
            payload: None,
        }
    }
}

impl From<ApiError> for ErrorShape {
    fn from(error: ApiError) -> Self {
        *error.shape
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let shape = match &error {
            EngineError::Invalid(_) | EngineError::KeyReused | EngineError::TooWide(_) => {
                ErrorShape::invalid(error.to_string())
            }
            EngineError::SessionKey(source) => ErrorShape::invalid(source.to_string()),
            EngineError::Busy {
                what,
                retry_after_ms,
            } => ErrorShape::busy(what, *retry_after_ms),
            EngineError::UnknownChannel(_) => ErrorShape::invalid(error.to_string()),
            EngineError::NotLinked { .. } => {
                ErrorShape::new(ErrorCode::NotLinked, error.to_string())
            }
            EngineError::Stale => {
                ErrorShape::invalid(error.to_string()).with_details(json!({ "code": "STALE" }))
            }
            EngineError::TakenBack => ErrorShape::invalid(error.to_string())
                .with_details(json!({ "code": AUTH_DEVICE_TOKEN_MISMATCH })),
            EngineError::Draining => ErrorShape::busy(error.to_string(), DRAIN_RETRY_MS)
                .with_details(json!({ "reason": "draining" })),
            EngineError::Store(source) => store(source),
        };
        shape.into()
    }
}

/// The store failed.
pub(crate) fn store(source: &StoreError) -> ErrorShape {
    if matches!(source, StoreError::Full { .. }) {
        let text = "the disk of the gateway is full: free space, then try again";
        return ErrorShape::busy(text, STORE_RETRY_MS)
            .with_details(json!({ "reason": "disk_full" }));
    }
    tracing::error!(error = chain(source), "store");
    ErrorShape::busy("the gateway's store failed; see its log", STORE_RETRY_MS)
        .with_details(json!({ "reason": "store" }))
}

/// A missing right: protocol 3 knows only the text, protocol 4 a code and details (DECISIONS D3).
pub(crate) fn denied(denied: Denied, protocol: Protocol) -> ErrorShape {
    let text = denied.to_string();
    match (protocol, denied) {
        (Protocol::V4, Denied::MissingScope(scope)) => ErrorShape::new(ErrorCode::Forbidden, text).with_details(
            json!({ "code": "MISSING_SCOPE", "missingScope": scope.as_str(), "requiredScopes": [scope.as_str()] }),
        ),
        (Protocol::V4, Denied::WrongRole(role)) => ErrorShape::new(ErrorCode::Forbidden, text)
            .with_details(json!({ "code": "WRONG_ROLE", "role": role.as_str() })),
        (Protocol::V4, Denied::NoDevice) => ErrorShape::new(ErrorCode::Forbidden, text)
            .with_details(json!({ "code": "DEVICE_IDENTITY_REQUIRED" })),
        _ => ErrorShape::invalid(text),
    }
}

/// An error with its causes, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_that_was_taken_back_says_so_to_programs_and_people() {
        let shape = ErrorShape::from(ApiError::from(EngineError::TakenBack));
        assert_eq!(shape.code, ErrorCode::InvalidRequest);
        assert!(shape.message.ends_with("taken back; connect again"));
        let details = json!({ "code": AUTH_DEVICE_TOKEN_MISMATCH });
        assert_eq!(shape.details, Some(details));
    }
}
