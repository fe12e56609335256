#![expect(
    clippy::needless_raw_string_hashes,
    reason = "expect-test writes its snapshots with them"
)]

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::html;

fn check(markdown: &str, wanted: &Expect) {
    let got = html(markdown);
    assert_eq!(flaw(&got), None, "{got}");
    wanted.assert_eq(&got);
}

/// What is wrong with it by Telegram's rules: a tag that it does not know, one that is not closed
/// or closed out of turn, a bare `&`, `<` or `>`.
fn flaw(html: &str) -> Option<String> {
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '>', '&']) {
        let (_, here) = rest.split_at(at);
        let length = match here.as_bytes()[0] {
            b'&' => {
                let known = ["&amp;", "&lt;", "&gt;", "&quot;"];
                match known.iter().find(|entity| here.starts_with(**entity)) {
                    Some(entity) => entity.len(),
                    None => return Some(format!("a bare & at {here}")),
                }
            }
            b'<' => {
                let Some(end) = here.find('>') else {
                    return Some(format!("a bare < at {here}"));
                };
                let tag = &here[1..end];
                if let Some(name) = tag.strip_prefix('/') {
                    if open.pop().as_deref() != Some(name) {
                        return Some(format!("{name} is closed out of turn"));
                    }
                } else {
                    let name = tag.split(' ').next().unwrap();
                    if !["a", "b", "i", "s", "code", "pre", "blockquote"].contains(&name) {
                        return Some(format!("an unknown tag {name}"));
                    }
                    if name == "blockquote" && open.iter().any(|on| on == name) {
                        return Some("a quote in a quote".into());
                    }
                    if open.iter().any(|on| on == "pre") && name != "code" {
                        return Some(format!("{name} inside of pre"));
                    }
                    open.push(name.into());
                }
                end + 1
            }
            _ => return Some(format!("a bare > at {here}")),
        };
        rest = &here[length..];
    }
    (!open.is_empty()).then(|| format!("left open: {open:?}"))
}

#[test]
fn marks_in_a_line() {
    check(
        "**bold** *it* ~~gone~~ `a<b` and ***both***",
        &expect!["<b>bold</b> <i>it</i> <s>gone</s> <code>a&lt;b</code> and <i><b>both</b></i>"],
    );
}

#[test]
fn blocks_have_an_empty_line_between_them() {
    check(
        "one\n\ntwo\nlines\n\n\n\nthree",
        &expect![[r#"
        one

        two
        lines

        three"#]],
    );
}

#[test]
fn headings_and_rules() {
    check(
        "# Tides **now**\n\ntext\n\n---\n\n## More",
        &expect![[r#"
        <b>Tides now</b>

        text

        ———

        <b>More</b>"#]],
    );
}

#[test]
fn lists() {
    check(
        "before\n\n- one\n- two\n  1. deep\n  2. deeper\n     goes on\n- [x] done\n- [ ] open\n\nafter",
        &expect![[r#"
            before

            • one
            • two
              1. deep
              2. deeper
                goes on
            • ☑ done
            • ☐ open

            after"#]],
    );
    check(
        "3. loose\n\n   more of it\n\n4. `next`\n   ```\n   code\n   ```",
        &expect![[r#"
            3. loose

              more of it
            4. <code>next</code>

              <pre>code</pre>"#]],
    );
}

#[test]
fn quotes() {
    check(
        "> one\n> two\n>\n> > deep\n\nout",
        &expect![[r#"
        <blockquote>one
        two

        deep</blockquote>

        out"#]],
    );
}

#[test]
fn code_with_and_without_language() {
    check(
        "```rust\nlet x = a<b> & c;\n\n    // in\n```\n\nand\n\n    four spaces",
        &expect![[r#"
            <pre><code class="language-rust">let x = a&lt;b&gt; &amp; c;

                // in</code></pre>

            and

            <pre>four spaces</pre>"#]],
    );
    check("```\"><b>\nx\n```", &expect!["<pre>x</pre>"]);
    check(
        "```py\nnot closed",
        &expect![[r#"<pre><code class="language-py">not closed</code></pre>"#]],
    );
}

#[test]
fn links() {
    check(
        "[web](https://example.org/?a=1&b=\"2\") [file](README.md) <https://example.org> \
         <sea@example.org> ![chart](https://example.org/c.png) \
         [![badge](https://example.org/b.svg)](https://example.org) [bad](javascript:alert(1))",
        &expect![[
            r#"<a href="https://example.org/?a=1&amp;b=&quot;2&quot;">web</a> file (README.md) <a href="https://example.org">https://example.org</a> sea@example.org <a href="https://example.org/c.png">🖼 chart</a> <a href="https://example.org">🖼 badge</a> bad (javascript:alert(1))"#
        ]],
    );
}

#[test]
fn tables() {
    check(
        "| Port | High *water* |\n| --- | ---: |\n| Kiel | 06:12 |\n| Cuxhaven & co | `11` |\n\nafter",
        &expect![[r#"
            <pre>Port          │ High water
            ──────────────┼───────────
            Kiel          │ 06:12
            Cuxhaven &amp; co │ 11</pre>

            after"#]],
    );
}

#[test]
fn html_is_only_words() {
    check(
        "a <b>b</b> & <script>x</script>\n\n<div>\nblock\n</div>\n\nend",
        &expect![[r#"
            a &lt;b&gt;b&lt;/b&gt; &amp; &lt;script&gt;x&lt;/script&gt;

            &lt;div&gt;
            block
            &lt;/div&gt;

            end"#]],
    );
}

#[test]
fn nothing_is_nothing() {
    check("", &expect![[""]]);
    check("\n\n  \n", &expect![[""]]);
}

proptest! {
    #[test]
    fn whatever_is_written_is_well_formed(markdown in r#"([a-z <>&"\n]|\*|_|~~|`{1,3}|> |- |1\. |# |\[x\]\(u\)|!\[|\]\(http://x\)|\| |\|-\|\n|   ){0,60}"#) {
        let got = html(&markdown);
        prop_assert_eq!(flaw(&got), None, "{}", got);
    }
}
