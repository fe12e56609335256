//! Values for lives.

use tidegate_core::run::{NewRun, Once, RunEnd, RunRequest, RunStatus};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{Finish, RecoveryNote};
use tidegate_core::transcript::{NewMessage, Usage};
use tidegate_protocol::RunId;

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::stored(format!("agent:main:{name}"))
}

pub(crate) fn once(key: &str) -> Once {
    Once {
        principal: "owner".into(),
        method: "agent",
        key: key.into(),
        params_hash: "h".into(),
    }
}

pub(crate) fn new_run(name: &str) -> NewRun {
    NewRun {
        run_id: RunId::new(name),
        spare_run_id: RunId::new(format!("{name}-spare")),
        once: once(name),
        session_key: key("a"),
        new_session_id: "a-id".into(),
        request: RunRequest {
            message: format!("say {name}"),
            echo_key: "a".into(),
            thinking: None,
            extra_system_prompt: None,
            timeout_ms: None,
            may_administer: true,
            by: None,
            label: None,
            origin: None,
            deliver_to: None,
            media: Vec::new(),
        },
        room: true,
        renews: false,
        at_ms: 1,
    }
}

pub(crate) fn user(run: &str) -> (RunId, NewMessage) {
    let id = RunId::new(run);
    (
        id.clone(),
        NewMessage::user(format!("{run}-user"), format!("say {run}"), 2, id),
    )
}

pub(crate) fn finish(runs: &[&str], status: RunStatus, text: &str) -> Finish {
    let ids: Vec<_> = runs.iter().map(|run| RunId::new(*run)).collect();
    let message = || {
        NewMessage::injected(
            format!("{}-answer", runs[0]),
            text.into(),
            3,
            ids.first().cloned(),
        )
    };
    Finish {
        message: (!text.is_empty()).then(message),
        runs: ids,
        end: RunEnd {
            status,
            text: text.into(),
            error: None,
            failure: None,
            maker: None,
            usage: Usage::default(),
        },
        outbound: Vec::new(),
        at_ms: 3,
    }
}

pub(crate) fn note() -> RecoveryNote {
    RecoveryNote {
        error: "interrupted".into(),
        outbound: |_, _| Vec::new(),
    }
}
