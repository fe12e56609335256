//! What a method does and takes, read from the catalog.

use serde_json::Value;
use tidegate_protocol::catalog::visit_all;
use tidegate_protocol::schema::standalone;
use tidegate_protocol::{Access, Effect, Method, MethodSpec, MethodVisitor};

use super::params::params;
use super::{Align, Column, Screen, pairs, table};
use crate::words::nearest;

/// The methods' rows.
#[derive(Default)]
struct Rows(Vec<MethodSpec>);

impl MethodVisitor for Rows {
    fn method<M: Method>(&mut self) {
        self.0.push(M::SPEC);
    }
}

fn rows() -> Vec<MethodSpec> {
    let mut rows = Rows::default();
    visit_all(&mut rows);
    rows.0.retain(|spec| spec.access != Access::Handshake);
    rows.0.sort_by_key(|spec| spec.name);
    rows.0
}

/// The row of a method and the schema of its params; only this one is built.
struct Find<'a> {
    name: &'a str,
    found: Option<(MethodSpec, Value)>,
}

impl MethodVisitor for Find<'_> {
    fn method<M: Method>(&mut self) {
        if M::SPEC.name == self.name {
            self.found = Some((M::SPEC, standalone::<M::Params>()));
        }
    }
}

/// What a method does, who may call it and what it takes.
pub(crate) fn method_help(screen: &Screen, name: &str) -> Option<String> {
    let mut find = Find { name, found: None };
    visit_all(&mut find);
    let (spec, schema) = find.found?;
    let paint = screen.out();
    let effect = match spec.effect {
        Effect::Read => "reads",
        Effect::Idempotent => "changes something; repeating it is harmless",
        Effect::Keyed => "changes something once for each idempotencyKey",
    };
    let facts = [
        ("Who", spec.access.as_str().to_owned()),
        ("Effect", effect.to_owned()),
    ];
    let doc = spec.doc.trim().replace("\n ", "\n");
    let mut page = format!(
        "{}\n{doc}\n\n{}\n\n",
        paint.bold(name),
        pairs(screen, &facts)
    );
    page.push_str(&params(screen, &schema));
    Some(page)
}

/// Every method on one line.
pub(crate) fn method_list(screen: &Screen) -> String {
    let columns = [
        Column("METHOD", Align::Left),
        Column("WHO", Align::Left),
        Column("", Align::Left),
    ];
    let line = |spec: &MethodSpec| {
        let doc = spec.doc.trim();
        let first = doc.split(". ").next().unwrap_or(doc).replace("\n ", " ");
        vec![
            spec.name.to_owned(),
            spec.access.as_str().to_owned(),
            first.trim_end_matches('.').to_owned(),
        ]
    };
    let lines: Vec<_> = rows().iter().map(line).collect();
    table(screen, &columns, &lines)
}

/// Names like this one, at most two.
pub(crate) fn nearest_methods(name: &str) -> Vec<&'static str> {
    nearest(name, rows().iter().map(|spec| spec.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        assert_eq!(nearest_methods("sesions.list"), ["sessions.list"]);
        assert_eq!(nearest_methods("helth"), ["health"]);
        assert_eq!(nearest_methods("zzzzzzzzzz"), Vec::<&str>::new());
    }
}
