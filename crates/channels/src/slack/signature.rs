//! Whether a webhook is Slack's: its signature over the raw bytes and the time of sending.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use tidegate_core::channel::WebhookRequest;
use tidegate_core::{Secret, SecretHash};

/// Header names are in lower case.
const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";
/// The version of the signature that there is.
const VERSION: &str = "v0";
/// Slack's own advice: what is older may be a replay.
const MOST_AGE_S: u64 = 5 * 60;

/// The signature that is shown and the time of sending, if that is within the last five minutes.
pub(super) fn shown(request: &WebhookRequest, now_ms: u64) -> Option<(&str, &str)> {
    let (shown, sent) = (request.only(SIGNATURE)?, request.only(TIMESTAMP)?);
    let fresh = seconds(sent)?.abs_diff(now_ms / 1000) <= MOST_AGE_S;
    fresh.then_some((shown, sent))
}

/// Whether Slack signed this, within the last five minutes.
pub(super) fn is_signed(request: &WebhookRequest, secret: &Secret<String>, now_ms: u64) -> bool {
    let Some((shown, sent)) = shown(request, now_ms) else {
        return false;
    };
    // Hashes are compared, which takes the same time whatever is shown.
    signature(secret, sent, &request.body)
        .is_some_and(|right| SecretHash::of(&right).matches(shown))
}

/// The only form that Slack writes: digits alone, so that a signature has one timestamp.
fn seconds(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn signature(secret: &Secret<String>, sent: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    for piece in [VERSION.as_bytes(), b":", sent.as_bytes(), b":", body] {
        mac.update(piece);
    }
    let code = tidegate_core::secret::hex(&mac.finalize().into_bytes());
    Some(format!("{VERSION}={code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SENT: &str = "1531420618";
    const NOW_MS: u64 = 1_531_420_618_000;
    const BODY: &str = "token=xyzz0&text=grüße";
    /// Made with python3: hmac.new(key, b"v0:…", hashlib.sha256).hexdigest().
    const RIGHT: &str = "v0=116a53d26ad4d394e9e6cd029d235fd9bd60100a55d72d31bbff375a236ec7a7";

    fn check(headers: &[(&str, &str)], body: &str, now_ms: u64) -> bool {
        let request = WebhookRequest {
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        is_signed(&request, &Secret::new(SECRET.into()), now_ms)
    }

    fn at(now_ms: u64) -> bool {
        check(&[(SIGNATURE, RIGHT), (TIMESTAMP, SENT)], BODY, now_ms)
    }

    #[test]
    fn what_slack_signed_is_taken() {
        assert!(at(NOW_MS));
    }

    #[test]
    fn clocks_may_differ_by_five_minutes_and_no_more() {
        for apart_ms in [299_000, 300_000] {
            assert!(at(NOW_MS + apart_ms) && at(NOW_MS - apart_ms));
        }
        assert!(!at(NOW_MS + 301_000));
        assert!(!at(NOW_MS - 301_000));
        assert!(!at(0) && !at(u64::MAX));
    }

    #[test]
    fn forgeries_are_not() {
        let bare = &RIGHT["v0=".len()..];
        let wrong_hex = format!("v0={}", "0".repeat(64));
        let upper = format!("v0={}", bare.to_uppercase());
        let other_kind = format!("sha256={bare}");
        for shown in ["", "v0=", bare, &wrong_hex, &upper, &other_kind, "v1=00"] {
            let headers = [(SIGNATURE, shown), (TIMESTAMP, SENT)];
            assert!(!check(&headers, BODY, NOW_MS), "{shown}");
        }
        assert!(!check(&[(TIMESTAMP, SENT)], BODY, NOW_MS));
        assert!(!check(&[(SIGNATURE, RIGHT)], BODY, NOW_MS));
        for sent in [
            "",
            " 1531420618",
            "+1531420618",
            "01531420618",
            "1531420618.0",
        ] {
            let headers = [(SIGNATURE, RIGHT), (TIMESTAMP, sent)];
            assert!(!check(&headers, BODY, NOW_MS), "{sent}");
        }
        let reworded = check(
            &[(SIGNATURE, RIGHT), (TIMESTAMP, SENT)],
            "token=xyzz0&text=gr%C3%BC%C3%9Fe",
            NOW_MS,
        );
        assert!(!reworded);
    }

    #[test]
    fn a_header_that_comes_twice_is_none() {
        let twice = [(SIGNATURE, RIGHT), (SIGNATURE, RIGHT), (TIMESTAMP, SENT)];
        assert!(!check(&twice, BODY, NOW_MS));
        let twice = [(SIGNATURE, RIGHT), (TIMESTAMP, SENT), (TIMESTAMP, SENT)];
        assert!(!check(&twice, BODY, NOW_MS));
    }
}
