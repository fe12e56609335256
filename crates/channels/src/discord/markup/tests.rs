use proptest::prelude::*;

use super::fit;

#[test]
fn what_discord_has_stays_as_it_is() {
    for same in [
        "**bold** *slanted* ~~gone~~ `code`",
        "# One\n## Two\n### Three",
        "- one\n- two\n  - three\n1. four",
        "> quoted\n> twice",
        "```rust\nlet x = \"@everyone\";\n#### no heading\n```",
        "snake_case_name and 2 * 3 * 4 < 5 & <tag>",
        "[words](https://example.org) <https://example.org>",
        "a\nb\n\nc",
        "",
        "  lead",
    ] {
        assert_eq!(fit(same), same);
    }
}

#[test]
fn what_it_has_not_is_put_otherwise() {
    for (ours, theirs) in [
        ("#### Four\n###### Six", "### Four\n### Six"),
        ("Head\n====\ntext", "# Head\ntext"),
        ("Head\n---\ntext", "## Head\ntext"),
        ("__bold__ and __more__", "**bold** and **more**"),
        (
            "![a wave](https://example.org/a.png)",
            "[a wave](https://example.org/a.png)",
        ),
        (
            "![](https://example.org/a.png)",
            "https://example.org/a.png",
        ),
        ("- [ ] one\n- [x] two", "- ☐ one\n- ☑ two"),
        ("a\n\n***\n\nb", "a\n\n———\n\nb"),
    ] {
        assert_eq!(fit(ours).trim_end(), theirs, "{ours}");
    }
}

#[test]
fn nobody_is_called() {
    assert_eq!(fit("@everyone look"), "@\u{200b}everyone look");
    assert_eq!(fit("ask @here"), "ask @\u{200b}here");
    assert_eq!(fit("`@here`"), "`@here`");
    assert_eq!(
        fit("[@everyone](https://example.org)"),
        "[@\u{200b}everyone](https://example.org)"
    );
}

#[test]
fn tables_are_drawn() {
    let table =
        "Tides:\n\n| Port | High |\n|---|---|\n| `Harbour` | 06:12 |\n| **Bay** | 7 |\n\nEnd";
    let drawn =
        "Tides:\n\n```\nPort    | High\n--------+------\nHarbour | 06:12\nBay     | 7\n```\n\nEnd";
    assert_eq!(fit(table), drawn);
    let nested = "> | a | b |\n> |---|---|\n> | 1 | 2 |";
    assert_eq!(fit(nested), nested);
}

#[test]
fn what_grows_too_long_goes_as_it_was() {
    let row = format!("| {} | {} |\n", "x".repeat(100), "y");
    let table = format!("| a | b |\n|---|---|\n{}{}", row, "| 1 | 2 |\n".repeat(40));
    assert!(table.chars().count() < 2000);
    assert_eq!(fit(&table), table);
}

proptest! {
    #[test]
    fn nothing_makes_it_stumble(markdown in "[ \\n|`*_#>!@\\[\\](){}a-cé🌊-]{0,80}") {
        let fitted = fit(&markdown);
        prop_assert!(fitted.chars().count() <= 2000);
    }

    #[test]
    fn plain_words_stay(words in "[a-zA-Zäöü🌊 ,.]{1,60}") {
        prop_assert_eq!(fit(&words), words);
    }
}
