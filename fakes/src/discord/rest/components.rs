//! Buttons in rows.

use serde_json::Value;

use super::error::{ApiError, bad_length, invalid, required};

/// Rows of a message, and buttons of a row (documented).
const MOST: usize = 5;
/// Characters of a `custom_id` and of a label (documented).
const CUSTOM_ID_CHARS: usize = 100;
const LABEL_CHARS: usize = 80;

/// Checks the rows of a message. Other components than buttons in rows are refused: the fake does
/// not show them.
pub(crate) fn check(components: &Value) -> Result<(), ApiError> {
    let Some(rows) = components.as_array() else {
        return Err(invalid(
            "components",
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        ));
    };
    if rows.len() > MOST {
        return Err(bad_length("components", 0, MOST));
    }
    let mut ids = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let path = format!("components.{index}");
        if row.get("type").and_then(Value::as_u64) != Some(1) {
            return Err(invalid(
                &format!("{path}.type"),
                "BASE_TYPE_CHOICES",
                "Value must be one of {1}.",
            ));
        }
        let buttons = row.get("components").and_then(Value::as_array);
        let buttons = buttons.ok_or_else(|| required(&format!("{path}.components")))?;
        if buttons.is_empty() || buttons.len() > MOST {
            return Err(bad_length(&format!("{path}.components"), 1, MOST));
        }
        for (index, button) in buttons.iter().enumerate() {
            check_button(button, &format!("{path}.components.{index}"), &mut ids)?;
        }
    }
    Ok(())
}

fn check_button<'a>(button: &'a Value, path: &str, ids: &mut Vec<&'a str>) -> Result<(), ApiError> {
    let at = |key: &str| format!("{path}.{key}");
    let text = |key: &str| button.get(key).and_then(Value::as_str);
    if button.get("type").and_then(Value::as_u64) != Some(2) {
        return Err(invalid(
            &at("type"),
            "BASE_TYPE_CHOICES",
            "Value must be one of {2}.",
        ));
    }
    if text("label").is_some_and(|label| label.chars().count() > LABEL_CHARS) {
        return Err(super::error::too_long(&at("label"), LABEL_CHARS));
    }
    if text("label").is_none() && button.get("emoji").is_none() {
        return Err(required(&at("label")));
    }
    match button.get("style").and_then(Value::as_u64) {
        Some(5) => match text("url") {
            Some(_) if text("custom_id").is_none() => Ok(()),
            _ => Err(invalid(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )),
        },
        Some(1..=4) => {
            let id = text("custom_id").ok_or_else(|| {
                invalid(
                    &at("custom_id"),
                    "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
                    "A custom id is required",
                )
            })?;
            if !(1..=CUSTOM_ID_CHARS).contains(&id.chars().count()) {
                return Err(bad_length(&at("custom_id"), 1, CUSTOM_ID_CHARS));
            }
            if ids.contains(&id) {
                return Err(invalid(
                    &at("custom_id"),
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                ));
            }
            ids.push(id);
            Ok(())
        }
        _ => Err(invalid(
            &at("style"),
            "BASE_TYPE_CHOICES",
            "Value must be one of {1, 2, 3, 4, 5}.",
        )),
    }
}

/// Whether a person can press this button now.
pub(crate) fn button_exists(components: &Value, custom_id: &str) -> bool {
    let rows = components.as_array().into_iter().flatten();
    let mut buttons = rows
        .filter_map(|row| row.get("components")?.as_array())
        .flatten();
    buttons.any(|button| {
        let disabled = button
            .get("disabled")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        !disabled && button.get("custom_id").and_then(Value::as_str) == Some(custom_id)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{button_exists, check};

    fn row(buttons: &[Value]) -> Value {
        json!([{ "type": 1, "components": buttons }])
    }

    #[test]
    fn buttons_need_an_id_of_their_own() {
        let button = |id: &str| json!({ "type": 2, "style": 1, "label": "x", "custom_id": id });
        let two = row(&[button("a"), button("b")]);
        assert!(check(&two).is_ok());
        assert!(button_exists(&two, "b") && !button_exists(&two, "c"));
        assert!(check(&row(&[button("a"), button("a")])).is_err());
        assert!(check(&row(&[button(&"x".repeat(101))])).is_err());
        assert!(check(&row(&[json!({ "type": 2, "style": 1, "label": "x" })])).is_err());
        assert!(
            check(&row(&[
                json!({ "type": 2, "style": 5, "label": "x", "url": "http://a" })
            ]))
            .is_ok()
        );
        assert!(check(&row(&[])).is_err());
        assert!(check(&row(&vec![button("a"); 6])).is_err());
    }
}
