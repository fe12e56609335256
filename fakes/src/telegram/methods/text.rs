//! The text of a call, and its bounds.

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::markup::{Parsed, parse, units};
use super::super::params::Params;
use super::super::world::World;

/// The text of a message.
pub(super) fn text(world: &World, params: &Params) -> Result<Parsed, Refusal> {
    let parsed = unbounded_text(params)?;
    if units(&parsed.text) > world.limits.text_units {
        return Err(Refusal::bad("message is too long"));
    }
    Ok(parsed)
}

/// The text of an edit. The vendor has other words for one that is too long.
pub(super) fn edited_text(world: &World, params: &Params) -> Result<Parsed, Refusal> {
    let parsed = unbounded_text(params)?;
    if units(&parsed.text) > world.limits.text_units {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    Ok(parsed)
}

fn unbounded_text(params: &Params) -> Result<Parsed, Refusal> {
    let source = params
        .text("text")
        .ok_or_else(|| Refusal::bad("message text is empty"))?;
    let entities = json(params, "entities")?;
    let parsed = parse(source, params.text("parse_mode"), entities.as_ref());
    let parsed = parsed.map_err(Refusal::bad)?;
    if parsed.text.is_empty() {
        return Err(Refusal::bad("text must be non-empty"));
    }
    Ok(parsed)
}

/// The caption of a call; none is an empty one.
pub(super) fn caption(world: &World, params: &Params) -> Result<Parsed, Refusal> {
    let entities = json(params, "caption_entities")?;
    bounded_caption(
        world,
        params.text("caption").unwrap_or_default(),
        params.text("parse_mode"),
        entities.as_ref(),
    )
}

pub(super) fn bounded_caption(
    world: &World,
    source: &str,
    mode: Option<&str>,
    entities: Option<&Value>,
) -> Result<Parsed, Refusal> {
    let parsed = parse(source, mode, entities).map_err(Refusal::bad)?;
    if units(&parsed.text) > world.limits.caption_units {
        return Err(Refusal::bad("message caption is too long"));
    }
    Ok(parsed)
}

/// An argument that must be JSON if it is there.
pub(super) fn json(params: &Params, name: &str) -> Result<Option<Value>, Refusal> {
    params
        .json(name)
        .map_err(|_| Refusal::bad(format!("can't parse {name} JSON object")))
}
