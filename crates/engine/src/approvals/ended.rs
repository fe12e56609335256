//! Questions that ended: waiting for the end of one, and all of the last day.

use tidegate_core::approval::Approval;

use super::bounds::{ASK_MAX, SHOWN_MAX_BYTES_OPEN};
use super::desk::Approvals;
use super::told;
use crate::EngineError;

/// Questions that ended, the newest end first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedPage {
    /// The questions.
    pub ended: Vec<Approval>,
    /// There may be older ones: those before this question.
    pub next_before: Option<String>,
}

impl Approvals<'_> {
    /// Waits for the end of a question that somebody else asked, named as for
    /// [`Approvals::find`]. It has one then, unless the gateway is stopping or the store failed
    /// meanwhile; none is no yes.
    ///
    /// # Errors
    /// There is no such question, or the store failed.
    pub async fn wait_for_end(&self, id: &str) -> Result<Option<Approval>, EngineError> {
        let Some(found) = self.find(id).await? else {
            return Ok(None);
        };
        if found.ending.is_some() {
            return Ok(Some(found));
        }
        if let Some(ended) = self.engine.inner().approval_desk.waiting.ended(&found.id) {
            // Whoever asked ends it before it leaves, and waits no longer than this.
            let _ = tokio::time::timeout(ASK_MAX, ended.cancelled()).await;
        }
        Ok(self.engine.inner().approvals.approval(&found.id).await?)
    }

    /// A page of those that ended in the last day: at most so many, and only those that ended
    /// before the one named, if one is.
    ///
    /// # Errors
    /// The store failed.
    pub async fn ended(&self, before: Option<&str>, most: usize) -> Result<EndedPage, EngineError> {
        let store = &self.engine.inner().approvals;
        let mut ended = store.ended_approvals(before, most + 1).await?;
        let fitting = fitting(&ended).min(most);
        let more = ended.len() > fitting;
        ended.truncate(fitting);
        let last = ended.last().filter(|_| more);
        Ok(EndedPage {
            next_before: last.map(|last| last.id.clone()),
            ended,
        })
    }
}

/// How many of these can be shown in one answer; at least one, since each was once asked about.
fn fitting(ended: &[Approval]) -> usize {
    let mut bytes = 0;
    let fits = |one: &&Approval| {
        bytes += told::shown_bytes(&one.question);
        bytes <= SHOWN_MAX_BYTES_OPEN
    };
    ended.iter().take_while(fits).count()
}
