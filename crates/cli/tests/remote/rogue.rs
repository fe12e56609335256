//! A stranger at the gateway's address, with a certificate of its own (T12).

use tidegate_client::{Address, Fingerprint, KnownGateways};
use tidegate_core::{Clock, SystemClock};
use tidegate_gateway::{certificate_fingerprint, self_made};
use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::cable::{Cable, Host, NEAR};
use crate::house::{DENIED, House};
use crate::pinned::{PORT, open_to_others};

struct Rogue {
    fingerprint: Fingerprint,
    heard: Lines<BufReader<ChildStdout>>,
    _child: Child,
    _files: tempfile::TempDir,
}

impl Rogue {
    async fn at(host: &Host) -> Self {
        let files = tempfile::tempdir().unwrap();
        let made = self_made([NEAR.to_owned()], SystemClock.now_ms()).unwrap();
        let write = |name: &str, text: &str| {
            let path = files.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let mut child = host
            .command("/usr/bin/python3")
            .arg(write("rogue.py", include_str!("rogue.py")))
            .arg(write("cert.pem", &made.certificate))
            .arg(write("key.pem", &made.key))
            .args([NEAR, &PORT.to_string()])
            .spawn()
            .unwrap();
        let mut heard = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = in_time("the rogue", heard.next_line()).await.unwrap();
        assert_eq!(first.unwrap().as_deref(), Some("ready"));
        let fingerprint = certificate_fingerprint(made.certificate.as_bytes());
        Self {
            fingerprint: fingerprint.unwrap().parse().unwrap(),
            heard,
            _child: child,
            _files: files,
        }
    }

    /// What the next visitor put on the wire, and said under TLS.
    async fn heard(&mut self) -> (Vec<u8>, Vec<u8>) {
        let line = in_time("a visitor", self.heard.next_line()).await.unwrap();
        let line = line.unwrap().unwrap();
        let (wire, said) = line.split_once(' ').unwrap();
        (bytes(wire), bytes(said))
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    if hex == "-" {
        return Vec::new();
    }
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(digit).collect()
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes
        .windows(secret.len())
        .any(|window| window == secret.as_bytes())
}

#[tokio::test]
async fn a_rogue_at_the_same_address_is_told_nothing() {
    let cable = Cable::plug().await;
    let (home, elsewhere) = (House::on(&cable.near), House::on(&cable.far));
    let gateway = home.serve(&open_to_others()).await;
    let token = home.token();
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, &token).unwrap();
    let secret = secret.display().to_string();
    let url = format!("wss://{NEAR}:{PORT}");
    let health = ["health", "--url", &url, "--token-file", &secret];
    let pin = gateway.fingerprint.clone();
    let by_flag = [&health[..], &["--tls-fingerprint", &pin]].concat();
    let good = elsewhere.run(&by_flag).await;
    good.failed(DENIED, &["pairing required"]);
    gateway.kill().await;

    let mut rogue = Rogue::at(&cable.near).await;
    let shown = rogue.fingerprint.to_string();
    assert_ne!(shown, pin);
    // Pinned by the argument; accepted at the terminal before; met for the first time.
    for round in ["flag", "known", "first"] {
        let known = KnownGateways::in_state_dir(&elsewhere.state());
        let refused = match round {
            "flag" => elsewhere.run(&by_flag).await,
            "known" => {
                let address = Address::parse(&url).unwrap();
                known.accept(&address, pin.parse().unwrap()).unwrap();
                elsewhere.run(&health).await
            }
            _ => {
                std::fs::remove_file(known.path()).unwrap();
                elsewhere.run(&health).await
            }
        };
        refused.failed(DENIED, &["nothing was sent", &shown]);
        let changed =
            refused.stderr.contains("another certificate") && refused.stderr.contains(&pin);
        assert_eq!(changed, round != "first", "{refused:?}");
        let (wire, said) = rogue.heard().await;
        assert_eq!(wire.first(), Some(&0x16), "{round}: it was met, under TLS");
        assert_eq!(said, b"", "{round}");
        assert!(!holds(&wire, &token), "{round}");
    }
}
