//! The reference for readers: every method and event with its tables, then the types they share.

use std::collections::BTreeSet;

use super::ir::{Catalog, Field, Named, Shape, Type};

pub(crate) fn emit(catalog: &Catalog) -> String {
    let mut page = Page {
        catalog,
        out: String::new(),
        shown: BTreeSet::new(),
    };
    page.head();
    page.methods();
    page.events();
    page.commands();
    page.codes();
    page.types();
    page.out
}

struct Page<'a> {
    catalog: &'a Catalog,
    out: String,
    /// Types whose table stands at the method or event that has them.
    shown: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    /// One paragraph, heading or table, with the empty line that ends it.
    fn put(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.out.push_str(text.trim_end());
        self.out.push_str("\n\n");
    }

    fn head(&mut self) {
        let Catalog {
            min,
            max,
            methods,
            events,
            ..
        } = self.catalog;
        self.put("<!-- Generated from the Rust catalog by `cargo xtask codegen`. Do not edit. -->");
        self.put("# Methods and events");
        self.put(&format!(
            "Protocol {min} to {max}; methods: {}, events: {}. The JSON Schema of all of it is \
             `schema.json` beside this file.",
            methods.len(),
            events.len()
        ));
    }

    fn methods(&mut self) {
        self.put("## Methods");
        for (name, method) in &self.catalog.methods {
            self.put(&format!("### `{name}`"));
            self.put(&prose(&method.doc));
            let (access, effect, since) = (&method.access, &method.effect, method.since);
            let unstable = if method.unstable { " · unstable" } else { "" };
            self.put(&format!(
                "Access `{access}` · effect `{effect}` · since protocol {since}{unstable}"
            ));
            self.table("Params", &method.params);
            if let Some(ack) = &method.ack {
                self.table("First answer", ack);
            }
            self.table("Result", &method.result);
        }
    }

    fn events(&mut self) {
        self.put("## Events");
        for (name, event) in &self.catalog.events {
            self.put(&format!("### event `{name}`"));
            self.put(&prose(&event.doc));
            self.put(&format!(
                "Access `{}` · delivery `{}`",
                event.access, event.delivery
            ));
            self.table("Payload", &event.payload);
        }
    }

    fn commands(&mut self) {
        if self.catalog.commands.is_empty() {
            return;
        }
        self.put("## Commands of nodes");
        self.put(
            "What `node.invoke` sends. Risk `dangerous` is off unless `gateway.nodes.allowCommands` \
             lists it; the rest is on for the platforms named.",
        );
        for (name, command) in &self.catalog.commands {
            self.put(&format!("### command `{name}`"));
            self.put(&prose(&command.doc));
            let waits = if command.queueable {
                " · may wait for the node"
            } else {
                ""
            };
            self.put(&format!(
                "Risk `{}` · needs `{}` · platforms {}{waits}",
                command.risk,
                command.scope,
                command.platforms.join(", ")
            ));
            self.table("Params", &command.params);
            self.table("Result", &command.result);
        }
    }

    fn codes(&mut self) {
        self.put("## Error codes");
        let codes: Vec<String> = self
            .catalog
            .error_codes
            .iter()
            .map(|code| format!("`{code}`"))
            .collect();
        self.put(&codes.join(", "));
        self.put("## Close codes");
        let mut table =
            String::from("| code | name | come back | meaning |\n| --- | --- | --- | --- |\n");
        for code in &self.catalog.close_codes {
            let cells = ["code", "name", "reconnect", "doc"].map(|key| match code.get(key) {
                Some(serde_json::Value::Bool(yes)) => if *yes { "yes" } else { "no" }.to_owned(),
                Some(serde_json::Value::String(text)) => cell(text),
                other => other.map_or_else(String::new, ToString::to_string),
            });
            table += &("| ".to_owned() + &cells.join(" | ") + " |\n");
        }
        self.put(&table);
    }

    fn types(&mut self) {
        self.put("## Types");
        let mut linked = BTreeSet::new();
        self.catalog
            .types
            .values()
            .for_each(|named| named.names(&mut linked));
        for (name, named) in &self.catalog.types {
            if !self.shown.contains(&**name) || linked.contains(name) {
                self.put(&format!("### type `{name}`"));
                self.put(&prose(&named.doc));
                self.shape(named);
            }
        }
        self.out.truncate(self.out.trim_end().len());
        self.out.push('\n');
    }

    /// The part of a method or event: its fields right there, or the type in words.
    fn table(&mut self, title: &str, ty: &'a Type) {
        let fields = match ty {
            Type::Object(fields) => fields,
            Type::Ref(name) => match self.catalog.types.get(name) {
                Some(Named {
                    shape: Shape::Struct(fields),
                    ..
                }) => {
                    self.shown.insert(name);
                    fields
                }
                _ => return self.put(&format!("**{title}**: {}", words(ty))),
            },
            _ => return self.put(&format!("**{title}**: {}", words(ty))),
        };
        if fields.is_empty() {
            return self.put(&format!("**{title}**: none"));
        }
        self.put(&format!("**{title}**"));
        self.fields(fields);
    }

    fn shape(&mut self, named: &Named) {
        match &named.shape {
            Shape::Struct(fields) => self.fields(fields),
            Shape::Enum { words, .. } => {
                let lines = words.iter().map(|word| {
                    let doc = if word.doc.is_empty() {
                        String::new()
                    } else {
                        cell(&word.doc)
                    };
                    format!("- `{}` {doc}", word.word).trim_end().to_owned() + "\n"
                });
                self.put(&lines.collect::<String>());
            }
            Shape::Union(branches) => {
                self.put("One of:");
                for branch in branches {
                    if let Type::Object(fields) = branch {
                        self.fields(fields);
                    } else {
                        self.put(&words(branch));
                    }
                }
            }
            Shape::Alias(ty) => self.put(&words(ty)),
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        if fields.is_empty() {
            return self.put("No fields.");
        }
        let mut table =
            String::from("| name | type | required | meaning |\n| --- | --- | --- | --- |\n");
        for field in fields {
            let bounds = field
                .bounds
                .as_ref()
                .map_or_else(String::new, |b| format!(" ({b})"));
            let ty = words(&field.ty).replace('|', "\\|");
            let required = if field.required { "yes" } else { "no" };
            let row = format!(
                "| `{}` | {ty}{bounds} | {required} | {} |",
                field.name,
                cell(&field.doc)
            );
            table += &(row + "\n");
        }
        self.put(&table);
    }
}

/// A type in a sentence; a named one is a link to its section.
fn words(ty: &Type) -> String {
    let list = |types: &[Type], by: &str| types.iter().map(words).collect::<Vec<_>>().join(by);
    match ty {
        Type::Unknown => "anything".into(),
        Type::Never => "nothing".into(),
        Type::Null => "null".into(),
        Type::Bool => "boolean".into(),
        Type::Number => "number".into(),
        Type::Str => "string".into(),
        Type::Literal(value) => format!("`{value}`"),
        Type::Ref(name) => format!("[{name}](#type-{})", name.to_lowercase()),
        Type::Array(item) => format!("list of {}", words(item)),
        Type::Tuple(items) => format!("[{}]", list(items, ", ")),
        Type::Map(value) => format!("map of {}", words(value)),
        Type::Object(fields) => {
            let fields = fields.iter().map(|field| {
                let mark = if field.required { "" } else { "?" };
                format!("`{}{mark}`: {}", field.name, words(&field.ty))
            });
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        Type::Union(branches) => list(branches, " or "),
        Type::Both(parts) => list(parts, " and "),
    }
}

/// Text for one cell: on one line, and without a bar that would end the cell.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// A doc comment of several paragraphs: its headings must not cut the page, and under `# Errors`
/// each line that starts with a code is one of a list.
fn prose(doc: &str) -> String {
    let mut under = "";
    let lines = doc.lines().map(|line| {
        if let Some(heading) = line.strip_prefix("# ") {
            under = heading;
            return format!("**{heading}**\n");
        }
        let item = under == "Errors" && line.starts_with('`');
        if item {
            format!("- {line}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}
