//! `tidegate agents`.

use serde_json::{Value, json};
use tidegate_protocol::Scope;
use tidegate_protocol::api::agent::AgentsList;
use tidegate_protocol::api::config::ConfigGet;
use tidegate_protocol::api::connect::NoParams;

use super::connection::{Context, client};
use crate::args::Globals;
use crate::config::workspaces;
use crate::exit::Exit;
use crate::output::{self, AgentLine};

/// Lists the agents of the gateway with their workspaces, as its configuration in force says.
///
/// # Errors
/// The gateway cannot be reached or refuses.
pub(crate) async fn list(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Read, Scope::Admin]).await?;
    let agents = context
        .call::<AgentsList>(&mut gateway, &NoParams {})
        .await?;
    let config = context
        .call::<ConfigGet>(&mut gateway, &NoParams {})
        .await?;
    let state_dir = client(&gateway)?.hello().snapshot.state_dir.clone();
    let workspace = |id: &str| workspace_of(&config.config, id, state_dir.as_deref());
    let lines: Vec<_> = agents
        .agents
        .iter()
        .map(|row| AgentLine {
            id: row.id.clone(),
            name: row.name.clone(),
            model: row.model.primary.clone(),
            workspace: workspace(&row.id),
            is_default: row.id == agents.default_id,
        })
        .collect();
    let screen = &context.screen;
    if screen.json {
        let rows: Vec<Value> = lines.iter().map(row).collect();
        screen.say(&json!({ "agents": rows }).to_string())?;
    } else {
        screen.say(&output::agents(screen, &lines))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}

/// Where an agent's workspace is, as the configuration says; none if that is not understood.
fn workspace_of(config: &Value, agent: &str, state_dir: Option<&str>) -> Option<String> {
    let agents = serde_json::from_value(config.get("agents")?.clone()).ok()?;
    let asked = workspaces::asked(&agents);
    let asked = asked.iter().find(|asked| asked.agent == agent)?;
    match &asked.said {
        Some((_, path)) => Some((*path).to_owned()),
        None => Some(asked.own_place(state_dir?.as_ref()).display().to_string()),
    }
}

fn row(line: &AgentLine) -> Value {
    json!({
        "id": line.id,
        "name": line.name,
        "model": line.model,
        "workspace": line.workspace,
        "default": line.is_default,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_the_named_folder_or_the_agents_own() {
        let config = json!({ "agents": {
            "defaults": { "workspace": "~/clawd" },
            "list": [{ "id": "ana" }, { "id": "bob" }, { "id": "eve", "workspace": "/srv/eve" }],
        } });
        let of = |agent| workspace_of(&config, agent, Some("/state"));
        assert_eq!(of("ana").as_deref(), Some("~/clawd"));
        assert_eq!(of("bob").as_deref(), Some("/state/workspaces/bob"));
        assert_eq!(of("eve").as_deref(), Some("/srv/eve"));
        assert_eq!(of("nobody"), None);
        assert_eq!(workspace_of(&config, "bob", None), None);
        let newer = json!({ "agents": { "tomorrow": 1 } });
        assert_eq!(workspace_of(&newer, "main", Some("/state")), None);
    }
}
