//! From the name of a method to what carries it out.

use serde_json::{Value, json};

use super::super::answer::{Answer, Granted, Refusal};
use super::super::params::Params;
use super::super::webhook;
use super::super::world::World;
use super::media::Kind;
use super::{album, chats, commands, edit, media, poll, queries, reaction, send};

/// Carries a method out; all but `getUpdates`, which may wait.
pub(in crate::telegram) fn perform(world: &mut World, method: &str, params: &Params) -> Answer {
    match method.to_ascii_lowercase().as_str() {
        "getme" => granted(world.me()),
        "sendmessage" => send::message(world, params),
        "sendphoto" => media::send(world, params, Kind::PHOTO),
        "senddocument" => media::send(world, params, Kind::DOCUMENT),
        "sendvoice" => media::send(world, params, Kind::VOICE),
        "sendaudio" => media::send(world, params, Kind::AUDIO),
        "sendvideo" => media::send(world, params, Kind::VIDEO),
        "sendanimation" => media::send(world, params, Kind::ANIMATION),
        "sendsticker" => media::send(world, params, Kind::STICKER),
        "sendmediagroup" => album::send(world, params),
        "sendlocation" => send::location(world, params),
        "sendpoll" => poll::send(world, params),
        "stoppoll" => poll::stop(world, params),
        "sendchataction" => send::action(world, params),
        "editmessagetext" => edit::text(world, params),
        "editmessagecaption" => edit::caption(world, params),
        "editmessagereplymarkup" => edit::buttons(world, params),
        "deletemessage" => edit::delete(world, params),
        "deletemessages" => edit::delete_several(world, params),
        "setmessagereaction" => reaction::set(world, params),
        "answercallbackquery" => queries::answer(world, params),
        "setmycommands" => commands::set(world, params),
        "getmycommands" => granted(commands::list(world, params)),
        "deletemycommands" => granted(commands::delete(world, params)),
        "getchat" => chats::chat(world, params),
        "getchatmember" => chats::member(world, params),
        "createforumtopic" => chats::create_topic(world, params),
        "getfile" => media::get_file(world, params),
        "setwebhook" => webhook::set(world, params),
        "deletewebhook" => Ok(webhook::delete(world, params)),
        "getwebhookinfo" => granted(webhook::info(world)),
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands among methods that may refuse"
)]
fn granted(result: Value) -> Answer {
    Ok(Granted::from(result))
}

/// What most methods say that have nothing to say.
pub(super) fn done() -> Answer {
    granted(json!(true))
}
