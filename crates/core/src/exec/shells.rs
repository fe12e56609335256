//! Programs that run what they read, and the place of the script in what they are given.

use super::programs::{INTERPRETERS, PLAIN_WRAPPERS, POSIX_SHELLS, READERS, SHELLS, WITH_WORDS};

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

/// Whether the program is a shell that reads a script as `read_instead` says, by its name or path.
pub(super) fn is_posix_shell(path: &str) -> bool {
    POSIX_SHELLS.contains(&&*program_name(path))
}

/// Whether the program is an interpreter, by its name or path.
pub(super) fn is_interpreter(path: &str) -> bool {
    INTERPRETERS.contains(&&*program_name(path))
}

/// Whether the program reads its first operand as a program, by its name or path.
pub fn is_program_reader(path: &str) -> bool {
    is_shell(path) || READERS.contains(&&*program_name(path))
}

/// Arguments that may name the file which an interpreter reads, the likeliest first. More than one
/// where it cannot be told for sure: a value of an option, or a word of the interpreter, may be the
/// name of a file too. Empty if nothing in the arguments interprets a file.
pub fn code_positions(argv: &[String]) -> Vec<usize> {
    let Some(reader) = reader(argv) else {
        return Vec::new();
    };
    let operands = argv
        .iter()
        .enumerate()
        .skip(reader + 1)
        .take_while(|(_, argument)| !carries_code(argument))
        .filter(|(_, argument)| !argument.starts_with('-'));
    let mut positions: Vec<usize> = operands.map(|(index, _)| index).collect();
    if reader == 0
        && positions
            .first()
            .is_some_and(|first| is_certain(argv, *first))
    {
        positions.truncate(1);
    }
    positions
}

/// Whether the first program reads exactly this argument: nothing stands in front of it that could
/// take it for something else.
fn is_certain(argv: &[String], first: usize) -> bool {
    let has_words = |name: &String| WITH_WORDS.contains(&&*program_name(name));
    let directly = first == 1 && !argv.first().is_some_and(has_words);
    directly || read_instead(argv, first, "").is_some()
}

/// How a POSIX shell is called to read `copy` in place of the script that argument `script` names,
/// still under the script's name; `None` if the script is not plainly a shell's.
///
/// `sh -x build.sh now` becomes `sh -x -c '. COPY' build.sh now`.
pub fn read_instead(argv: &[String], script: usize, copy: &str) -> Option<Vec<String>> {
    let shell = reader(argv)?;
    let options = argv.get(shell + 1..script)?;
    let posix = is_posix_shell(argv.get(shell)?);
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
            ("bash x.sh one", vec![1]),
            ("bash -e x.sh one", vec![2]),
            ("bash -o pipefail x.sh", vec![2, 3]),
            ("python3 x.py data", vec![1]),
            ("lua -l lib x.lua", vec![2, 3]),
            ("node inspect x.js", vec![1, 2]),
            ("timeout -s sh bash x.sh", vec![3, 4]),
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
