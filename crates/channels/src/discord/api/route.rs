//! Which call goes where.

use reqwest::{Method, Url};

/// One call's verb, path and query.
#[derive(Debug, Clone)]
pub(crate) struct Route<'a> {
    method: Method,
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
}

impl<'a> Route<'a> {
    pub(crate) const fn get(path: &'a [&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) const fn post(path: &'a [&'a str]) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) const fn put(path: &'a [&'a str]) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) const fn patch(path: &'a [&'a str]) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) const fn delete(path: &'a [&'a str]) -> Self {
        Self::new(Method::DELETE, path)
    }

    const fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self {
            method,
            path,
            query: &[],
        }
    }

    /// The same with a query.
    pub(crate) fn with(self, query: &'a [(&'a str, &'a str)]) -> Self {
        Self { query, ..self }
    }

    pub(super) fn method(&self) -> Method {
        self.method.clone()
    }

    /// The address; every step is escaped, so that none can lead elsewhere.
    pub(super) fn url(&self, root: &Url) -> Url {
        let mut url = root.clone();
        if let Ok(mut steps) = url.path_segments_mut() {
            steps.pop_if_empty().extend(self.path);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query);
        }
        url
    }

    /// The name under which calls share a limit: the verb and the path, with the id of the channel
    /// or guild and without those of messages. Answers to interactions have no limit of ours.
    pub(super) fn limit(&self) -> Option<String> {
        if matches!(self.path.first(), Some(&("interactions" | "webhooks"))) {
            return None;
        }
        let mut name = self.method.to_string();
        let mut before = "";
        for (at, step) in self.path.iter().enumerate() {
            let counted = at < 2 || step.bytes().any(|byte| !byte.is_ascii_digit());
            name.push('/');
            name.push_str(match before {
                "reactions" => "*",
                _ if counted => step,
                _ => "*",
            });
            before = step;
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_leads_elsewhere() {
        let root = Url::parse("http://127.0.0.1:1/api/v10").unwrap();
        let url = |path: &[&str]| Route::get(path).url(&root).to_string();
        assert_eq!(
            url(&["channels", "1", "messages"]),
            "http://127.0.0.1:1/api/v10/channels/1/messages"
        );
        assert_eq!(
            url(&["channels", "1/../2?x#y"]),
            "http://127.0.0.1:1/api/v10/channels/1%2F..%2F2%3Fx%23y"
        );
        assert_eq!(
            url(&["reactions", "👍", "@me"]),
            "http://127.0.0.1:1/api/v10/reactions/%F0%9F%91%8D/@me"
        );
        let query = [("limit", "100")];
        let with = Route::get(&["x"]).with(&query).url(&root);
        assert_eq!(with.query(), Some("limit=100"));
    }

    #[test]
    fn messages_of_a_channel_share_a_limit() {
        let limit = |path: &[&str]| Route::patch(path).limit();
        assert_eq!(
            limit(&["channels", "1", "messages", "2"]),
            limit(&["channels", "1", "messages", "3"])
        );
        assert_ne!(
            limit(&["channels", "1", "messages", "2"]),
            limit(&["channels", "2", "messages", "2"])
        );
        let react = |emoji| limit(&["channels", "1", "messages", "2", "reactions", emoji, "@me"]);
        assert_eq!(react("👍"), react("tide:7"));
        assert_eq!(limit(&["webhooks", "1", "token"]), None);
    }
}
