//! Hears every log line, and looks for secrets in texts.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tidegate_core::secret::hex;
use tracing_subscriber::fmt::MakeWriter;

/// Keeps every log line.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// Secrets in every form in which they may leave.
pub(super) struct Hunt {
    /// Name, and each form as it may stand in a text.
    forms: Vec<(String, String)>,
}

impl Hunt {
    pub(super) fn new(secrets: &[(&str, &str)]) -> Self {
        let mut forms = Vec::new();
        for (name, secret) in secrets {
            // The middle is the same wherever the encoding of the neighbours begins.
            let base64 = |engine: &dyn Fn(&[u8]) -> String| {
                (0..3)
                    .map(|skip| engine(&secret.as_bytes()[skip..]))
                    .map(|text| text[..text.len() - 3].to_owned())
                    .collect::<Vec<_>>()
            };
            let escaped = serde_json::to_string(secret).unwrap();
            let mut all = vec![
                (*secret).to_owned(),
                escaped.trim_matches('"').to_owned(),
                hex(secret.as_bytes()),
                hex(secret.as_bytes()).to_uppercase(),
                url_encoded(secret),
                secret.chars().rev().collect(),
                // A part is a leak too.
                secret.chars().skip(8).take(20).collect(),
            ];
            all.extend(base64(&|bytes| STANDARD_NO_PAD.encode(bytes)));
            all.extend(base64(&|bytes| URL_SAFE_NO_PAD.encode(bytes)));
            forms.extend(all.into_iter().map(|form| ((*name).to_owned(), form)));
        }
        Self { forms }
    }

    pub(super) fn none_in(&self, place: &str, text: &str) {
        for (name, form) in &self.forms {
            if let Some(at) = text.find(form.as_str()) {
                let around: String = text[..at]
                    .chars()
                    .rev()
                    .take(200)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect();
                panic!("{name} as {form:?} in {place}, after: {around}");
            }
        }
    }
}

pub(super) fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

#[test]
fn the_hunt_finds_each_form() {
    const TOKEN: &str = "canary+token/0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    let hunt = Hunt::new(&[("the token", TOKEN)]);
    let around = |text: String| {
        std::panic::catch_unwind(|| hunt.none_in("here", &format!("before {text} after"))).is_err()
    };
    assert!(around(TOKEN.to_owned()));
    assert!(around(hex(TOKEN.as_bytes())));
    assert!(around(url_encoded(TOKEN)));
    for skip in 0..3 {
        let shifted = format!("{}{TOKEN}", &"Basic"[..skip]);
        assert!(around(STANDARD_NO_PAD.encode(&shifted)), "{skip}");
        assert!(around(URL_SAFE_NO_PAD.encode(&shifted)), "{skip}");
    }
    assert!(!around("nothing of it".to_owned()));
}
