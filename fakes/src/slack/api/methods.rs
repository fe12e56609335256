//! The methods that there are.

use std::sync::Arc;

use serde_json::Value;

use super::answer::Refusal;
use super::params::Params;
use super::{assistant, auth, chat, conversations, files, history, reactions};
use crate::slack::core::Core;

/// What a method is given.
pub(super) struct Api<'a> {
    pub(super) core: &'a Arc<Core>,
    pub(super) params: &'a Params,
    /// True if it was called by POST.
    pub(super) posted: bool,
}

/// The token that a method wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Bot,
    App,
}

/// How often it may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tier {
    /// 1 to 4.
    Of(usize),
    /// A limit for each channel.
    Post,
    /// Hundreds a minute.
    Free,
}

/// One row of the table.
pub(super) struct Method {
    pub(super) name: &'static str,
    pub(super) token: Token,
    pub(super) tier: Tier,
    /// It reads no JSON body (methods that write do, those that read and `files.*` do not).
    pub(super) form_only: bool,
    pub(super) run: Run,
}

type Run = fn(&Api<'_>) -> Result<Value, Refusal>;

const fn bot(name: &'static str, tier: Tier, run: Run) -> Method {
    Method {
        name,
        token: Token::Bot,
        tier,
        form_only: false,
        run,
    }
}

const fn form(name: &'static str, tier: Tier, run: Run) -> Method {
    Method {
        form_only: true,
        ..bot(name, tier, run)
    }
}

const TABLE: &[Method] = &[
    Method {
        token: Token::App,
        ..bot("apps.connections.open", Tier::Of(1), auth::open_connection)
    },
    bot(
        "assistant.threads.setStatus",
        Tier::Of(3),
        assistant::set_status,
    ),
    bot("auth.test", Tier::Free, auth::test),
    bot("chat.delete", Tier::Of(3), chat::delete),
    bot("chat.postMessage", Tier::Post, chat::post),
    bot("chat.update", Tier::Of(3), chat::update),
    form("conversations.history", Tier::Of(3), history::history),
    form("conversations.info", Tier::Of(3), conversations::info),
    form("conversations.list", Tier::Of(2), conversations::list),
    bot("conversations.open", Tier::Of(3), conversations::open),
    form("conversations.replies", Tier::Of(3), history::replies),
    form("files.completeUploadExternal", Tier::Of(4), files::complete),
    form("files.getUploadURLExternal", Tier::Of(4), files::reserve),
    bot("reactions.add", Tier::Of(3), reactions::add),
    bot("reactions.remove", Tier::Of(2), reactions::remove),
    form("users.info", Tier::Of(4), auth::user_info),
];

/// The method of this name.
pub(super) fn find(name: &str) -> Option<&'static Method> {
    TABLE.iter().find(|method| method.name == name)
}
