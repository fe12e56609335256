//! Which agent a message is for.

use super::*;

#[test]
fn the_most_exact_binding_wins() {
    let of = || BindingMatch::of("net");
    let any = || BindingMatch {
        account: BoundAccount::Any,
        ..of()
    };
    let named = |name: &str| BindingMatch {
        account: BoundAccount::One(AccountId::new(name)),
        ..of()
    };
    let room = || BindingMatch {
        peer: Some(peer(PeerKind::Channel, "r1")),
        ..any()
    };
    let guild = || BindingMatch {
        guild_id: Some("g1".into()),
        ..any()
    };
    let team = || BindingMatch {
        team_id: Some("t1".into()),
        ..any()
    };
    // The least exact first: only rank may decide.
    let all = [
        ("any", any()),
        ("work", named("work")),
        ("plain", of()),
        ("team", team()),
        ("guild", guild()),
        ("room", room()),
        ("late", room()),
    ];
    let routing = Routing {
        bindings: all.map(|(agent, matches)| bound(agent, matches)).into(),
        ..Routing::default()
    };
    let in_guild = Some(Space::Guild("g1".into()));
    let in_team = Some(Space::Team("t1".into()));
    let table = [
        // Network, account, room, space, agent.
        ("net", "default", "r1", in_guild.clone(), "room"),
        ("net", "default", "r1", None, "room"),
        ("net", "work", "r1", in_team.clone(), "room"),
        ("net", "default", "r2", in_guild.clone(), "guild"),
        ("net", "work", "r2", in_team, "team"),
        // A guild's id is no team's.
        (
            "net",
            "default",
            "r2",
            Some(Space::Team("g1".into())),
            "plain",
        ),
        (
            "net",
            "default",
            "r2",
            Some(Space::Guild("t1".into())),
            "plain",
        ),
        (
            "net",
            "default",
            "r2",
            Some(Space::Guild("g2".into())),
            "plain",
        ),
        ("net", "default", "r2", None, "plain"),
        ("net", "work", "r2", None, "work"),
        ("net", "other", "r2", None, "any"),
        ("else", "default", "r1", in_guild, "main"),
    ];
    for (channel, name, id, space, agent) in table {
        let mut event = message(PeerKind::Channel, id, None, "77");
        event.space = space;
        let account = AccountKey::new(channel, name);
        let found = routing.agent(&names(), &account, &event);
        assert_eq!(
            found.as_str(),
            agent,
            "{channel} {name} {id} {:?}",
            event.space
        );
        let route = routing.route(&names(), &account, &event, false);
        assert_eq!(route.session_key.agent(), Some(found));
    }
}

#[test]
fn whatever_a_binding_names_must_fit() {
    let all = BindingMatch {
        account: BoundAccount::One(AccountId::new("work")),
        peer: Some(peer(PeerKind::Channel, "r1")),
        guild_id: Some("g1".into()),
        ..BindingMatch::of("net")
    };
    let routing = Routing {
        bindings: vec![bound("other", all)],
        ..Routing::default()
    };
    let guild = |id: &str| Some(Space::Guild(id.into()));
    let table = [
        ("net", "work", PeerKind::Channel, "r1", guild("g1"), "other"),
        ("net", "work", PeerKind::Channel, "r1", guild("g2"), "main"),
        ("net", "work", PeerKind::Channel, "r1", None, "main"),
        ("net", "work", PeerKind::Channel, "r2", guild("g1"), "main"),
        ("net", "work", PeerKind::Group, "r1", guild("g1"), "main"),
        ("net", "work", PeerKind::Channel, "R1", guild("g1"), "main"),
        (
            "net",
            "default",
            PeerKind::Channel,
            "r1",
            guild("g1"),
            "main",
        ),
        ("else", "work", PeerKind::Channel, "r1", guild("g1"), "main"),
    ];
    for (channel, name, kind, id, space, agent) in table {
        let mut event = message(kind, id, None, "77");
        event.space = space;
        let found = routing.agent(&names(), &AccountKey::new(channel, name), &event);
        assert_eq!(
            found.as_str(),
            agent,
            "{channel} {name} {id} {:?}",
            event.space
        );
    }
}

#[test]
fn a_direct_chat_is_bound_by_the_person_or_by_its_own_id() {
    for bound_to in ["U1", "D1"] {
        let matches = BindingMatch {
            peer: Some(peer(PeerKind::Direct, bound_to)),
            ..BindingMatch::of("net")
        };
        let routing = Routing {
            bindings: vec![bound("other", matches)],
            ..Routing::default()
        };
        let agent = |kind, id, sender| {
            let event = message(kind, id, None, sender);
            routing
                .agent(&names(), &account("net"), &event)
                .into_string()
        };
        assert_eq!(agent(PeerKind::Direct, "D1", "U1"), "other");
        assert_eq!(agent(PeerKind::Direct, "D2", "U2"), "main");
        // Neither the person in a group, nor a group of that name.
        assert_eq!(agent(PeerKind::Group, "C1", "U1"), "main");
        assert_eq!(agent(PeerKind::Group, bound_to, "U2"), "main");
    }
}

#[test]
fn a_binding_comes_along_when_its_conversation_moves() {
    let to = |id: &str| BindingMatch {
        peer: Some(peer(PeerKind::Group, id)),
        ..BindingMatch::of("telegram")
    };
    let mut routing = Routing {
        bindings: vec![bound("ana", to("-1")), bound("bob", to("-3"))],
        ..Routing::default()
    };
    let agent = |routing: &Routing, channel: &str, id: &str| {
        let event = message(PeerKind::Group, id, None, "7");
        routing
            .agent(&names(), &account(channel), &event)
            .into_string()
    };
    let telegram = ChannelId::new("telegram");
    routing.moved(&ChannelId::new("slack"), "-1", "-2");
    assert_eq!(agent(&routing, "telegram", "-2"), "main");
    routing.moved(&telegram, "-1", "-2");
    routing.moved(&telegram, "-1", "-2");
    assert_eq!(routing.bindings.len(), 3, "once");
    assert_eq!(agent(&routing, "telegram", "-2"), "ana");
    assert_eq!(agent(&routing, "telegram", "-1"), "ana");
    assert_eq!(agent(&routing, "slack", "-2"), "main");
    routing.moved(&telegram, "-1", "-3");
    assert_eq!(agent(&routing, "telegram", "-3"), "bob", "named itself");
}
