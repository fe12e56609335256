use std::path::Path;

use tidegate_client::{Address, Auth, Credential};

use super::*;

fn shown(secret: &str) -> Shown {
    Shown {
        secret: Credential::new(secret),
        from: format!("from-{secret}"),
    }
}

fn own_gateway(configured: bool, owner: bool) -> Own {
    Own {
        address: Address::loopback(18789),
        chosen: "port: default".to_owned(),
        configured: configured.then(|| shown("configured")),
        owner: owner.then(|| shown("owner")),
    }
}

fn given(url: Option<&str>, token: Option<&str>) -> Given {
    Given {
        address: url.map(|url| Address::parse(url).unwrap()),
        auth: token.map(Auth::token).unwrap_or_default(),
        from: token.map(|_| "--token-file"),
    }
}

/// What is shown, and what would be shown next.
fn secrets(target: &Target) -> (Option<&str>, Option<&str>) {
    let first = target.auth.token.as_ref().map(Credential::expose);
    (
        first,
        target.fallback.as_ref().map(|shown| shown.secret.expose()),
    )
}

const NOBODY: &str = "/nonexistent";

#[test]
fn the_rules_of_the_own_gateway() {
    for (url, token, configured, owner, wanted) in [
        (None, None, false, true, (Some("owner"), None)),
        (None, None, true, true, (Some("configured"), Some("owner"))),
        (None, None, true, false, (Some("configured"), None)),
        (None, Some("given"), true, true, (Some("given"), None)),
        (
            Some("ws://127.0.0.1:18789"),
            None,
            false,
            true,
            (Some("owner"), None),
        ),
        (
            Some("ws://127.0.0.1:18789/"),
            None,
            true,
            true,
            (Some("configured"), Some("owner")),
        ),
        (
            Some("ws://localhost"),
            None,
            false,
            true,
            (Some("owner"), None),
        ),
        (
            Some("ws://localhost"),
            Some("given"),
            true,
            true,
            (Some("given"), None),
        ),
    ] {
        let target = decide(
            &given(url, token),
            &own_gateway(configured, owner),
            Path::new(NOBODY),
        )
        .unwrap();
        assert_eq!(
            secrets(&target),
            wanted,
            "{url:?} {token:?} {configured} {owner}"
        );
        assert!(target.own);
        assert!(target.device_in.is_none(), "the owner needs no device");
        assert_eq!(
            target.address.host(),
            "127.0.0.1",
            "never a name that somebody may turn"
        );
    }
}

#[test]
fn no_secret_of_ours_goes_to_another_address() {
    for url in [
        "ws://127.0.0.1:18790",
        "ws://localhost:18790",
        "ws://127.0.0.2:18789",
        "ws://[::1]:18789",
        "ws://0.0.0.0:18789",
        "ws://example.org:18789",
        "ws://127.0.0.1.example.org:18789",
        "ws://localhost.example.org:18789",
    ] {
        let own = own_gateway(true, true);
        let refused = decide(&given(Some(url), None), &own, Path::new(NOBODY)).unwrap_err();
        assert_eq!(refused.exit, Exit::Denied, "{url}");
        assert!(refused.next.unwrap().contains("--token-file"), "{url}");

        let target = decide(&given(Some(url), Some("given")), &own, Path::new(NOBODY)).unwrap();
        assert_eq!(secrets(&target), (Some("given"), None), "{url}");
        assert!(!target.own);
        let text = format!("{target:?} {target}");
        assert!(
            !text.contains("from-owner") && !text.contains("from-configured"),
            "{text}"
        );
    }
}

#[test]
fn a_remote_gateway_gets_a_device_and_the_token_that_it_gave() {
    let state = tempfile::tempdir().unwrap();
    let remote = given(Some("ws://gateway.example:1000"), Some("given"));
    let target = decide(&remote, &own_gateway(true, true), state.path()).unwrap();
    assert_eq!(target.device_in.as_deref(), Some(state.path()));

    let silent = given(Some("ws://gateway.example:1000"), None);
    assert!(decide(&silent, &own_gateway(true, true), state.path()).is_err());
    assert_eq!(
        std::fs::read_dir(state.path()).unwrap().count(),
        0,
        "looking makes nothing"
    );
}

#[test]
fn without_any_secret_the_next_step_is_to_start() {
    let refused = decide(
        &given(None, None),
        &own_gateway(false, false),
        Path::new(NOBODY),
    )
    .unwrap_err();
    assert_eq!(refused.exit, Exit::Unreachable);
    assert!(
        refused
            .next
            .unwrap()
            .starts_with("start it with `tidegate gateway`")
    );
}
