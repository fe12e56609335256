//! What reached the server.

use super::params::Params;

/// One call, recorded before it is carried out; those with a wrong token too.
#[derive(Debug, Clone)]
pub struct Call {
    /// The method as the caller wrote it; `file` for a download.
    pub method: String,
    /// The arguments; for a download the path is `file_path`.
    pub params: Params,
    /// When it came, Unix time in milliseconds by the fake's clock.
    pub at_ms: i64,
}

impl Call {
    /// Is it this method? The vendor does not look at case.
    pub fn is(&self, method: &str) -> bool {
        self.method.eq_ignore_ascii_case(method)
    }
}
