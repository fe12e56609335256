//! A file as a part of a form.

use reqwest::multipart::Part;
use tidegate_core::channel::OutboundMedia;

use crate::call::CallError;
use crate::http::cause;
use crate::transfer::open;

/// The type of a file whose own is none.
const ANY_TYPE: &str = "application/octet-stream";

/// A file as a part of a form, with its size in bytes. It is read while it is sent.
pub(crate) async fn file_part<No>(media: &OutboundMedia) -> Result<(Part, u64), CallError<No>> {
    let (file, bytes) = open(media).await?;
    // A line break in a name would begin another header of the form.
    let name: String = media.name.chars().filter(|c| !c.is_control()).collect();
    let is_type = Part::text("").mime_str(&media.mime).is_ok();
    let part = Part::stream_with_length(file, bytes)
        .file_name(name)
        .mime_str(if is_type { &media.mime } else { ANY_TYPE })
        .map_err(|e| CallError::NoFile(cause(&e)))?;
    Ok((part, bytes))
}
