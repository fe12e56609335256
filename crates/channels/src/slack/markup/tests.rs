#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes them so"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::mrkdwn;

fn check(markdown: &str, wanted: &Expect) {
    wanted.assert_eq(&mrkdwn(markdown));
}

#[test]
fn marks_in_a_line() {
    check(
        "**bold** *it* ~~gone~~ `a<b` and ***both***",
        &expect!["*bold* _it_ ~gone~ `a&lt;b` and _*both*_"],
    );
    check("`` a`b ``", &expect!["a`b"]);
}

#[test]
fn nothing_of_ours_is_a_mention() {
    check(
        "<!channel> <@U0ADA> & `<!here>`",
        &expect!["&lt;!channel&gt; &lt;@U0ADA&gt; &amp; `&lt;!here&gt;`"],
    );
}

#[test]
fn headings_lists_and_rules_are_drawn() {
    check(
        "# A **head**\n\nwords\n\n- one\n- two\n  1. first\n  2. second\n- [x] done\n\n---\nend",
        &expect![[r#"
            *A head*

            words

            • one
            • two
                1. first
                2. second
            • ☑ done

            ———

            end"#]],
    );
}

#[test]
fn links_are_followed_or_words() {
    check(
        "[a & b](https://a.test/?x=1&y=2|3) [no](javascript:1) <a@b.test> ![pic](https://a.test/p.png)",
        &expect![
            "<https://a.test/?x=1&amp;y=2%7C3|a &amp; b> no a@b.test <https://a.test/p.png|pic>"
        ],
    );
}

#[test]
fn quotes_have_a_mark_on_every_line() {
    check(
        "> one\n> two\n>\n> > three\n\nafter",
        &expect![[r#"
            > one
            > two
            >
            > three

            after"#]],
    );
}

#[test]
fn code_is_kept_as_it_is() {
    check(
        "```rust\nif a < b {\n    \"&\"\n}\n\n````\nafter\n```\nend",
        &expect![[r#"
            ```
            if a &lt; b {
                "&amp;"
            }
            ```

            after

            ```
            end
            ```"#]],
    );
    check("````\n```\n````", &expect!["```\n'''\n```"]);
}

#[test]
fn tables_are_code() {
    check(
        "| a | **bee** |\n| - | - |\n| 1 | 2 |",
        &expect![[r#"
            ```
            a | bee
            --+----
            1 | 2
            ```"#]],
    );
}

proptest! {
    /// Every `<` and `>` that is left is a link's or a quote's, every `&` begins an entity.
    #[test]
    fn what_slack_reads_as_its_own_is_escaped(markdown in "[-a-z<>&*_~`#|! \n\\[\\]()@:/]{0,60}") {
        let said = mrkdwn(&markdown);
        for (at, _) in said.match_indices('&') {
            let rest = &said[at..];
            let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|entity| rest.starts_with(entity));
            prop_assert!(entity, "{said}");
        }
        for (at, _) in said.match_indices('<') {
            let rest = &said[at + 1..];
            let link = ["http", "mailto:", "tel:"].iter().any(|scheme| rest.starts_with(scheme));
            prop_assert!(link, "{said}");
        }
    }
}
