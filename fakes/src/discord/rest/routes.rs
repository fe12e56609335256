//! Which call goes where, and the names under which tests break calls.

use axum::http::Method;

use crate::discord::snowflake::Snowflake;

/// Declares the names once: a constant for tests and a word in the record.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $text;)*
    };
}

names! {
    /// `GET /gateway`.
    GATEWAY = "gateway";
    /// `GET /gateway/bot`.
    GATEWAY_BOT = "gateway.bot";
    /// `GET /users/@me`.
    ME = "users.me";
    /// `GET /users/@me/guilds`.
    MY_GUILDS = "users.me.guilds";
    /// `GET /users/{id}`.
    USER = "users.read";
    /// `POST /users/@me/channels`.
    OPEN_DM = "users.me.channels";
    /// `GET /applications/@me` and `GET /oauth2/applications/@me`.
    APPLICATION = "applications.me";
    /// `GET /guilds/{id}`.
    GUILD = "guilds.read";
    /// `GET /guilds/{id}/channels`.
    GUILD_CHANNELS = "guilds.channels";
    /// `GET /guilds/{id}/members/{id}`.
    MEMBER = "guilds.member";
    /// `GET /channels/{id}`.
    CHANNEL = "channels.read";
    /// `PATCH /channels/{id}`.
    EDIT_CHANNEL = "channels.edit";
    /// `POST /channels/{id}/typing`.
    TYPING = "channels.typing";
    /// `GET /channels/{id}/messages`.
    HISTORY = "messages.list";
    /// `POST /channels/{id}/messages`.
    SEND = "messages.create";
    /// `GET /channels/{id}/messages/{id}`.
    MESSAGE = "messages.read";
    /// `PATCH /channels/{id}/messages/{id}`.
    EDIT = "messages.edit";
    /// `DELETE /channels/{id}/messages/{id}`.
    DELETE = "messages.delete";
    /// `PUT …/reactions/{emoji}/@me`.
    REACT = "reactions.put";
    /// `DELETE …/reactions/{emoji}/@me`.
    UNREACT = "reactions.delete";
    /// `GET …/reactions/{emoji}`.
    REACTIONS = "reactions.list";
    /// `POST /channels/{id}/messages/{id}/threads`.
    THREAD_FROM_MESSAGE = "threads.from_message";
    /// `POST /channels/{id}/threads`, also for posts of a forum.
    THREAD = "threads.create";
    /// `PUT /channels/{id}/thread-members/@me`.
    JOIN_THREAD = "threads.join";
    /// `GET` of an application's commands, global or of a guild.
    COMMANDS = "commands.list";
    /// `PUT` of all of an application's commands, global or of a guild.
    SET_COMMANDS = "commands.set";
    /// `POST` of one command, global or of a guild.
    ADD_COMMAND = "commands.add";
    /// `DELETE` of one command, global or of a guild.
    REMOVE_COMMAND = "commands.remove";
    /// `POST /interactions/{id}/{token}/callback`.
    CALLBACK = "interactions.callback";
    /// `POST /webhooks/{application}/{token}`.
    FOLLOW_UP = "webhooks.create";
    /// `GET …/messages/{id or @original}`.
    READ_ANSWER = "webhooks.read";
    /// `PATCH …/messages/{id or @original}`.
    EDIT_ANSWER = "webhooks.edit";
    /// `DELETE …/messages/{id or @original}`.
    DELETE_ANSWER = "webhooks.delete";
    /// `GET /attachments/…`: not below the API root, but breakable like a call.
    DOWNLOAD = "attachments.read";
}

/// A call that is one, with what its path says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Route<'a> {
    pub(crate) name: &'static str,
    /// Ids and words of the path, in order.
    pub(crate) args: [&'a str; 3],
}

impl Route<'_> {
    /// The argument as an id; an id that is none does not exist.
    pub(crate) fn id(&self, index: usize) -> Snowflake {
        let text = self.args.get(index).copied().unwrap_or_default();
        Snowflake::parse(text).unwrap_or(Snowflake::from_number(0))
    }

    /// True if an interaction's token stands in for the `Authorization` header.
    pub(crate) fn is_of_interaction(&self) -> bool {
        self.name == CALLBACK || self.name.starts_with("webhooks.")
    }
}

/// Why a path leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    NoSuchPath,
    OtherMethod,
}

/// Finds the route of a decoded path.
pub(crate) fn find<'a>(method: &Method, path: &[&'a str]) -> Result<Route<'a>, Lost> {
    let methods = [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
    ];
    named(method, path).ok_or_else(|| {
        let elsewhere = methods.iter().any(|other| named(other, path).is_some());
        if elsewhere {
            Lost::OtherMethod
        } else {
            Lost::NoSuchPath
        }
    })
}

fn named<'a>(method: &Method, path: &[&'a str]) -> Option<Route<'a>> {
    let (name, args): (_, [&'a str; 3]) = match (method.as_str(), path) {
        ("GET", ["gateway"]) => (GATEWAY, [""; 3]),
        ("GET", ["gateway", "bot"]) => (GATEWAY_BOT, [""; 3]),
        ("GET", ["users", "@me"]) => (ME, [""; 3]),
        ("GET", ["users", "@me", "guilds"]) => (MY_GUILDS, [""; 3]),
        ("POST", ["users", "@me", "channels"]) => (OPEN_DM, [""; 3]),
        ("GET", ["users", id]) => (USER, [id, "", ""]),
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => {
            (APPLICATION, [""; 3])
        }
        ("GET", ["guilds", id]) => (GUILD, [id, "", ""]),
        ("GET", ["guilds", id, "channels"]) => (GUILD_CHANNELS, [id, "", ""]),
        ("GET", ["guilds", id, "members", user]) => (MEMBER, [id, user, ""]),
        (_, ["channels", id, rest @ ..]) => of_channel(method, id, rest)?,
        (_, ["applications", app, "commands", rest @ ..]) => of_commands(method, app, "", rest)?,
        (_, ["applications", app, "guilds", guild, "commands", rest @ ..]) => {
            of_commands(method, app, guild, rest)?
        }
        ("POST", ["interactions", id, token, "callback"]) => (CALLBACK, [id, token, ""]),
        ("POST", ["webhooks", app, token]) => (FOLLOW_UP, [app, token, ""]),
        ("GET", ["webhooks", app, token, "messages", id]) => (READ_ANSWER, [app, token, id]),
        ("PATCH", ["webhooks", app, token, "messages", id]) => (EDIT_ANSWER, [app, token, id]),
        ("DELETE", ["webhooks", app, token, "messages", id]) => (DELETE_ANSWER, [app, token, id]),
        _ => return None,
    };
    Some(Route { name, args })
}

type Found<'a> = (&'static str, [&'a str; 3]);

fn of_channel<'a>(method: &Method, id: &'a str, rest: &[&'a str]) -> Option<Found<'a>> {
    Some(match (method.as_str(), rest) {
        ("GET", []) => (CHANNEL, [id, "", ""]),
        ("PATCH", []) => (EDIT_CHANNEL, [id, "", ""]),
        ("POST", ["typing"]) => (TYPING, [id, "", ""]),
        ("GET", ["messages"]) => (HISTORY, [id, "", ""]),
        ("POST", ["messages"]) => (SEND, [id, "", ""]),
        ("GET", ["messages", message]) => (MESSAGE, [id, message, ""]),
        ("PATCH", ["messages", message]) => (EDIT, [id, message, ""]),
        ("DELETE", ["messages", message]) => (DELETE, [id, message, ""]),
        ("GET", ["messages", message, "reactions", emoji]) => (REACTIONS, [id, message, emoji]),
        ("PUT", ["messages", message, "reactions", emoji, "@me"]) => (REACT, [id, message, emoji]),
        ("DELETE", ["messages", message, "reactions", emoji, "@me"]) => {
            (UNREACT, [id, message, emoji])
        }
        ("POST", ["messages", message, "threads"]) => (THREAD_FROM_MESSAGE, [id, message, ""]),
        ("POST", ["threads"]) => (THREAD, [id, "", ""]),
        ("PUT", ["thread-members", "@me"]) => (JOIN_THREAD, [id, "", ""]),
        _ => return None,
    })
}

fn of_commands<'a>(
    method: &Method,
    app: &'a str,
    guild: &'a str,
    rest: &[&'a str],
) -> Option<Found<'a>> {
    Some(match (method.as_str(), rest) {
        ("GET", []) => (COMMANDS, [app, guild, ""]),
        ("PUT", []) => (SET_COMMANDS, [app, guild, ""]),
        ("POST", []) => (ADD_COMMAND, [app, guild, ""]),
        ("DELETE", [id]) => (REMOVE_COMMAND, [app, guild, id]),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_routes() {
        let found =
            |method: Method, path: &[&'static str]| find(&method, path).map(|route| route.name);
        assert_eq!(
            found(Method::POST, &["channels", "1", "messages"]),
            Ok(SEND)
        );
        assert_eq!(found(Method::GET, &["users", "@me"]), Ok(ME));
        assert_eq!(
            found(Method::PUT, &["users", "@me"]),
            Err(Lost::OtherMethod)
        );
        assert_eq!(found(Method::GET, &["nowhere"]), Err(Lost::NoSuchPath));
        let route = find(
            &Method::PUT,
            &["applications", "1", "guilds", "2", "commands"],
        )
        .unwrap();
        assert_eq!((route.name, route.args), (SET_COMMANDS, ["1", "2", ""]));
    }
}
