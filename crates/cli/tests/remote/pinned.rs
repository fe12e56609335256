//! An operator on another host: it pins the gateway's certificate, and must be paired.

use serde_json::{Value, json};

use crate::cable::{Cable, NEAR};
use crate::house::{CONFIG, DENIED, House, UNREACHABLE};

/// The port; this network is ours alone.
pub(crate) const PORT: u16 = 18789;

/// A gateway that others reach, under TLS.
pub(crate) fn open_to_others() -> Value {
    json!({ "gateway": { "bind": "lan", "port": PORT, "tls": { "enabled": true } } })
}

#[tokio::test]
async fn a_remote_operator_pins_the_gateway_and_must_be_paired() {
    let cable = Cable::plug().await;
    let (home, elsewhere) = (House::on(&cable.near), House::on(&cable.far));
    let gateway = home.serve(&open_to_others()).await;
    let pin = gateway.fingerprint.as_str();
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, home.token()).unwrap();
    let secret = secret.display().to_string();
    let url = format!("wss://{NEAR}:{PORT}");
    let health = ["health", "--url", &url, "--token-file", &secret];
    let with = |more: &[&'static str]| [&health[..], more].concat();

    // The first meeting: refused, with what it takes to go on.
    let unknown = elsewhere.run(&health).await;
    unknown.failed(
        DENIED,
        &["nothing was sent", pin, &format!("--tls-fingerprint {pin}")],
    );
    assert!(
        !elsewhere
            .state()
            .join("identity/known-gateways.json")
            .exists()
    );

    // Another certificate than the pinned one.
    let wrong = "00".repeat(32);
    let refused = elsewhere
        .run(&[&health[..], &["--tls-fingerprint", &wrong]].concat())
        .await;
    refused.failed(
        DENIED,
        &[
            "another certificate",
            "nothing was sent",
            pin,
            "--tls-fingerprint",
        ],
    );

    // Without TLS there is nobody of ours, and it says why.
    let plain = format!("ws://{NEAR}:{PORT}");
    let refused = elsewhere
        .run(&["health", "--url", &plain, "--token-file", &secret])
        .await;
    refused.failed(UNREACHABLE, &["speaks TLS", &format!("--url {url}")]);

    // The pinned one is spoken to, and this device has to be approved.
    let pinned = elsewhere
        .run(&[&health[..], &["--tls-fingerprint", pin]].concat())
        .await;
    pinned.failed(DENIED, &["pairing required"]);

    // By the configuration of that host as well as by the argument.
    let remote = json!({ "gateway": { "remote": { "url": url, "tlsFingerprint": format!("sha256:{pin}") } } });
    std::fs::write(elsewhere.state().join("tidegate.json"), remote.to_string()).unwrap();
    elsewhere
        .run(&with(&[]))
        .await
        .failed(DENIED, &["pairing required"]);

    // On the gateway's own host its commands know the certificate from its file.
    let status = home.run(&["status"]).await;
    assert_eq!(status.code, Some(0), "{status:?}");
    assert!(status.stdout.contains(pin), "{status:?}");
    assert!(
        status
            .stdout
            .contains(&format!("https://127.0.0.1:{PORT}/")),
        "{status:?}"
    );
    let link = home.run(&["dashboard", "--no-open"]).await;
    assert!(
        link.stdout
            .starts_with(&format!("https://127.0.0.1:{PORT}/#code=")),
        "{link:?}"
    );
    let told = gateway.lines.join("\n");
    assert!(told.contains(&format!("wss://0.0.0.0:{PORT}")), "{told}");

    // The same certificate after a restart.
    let before = pin.to_owned();
    gateway.kill().await;
    let again = home.serve(&open_to_others()).await;
    assert_eq!(again.fingerprint, before);
}

#[tokio::test]
async fn somebody_at_a_terminal_is_asked_once() {
    let cable = Cable::plug().await;
    let (home, elsewhere) = (House::on(&cable.near), House::on(&cable.far));
    let gateway = home.serve(&open_to_others()).await;
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, home.token()).unwrap();
    let secret = secret.display().to_string();
    let url = format!("wss://{NEAR}:{PORT}");
    let health = ["health", "--url", &url, "--token-file", &secret];
    let known = elsewhere.state().join("identity/known-gateways.json");

    let no = elsewhere.run_at_terminal(&health, "\n").await;
    no.failed(
        DENIED,
        &[
            "Trust this gateway",
            &gateway.fingerprint,
            "nothing was sent",
        ],
    );
    assert!(!known.exists());
    let yes = elsewhere.run_at_terminal(&health, "yes\n").await;
    yes.failed(
        DENIED,
        &[
            "Trust this gateway",
            &gateway.fingerprint,
            "pairing required",
        ],
    );
    let mode = std::os::unix::fs::PermissionsExt::mode(&known.metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let again = elsewhere.run_at_terminal(&health, "").await;
    again.failed(DENIED, &["pairing required"]);
    assert!(!again.stderr.contains("Trust this gateway"), "{again:?}");

    // Another certificate at the same address: nobody is asked.
    gateway.kill().await;
    std::fs::remove_dir_all(home.state().join("tls")).unwrap();
    let other = home.serve(&open_to_others()).await;
    let changed = elsewhere.run_at_terminal(&health, "yes\n").await;
    changed.failed(
        DENIED,
        &[
            "another certificate",
            &other.fingerprint,
            "nothing was sent",
        ],
    );
    assert!(
        !changed.stderr.contains("Trust this gateway"),
        "{changed:?}"
    );
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_stops_the_start() {
    let cable = Cable::plug().await;
    let home = House::on(&cable.near);
    home.serve(&open_to_others()).await.kill().await;
    std::fs::write(home.state().join("tls/cert.pem"), "no certificate").unwrap();
    let broken = home.run(&["gateway"]).await;
    broken.failed(
        CONFIG,
        &["gateway.tls.certPath", "tls/cert.pem", "pin it again"],
    );
}
