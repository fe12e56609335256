//! The vendor's errors: an HTTP status and `{message, code}`, sometimes with `errors`.

use serde_json::{Value, json};

use crate::discord::world::set;

/// A refusal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl ApiError {
    const fn plain(status: u16, code: u32, message: &'static str) -> Known {
        Known {
            status,
            code,
            message,
        }
    }
}

/// An error without details.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    status: u16,
    code: u32,
    message: &'static str,
}

impl From<Known> for ApiError {
    fn from(known: Known) -> Self {
        Self {
            status: known.status,
            body: json!({ "message": known.message, "code": known.code }),
        }
    }
}

pub(crate) const UNAUTHORIZED: Known = ApiError::plain(401, 0, "401: Unauthorized");
pub(crate) const NOT_FOUND: Known = ApiError::plain(404, 0, "404: Not Found");
pub(crate) const METHOD_NOT_ALLOWED: Known = ApiError::plain(405, 0, "405: Method Not Allowed");
pub(crate) const UNKNOWN_APPLICATION: Known = ApiError::plain(404, 10002, "Unknown Application");
pub(crate) const UNKNOWN_CHANNEL: Known = ApiError::plain(404, 10003, "Unknown Channel");
pub(crate) const UNKNOWN_GUILD: Known = ApiError::plain(404, 10004, "Unknown Guild");
pub(crate) const UNKNOWN_MEMBER: Known = ApiError::plain(404, 10007, "Unknown Member");
pub(crate) const UNKNOWN_MESSAGE: Known = ApiError::plain(404, 10008, "Unknown Message");
pub(crate) const UNKNOWN_USER: Known = ApiError::plain(404, 10013, "Unknown User");
pub(crate) const UNKNOWN_EMOJI: Known = ApiError::plain(400, 10014, "Unknown Emoji");
pub(crate) const UNKNOWN_WEBHOOK: Known = ApiError::plain(404, 10015, "Unknown Webhook");
pub(crate) const UNKNOWN_INTERACTION: Known = ApiError::plain(404, 10062, "Unknown interaction");
pub(crate) const UNKNOWN_COMMAND: Known =
    ApiError::plain(404, 10063, "Unknown application command");
pub(crate) const UNKNOWN_TAG: Known = ApiError::plain(404, 10087, "Unknown Tag");
pub(crate) const TOO_MANY_REACTIONS: Known =
    ApiError::plain(400, 30010, "Maximum number of reactions reached (20)");
pub(crate) const TOO_MANY_FILES: Known = ApiError::plain(
    400,
    30015,
    "Maximum number of attachments in a message reached (10)",
);
pub(crate) const TOO_MANY_COMMANDS: Known = ApiError::plain(
    400,
    30032,
    "Maximum number of application commands reached (100)",
);
pub(crate) const TOO_LARGE: Known = ApiError::plain(413, 40005, "Request entity too large");
pub(crate) const ALREADY_ACKNOWLEDGED: Known =
    ApiError::plain(400, 40060, "Interaction has already been acknowledged.");
pub(crate) const TAG_REQUIRED: Known = ApiError::plain(
    400,
    40067,
    "A tag is required to create a forum post in this channel",
);
pub(crate) const MISSING_ACCESS: Known = ApiError::plain(403, 50001, "Missing Access");
pub(crate) const NOT_ON_DM: Known =
    ApiError::plain(403, 50003, "Cannot execute action on a DM channel");
pub(crate) const NOT_THE_AUTHOR: Known =
    ApiError::plain(403, 50005, "Cannot edit a message authored by another user");
pub(crate) const EMPTY_MESSAGE: Known = ApiError::plain(400, 50006, "Cannot send an empty message");
pub(crate) const CANNOT_SEND_TO_USER: Known =
    ApiError::plain(403, 50007, "Cannot send messages to this user");
pub(crate) const NOT_A_TEXT_CHANNEL: Known =
    ApiError::plain(400, 50008, "Cannot send messages in a non-text channel");
pub(crate) const MISSING_PERMISSIONS: Known = ApiError::plain(403, 50013, "Missing Permissions");
pub(crate) const WRONG_CHANNEL_TYPE: Known =
    ApiError::plain(400, 50024, "Cannot execute action on this channel type");
pub(crate) const BAD_WEBHOOK_TOKEN: Known = ApiError::plain(401, 50027, "Invalid Webhook Token");
pub(crate) const INVALID_RECIPIENT: Known = ApiError::plain(400, 50033, "Invalid Recipient(s)");
pub(crate) const INVALID_VERSION: Known =
    ApiError::plain(400, 50041, "Invalid API version provided");
pub(crate) const THREAD_ARCHIVED: Known = ApiError::plain(
    400,
    50083,
    "Tried to perform an operation on an archived thread, such as editing a message or adding a user to the thread",
);
pub(crate) const INVALID_JSON: Known =
    ApiError::plain(400, 50109, "The request body contains invalid JSON.");
pub(crate) const THREAD_EXISTS: Known = ApiError::plain(
    400,
    160_004,
    "A thread has already been created for this message",
);

/// 50035 with one finding at a dotted path, `content` or `attachments.0.id`.
pub(crate) fn invalid(path: &str, code: &str, message: &str) -> ApiError {
    let mut errors = json!({ "_errors": [{ "code": code, "message": message }] });
    for key in path.rsplit('.').filter(|key| !key.is_empty()) {
        let mut outer = json!({});
        set(&mut outer, key, errors);
        errors = outer;
    }
    ApiError {
        status: 400,
        body: json!({ "message": "Invalid Form Body", "code": 50035, "errors": errors }),
    }
}

/// 50035 for a field that must be there.
pub(crate) fn required(path: &str) -> ApiError {
    invalid(path, "BASE_TYPE_REQUIRED", "This field is required")
}

/// 50035 for a text that is too long.
pub(crate) fn too_long(path: &str, most: usize) -> ApiError {
    let message = format!("Must be {most} or fewer in length.");
    invalid(path, "BASE_TYPE_MAX_LENGTH", &message)
}

/// 50035 for a text that is too short or too long.
pub(crate) fn bad_length(path: &str, least: usize, most: usize) -> ApiError {
    let message = format!("Must be between {least} and {most} in length.");
    invalid(path, "BASE_TYPE_BAD_LENGTH", &message)
}

/// 50035 for what is not an id.
pub(crate) fn not_an_id(path: &str, value: &str) -> ApiError {
    let message = format!("Value \"{value}\" is not snowflake.");
    invalid(path, "NUMBER_TYPE_COERCE", &message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{invalid, too_long};

    #[test]
    fn findings_are_nested_by_their_path() {
        assert_eq!(
            too_long("content", 2000).body,
            json!({
                "message": "Invalid Form Body", "code": 50035,
                "errors": { "content": { "_errors": [
                    { "code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length." }
                ] } },
            })
        );
        let deep = invalid("a.0.b", "X", "y").body;
        assert_eq!(deep["errors"]["a"]["0"]["b"]["_errors"][0]["code"], "X");
    }
}
