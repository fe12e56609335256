//! Keyboards under messages.

use serde_json::Value;

use super::super::answer::Refusal;
use super::super::params::Params;
use super::text::json;

/// Bytes of a button's data, by the vendor's page.
const MOST_DATA_BYTES: usize = 64;

/// What an inline button may do, one of them.
const DEEDS: &[&str] = &[
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "login_url",
    "web_app",
    "copy_text",
];

/// The inline keyboard of a call. Other keyboards change the person's keyboard and are not part of
/// the message.
pub(super) fn inline(params: &Params) -> Result<Option<Value>, Refusal> {
    let markup = params
        .json("reply_markup")
        .map_err(|_| Refusal::bad("can't parse reply keyboard markup JSON object"))?;
    let Some(markup) = markup else {
        return Ok(None);
    };
    if !markup.is_object() {
        return Err(Refusal::bad("object expected as reply markup"));
    }
    let Some(rows) = markup.get("inline_keyboard") else {
        return Ok(None);
    };
    let not_rows = || {
        Refusal::bad(
            "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
        )
    };
    let rows = rows.as_array().ok_or_else(not_rows)?;
    for row in rows {
        for button in row.as_array().ok_or_else(not_rows)? {
            check(button)?;
        }
    }
    Ok((!rows.is_empty()).then_some(markup))
}

fn check(button: &Value) -> Result<(), Refusal> {
    let wrong = |why: &str| Refusal::bad(format!("can't parse inline keyboard button: {why}"));
    let fields = button
        .as_object()
        .ok_or_else(|| wrong("InlineKeyboardButton must be an Object"))?;
    if fields.get("text").and_then(Value::as_str).is_none() {
        return Err(wrong("Can't find field \"text\""));
    }
    if !DEEDS.iter().any(|deed| fields.contains_key(*deed)) {
        return Err(wrong("Text buttons are unallowed in the inline keyboard"));
    }
    let data = fields.get("callback_data").and_then(Value::as_str);
    if data.is_some_and(|data| data.len() > MOST_DATA_BYTES) {
        return Err(Refusal::bad("BUTTON_DATA_INVALID"));
    }
    Ok(())
}

/// The data of a message's buttons, in reading order.
pub(in crate::telegram) fn data_of(keyboard: &Value) -> Vec<&str> {
    let rows = keyboard.get("inline_keyboard").and_then(Value::as_array);
    rows.into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(|button| button.get("callback_data")?.as_str())
        .collect()
}

/// The keyboard of an edit; the same reading, kept apart for what an absent one means there.
pub(super) fn of_edit(params: &Params) -> Result<Option<Value>, Refusal> {
    if json(params, "reply_markup")?.is_none() {
        return Ok(None);
    }
    inline(params)
}
