//! The TypeScript emitter: types, and the tables of methods, events and codes.

use serde_json::Value;

use super::ir::{Catalog, Field, Named, Shape, Type, Word};

/// The rest of a literal union: any other text, while editors still offer the known words.
const OTHER_TEXT: &str = "(string & {})";

pub(crate) fn emit(catalog: &Catalog) -> String {
    let mut out = String::from(
        "// Generated from the Rust catalog by `cargo xtask codegen`. Do not edit.\n\n",
    );
    put(
        &mut out,
        &format!("export const PROTOCOL_MIN = {};", catalog.min),
    );
    put(
        &mut out,
        &format!("export const PROTOCOL_MAX = {};\n", catalog.max),
    );
    for (name, ty) in &catalog.types {
        named(&mut out, name, ty);
        out.push('\n');
    }
    methods(&mut out, catalog);
    events(&mut out, catalog);
    commands(&mut out, catalog);
    codes(&mut out, catalog);
    out
}

fn put(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

fn methods(out: &mut String, catalog: &Catalog) {
    put(
        out,
        "/** Every method: what it takes and what it answers. */",
    );
    put(out, "export interface MethodMap {");
    for (name, method) in &catalog.methods {
        comment(out, &method.doc, 1);
        let mut fields = vec![("params", &method.params), ("result", &method.result)];
        fields.extend(method.ack.iter().map(|ack| ("ack", ack)));
        put(out, &format!("  {}: {{", key(name)));
        for (field, ty) in fields {
            put(out, &format!("    {field}: {};", text(ty, 2)));
        }
        put(out, "  };");
    }
    put(out, "}\n\nexport type MethodName = keyof MethodMap;\n");

    put(
        out,
        "/** What is fixed about a method. `ack`: it answers twice. */",
    );
    put(out, "export interface MethodSpec {");
    for (name, ty) in [
        ("access", "string"),
        ("effect", "string"),
        ("since", "number"),
        ("ack", "boolean"),
        ("unstable", "boolean"),
    ] {
        put(out, &format!("  readonly {name}: {ty};"));
    }
    put(out, "}\n\nexport const METHODS = {");
    for (name, method) in &catalog.methods {
        let (access, effect) = (quoted(&method.access), quoted(&method.effect));
        let (since, ack, unstable) = (method.since, method.ack.is_some(), method.unstable);
        let row = format!(
            "{{ access: {access}, effect: {effect}, since: {since}, ack: {ack}, unstable: {unstable} }}"
        );
        put(out, &format!("  {}: {row},", key(name)));
    }
    put(
        out,
        "} as const satisfies Record<MethodName, MethodSpec>;\n",
    );
}

fn events(out: &mut String, catalog: &Catalog) {
    put(out, "/** Every event and its payload. */");
    put(out, "export interface EventMap {");
    for (name, event) in &catalog.events {
        comment(out, &event.doc, 1);
        put(
            out,
            &format!("  {}: {};", key(name), text(&event.payload, 1)),
        );
    }
    put(out, "}\n\nexport type EventName = keyof EventMap;\n");

    put(out, "/** What is fixed about an event. */");
    put(out, "export interface EventSpec {");
    put(
        out,
        "  readonly access: string;\n  readonly delivery: string;",
    );
    put(out, "}\n\nexport const EVENTS = {");
    for (name, event) in &catalog.events {
        let (access, delivery) = (quoted(&event.access), quoted(&event.delivery));
        put(
            out,
            &format!(
                "  {}: {{ access: {access}, delivery: {delivery} }},",
                key(name)
            ),
        );
    }
    put(out, "} as const satisfies Record<EventName, EventSpec>;\n");
}

fn commands(out: &mut String, catalog: &Catalog) {
    put(
        out,
        "/** Every command of a node: what it takes and what it answers. */",
    );
    put(out, "export interface CommandMap {");
    for (name, command) in &catalog.commands {
        comment(out, &command.doc, 1);
        put(out, &format!("  {}: {{", key(name)));
        put(out, &format!("    params: {};", text(&command.params, 2)));
        put(out, &format!("    result: {};", text(&command.result, 2)));
        put(out, "  };");
    }
    put(out, "}\n\nexport type CommandName = keyof CommandMap;\n");
    put(out, "/** What is fixed about a command. */");
    put(out, "export interface CommandSpec {");
    for (name, ty) in [
        ("risk", "string"),
        ("platforms", "readonly string[]"),
        ("queueable", "boolean"),
        ("scope", "string"),
    ] {
        put(out, &format!("  readonly {name}: {ty};"));
    }
    put(out, "}\n\nexport const COMMANDS = {");
    for (name, command) in &catalog.commands {
        let platforms: Vec<String> = command.platforms.iter().map(|word| quoted(word)).collect();
        let row = format!(
            "{{ risk: {}, platforms: [{}], queueable: {}, scope: {} }}",
            quoted(&command.risk),
            platforms.join(", "),
            command.queueable,
            quoted(&command.scope)
        );
        put(out, &format!("  {}: {row},", key(name)));
    }
    put(
        out,
        "} as const satisfies Record<CommandName, CommandSpec>;\n",
    );
}

fn codes(out: &mut String, catalog: &Catalog) {
    put(
        out,
        "/** The codes of an error answer; a newer gateway may use others. */",
    );
    put(out, "export const ERROR_CODES = [");
    for code in &catalog.error_codes {
        put(out, &format!("  {},", quoted(code)));
    }
    put(out, "] as const;\n");

    put(
        out,
        "/** Why a connection ends, and whether to come back. */",
    );
    put(out, "export interface CloseCodeSpec {");
    put(out, "  readonly code: number;\n  readonly name: string;");
    put(
        out,
        "  readonly reconnect: boolean;\n  readonly doc: string;\n}\n",
    );
    put(
        out,
        "export const CLOSE_CODES: readonly CloseCodeSpec[] = [",
    );
    for code in &catalog.close_codes {
        let field = |name: &str| code.get(name).unwrap_or(&Value::Null);
        let row =
            ["code", "name", "reconnect", "doc"].map(|name| format!("{name}: {}", field(name)));
        put(out, &format!("  {{ {} }},", row.join(", ")));
    }
    put(out, "];");
}

fn named(out: &mut String, name: &str, ty: &Named) {
    comment(out, &ty.doc, 0);
    match &ty.shape {
        Shape::Struct(fields) if fields.is_empty() => {
            put(
                out,
                &format!(
                    "export type {name} = {};",
                    text(&Type::Object(Vec::new()), 0)
                ),
            );
        }
        Shape::Struct(fields) => {
            put(out, &format!("export interface {name} {{"));
            members(out, fields, 1);
            put(out, "}");
        }
        Shape::Enum { words, open } => word_union(out, name, words, *open),
        Shape::Union(branches) => {
            let branches = branches
                .iter()
                .map(|branch| format!("\n  | {}", text(branch, 2)));
            put(
                out,
                &format!("export type {name} ={};", branches.collect::<String>()),
            );
        }
        Shape::Alias(alias) => put(out, &format!("export type {name} = {};", text(alias, 0))),
    }
}

fn word_union(out: &mut String, name: &str, words: &[Word], open: bool) {
    put(out, &format!("export type {name} ="));
    let count = words.len() + usize::from(open);
    for (index, word) in words.iter().enumerate() {
        comment(out, &word.doc, 1);
        let end = if index + 1 == count { ";" } else { "" };
        put(out, &format!("  | {}{end}", quoted(&word.word)));
    }
    if open {
        put(out, &format!("  | {OTHER_TEXT};"));
    }
}

fn members(out: &mut String, fields: &[Field], depth: usize) {
    for field in fields {
        comment(out, &field.doc, depth);
        let mark = if field.required { "" } else { "?" };
        let indent = "  ".repeat(depth);
        put(
            out,
            &format!(
                "{indent}{}{mark}: {};",
                key(&field.name),
                text(&field.ty, depth)
            ),
        );
    }
}

/// A type where it is used. `depth` is the indent of the line that it stands in.
fn text(ty: &Type, depth: usize) -> String {
    match ty {
        Type::Unknown => "unknown".into(),
        Type::Never => "never".into(),
        Type::Null => "null".into(),
        Type::Bool => "boolean".into(),
        Type::Number => "number".into(),
        Type::Str => "string".into(),
        Type::Literal(value) => value.to_string(),
        Type::Ref(name) => name.clone(),
        Type::Array(item) => format!("{}[]", bracketed(item, depth)),
        Type::Tuple(items) => {
            let items: Vec<String> = items.iter().map(|item| text(item, depth)).collect();
            format!("[{}]", items.join(", "))
        }
        Type::Map(value) => format!("Record<string, {}>", text(value, depth)),
        Type::Object(fields) if fields.is_empty() => "Record<string, never>".into(),
        Type::Object(fields) => {
            let mut out = String::from("{\n");
            members(&mut out, fields, depth + 1);
            out + &"  ".repeat(depth) + "}"
        }
        Type::Union(branches) => {
            // Plain `string` beside words would swallow them.
            let has_words = branches
                .iter()
                .any(|ty| matches!(ty, Type::Literal(Value::String(_))));
            let branch = |ty: &Type| match ty {
                Type::Str if has_words => OTHER_TEXT.into(),
                ty => bracketed(ty, depth),
            };
            branches
                .iter()
                .map(branch)
                .collect::<Vec<String>>()
                .join(" | ")
        }
        Type::Both(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| bracketed(part, depth)).collect();
            parts.join(" & ")
        }
    }
}

fn bracketed(ty: &Type, depth: usize) -> String {
    let plain = text(ty, depth);
    if matches!(ty, Type::Union(_) | Type::Both(_)) {
        format!("({plain})")
    } else {
        plain
    }
}

/// A property's name, in quotes where the language wants them.
fn key(name: &str) -> String {
    let mut letters = name.chars();
    let starts = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$');
    let plain = starts && letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
    if plain { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn comment(out: &mut String, doc: &str, depth: usize) {
    if doc.is_empty() {
        return;
    }
    let indent = "  ".repeat(depth);
    let doc = doc.replace("*/", "*\\/");
    if !doc.contains('\n') {
        put(out, &format!("{indent}/** {doc} */"));
        return;
    }
    put(out, &format!("{indent}/**"));
    for line in doc.lines() {
        put(out, format!("{indent} * {line}").trim_end());
    }
    put(out, &format!("{indent} */"));
}
