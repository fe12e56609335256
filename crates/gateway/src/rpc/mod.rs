//! From a request to its answer.

pub(crate) mod call;
pub(crate) mod dispatch;
pub(crate) mod refusal;
pub(crate) mod router;
