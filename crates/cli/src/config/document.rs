//! The text of the file as a tree that knows its places.
//!
//! `jsonc-parser` reads JSON5 but lets three things through that we refuse: a key that stands
//! twice (the last would win in silence), `Infinity` and `NaN`, and numbers too large to hold.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr;

use jsonc_parser::ast::{ObjectPropName, Value as Ast};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};
use serde_json::{Map, Number, Value};

use super::finding::{Finding, join, position};

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    /// The value.
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A finite number.
    Number(Number),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key starts.
    pub(crate) key_start: usize,
    /// The value.
    pub(crate) value: Node,
}

/// A text that could be read.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The root value.
    pub(crate) root: Node,
    /// Where comments stand, in order.
    pub(crate) comments: Vec<Range<usize>>,
    /// Duplicate keys and the like.
    pub(crate) findings: Vec<Finding>,
}

/// Reads a text.
///
/// # Errors
/// It is not JSON5, or empty.
pub(crate) fn parse(text: &str) -> Result<Document, Finding> {
    let collect = CollectOptions {
        comments: CommentCollectionStrategy::Separate,
        tokens: false,
    };
    let parsed = parse_to_ast(text, &collect, &json5()).map_err(|error| Finding {
        path: String::new(),
        message: format!(
            "not readable as JSON5: {}",
            lower_first(&error.kind().to_string())
        ),
        at: Some(position(text, error.range().start)),
    })?;
    let Some(root) = parsed.value else {
        return Err(Finding {
            path: String::new(),
            message: "the file is empty: write {} for the defaults, or delete it".to_owned(),
            at: None,
        });
    };
    let mut comments: Vec<_> = parsed
        .comments
        .iter()
        .flat_map(|map| map.values())
        .flat_map(|list| list.iter())
        .map(|comment| comment.range().start..comment.range().end)
        .collect();
    comments.sort_by_key(|range| range.start);
    comments.dedup();
    let mut reader = Reader {
        text,
        findings: Vec::new(),
    };
    let root = reader.node(&root, "");
    Ok(Document {
        root,
        comments,
        findings: reader.findings,
    })
}

/// Every freedom of JSON5; a comma may be too many, but not missing.
pub(super) fn json5() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: true,
        allow_trailing_commas: true,
        allow_missing_commas: false,
        allow_single_quoted_strings: true,
        allow_hexadecimal_numbers: true,
        allow_unary_plus_numbers: true,
        allow_bare_decimal_point_numbers: true,
        allow_non_finite_numbers: true,
        allow_extended_string_escapes: true,
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

struct Reader<'a> {
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn find(&mut self, path: &str, offset: usize, message: &str) {
        let at = Some(position(self.text, offset));
        self.findings.push(Finding {
            path: path.to_owned(),
            message: message.to_owned(),
            at,
        });
    }

    fn node(&mut self, ast: &Ast<'_>, path: &str) -> Node {
        let range = ast.range().start..ast.range().end;
        let kind = match ast {
            Ast::NullKeyword(_) => Kind::Null,
            Ast::BooleanLit(lit) => Kind::Bool(lit.value),
            Ast::StringLit(lit) => Kind::Text(lit.value.clone().into_owned()),
            Ast::NumberLit(lit) => number(lit.value).map_or_else(
                || {
                    self.find(path, range.start, "not a finite number that can be held");
                    Kind::Null
                },
                Kind::Number,
            ),
            Ast::Array(array) => Kind::List(
                array
                    .elements
                    .iter()
                    .enumerate()
                    .map(|(i, item)| self.node(item, &join(path, &i.to_string())))
                    .collect(),
            ),
            Ast::Object(object) => {
                let mut seen = BTreeMap::new();
                let mut entries = Vec::new();
                for property in &object.properties {
                    let key = match &property.name {
                        ObjectPropName::String(lit) => lit.value.clone().into_owned(),
                        ObjectPropName::Word(word) => word.value.to_owned(),
                    };
                    let key_start = property.range().start;
                    let inner = join(path, &key);
                    if let Some(first) = seen.insert(key.clone(), key_start) {
                        let (line, _) = position(self.text, first);
                        self.find(
                            &inner,
                            key_start,
                            &format!("stands twice, first in line {line}: keep one"),
                        );
                    }
                    let value = self.node(&property.value, &inner);
                    entries.push(Entry {
                        key,
                        key_start,
                        value,
                    });
                }
                Kind::Map(entries)
            }
        };
        Node { range, kind }
    }
}

fn number(text: &str) -> Option<Number> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hex) = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
    {
        let value = i64::from_str_radix(hex, 16).ok()?;
        return Some(Number::from(if negative { -value } else { value }));
    }
    let mut filled = digits.to_owned();
    if filled.starts_with('.') {
        filled.insert(0, '0');
    }
    filled = filled.replace(".e", ".0e").replace(".E", ".0E");
    if filled.ends_with('.') {
        filled.push('0');
    }
    let number = Number::from_str(&if negative {
        format!("-{filled}")
    } else {
        filled
    })
    .ok()?;
    number
        .as_f64()
        .is_some_and(f64::is_finite)
        .then_some(number)
}

impl Node {
    /// The value as JSON, without the keys that `drop` names.
    pub(crate) fn to_value(&self, path: &str, drop: &[String]) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => items
                .iter()
                .enumerate()
                .map(|(i, item)| item.to_value(&join(path, &i.to_string()), drop))
                .collect(),
            Kind::Map(entries) => {
                let mut map = Map::new();
                for entry in entries {
                    let inner = join(path, &entry.key);
                    if !drop.contains(&inner) {
                        map.insert(entry.key.clone(), entry.value.to_value(&inner, drop));
                    }
                }
                Value::Object(map)
            }
        }
    }

    /// Where each key stands, by path.
    pub(crate) fn places(&self, text: &str) -> BTreeMap<String, (usize, usize)> {
        let mut places = BTreeMap::new();
        self.collect_places("", self.range.start, &mut places);
        places
            .into_iter()
            .map(|(path, offset)| (path, position(text, offset)))
            .collect()
    }

    fn collect_places(&self, path: &str, offset: usize, places: &mut BTreeMap<String, usize>) {
        places.insert(path.to_owned(), offset);
        match &self.kind {
            Kind::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    item.collect_places(&join(path, &i.to_string()), item.range.start, places);
                }
            }
            Kind::Map(entries) => {
                for entry in entries {
                    entry
                        .value
                        .collect_places(&join(path, &entry.key), entry.key_start, places);
                }
            }
            _ => {}
        }
    }
}
