//! The vendor's signature of a webhook: HMAC-SHA256 (RFC 2104), written here and not taken from a
//! library, so that it cannot share a mistake with the adapter.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// SHA-256 works on blocks of so many bytes.
const BLOCK: usize = 64;

/// The value of `X-Slack-Signature` for a body sent at this Unix time in seconds.
pub fn signature(secret: &str, timestamp_s: i64, body: &[u8]) -> String {
    let mut base = format!("v0:{timestamp_s}:").into_bytes();
    base.extend_from_slice(body);
    let mac = hmac_sha256(secret.as_bytes(), &base);
    mac.iter().fold("v0=".to_owned(), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    let key = if key.len() > BLOCK {
        Sha256::digest(key).to_vec()
    } else {
        key.to_vec()
    };
    for (place, byte) in block.iter_mut().zip(key) {
        *place = byte;
    }
    let inner = Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x36))
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(block.map(|byte| byte ^ 0x5c))
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with python3: hmac.new(key, b"v0:…", hashlib.sha256).hexdigest().
    #[test]
    fn it_is_what_python_computes() {
        assert_eq!(
            signature(
                "8f742231b10e8888abcd99yyyzzz85a5",
                1_531_420_618,
                "token=xyzz0&text=grüße".as_bytes()
            ),
            "v0=116a53d26ad4d394e9e6cd029d235fd9bd60100a55d72d31bbff375a236ec7a7"
        );
        assert_eq!(
            signature(
                &"k".repeat(65),
                1_700_000_000,
                b"{\"type\":\"event_callback\"}"
            ),
            "v0=0ba1243c3dc02e4985e23868c1b2a03a416e6637c32326da7d7f949cf4f5e917"
        );
    }

    #[test]
    fn every_part_counts() {
        let right = signature("secret", 1, b"body");
        assert_ne!(signature("Secret", 1, b"body"), right);
        assert_ne!(signature("secret", 2, b"body"), right);
        assert_ne!(signature("secret", 1, b"body "), right);
    }
}
