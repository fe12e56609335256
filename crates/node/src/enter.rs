//! A setup code: where the gateway is, and a secret that lets one device in once.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use tidegate_client::{Address, Credential, Fingerprint};

/// Longest code in characters: ours have some hundred.
const MAX_CHARS: usize = 4096;

/// What a code says.
#[derive(Debug, Clone)]
pub struct SetupCode {
    /// Where the gateway is.
    pub address: Address,
    /// The address as it was written.
    pub url: String,
    /// The certificate that the gateway must show.
    pub certificate: Option<Fingerprint>,
    /// The secret: for one connection, within ten minutes.
    pub secret: Credential,
    /// When it stops working, in Unix milliseconds.
    pub expires_at_ms: Option<u64>,
}

/// Why a text is no setup code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a setup code: {0}")]
pub struct WrongSetupCode(&'static str);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inside {
    url: String,
    bootstrap_token: String,
    #[serde(default)]
    expires_at_ms: Option<u64>,
    #[serde(default)]
    tls_fingerprint: Option<String>,
}

impl SetupCode {
    /// Reads a code.
    ///
    /// # Errors
    /// It is none.
    pub fn read(code: &str) -> Result<Self, WrongSetupCode> {
        let code = code.trim().trim_end_matches('=');
        if code.len() > MAX_CHARS {
            return Err(WrongSetupCode("it is too long"));
        }
        let bytes = URL_SAFE_NO_PAD
            .decode(code)
            .map_err(|_| WrongSetupCode("a part of it is missing"))?;
        let inside: Inside = serde_json::from_slice(&bytes)
            .map_err(|_| WrongSetupCode("a part of it is missing"))?;
        let address = Address::parse(&inside.url)
            .map_err(|_| WrongSetupCode("its address makes no sense"))?;
        let certificate = inside
            .tls_fingerprint
            .map(|text| text.parse())
            .transpose()
            .map_err(|_| WrongSetupCode("its fingerprint makes no sense"))?;
        if certificate.is_some() && !address.is_tls() {
            return Err(WrongSetupCode("it has a fingerprint and no TLS"));
        }
        Ok(Self {
            address,
            url: inside.url,
            certificate,
            secret: Credential::new(inside.bootstrap_token),
            expires_at_ms: inside.expires_at_ms,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_code_says_where_and_with_what() {
        let pin = Fingerprint::of(b"certificate");
        let text = format!(
            r#"{{"url":"wss://gate.example:1","bootstrapToken":"hush","expiresAtMs":5,"tlsFingerprint":"{pin}","more":1}}"#
        );
        let read = SetupCode::read(&format!(" {}\n", code(&text))).unwrap();
        assert_eq!(read.address.authority(), "gate.example:1");
        assert_eq!(read.certificate, Some(pin));
        assert_eq!(read.secret.expose(), "hush");
        assert_eq!(read.expires_at_ms, Some(5));
        assert!(!format!("{read:?}").contains("hush"));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for json in [
            "",
            "[]",
            r#"{"url":"ws://127.0.0.1:1"}"#,
            r#"{"url":"ftp://x","bootstrapToken":"s"}"#,
            r#"{"url":"wss://x:1","bootstrapToken":"s","tlsFingerprint":"00"}"#,
            &format!(
                r#"{{"url":"ws://x:1","bootstrapToken":"s","tlsFingerprint":"{}"}}"#,
                Fingerprint::of(b"c")
            ),
        ] {
            assert!(SetupCode::read(&code(json)).is_err(), "{json}");
        }
        assert!(SetupCode::read("!!").is_err());
        assert!(SetupCode::read(&"A".repeat(MAX_CHARS + 1)).is_err());
    }
}
