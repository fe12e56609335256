//! Finding out what a channel is: from what is known, else by asking once.

use std::sync::{MutexGuard, PoisonError};

use super::api::{CallError, ChannelObject, Route};
use super::channel::Discord;
use super::places::{Place, Places, kind_of};

impl Discord {
    pub(super) fn known_places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The place of an event. `told` is the channel's type as the event tells it. None if nobody
    /// can say what the channel is: then the event is not for us (SECURITY T28).
    ///
    /// # Errors
    /// Discord could not be asked; what the event says is not lost by trying again.
    pub(super) async fn place_of(
        &self,
        id: &str,
        guild: Option<&str>,
        told: Option<u8>,
    ) -> Result<Option<Place>, CallError> {
        if let Some(place) = self.known_places().find(id) {
            return Ok(Some(place));
        }
        // A thread's type does not say whose it is, and what contradicts itself says nothing.
        let kind = told.and_then(|told| kind_of(told, None));
        if let Some(kind) = kind.filter(|kind| kind.is_of_guild() == guild.is_some()) {
            return Ok(Some(Place {
                id: id.to_owned(),
                guild: guild.map(str::to_owned),
                kind,
                title: None,
            }));
        }
        match self.ask_for_place(id).await {
            // Whatever Discord says no with, it says so tomorrow too.
            Err(CallError::Refused(no)) if (400..500).contains(&no.status) && no.status != 401 => {
                Ok(None)
            }
            asked => asked,
        }
    }

    /// Asks what a channel is, and remembers it. None if it is of no kind that we know.
    pub(super) async fn ask_for_place(&self, id: &str) -> Result<Option<Place>, CallError> {
        let channel: ChannelObject = self.api.call(&Route::get(&["channels", id])).await?;
        Ok(self.known_places().learn(&channel))
    }
}
