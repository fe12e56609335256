//! The network `paper`: what the edge must know of one. It can little, quickly, and tells repetitions
//! apart.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::access::AccessRules;
use tidegate_core::channel::{
    AccountKey, Body, Capabilities, Identity, MediaKind, MediaLimits, TextLimit, TextUnit,
};
use tidegate_engine::{AccountFacts, AccountSettings, NetworkSettings};
pub(crate) use tidegate_testkit::network::Outcome;
use tidegate_testkit::network::{FakeNetwork, Profile, Way, plain, wrote};

use super::NOW_MS;

/// The secret of its webhook.
pub(crate) const WEBHOOK_SECRET: &str = "a-webhook-secret-of-forty-letters-or-so!";

fn can() -> Capabilities {
    Capabilities {
        label: "Paper",
        media: Some(MediaLimits {
            kinds: &[MediaKind::Photo],
            photo_bytes: 1 << 20,
            upload_bytes: 2 << 20,
            download_bytes: 0,
            caption: TextLimit {
                max: 1024,
                unit: TextUnit::Chars,
            },
        }),
        edits: false,
        reactions: false,
        buttons: false,
        typing: None,
        keyed_sends: true,
        draft_every: None,
        proof_every: Duration::from_hours(24),
        ..plain()
    }
}

/// One account on the network `paper`.
pub(crate) struct Paper(Arc<FakeNetwork>);

impl Deref for Paper {
    type Target = FakeNetwork;

    fn deref(&self) -> &FakeNetwork {
        &self.0
    }
}

impl Paper {
    /// The account `hook` is called by the network, the others ask it.
    pub(crate) fn new(account: &str) -> Arc<Self> {
        Arc::new(Self(FakeNetwork::open(Profile {
            key: AccountKey::new("paper", account),
            can: can(),
            identity: Identity {
                id: "bot".into(),
                name: Some("Desk".into()),
                handle: Some("desk_bot".into()),
                notes: vec!["Ink is low.".into()],
            },
            webhook_secret: (account == "hook").then_some(WEBHOOK_SECRET),
            now_ms: NOW_MS - 1_000,
        })))
    }

    /// One whose credential is dead.
    pub(crate) fn signed_out(account: &str) -> Arc<Self> {
        let paper = Self::new(account);
        paper.set_way(Way::SignedOut);
        paper
    }

    /// Somebody writes to us directly.
    pub(crate) fn write(&self, id: &str, sender: &str, text: &str) {
        self.post(wrote(id, sender, text, NOW_MS - 1_000));
    }

    /// The words that went out, in order.
    pub(crate) fn said(&self) -> Vec<String> {
        let words = self.taken().into_iter().map(|(_, part)| match part.body {
            Body::Text { markdown } => markdown,
            Body::Poll(poll) => format!("{}: {}", poll.question, poll.options.join(", ")),
            Body::Media { media, .. } => media.name,
        });
        words.collect()
    }
}

/// These accounts, with the rules of a first start; `required` names one without which the gateway
/// is not ready.
pub(crate) fn networks(accounts: &[Arc<Paper>], required: Option<&str>) -> NetworkSettings {
    let settings = |paper: &Arc<Paper>| AccountSettings {
        channel: Arc::clone(&paper.0) as _,
        rules: AccessRules::default(),
        required: required == Some(paper.key().account.as_str()),
        drafts: false,
        facts: AccountFacts {
            name: Some("Desk".into()),
            enabled: true,
            configured: true,
            mode: "polling".into(),
            dm_policy: "pairing".into(),
            allow_from: vec!["77".into()],
            token_source: Some("env".into()),
            token_file: None,
        },
    };
    NetworkSettings {
        accounts: accounts.iter().map(settings).collect(),
        files: PathBuf::from("/nowhere"),
        ..NetworkSettings::default()
    }
}
