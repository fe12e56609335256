//! Where there is no way to run exactly what was hashed, nothing is run.

use crate::error::ExecError;
use crate::executor::WardenCommand;
use crate::job::Job;
use crate::mark::Mark;
use crate::started::Started;

pub(crate) fn spawn(
    _warden: &WardenCommand,
    _job: &Job,
    _with_input: bool,
) -> Result<Started, ExecError> {
    Err(ExecError::Platform)
}

/// Nothing was run, so nothing is left.
pub(crate) async fn sweep(_mark: &Mark) -> usize {
    0
}
