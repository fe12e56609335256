//! The rules. Each looks at one file and tells its problems, as `path:line: what`.

use super::files::Source;
use super::rust::{more_than_declares, without_tests};

pub(super) const RULES: &[fn(&Source, &mut Vec<String>)] = &[
    unfinished_words,
    names_in_their_rooms,
    leave_where_it_is_judged,
    module_fronts,
    white_space,
    tabs,
    places,
];

/// A file of Rust has no more lines than this, its test modules aside.
pub(super) const MAX_LINES: usize = 600;

// The words are put together here so that this file does not hold them.
const UNFINISHED: &[&str] = &[
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("FIX", "ME"),
    concat!("X", "XX"),
];

const NETWORKS: &[&str] = &[
    concat!("tele", "gram"),
    concat!("dis", "cord"),
    concat!("whats", "app"),
];

/// A network whose name is a plain word too: only in the forms that mean the network.
const PLAIN_WORD: &[&str] = &[
    concat!("Sl", "ack"),
    concat!("\"sl", "ack"),
    concat!("/sl", "ack"),
    concat!("mod sl", "ack"),
    concat!("sl", "ack::"),
];

/// Where in our crates a chat network may be named: its own rooms, the wire, and the one place
/// that chooses between implementations. Tests may name any.
const ROOMS: &[&str] = &[
    "crates/channels/",
    "crates/cli/src/compose/networks.rs",
    "crates/protocol/",
    "crates/runners/",
];

/// What lets a program start, and the files that may make it: those that judge first. Tests may
/// make any.
const LEAVE: &[(&str, &[&str])] = &[
    (
        concat!("Cleared::", "decided"),
        &[
            "crates/engine/src/tools/doors.rs",
            "crates/node/src/commands/run.rs",
        ],
    ),
    (
        concat!("Cleared::", "own"),
        &["crates/node/src/programs.rs"],
    ),
];

/// Hosts of package registries: a lock or a script that names one works on one machine only.
const HOSTS: &[&str] = &[
    concat!("registry.", "npmjs.org"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("://", "crates.io"),
    concat!("://", "pypi.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("deb.", "debian.org"),
    concat!("security.", "debian.org"),
];

/// Where this workplace keeps its checkouts.
const WORKPLACE: &str = concat!("/wo", "rk/");

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
}

fn unfinished_words(source: &Source, problems: &mut Vec<String>) {
    if !source.is_code() {
        return;
    }
    for (number, line) in lines(&source.text) {
        for word in UNFINISHED.iter().filter(|word| has_word(line, word)) {
            problems.push(format!(
                "{}:{number}: `{word}`: finish it, or leave it out",
                source.path
            ));
        }
    }
}

/// Whether `word` stands in `line` by itself, not inside a longer name.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let (before, after) = (line.get(..at), line.get(at + word.len()..));
        !inside(before.and_then(|text| text.chars().next_back()))
            && (word.ends_with('!') || !inside(after.and_then(|text| text.chars().next())))
    })
}

fn is_for_tests(source: &Source) -> bool {
    source.path.contains("/tests/") || source.path.ends_with("/tests.rs")
}

fn names_in_their_rooms(source: &Source, problems: &mut Vec<String>) {
    let for_tests = is_for_tests(source);
    let in_room = ROOMS.iter().any(|room| source.path.starts_with(room));
    if !source.is_rust() || !source.path.starts_with("crates/") || for_tests || in_room {
        return;
    }
    for (number, line) in without_tests(&source.text) {
        let lower = line.to_lowercase();
        let networks = NETWORKS.iter().filter(|name| lower.contains(**name));
        let forms = PLAIN_WORD.iter().filter(|form| line.contains(**form));
        for name in networks.chain(forms.take(1)) {
            problems.push(format!(
                "{}:{number}: names `{name}`: a network is known to its own room and to \
                 crates/cli/src/compose/networks.rs",
                source.path
            ));
        }
    }
}

fn leave_where_it_is_judged(source: &Source, problems: &mut Vec<String>) {
    if !source.is_rust() || is_for_tests(source) {
        return;
    }
    for (number, line) in without_tests(&source.text) {
        for (maker, judges) in LEAVE {
            if line.contains(maker) && !judges.contains(&source.path.as_str()) {
                problems.push(format!(
                    "{}:{number}: calls `{maker}`: a program is let start where it was judged: {}",
                    source.path,
                    judges.join(", ")
                ));
            }
        }
    }
}

fn module_fronts(source: &Source, problems: &mut Vec<String>) {
    // What tests share must be called mod.rs: cargo would run any other file as a test.
    if source.path.ends_with("/mod.rs")
        && !source.path.contains("/tests/")
        && let Some(number) = more_than_declares(&source.text)
    {
        problems.push(format!(
            "{}:{number}: a mod.rs only declares and re-exports: move this into a file with a name",
            source.path
        ));
    }
}

fn white_space(source: &Source, problems: &mut Vec<String>) {
    if source.is_made() || source.text.is_empty() {
        return;
    }
    for (number, line) in source.text.split('\n').enumerate() {
        if line.ends_with([' ', '\t', '\r']) {
            problems.push(format!(
                "{}:{}: white space at the end",
                source.path,
                number + 1
            ));
        }
    }
    if !source.text.ends_with('\n') || source.text.ends_with("\n\n") {
        problems.push(format!(
            "{}: ends with one line feed, not none or two",
            source.path
        ));
    }
}

fn tabs(source: &Source, problems: &mut Vec<String>) {
    if source.is_rust() {
        let tabs = lines(&source.text).filter(|(_, line)| line.contains('\t'));
        problems.extend(tabs.map(|(number, _)| format!("{}:{number}: a tab", source.path)));
    }
}

/// Names of machines and folders that exist for one of us only.
fn places(source: &Source, problems: &mut Vec<String>) {
    for (number, line) in lines(&source.text) {
        for host in HOSTS.iter().filter(|host| line.contains(**host)) {
            problems.push(format!("{}:{number}: names the host `{host}`", source.path));
        }
        let outside = |(at, _): (usize, &str)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            !before.is_some_and(|c| c.is_alphanumeric() || "._-~}".contains(c))
        };
        if line.match_indices(WORKPLACE).any(outside) {
            problems.push(format!(
                "{}:{number}: a path of one machine, `{WORKPLACE}`",
                source.path
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of one text that have a problem under one rule.
    fn check(rule: fn(&Source, &mut Vec<String>), path: &str, text: &str) -> Vec<String> {
        let mut problems = Vec::new();
        rule(&Source::new(path, text), &mut problems);
        problems
            .iter()
            .map(|problem| problem.split(": ").next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn unfinished_work_is_found_and_longer_words_are_not() {
        let [macro_, _, fix, marks] = UNFINISHED else {
            panic!()
        };
        let text = format!("{macro_}()\nprefix_{fix}_x\n// {fix}: later\n{marks}X\n// {marks}\n");
        assert_eq!(
            check(unfinished_words, "a.rs", &text),
            ["a.rs:1", "a.rs:3", "a.rs:5"]
        );
        assert!(check(unfinished_words, "ui/dist/a.js", &text).is_empty());
        assert!(check(unfinished_words, "notes.md", &text).is_empty());
    }

    #[test]
    fn a_network_is_named_in_its_rooms_only() {
        let text = format!(
            "a\nlet {}Bot = 1;\n#[cfg(test)]\nmod tests {{\n  {0}\n}}\n",
            NETWORKS[0]
        );
        assert_eq!(
            check(names_in_their_rooms, "crates/engine/src/a.rs", &text),
            ["crates/engine/src/a.rs:2"]
        );
        for room in [
            "crates/cli/src/compose/networks.rs",
            "crates/core/tests/a.rs",
            "docs/a.ts",
        ] {
            assert!(
                check(names_in_their_rooms, room, &text).is_empty(),
                "{room}"
            );
        }
    }

    #[test]
    fn a_program_is_let_start_where_it_was_judged_only() {
        for (maker, judges) in LEAVE {
            let text = format!("a\nlet cleared = {maker}(subject);\n");
            assert_eq!(
                check(leave_where_it_is_judged, "crates/runners/src/a.rs", &text),
                ["crates/runners/src/a.rs:2"]
            );
            for place in judges.iter().chain(&["crates/exec/tests/a.rs"]) {
                assert!(
                    check(leave_where_it_is_judged, place, &text).is_empty(),
                    "{place}"
                );
            }
        }
    }

    #[test]
    fn only_the_front_of_a_folder_is_held_to_declaring() {
        assert_eq!(
            check(module_fronts, "a/mod.rs", "mod b;\nfn a() {}\n"),
            ["a/mod.rs:2"]
        );
        assert!(check(module_fronts, "a/lib.rs", "fn a() {}\n").is_empty());
        assert!(check(module_fronts, "a/tests/common/mod.rs", "fn a() {}\n").is_empty());
    }

    #[test]
    fn white_space_at_ends_is_found() {
        assert_eq!(
            check(white_space, "a.md", "a \nb\r\nc\n"),
            ["a.md:1", "a.md:2"]
        );
        assert_eq!(check(white_space, "a.md", "a"), ["a.md"]);
        assert_eq!(check(white_space, "a.md", "a\n\n"), ["a.md"]);
        assert!(check(white_space, "a.md", "").is_empty());
        assert!(check(white_space, "a.md", "a\n").is_empty());
        assert_eq!(check(tabs, "a.rs", "a\n\tb\n"), ["a.rs:2"]);
    }

    #[test]
    fn places_of_one_machine_are_found_in_locks_too() {
        let text = format!(
            "https://{}/x\ncd {WORKPLACE}main\nsrc{WORKPLACE}main\n",
            HOSTS[0]
        );
        let lock = "ui/package-lock.json";
        assert_eq!(
            check(places, lock, &text),
            [format!("{lock}:1"), format!("{lock}:2")]
        );
    }
}
