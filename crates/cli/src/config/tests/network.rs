//! The keys about TLS, another host's gateway, and being found.

use super::super::file::judge;
use super::super::model_network::MdnsMode;

/// A fingerprint, as its 64 digits.
const PIN: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";

#[test]
fn what_does_not_fit_together_is_refused() {
    let pinned = |url: &str, pin: &str| {
        format!("{{ gateway: {{ remote: {{ {url} tlsFingerprint: \"{pin}\" }} }} }}")
    };
    let secure = "url: \"wss://gate.example\",";
    for (text, expected) in [
        (
            "{ gateway: { tls: { certPath: \"/c.pem\" } } }".to_owned(),
            "gateway.tls.certPath: wants gateway.tls.keyPath",
        ),
        (
            "{ gateway: { tls: { keyPath: \"/k.pem\" } } }".to_owned(),
            "gateway.tls.keyPath: wants gateway.tls.certPath",
        ),
        (
            "{ gateway: { tls: { certPath: \"c.pem\", keyPath: \"/k.pem\" } } }".to_owned(),
            "gateway.tls.certPath: must be an absolute path",
        ),
        (
            "{ gateway: { tls: { enable: true } } }".to_owned(),
            "did you mean \"gateway.tls.enabled\"?",
        ),
        (
            "{ gateway: { remote: { url: \"https://gate.example\" } } }".to_owned(),
            "gateway.remote.url: an address begins with ws:// or wss://",
        ),
        (
            pinned(secure, &"x".repeat(64)),
            "gateway.remote.tlsFingerprint: a fingerprint is 64 hex digits",
        ),
        (
            pinned("", PIN),
            "gateway.remote.tlsFingerprint: wants gateway.remote.url with wss://",
        ),
        (
            pinned("url: \"ws://gate.example\",", PIN),
            "gateway.remote.tlsFingerprint: wants gateway.remote.url with wss://",
        ),
        (
            "{ discovery: { mdns: { mode: \"on\" } } }".to_owned(),
            "expected one of off, minimal, full",
        ),
    ] {
        let judged = judge(&text);
        assert!(judged.config.is_none(), "accepted: {text}");
        let found = judged.errors.first().unwrap().to_string();
        assert!(found.contains(expected), "{text}\n  said {found}");
    }
    let good = pinned(secure, &format!("sha256:{PIN}"));
    assert!(judge(&good).config.is_some(), "{:?}", judge(&good).errors);
}

#[test]
fn a_program_without_mdns_says_so() {
    let judged = judge("{ discovery: { mdns: { mode: \"minimal\" } } }");
    if cfg!(feature = "mdns") {
        let mode = judged.config.unwrap().discovery.mdns.mode;
        assert_eq!(mode, MdnsMode::Minimal);
    } else {
        let found = judged.errors.first().unwrap().to_string();
        assert!(found.contains("built without mdns"), "{found}");
    }
}
