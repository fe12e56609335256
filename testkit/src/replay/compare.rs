//! Two values held against each other; what differs is found by its path.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::align::{Step, align, is_repeat};
use super::shape::{is_optional, sort_of, type_of};

/// Characters of a value that are shown.
const SHOWN_CHARS: usize = 200;

/// How two frames differ at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only ours has it.
    Extra,
    /// Only the recording has it.
    Missing,
    /// Both have it, of different types.
    Type,
    /// Both have it, of the same type.
    Value,
}

/// A difference that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The kind of frame.
    pub frame: String,
    /// One JSON path in it.
    pub path: String,
    /// How it differs.
    pub kind: Kind,
    /// What the recording has, cut.
    pub recorded: String,
    /// What ours has, cut.
    pub ours: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            frame,
            path,
            kind,
            recorded,
            ours,
        } = self;
        write!(
            f,
            "{frame}  {path}  {kind:?}\n    recorded {recorded}\n    ours     {ours}"
        )
    }
}

/// Collects what differs between frames of one kind.
#[derive(Debug)]
pub(super) struct Compare<'c> {
    pub(super) frame: String,
    pub(super) findings: &'c mut Vec<Finding>,
}

impl Compare<'_> {
    pub(super) fn found(
        &mut self,
        path: &str,
        kind: Kind,
        recorded: impl fmt::Display,
        ours: impl fmt::Display,
    ) {
        let cut = |text: String| text.chars().take(SHOWN_CHARS).collect();
        let new = Finding {
            frame: self.frame.clone(),
            path: path.to_owned(),
            kind,
            recorded: cut(recorded.to_string()),
            ours: cut(ours.to_string()),
        };
        let same =
            |old: &Finding| old.frame == new.frame && old.path == new.path && old.kind == new.kind;
        if !self.findings.iter().any(same) {
            self.findings.push(new);
        }
    }

    /// One value against one: all must be alike.
    pub(super) fn one(&mut self, path: &str, recorded: &Value, ours: &Value) {
        match (recorded, ours) {
            (Value::Object(recorded), Value::Object(ours)) => self.keys(path, &[recorded], &[ours]),
            // What was last depends on the moment.
            (Value::Array(_), Value::Array(_)) if path.ends_with(".recent") => {
                self.samples(path, &[recorded], &[ours]);
            }
            (Value::Array(recorded), Value::Array(ours)) => self.lists(path, recorded, ours),
            (Value::Number(recorded), Value::Number(ours))
                if recorded.as_f64() == ours.as_f64() => {}
            _ if type_of(recorded) != type_of(ours) => self.found(path, Kind::Type, recorded, ours),
            _ if recorded != ours => self.found(path, Kind::Value, recorded, ours),
            _ => {}
        }
    }

    /// Some samples against some: ours must be of the recorded sorts, as often as may be.
    pub(super) fn samples(&mut self, path: &str, recorded: &[&Value], ours: &[&Value]) {
        for sample in ours {
            let alike: Vec<&&Value> = recorded
                .iter()
                .filter(|other| type_of(other) == type_of(sample))
                .collect();
            let scalar = !matches!(sample, Value::Object(_) | Value::Array(_));
            if alike.is_empty() {
                self.found(path, Kind::Type, first(recorded), sample);
            } else if scalar && !alike.iter().any(|other| **other == *sample) {
                self.found(path, Kind::Value, first(recorded), sample);
            }
        }
        let (old, new) = (objects(recorded), objects(ours));
        if !old.is_empty() && !new.is_empty() {
            self.keys(path, &old, &new);
        }
        let (old, new) = (elements(recorded), elements(ours));
        let sorts: BTreeSet<String> = new.iter().map(|element| sort_of(element)).collect();
        for sort in sorts {
            let (old, new) = (
                of_sort(old.iter().copied(), &sort),
                of_sort(new.iter().copied(), &sort),
            );
            if old.is_empty() {
                // No sample of a list with anything in it says nothing against ours.
                if recorded
                    .iter()
                    .any(|list| list.as_array().is_some_and(|list| !list.is_empty()))
                {
                    self.found(&format!("{path}[{sort}]"), Kind::Extra, "-", first(&new));
                }
            } else {
                self.samples(&format!("{path}[]"), &old, &new);
            }
        }
    }

    /// Keys that only one side has, and the values of the others.
    fn keys(
        &mut self,
        within: &str,
        recorded: &[&Map<String, Value>],
        ours: &[&Map<String, Value>],
    ) {
        let mut names: Vec<&String> = recorded
            .iter()
            .chain(ours)
            .flat_map(|object| object.keys())
            .collect();
        names.sort();
        names.dedup();
        for name in names {
            let path = format!("{within}.{name}");
            let old: Vec<&Value> = recorded
                .iter()
                .filter_map(|object| object.get(name))
                .collect();
            let new: Vec<&Value> = ours.iter().filter_map(|object| object.get(name)).collect();
            let optional = is_optional(&self.frame, within, name);
            match (old.as_slice(), new.as_slice()) {
                ([], _) if optional => {}
                ([], new) => self.found(&path, Kind::Extra, "-", first(new)),
                (old, new)
                    if !optional && old.len() == recorded.len() && new.len() < ours.len() =>
                {
                    self.found(&path, Kind::Missing, first(old), "-");
                }
                ([old], [new]) if recorded.len() == 1 && ours.len() == 1 => {
                    self.one(&path, old, new);
                }
                (old, new) => self.samples(&path, old, new),
            }
        }
    }

    /// Lists of objects are aligned by the sorts of their elements; a row of the same sort counts
    /// as one. Lists of words must be equal.
    fn lists(&mut self, path: &str, recorded: &[Value], ours: &[Value]) {
        if !recorded.iter().chain(ours).any(Value::is_object) {
            if recorded != ours {
                self.found(path, Kind::Value, Value::from(recorded), Value::from(ours));
            }
            return;
        }
        let (old_sorts, new_sorts) = (sorts(recorded), sorts(ours));
        for step in align(&old_sorts, &new_sorts) {
            match step {
                Step::Both(old, new) => {
                    if let (Some(old), Some(new)) = (recorded.get(old), ours.get(new)) {
                        self.one(&format!("{path}[]"), old, new);
                    }
                }
                Step::Old(at) if !is_repeat(&old_sorts, at, &new_sorts) => {
                    self.missing_sort(path, &old_sorts, at, &new_sorts);
                }
                Step::New(at) if !is_repeat(&new_sorts, at, &old_sorts) => {
                    self.extra_sort(path, &old_sorts, &new_sorts, at);
                }
                Step::New(at) => {
                    let (Some(new), Some(sort)) = (ours.get(at), new_sorts.get(at)) else {
                        continue;
                    };
                    self.samples(
                        &format!("{path}[]"),
                        &of_sort(recorded.iter(), sort),
                        &[new],
                    );
                }
                Step::Old(_) => {}
            }
        }
    }

    /// Two sequences of names: what one has and the other has not, at its place.
    pub(super) fn sequence(&mut self, path: &str, recorded: &[String], ours: &[String]) {
        for step in align(recorded, ours) {
            match step {
                Step::Both(..) => {}
                Step::Old(at) => self.missing_sort(path, recorded, at, ours),
                Step::New(at) => self.extra_sort(path, recorded, ours, at),
            }
        }
    }

    fn missing_sort(&mut self, path: &str, recorded: &[String], at: usize, ours: &[String]) {
        let sort = recorded.get(at).map_or("", String::as_str);
        self.found(
            &format!("{path}[{sort}]"),
            Kind::Missing,
            recorded.join(" "),
            ours.join(" "),
        );
    }

    fn extra_sort(&mut self, path: &str, recorded: &[String], ours: &[String], at: usize) {
        let sort = ours.get(at).map_or("", String::as_str);
        self.found(
            &format!("{path}[{sort}]"),
            Kind::Extra,
            recorded.join(" "),
            ours.join(" "),
        );
    }
}

fn of_sort<'v>(all: impl Iterator<Item = &'v Value>, sort: &str) -> Vec<&'v Value> {
    all.filter(|element| sort_of(element) == sort).collect()
}

fn sorts(list: &[Value]) -> Vec<String> {
    list.iter().map(sort_of).collect()
}

fn objects<'v>(values: &[&'v Value]) -> Vec<&'v Map<String, Value>> {
    values
        .iter()
        .filter_map(|value| value.as_object())
        .collect()
}

fn elements<'v>(values: &[&'v Value]) -> Vec<&'v Value> {
    values
        .iter()
        .filter_map(|value| value.as_array())
        .flatten()
        .collect()
}

fn first(values: &[&Value]) -> String {
    values.first().map(ToString::to_string).unwrap_or_default()
}
