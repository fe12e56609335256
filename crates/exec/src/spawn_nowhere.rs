//! Where there is no way to run exactly what was hashed, nothing is run.

use tidegate_core::exec::Subject;

use crate::executor::WardenCommand;
use crate::job::Scripts;
use crate::running::{ExecError, Process};

pub(crate) fn spawn(
    _warden: &WardenCommand,
    _subject: &Subject,
    _scripts: Scripts,
    _with_input: bool,
    _mark: &str,
) -> Result<Process, ExecError> {
    Err(ExecError::Platform)
}

/// Nothing was run, so nothing is left.
pub(crate) async fn sweep(_mark: &str) -> usize {
    0
}
