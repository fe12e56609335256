//! One job, from the order to the report.

use std::process::ExitCode;

use super::{children, fds, start, watch};
use crate::job::{self, Job, Report};

/// The argument that makes a binary a warden. Not shown in any help.
pub const WORD: &str = "exec-warden";

/// Does one job and ends. To be called with only one thread and a socket as standard input.
pub fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        // Nobody is there to be told.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve() -> std::io::Result<()> {
    children::guard()?;
    let socket = fds::take_socket()?;
    let input = fds::receive_input(&socket)?;
    let job: Job = job::read(&socket)?;
    let report = match start::start(&job, input) {
        Ok(main) => {
            // If nobody is there to be told, `watch` sees that too, and ends what has begun.
            let _ = job::write(&socket, &Report::Started { pid: main.pid });
            watch::watch(&main, &socket)
        }
        Err(report) => report,
    };
    job::write(&socket, &report)
}
