//! What holds for all rules and events.

use proptest::prelude::*;

use super::*;

fn ids() -> impl Strategy<Value = Vec<String>> {
    let ids = vec![
        "1",
        "2",
        "3",
        "-100",
        "+1",
        "a",
        "A",
        "*",
        "",
        " ",
        "11",
        "a\u{200b}",
    ];
    prop::collection::vec(prop::sample::select(ids).prop_map(str::to_owned), 0..6)
}

fn any_event() -> impl Strategy<Value = Inbound> {
    let kinds = vec![PeerKind::Direct, PeerKind::Group, PeerKind::Channel];
    let id = "[a-c1-3 *+-]{0,2}|-100|a\u{200b}";
    let kind = prop::sample::select(kinds);
    let what = prop::sample::select(every_kind().to_vec());
    (kind, id, id, what, any::<bool>()).prop_map(|(kind, peer, sender, what, bot)| {
        let mut event = event(kind, &peer, &sender, what);
        event.sender.bot = bot;
        event
    })
}

fn any_rules() -> impl Strategy<Value = AccessRules> {
    let dm = vec![
        DmPolicy::Pairing,
        DmPolicy::Allowlist,
        DmPolicy::Open,
        DmPolicy::Disabled,
    ];
    let group = vec![
        GroupPolicy::Allowlist,
        GroupPolicy::Open,
        GroupPolicy::Disabled,
    ];
    let dm = prop::sample::select(dm);
    let group = prop::sample::select(group);
    let own = (
        any::<bool>(),
        any::<Option<bool>>(),
        prop::option::of(ids()),
    );
    let own = own.prop_map(|(disabled, require_mention, ids)| GroupRules {
        disabled,
        require_mention,
        allow_from: ids.map(AllowList::new),
    });
    let named = prop::collection::btree_map("-100|\\*|a|", own, 0..3);
    (dm, group, ids(), ids(), named, ids(), any::<(bool, bool)>()).prop_map(
        |(
            dm_policy,
            group_policy,
            direct,
            group,
            groups,
            owners,
            (require_mention, allow_bots),
        )| {
            AccessRules {
                dm_policy,
                allow_from: AllowList::new(direct),
                group_policy,
                group_allow_from: AllowList::new(group),
                groups,
                require_mention,
                owners: AllowList::new(owners),
                allow_bots,
            }
        },
    )
}

fn any_paired() -> impl Strategy<Value = Paired> {
    prop::sample::select(vec![Paired::No, Paired::Guest, Paired::Owner])
}

/// How much a verdict lets do.
fn power(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Refuse(_) => 0,
        Verdict::AskOwner => 1,
        Verdict::Admit { owner: false } => 2,
        Verdict::Admit { owner: true } => 3,
    }
}

proptest! {
    /// Whoever is added to a list, nobody can do less by it, and nobody else can do more.
    #[test]
    fn admitting_grows_with_the_lists(
        rules in any_rules(), event in any_event(), paired in any_paired(), more in "[a-c1-3]{1,2}",
    ) {
        let longer = |list: &AllowList| {
            AllowList::new(list.0.iter().cloned().chain([more.clone()]))
        };
        let mut wider = rules.clone();
        wider.allow_from = longer(&rules.allow_from);
        wider.group_allow_from = longer(&rules.group_allow_from);
        wider.owners = longer(&rules.owners);
        for group in wider.groups.values_mut() {
            group.allow_from = group.allow_from.as_ref().map(longer);
        }
        let (before, after) = (rules.admit(&event, paired), wider.admit(&event, paired));
        prop_assert!(power(before) <= power(after));
        if event.sender.id != more {
            prop_assert_eq!(before, after);
        }
    }

    /// Without anybody on a list, nobody is heard but by an open policy or a code.
    #[test]
    fn an_empty_list_admits_nobody(
        rules in any_rules(), event in any_event(), paired in any_paired(),
    ) {
        let mut rules = rules;
        rules.allow_from = AllowList::default();
        rules.group_allow_from = AllowList::default();
        for group in rules.groups.values_mut() {
            group.allow_from = group.allow_from.as_ref().map(|_| AllowList::default());
        }
        let open = match event.peer.kind {
            PeerKind::Direct => {
                rules.dm_policy == DmPolicy::Open
                    || rules.dm_policy == DmPolicy::Pairing && paired != Paired::No
            }
            PeerKind::Group | PeerKind::Channel => rules.group_policy == GroupPolicy::Open,
        };
        let moves = matches!(event.event, InboundEvent::Moved { .. });
        let moves = moves && event.peer.kind != PeerKind::Direct;
        if !open && !moves {
            let verdict = rules.admit(&event, paired);
            prop_assert!(!matches!(verdict, Verdict::Admit { .. }), "{:?}", verdict);
        }
    }

    /// What people are called, and what a place is called, decides nothing.
    #[test]
    fn names_never_count(
        rules in any_rules(), event in any_event(), paired in any_paired(),
        name in any::<Option<String>>(), handle in "[a-c1-3*]{0,2}", title in any::<Option<String>>(),
    ) {
        let mut named = event.clone();
        named.sender.name = name;
        named.sender.handle = Some(handle);
        named.title = title;
        prop_assert_eq!(rules.admit(&event, paired), rules.admit(&named, paired));
    }

    /// Nobody is the owner who is not named, or let in as such in a direct chat.
    #[test]
    fn owners_are_named(rules in any_rules(), event in any_event(), paired in any_paired()) {
        if rules.admit(&event, paired) == OWNER {
            let named = rules.owners.0.contains(&event.sender.id);
            let by_code = paired == Paired::Owner && event.peer.kind == PeerKind::Direct;
            prop_assert!(named || by_code);
        }
    }
}
