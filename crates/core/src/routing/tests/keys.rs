//! Every key of V3 11.1, and ids that would be another.

use super::*;

/// Anna has two addresses.
fn linked(dm_scope: DmScope) -> Routing {
    let link = |address: &str| (address.to_owned(), "Anna".to_owned());
    Routing {
        identity_links: BTreeMap::from([link("telegram:77"), link("discord:88")]),
        ..scoped(dm_scope)
    }
}

#[test]
fn direct_chats() {
    use DmScope::{Main, PerChannelPeer, PerPeer};
    let table = [
        // Rules, network, person, key.
        (scoped(Main), "telegram", "77", "agent:main:main"),
        (scoped(PerPeer), "telegram", "77", "agent:main:dm:77"),
        (
            scoped(PerChannelPeer),
            "telegram",
            "77",
            "agent:main:telegram:dm:77",
        ),
        (
            scoped(PerChannelPeer),
            "slack",
            "U0ABC",
            "agent:main:slack:dm:u0abc",
        ),
        (
            scoped(PerChannelPeer),
            "whatsapp",
            "+1555",
            "agent:main:whatsapp:dm:+1555",
        ),
        (linked(Main), "telegram", "77", "agent:main:main"),
        (linked(PerPeer), "telegram", "77", "agent:main:dm:anna"),
        (linked(PerPeer), "discord", "88", "agent:main:dm:anna"),
        (linked(PerPeer), "discord", "77", "agent:main:dm:77"),
        (
            linked(PerChannelPeer),
            "telegram",
            "77",
            "agent:main:telegram:dm:anna",
        ),
        (
            linked(PerChannelPeer),
            "discord",
            "88",
            "agent:main:discord:dm:anna",
        ),
        // Whoever calls himself Anna is not she.
        (linked(PerPeer), "irc", "anna", "agent:main:dm:%raw.anna"),
        (linked(PerPeer), "irc", "ANNA", "agent:main:dm:%raw.anna"),
        (
            linked(PerChannelPeer),
            "telegram",
            "anna",
            "agent:main:telegram:dm:%raw.anna",
        ),
        (
            linked(PerPeer),
            "irc",
            "%raw.anna",
            "agent:main:dm:%25raw.anna",
        ),
    ];
    for (routing, channel, person, expected) in table {
        // The chat has an id of its own on some networks; the person counts.
        let event = message(PeerKind::Direct, "D1", None, person);
        assert_eq!(key(&routing, channel, &event), expected);
    }
}

#[test]
fn groups_rooms_threads_and_topics() {
    use ConversationKind as Kind;
    use PeerKind::{Channel, Direct, Group};
    let table = [
        // Network, kind, id, thread, key, kind.
        (
            "telegram",
            Group,
            "-1001",
            None,
            "agent:main:telegram:group:-1001",
            Kind::Group,
        ),
        (
            "telegram",
            Group,
            "-1001",
            Some("42"),
            "agent:main:telegram:group:-1001:topic:42",
            Kind::Thread,
        ),
        (
            "discord",
            Channel,
            "123",
            None,
            "agent:main:discord:channel:123",
            Kind::Group,
        ),
        (
            "discord",
            Channel,
            "123",
            Some("987"),
            "agent:main:discord:channel:123:thread:987",
            Kind::Thread,
        ),
        (
            "slack",
            Channel,
            "C0ABC",
            Some("1712345.6789"),
            "agent:main:slack:channel:c0abc:thread:1712345.6789",
            Kind::Thread,
        ),
        (
            "whatsapp",
            Group,
            "12-34@g.us",
            None,
            "agent:main:whatsapp:group:12-34@g.us",
            Kind::Group,
        ),
        (
            "signal",
            Group,
            "aB+/c=",
            None,
            "agent:main:signal:group:ab+/c=",
            Kind::Group,
        ),
        (
            "slack",
            Direct,
            "D1",
            Some("17.5"),
            "agent:main:main:thread:17.5",
            Kind::Thread,
        ),
        ("slack", Direct, "D1", None, "agent:main:main", Kind::Direct),
    ];
    for (channel, kind, id, thread, expected, conversation) in table {
        let event = message(kind, id, thread, "77");
        let route = Routing::default().route(&names(), &account(channel), &event, false);
        assert_eq!(route.session_key.as_str(), expected);
        assert_eq!(route.kind, conversation, "{expected}");
    }
    let event = message(Direct, "D1", Some("17.5"), "U1");
    let routing = scoped(DmScope::PerChannelPeer);
    assert_eq!(
        key(&routing, "slack", &event),
        "agent:main:slack:dm:u1:thread:17.5"
    );
}

#[test]
fn everything_may_be_one_session() {
    let routing = Routing {
        global: true,
        bindings: vec![bound("work", BindingMatch::of("slack"))],
        ..scoped(DmScope::PerPeer)
    };
    for kind in [PeerKind::Direct, PeerKind::Group, PeerKind::Channel] {
        assert_eq!(
            key(&routing, "slack", &message(kind, "1", Some("2"), "3")),
            "global"
        );
    }
}

#[test]
fn the_main_key_is_the_configured_one() {
    let names = SessionNames {
        default_agent: AgentId::new("ana"),
        main_key: "home".into(),
    };
    let event = message(PeerKind::Direct, "1", None, "1");
    let route = Routing::default().route(&names, &account("slack"), &event, false);
    assert_eq!(route.session_key, names.main());
    assert_eq!(route.session_key.as_str(), "agent:ana:home");
}

/// No id can pass for another part of a key, for another id, or for what stands for another.
#[test]
fn ids_keep_to_their_part() {
    let routing = scoped(DmScope::PerPeer);
    let table = [
        ("1:topic:2", "1%3atopic%3a2"),
        ("a b", "a%20b"),
        (" a", "%20a"),
        ("a\n", "a%0a"),
        ("50%", "50%25"),
        ("%3a", "%253a"),
        ("a/../b", "a/../b"),
        // Beyond ASCII: a Kelvin sign is no k, a dotted I no i.
        ("\u{212a}", "%e2%84%aa"),
        ("İ", "%c4%b0"),
        ("ж", "%d0%b6"),
        ("a\u{200b}", "a%e2%80%8b"),
        ("\u{202e}a", "%e2%80%aea"),
        ("", ""),
        ("*", "*"),
    ];
    for (id, part) in table {
        let event = message(PeerKind::Group, id, None, "1");
        assert_eq!(
            key(&routing, "x", &event),
            format!("agent:main:x:group:{part}")
        );
        let event = message(PeerKind::Channel, "r", Some(id), "1");
        assert_eq!(
            key(&routing, "x", &event),
            format!("agent:main:x:channel:r:thread:{part}")
        );
        let event = message(PeerKind::Direct, "1", None, id);
        assert_eq!(key(&routing, "x", &event), format!("agent:main:dm:{part}"));
    }
    let event = message(PeerKind::Group, "1", None, "1");
    assert_eq!(
        key(&routing, "TeleGram", &event),
        "agent:main:telegram:group:1"
    );
}

#[test]
fn long_ids_are_hashed() {
    let group = |id: &str| {
        let event = message(PeerKind::Group, id, Some(&"t".repeat(9000)), "1");
        key(&Routing::default(), "x", &event)
    };
    let (one, other) = ("a".repeat(5000), format!("{}b", "a".repeat(4999)));
    assert!(group(&one).len() <= SESSION_KEY_MAX_BYTES);
    assert!(group(&one).starts_with("agent:main:x:group:%sha256."));
    assert_ne!(group(&one), group(&other));
    assert_eq!(group(&one), group(&one.to_uppercase()));
    let fits = "a".repeat(128);
    assert!(group(&fits).contains(&format!("group:{fits}:topic:")));
    // The hash of a long id is nobody's short id.
    let hashed = group(&one);
    let (hash, _) = hashed
        .strip_prefix("agent:main:x:group:")
        .and_then(|rest| rest.split_once(':'))
        .unwrap();
    assert_ne!(group(hash), hashed);
}

#[test]
fn a_key_goes_along_when_its_group_moves() {
    let moved = |key: &str, channel: &str, from: &str, to: &str| {
        moved_key(&SessionKey::stored(key), &ChannelId::new(channel), from, to)
            .map(|key| key.to_string())
    };
    let table = [
        (
            "agent:a:net:group:-1",
            "-1",
            "-100",
            Some("agent:a:net:group:-100"),
        ),
        (
            "agent:a:net:group:-1:topic:4",
            "-1",
            "-100",
            Some("agent:a:net:group:-100:topic:4"),
        ),
        (
            "agent:a:net:channel:c1:thread:4",
            "C1",
            "D:2",
            Some("agent:a:net:channel:d%3a2:thread:4"),
        ),
        ("agent:a:net:group:-12", "-1", "-100", None),
        ("agent:a:net:group:-12", "-12:", "-100", None),
        ("agent:a:net:dm:-1", "-1", "-100", None),
        ("agent:a:nets:group:-1", "-1", "-100", None),
        ("agent:a:main", "main", "-100", None),
        ("global", "global", "-100", None),
    ];
    for (key, from, to, expected) in table {
        assert_eq!(moved(key, "net", from, to).as_deref(), expected, "{key}");
    }
    // It is where the next message of the group goes.
    for thread in [None, Some("4")] {
        let route = |id| {
            key(
                &Routing::default(),
                "Net",
                &message(PeerKind::Group, id, thread, "1"),
            )
        };
        assert_eq!(
            moved(&route("-1"), "Net", "-1", "-1 00"),
            Some(route("-1 00"))
        );
    }
}
