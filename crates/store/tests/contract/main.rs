//! What a store promises: the same suite against the one on disk and the one in memory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

/// Runs each function against an empty store of either kind.
macro_rules! contract {
    ($($name:ident)*) => {
        mod in_memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&tidegate_store::MemoryStore::new()).await;
            })*
        }
        mod on_disk {
            $(#[tokio::test]
            async fn $name() {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("state.db");
                let store = tidegate_store::SqliteStore::open(&path).unwrap();
                super::$name(&store).await;
                store.close().await;
            })*
        }
    };
}
mod approvals;
mod channels;
mod device_offers;
mod device_rights;
mod devices;
mod disk;
mod fixtures;
mod history;
mod inbox;
mod model;
mod moves;
mod nodes;
mod outbox;
mod outbox_model;
mod rounds;
mod runs;
mod search;
mod senders;
mod sessions;
mod trace;
mod upgrade;
