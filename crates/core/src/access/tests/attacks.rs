//! What was tried against others (SECURITY T26 to T29).

use super::*;

/// SECURITY T26: nothing but the id counts, and it counts exactly.
#[test]
fn names_and_look_alikes_are_strangers() {
    let strict = AccessRules {
        allow_from: list(&["anna", "U12AB", "1555", "+1777"]),
        group_allow_from: list(&["anna", "U12AB", "1555", "+1777"]),
        owners: list(&["anna", "U12AB", "1555", "+1777"]),
        ..rules(DmPolicy::Allowlist, GroupPolicy::Allowlist)
    };
    let ids = [
        "Anna",
        "ANNA",
        "аnna",
        "ａｎｎａ",
        "anna\u{200b}",
        "\u{feff}anna",
        "an\u{ad}na",
        "anna\u{fe0f}",
        "\u{202e}anna",
        "anna ",
        " anna",
        "anna\n",
        "anna\0",
        "@anna",
        "anna@evil",
        "anna:evil",
        "anna,U12AB",
        "ann",
        "nna",
        "annaanna",
        "u12ab",
        "U12A",
        "+1555",
        "01555",
        "15550",
        "555",
        "1777",
        "++1777",
        "1555\u{661}",
        "１５５５",
        "*",
        "**",
        ".*",
        "anna*",
        "",
        " ",
        "null",
        "undefined",
        "0",
        "[anna]",
        "a\u{301}nna",
    ];
    for id in ids {
        for mut event in [direct(id), in_group(id)] {
            // All that people can choose says what the list says.
            event.sender.name = Some("anna".into());
            event.sender.handle = Some("anna".into());
            event.title = Some("anna".into());
            let found = strict.admit(&event, Paired::No);
            let stranger = matches!(found, Verdict::Refuse(Refusal::Sender | Refusal::NoSender));
            assert!(stranger, "{id:?}: {found:?}");
        }
    }
    assert_eq!(strict.admit(&direct("anna"), Paired::No), OWNER);
    assert_eq!(strict.admit(&in_group("U12AB"), Paired::No), OWNER);
}

/// SECURITY T27: who has no id is nobody, whatever lists say.
#[test]
fn what_is_no_id_is_on_no_list() {
    let long = "1".repeat(257);
    let none = [
        "",
        " ",
        "\t",
        "\n",
        "*",
        "\u{200b}",
        "\u{a0}",
        "1 2",
        "a\u{2028}b",
        "\u{3164}",
        &long,
    ];
    let everywhere = |ids: &[&str]| AccessRules {
        dm_policy: DmPolicy::Open,
        group_policy: GroupPolicy::Open,
        allow_from: list(ids),
        group_allow_from: list(ids),
        owners: list(ids),
        require_mention: false,
        ..AccessRules::default()
    };
    for id in none {
        for ids in [vec![], vec!["*"], vec![id], vec![id, "*"]] {
            let rules = everywhere(&ids);
            for event in [direct(id), in_group(id)] {
                let found = rules.admit(&event, Paired::Owner);
                assert_eq!(found, refused(Refusal::NoSender), "{id:?} {ids:?}");
            }
            let event = event(PeerKind::Direct, id, "1", words());
            assert_eq!(
                rules.admit(&event, Paired::Owner),
                refused(Refusal::NoSender),
                "at {id:?}"
            );
        }
        assert!(!list(&[id]).has(id), "{id:?}");
    }
    assert!(list(&["", " ", "\u{200b}", "a b"]).is_empty());
    assert!(list(&[]).is_empty());
    assert!(!list(&["*"]).is_empty());
}

/// SECURITY T28: what is granted in one place is granted there.
#[test]
fn nothing_is_carried_from_one_context_to_another() {
    let strict = AccessRules {
        allow_from: list(&["1", "-100"]),
        group_allow_from: list(&["2", "-100"]),
        ..rules(DmPolicy::Pairing, GroupPolicy::Allowlist)
    };
    // Let in by a code, or listed for direct chats: not heard in a group.
    for paired in [Paired::Guest, Paired::Owner] {
        assert_eq!(
            strict.admit(&in_group("9"), paired),
            refused(Refusal::Sender)
        );
        assert_eq!(
            strict.admit(&in_group("1"), paired),
            refused(Refusal::Sender)
        );
        assert_eq!(
            strict.admit(&in_group("2"), paired),
            GUEST,
            "a code gives no rights there"
        );
    }
    // The group as its own sender, even if its id stands among people.
    assert_eq!(
        strict.admit(&in_group("-100"), Paired::No),
        refused(Refusal::NoSender)
    );
    // The group's id in a direct chat's place.
    let from_group = event(PeerKind::Direct, "-100", "2", words());
    assert_eq!(strict.admit(&from_group, Paired::No), Verdict::AskOwner);
    // A person's id in the group's place.
    let in_person = event(PeerKind::Group, "2", "2", words());
    assert_eq!(
        strict.admit(&in_person, Paired::No),
        refused(Refusal::Group)
    );
}

/// SECURITY T29: an event of no kind gets a stranger in, and only words get an answer.
#[test]
fn every_kind_of_event_is_gated() {
    let strict = |dm, group| AccessRules {
        require_mention: false,
        ..rules(dm, group)
    };
    for kind in every_kind() {
        let in_direct = |sender| event(PeerKind::Direct, "77", sender, kind.clone());
        let refused_in = |rules: AccessRules, event: Inbound| {
            let found = rules.admit(&event, Paired::No);
            assert!(matches!(found, Verdict::Refuse(_)), "{event:?}: {found:?}");
        };
        refused_in(
            strict(DmPolicy::Allowlist, GroupPolicy::Open),
            in_direct("9"),
        );
        refused_in(
            strict(DmPolicy::Disabled, GroupPolicy::Open),
            in_direct("1"),
        );
        let asked = strict(DmPolicy::Pairing, GroupPolicy::Open).admit(&in_direct("9"), Paired::No);
        let words = matches!(kind, InboundEvent::Message(_));
        assert_eq!(asked == Verdict::AskOwner, words, "{kind:?}");
        assert_eq!(matches!(asked, Verdict::Refuse(_)), !words, "{kind:?}");
        for place in [PeerKind::Group, PeerKind::Channel] {
            let in_place = |group, sender| event(place, group, sender, kind.clone());
            refused_in(
                strict(DmPolicy::Open, GroupPolicy::Allowlist),
                in_place("-999", "2"),
            );
            refused_in(
                strict(DmPolicy::Open, GroupPolicy::Disabled),
                in_place("-100", "2"),
            );
            if !matches!(kind, InboundEvent::Moved { .. }) {
                refused_in(
                    strict(DmPolicy::Open, GroupPolicy::Allowlist),
                    in_place("-100", "9"),
                );
            }
        }
    }
}
