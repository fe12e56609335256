//! The guards of the repository as tests, so that plain `cargo test` runs them too. Each failure
//! prints the command that fixes it.

use std::io;
use std::process::Command;

/// Runs the tool as a contributor does.
#[track_caller]
fn check(args: &[&str]) -> io::Result<()> {
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(args)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "cargo xtask {}:\n{said}",
        args.join(" ")
    );
    Ok(())
}

#[test]
fn sources_are_tidy() -> io::Result<()> {
    check(&["tidy"])
}

#[test]
fn dependency_arrows_point_down() -> io::Result<()> {
    check(&["deps"])
}

#[test]
fn generated_files_are_current() -> io::Result<()> {
    check(&["codegen", "--check"])
}
