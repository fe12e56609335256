//! Every policy in every context.

use super::*;
use crate::channel::ReplyTo;

#[test]
fn direct_chats() {
    use DmPolicy::{Allowlist, Disabled, Open, Pairing};
    let table = [
        // Policy, sender, paired, verdict.
        (Pairing, "1", Paired::No, GUEST),
        (Pairing, "3", Paired::No, OWNER),
        (Pairing, "9", Paired::No, Verdict::AskOwner),
        (Pairing, "9", Paired::Guest, GUEST),
        (Pairing, "9", Paired::Owner, OWNER),
        (Pairing, "1", Paired::Owner, OWNER),
        (Pairing, "4", Paired::Guest, OWNER),
        // To own is not to be let in, and a group's list is not this one.
        (Pairing, "4", Paired::No, Verdict::AskOwner),
        (Pairing, "2", Paired::No, Verdict::AskOwner),
        (Allowlist, "1", Paired::No, GUEST),
        (Allowlist, "3", Paired::No, OWNER),
        (Allowlist, "9", Paired::No, refused(Refusal::Sender)),
        (Allowlist, "2", Paired::No, refused(Refusal::Sender)),
        (Allowlist, "4", Paired::No, refused(Refusal::Sender)),
        // Codes count under their own policy alone.
        (Allowlist, "9", Paired::Guest, refused(Refusal::Sender)),
        (Allowlist, "9", Paired::Owner, refused(Refusal::Sender)),
        (Allowlist, "1", Paired::Owner, GUEST),
        (Open, "9", Paired::No, GUEST),
        (Open, "9", Paired::Owner, GUEST),
        (Open, "4", Paired::No, OWNER),
        (Disabled, "1", Paired::Owner, refused(Refusal::Disabled)),
        (Disabled, "3", Paired::No, refused(Refusal::Disabled)),
    ];
    for (policy, sender, paired, verdict) in table {
        let rules = rules(policy, GroupPolicy::Open);
        assert_eq!(
            rules.admit(&direct(sender), paired),
            verdict,
            "{policy:?} {sender} {paired:?}"
        );
    }
}

#[test]
fn groups_and_rooms() {
    use GroupPolicy::{Allowlist, Disabled, Open};
    let table = [
        // Policy, group, sender, verdict.
        (Allowlist, "-100", "2", GUEST),
        (Allowlist, "-100", "3", OWNER),
        (Allowlist, "-100", "1", refused(Refusal::Sender)),
        (Allowlist, "-100", "4", refused(Refusal::Sender)),
        (Allowlist, "-100", "9", refused(Refusal::Sender)),
        (Allowlist, "-999", "2", refused(Refusal::Group)),
        (Allowlist, "-999", "3", refused(Refusal::Group)),
        (Open, "-100", "9", GUEST),
        (Open, "-999", "9", GUEST),
        (Open, "-999", "4", OWNER),
        (Disabled, "-100", "3", refused(Refusal::Disabled)),
        (Disabled, "-999", "2", refused(Refusal::Disabled)),
    ];
    for kind in [PeerKind::Group, PeerKind::Channel] {
        for (policy, group, sender, verdict) in table {
            let rules = rules(DmPolicy::Open, policy);
            let event = event(kind, group, sender, words());
            assert_eq!(
                rules.admit(&event, Paired::No),
                verdict,
                "{policy:?} {group} {sender}"
            );
        }
    }
}

#[test]
fn a_group_has_rules_of_its_own() {
    use GroupPolicy::{Allowlist, Open};
    let own = GroupRules {
        allow_from: Some(list(&["9"])),
        ..GroupRules::default()
    };
    let nobody = GroupRules {
        allow_from: Some(AllowList::default()),
        ..GroupRules::default()
    };
    let off = GroupRules {
        disabled: true,
        ..GroupRules::default()
    };
    let any = GroupRules::default();
    let sender = refused(Refusal::Sender);
    let table = [
        // What is said of groups, policy, sender, verdict in -100.
        (vec![("-100", &own)], Allowlist, "9", GUEST),
        (vec![("-100", &own)], Allowlist, "2", sender),
        (vec![("-100", &own)], Open, "9", GUEST),
        (vec![("-100", &own)], Open, "2", sender),
        (vec![("-100", &nobody)], Allowlist, "2", sender),
        (vec![("-100", &nobody)], Open, "2", sender),
        (
            vec![("-100", &off)],
            Allowlist,
            "2",
            refused(Refusal::Group),
        ),
        (vec![("-100", &off)], Open, "2", refused(Refusal::Group)),
        (vec![("*", &any)], Allowlist, "2", GUEST),
        (vec![("*", &own)], Allowlist, "2", sender),
        (vec![("*", &off)], Open, "2", refused(Refusal::Group)),
        // A group that is named is not everybody.
        (vec![("*", &off), ("-100", &any)], Allowlist, "2", GUEST),
        (vec![("*", &own), ("-100", &any)], Allowlist, "9", sender),
        (
            vec![("*", &any), ("-100", &off)],
            Allowlist,
            "2",
            refused(Refusal::Group),
        ),
        (vec![], Allowlist, "2", refused(Refusal::Group)),
        (vec![], Open, "9", GUEST),
    ];
    for (said, policy, who, verdict) in table {
        let said: Vec<_> = said
            .into_iter()
            .map(|(id, rules)| (id, rules.clone()))
            .collect();
        let rules = AccessRules {
            groups: groups(&said),
            ..rules(DmPolicy::Open, policy)
        };
        let found = rules.admit(&in_group(who), Paired::No);
        assert_eq!(found, verdict, "{said:?} {policy:?} {who}");
    }
}

#[test]
fn mentions() {
    let message = |mentioned, ours: Option<bool>| {
        InboundEvent::Message(InboundMessage {
            mentioned,
            reply_to: ours.map(|ours| ReplyTo {
                message_id: "m".into(),
                ours,
                text: None,
            }),
            ..InboundMessage::default()
        })
    };
    let must = |require_mention| GroupRules {
        require_mention,
        ..GroupRules::default()
    };
    let (silent, meant) = (message(false, None), message(true, None));
    let not_meant = refused(Refusal::NotMentioned);
    let table = [
        // The account's word, that of all groups, that of the group, event, verdict.
        (true, None, None, &silent, not_meant),
        (true, None, None, &meant, GUEST),
        (true, None, None, &message(false, Some(true)), GUEST),
        (true, None, None, &message(false, Some(false)), not_meant),
        (false, None, None, &silent, GUEST),
        (true, None, Some(false), &silent, GUEST),
        (false, None, Some(true), &silent, not_meant),
        (true, Some(false), None, &silent, GUEST),
        (false, Some(true), None, &silent, not_meant),
        (true, Some(true), Some(false), &silent, GUEST),
        (true, Some(false), Some(true), &silent, not_meant),
    ];
    for (account, all, group, said, verdict) in table {
        let rules = AccessRules {
            require_mention: account,
            groups: groups(&[("*", must(all)), ("-100", must(group))]),
            ..rules(DmPolicy::Open, GroupPolicy::Open)
        };
        let event = event(PeerKind::Group, "-100", "9", said.clone());
        let found = rules.admit(&event, Paired::No);
        assert_eq!(found, verdict, "{account} {all:?} {group:?} {said:?}");
    }
    // Nobody needs to be mentioned in a direct chat.
    let event = event(PeerKind::Direct, "9", "9", silent);
    let rules = rules(DmPolicy::Open, GroupPolicy::Disabled);
    assert_eq!(rules.admit(&event, Paired::No), GUEST);
}

#[test]
fn who_speaks_to_us_by_other_events() {
    let rules = rules(DmPolicy::Open, GroupPolicy::Open);
    let found = every_kind().map(|kind| {
        let event = event(PeerKind::Group, "-100", "9", kind);
        rules.admit(&event, Paired::No)
    });
    let not_meant = refused(Refusal::NotMentioned);
    assert_eq!(found, [GUEST, GUEST, not_meant, GUEST, GUEST]);
}

#[test]
fn programs_are_heard_only_if_it_is_said() {
    for contexts in [direct("1"), direct("9"), in_group("2"), in_group("9")] {
        let mut event = contexts;
        event.sender.bot = true;
        let mut rules = rules(DmPolicy::Open, GroupPolicy::Open);
        assert_eq!(rules.admit(&event, Paired::Owner), refused(Refusal::Bot));
        rules.allow_bots = true;
        assert_eq!(rules.admit(&event, Paired::No), GUEST);
    }
}

#[test]
fn everybody_is_a_list_but_never_the_owner() {
    let rules = AccessRules {
        allow_from: list(&["*"]),
        group_allow_from: list(&["*"]),
        groups: groups(&[("*", GroupRules::default())]),
        owners: list(&["*"]),
        ..rules(DmPolicy::Allowlist, GroupPolicy::Allowlist)
    };
    assert_eq!(rules.admit(&direct("9"), Paired::No), GUEST);
    assert_eq!(rules.admit(&in_group("9"), Paired::No), GUEST);
    assert!(list(&["*"]).has("9"));
    assert!(!list(&["*"]).names("9"));
    assert!(!list(&["*"]).has("*"));
}

/// The network says that a group has another id; who made it so has no rights by it.
#[test]
fn a_group_that_is_heard_may_move() {
    let rules = AccessRules {
        groups: groups(&[
            ("-100", GroupRules::default()),
            (
                "-101",
                GroupRules {
                    disabled: true,
                    ..GroupRules::default()
                },
            ),
        ]),
        ..rules(DmPolicy::Open, GroupPolicy::Allowlist)
    };
    let moves = |group, sender| {
        let moved = InboundEvent::Moved { to: "-200".into() };
        rules.admit(&event(PeerKind::Group, group, sender, moved), Paired::No)
    };
    for sender in ["9", "", "3", "-100"] {
        assert_eq!(moves("-100", sender), GUEST, "{sender}");
        assert_eq!(moves("-101", sender), refused(Refusal::Group), "{sender}");
        assert_eq!(moves("-999", sender), refused(Refusal::Group), "{sender}");
        assert_eq!(moves("", sender), refused(Refusal::NoSender), "{sender}");
    }
}

#[test]
fn rules_come_along_when_a_group_moves() {
    let closed = GroupRules {
        disabled: true,
        ..GroupRules::default()
    };
    let mut rules = AccessRules {
        group_allow_from: list(&["1"]),
        groups: groups(&[("-100", GroupRules::default()), ("-300", closed.clone())]),
        ..AccessRules::default()
    };
    rules.moved("-999", "-400");
    assert_eq!(rules.groups.len(), 2, "nothing is said about it");
    rules.moved("-100", "-200");
    rules.moved("-200", "-201");
    assert_eq!(rules.groups.get("-201"), rules.groups.get("-100"));
    rules.moved("-100", "-300");
    assert_eq!(rules.groups.get("-300"), Some(&closed), "named itself");
}

#[test]
fn reasons_have_words() {
    let mut words: Vec<&str> = Refusal::ALL.iter().map(|why| why.as_str()).collect();
    words.dedup();
    assert_eq!(
        words,
        [
            "no-sender",
            "bot",
            "disabled",
            "sender",
            "group",
            "not-mentioned"
        ]
    );
}
