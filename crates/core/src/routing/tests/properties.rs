//! What holds for all rules and events.

use proptest::prelude::*;

use super::*;

fn any_routing() -> impl Strategy<Value = Routing> {
    let scopes = vec![DmScope::Main, DmScope::PerPeer, DmScope::PerChannelPeer];
    let links = prop::collection::btree_map("net:\\PC{0,3}", "\\PC{0,3}", 0..3);
    (prop::sample::select(scopes), links).prop_map(|(dm_scope, identity_links)| Routing {
        identity_links,
        ..scoped(dm_scope)
    })
}

fn any_id() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a:%. A]{0,6}",
        "(:topic:|:thread:|group:|%3a|%|:|a){0,5}",
        "[a-z]{120,400}",
    ]
}

fn any_message() -> impl Strategy<Value = Inbound> {
    let kinds = vec![PeerKind::Direct, PeerKind::Group, PeerKind::Channel];
    let kind = prop::sample::select(kinds);
    (kind, any_id(), prop::option::of(any_id()), any_id())
        .prop_map(|(kind, id, thread, sender)| message(kind, &id, thread.as_deref(), &sender))
}

/// Which conversation an event is of, whatever its key says.
fn place(event: &Inbound) -> (PeerKind, String, Option<String>) {
    let id = match event.peer.kind {
        PeerKind::Direct => &event.sender.id,
        PeerKind::Group | PeerKind::Channel => &event.peer.id,
    };
    let lower = |id: &String| id.to_ascii_lowercase();
    (event.peer.kind, lower(id), event.thread.as_ref().map(lower))
}

proptest! {
    #[test]
    fn every_key_is_canonical(
        routing in any_routing(), event in any_message(), channel in "[a-zA-Z0-9_-]{1,64}",
        agent in "[a-z0-9][a-z0-9_-]{0,63}", main_key in "[a-z0-9_-]{1,64}",
    ) {
        let names = SessionNames { default_agent: AgentId::new(agent.clone()), main_key };
        let route = routing.route(&names, &account(&channel), &event, false);
        prop_assert!(route.session_key.as_str().len() <= SESSION_KEY_MAX_BYTES);
        let canonical = names.canonical(route.session_key.as_str());
        prop_assert_eq!(canonical.unwrap(), route.session_key.clone());
        prop_assert_eq!(route.session_key.agent().unwrap().into_string(), agent);
    }

    /// Two conversations have two keys, and one has one.
    #[test]
    fn keys_are_as_different_as_conversations(one in any_message(), other in any_message()) {
        let routing = scoped(DmScope::PerChannelPeer);
        let same = key(&routing, "net", &one) == key(&routing, "net", &other);
        prop_assert_eq!(same, place(&one) == place(&other));
    }

    /// What is spoken of names nothing: only ids and the kind of place decide.
    #[test]
    fn names_decide_nothing(
        routing in any_routing(), event in any_message(), name in any::<String>(),
    ) {
        let mut named = event.clone();
        named.sender.name = Some(name.clone());
        named.sender.handle = Some(name.clone());
        named.title = Some(name);
        prop_assert_eq!(key(&routing, "net", &event), key(&routing, "net", &named));
    }
}
