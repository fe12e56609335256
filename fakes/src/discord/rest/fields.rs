//! Checks that many bodies need.

use serde_json::Value;

use super::error::{ApiError, bad_length, invalid, required};
use crate::discord::snowflake::Snowflake;
use crate::discord::world::{Allowed, Whom};

/// Entries of one list in `allowed_mentions` (documented).
const MOST_ALLOWED: usize = 100;

/// A text that must be there, with its length in characters.
pub(crate) fn text<'a>(
    json: &'a Value,
    key: &str,
    least: usize,
    most: usize,
) -> Result<&'a str, ApiError> {
    let Some(value) = json.get(key).filter(|value| !value.is_null()) else {
        return Err(required(key));
    };
    let text = value.as_str().ok_or_else(|| {
        invalid(
            key,
            "STRING_TYPE_CONVERT",
            "Could not interpret value as string.",
        )
    })?;
    if (least..=most).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(bad_length(key, least, most))
    }
}

/// A number of the query within its bounds.
pub(crate) fn number_in(text: &str, key: &str, least: u64, most: u64) -> Result<u64, ApiError> {
    let number: u64 = text.parse().map_err(|_| {
        let message = format!("Value \"{text}\" is not int.");
        invalid(key, "NUMBER_TYPE_COERCE", &message)
    })?;
    if number < least {
        let message = format!("Value must be greater than or equal to {least}.");
        return Err(invalid(key, "NUMBER_TYPE_MIN", &message));
    }
    if number > most {
        let message = format!("Value must be less than or equal to {most}.");
        return Err(invalid(key, "NUMBER_TYPE_MAX", &message));
    }
    Ok(number)
}

/// Reads `allowed_mentions`.
pub(crate) fn whom(json: &Value, without: Whom) -> Result<Whom, ApiError> {
    let Some(allowed) = json
        .get("allowed_mentions")
        .filter(|value| value.is_object())
    else {
        return Ok(without);
    };
    let list = |key: &str| -> Vec<String> {
        let items = allowed.get(key).and_then(Value::as_array);
        let items = items.into_iter().flatten().filter_map(Value::as_str);
        items.map(str::to_owned).collect()
    };
    let (parse, users, roles) = (list("parse"), list("users"), list("roles"));
    for (key, ids) in [("users", &users), ("roles", &roles)] {
        let path = format!("allowed_mentions.{key}");
        if ids.len() > MOST_ALLOWED {
            return Err(bad_length(&path, 0, MOST_ALLOWED));
        }
        if !ids.is_empty() && parse.iter().any(|word| word == key) {
            let message = format!(
                "{key}: [{}] is mutually exclusive with parse: [\"{key}\"]",
                ids.join(", ")
            );
            return Err(invalid(
                "allowed_mentions",
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                &message,
            ));
        }
    }
    if let Some(word) = parse
        .iter()
        .find(|word| !matches!(&***word, "users" | "roles" | "everyone"))
    {
        let message = format!("Value \"{word}\" must be one of ('users', 'roles', 'everyone').");
        return Err(invalid(
            "allowed_mentions.parse.0",
            "BASE_TYPE_CHOICES",
            &message,
        ));
    }
    let users = if parse.iter().any(|word| word == "users") {
        Allowed::All
    } else {
        Allowed::These(users.iter().filter_map(|id| Snowflake::parse(id)).collect())
    };
    Ok(Whom {
        users,
        everyone: parse.iter().any(|word| word == "everyone"),
        replied_user: allowed
            .get("replied_user")
            .and_then(Value::as_bool)
            .unwrap_or(false),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{number_in, text, whom};
    use crate::discord::world::{Allowed, Whom};

    #[test]
    fn lengths_are_counted_in_characters() {
        let json = json!({ "name": "äöü", "empty": "" });
        assert!(text(&json, "name", 1, 3).is_ok());
        assert!(text(&json, "name", 1, 2).is_err());
        assert!(text(&json, "empty", 1, 2).is_err());
        assert!(text(&json, "none", 0, 2).is_err());
        assert!(number_in("101", "limit", 1, 100).is_err());
        assert_eq!(number_in("100", "limit", 1, 100), Ok(100));
    }

    #[test]
    fn allowed_mentions_are_strict() {
        let read = |allowed| whom(&json!({ "allowed_mentions": allowed }), Whom::all());
        assert_eq!(whom(&json!({}), Whom::all()), Ok(Whom::all()));
        let none = read(json!({ "parse": [] })).unwrap();
        assert_eq!(
            (none.users, none.everyone, none.replied_user),
            (Allowed::These(vec![]), false, false)
        );
        assert!(read(json!({ "parse": ["users"], "users": ["1"] })).is_err());
        assert!(read(json!({ "parse": ["friends"] })).is_err());
    }
}
