//! What of a recorded answer cannot come back, because the recording holds less than the January
//! server knew, or because it is of something that we do not have yet. It is taken out of the
//! recorded answer before it is compared; nothing is ever taken out of ours but what answers to it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::frames::{Request, word};
use super::recording::Recording;

/// What a recording itself makes happen.
#[derive(Debug)]
pub(super) struct Known {
    /// Devices that connect in it, with their mode, and those of which it sends a beacon.
    devices: BTreeSet<(String, String)>,
    /// Whether a client without a device is let in.
    without_device: bool,
    /// Messages of `chat.inject`, which is not among issue 2's methods.
    injected: BTreeSet<String>,
}

impl Known {
    pub(super) fn new(recording: &Recording) -> Self {
        let mut devices = BTreeSet::new();
        for frame in recording.sent() {
            devices.insert((
                word(frame, "/params/device/id").to_owned(),
                word(frame, "/params/client/mode").to_owned(),
            ));
            devices.insert((word(frame, "/params/deviceId").to_owned(), String::new()));
        }
        let bare = |frame: &Value| {
            frame.pointer("/payload/policy").is_some() && frame.pointer("/payload/auth").is_none()
        };
        let injections = recording
            .sent()
            .filter(|frame| word(frame, "/method") == "chat.inject");
        let injected = injections.map(|frame| word(frame, "/params/message").to_owned());
        Self {
            devices,
            without_device: recording.heard().any(bare),
            injected: injected.collect(),
        }
    }

    /// Takes out of both answers to a request what cannot be compared.
    pub(super) fn adjust(&self, request: &Request<'_>, recorded: &mut Value, ours: &mut Value) {
        if ["device.pair.list", "node.list"].contains(&request.method) {
            self.adjust_devices(recorded);
        }
        for list in ["/payload/snapshot/presence", "/payload"] {
            if let Some(list) = recorded.pointer_mut(list).and_then(Value::as_array_mut) {
                list.retain(|entry| self.present(entry));
            }
        }
        let Some(messages) = recorded
            .pointer_mut("/payload/messages")
            .and_then(Value::as_array_mut)
        else {
            self.adjust_previews(recorded);
            return self.adjust_rows(recorded);
        };
        let all = messages.len();
        messages.retain(|message| self.said(message));
        // A limit counted what was taken out: ours has older messages in its place.
        if let Some(list) = ours
            .pointer_mut("/payload/messages")
            .and_then(Value::as_array_mut)
            && request.params.get("limit").is_some()
            && messages.len() < all
        {
            list.drain(..list.len().saturating_sub(messages.len()));
        }
    }

    /// Devices that were paired, or asked, before the recording began.
    fn adjust_devices(&self, recorded: &mut Value) {
        let of_recording = |entry: &Value| {
            let id = [word(entry, "/deviceId"), word(entry, "/nodeId")].concat();
            self.devices.iter().any(|(known, _)| *known == id)
        };
        for list in ["/payload/paired", "/payload/pending", "/payload/nodes"] {
            if let Some(list) = recorded.pointer_mut(list).and_then(Value::as_array_mut) {
                list.retain(of_recording);
            }
        }
    }

    /// The January server had been running for hours: others were here before.
    fn present(&self, entry: &Value) -> bool {
        match word(entry, "/deviceId") {
            "" => word(entry, "/mode") == "gateway" || self.without_device,
            device => ["", word(entry, "/mode")].iter().any(|mode| {
                self.devices
                    .contains(&(device.to_owned(), (*mode).to_owned()))
            }),
        }
    }

    /// Tools come in a later issue: what they said is not there.
    fn said(&self, message: &Value) -> bool {
        let tool = word(message, "/role") == "toolResult"
            || word(message, "/content/0/type") == "toolCall";
        !tool && !self.is_injected(word(message, "/content/0/text"))
    }

    fn is_injected(&self, text: &str) -> bool {
        self.injected
            .iter()
            .any(|message| text.ends_with(message.as_str()))
    }

    fn adjust_previews(&self, recorded: &mut Value) {
        let previews = recorded
            .pointer_mut("/payload/previews")
            .and_then(Value::as_array_mut);
        for preview in previews.into_iter().flatten() {
            if let Some(items) = preview.get_mut("items").and_then(Value::as_array_mut) {
                items.retain(|item| {
                    word(item, "/role") != "tool" && !self.is_injected(word(item, "/text"))
                });
            }
        }
    }

    /// The last thing in a session was what was injected.
    fn adjust_rows(&self, recorded: &mut Value) {
        let rows = recorded
            .pointer_mut("/payload/sessions")
            .and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten() {
            if self.is_injected(word(row, "/lastMessagePreview"))
                && let Some(row) = row.as_object_mut()
            {
                row.remove("lastMessagePreview");
            }
        }
    }
}
