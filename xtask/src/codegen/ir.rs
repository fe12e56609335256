//! What the emitters see: the catalog with its types, told apart as struct, enum, union and
//! alias.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::Value;

pub(crate) struct Catalog {
    pub(crate) min: u64,
    pub(crate) max: u64,
    pub(crate) methods: BTreeMap<String, Method>,
    pub(crate) events: BTreeMap<String, Event>,
    pub(crate) commands: BTreeMap<String, Command>,
    pub(crate) close_codes: Vec<Value>,
    pub(crate) error_codes: Vec<String>,
    pub(crate) types: BTreeMap<String, Named>,
}

pub(crate) struct Method {
    pub(crate) doc: String,
    pub(crate) access: String,
    pub(crate) effect: String,
    pub(crate) since: u64,
    pub(crate) unstable: bool,
    pub(crate) params: Type,
    pub(crate) result: Type,
    pub(crate) ack: Option<Type>,
}

pub(crate) struct Event {
    pub(crate) doc: String,
    pub(crate) access: String,
    pub(crate) delivery: String,
    pub(crate) payload: Type,
}

/// A command of a node.
pub(crate) struct Command {
    pub(crate) doc: String,
    pub(crate) risk: String,
    pub(crate) platforms: Vec<String>,
    pub(crate) queueable: bool,
    pub(crate) scope: String,
    pub(crate) params: Type,
    pub(crate) result: Type,
}

/// A type with a name.
#[derive(Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) doc: String,
    pub(crate) shape: Shape,
}

#[derive(Debug, PartialEq)]
pub(crate) enum Shape {
    Struct(Vec<Field>),
    /// `open`: it occurs in what the gateway sends, where a newer one may use newer words.
    Enum {
        words: Vec<Word>,
        open: bool,
    },
    Union(Vec<Type>),
    Alias(Type),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Word {
    pub(crate) word: String,
    pub(crate) doc: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) ty: Type,
    pub(crate) required: bool,
    /// Lengths, where the schema limits them: `1 to 128`.
    pub(crate) bounds: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Type {
    Unknown,
    Never,
    Null,
    Bool,
    Number,
    Str,
    Literal(Value),
    Ref(String),
    Array(Box<Type>),
    Tuple(Vec<Type>),
    Map(Box<Type>),
    Object(Vec<Field>),
    Union(Vec<Type>),
    /// All of them at once.
    Both(Vec<Type>),
}

impl Type {
    /// Every named type in it, directly.
    fn names(&self, found: &mut BTreeSet<String>) {
        match self {
            Self::Ref(name) => _ = found.insert(name.clone()),
            Self::Array(inner) | Self::Map(inner) => inner.names(found),
            Self::Tuple(all) | Self::Union(all) | Self::Both(all) => {
                for ty in all {
                    ty.names(found);
                }
            }
            Self::Object(fields) => fields.iter().for_each(|field| field.ty.names(found)),
            _ => {}
        }
    }
}

impl Named {
    pub(super) fn names(&self, found: &mut BTreeSet<String>) {
        match &self.shape {
            Shape::Struct(fields) => fields.iter().for_each(|field| field.ty.names(found)),
            Shape::Union(branches) => branches.iter().for_each(|ty| ty.names(found)),
            Shape::Alias(ty) => ty.names(found),
            Shape::Enum { .. } => {}
        }
    }
}

impl Catalog {
    /// Every name used is defined; enums that the gateway sends are marked open.
    pub(super) fn settle(&mut self) -> Result<()> {
        let mut sent = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for method in self.methods.values() {
            method.params.names(&mut taken);
            method.result.names(&mut sent);
            method.ack.iter().for_each(|ack| ack.names(&mut sent));
        }
        self.events
            .values()
            .for_each(|event| event.payload.names(&mut sent));
        for command in self.commands.values() {
            command.params.names(&mut taken);
            command.result.names(&mut sent);
        }
        let mut open: Vec<String> = sent.iter().chain(&taken).cloned().collect();
        let mut known = BTreeSet::new();
        while let Some(name) = open.pop() {
            let named = self.types.get(&name);
            let named = named.with_context(|| format!("`{name}` is used and not in $defs"))?;
            if known.insert(name.clone()) {
                let mut inner = BTreeSet::new();
                named.names(&mut inner);
                open.extend(inner);
            }
        }
        self.open_enums(sent.into_iter().collect());
        Ok(())
    }

    fn open_enums(&mut self, mut names: Vec<String>) {
        let mut seen = BTreeSet::new();
        while let Some(name) = names.pop() {
            if let Some(named) = self
                .types
                .get_mut(&name)
                .filter(|_| seen.insert(name.clone()))
            {
                if let Shape::Enum { open, .. } = &mut named.shape {
                    *open = true;
                }
                let mut inner = BTreeSet::new();
                named.names(&mut inner);
                names.extend(inner);
            }
        }
    }
}
