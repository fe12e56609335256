//! The way to nodes: finding one, judging what would run there, and waiting for its answer.

use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_core::approval::{Matter, Words};
use tidegate_core::exec::{Place, Subject, check_unreserved};
use tidegate_core::node::{CallEnding, ID_BEGINNING};
use tidegate_core::run::Once;
use tidegate_core::tool::{AskedFor, NodeErrand};
use tidegate_protocol::api::commands::system::{
    SystemRun, SystemRunParams, SystemRunPrepare, SystemRunPrepareResult,
};
use tidegate_protocol::{Command, DeviceId, Scope, command};

use super::doors::EngineDoors;
use crate::nodes::{Approved, Invoke, Invoked, NodeError, NodeView};

impl EngineDoors {
    pub(super) async fn list_nodes(&self) -> Result<Value, String> {
        let list = self.views().await?;
        Ok(json!({ "nodes": list.iter().map(summary).collect::<Vec<_>>() }))
    }

    pub(super) async fn describe_node(&self, node: &str) -> Result<Value, String> {
        let view = self.find(node).await?;
        let mut told = summary(&view);
        if let Some(fields) = told.as_object_mut() {
            fields.insert("blockedCommands".into(), json!(view.blocked));
            fields.insert("caps".into(), json!(view.facts.caps));
            fields.insert("waiting".into(), json!(view.waiting));
        }
        Ok(told)
    }

    pub(super) async fn run_errand(&self, mut errand: NodeErrand) -> Result<Value, String> {
        refuse_administration(&errand.command)?;
        check_unreserved(&errand.params).map_err(|error| error.to_string())?;
        let view = self.find(&errand.node).await?;
        let node = DeviceId::new(view.id.clone());
        let approved = if errand.command == SystemRun::SPEC.name {
            Some(self.approve_run(&view, &mut errand).await?)
        } else {
            None
        };
        let ask = self.ask(&node, &errand, approved);
        answer(self.engine.nodes().invoke(ask).await)
    }

    async fn views(&self) -> Result<Vec<NodeView>, String> {
        let list = self.engine.nodes().list().await;
        list.map_err(|error| error.to_string())
    }

    /// The node of an id, of the beginning of one, or of a name that only one has.
    async fn find(&self, node: &str) -> Result<NodeView, String> {
        let mut list = self.views().await?;
        if let Some(at) = list.iter().position(|view| view.id == node) {
            return Ok(list.swap_remove(at));
        }
        let wanted = node.trim().to_lowercase();
        let begins = |view: &NodeView| node.len() >= ID_BEGINNING && view.id.starts_with(node);
        let named = |view: &NodeView| {
            let name = view.facts.display_name.as_deref();
            name.is_some_and(|name| name.trim().to_lowercase() == wanted)
        };
        list.retain(|view| begins(view) || named(view));
        match (list.pop(), list.len()) {
            (Some(view), 0) => Ok(view),
            (Some(_), more) => Err(format!(
                "{} nodes are called {node}: name one by its id",
                more + 1
            )),
            (None, _) => Err(format!("there is no node {node}: action `list` shows them")),
        }
    }

    /// A program on a node: the node says what exactly would run, and that is judged here. A node
    /// that cannot say it runs what a person allowed by its words.
    async fn approve_run(
        &self,
        view: &NodeView,
        errand: &mut NodeErrand,
    ) -> Result<Approved, String> {
        let params: SystemRunParams = serde_json::from_value(errand.params.clone())
            .map_err(|error| format!("invalid system.run params: {error}"))?;
        let prepares = view
            .commands
            .iter()
            .any(|name| name == SystemRunPrepare::SPEC.name);
        let matter = if prepares {
            let (subject, hash) = self.prepare(view, &params, &errand.asked_for).await?;
            if let Some(fields) = errand.params.as_object_mut() {
                fields.insert("subjectHash".into(), json!(hash));
            }
            Matter::Subject(Box::new(subject))
        } else {
            Matter::from(words(view, params))
        };
        // By whose rules the node judges is not the model's to say, and nothing that was not shown
        // goes along (SECURITY T49).
        if let Some(fields) = errand.params.as_object_mut() {
            fields.insert("agentId".into(), json!(errand.asked_for.agent));
            fields.insert(
                "sessionKey".into(),
                json!(errand.asked_for.session_key.as_str()),
            );
            fields.remove("rawCommand");
            fields.remove("needsScreenRecording");
        }
        let spent = self.leave(&matter, &errand.asked_for).await?;
        Ok(Approved {
            decision: spent.decision,
            run_id: spent.run_id,
            session_key: errand.asked_for.session_key.clone(),
        })
    }

    async fn prepare(
        &self,
        view: &NodeView,
        params: &SystemRunParams,
        asked_for: &AskedFor,
    ) -> Result<(Subject, String), String> {
        let errand = NodeErrand {
            node: view.id.clone(),
            command: SystemRunPrepare::SPEC.name.to_owned(),
            params: prepare_params(params),
            timeout: None,
            asked_for: asked_for.clone(),
        };
        let ask = self.ask(&DeviceId::new(view.id.clone()), &errand, None);
        let told = answer(self.engine.nodes().invoke(ask).await)?;
        let bad = || "the node did not say properly what would run there".to_owned();
        let told: SystemRunPrepareResult = serde_json::from_value(told).map_err(|_| bad())?;
        let subject: Subject = serde_json::from_value(told.subject).map_err(|_| bad())?;
        // What a person is shown must be what was asked for, on this node, and what the hash says.
        let same = subject.argv == params.command
            && subject.place == Place::Node(view.id.clone())
            && subject.hash().to_string() == told.subject_hash;
        if same {
            Ok((subject, told.subject_hash))
        } else {
            Err(bad())
        }
    }

    fn ask(&self, node: &DeviceId, errand: &NodeErrand, approved: Option<Approved>) -> Invoke {
        let asked_for = &errand.asked_for;
        let run = asked_for.run_id.as_ref();
        Invoke {
            node: node.clone(),
            command: errand.command.clone(),
            params: errand.params.clone(),
            timeout: errand.timeout,
            // Each errand is its own: a call of a tool is carried out once.
            once: Once {
                principal: run.map_or_else(|| "owner".to_owned(), |run| format!("run:{run}")),
                method: "tool",
                key: self.engine.ids().uuid(),
                params_hash: String::new(),
            },
            queue: false,
            approved,
            cancel: asked_for.stop.clone(),
        }
    }
}

fn prepare_params(params: &SystemRunParams) -> Value {
    let mut prepare = json!({ "command": params.command });
    if let Some(fields) = prepare.as_object_mut() {
        if let Some(cwd) = &params.cwd {
            fields.insert("cwd".into(), json!(cwd));
        }
        if let Some(env) = &params.env {
            fields.insert("env".into(), json!(env));
        }
    }
    prepare
}

fn words(view: &NodeView, params: SystemRunParams) -> Words {
    Words {
        command: params.command.join(" "),
        argv: Some(params.command),
        cwd: params.cwd,
        environment: params.env.unwrap_or_default(),
        host: Some("node".to_owned()),
        node_id: Some(view.id.clone()),
        ..Words::default()
    }
}

fn summary(view: &NodeView) -> Value {
    json!({
        "id": view.id,
        "name": view.facts.display_name,
        "platform": view.facts.platform,
        "connected": view.connected_at_ms.is_some(),
        "commands": view.commands,
    })
}

/// What changes the rules of a machine is for people (SECURITY T23).
fn refuse_administration(name: &str) -> Result<(), String> {
    let known = command::all().into_iter().find(|spec| spec.name == name);
    match known {
        Some(spec) if spec.scope == Scope::Admin => {
            Err(format!("{name} is for people: an agent may not use it"))
        }
        _ => Ok(()),
    }
}

/// The answer of a node, or why there is none.
fn answer(invoked: Result<Invoked, NodeError>) -> Result<Value, String> {
    let ending = match invoked {
        Ok(Invoked::Ended(ending)) => ending,
        Ok(Invoked::Waiting(_)) => return Err("the node is away".to_owned()),
        Err(NodeError::NotAllowed { reason, command }) => {
            return Err(format!("{command} may not be sent to this node: {reason}"));
        }
        Err(why) => return Err(why.to_string()),
    };
    match Arc::unwrap_or_clone(ending) {
        CallEnding::Answered { payload, .. } => Ok(payload),
        CallEnding::Failed { code, message } => {
            let code = code.unwrap_or_else(|| "FAILED".to_owned());
            let message = message.unwrap_or_else(|| "no reason was given".to_owned());
            Err(format!("the node did not do it: {code}: {message}"))
        }
        CallEnding::BadAnswer { why } => Err(format!("the node's answer is none: {why}")),
        CallEnding::NotKept => Err("it was done before, and the answer was not kept".to_owned()),
        CallEnding::TimedOut => Err("the node did not answer in time".to_owned()),
        CallEnding::Disconnected => {
            Err("the connection to the node ended: it is not known what it has done".to_owned())
        }
        CallEnding::Cancelled => Err("it was given up".to_owned()),
        CallEnding::Interrupted => {
            Err("the gateway ended meanwhile: it is not known what the node has done".to_owned())
        }
        CallEnding::Expired => Err("the node did not come back in time".to_owned()),
    }
}
