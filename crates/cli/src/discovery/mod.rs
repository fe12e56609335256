//! Multicast DNS: telling the local network that there is a gateway, and hearing who says so.
//! What is heard is a hint and never trust (SECURITY T12): nothing here dials, pins or configures.

mod advertise;
mod browse;
mod hint;

pub(crate) use advertise::{Advertised, advertise};
pub(crate) use browse::browse;
pub(crate) use hint::Hint;
