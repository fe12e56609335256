//! One value of a query string.

use axum::http::Uri;

use crate::common::form;

/// The first value of this name.
pub(super) fn value(uri: &Uri, name: &str) -> Option<String> {
    let pairs = form(uri.query()?.as_bytes());
    pairs
        .into_iter()
        .find_map(|(have, value)| (have == name).then_some(value))
}
