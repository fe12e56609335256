//! `screen.record`.

use std::time::Duration;

use async_trait::async_trait;
use tidegate_protocol::api::commands::Media;
use tidegate_protocol::api::commands::screen::{ScreenRecord, ScreenRecordParams};

use super::camera::{media, only};
use super::ffmpeg::{Ffmpeg, Film};
use crate::call::Call;
use crate::config::{InputConfig, ScreenConfig};
use crate::failure::Failure;
use crate::table::Serve;

/// Length of a film that names none, in milliseconds, as other nodes of the family have it.
const RECORD_DEFAULT_MS: u32 = 10_000;
/// Longest film, in milliseconds; the catalog says so too.
const RECORD_MAX_MS: u32 = 120_000;
/// Pictures a second if none are asked for, and at most.
const RATE_DEFAULT: f64 = 10.0;
const RATE_MAX: f64 = 60.0;

/// The screens of this machine.
pub(crate) struct Screens {
    ffmpeg: Ffmpeg,
    inputs: Vec<InputConfig>,
    sound: Option<InputConfig>,
}

impl Screens {
    /// If there are any.
    pub(crate) fn find(ffmpeg: &Ffmpeg, config: ScreenConfig) -> Option<Self> {
        let inputs = config.inputs.unwrap_or_else(of_the_session);
        (!inputs.is_empty()).then(|| Self {
            ffmpeg: ffmpeg.clone(),
            inputs,
            sound: config.audio,
        })
    }
}

#[async_trait]
impl Serve<ScreenRecord> for Screens {
    async fn serve(&self, params: ScreenRecordParams, call: &Call) -> Result<Media, Failure> {
        only("format", params.format.as_deref(), &["mp4"])?;
        let index = params.screen_index.unwrap_or(0);
        let picture = usize::try_from(index)
            .ok()
            .and_then(|index| self.inputs.get(index))
            .ok_or_else(|| Failure::missing("no such screen"))?;
        let wanted = params.duration_ms.unwrap_or(RECORD_DEFAULT_MS);
        let length = Duration::from_millis(wanted.clamp(1, RECORD_MAX_MS).into());
        let rate = params.fps.unwrap_or(RATE_DEFAULT);
        if !(rate > 0.0 && rate <= RATE_MAX) {
            return Err(Failure::invalid(format!(
                "fps: above 0, at most {RATE_MAX}"
            )));
        }
        let sound = self.sound.as_ref();
        let film = Film {
            picture,
            sound: sound.filter(|_| params.include_audio != Some(false)),
            length,
            per_second: Some(rate),
        };
        let bytes = self.ffmpeg.film(&film, call).await?;
        Ok(Media {
            duration_ms: Some(tidegate_core::clock::millis(length)),
            fps: Some(rate),
            screen_index: Some(index),
            has_audio: Some(film.sound.is_some()),
            ..media("mp4", &bytes)
        })
    }
}

/// The screen of the session that the host was started in.
fn of_the_session() -> Vec<InputConfig> {
    let display = std::env::var("DISPLAY")
        .ok()
        .filter(|name| !name.is_empty());
    let input = display.map(|source| InputConfig {
        format: "x11grab".to_owned(),
        source,
    });
    input.into_iter().collect()
}
