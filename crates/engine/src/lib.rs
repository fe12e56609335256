//! The work of the gateway: accepting messages, running agents one turn at a time per session,
//! and keeping presence and health. No socket and no SQL is known here; state comes through the
//! ports of `tidegate-core`, and what happens is told through `Events`.

mod approvals;
mod channels;
mod commands;
mod delivery;
mod error;
mod files;
mod health;
mod heard;
mod identity;
mod inbound;
mod lanes;
mod live;
mod nodes;
mod pairing;
mod presence;
mod prune;
mod runs;
mod sessions;
mod shown;
mod speech;
mod tools;
mod turn;
mod waiting_lines;
mod workspace;

use std::sync::{Arc, OnceLock};

use tidegate_core::agents::Agents;
use tidegate_core::node::NodeRules;
use tidegate_core::store::{
    ApprovalStore, DeviceStore, InboxStore, NodeStore, OutboxStore, RunStore, SenderStore,
    SessionStore,
};
use tidegate_core::tool::Tool;
use tidegate_core::{Clock, Events, IdGen, LiveConnections};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use approvals::{
    ASK_DEFAULT, ASK_MAX, Approvals, Asked, ClientQuestion, EndedPage, ExecPermit, NotSpent,
    OPEN_MAX, OPEN_MAX_OF_ONE, PERMIT_TTL, RulesView, SHOWN_MAX_BYTES, SHOWN_MAX_BYTES_OPEN, Spent,
    Unapproved, asked, outcome,
};
pub use channels::{
    AccountFacts, AccountSettings, AccountStatus, AccountTally, LoggedOut, NetworkSettings, Probed,
    StateChange,
};
pub use delivery::{
    AckReaction, AckScope, Draft, Letter, Lot, OutboxQuery, Said, SendTo, Sending, SentTo, Typing,
    shows_code,
};
pub use error::EngineError;
pub use health::{HealthFacts, HealthSnapshot};
pub use inbound::PAIRING_TTL_MS;
pub use nodes::{
    Approved, DEFAULT_TIMEOUT, Happening, Heard, Invoke, Invoked, LONGEST_TIMEOUT, LiveNode,
    NodeAnswer, NodeError, NodeGuard, NodeTally, NodeView, Nodes, PARAMS_BYTES, RESULT_BYTES,
    WAIT_MS,
};
pub use pairing::{
    Admission, CodeGrant, DeviceClaim, Devices, Joined, OtherRole, Refusal, Rotated, SetupCode,
    Upgrade, UpgradeOutcome, Waiting,
};
pub use presence::{Beacon, PresenceGuard, Presences};
pub use runs::{AbortOutcome, RunAsk, RunTicket, Sent};
pub use sessions::{HistoryView, QueuedView};
pub use tools::{Invoked as ToolInvoked, NotInvoked, ToolAsk};

/// Time for interrupted turns to store their end: the runner's grace and a second for the disk.
const INTERRUPT_TIME: std::time::Duration =
    turn::STOP_GRACE.saturating_add(std::time::Duration::from_secs(1));

/// Time for the last answers to go out, and a second for the disk.
const DELIVERY_TIME: std::time::Duration =
    delivery::CLOSING_TIME.saturating_add(std::time::Duration::from_secs(1));

/// What the engine is made of.
pub struct EngineParts {
    /// Sessions and transcripts.
    pub sessions: Arc<dyn SessionStore>,
    /// Runs.
    pub runs: Arc<dyn RunStore>,
    /// Devices.
    pub devices: Arc<dyn DeviceStore>,
    /// What arrived from chat networks.
    pub inbox: Arc<dyn InboxStore>,
    /// What goes out to them.
    pub outbox: Arc<dyn OutboxStore>,
    /// People there who were let in.
    pub senders: Arc<dyn SenderStore>,
    /// Commands that wait for a person, and the rules about them.
    pub approvals: Arc<dyn ApprovalStore>,
    /// Commands of nodes, and names of nodes.
    pub nodes: Arc<dyn NodeStore>,
    /// Which commands nodes may be sent.
    pub node_rules: NodeRules,
    /// Where events go.
    pub events: Events,
    /// Who is connected.
    pub connections: Arc<dyn LiveConnections>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Names.
    pub ids: Arc<dyn IdGen>,
    /// Agents, runners and limits.
    pub agents: Arc<Agents>,
    /// Chat networks.
    pub networks: NetworkSettings,
    /// What presence and health say about this machine.
    pub facts: HealthFacts,
}

/// The façade that the edge calls. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) sessions: Arc<dyn SessionStore>,
    pub(crate) runs: Arc<dyn RunStore>,
    pub(crate) devices: Arc<dyn DeviceStore>,
    pub(crate) inbox: Arc<dyn InboxStore>,
    pub(crate) outbox: Arc<dyn OutboxStore>,
    pub(crate) senders: Arc<dyn SenderStore>,
    pub(crate) approvals: Arc<dyn ApprovalStore>,
    pub(crate) approval_desk: approvals::Desk,
    pub(crate) node_store: Arc<dyn NodeStore>,
    pub(crate) nodes: Arc<nodes::Directory>,
    pub(crate) accounts: channels::Accounts,
    pub(crate) refusals: inbound::Refusals,
    pub(crate) turnstiles: delivery::Turnstiles,
    pub(crate) events: Events,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGen>,
    pub(crate) agents: Arc<Agents>,
    /// What agents can do; set once, before the start.
    pub(crate) tools: OnceLock<Vec<Arc<dyn Tool>>>,
    pub(crate) lanes: lanes::Lanes,
    pub(crate) live: live::LiveRuns,
    pub(crate) presence: Arc<presence::Presences>,
    pub(crate) health: health::Health,
    pub(crate) pairing: pairing::Pairing,
    /// What happened on this machine, for the system prompt.
    pub(crate) system_events: waiting_lines::WaitingLines,
    /// What people on networks did beside writing, for the users' words.
    pub(crate) reactions: waiting_lines::WaitingLines,
    /// Who reads what agents are told from their folders.
    pub(crate) readers: workspace::Readers,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
    /// What sends; it ends after everything that may have something to send.
    pub(crate) deliveries: TaskTracker,
    pub(crate) deliveries_over: CancellationToken,
}

impl Engine {
    /// Puts the parts together. Nothing runs before [`Engine::start`].
    pub fn new(parts: EngineParts) -> Self {
        let presence = Arc::new(presence::Presences::new(
            Arc::clone(&parts.clock),
            &parts.facts,
        ));
        let lanes = lanes::Lanes::new(parts.agents.limits.concurrent);
        let live = live::LiveRuns::default();
        let health = health::Health::new(parts.facts);
        let pairing = pairing::Pairing::new(&parts.clock, parts.connections);
        let accounts = channels::Accounts::new(parts.networks, &parts.clock);
        Self {
            inner: Arc::new(Inner {
                sessions: parts.sessions,
                runs: parts.runs,
                devices: parts.devices,
                inbox: parts.inbox,
                outbox: parts.outbox,
                senders: parts.senders,
                approvals: parts.approvals,
                approval_desk: approvals::Desk::default(),
                node_store: parts.nodes,
                nodes: nodes::Directory::new(parts.node_rules),
                accounts,
                refusals: inbound::Refusals::default(),
                turnstiles: delivery::Turnstiles::default(),
                events: parts.events,
                clock: parts.clock,
                ids: parts.ids,
                agents: parts.agents,
                tools: OnceLock::new(),
                lanes,
                live,
                presence,
                health,
                pairing,
                system_events: waiting_lines::WaitingLines::default(),
                reactions: waiting_lines::WaitingLines::default(),
                readers: workspace::Readers::default(),
                tasks: TaskTracker::new(),
                stop: CancellationToken::new(),
                deliveries: TaskTracker::new(),
                deliveries_over: CancellationToken::new(),
            }),
        }
    }

    /// Takes up what the last life left behind, then keeps presence and health until
    /// [`Engine::drain`].
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn start(&self) -> Result<(), EngineError> {
        self.forget_halves().await;
        self.approvals().expire_old_life().await?;
        self.nodes().recover().await?;
        self.recover().await?;
        self.start_accounts().await?;
        self.start_deliveries();
        self.refresh_health().await;
        let keepers = [
            self.inner.tasks.spawn(presence::keep(self.clone())),
            self.inner.tasks.spawn(health::keep(self.clone())),
            self.inner.tasks.spawn(prune::keep_pruned(self.clone())),
            self.inner.tasks.spawn(pairing::keep_uses(self.clone())),
        ];
        drop(keepers);
        Ok(())
    }

    /// Stops taking messages and runs, waits for the runs at work until the deadline, then
    /// interrupts the rest: their turns are ended as interrupted in the transcript. Last of all,
    /// answers to chat networks go out.
    pub async fn drain(&self, deadline: std::time::Duration) {
        self.inner.lanes.close();
        self.inner.stop.cancel();
        self.inner.tasks.close();
        if tokio::time::timeout(deadline, self.inner.tasks.wait())
            .await
            .is_err()
        {
            self.inner.live.interrupt_all();
            self.inner.nodes.interrupt_all();
            let _ = tokio::time::timeout(INTERRUPT_TIME, self.inner.tasks.wait()).await;
        }
        self.inner.deliveries_over.cancel();
        self.inner.deliveries.close();
        let sent = self.inner.deliveries.wait();
        let _ = tokio::time::timeout(DELIVERY_TIME, sent).await;
    }

    /// The agents, their runners and limits.
    pub fn agents(&self) -> &Agents {
        &self.inner.agents
    }

    /// Who is connected.
    pub fn presence(&self) -> &Arc<Presences> {
        &self.inner.presence
    }

    /// Unix time in milliseconds.
    pub fn now_ms(&self) -> u64 {
        self.inner.clock.now_ms()
    }

    /// The source of names.
    pub fn ids(&self) -> &dyn IdGen {
        &*self.inner.ids
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}
