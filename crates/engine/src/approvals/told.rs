//! A question for the eyes of whoever may decide: everything that counts, nothing hidden.

use tidegate_core::approval::{Approval, Ending, Matter, Outcome, Question, Words};
use tidegate_core::exec::{self, Place, Subject, visible, visible_word};
use tidegate_protocol::Nullable;
use tidegate_protocol::api::approvals::{
    ExecApprovalAsked, ExecApprovalLine, ExecApprovalMatter, ExecApprovalOutcome,
    ExecApprovalRequested, ExecApprovalResolved, ExecApprovalResolvedEvent,
};

use super::desk::Approvals;

impl Approvals<'_> {
    pub(super) fn tell_asked(&self, approval: &Approval) {
        let events = &self.engine.inner().events;
        events.publish::<ExecApprovalRequested>(&asked(approval));
    }

    pub(super) fn tell_ended(&self, approval: &Approval) {
        let Some(ending) = &approval.ending else {
            return;
        };
        let events = &self.engine.inner().events;
        events.publish::<ExecApprovalResolvedEvent>(&resolved(approval, ending));
    }
}

/// A question as the wire tells it.
pub fn asked(approval: &Approval) -> ExecApprovalAsked {
    let question = &approval.question;
    let mut request = match &question.matter {
        Matter::Subject(subject) => of_subject(subject),
        Matter::Words(words) => of_words(words),
    };
    request.agent_id = Nullable(question.agent.as_ref().map(|agent| shown(agent.as_str())));
    request.session_key = Nullable(question.session_key.as_deref().map(shown));
    request.run_id = question.run_id.as_ref().map(ToString::to_string);
    request.why.clone_from(&question.why);
    request.allowed_decisions = allowed_decisions(question);
    ExecApprovalAsked {
        id: approval.id.clone(),
        request,
        created_at_ms: approval.asked_at_ms,
        expires_at_ms: approval.expires_at_ms,
    }
}

/// The word of an end on the wire.
pub const fn outcome(outcome: Outcome) -> ExecApprovalOutcome {
    match outcome {
        Outcome::AllowOnce => ExecApprovalOutcome::AllowOnce,
        Outcome::AllowAlways => ExecApprovalOutcome::AllowAlways,
        Outcome::Deny => ExecApprovalOutcome::Deny,
        Outcome::Expired => ExecApprovalOutcome::Expired,
        Outcome::Withdrawn => ExecApprovalOutcome::Withdrawn,
    }
}

/// How much there is to show, in bytes.
pub(super) fn shown_bytes(question: &Question) -> usize {
    lines(question).iter().map(|line| line.text.len()).sum()
}

/// Everything that a decision covers.
pub(super) fn lines(question: &Question) -> Vec<ExecApprovalLine> {
    match &question.matter {
        Matter::Subject(subject) => lines_of_subject(subject),
        Matter::Words(words) => lines_of_words(words),
    }
}

fn allowed_decisions(question: &Question) -> Vec<String> {
    let remembered = question.can_be_remembered().is_ok();
    let all = [Outcome::AllowOnce, Outcome::AllowAlways, Outcome::Deny];
    let can = |one: &Outcome| remembered || *one != Outcome::AllowAlways;
    let words = all.into_iter().filter(can);
    words.map(|one| one.as_str().to_owned()).collect()
}

fn resolved(approval: &Approval, ending: &Ending) -> ExecApprovalResolved {
    let decided = ending.outcome.decision().is_some();
    ExecApprovalResolved {
        id: approval.id.clone(),
        decision: Nullable(decided.then(|| ending.outcome.as_str().to_owned())),
        resolved_by: Nullable(ending.by.clone()),
        ts: ending.at_ms,
        outcome: outcome(ending.outcome),
        agent_id: approval.question.agent.clone(),
        session_key: approval.question.session_key.clone(),
    }
}

fn of_subject(subject: &Subject) -> ExecApprovalMatter {
    let (host, node_id) = match &subject.place {
        Place::Gateway => ("gateway", None),
        Place::Node(id) => ("node", Some(shown(id))),
    };
    ExecApprovalMatter {
        command: one_line(&subject.argv),
        cwd: Nullable(Some(shown(&subject.cwd.path))),
        host: Nullable(Some(host.to_owned())),
        resolved_path: Nullable(Some(shown(&subject.executable.path))),
        node_id,
        argv: Some(subject.argv.iter().map(|word| shown(word)).collect()),
        lines: lines_of_subject(subject),
        subject_hash: Some(subject.hash().to_string()),
        ..nothing()
    }
}

fn of_words(words: &Words) -> ExecApprovalMatter {
    let text = |text: &Option<String>| Nullable(text.as_deref().map(shown));
    ExecApprovalMatter {
        command: shown(&words.command),
        cwd: text(&words.cwd),
        host: text(&words.host),
        security: text(&words.security),
        ask: text(&words.ask),
        resolved_path: text(&words.resolved_path),
        node_id: words.node_id.as_deref().map(shown),
        argv: words
            .argv
            .as_ref()
            .map(|argv| argv.iter().map(|word| shown(word)).collect()),
        lines: lines_of_words(words),
        ..nothing()
    }
}

fn nothing() -> ExecApprovalMatter {
    ExecApprovalMatter {
        command: String::new(),
        cwd: Nullable(None),
        host: Nullable(None),
        security: Nullable(None),
        ask: Nullable(None),
        agent_id: Nullable(None),
        resolved_path: Nullable(None),
        session_key: Nullable(None),
        node_id: None,
        run_id: None,
        argv: None,
        lines: Vec::new(),
        subject_hash: None,
        allowed_decisions: Vec::new(),
        why: None,
    }
}

fn lines_of_subject(subject: &Subject) -> Vec<ExecApprovalLine> {
    let lines = exec::describe(subject).into_iter();
    lines.map(|one| line(one.label, one.text)).collect()
}

fn lines_of_words(words: &Words) -> Vec<ExecApprovalLine> {
    let mut lines = vec![line("command", shown(&words.command))];
    lines.extend(
        words
            .argv
            .as_ref()
            .map(|argv| line("arguments", one_line(argv))),
    );
    lines.extend(words.cwd.as_ref().map(|cwd| line("in", visible_word(cwd))));
    for (name, value) in &words.environment {
        let text = format!("{}={}", shown(name), visible_word(value));
        lines.push(line("with variable", text));
    }
    let path = words.resolved_path.as_ref();
    lines.extend(path.map(|path| line("program", visible_word(path))));
    let place = words.node_id.as_ref().or(words.host.as_ref());
    lines.extend(place.map(|place| line("on", visible_word(place))));
    lines
}

fn line(label: &str, text: String) -> ExecApprovalLine {
    ExecApprovalLine {
        label: label.to_owned(),
        text,
    }
}

fn one_line(argv: &[String]) -> String {
    let words: Vec<String> = argv.iter().map(|word| visible_word(word)).collect();
    words.join(" ")
}

fn shown(text: &str) -> String {
    visible(text).text
}
