use proptest::prelude::*;

use super::{chunk, cost};
use crate::channel::{TextLimit, TextUnit};

const fn chars(max: usize) -> TextLimit {
    TextLimit {
        max,
        unit: TextUnit::Chars,
    }
}

fn cut(text: &str, max: usize) -> Vec<String> {
    chunk(text, chars(max))
}

#[test]
fn what_fits_is_one_piece() {
    for text in ["hi", "one\n\ntwo", "  indented", "```\ncode\n```"] {
        assert_eq!(cut(text, 40), [text]);
    }
    assert_eq!(cut("\n \n  hi \n\n", 40), ["  hi"]);
}

#[test]
fn blank_input_gives_no_piece() {
    for text in ["", " ", "\n\n \t\n", "\u{3000}\u{a0}\u{2028}"] {
        assert!(cut(text, 40).is_empty(), "{text:?}");
    }
    assert!(cut(&"\n".repeat(500), 8).is_empty());
}

#[test]
fn the_best_boundary_is_taken() {
    let table: [(&str, usize, &[&str]); 14] = [
        // Paragraphs.
        ("aaaa bbbb\n\ncccc dddd", 12, &["aaaa bbbb", "cccc dddd"]),
        ("aa\n\nbb\n\ncc", 6, &["aa\n\nbb", "cc"]),
        // Lines of a paragraph that is too long.
        ("aaaa aa\nbbbb bb\ncccc", 12, &["aaaa aa", "bbbb bb\ncccc"]),
        // Sentences of a line that is too long.
        ("Aa bb. Cc dd. Ee ff.", 14, &["Aa bb. Cc dd.", "Ee ff."]),
        (
            "He said \"no.\" Then on",
            14,
            &["He said \"no.\"", "Then on"],
        ),
        (
            "あああ。いいい。ううう。",
            9,
            &["あああ。いいい。", "ううう。"],
        ),
        ("Aa. **Cc** dd.", 10, &["Aa.", "**Cc** dd."]),
        ("ああ！」いい。うう。", 8, &["ああ！」いい。", "うう。"]),
        // A number's dot ends no sentence.
        ("aa 1. bbbb cc", 11, &["aa 1. bbbb", "cc"]),
        // Words.
        ("aaa bbb ccc ddd", 8, &["aaa bbb", "ccc ddd"]),
        // Nothing but a word.
        ("abcdefghij", 4, &["abcd", "efgh", "ij"]),
        ("a bcdefghij", 4, &["a bc", "defg", "hij"]),
        // A long paragraph fills what is left, unless that is little.
        (
            "aa\n\nbbb bbb bbb bbb",
            10,
            &["aa\n\nbbb", "bbb bbb", "bbb"],
        ),
        (
            "aaa aaa\n\nbbb bbb bbb bbb",
            10,
            &["aaa aaa", "bbb bbb", "bbb bbb"],
        ),
    ];
    for (text, max, pieces) in table {
        assert_eq!(cut(text, max), pieces, "{text:?} at {max}");
    }
}

#[test]
fn a_cut_keeps_the_indentation_of_lines() {
    let list = "- one\n  - two\n  - three";
    assert_eq!(cut(list, 14), ["- one\n  - two", "  - three"]);
}

#[test]
fn each_network_counts_in_its_own_unit() {
    let unit = |unit, max| chunk("äöü 😀😀😀", TextLimit { max, unit });
    assert_eq!(unit(TextUnit::Chars, 7), ["äöü 😀😀😀"]);
    assert_eq!(unit(TextUnit::Utf16, 10), ["äöü 😀😀😀"]);
    assert_eq!(unit(TextUnit::Utf16, 9), ["äöü", "😀😀😀"]);
    assert_eq!(unit(TextUnit::Bytes, 12), ["äöü", "😀😀😀"]);
    assert_eq!(unit(TextUnit::Utf16, 5), ["äöü", "😀😀", "😀"]);
    // Less than the widest character is no limit that can be kept.
    assert_eq!(unit(TextUnit::Bytes, 0), ["äö", "ü", "😀", "😀", "😀"]);
}

#[test]
fn what_looks_like_one_character_is_not_cut() {
    let family = "👩‍👩‍👧‍👦";
    let utf16 = |text: &str, max| {
        let unit = TextUnit::Utf16;
        chunk(text, TextLimit { max, unit })
    };
    assert_eq!(
        utf16(&family.repeat(3), 24),
        [family.repeat(2), family.into()]
    );
    assert_eq!(utf16("🇩🇪🇫🇷🇮🇹", 10), ["🇩🇪🇫🇷", "🇮🇹"]);
    assert_eq!(
        utf16("e\u{301}e\u{301}e\u{301}", 5),
        ["e\u{301}e\u{301}", "e\u{301}"]
    );
    // If it alone is too long, characters are what is left.
    assert_eq!(
        utf16(family, 5),
        ["👩\u{200d}👩", "\u{200d}👧\u{200d}", "👦"]
    );
}

#[test]
fn inline_code_and_links_are_not_cut() {
    let table: [(&str, usize, &[&str]); 8] = [
        ("aaaa `b. c d` ee", 11, &["aaaa", "`b. c d` ee"]),
        ("aaaa ``b ` d`` e", 11, &["aaaa", "``b ` d`` e"]),
        (
            "aa [b. c](http://x y) e",
            18,
            &["aa", "[b. c](http://x y)", "e"],
        ),
        ("aa [b [c] d](u) ee", 12, &["aa", "[b [c] d](u)", "ee"]),
        ("aa [b `c` d](u) ee", 12, &["aa", "[b `c` d](u)", "ee"]),
        // A run without its like is a character like others.
        ("aa ` bb cc dd", 8, &["aa ` bb", "cc dd"]),
        ("a [b c] d e", 6, &["a [b", "c] d e"]),
        // Too long for a piece: cut where any text is.
        ("`aaa bbb ccc ddd`", 8, &["`aaa bbb", "ccc ddd`"]),
    ];
    for (text, max, pieces) in table {
        assert_eq!(cut(text, max), pieces, "{text:?} at {max}");
    }
}

#[test]
fn a_fence_that_fits_is_kept_whole() {
    let text = "Some words.\n```rust\nlet a;\n\nlet b;\n```\nMore.";
    assert_eq!(
        cut(text, 31),
        ["Some words.", "```rust\nlet a;\n\nlet b;\n```", "More."]
    );
    assert_eq!(
        cut(text, 40),
        ["Some words.\n```rust\nlet a;\n\nlet b;\n```", "More."]
    );
}

#[test]
fn a_longer_fence_is_closed_and_opened_again() {
    let table: [(&str, usize, &[&str]); 9] = [
        (
            "```rust\naaaa\nbbbb\ncccc\n```\nend",
            24,
            &["```rust\naaaa\nbbbb\n```", "```rust\ncccc\n```\nend"],
        ),
        // What is left of the piece before is used if a line fits.
        (
            "hi\n```x\naaaa\nbbbb\ncccc\n```",
            20,
            &["hi\n```x\naaaa\n```", "```x\nbbbb\ncccc\n```"],
        ),
        (
            "hi yo\n```x\naaaaaa\nbbbb\n```",
            18,
            &["hi yo", "```x\naaaaaa\n```", "```x\nbbbb\n```"],
        ),
        // A longer fence may hold a shorter one.
        (
            "````md\n```\naaaaaaaa\n```\nbbbbbb\n````",
            28,
            &["````md\n```\naaaaaaaa\n```\n````", "````md\nbbbbbb\n````"],
        ),
        // Tildes, and backticks in their info string.
        (
            "~~~a`b\naaaa\n```\nbbbb\n~~~",
            22,
            &["~~~a`b\naaaa\n```\n~~~", "~~~a`b\nbbbb\n~~~"],
        ),
        // One that is never closed.
        (
            "```x\naaaa\nbbbb\ncccc",
            18,
            &["```x\naaaa\nbbbb\n```", "```x\ncccc"],
        ),
        // In a list.
        (
            "- ```x\n  aaaa\n  bbbb\n  cccc\n  ```\nend",
            28,
            &[
                "- ```x\n  aaaa\n  bbbb\n  ```",
                "- ```x\n  cccc\n  ```\nend",
            ],
        ),
        // A line that is longer than a piece.
        (
            "```x\naaaaaaaaaabbbbbbbb\n```",
            19,
            &["```x\naaaaaaaaaa\n```", "```x\nbbbbbbbb\n```"],
        ),
        // Marks far to the right are code.
        (
            "```x\naaaaaaaa\n     ```\nbbbb\n```",
            24,
            &["```x\naaaaaaaa\n```", "```x\n     ```\nbbbb\n```"],
        ),
    ];
    for (text, max, pieces) in table {
        assert_eq!(cut(text, max), pieces, "{text:?} at {max}");
    }
}

#[test]
fn a_fence_without_room_is_text() {
    let text = format!("```{}\ncode here\n```", "x".repeat(60));
    let pieces = cut(&text, 20);
    assert_eq!(letters(&pieces.concat()), letters(&text));
}

#[test]
fn inline_backticks_open_no_fence() {
    let text = "```a``` b c d e f g\n\nh";
    assert_eq!(cut(text, 12), ["```a``` b c", "d e f g\n\nh"]);
}

/// Every text that once made somebody's cutter slow: the bytes looked at are at most a small
/// multiple of those that there are.
#[test]
fn time_is_linear() {
    const LARGE: usize = 512 * 1024;
    const SMALL: usize = 32 * 1024;
    const MOST: usize = 24;
    let ladder: Vec<String> = (1..900).map(|n| "`".repeat(n)).collect();
    let ladder = ladder.join(" ");
    let seeds = [
        "a",
        "a ",
        " ",
        "\n",
        "a\n\n",
        "`",
        "` ",
        "[",
        "[]( ",
        "[a](b) ",
        "](",
        "```\n",
        "```\na\n",
        "```x\naaaa bbbb\n\n\n\n```\n",
        "~~~~\n```\n",
        "- ",
        "1. ",
        "a. ",
        "。",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "e\u{301}\u{301}\u{301}",
        "\u{301}",
        "# T\n\nSome `code` and [a link](http://x.y). More.\n\n- a\n- b\n\n",
        ladder.as_str(),
    ];
    for seed in seeds {
        let large = seed.repeat(LARGE / seed.len() + 1);
        let small = seed.repeat(SMALL / seed.len() + 1);
        let fence = format!("```rust\n{small}");
        for (text, max) in [(&large, 4096), (&small, 2000), (&small, 40), (&fence, 100)] {
            cost::looked_at();
            let limit = TextLimit {
                max,
                unit: TextUnit::Utf16,
            };
            let pieces = chunk(text, limit);
            let looked_at = cost::looked_at();
            assert!(
                looked_at <= MOST * text.len(),
                "{:?} at {max}: {}",
                seed.get(..20.min(seed.len())),
                looked_at / text.len()
            );
            assert!(pieces.len() <= 3 * text.len() / max + 2);
        }
    }
}

fn letters(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Without the lines of fences.
fn unfenced(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("```"));
    letters(&lines.collect::<Vec<_>>().join("\n"))
}

fn limits() -> impl Strategy<Value = TextLimit> {
    let units = vec![TextUnit::Utf16, TextUnit::Chars, TextUnit::Bytes];
    (4usize..80, prop::sample::select(units)).prop_map(|(max, unit)| TextLimit { max, unit })
}

/// Prose with everything that the cutter looks at, but no fence.
fn prose() -> impl Strategy<Value = String> {
    let bits = vec![
        "a",
        "bb",
        "word",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\r\n",
        ". ",
        "! ",
        "。",
        "x`",
        "y``",
        "[",
        "](",
        ")",
        "- ",
        "1. ",
        "> ",
        "**",
        "ä",
        "😀",
        "🇩🇪",
        "👩‍👩‍👧‍👦",
        "e\u{301}",
        "\u{3000}",
        "\t",
        "|",
    ];
    prop::collection::vec(prop::sample::select(bits), 0..120).prop_map(|bits| bits.concat())
}

/// Prose and code in turn; every fence begins and ends on a line of its own.
fn fenced() -> impl Strategy<Value = String> {
    let code = prop::collection::vec("[a-z {}]{0,30}", 0..12).prop_map(|lines| lines.join("\n"));
    let info = prop::sample::select(vec!["", "rust", "x"]);
    let fence = (info, code).prop_map(|(info, code)| format!("```{info}\n{code}\n```\n"));
    let text = "([a-z]{1,9}[ .\n]{1,2}){0,20}".prop_map(|text| format!("{text}\n"));
    prop::collection::vec(prop_oneof![fence, text], 0..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_too_long(text in prose(), limit in limits()) {
        let pieces = chunk(&text, limit);
        for piece in &pieces {
            prop_assert!(limit.unit.length(piece) <= limit.max, "{:?}", piece);
            prop_assert!(!piece.trim().is_empty());
            prop_assert_eq!(piece.trim_end(), piece.as_str());
        }
        prop_assert_eq!(letters(&pieces.concat()), letters(&text));
    }

    #[test]
    fn any_text_at_all(text in any::<String>(), limit in limits()) {
        let pieces = chunk(&text, limit);
        for piece in &pieces {
            prop_assert!(limit.unit.length(piece) <= limit.max, "{:?}", piece);
            prop_assert!(!piece.trim().is_empty());
        }
    }

    #[test]
    fn fences_are_whole_in_every_piece(text in fenced(), max in 24usize..120) {
        let pieces = chunk(&text, chars(max));
        for piece in &pieces {
            prop_assert!(piece.chars().count() <= max, "{:?}", piece);
            let marks = piece.lines().filter(|line| line.starts_with("```")).count();
            prop_assert_eq!(marks % 2, 0, "{:?}", piece);
        }
        let said = pieces.iter().map(|piece| unfenced(piece)).collect::<String>();
        prop_assert_eq!(said, unfenced(&text));
    }

    /// A piece is cut at a blank if there is one at all.
    #[test]
    fn words_that_fit_are_whole(text in "([a-zä]{1,10}[ \n]{1,2}){1,60}", max in 10usize..40) {
        let words: Vec<&str> = text.split_whitespace().collect();
        let pieces = cut(&text, max).join(" ");
        prop_assert_eq!(pieces.split_whitespace().collect::<Vec<_>>(), words);
    }
}
