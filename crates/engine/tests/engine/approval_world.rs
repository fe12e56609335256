//! Commands that could run, and people who could decide about them.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::approval::{Approval, Matter};
use tidegate_core::channel::AccountKey;
use tidegate_core::exec::{
    ApprovalsFile, ContentHash, Decision, Directory, Input, Pinned, PinnedArgument, Place, Subject,
};
use tidegate_core::policy::Action;
use tidegate_core::tool::AskedFor;
use tidegate_core::{
    Chain, Permit, Principal, PrincipalId, Resource, ScopeSet, SessionKey, authorize,
};
use tidegate_engine::{Engine, EngineError, ExecPermit, Unapproved};
use tidegate_protocol::api::health::Health;
use tidegate_protocol::{AgentId, DeviceId, Method, Role, Scope};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// What a machine would make of these words.
pub(crate) fn subject(line: &str) -> Subject {
    let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
    let path = format!("/usr/bin/{}", argv[0]);
    Subject {
        argv,
        executable: pinned(&path, 7),
        interpreter: None,
        arguments: Vec::new(),
        cwd: Directory {
            path: "/tmp".into(),
            device: 1,
            inode: 2,
        },
        environment: BTreeMap::new(),
        input: Input::None,
        place: Place::Gateway,
        user: 1000,
    }
}

pub(crate) fn pinned(path: &str, byte: u8) -> Pinned {
    Pinned {
        path: path.into(),
        sha256: ContentHash::from_bytes([byte; 32]),
    }
}

/// With a script as its second argument.
pub(crate) fn with_script(line: &str, byte: u8) -> Subject {
    let mut subject = subject(line);
    subject.arguments.push(PinnedArgument {
        index: 1,
        file: pinned("/tmp/x.sh", byte),
        code: true,
    });
    subject
}

pub(crate) fn command(line: &str) -> Matter {
    Matter::from(subject(line))
}

/// The main agent asks, without a run.
pub(crate) fn context() -> AskedFor {
    for_agent("main")
}

pub(crate) fn for_agent(agent: &str) -> AskedFor {
    AskedFor {
        agent: AgentId::new(agent),
        session_key: SessionKey::stored(format!("agent:{agent}:main")),
        run_id: None,
        stop: CancellationToken::new(),
    }
}

/// Somebody with these scopes, who may at least look.
pub(crate) fn who(id: PrincipalId, scopes: impl IntoIterator<Item = Scope>) -> Permit {
    let scopes: ScopeSet = scopes.into_iter().chain([Scope::Read]).collect();
    let principal = Principal {
        id,
        role: Role::Operator,
        scopes,
    };
    let looks = Action::Call(&Health::SPEC);
    authorize(&Chain::of(principal), looks, &Resource::Gateway).unwrap()
}

pub(crate) fn owner() -> Permit {
    who(PrincipalId::Owner, [Scope::Approvals])
}

pub(crate) fn device(name: &str) -> PrincipalId {
    PrincipalId::Device(DeviceId::new(name))
}

pub(crate) fn sender(id: &str) -> PrincipalId {
    PrincipalId::Sender {
        account: AccountKey::new("fake", "default"),
        id: id.into(),
    }
}

/// Somebody who asks for leave; dropped, it does not want to know any more.
pub(crate) struct Asking(JoinSet<Result<ExecPermit, Unapproved>>);

impl Asking {
    pub(crate) async fn answer(mut self) -> Result<ExecPermit, Unapproved> {
        self.0.join_next().await.unwrap().unwrap()
    }
}

/// Asks for leave in a task.
pub(crate) fn asking(engine: &Engine, matter: Matter, asked_for: AskedFor) -> Asking {
    let engine = engine.clone();
    let mut task = JoinSet::new();
    task.spawn(async move { engine.approvals().permit(&matter, &asked_for).await });
    Asking(task)
}

/// The one question that waits.
pub(crate) async fn the_one(engine: &Engine) -> Approval {
    for _ in 0..100 {
        let mut open = engine.approvals().open().await.unwrap();
        assert!(open.len() < 2, "{open:?}");
        if let Some(one) = open.pop() {
            return one;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("nothing waits");
}

/// The owner decides about the one question that waits.
pub(crate) async fn decide(engine: &Engine, decision: Decision) -> Result<Approval, EngineError> {
    let id = the_one(engine).await.id;
    resolve(engine, &id, decision).await
}

/// The owner decides about the question of this name.
pub(crate) async fn resolve(
    engine: &Engine,
    id: &str,
    decision: Decision,
) -> Result<Approval, EngineError> {
    let (approvals, owner) = (engine.approvals(), owner());
    approvals.resolve(&owner, None, id, decision).await
}

/// Sets the rules, whatever they are.
pub(crate) async fn set_rules(engine: &Engine, rules: serde_json::Value) {
    let file: ApprovalsFile = serde_json::from_value(rules).unwrap();
    let there = engine.approvals().rules().await.unwrap();
    let approvals = engine.approvals();
    approvals.set_rules(file, Some(&there.hash)).await.unwrap();
}
