//! A question in the owner's chats, with buttons, and the decision that comes back from there.

use std::fmt::Write;

use tidegate_core::approval::{Approval, Outcome};
use tidegate_core::channel::{Button, PeerKind, Target};
use tidegate_core::policy::Action;
use tidegate_core::text::label_name;
use tidegate_core::{Chain, Resource, authorize};
use tidegate_protocol::api::approvals::ExecApprovalResolve;
use tidegate_protocol::{ConnId, Method};

use super::desk::Approvals;
use super::told;
use super::word::{APPROVE, ApprovalWord, Misspelt, approval_word};
use crate::EngineError;
use crate::delivery::Poster;

impl Approvals<'_> {
    /// Asks where notices go, and where the owner asked from. A network that cannot show all of it
    /// in one message shows that something waits, and nothing to press.
    pub(super) async fn tell_chats(&self, approval: &Approval) {
        for target in self.chats(approval).await {
            let poster = Poster {
                target,
                whole: text(approval),
                buttons: buttons(approval),
                else_text: too_long(approval),
                expires_at_ms: approval.expires_at_ms,
            };
            self.engine.post_question(poster).await;
        }
    }

    async fn chats(&self, approval: &Approval) -> Vec<Target> {
        let mut chats = self.engine.inner().accounts.notices.clone();
        let asked_from = self.asked_from(approval).await;
        if let Some(target) = asked_from.filter(|target| !chats.contains(target)) {
            chats.push(target);
        }
        chats
    }

    /// The direct chat from which the owner caused the run.
    async fn asked_from(&self, approval: &Approval) -> Option<Target> {
        let id = approval.question.run_id.as_ref()?;
        let run = match self.engine.run(id).await {
            Ok(run) => run?,
            Err(error) => {
                tracing::warn!(error = %error, "where a command was asked for could not be read");
                return None;
            }
        };
        let target = run.request.origin?.target;
        let owners = run.request.may_administer && target.peer.kind == PeerKind::Direct;
        owners.then_some(target)
    }

    /// Does what a message in a chat says, if it is `/approve ID DECISION`; gives what the chat is
    /// told. `None` if the message says something else.
    ///
    /// # Errors
    /// The store failed.
    pub async fn by_word(
        &self,
        sender: &Chain,
        connection: Option<&ConnId>,
        message: &str,
    ) -> Result<Option<String>, EngineError> {
        let Some(word) = approval_word(message) else {
            return Ok(None);
        };
        let said = self.decide_by_word(sender, connection, word).await?;
        Ok(Some(said))
    }

    async fn decide_by_word(
        &self,
        sender: &Chain,
        connection: Option<&ConnId>,
        word: Result<ApprovalWord, Misspelt>,
    ) -> Result<String, EngineError> {
        let action = Action::Call(&ExecApprovalResolve::SPEC);
        let Ok(permit) = authorize(sender, action, &Resource::Gateway) else {
            return Ok("Only the owner decides about commands.".to_owned());
        };
        let word = match word {
            Ok(word) => word,
            Err(misspelt) => return Ok(misspelt.to_string()),
        };
        let decided = self
            .resolve(&permit, connection, &word.id, word.decision)
            .await;
        Ok(match decided {
            Ok(_) => said(Outcome::from(word.decision)).to_owned(),
            Err(EngineError::Store(error)) => return Err(error.into()),
            Err(why) => format!("Nothing was decided: {why}."),
        })
    }
}

const fn said(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::AllowOnce => "Allowed once.",
        Outcome::AllowAlways => "Allowed, now and always exactly so.",
        Outcome::Deny | Outcome::Expired | Outcome::Withdrawn => "Denied.",
    }
}

fn head(approval: &Approval) -> String {
    let agent = approval.question.agent.as_ref();
    let whose = agent.map_or_else(String::new, |agent| {
        format!(" of agent {}", label_name(agent.as_str()))
    });
    format!("**A command{whose} waits for your decision.**")
}

/// The question whole. Each line begins with its label, so no text of a command can end the block
/// that it stands in.
fn text(approval: &Approval) -> String {
    let mut text = head(approval);
    if let Some(why) = &approval.question.why {
        let _ = write!(text, " It is asked about since {why}.");
    }
    text.push_str("\n\n```\n");
    for line in told::lines(&approval.question) {
        // Not every network takes a fence inside a block for a part of it.
        let shown = line.text.replace("```", "\\u{60}\\u{60}\\u{60}");
        let _ = writeln!(text, "{}: {shown}", line.label);
    }
    let minutes = approval
        .expires_at_ms
        .saturating_sub(approval.asked_at_ms)
        .div_ceil(60_000);
    let plural = if minutes == 1 { "" } else { "s" };
    let _ = write!(
        text,
        "```\n\nWithin {minutes} minute{plural}: `{APPROVE} {} allow-once`",
        approval.id
    );
    if approval.question.can_be_remembered().is_ok() {
        text.push_str(", `allow-always`");
    }
    text.push_str(" or `deny`.");
    text
}

fn too_long(approval: &Approval) -> String {
    format!(
        "{} It is too long to be shown here whole: `tidegate approvals show {}` shows it, and the page does.",
        head(approval),
        approval.id
    )
}

fn buttons(approval: &Approval) -> Vec<Vec<Button>> {
    let button = |label: &str, outcome: Outcome| Button {
        label: label.to_owned(),
        value: format!("{APPROVE} {} {}", approval.id, outcome.as_str()),
    };
    let mut row = vec![button("Allow once", Outcome::AllowOnce)];
    if approval.question.can_be_remembered().is_ok() {
        row.push(button("Always exactly so", Outcome::AllowAlways));
    }
    row.push(button("Deny", Outcome::Deny));
    vec![row]
}
