//! What it means that the gateway did not let this node in.

use tidegate_client::Error;
use tidegate_protocol::ErrorCode;

/// What was shown is no good: not for want of time or of an approval.
pub(crate) fn is_refusal(why: &Error) -> bool {
    why.refusal().is_some() && !why.is_temporary() && !is_waiting(why)
}

/// The code lets nobody in any more.
pub(crate) fn is_used_up(why: &Error) -> bool {
    why.detail_code() == Some("AUTH_BOOTSTRAP_TOKEN_INVALID")
}

/// The owner of the gateway has not decided yet.
pub(crate) fn is_waiting(why: &Error) -> bool {
    why.shape()
        .is_some_and(|shape| shape.code == ErrorCode::NotPaired)
}
