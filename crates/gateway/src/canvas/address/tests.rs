use super::*;

const TOKEN: &str = "00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff";

fn behind(rest: &str) -> Result<What, Ambiguous> {
    let address = read(&format!("/__tidegate__/cap/{TOKEN}/{rest}"))?;
    let Address::Behind { token, base, what } = address else {
        panic!("{rest} is bare");
    };
    assert_eq!(token, TOKEN);
    assert_eq!(base, format!("/__tidegate__/cap/{TOKEN}/"));
    Ok(what)
}

fn path(text: &str, folder: bool) -> What {
    What::File {
        path: Some(CanvasPath::parse(text).unwrap()),
        folder,
    }
}

#[test]
fn plain_paths_are_what_they_look_like() {
    for (rest, what) in [
        (
            "canvas/",
            What::File {
                path: None,
                folder: true,
            },
        ),
        (
            "canvas",
            What::File {
                path: None,
                folder: false,
            },
        ),
        ("canvas/a/b.html", path("a/b.html", false)),
        ("canvas/a/", path("a", true)),
        ("canvas/a%20b.html", path("a b.html", false)),
        ("canvas/%C3%BC.html", path("ü.html", false)),
        ("canvas/%61.html", path("a.html", false)),
        ("canvas/a..b", path("a..b", false)),
        ("canvas/.hidden", What::Nothing),
        ("canvas/a/.git/config", What::Nothing),
        ("a2ui", What::Surfaces(None)),
        ("a2ui/", What::Surfaces(Some(String::new()))),
        ("a2ui/a2ui.js", What::Surfaces(Some("a2ui.js".into()))),
        ("a2ui/a/b", What::Nothing),
        ("bridge.js", What::Bridge),
        ("ws", What::Reload),
        ("", What::Nothing),
        ("healthz", What::Nothing),
    ] {
        assert_eq!(behind(rest), Ok(what), "{rest}");
    }
}

#[test]
fn the_family_s_names_lead_to_the_same() {
    for first in FAMILY {
        for again in FAMILY {
            let address = read(&format!("/{first}/cap/{TOKEN}/{again}/canvas/x.html")).unwrap();
            let expected = Address::Behind {
                token: TOKEN.into(),
                base: format!("/{first}/cap/{TOKEN}/"),
                what: path("x.html", false),
            };
            assert_eq!(address, expected);
        }
    }
    assert_eq!(behind("__clawdbot/ws"), Ok(What::Reload));
}

#[test]
fn without_a_capability_nothing_is_behind_a_path() {
    for bare in [
        "/__tidegate__/canvas/",
        "/__openclaw__/canvas/index.html",
        "/__clawdbot__/a2ui/",
        "/__coderclaw__/canvas",
        "/__clawdbot/ws",
        "/__tidegate__/",
        "/__tidegate__/cap/",
        "/__tidegate__/cap//canvas/",
        "/__tidegate__/cap",
    ] {
        assert!(is_ours(bare), "{bare}");
        assert!(
            matches!(read(bare), Ok(Address::Bare) | Err(Ambiguous)),
            "{bare}"
        );
    }
    for other in [
        "/",
        "/assets/x.js",
        "/%5f_tidegate__/canvas/",
        "/__clawdbot/x",
        "/__tidegate/ws",
        "//__tidegate__/",
    ] {
        assert!(!is_ours(other), "{other}");
    }
}

/// T37: sixty ways of writing what must not be served.
#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let ways = [
        "canvas/../secret",
        "canvas/..",
        "canvas/./a",
        "canvas/.",
        "canvas//a",
        "canvas/a//b",
        "canvas///",
        "canvas/%2e%2e/secret",
        "canvas/%2E%2E/secret",
        "canvas/.%2e/secret",
        "canvas/%2e./secret",
        "canvas/%2e/a",
        "canvas/a/%2e%2e/%2e%2e/secret",
        "canvas/..%2fsecret",
        "canvas/..%2Fsecret",
        "canvas/a%2fb",
        "canvas/a%2Fb",
        "canvas/%2fetc/passwd",
        "canvas/%2f%2fetc",
        "canvas/..%5csecret",
        "canvas/a%5cb",
        "canvas/a%5Cb",
        "canvas/a\\b",
        "canvas/..\\secret",
        "canvas/%252e%252e/secret",
        "canvas/%252fetc",
        "canvas/%25%32%65",
        "canvas/%2525",
        "canvas/%255c",
        "canvas/a%00.html",
        "canvas/%00",
        "canvas/index.html%00.png",
        "canvas/a%0ab",
        "canvas/a%0db",
        "canvas/a%09b",
        "canvas/a%1bb",
        "canvas/a%7fb",
        "canvas/%",
        "canvas/%2",
        "canvas/%zz",
        "canvas/%2g",
        "canvas/a%",
        "canvas/%u002e%u002e/secret",
        "canvas/%c0%ae%c0%ae/secret",
        "canvas/%c0%af",
        "canvas/%e0%80%ae",
        "canvas/%f0%80%80%ae",
        "canvas/%fc%80%80%80%80%ae",
        "canvas/%ff",
        "canvas/%ed%a0%80",
        "canvas/%c2%85",
        "canvas/..;/secret",
        "canvas/.;/a",
        "canvas/%2e%2e;x=1/secret",
        "canvas/%2e%2e%3b/secret",
        "canvas/\u{fc}.html",
        "canvas/%80",
        "canvas/a%2f..%2fb",
        "a2ui/../canvas/",
        "a2ui/%2e%2e/ws",
        "../cap/other/canvas/",
        "canvas/a/..%00/b",
    ];
    assert!(ways.len() >= 60);
    for way in ways {
        assert_eq!(behind(way), Err(Ambiguous), "{way}");
    }
    // A capability is never decoded, and never taken from elsewhere.
    let encoded = format!("/__tidegate__/cap/%30{}/canvas/", &TOKEN[1..]);
    assert_eq!(read(&encoded), Ok(Address::Bare));
    assert_eq!(read(&format!("/{}", "a/".repeat(5_000))), Err(Ambiguous));
}
