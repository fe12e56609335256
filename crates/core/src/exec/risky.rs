//! Programs that are asked about every time. What they do is decided by a text or by another
//! program, so "allow always" for one call of them would allow what nobody has read (SECURITY T48).
//!
//! The lists make asking more frequent and are not what protects: an entry of an allowlist holds
//! one executable by its hash with one exact list of arguments.

use super::programs::{MANY_IN_ONE, PROJECT_TOOLS, WRAPPERS};
use super::shells::{is_interpreter, is_posix_shell, is_shell, program_name};
use super::subject::{Input, Subject};

/// Why it is asked about every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Risk {
    /// A shell.
    #[error("it starts a shell")]
    Shell,
    /// An interpreter, or a program with a language of its own.
    #[error("it runs code in a language of its own")]
    Interpreter,
    /// A program that starts another one, here or elsewhere, or as another user.
    #[error("it starts another program")]
    Wrapper,
    /// What it runs is written in files of the directory: build tools, package managers, git.
    #[error("what it runs is written in files of the directory")]
    Project,
    /// What it does is typed into it.
    #[error("what it does comes through its input")]
    Input,
    /// The environment can change what it does.
    #[error("its environment is changed")]
    Environment,
    /// An argument names a program, whose content is not part of an entry.
    #[error("an argument names a program")]
    NamesProgram,
}

/// Why this execution is asked about every time; `None` if an entry may allow it.
pub fn risk(subject: &Subject) -> Option<Risk> {
    called_names(subject)
        .find_map(risk_of_name)
        .or_else(|| {
            subject
                .interpreter
                .as_ref()
                .and_then(|i| i.argument.as_ref())
                .map(|_| Risk::Interpreter)
        })
        .or_else(|| names_shell(&subject.argv).then_some(Risk::Shell))
        .or_else(|| (subject.input != Input::None).then_some(Risk::Input))
        .or_else(|| (!subject.environment.is_empty()).then_some(Risk::Environment))
        .or_else(|| (!subject.arguments.is_empty()).then_some(Risk::NamesProgram))
}

/// Under which names its program is known: as it is called and as the file is called; of a script
/// also its interpreter. A shell that reads a sealed copy does not count, since an entry pins all
/// that it reads; others first read the settings of the user, or modules from the script's folder.
fn called_names(subject: &Subject) -> impl Iterator<Item = &str> {
    let called = subject.argv.first().map(String::as_str);
    let file = Some(&*subject.executable.path).filter(|path| !is_many_in_one(path));
    let interpreter = subject
        .interpreter
        .as_ref()
        .map(|interpreter| &*interpreter.file.path)
        .filter(|path| !is_posix_shell(path));
    called.into_iter().chain(file).chain(interpreter)
}

fn is_many_in_one(path: &str) -> bool {
    MANY_IN_ONE.contains(&&*program_name(path))
}

fn risk_of_name(path: &str) -> Option<Risk> {
    let name = program_name(path);
    if is_shell(path) {
        Some(Risk::Shell)
    } else if is_interpreter(path) {
        Some(Risk::Interpreter)
    } else if is_many_in_one(path) || has(WRAPPERS, &name) {
        Some(Risk::Wrapper)
    } else if has(PROJECT_TOOLS, &name) {
        Some(Risk::Project)
    } else {
        None
    }
}

/// Whether the list has the name, or the part of it in front of a version (`ld-linux-x86-64.so`).
fn has(list: &[&str], name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let stem = program_name(stem);
    list.contains(&name)
        || list.contains(&&*stem)
        || name.starts_with("ld-linux")
        || name.starts_with("ld-musl")
}

/// Whether an argument is the path of a shell, alone or behind `=`.
fn names_shell(argv: &[String]) -> bool {
    argv.iter().skip(1).any(|argument| {
        let value = argument.rsplit('=').next().unwrap_or(argument);
        value.contains('/') && is_shell(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_in_their_normal_form() {
        // A name that `program_name` would change could never be found.
        for name in WRAPPERS.iter().chain(PROJECT_TOOLS).chain(MANY_IN_ONE) {
            assert_eq!(*name, program_name(name), "{name}");
            assert!(risk_of_name(name).is_some(), "{name}");
        }
    }

    #[test]
    fn by_name() {
        for (path, risk) in [
            ("/bin/bash", Some(Risk::Shell)),
            ("/usr/bin/python3.11", Some(Risk::Interpreter)),
            ("/usr/bin/env", Some(Risk::Wrapper)),
            ("/lib64/ld-linux-x86-64.so.2", Some(Risk::Wrapper)),
            ("/lib/ld-musl-x86_64.so.1", Some(Risk::Wrapper)),
            ("/usr/bin/git", Some(Risk::Project)),
            ("/usr/bin/ls", None),
            ("/usr/bin/sort", None),
        ] {
            assert_eq!(risk_of_name(path), risk, "{path}");
        }
    }

    #[test]
    fn shells_in_arguments() {
        let names =
            |line: &str| names_shell(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(names("sort --compress-prog=/bin/sh x"));
        assert!(names("foo /usr/bin/bash"));
        assert!(!names("grep bash x"));
        assert!(!names("/bin/bash"));
    }
}
