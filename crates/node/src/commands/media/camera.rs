//! `camera.list`, `camera.snap` and `camera.clip`.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use tidegate_protocol::api::commands::camera::{
    CameraClip, CameraClipParams, CameraDevice, CameraList, CameraListResult, CameraSnap,
    CameraSnapParams,
};
use tidegate_protocol::api::commands::{Media, NoCommandParams};

use super::ffmpeg::{Ffmpeg, Film, text};
use super::jpeg;
use crate::call::Call;
use crate::config::{Camera, CameraConfig, InputConfig};
use crate::failure::Failure;
use crate::table::Serve;

/// Length of a film that names none, in milliseconds; the catalog says so too.
const CLIP_DEFAULT_MS: u32 = 3_000;
/// Longest film, in milliseconds; the catalog says so too.
const CLIP_MAX_MS: u32 = 60_000;
/// Longest time for a camera to wake up, in milliseconds; the catalog says so too.
const DELAY_MAX_MS: u32 = 60_000;
/// Width of a picture that names none, in pixels.
const WIDTH_DEFAULT: u32 = 1_600;
/// Quality of a picture that names none.
const QUALITY_DEFAULT: f64 = 0.9;

/// The cameras of this machine.
pub(crate) struct Cameras {
    ffmpeg: Ffmpeg,
    devices: Vec<Camera>,
    sound: Option<InputConfig>,
}

impl Cameras {
    /// If there are any.
    pub(crate) fn find(ffmpeg: &Ffmpeg, config: CameraConfig) -> Option<Self> {
        let devices = config.devices.unwrap_or_else(of_the_kernel);
        (!devices.is_empty()).then(|| Self {
            ffmpeg: ffmpeg.clone(),
            devices,
            sound: config.audio,
        })
    }

    fn pick(&self, id: Option<&str>, facing: Option<&str>) -> Result<&Camera, Failure> {
        if !matches!(facing, None | Some("front" | "back")) {
            return Err(Failure::invalid("facing: front or back"));
        }
        let found = self.devices.iter().find(|camera| match (id, facing) {
            (Some(id), _) => camera.id == id,
            (None, Some(facing)) => camera.position.as_deref() == Some(facing),
            (None, None) => true,
        });
        // A machine with one camera need not know where it points.
        let only = || self.devices.first().filter(|_| id.is_none());
        found
            .or_else(only)
            .ok_or_else(|| Failure::missing("no such camera"))
    }
}

#[async_trait]
impl Serve<CameraList> for Cameras {
    async fn serve(&self, _: NoCommandParams, _: &Call) -> Result<CameraListResult, Failure> {
        let device = |camera: &Camera| CameraDevice {
            id: camera.id.clone(),
            name: camera.name.clone(),
            position: camera.position.clone(),
            device_type: Some(camera.input.format.clone()),
        };
        Ok(CameraListResult {
            devices: self.devices.iter().map(device).collect(),
        })
    }
}

#[async_trait]
impl Serve<CameraSnap> for Cameras {
    async fn serve(&self, params: CameraSnapParams, call: &Call) -> Result<Media, Failure> {
        only("format", params.format.as_deref(), &["jpg", "jpeg"])?;
        let camera = self.pick(params.device_id.as_deref(), params.facing.as_deref())?;
        let filter = picture_words(&params);
        let bytes = self.ffmpeg.picture(&camera.input, filter, call).await?;
        let (width, height) =
            jpeg::size(&bytes).ok_or_else(|| Failure::unavailable("the camera gave no picture"))?;
        Ok(Media {
            width: Some(width),
            height: Some(height),
            ..media("jpg", &bytes)
        })
    }
}

#[async_trait]
impl Serve<CameraClip> for Cameras {
    async fn serve(&self, params: CameraClipParams, call: &Call) -> Result<Media, Failure> {
        only("format", params.format.as_deref(), &["mp4"])?;
        let camera = self.pick(params.device_id.as_deref(), params.facing.as_deref())?;
        let wanted = params.duration_ms.unwrap_or(CLIP_DEFAULT_MS);
        let length = Duration::from_millis(wanted.clamp(1, CLIP_MAX_MS).into());
        let sound = self.sound.as_ref();
        let film = Film {
            picture: &camera.input,
            sound: sound.filter(|_| params.include_audio != Some(false)),
            length,
            per_second: None,
        };
        let bytes = self.ffmpeg.film(&film, call).await?;
        Ok(Media {
            duration_ms: Some(tidegate_core::clock::millis(length)),
            has_audio: Some(film.sound.is_some()),
            ..media("mp4", &bytes)
        })
    }
}

fn picture_words(params: &CameraSnapParams) -> Vec<String> {
    let mut argv = Vec::new();
    let delay = params.delay_ms.unwrap_or(0).min(DELAY_MAX_MS);
    if delay > 0 {
        // What the camera shows before is read and thrown away.
        argv.extend(["-ss".to_owned(), format!("{delay}ms")]);
    }
    let width = params.max_width.unwrap_or(WIDTH_DEFAULT).max(2);
    argv.extend(["-vf".to_owned(), format!("scale='min({width},iw)':-1")]);
    argv.extend(["-q:v".to_owned(), scale(params.quality).to_string()]);
    argv
}

/// From quality 0 to 1 to ffmpeg's 31 (bad) to 2 (good).
fn scale(quality: Option<f64>) -> u8 {
    let quality = quality.unwrap_or(QUALITY_DEFAULT).clamp(0.0, 1.0);
    let steps = (1..=29).filter(|step| f64::from(*step) <= quality * 29.0);
    31 - u8::try_from(steps.count()).unwrap_or(0)
}

pub(super) fn only(field: &str, wanted: Option<&str>, known: &[&str]) -> Result<(), Failure> {
    match wanted {
        Some(word) if !known.contains(&word) => Err(Failure::invalid(format!(
            "{field}: {} here",
            known.join(" or ")
        ))),
        _ => Ok(()),
    }
}

pub(super) fn media(format: &str, bytes: &[u8]) -> Media {
    Media {
        format: format.to_owned(),
        base64: text(bytes),
        width: None,
        height: None,
        duration_ms: None,
        fps: None,
        screen_index: None,
        has_audio: None,
    }
}

/// Cameras that the kernel knows, by number.
fn of_the_kernel() -> Vec<Camera> {
    let Ok(folder) = std::fs::read_dir("/sys/class/video4linux") else {
        return Vec::new();
    };
    let mut names: Vec<String> = folder
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    names
        .into_iter()
        .filter_map(|name| kernel_camera(&name))
        .collect()
}

/// One that takes pictures: each camera has a second device for what is said about them.
fn kernel_camera(id: &str) -> Option<Camera> {
    let facts = Path::new("/sys/class/video4linux").join(id);
    let fact = |name: &str| std::fs::read_to_string(facts.join(name)).ok();
    if fact("index")?.trim() != "0" {
        return None;
    }
    Some(Camera {
        id: id.to_owned(),
        name: fact("name")?.trim().to_owned(),
        position: None,
        input: InputConfig {
            format: "v4l2".to_owned(),
            source: format!("/dev/{id}"),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_becomes_a_step() {
        assert_eq!(scale(Some(0.0)), 31);
        assert_eq!(scale(Some(1.0)), 2);
        assert_eq!(scale(Some(f64::NAN)), 31);
        assert_eq!(scale(Some(9.0)), 2);
        assert!((2..10).contains(&scale(None)));
    }

    #[test]
    fn only_known_formats() {
        assert!(only("format", None, &["mp4"]).is_ok());
        assert!(only("format", Some("mp4"), &["mp4"]).is_ok());
        assert!(only("format", Some("webm"), &["mp4"]).is_err());
    }
}
