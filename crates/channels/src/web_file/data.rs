//! Links that hold the file: `data:image/png;name=cat.png;base64,…`.

use std::path::Path;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tidegate_core::files::{Fetched, FileError};

use super::{of_channel, percent, refused};
use crate::file::{copy, within};

const SCHEME: &str = "data:";
/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What follows the scheme; `None` if it is another.
pub(super) fn after_scheme(link: &str) -> Option<&str> {
    let (scheme, rest) = link.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then_some(rest)
}

/// Stores what such a link holds as the new file `to`. The type that it names is not looked at.
pub(super) async fn store(data: &str, to: &Path, max_bytes: u64) -> Result<Fetched, FileError> {
    let (head, encoded) = data
        .split_once(',')
        .ok_or_else(|| refused("a data: link has a comma before the file"))?;
    let mut settings: Vec<&str> = head.split(';').map(str::trim).collect();
    if !settings
        .pop()
        .is_some_and(|last| last.eq_ignore_ascii_case("base64"))
    {
        return Err(refused("a data: link must hold its file in base64"));
    }
    let encoded = encoded.trim_end_matches('=');
    // What is too large is not decoded.
    let bytes = encoded.len() as u64 / 4 * 3;
    within(bytes, max_bytes).map_err(of_channel)?;
    let bytes = BASE64
        .decode(encoded)
        .map_err(|_| refused("a data: link must hold its file in base64"))?;
    if bytes.is_empty() {
        return Err(refused("a data: link holds nothing"));
    }
    let file = copy(&*bytes, to, max_bytes).await.map_err(of_channel)?;
    let name = settings.iter().find_map(|setting| {
        let (key, value) = setting.split_once('=')?;
        let is_name = matches!(key, "name" | "filename");
        is_name.then(|| percent::decoded(value))
    });
    Ok(Fetched { file, name })
}
