//! The vendor's numbers. A test may make them stricter, or loosen those that would only slow it.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// What the server enforces. Numbers are those of the vendor's Bot API page and its FAQ.
#[derive(Debug, Clone)]
pub struct Limits {
    /// UTF-16 units of a text after its markup was parsed: 4096.
    pub text_units: usize,
    /// UTF-16 units of a caption after its markup was parsed: 1024.
    pub caption_units: usize,
    /// Bytes of an uploaded photo: 10 MiB.
    pub photo_bytes: u64,
    /// Bytes of any other uploaded file: 50 MiB.
    pub upload_bytes: u64,
    /// Bytes of a file that `getFile` hands out: 20 MiB.
    pub download_bytes: u64,
    /// Messages a second to all chats together: about 30.
    pub overall_per_second: usize,
    /// Messages that one chat takes at once; after them one a second. The vendor says only that
    /// short bursts pass; 5 is ours.
    pub chat_burst: usize,
    /// Messages a minute to one group or supergroup: 20.
    pub group_per_minute: usize,
    /// How long a callback query may be answered: 15 minutes.
    pub callback_age: Duration,
    /// How long an update waits for a bot that does not come: 24 hours.
    pub update_age: Duration,
    /// Longest wait of `getUpdates`, whatever it asks for: 50 s.
    pub longest_poll: Duration,
    /// A poll of the same offset within this time waits at least this long: 3 s.
    pub repeated_poll: Duration,
    /// Of several conflicts within this time all but the first are answered only after it: 3 s.
    pub conflict_pause: Duration,
    /// Wait before an update is posted again to a webhook that refused it. The vendor's grows; this
    /// one does not, so that tests need no patience: 1 s.
    pub webhook_retry: Duration,
}

impl Limits {
    /// As the vendor has them.
    pub fn vendor() -> Self {
        Self {
            text_units: 4096,
            caption_units: 1024,
            photo_bytes: 10 * MIB,
            upload_bytes: 50 * MIB,
            download_bytes: 20 * MIB,
            overall_per_second: 30,
            chat_burst: 5,
            group_per_minute: 20,
            callback_age: Duration::from_mins(15),
            update_age: Duration::from_hours(24),
            longest_poll: Duration::from_secs(50),
            repeated_poll: Duration::from_secs(3),
            conflict_pause: Duration::from_secs(3),
            webhook_retry: Duration::from_secs(1),
        }
    }

    /// The vendor's, without limits of rate and without deliberate slowness.
    pub fn loose() -> Self {
        Self {
            overall_per_second: usize::MAX,
            chat_burst: usize::MAX,
            group_per_minute: usize::MAX,
            repeated_poll: Duration::ZERO,
            conflict_pause: Duration::ZERO,
            webhook_retry: Duration::from_millis(20),
            ..Self::vendor()
        }
    }
}
