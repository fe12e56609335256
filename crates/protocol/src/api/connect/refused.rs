//! How somebody is refused at the door, in words for programs: `details.code`, and where that is not
//! the whole answer, `details.reason`.

/// `details.code`: the gateway wants its token, and none was shown.
pub const AUTH_TOKEN_MISSING: &str = "AUTH_TOKEN_MISSING";
/// `details.code`: the token that was shown is not the gateway's.
pub const AUTH_TOKEN_MISMATCH: &str = "AUTH_TOKEN_MISMATCH";
/// `details.code`: the gateway wants its password, and none was shown.
pub const AUTH_PASSWORD_MISSING: &str = "AUTH_PASSWORD_MISSING";
/// `details.code`: the password that was shown is not the gateway's.
pub const AUTH_PASSWORD_MISMATCH: &str = "AUTH_PASSWORD_MISMATCH";
/// `details.code`: the token that was shown is not this device's, or not any more. Also of a call on
/// an open connection whose device has lost its right.
pub const AUTH_DEVICE_TOKEN_MISMATCH: &str = "AUTH_DEVICE_TOKEN_MISMATCH";
/// `details.code`: the one-time code lets nobody in, or not with this role ([`CODE_WRONG_ROLE`]).
pub const AUTH_BOOTSTRAP_TOKEN_INVALID: &str = "AUTH_BOOTSTRAP_TOKEN_INVALID";
/// `details.code`: too many wrong tries from this address; `retryAfterMs` says how long to wait.
pub const AUTH_RATE_LIMITED: &str = "AUTH_RATE_LIMITED";

/// `details.reason` where the device showed its token and the owner had revoked it: the token never
/// gets good again.
pub const TOKEN_REVOKED: &str = "token-revoked";
/// `details.reason` where the one-time code is good, but not for the role that was asked with it.
pub const CODE_WRONG_ROLE: &str = "wrong-role";
