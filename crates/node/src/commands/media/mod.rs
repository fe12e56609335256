//! Pictures and films by ffmpeg: `camera.*` and `screen.record`.

mod camera;
mod ffmpeg;
mod jpeg;
mod screen;

pub(crate) use camera::Cameras;
pub(crate) use ffmpeg::Ffmpeg;
pub(crate) use screen::Screens;
