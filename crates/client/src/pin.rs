//! By what a gateway's certificate is known.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The word before the digits, where one is wanted.
const PREFIX: &str = "sha256:";

/// SHA-256 of a certificate (DER). Shown as hex with colons; read with or without colons, in
/// either case, with or without `sha256:` before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

/// What was given as a fingerprint and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hex digits, with colons or without, such as sha256:12:AB:…")]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.strip_prefix(PREFIX).unwrap_or(&text).replace(':', "");
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NoFingerprint);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = digits.get(2 * at..2 * at + 2).ok_or(NoFingerprint)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoFingerprint)?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(":")?;
            }
            write!(f, "{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Which certificate a `wss://` gateway must show before anything is sent to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Trust {
    /// One for its name, vouched for by a certificate authority of the web.
    #[default]
    Authorities,
    /// This very one; its names, dates and issuer do not matter then.
    Pin(Fingerprint),
}

/// A certificate that was not accepted. Nothing was sent to whoever showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distrust {
    /// What was shown.
    pub shown: Fingerprint,
    /// What was expected instead, if one is pinned.
    pub pinned: Option<Fingerprint>,
    /// Why it was not accepted.
    pub why: String,
}

impl fmt::Display for Distrust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pinned {
            Some(pinned) => write!(
                f,
                "the gateway shows another certificate than the pinned one: {} instead of {pinned}",
                self.shown
            ),
            None => write!(
                f,
                "nobody vouches for the gateway's certificate ({}): its fingerprint is {}",
                self.why, self.shown
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_people_write_it() {
        let shown = Fingerprint::of(b"certificate").to_string();
        assert_eq!(shown.len(), 95);
        for text in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace(':', ""),
            format!("sha256:{shown}"),
            format!(" SHA256:{}\n", shown.replace(':', "").to_lowercase()),
        ] {
            assert_eq!(text.parse(), Ok(Fingerprint::of(b"certificate")), "{text}");
        }
        let long = format!("{shown}:00");
        let letters = "g".repeat(64);
        for text in ["", "sha256:", &shown[3..], &long, &letters, "é"] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NoFingerprint), "{text}");
        }
    }
}
