//! TLS: the handshake, and the judgement of the certificate. Nothing of ours is on the wire before
//! it was accepted.

use std::io;
use std::sync::{Arc, OnceLock};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error as TlsError, InvalidMessage,
    RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::address::Address;
use crate::error::{Error, ErrorKind, Phase};
use crate::pin::{Distrust, Fingerprint, Trust};

/// A stream to a gateway whose certificate was accepted.
pub(crate) struct Secured {
    pub(crate) stream: TlsStream<TcpStream>,
    /// Its certificate.
    pub(crate) certificate: Fingerprint,
}

pub(crate) async fn secure(
    address: &Address,
    trust: Trust,
    stream: TcpStream,
) -> Result<Secured, Error> {
    let name = ServerName::try_from(address.host().to_owned())
        .map_err(|_| failed("the host is no name that a certificate could carry"))?;
    let judge = Arc::new(Judge::new(trust).map_err(|why| failed(&why.to_string()))?);
    let config = client(&judge).map_err(|why| failed(&why.to_string()))?;
    let connected = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await;
    match (connected, judge.shown.get()) {
        (Ok(stream), Some(shown)) => Ok(Secured {
            stream,
            certificate: *shown,
        }),
        // The judge is asked in every handshake, so this is one without a certificate.
        (Ok(_), None) => Err(failed("it showed no certificate")),
        (Err(why), shown) => Err(explain(&why, trust, shown.copied())),
    }
}

fn client(judge: &Arc<Judge>) -> Result<ClientConfig, TlsError> {
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&judge.provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(judge) as Arc<dyn ServerCertVerifier>)
        .with_no_client_auth();
    // Each connection is judged by its own certificate.
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn failed(text: &str) -> Error {
    Error::new(Phase::Tls, ErrorKind::Tls(text.to_owned()))
}

fn explain(why: &io::Error, trust: Trust, shown: Option<Fingerprint>) -> Error {
    let inner = why
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<TlsError>());
    match (inner, shown) {
        (Some(TlsError::InvalidCertificate(reason)), Some(shown)) => {
            let pinned = match trust {
                Trust::Pin(pinned) => Some(pinned),
                Trust::Authorities => None,
            };
            let distrust = Distrust {
                shown,
                pinned,
                why: reason_words(reason),
            };
            Error::new(Phase::Tls, ErrorKind::Certificate(Box::new(distrust)))
        }
        (Some(TlsError::InvalidMessage(InvalidMessage::InvalidContentType)), _) => {
            failed("it does not speak TLS: it may be a gateway without it, at a ws:// address")
        }
        _ => failed(&why.to_string()),
    }
}

fn reason_words(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer | CertificateError::Other(_) => {
            "it was not issued by a known authority".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another name".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "it has expired".to_owned()
        }
        other => other.to_string(),
    }
}

/// Judges a certificate, and remembers which one it was.
#[derive(Debug)]
struct Judge {
    provider: Arc<CryptoProvider>,
    by: By,
    shown: OnceLock<Fingerprint>,
}

#[derive(Debug)]
enum By {
    Pin(Fingerprint),
    Authorities(Arc<WebPkiServerVerifier>),
}

impl Judge {
    fn new(trust: Trust) -> io::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let by = match trust {
            Trust::Pin(pin) => By::Pin(pin),
            Trust::Authorities => {
                let roots = webpki_roots::TLS_SERVER_ROOTS
                    .iter()
                    .cloned()
                    .collect::<RootCertStore>();
                let verifier = WebPkiServerVerifier::builder_with_provider(
                    Arc::new(roots),
                    Arc::clone(&provider),
                );
                By::Authorities(verifier.build().map_err(io::Error::other)?)
            }
        };
        Ok(Self {
            provider,
            by,
            shown: OnceLock::new(),
        })
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let shown = *self.shown.get_or_init(|| Fingerprint::of(end_entity));
        match &self.by {
            By::Pin(pin) if *pin == shown => Ok(ServerCertVerified::assertion()),
            By::Pin(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
            By::Authorities(verifier) => {
                verifier.verify_server_cert(end_entity, intermediates, name, ocsp, now)
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
