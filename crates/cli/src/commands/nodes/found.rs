//! Finding the machine that was meant.

use tidegate_client::Reconnecting;
use tidegate_core::node::ID_BEGINNING;
use tidegate_protocol::Scope;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::nodes::{NodeList, NodeListResult, NodeRow};

use crate::commands::connection::Context;
use crate::commands::meant::{begins, nobody};
use crate::exit::Exit;
use crate::output::{Failure, one_line};

/// Connects with these rights, and reads every node.
pub(super) async fn nodes(
    context: &Context,
    scopes: &[Scope],
) -> Result<(Reconnecting, NodeListResult), Failure> {
    let mut gateway = context.connect(scopes).await?;
    let list = context.call::<NodeList>(&mut gateway, &NoParams {}).await?;
    Ok((gateway, list))
}

/// The machine that was meant: by its name, or by the beginning of its id.
pub(super) fn found<'l>(list: &'l NodeListResult, meant: &str) -> Result<&'l NodeRow, Failure> {
    let is_meant = |row: &&NodeRow| {
        row.display_name.as_deref() == Some(meant)
            || row.node_id == meant
            || begins(&row.node_id, meant, ID_BEGINNING)
    };
    let mut rows = list.nodes.iter().filter(is_meant);
    let failure = |what: String| Err(Failure::new(Exit::Usage, what).next("tidegate nodes"));
    let shown = one_line(meant, 64);
    match (rows.next(), rows.next()) {
        (Some(row), None) => Ok(row),
        (None, _) => failure(nobody(
            "node",
            meant,
            list.nodes.iter().map(|row| row.node_id.as_str()),
        )),
        (Some(_), Some(_)) => failure(format!(
            "{shown:?} may be several nodes: say more of the id"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, name: &str) -> NodeRow {
        NodeRow {
            node_id: id.into(),
            display_name: Some(name.into()),
            ..NodeRow::default()
        }
    }

    #[test]
    fn a_machine_is_meant_by_its_name_or_the_beginning_of_its_id() {
        let list = NodeListResult {
            ts: 0,
            nodes: vec![
                row("abcdef01", "Phone"),
                row("abcdef02", "Box"),
                row("n", "Box"),
            ],
        };
        let id = |meant: &str| found(&list, meant).ok().map(|row| row.node_id.as_str());
        assert_eq!(id("Phone"), Some("abcdef01"));
        assert_eq!(id("abcdef02"), Some("abcdef02"));
        assert_eq!(id("n"), Some("n"));
        for meant in ["Box", "abcdef", "abc", "phone", ""] {
            assert_eq!(id(meant), None, "{meant}");
        }
    }
}
