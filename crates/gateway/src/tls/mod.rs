//! TLS on the gateway's port: the certificate, the first bytes of a connection, and the stream
//! that the rest of the house reads.

mod certificate;
mod io;
mod rate;
mod secure;
mod self_made;

pub use certificate::{Tls, TlsError, certificate_fingerprint};
pub(crate) use io::Io;
pub(crate) use rate::Handshakes;
pub(crate) use secure::secure;
pub use self_made::{SelfMade, self_made};
