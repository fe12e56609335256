//! What programs are kept out of, although they run as our user: the state directory with its secrets.
//!
//! [`plan`] is the wish, [`paths`] what of the file system stays open by it, [`mounts`] the other names
//! that a path has, and [`kernel`] asks the kernel (Landlock) to see to it.

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod paths;
mod plan;

#[cfg(target_os = "linux")]
pub(crate) use kernel::{below_us, close};
pub use plan::{Demand, Fence};
