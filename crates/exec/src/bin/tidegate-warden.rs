//! A warden as a binary of its own: for the tests, and for hosts that want no daemon beside it.

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    tidegate_exec::warden::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    std::process::ExitCode::FAILURE
}
