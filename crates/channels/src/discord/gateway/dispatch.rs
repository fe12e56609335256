//! From the gateway's events to the inbox.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use tidegate_core::channel::{ChannelError, Heard, Inbox};

use super::frame::{Dispatch, Ready};
use super::listen::Ear;
use super::session::Session;
use crate::discord::api::{CallError, ChannelObject, Guild, ThreadList};
use crate::discord::channel::Discord;
use crate::discord::map::{Happening, inbound};

#[derive(Deserialize)]
struct Gone {
    id: String,
}

impl Discord {
    /// Takes one event in. When this returns, the inbox has it if it was for it, and the session
    /// stands behind it.
    pub(super) async fn take(
        &self,
        ear: &mut Ear,
        dispatch: Dispatch,
        inbox: &dyn Inbox,
    ) -> Result<(), ChannelError> {
        let seq = dispatch.seq;
        match dispatch.name.as_str() {
            "READY" => self.begin_session(ear, &dispatch, inbox).await?,
            "RESUMED" => {
                self.catch_up(ear, inbox).await?;
                Self::now_ready(ear, inbox);
            }
            _ if self.learn(&dispatch) => {}
            _ => {
                if let Some(happening) = self.happening(ear, &dispatch) {
                    return self.hear(ear, seq, &happening, inbox).await;
                }
            }
        }
        ear.advance(seq);
        Ok(())
    }

    async fn begin_session(
        &self,
        ear: &mut Ear,
        dispatch: &Dispatch,
        inbox: &dyn Inbox,
    ) -> Result<(), ChannelError> {
        let Ok(ready) = serde_json::from_str::<Ready>(dispatch.raw.get()) else {
            return Err(ChannelError::Unreachable(
                "the gateway's READY cannot be read".into(),
            ));
        };
        let url = match ready.resume_gateway_url {
            Some(url) => url,
            None => self.gateway().await?,
        };
        ear.at.session = Some(Session {
            id: ready.session_id,
            url,
            seq: dispatch.seq,
        });
        // Stored at once, or a kill before the first message would lose that message.
        self.store(ear, inbox).await?;
        self.catch_up(ear, inbox).await?;
        Self::now_ready(ear, inbox);
        Ok(())
    }

    /// Learns what channels there are. False if the event tells of something else.
    fn learn(&self, dispatch: &Dispatch) -> bool {
        match dispatch.name.as_str() {
            "GUILD_CREATE" => {
                if let Some(guild) = self.read::<Guild>(dispatch) {
                    self.known_places().learn_guild(&guild);
                }
            }
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                if let Some(channel) = self.read::<ChannelObject>(dispatch) {
                    self.known_places().learn(&channel);
                }
            }
            "THREAD_LIST_SYNC" => {
                if let Some(list) = self.read::<ThreadList>(dispatch) {
                    let mut places = self.known_places();
                    for thread in &list.threads {
                        places.learn_of(thread, Some(&list.guild_id));
                    }
                }
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                if let Some(gone) = self.read::<Gone>(dispatch) {
                    self.known_places().forget(&gone.id);
                }
            }
            _ => return false,
        }
        true
    }

    fn happening(&self, ear: &Ear, dispatch: &Dispatch) -> Option<Happening> {
        let reacted = |removed| {
            let session = ear
                .at
                .session
                .as_ref()
                .map_or("", |session| session.id.as_str());
            Some(Happening::Reacted {
                change: self.read(dispatch)?,
                removed,
                name: format!("{session}.{}", dispatch.seq),
            })
        };
        match dispatch.name.as_str() {
            "MESSAGE_CREATE" => self.read(dispatch).map(Happening::Written),
            "MESSAGE_UPDATE" => self.read(dispatch).map(Happening::Changed),
            "MESSAGE_REACTION_ADD" => reacted(false),
            "MESSAGE_REACTION_REMOVE" => reacted(true),
            "INTERACTION_CREATE" => self.read(dispatch).map(Happening::Done),
            _ => None,
        }
    }

    /// Reads an event. One that cannot be read must not stand in the way of the next.
    fn read<T: DeserializeOwned>(&self, dispatch: &Dispatch) -> Option<T> {
        let read = serde_json::from_str(dispatch.raw.get());
        if read.is_err() {
            let (account, event) = (&self.settings.account, &dispatch.name);
            tracing::warn!(%account, %event, "an event cannot be read, and is skipped");
        }
        read.ok()
    }

    /// Gives something that happened to the inbox, with the cursor behind it.
    async fn hear(
        &self,
        ear: &mut Ear,
        seq: u64,
        happening: &Happening,
        inbox: &dyn Inbox,
    ) -> Result<(), ChannelError> {
        let event = match happening.place(&ear.me.id) {
            None => None,
            Some(at) => {
                if let Happening::Done(interaction) = happening
                    && let Some(channel) = &interaction.channel
                {
                    self.known_places().learn_of(channel, at.guild);
                }
                let place = self.place_of(at.channel, at.guild, at.kind).await;
                let place = place.map_err(CallError::receiving)?;
                let now_ms = self.clock.now_ms();
                place.and_then(|place| inbound(happening, &place, &ear.me.id, now_ms))
            }
        };
        ear.advance(seq);
        let Some(event) = event else {
            return Ok(());
        };
        let cursor = Some(ear.at.write());
        let heard = inbox.accept(&ear.me.id, vec![event], cursor).await?;
        ear.stored.clone_from(&ear.at);
        let heard = heard.first().copied();
        match happening {
            Happening::Done(interaction) => self.answer(interaction, heard).await,
            Happening::Written(message) if matches!(heard, Some(Heard::Taken | Heard::Known)) => {
                ear.at.trail.note(&message.channel_id, &message.id);
            }
            _ => {}
        }
        Ok(())
    }
}

impl Ear {
    /// Everything up to this number is dealt with. A repeated event does not lead back.
    fn advance(&mut self, seq: u64) {
        if let Some(session) = &mut self.at.session {
            session.seq = session.seq.max(seq);
        }
    }
}
