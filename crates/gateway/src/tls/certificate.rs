//! A certificate with its key, checked and ready to be shown.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore, ServerConfig};
use tidegate_core::secret::sha256_hex;
use tokio_rustls::TlsAcceptor;

/// The one protocol that is spoken inside.
const ALPN: &[u8] = b"http/1.1";
/// 10000-01-01, in seconds since 1970: no certificate can name a later end.
const END_OF_DATES_S: u64 = 253_402_300_800;

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// There is no certificate in the file.
    #[error("there is no certificate in it (PEM, CERTIFICATE)")]
    NoCertificate,
    /// There is no key in the file.
    #[error("there is no private key in it (PEM, PRIVATE KEY)")]
    NoKey,
    /// The certificate cannot be read.
    #[error("the certificate cannot be used: {0}")]
    BadCertificate(String),
    /// The key is not that of the certificate, or of a kind that is not known.
    #[error("the key cannot be used with this certificate: {0}")]
    BadKey(String),
    /// The certificate has ended.
    #[error("the certificate has expired")]
    Expired,
    /// None can be made.
    #[error("no certificate can be made: {0}")]
    Make(String),
}

impl TlsError {
    /// Whether the key, and not the certificate, is at fault.
    pub const fn is_about_key(&self) -> bool {
        matches!(self, Self::NoKey | Self::BadKey(_))
    }
}

/// A certificate with its key, checked and ready to be shown. It is read once: another file
/// counts after a restart.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    fingerprint: String,
    expires_at_ms: u64,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls")
            .field("expires_at_ms", &self.expires_at_ms)
            .finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads a chain of certificates, our own first, and the key of the first; both PEM.
    ///
    /// # Errors
    /// One of them is missing or broken, they do not belong together, or the certificate has
    /// expired.
    pub fn from_pem(certificates: &[u8], key: &[u8], now_ms: u64) -> Result<Self, TlsError> {
        let chain = CertificateDer::pem_slice_iter(certificates)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| TlsError::BadCertificate(error.to_string()))?;
        let own = chain.first().ok_or(TlsError::NoCertificate)?;
        let expires_at_ms = expiry_ms(own)?;
        if expires_at_ms <= now_ms {
            return Err(TlsError::Expired);
        }
        let fingerprint = sha256_hex(own);
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsError::NoKey)?;
        Ok(Self {
            config: Arc::new(server(chain, key)?),
            fingerprint,
            expires_at_ms,
        })
    }

    /// SHA-256 of the certificate, as 64 lower-case hex digits: what clients pin.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// When the certificate ends, in Unix milliseconds.
    pub const fn expires_at_ms(&self) -> u64 {
        self.expires_at_ms
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

/// The fingerprint of the first certificate in a PEM text, as [`Tls::fingerprint`] gives it.
///
/// # Errors
/// There is none.
pub fn certificate_fingerprint(certificates: &[u8]) -> Result<String, TlsError> {
    let own = CertificateDer::from_pem_slice(certificates).map_err(|_| TlsError::NoCertificate)?;
    Ok(sha256_hex(&own))
}

fn server(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, TlsError> {
    let bad = |error: Error| TlsError::BadKey(error.to_string());
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(bad)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(bad)?;
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

/// When a certificate ends. The library does not say it, but names it when asked whether the
/// certificate would hold at the end of all dates.
fn expiry_ms(certificate: &CertificateDer<'_>) -> Result<u64, TlsError> {
    let bad = |error: Error| TlsError::BadCertificate(error.to_string());
    let parsed = ParsedCertificate::try_from(certificate).map_err(bad)?;
    let verdict = verify_server_cert_signed_by_trust_anchor(
        &parsed,
        &RootCertStore::empty(),
        &[],
        UnixTime::since_unix_epoch(Duration::from_secs(END_OF_DATES_S)),
        ring::default_provider()
            .signature_verification_algorithms
            .all,
    );
    match verdict {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Ok(not_after.as_secs().saturating_mul(1_000))
        }
        // It has no end, and whom it is from does not matter here.
        _ => Ok(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::self_made;

    /// 2026-01-24 10:00:00 UTC.
    const NOW_MS: u64 = 1_769_248_800_000;
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;

    fn made() -> crate::tls::SelfMade {
        let names = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        self_made(names, NOW_MS).unwrap()
    }

    fn read(certificate: &str, key: &str, now_ms: u64) -> Result<Tls, TlsError> {
        Tls::from_pem(certificate.as_bytes(), key.as_bytes(), now_ms)
    }

    #[test]
    fn a_made_certificate_holds_ten_years_and_has_a_name_of_its_own() {
        let (first, second) = (made(), made());
        let tls = read(&first.certificate, &first.key, NOW_MS).unwrap();
        assert_eq!(tls.expires_at_ms(), NOW_MS + 3650 * DAY_MS);
        let named = certificate_fingerprint(first.certificate.as_bytes()).unwrap();
        assert_eq!(tls.fingerprint(), named);
        let other = read(&second.certificate, &second.key, NOW_MS).unwrap();
        assert_ne!(tls.fingerprint(), other.fingerprint());
    }

    #[test]
    fn what_is_broken_or_over_is_refused() {
        let (own, other) = (made(), made());
        let end = NOW_MS + 3650 * DAY_MS;
        let why = |certificate: &str, key: &str, now| read(certificate, key, now).unwrap_err();
        assert!(matches!(
            why(&own.certificate, &own.key, end),
            TlsError::Expired
        ));
        assert!(read(&own.certificate, &own.key, end - 1).is_ok());
        let cases = [
            (why("", &own.key, NOW_MS), false),
            (why(&own.key, &own.key, NOW_MS), false),
            (why(&own.certificate, "", NOW_MS), true),
            (why(&own.certificate, &own.certificate, NOW_MS), true),
            (why(&own.certificate, &other.key, NOW_MS), true),
        ];
        for (error, about_key) in cases {
            assert_eq!(error.is_about_key(), about_key, "{error}");
        }
        let cut = own.certificate.replacen("MII", "MIA", 1);
        assert!(!why(&cut, &own.key, NOW_MS).is_about_key());
    }
}
