//! Commands of nodes, read from the catalog.

use serde_json::Value;
use tidegate_core::exec::RESERVED_FIELDS;
use tidegate_protocol::catalog::visit_all_commands;
use tidegate_protocol::command::{self, Command, CommandSpec, CommandVisitor, Risk};
use tidegate_protocol::schema::standalone;

use super::params::params;
use super::{Align, Column, Screen, pairs, table};

/// Every command of the catalog, with what it could do in wrong hands.
pub(crate) fn node_commands(screen: &Screen) -> String {
    let columns = [
        Column("COMMAND", Align::Left),
        Column("RISK", Align::Left),
        Column("MAY WAIT", Align::Left),
        Column("", Align::Left),
    ];
    let row = |spec: &&CommandSpec| {
        let doc = spec.doc.trim();
        let first = doc.split(". ").next().unwrap_or(doc).replace("\n ", " ");
        vec![
            spec.name.to_owned(),
            spec.risk.as_str().to_owned(),
            if spec.queueable { "yes" } else { "" }.to_owned(),
            first.trim_end_matches('.').to_owned(),
        ]
    };
    let mut specs = command::all();
    specs.sort_by_key(|spec| spec.name);
    let rows: Vec<_> = specs.iter().map(row).collect();
    let hint = "What one takes: tidegate nodes commands NAME. What a node offers: tidegate nodes describe NODE";
    format!(
        "{}\n\n{}",
        table(screen, &columns, &rows),
        screen.hint(hint)
    )
}

/// One command: what it does, how dangerous that is, where it is on, and what it takes. `None` if
/// the catalog does not know it.
pub(crate) fn node_command(screen: &Screen, name: &str) -> Option<String> {
    let mut find = Find { name, found: None };
    visit_all_commands(&mut find);
    let (spec, schema) = find.found?;
    let facts = [
        ("Risk", risk(spec.risk).to_owned()),
        ("On by itself", on(&spec)),
        (
            "May wait",
            if spec.queueable {
                "yes, for a node that is away (--queue)"
            } else {
                "no"
            }
            .to_owned(),
        ),
        ("Needs", spec.scope.as_str().to_owned()),
    ];
    let doc = spec.doc.trim().replace("\n ", "\n");
    Some(format!(
        "{}\n{doc}\n\n{}\n\n{}",
        screen.out().bold(name),
        pairs(screen, &facts),
        params(screen, &schema)
    ))
}

/// The row of a command and the schema of its params; only this one is built.
struct Find<'a> {
    name: &'a str,
    found: Option<(CommandSpec, Value)>,
}

impl CommandVisitor for Find<'_> {
    fn command<C: Command>(&mut self) {
        if C::SPEC.name == self.name {
            self.found = Some((C::SPEC, for_callers(standalone::<C::Params>())));
        }
    }
}

/// Without what only the gateway may say, and refuses from a caller.
fn for_callers(mut schema: Value) -> Value {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|key, _| !RESERVED_FIELDS.contains(&key.as_str()));
    }
    schema
}

const fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::Plain => "plain: it shows something, or says what there is",
        Risk::Private => "private: it tells something about you or the machine",
        Risk::Dangerous => "dangerous: off until gateway.nodes.allowCommands lists it",
        Risk::Program => "program: the machine has each run approved",
    }
}

fn on(spec: &CommandSpec) -> String {
    if spec.risk == Risk::Dangerous {
        return "nowhere".to_owned();
    }
    let platforms = spec.platforms.iter().map(|platform| platform.as_str());
    platforms.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_listed_and_explained() {
        let screen = Screen::of_width(100);
        let list = node_commands(&screen);
        for spec in command::all() {
            assert!(list.contains(spec.name), "{}", spec.name);
            assert!(node_command(&screen, spec.name).is_some(), "{}", spec.name);
        }
        assert!(node_command(&screen, "system.wich").is_none());
        let which = node_command(&screen, "system.which").unwrap();
        for words in ["bins", "list of string", "Required.", "plain", "linux"] {
            assert!(which.contains(words), "{words}: {which}");
        }
        let snap = node_command(&screen, "camera.snap").unwrap();
        assert!(
            snap.contains("allowCommands") && snap.contains("nowhere"),
            "{snap}"
        );
        let run = node_command(&screen, "system.run").unwrap();
        assert!(run.contains("subjectHash"), "{run}");
        for field in RESERVED_FIELDS {
            assert!(!run.contains(&format!("\n{field} ")), "{field}: {run}");
        }
        let hide = node_command(&screen, "canvas.hide").unwrap();
        assert!(hide.contains("It takes no params."), "{hide}");
    }
}
