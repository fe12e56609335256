//! `tidegate agents`.

use super::{Align, Column, Screen, one_line, table};

/// An agent of the gateway, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentLine {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: Option<String>,
    /// `provider/model`.
    pub(crate) model: String,
    /// Its folder; none if it could not be found out.
    pub(crate) workspace: Option<String>,
    /// Whether it answers where no agent is named.
    pub(crate) is_default: bool,
}

/// The agents, in the order of the gateway.
pub(crate) fn agents(screen: &Screen, lines: &[AgentLine]) -> String {
    let columns = [
        Column("AGENT", Align::Left),
        Column("NAME", Align::Left),
        Column("MODEL", Align::Left),
        Column("WORKSPACE", Align::Left),
    ];
    let row = |line: &AgentLine| {
        let default = if line.is_default { " (default)" } else { "" };
        vec![
            format!("{}{default}", one_line(&line.id, 64)),
            one_line(line.name.as_deref().unwrap_or_default(), 40),
            one_line(&line.model, 60),
            one_line(line.workspace.as_deref().unwrap_or("not known"), 200),
        ]
    };
    let rows: Vec<_> = lines.iter().map(row).collect();
    table(screen, &columns, &rows)
}
