//! Who is notified by a message.

use crate::discord::snowflake::Snowflake;

/// Whom a sender allows to be notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whom {
    pub(crate) users: Allowed,
    pub(crate) everyone: bool,
    pub(crate) replied_user: bool,
}

/// Users who may be notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Allowed {
    All,
    These(Vec<Snowflake>),
}

impl Whom {
    /// Without `allowed_mentions`: all of them.
    pub(crate) fn all() -> Self {
        Self {
            users: Allowed::All,
            everyone: true,
            replied_user: true,
        }
    }

    /// Without `allowed_mentions` in an answer to an interaction: users only.
    pub(crate) fn users_only() -> Self {
        Self {
            users: Allowed::All,
            everyone: false,
            replied_user: false,
        }
    }
}

/// Who was notified.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Mentions {
    pub(crate) users: Vec<Snowflake>,
    pub(crate) everyone: bool,
}

impl Mentions {
    /// Reads `<@id>`, `<@!id>`, `@everyone` and `@here`, and adds the author of the answered message.
    pub(crate) fn of(content: &str, whom: &Whom, replied: Option<Snowflake>) -> Self {
        let mut users = Vec::new();
        for id in named(content) {
            let allowed = match &whom.users {
                Allowed::All => true,
                Allowed::These(these) => these.contains(&id),
            };
            if allowed && !users.contains(&id) {
                users.push(id);
            }
        }
        if let Some(author) = replied.filter(|_| whom.replied_user)
            && !users.contains(&author)
        {
            users.push(author);
        }
        Self {
            users,
            everyone: whom.everyone && (content.contains("@everyone") || content.contains("@here")),
        }
    }
}

fn named(content: &str) -> impl Iterator<Item = Snowflake> + '_ {
    content.split("<@").skip(1).filter_map(|rest| {
        let (id, _) = rest.split_once('>')?;
        Snowflake::parse(id.trim_start_matches('!'))
    })
}

#[cfg(test)]
mod tests {
    use super::{Allowed, Mentions, Whom};
    use crate::discord::snowflake::Snowflake;

    #[test]
    fn only_who_is_allowed_is_notified() {
        let (one, two, author) = (
            Snowflake::from_number(1),
            Snowflake::from_number(2),
            Snowflake::from_number(3),
        );
        let text = "<@1> <@!2> <@1> <@&9> @everyone";
        let all = Mentions::of(text, &Whom::all(), Some(author));
        assert_eq!(all.users, [one, two, author]);
        assert!(all.everyone);
        let some = Whom {
            users: Allowed::These(vec![two]),
            everyone: false,
            replied_user: false,
        };
        let some = Mentions::of(text, &some, Some(author));
        assert_eq!(some.users, [two]);
        assert!(!some.everyone);
    }
}
