//! One picture or film: ffmpeg writes it into a private folder, and it is read from there.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tidegate_core::IdGen;
use tokio_util::sync::CancellationToken;

use crate::call::Call;
use crate::config::InputConfig;
use crate::failure::Failure;
use crate::limits::{MEDIA_MAX_BYTES, PROBE};
use crate::programs::{Programs, in_session};
use crate::scratch::Scratch;

/// What every call begins with: no questions, no noise.
const QUIET: [&str; 5] = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y"];
/// Left of a call's time for reading what ffmpeg wrote.
const FOR_READING: Duration = Duration::from_millis(500);

/// ffmpeg on this machine.
#[derive(Clone)]
pub(crate) struct Ffmpeg {
    programs: Programs,
    program: String,
    scratch: PathBuf,
    ids: Arc<dyn IdGen>,
}

/// A film to be made.
pub(super) struct Film<'a> {
    pub(super) picture: &'a InputConfig,
    pub(super) sound: Option<&'a InputConfig>,
    pub(super) length: Duration,
    pub(super) per_second: Option<f64>,
}

impl Ffmpeg {
    /// If there is one that works.
    pub(crate) async fn find(
        programs: &Programs,
        scratch: PathBuf,
        ids: Arc<dyn IdGen>,
    ) -> Option<Self> {
        let program = Programs::find(&["ffmpeg"])?.to_str()?.to_owned();
        let version = vec![program.clone(), "-version".to_owned()];
        let never = CancellationToken::new();
        programs.done(version, PROBE, &never).await.ok()?;
        Some(Self {
            programs: programs.clone(),
            program,
            scratch,
            ids,
        })
    }

    /// One picture as JPEG.
    pub(super) async fn picture(
        &self,
        input: &InputConfig,
        filter: Vec<String>,
        call: &Call,
    ) -> Result<Vec<u8>, Failure> {
        let mut argv = source(input, None);
        argv.extend(filter);
        argv.extend(words(&[
            "-frames:v",
            "1",
            "-an",
            "-f",
            "image2",
            "-c:v",
            "mjpeg",
        ]));
        self.make(argv, "out.jpg", call).await
    }

    /// A film as MP4.
    pub(super) async fn film(&self, film: &Film<'_>, call: &Call) -> Result<Vec<u8>, Failure> {
        let mut argv = source(film.picture, film.per_second);
        if let Some(sound) = film.sound {
            argv.extend(source(sound, None));
        }
        if let Some(rate) = film.per_second {
            argv.extend(["-r".to_owned(), rate.to_string()]);
        }
        let seconds = film.length.as_secs_f64().to_string();
        argv.extend(["-t".to_owned(), seconds]);
        argv.extend(words(&["-c:v", "libx264", "-preset", "ultrafast"]));
        // The sizes of most players' colours are even.
        argv.extend(words(&[
            "-pix_fmt",
            "yuv420p",
            "-vf",
            "crop=trunc(iw/2)*2:trunc(ih/2)*2",
        ]));
        argv.extend(words(if film.sound.is_some() {
            &["-c:a", "aac"]
        } else {
            &["-an"]
        }));
        argv.extend(words(&["-movflags", "+faststart", "-f", "mp4"]));
        self.make(argv, "out.mp4", call).await
    }

    async fn make(&self, what: Vec<String>, name: &str, call: &Call) -> Result<Vec<u8>, Failure> {
        let folder = Scratch::make(&self.scratch, &self.ids.uuid())
            .map_err(|why| Failure::unavailable(why.to_string()))?;
        let file = folder.join(name);
        let mut argv = vec![self.program.clone()];
        argv.extend(words(&QUIET));
        argv.extend(what);
        // It stops by itself a little above the bound, so that what is cut is seen to be.
        argv.extend(["-fs".to_owned(), (MEDIA_MAX_BYTES + 1).to_string()]);
        argv.push(file.to_string_lossy().into_owned());
        let deadline = call.left().saturating_sub(FOR_READING);
        self.programs
            .done(in_session(argv), deadline, &call.stop)
            .await?;
        let done = tokio::task::spawn_blocking(move || read(&file)).await;
        drop(folder);
        done.map_err(|_| Failure::stopped())?
    }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// An input. Only real devices take a rate; others are asked for it in the output.
fn source(input: &InputConfig, per_second: Option<f64>) -> Vec<String> {
    let mut argv = vec!["-f".to_owned(), input.format.clone()];
    if let Some(rate) = per_second.filter(|_| matches!(&*input.format, "x11grab" | "v4l2")) {
        argv.extend(["-framerate".to_owned(), rate.to_string()]);
    }
    argv.extend(["-i".to_owned(), input.source.clone()]);
    argv
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(|_| Failure::unavailable("nothing was recorded"))?;
    opened
        .take(MEDIA_MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|why| Failure::unavailable(why.to_string()))?;
    match bytes.len() as u64 {
        0 => Err(Failure::unavailable("nothing was recorded")),
        1..=MEDIA_MAX_BYTES => Ok(bytes),
        _ => Err(Failure::too_large(format!(
            "more than {MEDIA_MAX_BYTES} bytes: ask for less time or fewer pictures a second"
        ))),
    }
}

/// Bytes as they travel.
pub(super) fn text(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}
