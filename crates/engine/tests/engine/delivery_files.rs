//! Files that go out with a message: fetched once by their links, named by what they are, and gone
//! when they are not sent.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tempfile::TempDir;
use tidegate_core::SessionKey;
use tidegate_core::channel::{Body, Capabilities, MediaKind, OutboundMedia, StoredFile};
use tidegate_core::files::{Fetched, FileError, FileSource};
use tidegate_core::store::HistoryQuery;
use tidegate_engine::{EngineError, Said, SendTo, Sending, SentTo};
use tokio::time::Instant;

use crate::delivery_world::once;
use crate::inbound_world::{House, Setup};
use crate::network::{FakeNetwork, Outcome, plain};
use crate::world::settle;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

/// A source that has a PNG under every link but some.
#[derive(Default)]
struct Shelf {
    fetched: AtomicUsize,
}

#[async_trait]
impl FileSource for Shelf {
    async fn fetch(&self, link: &str, to: &Path, max_bytes: u64) -> Result<Fetched, FileError> {
        assert_eq!(max_bytes, 10 << 20, "the network's limit");
        let before = self.fetched.fetch_add(1, Ordering::Relaxed);
        match link {
            "refused" => return Err(FileError::Refused("not on the public internet".into())),
            "once gone" if before == 0 => return Err(FileError::Unreachable("gone".into())),
            "slow" => tokio::time::sleep(Duration::from_secs(15)).await,
            _ => {}
        }
        std::fs::write(to, PNG).unwrap();
        let file = StoredFile {
            path: to.to_owned(),
            bytes: PNG.len() as u64,
        };
        let name = Some("../cat.exe".into());
        Ok(Fetched { file, name })
    }
}

struct Desk {
    house: House,
    network: Arc<FakeNetwork>,
    shelf: Arc<Shelf>,
    dir: TempDir,
}

async fn open(can: Capabilities) -> Desk {
    let network = FakeNetwork::new("fake", can);
    let shelf = Arc::new(Shelf::default());
    let dir = tempfile::tempdir().unwrap();
    let mut setup = Setup::with(&network);
    setup.files = dir.path().join("media");
    setup.source = Arc::clone(&shelf) as _;
    let house = setup.start().await;
    settle().await;
    Desk {
        house,
        network,
        shelf,
        dir,
    }
}

impl Desk {
    async fn send(&self, key: &str, links: &[&str]) -> Result<SentTo, EngineError> {
        self.send_words(key, "look", links).await
    }

    async fn send_words(
        &self,
        key: &str,
        words: &str,
        links: &[&str],
    ) -> Result<SentTo, EngineError> {
        let to = SendTo {
            target: self.network.direct("anna"),
            said: Said::Message {
                markdown: words.into(),
                links: links.iter().map(|link| (*link).to_owned()).collect(),
            },
            session_key: Some(SessionKey::stored("agent:main:main")),
        };
        let params = links.join(" ");
        self.house.engine.send_to(once(key, &params), to).await
    }

    fn fetched(&self) -> usize {
        self.shelf.fetched.load(Ordering::Relaxed)
    }

    fn stored(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("media")).map_or(0, Iterator::count)
    }

    /// The files that went out, in order.
    fn sent(&self) -> Vec<OutboundMedia> {
        let sent = self.network.sent().into_iter();
        let files = sent.filter_map(|sent| match sent.part.body {
            Body::Media { media, .. } => Some(media),
            Body::Text { .. } | Body::Poll(_) => None,
        });
        files.collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_link_becomes_a_file_once() {
    let desk = open(plain()).await;
    let first = desk.send("k", &["a"]).await.unwrap();
    assert!(matches!(&first.how, Sending::Sent(receipts) if receipts.len() == 1));
    let sent = desk.sent();
    let file = &sent[0];
    assert_eq!((file.kind, file.bytes), (MediaKind::Photo, 12));
    assert_eq!(
        (file.name.as_str(), file.mime.as_str()),
        ("cat.exe.png", "image/png")
    );
    assert_eq!(std::fs::read(&file.path).unwrap(), PNG);
    assert_eq!(file.path.parent(), Some(&*desk.dir.path().join("media")));
    assert_eq!(file.path.extension().unwrap(), "png");
    assert_eq!(desk.send("k", &["a"]).await.unwrap(), first);
    let reused = desk.send("k", &["b"]).await;
    assert!(matches!(reused, Err(EngineError::KeyReused)), "{reused:?}");
    assert_eq!(
        (desk.fetched(), desk.sent().len(), desk.stored()),
        (1, 1, 1)
    );
    let query = HistoryQuery {
        before: None,
        limit: 10,
        max_bytes: usize::MAX,
    };
    let main = SessionKey::stored("agent:main:main");
    let history = desk.house.engine.history(&main, query).await.unwrap();
    let texts: Vec<_> = history
        .page
        .messages
        .iter()
        .map(|m| m.body.text())
        .collect();
    assert_eq!(
        texts,
        ["look\n\n[photo “cat.exe.png”: image/png, 12 bytes]"]
    );
}

#[tokio::test(start_paused = true)]
async fn requests_of_one_key_at_once_fetch_once() {
    let desk = open(plain()).await;
    let slow = ["slow"];
    let (first, second) = tokio::join!(desk.send("k", &slow), desk.send("k", &slow));
    assert_eq!(first.unwrap(), second.unwrap());
    assert_eq!(
        (desk.fetched(), desk.sent().len(), desk.stored()),
        (1, 1, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_that_cannot_be_had_is_said_and_nothing_is_stored() {
    let desk = open(plain()).await;
    let refused = desk.send("k", &["a", "refused", "slow"]).await;
    let Err(EngineError::Invalid(why)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(why, "mediaUrl: not on the public internet");
    assert_eq!((desk.sent().len(), desk.stored()), (0, 0));
    desk.shelf.fetched.store(0, Ordering::Relaxed);
    let gone = desk.send("k2", &["once gone"]).await;
    assert!(matches!(gone, Err(EngineError::Busy { .. })), "{gone:?}");
    assert_eq!((desk.sent().len(), desk.stored()), (0, 0));
    // The same request may be made again.
    desk.send("k2", &["once gone"]).await.unwrap();
    assert_eq!((desk.sent().len(), desk.stored()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_for_a_network_without_files() {
    let none = Capabilities {
        media: None,
        ..plain()
    };
    let desk = open(none).await;
    let refused = desk.send("k", &["a"]).await;
    let Err(EngineError::Invalid(why)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(why, "Fake takes no files from us");
    assert_eq!((desk.fetched(), desk.stored()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn fetching_and_sending_take_no_longer_than_a_caller_waits() {
    let desk = open(plain()).await;
    let slow = Outcome::Slow(Duration::from_secs(15));
    desk.network.script([slow]);
    let began = Instant::now();
    let sent = desk.send("k", &["slow"]).await.unwrap();
    assert!(matches!(sent.how, Sending::Waiting { .. }), "{sent:?}");
    assert_eq!(began.elapsed().as_secs(), 25);
    desk.network.shows(1).await;
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_given_up_leaves_nothing() {
    let desk = open(plain()).await;
    let links = ["a", "slow"];
    let waiting = tokio::time::timeout(Duration::from_secs(5), desk.send("k", &links));
    assert!(waiting.await.is_err());
    assert_eq!((desk.fetched(), desk.stored()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn halves_of_the_last_life_are_taken_away_at_the_start() {
    let network = FakeNetwork::new("fake", plain());
    let dir = tempfile::tempdir().unwrap();
    for name in ["1.part", "2.png"] {
        std::fs::write(dir.path().join(name), PNG).unwrap();
    }
    let mut setup = Setup::with(&network);
    setup.files = dir.path().to_owned();
    let _house = setup.start().await;
    let left = std::fs::read_dir(dir.path()).unwrap();
    let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["2.png"]);
}

#[tokio::test(start_paused = true)]
async fn files_carry_short_words_and_long_ones_follow() {
    let desk = open(plain()).await;
    let long = "word ".repeat(400);
    for (key, words, parts) in [("short", "look", 2), ("long", long.as_str(), 3)] {
        let sent = desk.send_words(key, words, &["a", "b"]).await.unwrap();
        assert!(matches!(sent.how, Sending::Sent(receipts) if receipts.len() == parts));
    }
    let shown = desk.network.shown();
    let words: Vec<_> = shown.iter().map(|shown| shown.text.trim()).collect();
    assert_eq!(words, ["look", "", "", "", long.trim()]);
    let messages = desk.house.transcript("main").await;
    assert_eq!(messages.len(), 2, "shown in the transcript");
}
