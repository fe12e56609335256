//! Slack's text as plain words. What stands between `<` and `>` is a mention or a link; `&`, `<`
//! and `>` themselves are written as entities.

use crate::slack::api::Me;
use crate::slack::known::Known;

/// A text that was looked through.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// The words, without our name at their head.
    pub(super) text: String,
    /// They name us.
    pub(super) mentioned: bool,
}

/// Looks through a text.
pub(super) fn hear(text: &str, me: &Me, known: &Known) -> Heard {
    let (rest, leads) = without_our_name(text, me);
    Heard {
        text: plain(rest, me, known),
        mentioned: leads || mentions(rest).any(|id| id == me.user_id),
    }
}

/// A text as plain words.
pub(super) fn plain(text: &str, me: &Me, known: &Known) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = next_mark(rest) {
        unescape(&mut words, before);
        words.push_str(&shown(inside, me, known));
        rest = after;
    }
    unescape(&mut words, rest);
    words.trim().to_owned()
}

/// Takes our name off the head; whether it stood there.
fn without_our_name<'a>(text: &'a str, me: &Me) -> (&'a str, bool) {
    let mut rest = text.trim_start();
    let mut leads = false;
    while let Some(("", inside, after)) = next_mark(rest) {
        if mentioned(inside) != Some(&*me.user_id) {
            break;
        }
        leads = true;
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':'));
    }
    (rest, leads)
}

/// What is before the next mark, in it and behind it.
fn next_mark(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('<')?;
    let (inside, after) = rest.split_once('>')?;
    Some((before, inside, after))
}

fn mentions(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, inside, after) = next_mark(rest)?;
        rest = after;
        Some(inside)
    })
    .filter_map(mentioned)
}

/// The person whom a mark means.
fn mentioned(inside: &str) -> Option<&str> {
    let whom = inside.strip_prefix('@')?;
    Some(whom.split_once('|').map_or(whom, |(id, _)| id))
}

/// What people see of a mark.
fn shown(inside: &str, me: &Me, known: &Known) -> String {
    let (what, label) = match inside.split_once('|') {
        Some((what, label)) => (what, Some(unescaped(label)).filter(|l| !l.is_empty())),
        None => (inside, None),
    };
    if let Some(id) = what.strip_prefix('@') {
        let ours = (id == me.user_id).then(|| me.user.clone()).flatten();
        let name = label.or(ours).or_else(|| known.name_of(id));
        return format!("@{}", name.as_deref().unwrap_or(id));
    }
    if let Some(id) = what.strip_prefix('#') {
        return format!("#{}", label.as_deref().unwrap_or(id));
    }
    if let Some(special) = what.strip_prefix('!') {
        let word = special.split('^').next().unwrap_or(special);
        return label.unwrap_or_else(|| format!("@{word}"));
    }
    link(&unescaped(what), label)
}

fn link(url: &str, label: Option<String>) -> String {
    let bare = url.strip_prefix("mailto:").or(url.strip_prefix("tel:"));
    match label {
        None => bare.unwrap_or(url).to_owned(),
        // Slack makes links of addresses in the words, and labels them with the same.
        Some(label) if url.ends_with(&label) => bare.unwrap_or(url).to_owned(),
        Some(label) => format!("{label} ({url})"),
    }
}

fn unescaped(text: &str) -> String {
    let mut words = String::new();
    unescape(&mut words, text);
    words
}

fn unescape(words: &mut String, text: &str) {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">");
    words.push_str(&plain.replace("&amp;", "&"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn me() -> Me {
        serde_json::from_str(r#"{"user_id":"U0TIDE","user":"tidegate"}"#).unwrap()
    }

    fn heard(text: &str) -> (String, bool) {
        let known = Known::default();
        known.learn_name("U0ADA", Some("Ada"));
        let heard = hear(text, &me(), &known);
        (heard.text, heard.mentioned)
    }

    fn words(text: &str) -> String {
        heard(text).0
    }

    #[test]
    fn our_name_at_the_head_is_taken_off() {
        let said = |text: &str| (text.to_owned(), true);
        assert_eq!(heard("<@U0TIDE> hello"), said("hello"));
        assert_eq!(heard(" <@U0TIDE|tidegate>, hello"), said("hello"));
        assert_eq!(heard("<@U0TIDE> <@U0TIDE>: hello"), said("hello"));
        assert_eq!(heard("<@U0TIDE>"), said(""));
        assert_eq!(heard("hello <@U0TIDE>!"), said("hello @tidegate!"));
        assert_eq!(heard("<@U0TIDE> /status"), said("/status"));
    }

    #[test]
    fn others_keep_theirs() {
        assert_eq!(heard("<@U0ADA> hello"), ("@Ada hello".into(), false));
        assert_eq!(words("<@U0BOB> hello"), "@U0BOB hello");
        assert_eq!(words("<@U0BOB|bob> hello"), "@bob hello");
        assert!(!heard("@tidegate hello").1);
        assert_eq!(
            heard("&lt;@U0TIDE&gt; hello"),
            ("<@U0TIDE> hello".into(), false)
        );
        assert!(!heard("<@U0TIDE2> hello").1);
    }

    #[test]
    fn marks_become_words() {
        assert_eq!(
            words("in <#C01|general> and <#C02>"),
            "in #general and #C02"
        );
        assert_eq!(words("<!here> <!channel>"), "@here @channel");
        assert_eq!(words("<!subteam^S01|@crew>"), "@crew");
        assert_eq!(words("<!date^17^{date}|yesterday>"), "yesterday");
        assert_eq!(
            words("<https://a.test/?x=1&amp;y=2>"),
            "https://a.test/?x=1&y=2"
        );
        assert_eq!(
            words("<https://a.test|the page>"),
            "the page (https://a.test)"
        );
        assert_eq!(words("<https://a.test|a.test>"), "https://a.test");
        assert_eq!(words("<mailto:a@b.test|a@b.test>"), "a@b.test");
    }

    #[test]
    fn entities_are_read_once() {
        assert_eq!(words("a &amp; b &lt;c&gt;"), "a & b <c>");
        assert_eq!(words("&amp;lt;"), "&lt;");
        assert_eq!(words("an open <end"), "an open <end");
    }
}
