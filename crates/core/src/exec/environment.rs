//! The environment of a child: a fixed list of names, a fixed search path, and what was approved
//! for this one execution. Nothing else of ours reaches it (SECURITY T51).
//!
//! The list of dangerous names is a second lock: additions are shown to whoever approves, and an
//! allowlist never allows a call with additions.

use std::collections::BTreeMap;

use super::dangerous::is_dangerous;

/// Where programs are looked for, and what the child gets as `PATH`. Never taken from a caller.
pub const SEARCH_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What a child has of our own environment, if we have it.
pub const INHERITED_NAMES: &[&str] = &[
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LOGNAME",
    "TZ",
    "USER",
];

/// Most additions for one execution.
pub const ADDITIONS_MAX: usize = 64;
/// Longest name of an addition.
const ADDED_NAME_MAX_BYTES: usize = 128;
/// Longest value of an addition: half of what fits with all the others under Linux' limit for one.
pub const ADDED_VALUE_MAX_BYTES: usize = 8 * 1024;

/// An addition that is refused, whoever approves it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddition {
    /// The name decides which code runs, or belongs to us. Upper or lower case makes no difference.
    #[error("the environment variable {0} may not be set")]
    Dangerous(String),
    /// Not letters, digits and `_`, or too long.
    #[error("not a name of an environment variable")]
    Name,
    /// A line break or a zero byte, or longer than [`ADDED_VALUE_MAX_BYTES`].
    #[error("the value of {0} has a line break or a zero byte, or is too long")]
    Value(String),
    /// More than [`ADDITIONS_MAX`].
    #[error("{0} environment variables, {ADDITIONS_MAX} allowed")]
    TooMany(usize),
}

/// Whether these additions can be asked for at all.
///
/// # Errors
/// The first that cannot.
pub fn check_additions(additions: &BTreeMap<String, String>) -> Result<(), BadAddition> {
    if additions.len() > ADDITIONS_MAX {
        return Err(BadAddition::TooMany(additions.len()));
    }
    for (name, value) in additions {
        if !is_name(name) {
            return Err(BadAddition::Name);
        }
        if is_dangerous(name) {
            return Err(BadAddition::Dangerous(name.clone()));
        }
        if value.len() > ADDED_VALUE_MAX_BYTES || value.contains(['\0', '\n', '\r']) {
            return Err(BadAddition::Value(name.clone()));
        }
    }
    Ok(())
}

/// The whole environment of a child: ours by [`INHERITED_NAMES`], the fixed `PATH`, a plain
/// terminal, and the additions.
pub fn child_environment(
    ours: impl IntoIterator<Item = (String, String)>,
    additions: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let mut environment: BTreeMap<String, String> = ours
        .into_iter()
        .filter(|(name, _)| INHERITED_NAMES.contains(&&**name))
        .collect();
    environment.extend(
        additions
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    environment.insert("PATH".to_owned(), SEARCH_PATH.to_owned());
    environment.insert("TERM".to_owned(), "dumb".to_owned());
    environment
}

fn is_name(name: &str) -> bool {
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == b'_')
        && name.len() <= ADDED_NAME_MAX_BYTES
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(name: &str, value: &str) -> Result<(), BadAddition> {
        check_additions(&BTreeMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn every_dangerous_name_of_the_list_is_refused_in_any_case() {
        let names: Vec<&str> = include_str!("../../tests/exec/dangerous.txt")
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .collect();
        assert!(names.len() >= 80, "{}", names.len());
        for name in names {
            assert!(one(name, "x").is_err(), "{name}");
            assert!(one(&name.to_lowercase(), "x").is_err(), "{name}");
        }
    }

    #[test]
    fn plain_names_pass() {
        for name in [
            "FOO",
            "CI",
            "DEBUG",
            "API_URL",
            "_X",
            "a1",
            "GOOGLE_PROJECT",
            "RAILS_ENV",
            "HOMEPAGE",
            "LC_TIME",
        ] {
            assert_eq!(one(name, "v"), Ok(()), "{name}");
        }
    }

    #[test]
    fn neither_names_nor_values_bring_a_second_variable() {
        for name in [
            "A=B",
            "A\nB",
            "",
            "1A",
            "A B",
            "A-B",
            "Ä",
            "A\0",
            &"A".repeat(129),
        ] {
            assert_eq!(one(name, "x"), Err(BadAddition::Name), "{name:?}");
        }
        for value in ["B\nC=D", "\r", "\0", &"x".repeat(ADDED_VALUE_MAX_BYTES + 1)] {
            assert_eq!(one("A", value), Err(BadAddition::Value("A".into())));
        }
    }

    #[test]
    fn a_child_gets_the_list_and_no_more() {
        let ours = [
            ("HOME", "/home/a"),
            ("SECRET_TOKEN", "s"),
            ("PATH", "/evil"),
            ("LD_PRELOAD", "x"),
            ("LANG", "C"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let added = BTreeMap::from([("CI".to_owned(), "1".to_owned())]);
        let child = child_environment(ours, &added);
        let child: Vec<(&str, &str)> = child.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(
            child,
            [
                ("CI", "1"),
                ("HOME", "/home/a"),
                ("LANG", "C"),
                ("PATH", SEARCH_PATH),
                ("TERM", "dumb")
            ]
        );
    }

    #[test]
    fn at_most_so_many() {
        let many = |count: usize| {
            (0..count)
                .map(|i| (format!("V{i}"), String::new()))
                .collect()
        };
        assert_eq!(check_additions(&many(ADDITIONS_MAX)), Ok(()));
        assert_eq!(check_additions(&many(65)), Err(BadAddition::TooMany(65)));
    }
}
