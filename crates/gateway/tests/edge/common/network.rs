//! A chat network on paper: what arrives is put there by a test, what goes out is kept for it.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::access::AccessRules;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Body, Capabilities, Channel, ChannelError, Identity, Inbound,
    InboundEvent, InboundMedia, InboundMessage, Inbox, InboxError, MediaKind, MediaLimits,
    OutboundPart, Peer, PeerKind, Rate, Rates, Receipt, Sender, StoredFile, Target, TextLimit,
    TextUnit, Webhook, WebhookAnswer, WebhookRequest,
};
use tidegate_engine::{AccountFacts, AccountSettings, NetworkSettings};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::NOW_MS;

/// The secret of its webhook.
pub(crate) const WEBHOOK_SECRET: &str = "a-webhook-secret-of-forty-letters-or-so!";

const OFTEN: Rate = Rate {
    count: 10_000,
    per: Duration::from_secs(1),
};

const CAN: Capabilities = Capabilities {
    label: "Paper",
    text: TextLimit {
        max: 4096,
        unit: TextUnit::Chars,
    },
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
    replies: true,
    edits: false,
    reactions: false,
    buttons: false,
    polls: true,
    typing: None,
    keyed_sends: true,
    history: false,
    rates: Rates {
        account: OFTEN,
        direct: OFTEN,
        group: OFTEN,
    },
    draft_every: None,
    proof_every: Duration::from_hours(24),
};

/// What a try to send meets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    Refused,
    Unreachable,
}

/// One account on the network `paper`.
pub(crate) struct Paper {
    key: AccountKey,
    /// Tells everybody that the credential is dead.
    pub(crate) signed_out: bool,
    pub(crate) fates: Mutex<VecDeque<Fate>>,
    pub(crate) sent: Mutex<Vec<(Target, OutboundPart)>>,
    arriving: Mutex<VecDeque<Inbound>>,
    arrived: Notify,
}

impl Paper {
    pub(crate) fn new(account: &str) -> Arc<Self> {
        Arc::new(Self::of(account, false))
    }

    pub(crate) fn signed_out(account: &str) -> Arc<Self> {
        Arc::new(Self::of(account, true))
    }

    fn of(account: &str, signed_out: bool) -> Self {
        Self {
            key: AccountKey::new("paper", account),
            signed_out,
            fates: Mutex::default(),
            sent: Mutex::default(),
            arriving: Mutex::default(),
            arrived: Notify::new(),
        }
    }

    /// Somebody writes to us directly.
    pub(crate) fn write(&self, id: &str, sender: &str, text: &str) {
        self.arriving
            .lock()
            .unwrap()
            .push_back(message(id, sender, text));
        self.arrived.notify_one();
    }

    /// The words that went out, in order.
    pub(crate) fn said(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        let words = sent.iter().map(|(_, part)| match &part.body {
            Body::Text { markdown } => markdown.clone(),
            Body::Poll(poll) => format!("{}: {}", poll.question, poll.options.join(", ")),
            Body::Media { media, .. } => media.name.clone(),
        });
        words.collect()
    }
}

/// These accounts, with the rules of a first start; `required` names one without which the gateway
/// is not ready.
pub(crate) fn networks(accounts: &[Arc<Paper>], required: Option<&str>) -> NetworkSettings {
    let settings = |paper: &Arc<Paper>| AccountSettings {
        channel: Arc::clone(paper) as Arc<dyn Channel>,
        rules: AccessRules::default(),
        required: required == Some(paper.key.account.as_str()),
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

fn message(id: &str, sender: &str, text: &str) -> Inbound {
    Inbound {
        provider_id: format!("e{id}"),
        peer: Peer {
            kind: PeerKind::Direct,
            id: sender.into(),
        },
        thread: None,
        space: None,
        sender: Sender {
            id: sender.into(),
            name: Some("Ben".into()),
            ..Sender::default()
        },
        title: None,
        at_ms: NOW_MS - 1_000,
        event: InboundEvent::Message(InboundMessage {
            message_id: id.into(),
            text: text.into(),
            ..InboundMessage::default()
        }),
    }
}

#[async_trait]
impl Channel for Paper {
    fn account(&self) -> &AccountKey {
        &self.key
    }

    fn capabilities(&self) -> &Capabilities {
        &CAN
    }

    fn fingerprint(&self) -> String {
        self.key.to_string()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        if self.signed_out {
            return Err(ChannelError::SignedOut("the paper is torn".into()));
        }
        inbox.connecting();
        inbox.proved();
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.arrived.notified() => {}
            }
            loop {
                let next = self.arriving.lock().unwrap().pop_front();
                let Some(event) = next else { break };
                inbox.accept("bot", vec![event], None).await?;
            }
        }
    }

    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        if to.starts_with('!') {
            return Err(ChannelError::Refused(format!("{to} is no address")));
        }
        let kind = if to.starts_with('-') {
            PeerKind::Group
        } else {
            PeerKind::Direct
        };
        Ok(Target {
            account: self.key.clone(),
            peer: Peer {
                kind,
                id: to.to_owned(),
            },
            thread: thread.map(str::to_owned),
        })
    }

    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        _attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let fate = self.fates.lock().unwrap().pop_front();
        match fate {
            Some(Fate::Refused) => Err(ChannelError::Refused("the page is full".into())),
            Some(Fate::Unreachable) => Err(ChannelError::Unreachable("no paper".into())),
            None => {
                let mut sent = self.sent.lock().unwrap();
                sent.push((to.clone(), part.clone()));
                Ok(Receipt {
                    message_id: format!("p{}", sent.len()),
                    poll_id: matches!(part.body, Body::Poll(_)).then(|| "poll-1".into()),
                })
            }
        }
    }

    async fn act(&self, _to: &Target, _act: Act) -> Result<(), ChannelError> {
        Ok(())
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        if self.signed_out {
            return Err(ChannelError::SignedOut("the paper is torn".into()));
        }
        Ok(Identity {
            id: "bot".into(),
            name: Some("Desk".into()),
            handle: Some("desk_bot".into()),
            notes: vec!["Ink is low.".into()],
        })
    }

    async fn fetch(
        &self,
        _media: &InboundMedia,
        _to: &Path,
        _max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        Err(ChannelError::Unsupported("fetch"))
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        (self.key.account.as_str() == "hook").then_some(self as &dyn Webhook)
    }
}

#[async_trait]
impl Webhook for Paper {
    fn knock(&self, headers: &WebhookRequest) -> bool {
        headers.only("x-paper-secret") == Some(WEBHOOK_SECRET)
    }

    /// The body is the id of a message that the person 77 writes; `full` cannot be stored.
    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError> {
        if request.only("x-paper-secret") != Some(WEBHOOK_SECRET) {
            return Ok(WebhookAnswer::text(401, "no"));
        }
        let id = String::from_utf8(request.body).unwrap_or_default();
        if id == "full" {
            return Err(InboxError::Closed);
        }
        inbox
            .accept("bot", vec![message(&id, "77", "hello")], None)
            .await?;
        Ok(WebhookAnswer::text(200, "taken"))
    }
}
