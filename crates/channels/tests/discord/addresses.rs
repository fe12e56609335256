//! Addresses as people write them.

use tidegate_core::channel::{Channel as _, ChannelError, PeerKind};
use tidegate_fakes::discord::routes;

use crate::contract::{Rig, attempt, text};
use crate::rig::{DiscordRig, target};

#[tokio::test]
async fn an_address_tells_what_it_is() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let first = rig.fake.say(rig.room, rig.ada, "x").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "tides")
        .unwrap();
    let in_thread = target(PeerKind::Channel, rig.room, Some(thread));
    for (to, place) in [
        (format!("discord:{}", rig.room), rig.of_room()),
        (format!("channel:{}", rig.room), rig.of_room()),
        (rig.dm.to_string(), rig.direct()),
        (format!("user:{}", rig.ada), rig.direct()),
        (thread.to_string(), in_thread.clone()),
    ] {
        assert_eq!(adapter.address(&to, None).await.unwrap(), place, "{to}");
    }
    let named = adapter
        .address(&rig.room.to_string(), Some(&thread.to_string()))
        .await;
    assert_eq!(named.unwrap(), in_thread);
}

#[tokio::test]
async fn a_direct_chat_is_opened_with_the_first_message() {
    let rig = DiscordRig::start().await;
    let bob = rig.fake.add_user("bob");
    let adapter = rig.adapter();
    let to = adapter.address(&format!("user:{bob}"), None).await.unwrap();
    assert_eq!(to.peer.kind, PeerKind::Direct);
    adapter
        .send(&to, &text("ahoy"), &attempt("1"))
        .await
        .unwrap();
    assert_eq!(rig.fake.answers(rig.fake.dm_channel(bob)).len(), 1);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let nobody = "user:175928847299117063";
    for to in ["", "ada", "@ada", "user:ada", "175928847299117063", nobody] {
        let refused = adapter.address(to, None).await;
        assert!(
            matches!(refused, Err(ChannelError::Refused(_))),
            "{to}: {refused:?}"
        );
    }
    let thread = adapter.address(&rig.room.to_string(), Some("x")).await;
    assert!(
        matches!(thread, Err(ChannelError::Refused(_))),
        "{thread:?}"
    );
    assert_eq!(rig.calls(routes::CHANNEL), 2);
}
