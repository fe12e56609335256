//! Who is it? Secrets, device signatures, and where a request comes from. Location never grants
//! anything by itself; it only takes away.

mod authenticator;
pub(crate) mod device;
pub(crate) mod limiter;
pub(crate) mod locality;

pub(crate) use authenticator::{Authenticator, Shown};
