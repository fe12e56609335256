//! The warden of this crate's tests: the `tidegate` binary is its own.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    tidegate_exec::warden::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
