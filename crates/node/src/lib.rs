//! A machine without a screen of its own as a node: it joins a gateway, offers what really works
//! here, and does what the gateway sends, each request once.
//!
//! 1. [`Host::open`] takes the folder of the node, its key and its lock, and looks what works: a
//!    command whose program is missing is not offered.
//! 2. [`Host::run`] connects, and connects again whenever the connection is lost.
//! 3. Each request of the gateway is one task with a deadline. When the connection ends, whatever
//!    it asked for ends too: nobody would hear the answer.
//!
//! Every program runs under a warden of `tidegate-exec`, so none outlives this process, however
//! it ends. What this crate does not do: print, read arguments, install anything.
#![deny(missing_docs)]

mod board;
mod call;
mod canvas;
mod commands;
mod config;
mod enter;
mod failure;
mod found;
mod home;
mod host;
mod invokes;
mod limits;
mod link;
mod programs;
mod refused;
mod scratch;
mod shown;
mod status;
mod table;
mod tell;

pub use config::{
    Camera, CameraConfig, CanvasConfig, FenceConfig, Folder, GatewayConfig, HostConfig,
    InputConfig, Place, ScreenConfig,
};
pub use enter::{SetupCode, WrongSetupCode};
pub use home::{Home, HomeError};
pub use host::{Access, EnrollError, Host, Missing, enroll};
pub use limits::{IDS_KEPT, INVOKE_DEFAULT, INVOKES_MAX, MEDIA_MAX_BYTES};
pub use refused::is_unfit;
pub use status::{Phase, Status};
