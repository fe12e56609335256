//! `tidegate completions`.

use std::io::Write;

use clap::CommandFactory;

use crate::args::Cli;
use crate::exit::Exit;

pub(crate) fn run(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tidegate", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}
