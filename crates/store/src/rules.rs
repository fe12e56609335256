//! What both stores hold to.

use tidegate_core::ScopeSet;
use tidegate_core::approval::{Approval, Ending};
use tidegate_core::run::{RunEnd, RunRequest, RunStatus};
use tidegate_core::store::{
    Arrivals, Deed, DeviceGrant, InboxState, NewOutbound, NewToken, PairRequest, RecoveryNote,
    SettingsPatch, Trust, TrustChange,
};
use tidegate_core::transcript::{
    NewMessage, Speaker, StopReason, ToolCallPart, ToolResultPart, Usage,
};
use tidegate_protocol::{Patch, RunId};

/// How many characters of a message a list of sessions shows.
const EXCERPT_CHARS: usize = 256;

/// The beginning of a text for a list; none if it says nothing.
pub(crate) fn excerpt(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.chars().take(EXCERPT_CHARS).collect())
}

/// Whether a session says of its last run that it was cut short.
pub(crate) const fn cut_short(status: RunStatus) -> bool {
    matches!(status, RunStatus::Aborted | RunStatus::Interrupted)
}

/// The tokens that the end of a turn tells: none of a turn that never worked, and none of one
/// that no model answered.
pub(crate) fn tokens(end: &RunEnd, worked: bool) -> Option<Usage> {
    (worked && end.usage.total() > 0).then_some(end.usage)
}

/// Whether a decision comes when its question has expired. Other ends are never late.
pub(crate) const fn is_late(asked: &Approval, ending: &Ending) -> bool {
    ending.outcome.decision().is_some() && ending.at_ms >= asked.expires_at_ms
}

/// Whether a patch would change who asked for the session, which is written once.
pub(crate) fn moves_parent(patch: &SettingsPatch, stored: Option<&str>) -> bool {
    match (&patch.spawned_by, stored) {
        (Patch::Keep, _) | (_, None) => false,
        (Patch::Clear, Some(_)) => true,
        (Patch::Set(wanted), Some(stored)) => wanted != stored,
    }
}

/// The user's words of a run that ended before it began: they belong into the transcript too.
pub(crate) fn unheard(run: &RunId, request: &RunRequest, accepted_at_ms: u64) -> NewMessage {
    NewMessage::user(
        format!("{run}:user"),
        request.message.clone(),
        accepted_at_ms,
        run.clone(),
    )
}

/// The message that ends an interrupted turn.
pub(crate) fn interrupted(run: &RunId, note: &RecoveryNote, at_ms: u64) -> NewMessage {
    NewMessage {
        id: format!("{run}:interrupted"),
        speaker: Speaker::Assistant,
        parts: Vec::new(),
        at_ms,
        run_id: Some(run.clone()),
        maker: None,
        usage: Some(Usage::default()),
        stop: Some(StopReason::Interrupted),
        error: Some(note.error.clone()),
    }
}

/// The message that ends a call of a tool whose turn is over.
pub(crate) fn interrupted_call(run: &RunId, call: &ToolCallPart, at_ms: u64) -> NewMessage {
    NewMessage::tool_result(
        format!("{run}:{}:interrupted", call.id),
        ToolResultPart::interrupted(call),
        at_ms,
        run.clone(),
    )
}

/// The end of an interrupted run.
pub(crate) fn interrupted_end(note: &RecoveryNote) -> RunEnd {
    RunEnd {
        status: RunStatus::Interrupted,
        text: String::new(),
        error: Some(note.error.clone()),
        failure: None,
        maker: None,
        usage: Usage::default(),
    }
}

/// How the events end that asked for a run: an answer is words, or anything else that goes out
/// because the run went well.
pub(crate) fn inbox_end(end: &RunEnd, goes_out: bool) -> InboxState {
    let said = !end.text.trim().is_empty() || goes_out;
    match (end.status, said) {
        (RunStatus::Ok, true) => InboxState::Answered,
        (RunStatus::Ok, false) => InboxState::AnsweredEmpty,
        (RunStatus::Error | RunStatus::Aborted | RunStatus::Interrupted, _) => {
            InboxState::FailedWithNotice
        }
    }
}

/// What is wrong with parts to send, if something is.
pub(crate) fn fault_of_parts(parts: &[NewOutbound]) -> Option<&'static str> {
    parts
        .iter()
        .any(|part| part.part >= part.parts)
        .then_some("a part has no place in its group")
}

/// The group of a request to send, or what is wrong with it.
pub(crate) fn group_of(parts: &[NewOutbound]) -> Result<&NewOutbound, &'static str> {
    let first = parts.first().ok_or("there is nothing to send")?;
    if parts.iter().any(|part| part.group != first.group) {
        return Err("the parts belong to several groups");
    }
    Ok(first)
}

/// What is wrong with events, if something is.
pub(crate) fn fault_of_arrivals(arrivals: &Arrivals) -> Option<&'static str> {
    arrivals.list.iter().find_map(|arrival| {
        if arrival.target.account != arrivals.account {
            return Some("an event is of another account");
        }
        match &arrival.deed {
            Deed::Answer {
                ends: InboxState::Accepted,
                ..
            } => Some("an event that nobody is asked about must end"),
            Deed::Answer { outbound, .. } if outbound.is_empty() => None,
            Deed::Answer { outbound, .. } => fault_of_parts(outbound).or(group_of(outbound).err()),
            Deed::Ask(_) => None,
        }
    })
}

/// Whether two requests of one device ask for the same: what a person would approve. What the
/// device calls itself does not count, and stays as it was shown.
pub(crate) fn asks_the_same(stored: &PairRequest, request: &PairRequest) -> bool {
    stored.public_key == request.public_key
        && stored.role == request.role
        && stored.scopes == request.scopes
        && stored.offer == request.offer
}

/// Whether a device gets more than it had.
pub(crate) fn widens(before: Option<&DeviceGrant>, after: &DeviceGrant) -> bool {
    let offers_more = |before: &DeviceGrant| match (&before.offer, &after.offer) {
        (Some(before), Some(after)) => !after.is_within(before),
        _ => false,
    };
    before.is_none_or(|before| !after.scopes.is_subset(before.scopes) || offers_more(before))
}

/// What a device may do after its request was approved. What it has stays, unless that was taken
/// back; a live token stays too, and can what was asked for.
pub(crate) fn approved(
    before: Option<DeviceGrant>,
    request: &PairRequest,
    token: NewToken,
) -> DeviceGrant {
    let fresh = |scopes: ScopeSet, granted_at_ms| DeviceGrant {
        role: request.role,
        scopes,
        token: token.hash,
        token_scopes: request.scopes,
        granted_at_ms,
        issued_at_ms: token.issued_at_ms,
        revoked_at_ms: None,
        expires_at_ms: token.expires_at_ms,
        used_at_ms: None,
        used_from: None,
        offer: request.offer.clone(),
    };
    match before {
        None => fresh(request.scopes, token.issued_at_ms),
        Some(before) if before.revoked_at_ms.is_some() => {
            fresh(request.scopes, before.granted_at_ms)
        }
        Some(before) if before.is_live(token.issued_at_ms) => DeviceGrant {
            scopes: before.scopes.union(request.scopes),
            token_scopes: before.token_scopes.union(request.scopes),
            offer: request.offer.clone(),
            ..before
        },
        Some(before) => fresh(before.scopes.union(request.scopes), before.granted_at_ms),
    }
}

/// What is kept of the trust in a device that is forgotten: it ends, and should the device come
/// back, it begins anew.
pub(crate) fn trust_ends(trust: Trust, by: &str, at_ms: u64) -> Option<TrustChange> {
    (trust != Trust::default()).then(|| TrustChange {
        from: trust,
        to: Trust::default(),
        by: by.to_owned(),
        at_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_counts_characters_and_leaves_blanks_out() {
        assert_eq!(excerpt(" \n"), None);
        assert_eq!(excerpt(" hi "), Some("hi".into()));
        assert_eq!(excerpt(&"ä".repeat(300)).unwrap().chars().count(), 256);
    }
}
