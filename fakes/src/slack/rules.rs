//! Numbers of the vendor, each of which a test may shrink.

use std::time::Duration;

/// Limits and periods. The default is the vendor's own, as far as it is known.
#[derive(Debug, Clone)]
pub struct Rules {
    /// An envelope or a webhook that is not acknowledged in this time counts as failed,
    /// also if its socket has ended meanwhile. 3 s.
    pub ack_within: Duration,
    /// An event that failed is sent again after each of these: at once, 1 min, 5 min. Slash
    /// commands and buttons are never sent again.
    pub retry_after: Vec<Duration>,
    /// How often the server pings a socket. The vendor does not say; its own client gives up
    /// after 30 s without a ping, so 10 s here.
    pub ping_every: Duration,
    /// How long the URL of `apps.connections.open` can be used, once. "Seconds"; 30 s here.
    pub ticket_lives: Duration,
    /// From the frame `disconnect` until the server closes the socket itself. 10 s.
    pub disconnect_grace: Duration,
    /// Posts that one channel takes at once before [`Rules::post_every`] holds. The vendor allows
    /// short bursts without a number; 4 here.
    pub post_burst: u32,
    /// One post a channel in this time. 1 s.
    pub post_every: Duration,
    /// Calls a minute for the tiers 1 to 4. The vendor says 1+, 20+, 50+, 100+; it lets a client
    /// open several sockets a minute, so tier 1 is 20 here.
    pub tiers: [u32; 4],
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            ack_within: Duration::from_secs(3),
            retry_after: vec![
                Duration::ZERO,
                Duration::from_mins(1),
                Duration::from_mins(5),
            ],
            ping_every: Duration::from_secs(10),
            ticket_lives: Duration::from_secs(30),
            disconnect_grace: Duration::from_secs(10),
            post_burst: 4,
            post_every: Duration::from_secs(1),
            tiers: [20, 20, 50, 100],
        }
    }
}

/// Sockets of one app at a time (slackapi/node-slack-sdk#1654).
pub(super) const MOST_SOCKETS: usize = 10;
/// Characters of a post.
pub(super) const MOST_POST_CHARS: usize = 40_000;
/// Characters of an edit: fewer than of a post (seratch/ChatGPT-in-Slack#102).
pub(super) const MOST_UPDATE_CHARS: usize = 4_000;
/// Characters of `markdown_text`.
pub(super) const MOST_MARKDOWN_CHARS: usize = 12_000;
/// Blocks of a message.
pub(super) const MOST_BLOCKS: usize = 50;
/// Characters of one section's text.
pub(super) const MOST_SECTION_CHARS: usize = 3_000;
/// Characters of all blocks as JSON (slackapi/bolt-js#2509: refused at about 13 200).
pub(super) const MOST_BLOCKS_CHARS: usize = 13_200;
/// Posts to one response URL.
pub(super) const MOST_HOOK_USES: u32 = 5;
/// How long a response URL lives, in milliseconds: 30 min.
pub(super) const HOOK_LIVES_MS: i64 = 30 * 60 * 1000;
/// How long a status line stays without a post, in milliseconds: 2 min.
pub(super) const STATUS_LIVES_MS: i64 = 2 * 60 * 1000;
/// Bytes of a Web API request that are read.
pub(super) const MOST_BODY_BYTES: usize = 1024 * 1024;
/// Bytes of an upload that are read. The vendor takes 1 GB; tests need less.
pub(super) const MOST_UPLOAD_BYTES: usize = 64 * 1024 * 1024;
