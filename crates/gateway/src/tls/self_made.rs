//! A certificate that the gateway makes for itself. Nobody vouches for it: clients pin its
//! fingerprint.

use std::time::Duration;

use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair,
    PKCS_ECDSA_P256_SHA256, date_time_ymd,
};

use super::TlsError;

/// How long it holds: ten years, so that a pin does not end by itself.
const LIFETIME: Duration = Duration::from_hours(10 * 365 * 24);
/// It holds from a day ago: a client's clock may be behind ours.
const BACKDATED: Duration = Duration::from_hours(24);
/// What it calls itself.
const COMMON_NAME: &str = "Tidegate gateway";

/// A certificate and its key, both as PEM text.
pub struct SelfMade {
    /// The certificate.
    pub certificate: String,
    /// The private key (ECDSA, P-256).
    pub key: String,
}

/// Makes a key and a certificate for these names and IP addresses. The randomness of the key is
/// the crypto library's own.
///
/// # Errors
/// A name is none, or the system gives no randomness.
pub fn self_made(
    names: impl IntoIterator<Item = String>,
    now_ms: u64,
) -> Result<SelfMade, TlsError> {
    let failed = |error: rcgen::Error| TlsError::Make(error.to_string());
    let names: Vec<String> = names.into_iter().map(without_brackets).collect();
    let mut params = CertificateParams::new(names).map_err(failed)?;
    let now = date_time_ymd(1970, 1, 1) + Duration::from_millis(now_ms);
    params.not_before = now - BACKDATED;
    params.not_after = now + LIFETIME;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, COMMON_NAME);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    Ok(SelfMade {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// An IPv6 address as it stands in a certificate.
fn without_brackets(name: String) -> String {
    match name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.to_owned(),
        None => name,
    }
}
