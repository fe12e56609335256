//! Programs that run what they read, and the place of the script in what they are given.

use super::programs::{INTERPRETERS, PLAIN_WRAPPERS, POSIX_SHELLS, READERS, SHELLS};

/// The name under which a program is looked up here: without directory, case, `.exe`, and the
/// version behind it (`python3.12` is `python`).
pub(super) fn program_name(path: &str) -> String {
    let file = path
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
        .to_lowercase();
    let file = file.strip_suffix(".exe").unwrap_or(&file);
    // The shell of a login has a dash in front of its name.
    let file = file.strip_prefix('-').unwrap_or(file);
    let bare = file.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    if bare.is_empty() {
        file.to_owned()
    } else {
        bare.to_owned()
    }
}

/// Whether the program is a shell, by its name or path.
pub(super) fn is_shell(path: &str) -> bool {
    SHELLS.contains(&&*program_name(path))
}

/// Whether the program is an interpreter, by its name or path.
pub(super) fn is_interpreter(path: &str) -> bool {
    INTERPRETERS.contains(&&*program_name(path))
}

/// Whether the program reads its first operand as a program, by its name or path.
pub fn is_program_reader(path: &str) -> bool {
    is_shell(path) || READERS.contains(&&*program_name(path))
}

/// Arguments that may name the file which an interpreter reads, in the order in which to try them.
/// The first that names a file is meant. Empty if nothing in the arguments interprets a file.
pub fn code_positions(argv: &[String]) -> Vec<usize> {
    let Some(reader) = reader(argv) else {
        return Vec::new();
    };
    argv.iter()
        .enumerate()
        .skip(reader + 1)
        .take_while(|(_, argument)| !carries_code(argument))
        .filter(|(_, argument)| !argument.starts_with('-'))
        .map(|(index, _)| index)
        .collect()
}

/// How a POSIX shell is called to read `copy` in place of the script that argument `script` names,
/// still under the script's name; `None` if the script is not plainly a shell's.
///
/// `sh -x build.sh now` becomes `sh -x -c '. COPY' build.sh now`.
pub fn read_instead(argv: &[String], script: usize, copy: &str) -> Option<Vec<String>> {
    let shell = reader(argv)?;
    let options = argv.get(shell + 1..script)?;
    let posix = POSIX_SHELLS.contains(&&*program_name(argv.get(shell)?));
    if !posix || !options.iter().all(|option| is_plain_cluster(option)) {
        return None;
    }
    let mut changed = argv.get(..script)?.to_vec();
    changed.extend(["-c".to_owned(), format!(". {copy}")]);
    changed.extend_from_slice(argv.get(script..)?);
    Some(changed)
}

/// Which argument is the interpreter: the first, or what plain wrappers hand on to.
fn reader(argv: &[String]) -> Option<usize> {
    let first = argv.first()?;
    if is_program_reader(first) {
        return Some(0);
    }
    if !PLAIN_WRAPPERS.contains(&&*program_name(first)) {
        return None;
    }
    argv.iter().position(|argument| is_program_reader(argument))
}

/// Whether what follows is no file any more, but arguments of the code that this option brings.
fn carries_code(option: &str) -> bool {
    match option.strip_prefix("--") {
        Some(long) => ["eval", "print", "command", "run", "module"]
            .iter()
            .any(|word| long.starts_with(word)),
        None => option
            .strip_prefix('-')
            .is_some_and(|short| short.contains(['c', 'E', 'm'])),
    }
}

/// Short options of a shell that take no value and bring no code.
fn is_plain_cluster(option: &str) -> bool {
    option.strip_prefix('-').is_some_and(|letters| {
        !letters.is_empty()
            && letters
                .chars()
                .all(|c| matches!(c, 'a' | 'e' | 'f' | 'h' | 'l' | 'm' | 'n' | 'u' | 'v' | 'x'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn names() {
        for (path, name) in [
            ("/usr/bin/python3.12", "python"),
            ("bash", "bash"),
            ("-bash", "bash"),
            ("/opt/BASH.EXE", "bash"),
            ("C:\\Windows\\cmd.exe", "cmd"),
            ("perl5.36.0", "perl"),
            ("x86_64", "x"),
            ("7", "7"),
            ("", ""),
        ] {
            assert_eq!(program_name(path), name, "{path}");
        }
    }

    #[test]
    fn where_the_code_is() {
        for (line, positions) in [
            ("bash x.sh one", vec![1, 2]),
            ("bash -e x.sh", vec![2]),
            ("bash -c echo", vec![]),
            ("bash -lc echo x", vec![]),
            ("python3 -u x.py", vec![2]),
            ("python3 -m http.server", vec![]),
            ("node --eval 1 x", vec![]),
            ("timeout 5 bash x.sh", vec![3]),
            ("grep bash x.txt", vec![]),
            ("ls x.sh", vec![]),
            ("deno run x.ts", vec![1, 2]),
        ] {
            assert_eq!(code_positions(&words(line)), positions, "{line}");
        }
    }

    #[test]
    fn a_copy_is_read_under_the_name_of_the_script() {
        for (line, script, changed) in [
            ("sh x.sh a", 1, Some("sh -c|. /c|x.sh|a")),
            ("bash -eu x.sh", 2, Some("bash|-eu|-c|. /c|x.sh")),
            (
                "timeout 5 dash x.sh",
                3,
                Some("timeout|5|dash|-c|. /c|x.sh"),
            ),
            // An option with a value, the end of options, input, another language.
            ("bash -o pipefail x.sh", 3, None),
            ("bash --rcfile f x.sh", 2, None),
            ("bash -- x.sh", 2, None),
            ("bash -s x.sh", 2, None),
            ("fish x.fish", 1, None),
            ("python3 x.py", 1, None),
            ("bash x.sh", 7, None),
        ] {
            let changed = changed.map(|line: &str| {
                line.replace("sh -c", "sh|-c")
                    .split('|')
                    .map(str::to_owned)
                    .collect::<Vec<_>>()
            });
            assert_eq!(read_instead(&words(line), script, "/c"), changed, "{line}");
        }
    }
}
