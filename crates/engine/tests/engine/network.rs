//! The network of these tests, and what they rely on in it.

use tidegate_core::channel::{ChannelError, MediaKind};
pub(crate) use tidegate_testkit::network::*;

#[tokio::test(start_paused = true)]
async fn what_arrives_is_acknowledged_with_its_cursor() {
    use tidegate_core::store::InboxStore;

    let post = crate::delivery_world::Post::open(FakeNetwork::new("fake", plain())).await;
    let heard = post.network.arrive(Vec::new(), Some("7")).await.unwrap();
    assert_eq!(heard, []);
    let cursor = post.store.cursor(post.network.key(), "bot").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("7"));
}

#[tokio::test]
async fn what_is_offered_can_be_fetched_within_its_size() {
    use tidegate_core::channel::{Channel, InboundMedia};

    let network = FakeNetwork::new("fake", plain());
    network.offer("f", "12345");
    let media = InboundMedia {
        kind: MediaKind::Document,
        handle: "f".into(),
        name: None,
        mime: None,
        bytes: None,
    };
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("f");
    let large = network.fetch(&media, &to, 4).await;
    assert!(matches!(large, Err(ChannelError::Refused(_))) && !to.exists());
    let file = network.fetch(&media, &to, 5).await.unwrap();
    assert_eq!(
        (file.bytes, std::fs::read(&to).unwrap()),
        (5, b"12345".to_vec())
    );
}
