//! Which certificate a gateway must show, and who says so. What is heard from the network decides
//! nothing here (SECURITY T12).

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use tidegate_client::{Address, Error, Fingerprint, KnownGateways, Trust};

use crate::config::model_network::RemoteConfig;
use crate::exit::Exit;
use crate::output::{Failure, Screen};

/// Which certificate is accepted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expected {
    /// For the client.
    pub(crate) trust: Trust,
    /// Who pinned it, if it is pinned.
    pub(crate) pinned_by: Option<String>,
    /// Where an accepted one is kept.
    pub(crate) known: Option<KnownGateways>,
}

impl Expected {
    fn pinned(pin: Fingerprint, by: impl Into<String>) -> Self {
        Self {
            trust: Trust::Pin(pin),
            pinned_by: Some(by.into()),
            known: None,
        }
    }
}

/// What may pin the certificate of an address.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pins<'a> {
    /// `--tls-fingerprint`.
    pub(crate) flag: Option<Fingerprint>,
    /// The own gateway's certificate file.
    pub(crate) own: Option<Fingerprint>,
    /// `gateway.remote`.
    pub(crate) remote: Option<&'a RemoteConfig>,
    /// Where accepted certificates are kept.
    pub(crate) state_dir: Option<&'a Path>,
}

/// The first that says something: the argument, the own file, the configuration, what was
/// accepted before. Else the authorities of the web.
///
/// # Errors
/// The file of accepted certificates cannot be read.
pub(crate) fn expected(address: &Address, pins: &Pins<'_>) -> Result<Expected, Failure> {
    if !address.is_tls() {
        return match pins.flag {
            None => Ok(Expected::default()),
            Some(_) => Err(Failure::new(
                Exit::Usage,
                format!("--tls-fingerprint: {address} is without TLS"),
            )
            .next("an address with TLS begins with wss://")),
        };
    }
    if let Some(pin) = pins.flag {
        return Ok(Expected::pinned(pin, "--tls-fingerprint"));
    }
    if let Some(pin) = pins.own {
        return Ok(Expected::pinned(pin, "the gateway's own file"));
    }
    if let Some(pin) = pins.remote.and_then(|remote| pin_of(remote, address)) {
        return Ok(Expected::pinned(pin, "gateway.remote.tlsFingerprint"));
    }
    let Some(known) = pins.state_dir.map(KnownGateways::in_state_dir) else {
        return Ok(Expected::default());
    };
    let pin = known.pin(address).map_err(|why| {
        Failure::new(Exit::Config, format!("the accepted certificates: {why}"))
            .next("repair that file, or give --tls-fingerprint")
    })?;
    Ok(match pin {
        Some(pin) => Expected::pinned(pin, known.path().display().to_string()),
        None => Expected {
            known: Some(known),
            ..Expected::default()
        },
    })
}

fn pin_of(remote: &RemoteConfig, address: &Address) -> Option<Fingerprint> {
    let of = Address::parse(remote.url.as_deref()?).ok()?;
    (of.origin() == address.origin())
        .then(|| remote.tls_fingerprint.as_deref()?.parse().ok())
        .flatten()
}

/// Asks whoever sits at the terminal whether a certificate that nobody vouches for is the right
/// one, and keeps the answer. `None`: nobody can be asked, or it was something else that failed.
///
/// # Errors
/// The answer cannot be kept.
pub(crate) fn ask(
    screen: &Screen,
    address: &Address,
    expected: &Expected,
    error: &Error,
) -> Result<Option<Fingerprint>, Failure> {
    let (Some(distrust), Some(known)) = (error.distrust(), &expected.known) else {
        return Ok(None);
    };
    let somebody = screen.err_is_terminal && std::io::stdin().is_terminal();
    if distrust.pinned.is_some() || screen.json || !somebody {
        return Ok(None);
    }
    screen.note(&format!(
        "{address} is not known here, and nobody vouches for its certificate ({}). Its fingerprint (SHA-256) is\n\n  {}\n\n\
         Compare it with what `tidegate status` shows on the gateway's own host.",
        distrust.why, distrust.shown
    ));
    if !says_yes("Trust this gateway from now on? [y/N] ") {
        return Ok(None);
    }
    known.accept(address, distrust.shown).map_err(|why| {
        Failure::new(Exit::Config, format!("the certificate was not kept: {why}"))
    })?;
    Ok(Some(distrust.shown))
}

fn says_yes(question: &str) -> bool {
    let mut err = std::io::stderr().lock();
    let _ = err
        .write_all(question.as_bytes())
        .and_then(|()| err.flush());
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(url: &str) -> Address {
        Address::parse(url).unwrap()
    }

    fn trust(address: &Address, pins: &Pins<'_>) -> Trust {
        expected(address, pins).unwrap().trust
    }

    #[test]
    fn the_nearest_word_counts() {
        let state = tempfile::tempdir().unwrap();
        let gate = at("wss://gate.example:1");
        let [flag, own, remote, known] = [b"1", b"2", b"3", b"4"].map(|of| Fingerprint::of(of));
        let configured = RemoteConfig {
            url: Some("wss://Gate.example:1/".into()),
            tls_fingerprint: Some(remote.to_string()),
        };
        let mut pins = Pins {
            state_dir: Some(state.path()),
            ..Pins::default()
        };
        assert_eq!(trust(&gate, &pins), Trust::Authorities);
        let store = expected(&gate, &pins).unwrap().known.unwrap();
        store.accept(&gate, known).unwrap();
        assert_eq!(trust(&gate, &pins), Trust::Pin(known));
        assert_eq!(
            trust(&at("wss://gate.example:2"), &pins),
            Trust::Authorities
        );
        pins.remote = Some(&configured);
        assert_eq!(trust(&gate, &pins), Trust::Pin(remote));
        assert_eq!(
            trust(&at("wss://gate.example:2"), &pins),
            Trust::Authorities
        );
        pins.own = Some(own);
        assert_eq!(trust(&gate, &pins), Trust::Pin(own));
        pins.flag = Some(flag);
        assert_eq!(trust(&gate, &pins), Trust::Pin(flag));
        let plain = expected(&at("ws://gate.example:1"), &pins).unwrap_err();
        assert_eq!(plain.exit, Exit::Usage, "{plain}");
    }

    #[test]
    fn a_damaged_file_is_no_first_meeting() {
        let state = tempfile::tempdir().unwrap();
        let gate = at("wss://gate.example:1");
        let pins = Pins {
            state_dir: Some(state.path()),
            ..Pins::default()
        };
        let store = expected(&gate, &pins).unwrap().known.unwrap();
        store.accept(&gate, Fingerprint::of(b"1")).unwrap();
        std::fs::write(store.path(), "{}").unwrap();
        assert_eq!(expected(&gate, &pins).unwrap_err().exit, Exit::Config);
    }
}
