//! Plain messages, places, and the actions that show life.

use serde_json::json;

use super::super::answer::{Answer, Refusal};
use super::super::chat::{ChatAction, GENERAL_TOPIC};
use super::super::markup::Parsed;
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::dispatch::done;
use super::place::Place;
use super::text::text;

/// The actions that there are.
const ACTIONS: &[&str] = &[
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(super) fn message(world: &mut World, params: &Params) -> Answer {
    let parsed = text(world, params)?;
    post(world, params, Draft::new(parsed, Content::Text))
}

pub(super) fn location(world: &mut World, params: &Params) -> Answer {
    let (latitude, longitude) = (
        coordinate(params, "latitude", 90.0)?,
        coordinate(params, "longitude", 180.0)?,
    );
    let content = Content::Media {
        kind: "location",
        body: json!({ "latitude": latitude, "longitude": longitude }),
    };
    post(world, params, Draft::new(no_text(), content))
}

fn coordinate(params: &Params, name: &str, most: f64) -> Result<f64, Refusal> {
    if params.text(name).is_none() {
        return Err(Refusal::bad(format!("{name} is empty")));
    }
    params
        .fraction(name)
        .filter(|degrees| degrees.abs() <= most)
        .ok_or_else(|| Refusal::bad("wrong location specified"))
}

/// Checks the place, counts, stores, and answers with the message.
pub(super) fn post(world: &mut World, params: &Params, mut draft: Draft) -> Answer {
    let place = Place::of(world, params)?;
    place.put(&mut draft);
    world.count(place.chat, 1)?;
    let id = world.post(place.chat, world.bot.clone(), draft);
    world.grant_message(place.chat, id)
}

pub(super) fn no_text() -> Parsed {
    Parsed {
        text: String::new(),
        entities: Vec::new(),
    }
}

/// An action is shown for 5 seconds. It alone may name the General topic.
pub(super) fn action(world: &mut World, params: &Params) -> Answer {
    let action = params.text("action").unwrap_or_default();
    let action = action.to_ascii_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        return Err(Refusal::bad("wrong parameter action in request"));
    }
    let at_ms = world.clock.now_ms();
    let id = world.target(params)?;
    let thread = params.number("message_thread_id").filter(|id| *id != 0);
    let chat = world.chat_mut(id)?;
    if !(chat.is_forum && thread == Some(GENERAL_TOPIC)) {
        chat.check_topic(thread)?;
    }
    chat.actions.push(ChatAction {
        action,
        thread,
        at_ms,
    });
    done()
}
