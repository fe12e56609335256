//! Albums: 2 to 10 files that are shown together, each a message of its own.

use serde_json::{Value, json};

use super::super::answer::{Answer, Granted, Refusal};
use super::super::markup::Parsed;
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::media::{Kind, Source};
use super::place::Place;
use super::text::{bounded_caption, json as json_param};

/// Files of an album at most, by the vendor's page.
const MOST_ITEMS: usize = 10;

pub(super) fn send(world: &mut World, params: &Params) -> Answer {
    let media = json_param(params, "media")?.ok_or_else(|| Refusal::bad("media is empty"))?;
    let items = media
        .as_array()
        .ok_or_else(|| Refusal::bad("expected an Array of InputMedia"))?;
    check_count(items.len())?;
    let mut read = Vec::new();
    for item in items {
        read.push(read_item(world, params, item)?);
    }
    check_mixture(&read)?;
    let place = Place::of(world, params)?;
    world.count(place.chat, read.len())?;
    let album = world.number().to_string();
    let mut sent = Vec::new();
    for (kind, source, caption) in read {
        let body = source.keep(world, kind, &json!({}));
        let content = Content::Media {
            kind: kind.name(),
            body,
        };
        let mut draft = Draft::new(caption, content);
        place.put(&mut draft);
        draft.album = Some(album.clone());
        let id = world.post(place.chat, world.bot.clone(), draft);
        sent.extend(world.message_json(place.chat, id));
    }
    Ok(Granted::from(json!(sent)))
}

/// The vendor's page says 2 to 10. Its server has words for none and for too many; those for one
/// are ours.
fn check_count(count: usize) -> Result<(), Refusal> {
    match count {
        0 => Err(Refusal::bad("there are no messages to send")),
        1 => Err(Refusal::bad("too few messages to send as an album")),
        _ if count > MOST_ITEMS => Err(Refusal::bad("too many messages to send as an album")),
        _ => Ok(()),
    }
}

fn read_item(
    world: &World,
    params: &Params,
    item: &Value,
) -> Result<(Kind, Source, Parsed), Refusal> {
    let wrong = |why: &str| Refusal::bad(format!("can't parse InputMedia: {why}"));
    let text = |name: &str| item.get(name).and_then(Value::as_str);
    let name = text("type").ok_or_else(|| wrong("Can't find field \"type\""))?;
    let kind = Kind::in_album(name)
        .ok_or_else(|| wrong(&format!("type \"{name}\" can't be used in sendMediaGroup")))?;
    let media = text("media").ok_or_else(|| wrong("media not found"))?;
    let source = Source::of(world, params, Some(media), kind)?;
    let caption = bounded_caption(
        world,
        text("caption").unwrap_or_default(),
        text("parse_mode"),
        item.get("caption_entities"),
    )?;
    Ok((kind, source, caption))
}

/// Photos and videos may be mixed; documents and audio stay among themselves.
fn check_mixture(read: &[(Kind, Source, Parsed)]) -> Result<(), Refusal> {
    for alone in ["document", "audio"] {
        let count = read
            .iter()
            .filter(|(kind, ..)| kind.name() == alone)
            .count();
        if count != 0 && count != read.len() {
            return Err(Refusal::bad(format!(
                "{alone} can't be mixed with other media types"
            )));
        }
    }
    Ok(())
}
