//! What nodes offer: shown in a request, kept with an approval, widened by nothing else.

use std::collections::BTreeSet;

use tidegate_core::SecretHash;
use tidegate_core::node::Offer;
use tidegate_core::store::{Device, DeviceGrant, NewToken, PairRequest, Touch};
use tidegate_protocol::Role;

use crate::devices::*;
use crate::fixtures::Store;

contract! {
    another_offer_is_another_request_and_what_was_shown_is_approved
    the_first_offer_of_a_node_counts_and_no_later_one
    a_new_token_leaves_the_offer_as_it_was
}

fn offer(commands: &[&str]) -> Offer {
    let commands = commands.iter().map(|word| (*word).to_owned());
    Offer {
        system: Some("linux".into()),
        commands: commands.collect::<BTreeSet<_>>(),
    }
}

fn wants(id: &str, offered: Offer) -> PairRequest {
    PairRequest {
        role: Role::Node,
        offer: Some(offered),
        ..request(id, "n", &[], 1)
    }
}

fn token(at_ms: u64) -> NewToken {
    NewToken {
        hash: SecretHash::of("new"),
        issued_at_ms: at_ms,
        expires_at_ms: None,
    }
}

fn approved(device: &Device) -> Option<Offer> {
    device.grant(Role::Node).unwrap().offer.clone()
}

async fn another_offer_is_another_request_and_what_was_shown_is_approved(store: &impl Store) {
    let narrow = offer(&["a"]);
    assert_eq!(ask(store, wants("one", narrow.clone()), 0, 9).await, "one");
    assert_eq!(ask(store, wants("two", narrow), 0, 9).await, "one");
    let wide = offer(&["a", "b"]);
    assert_eq!(
        ask(store, wants("three", wide.clone()), 0, 9).await,
        "three"
    );
    let waiting = store.pair_requests(0).await.unwrap();
    assert_eq!(waiting[0].offer, Some(wide.clone()));
    assert_eq!(waiting.len(), 1);
    let device = store.approve_pairing("three", 0, token(3)).await.unwrap();
    assert_eq!(approved(&device.unwrap()), Some(wide));
    // A live token stays, and what is approved now counts.
    let less = offer(&["b"]);
    ask(store, wants("four", less.clone()), 0, 9).await;
    let device = store.approve_pairing("four", 0, token(4)).await.unwrap();
    assert_eq!(approved(&device.unwrap()), Some(less));
}

async fn the_first_offer_of_a_node_counts_and_no_later_one(store: &impl Store) {
    give(store, "n", grant(Role::Node, "t", &[])).await;
    assert_eq!(approved(&device(store, "n").await), None);
    for offered in [&["a"][..], &["a", "b"]] {
        let touch = Touch {
            offer: Some(offer(offered)),
            ..touched("n", 9)
        };
        store
            .touch(&device_id("n"), Role::Node, touch)
            .await
            .unwrap();
        assert_eq!(approved(&device(store, "n").await), Some(offer(&["a"])));
    }
}

async fn a_new_token_leaves_the_offer_as_it_was(store: &impl Store) {
    let given = DeviceGrant {
        offer: Some(offer(&["a"])),
        ..grant(Role::Node, "t", &[])
    };
    give(store, "n", given).await;
    let id = device_id("n");
    let none = tidegate_core::ScopeSet::EMPTY;
    let replaced = store.replace_token(&id, Role::Node, token(9), none).await;
    assert_eq!(approved(&replaced.unwrap().unwrap()), Some(offer(&["a"])));
}
