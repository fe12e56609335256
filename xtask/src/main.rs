//! The developer tool of Tidegate: everything that a contributor or CI runs, in one program.
//! A task is one variant of [`Task`], one module, and one line in [`run`].

mod bench;
mod ci;
mod codegen;
mod compat;
mod daemon;
mod deps;
mod docs;
mod licences;
mod metadata;
mod proof;
mod shell;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The developer tool of Tidegate.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Installs what is missing, then runs every check and every test, as CI does
    Ci(ci::Options),
    /// Checks what the compiler does not: file sizes, words, names in the wrong room, white space
    Tidy,
    /// Checks the dependency arrows between our crates and the size of the default build
    Deps,
    /// Checks the licences, bans and sources of all dependencies (cargo-deny)
    Licences,
    /// Writes what is generated from the protocol catalog: schema, reference, TypeScript
    Codegen(codegen::Options),
    /// Runs a client of the family against our gateway (not in CI: it downloads a lot)
    #[command(subcommand)]
    Compat(compat::Client),
    /// Measures the gateway against its targets; writes docs/performance.md
    Bench(bench::Options),
    /// Runs a proof that takes longer than CI has
    #[command(subcommand)]
    Proof(proof::Proof),
}

fn run(task: &Task) -> anyhow::Result<()> {
    let root = shell::workspace_root()?;
    match task {
        Task::Ci(options) => ci::run(&root, options),
        Task::Tidy => tidy::run(&root),
        Task::Deps => deps::run(&root),
        Task::Licences => licences::run(&root),
        Task::Codegen(options) => codegen::run(&root, options),
        Task::Proof(proof) => proof::run(&root, proof),
        Task::Bench(options) => bench::run(&root, options),
        Task::Compat(client) => compat::run(&root, client),
    }
}

fn main() -> ExitCode {
    match run(&Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
