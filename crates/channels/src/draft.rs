//! An answer that takes the place of its draft.

use tidegate_core::channel::{AccountKey, ChannelError, Receipt};

/// What became of a change to a message of ours.
#[derive(Debug)]
pub(crate) enum Edit {
    /// The message says it now.
    Done,
    /// There is no such message, or it cannot say that; why.
    Gone(ChannelError),
}

impl Edit {
    /// For whoever wanted the change and nothing else.
    ///
    /// # Errors
    /// It was not done.
    pub(crate) fn done(self) -> Result<(), ChannelError> {
        match self {
            Self::Done => Ok(()),
            Self::Gone(why) => Err(why),
        }
    }
}

/// Puts an answer in the place of a draft: by changing it, if there is an `edit` that can; else by
/// sending it anew and taking the draft away. None of the three is begun before it is needed.
///
/// # Errors
/// Those of `edit` and `send`.
pub(crate) async fn replace(
    account: &AccountKey,
    draft_id: &str,
    edit: Option<impl Future<Output = Result<Edit, ChannelError>>>,
    send: impl Future<Output = Result<Receipt, ChannelError>>,
    delete: impl Future<Output = Result<(), ChannelError>>,
) -> Result<Receipt, ChannelError> {
    if let Some(edit) = edit
        && let Edit::Done = edit.await?
    {
        return Ok(receipt(draft_id));
    }
    let answer = send.await?;
    // The answer is there; a draft that stays is ugly, and no reason to send it again.
    if let Err(error) = delete.await {
        tracing::warn!(%account, %error, "a draft could not be taken away");
    }
    Ok(answer)
}

/// The receipt of a message that holds no poll.
pub(crate) fn receipt(message_id: impl Into<String>) -> Receipt {
    Receipt {
        message_id: message_id.into(),
        poll_id: None,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn refused() -> ChannelError {
        ChannelError::Refused("gone".into())
    }

    /// Whose id the answer has then, and whether the draft was taken away.
    async fn replaced(edit: Option<Result<Edit, ChannelError>>) -> (Option<String>, bool) {
        let deleted = Cell::new(false);
        let delete = async {
            deleted.set(true);
            Err(refused())
        };
        let account = AccountKey::new("net", "default");
        let edit = edit.map(std::future::ready);
        let send = std::future::ready(Ok(receipt("new")));
        let answer = replace(&account, "draft", edit, send, delete).await;
        (answer.ok().map(|it| it.message_id), deleted.get())
    }

    #[tokio::test]
    async fn what_cannot_be_changed_is_sent_anew() {
        let id = |id: &str| Some(id.to_owned());
        assert_eq!(replaced(Some(Ok(Edit::Done))).await, (id("draft"), false));
        let gone = Some(Ok(Edit::Gone(refused())));
        assert_eq!(replaced(gone).await, (id("new"), true));
        assert_eq!(replaced(None).await, (id("new"), true));
        assert_eq!(replaced(Some(Err(refused()))).await, (None, false));
    }
}
