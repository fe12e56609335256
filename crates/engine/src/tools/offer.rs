//! Who is offered which tool, and calls by a person.

use std::sync::Arc;

use serde_json::{Map, Value};
use tidegate_core::agents::Agent;
use tidegate_core::run::Run;
use tidegate_core::tool::{NoTools, Tool, ToolBox, ToolCall, ToolOutcome, ToolProgress};
use tidegate_core::{Permit, SessionKey};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::doors::EngineDoors;
use super::news::{NEWS, ToolNews};
use super::turn_box::TurnBox;
use crate::live::LiveRun;
use crate::pairing::Askers;
use crate::{Engine, EngineError};

/// The tools of one turn, and what happens to their calls.
pub(crate) struct Offered {
    pub(crate) tools: Arc<dyn ToolBox>,
    pub(crate) news: mpsc::Receiver<ToolNews>,
}

/// A call of a tool by a person.
#[derive(Debug, Clone)]
pub struct ToolAsk {
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// In whose name: the session's agent, with its rules and its processes.
    pub session_key: SessionKey,
    /// Whether it is only to be said whether there is such a tool.
    pub dry_run: bool,
    /// Cancelled when nobody waits for it any more.
    pub stop: CancellationToken,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invoked {
    /// It was carried out.
    Outcome(ToolOutcome),
    /// There is such a tool; nothing was done.
    WouldCall,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum NotInvoked {
    /// There is no such tool.
    #[error("Tool not available: {0}")]
    NoSuchTool(String),
    /// The session's agent is not known.
    #[error("{0}")]
    NoAgent(String),
}

impl Engine {
    /// Gives the agents these tools, once, before [`Engine::start`].
    ///
    /// # Errors
    /// They have tools already.
    pub fn give_tools(&self, tools: Vec<Arc<dyn Tool>>) -> Result<(), EngineError> {
        let given = self.inner().tools.set(tools);
        given.map_err(|_| EngineError::invalid("the agents have tools already"))
    }

    fn all_tools(&self) -> &[Arc<dyn Tool>] {
        self.inner().tools.get().map_or(&[], Vec::as_slice)
    }

    /// Ends what the tools still do for a session that is over.
    pub(crate) fn end_work_of(&self, session: &SessionKey) {
        for tool in self.all_tools() {
            tool.session_over(session);
        }
    }

    /// The tools of a turn. They reach machines, so everyone whose words it answers must have the
    /// right to administer: a turn has no more rights than the least of those who caused it
    /// (SECURITY T23).
    pub(crate) async fn tools_of(
        &self,
        runs: &[Run],
        lead: &Run,
        agent: &Agent,
        live: &Arc<LiveRun>,
    ) -> Offered {
        let (told, news) = mpsc::channel(NEWS);
        let none = Arc::new(NoTools);
        let Some(askers) = Askers::of(runs) else {
            return Offered { tools: none, news };
        };
        let tools = self.all_tools();
        if tools.is_empty() || !self.may_use_tools(&askers).await {
            return Offered { tools: none, news };
        }
        let doors = EngineDoors {
            engine: self.clone(),
            live: Some(Arc::clone(live)),
            askers,
        };
        let tools = TurnBox::new(doors, lead.id.clone(), agent, live, tools, told);
        Offered {
            tools: Arc::new(tools),
            news,
        }
    }

    /// Calls a tool for a person who may use tools. What it does to machines passes the same rules and the same
    /// approvals as an agent's call.
    ///
    /// # Errors
    /// There is no such tool or no such agent.
    pub async fn invoke_tool(&self, _permit: &Permit, ask: ToolAsk) -> Result<Invoked, NotInvoked> {
        let tool = self
            .all_tools()
            .iter()
            .find(|tool| tool.spec().name == ask.name);
        let Some(tool) = tool else {
            return Err(NotInvoked::NoSuchTool(ask.name));
        };
        let agent = self
            .agent_of(&ask.session_key)
            .map_err(NotInvoked::NoAgent)?;
        if ask.dry_run {
            return Ok(Invoked::WouldCall);
        }
        let call = ToolCall {
            id: self.inner().ids.uuid(),
            run_id: None,
            agent: agent.id.clone(),
            home: agent
                .workspace
                .as_ref()
                .map(|workspace| workspace.dir().to_owned()),
            session_key: ask.session_key,
            arguments: ask.arguments,
            stop: ask.stop,
            progress: ToolProgress::default(),
            doors: Arc::new(EngineDoors {
                engine: self.clone(),
                live: None,
                askers: Askers::default(),
            }),
        };
        Ok(Invoked::Outcome(tool.call(call).await.bounded()))
    }
}
