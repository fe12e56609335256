//! What it means that the gateway did not let this node in.

use tidegate_client::Error;
use tidegate_protocol::ErrorCode;
use tidegate_protocol::api::connect::{
    AUTH_BOOTSTRAP_TOKEN_INVALID, AUTH_DEVICE_TOKEN_MISMATCH, AUTH_PASSWORD_MISMATCH,
    AUTH_PASSWORD_MISSING, AUTH_TOKEN_MISMATCH, AUTH_TOKEN_MISSING,
};

/// What was shown is no good: not for want of time or of an approval.
pub(crate) fn is_refusal(why: &Error) -> bool {
    why.refusal().is_some()
        && !why.is_temporary()
        && why.retry_after().is_none()
        && !is_waiting(why)
}

/// Whether the gateway does not take what was shown to it, or was shown nothing: a token or a secret
/// that is not its own, a code that lets nobody in any more. The same again never helps.
pub fn is_unfit(why: &Error) -> bool {
    matches!(
        why.detail_code(),
        Some(
            AUTH_TOKEN_MISSING
                | AUTH_TOKEN_MISMATCH
                | AUTH_PASSWORD_MISSING
                | AUTH_PASSWORD_MISMATCH
                | AUTH_DEVICE_TOKEN_MISMATCH
                | AUTH_BOOTSTRAP_TOKEN_INVALID
        )
    )
}

/// The owner of the gateway has not decided yet.
pub(crate) fn is_waiting(why: &Error) -> bool {
    why.shape()
        .is_some_and(|shape| shape.code == ErrorCode::NotPaired)
}
