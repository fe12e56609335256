//! Sessions: made, patched, reset, deleted, listed, delivered to.

use tidegate_core::session::SessionKey;
use tidegate_core::store::{Delivered, Patched, SessionQuery, SettingsPatch};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::Patch;
use tidegate_protocol::api::sessions::SendPolicy;

use crate::fixtures::*;

contract! {
    a_session_that_nobody_made_is_none
    a_patch_makes_the_session
    a_patch_changes_what_it_names_and_clears_what_is_null
    a_label_belongs_to_one_session
    a_session_may_take_its_own_label_again
    a_refused_patch_makes_no_session
    the_parent_is_written_once
    a_reset_gives_a_new_id_and_keeps_label_and_settings
    a_reset_makes_the_session
    what_was_said_before_a_reset_is_not_heard_after
    a_session_is_found_by_its_current_id_only
    a_deleted_session_is_gone
    words_kept_after_a_delete_are_there_under_the_old_id
    words_deleted_with_a_session_are_gone
    sessions_are_counted_by_agent
    the_newest_session_comes_first
    a_list_has_at_most_its_limit
    a_list_filters
    global_and_unknown_are_listed_on_request
    a_list_shows_first_and_last_words_on_request
    a_list_shows_whether_a_run_is_at_work
    a_delivery_makes_the_session_and_appends
    a_repeated_delivery_appends_nothing
    a_delivery_with_other_params_is_refused
    the_time_of_a_session_never_goes_back
}

fn label(text: &str) -> SettingsPatch {
    SettingsPatch {
        label: Patch::Set(text.into()),
        ..SettingsPatch::default()
    }
}

async fn patch(store: &impl Store, name: &str, patch: SettingsPatch, now_ms: u64) -> Patched {
    store
        .patch_session(&key(name), patch, format!("{name}-id"), now_ms)
        .await
        .unwrap()
}

async fn deliver(store: &impl Store, name: &str, text: &str, at_ms: u64) -> Delivered {
    let message = NewMessage::injected(format!("{text}-id"), text.into(), at_ms, None);
    store
        .deliver(
            once(text, "hash"),
            &key(name),
            format!("{name}-id"),
            message,
        )
        .await
        .unwrap()
}

async fn a_session_that_nobody_made_is_none(store: &impl Store) {
    assert_eq!(store.session(&key("a")).await.unwrap(), None);
    assert_eq!(store.session_by_id("a-id").await.unwrap(), None);
    assert_eq!(page(store, "a", EVERYTHING).await.messages, []);
    assert_eq!(store.session_count(None).await.unwrap(), 0);
}

async fn a_patch_makes_the_session(store: &impl Store) {
    let Patched::Ok(made) = patch(store, "a", label("Alpha"), 5).await else {
        panic!("refused")
    };
    assert_eq!(*made, session(store, "a").await);
    assert_eq!(
        (made.id.as_str(), made.label.as_deref()),
        ("a-id", Some("Alpha"))
    );
    assert_eq!(
        (made.created_at_ms, made.updated_at_ms, made.message_count),
        (5, 5, 0)
    );
    assert_eq!((made.last_usage, made.aborted_last_run), (None, false));
}

async fn a_patch_changes_what_it_names_and_clears_what_is_null(store: &impl Store) {
    let first = SettingsPatch {
        model: Patch::Set("anthropic/claude".into()),
        thinking_level: Patch::Set("high".into()),
        send_policy: Patch::Set(SendPolicy::Deny),
        ..label("Alpha")
    };
    patch(store, "a", first, 1).await;
    let second = SettingsPatch {
        thinking_level: Patch::Clear,
        label: Patch::Clear,
        ..SettingsPatch::default()
    };
    patch(store, "a", second, 2).await;
    let after = session(store, "a").await;
    assert_eq!(after.label, None);
    assert_eq!(after.settings.model.as_deref(), Some("anthropic/claude"));
    assert_eq!(after.settings.send_policy, Some(SendPolicy::Deny));
    assert_eq!(after.settings.thinking_level, None);
    assert_eq!(after.updated_at_ms, 2);
}

async fn a_label_belongs_to_one_session(store: &impl Store) {
    patch(store, "a", label("Alpha"), 1).await;
    patch(store, "b", label("Beta"), 1).await;
    assert_eq!(
        patch(store, "b", label("Alpha"), 2).await,
        Patched::LabelTaken
    );
    assert_eq!(session(store, "b").await.label.as_deref(), Some("Beta"));
    assert_eq!(session(store, "b").await.updated_at_ms, 1);
}

async fn a_session_may_take_its_own_label_again(store: &impl Store) {
    patch(store, "a", label("Alpha"), 1).await;
    assert!(matches!(
        patch(store, "a", label("Alpha"), 2).await,
        Patched::Ok(_)
    ));
}

async fn a_refused_patch_makes_no_session(store: &impl Store) {
    patch(store, "a", label("Alpha"), 1).await;
    assert_eq!(
        patch(store, "b", label("Alpha"), 2).await,
        Patched::LabelTaken
    );
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
}

async fn the_parent_is_written_once(store: &impl Store) {
    let parent = |change| SettingsPatch {
        spawned_by: change,
        ..SettingsPatch::default()
    };
    let set = |text: &str| parent(Patch::Set(text.to_owned()));
    assert!(matches!(
        patch(store, "a", parent(Patch::Clear), 1).await,
        Patched::Ok(_)
    ));
    assert!(matches!(
        patch(store, "a", set("main"), 1).await,
        Patched::Ok(_)
    ));
    assert!(matches!(
        patch(store, "a", set("main"), 1).await,
        Patched::Ok(_)
    ));
    assert_eq!(
        patch(store, "a", set("other"), 1).await,
        Patched::SpawnedByFixed
    );
    assert_eq!(
        patch(store, "a", parent(Patch::Clear), 1).await,
        Patched::SpawnedByFixed
    );
    assert_eq!(
        session(store, "a").await.settings.spawned_by.as_deref(),
        Some("main")
    );
}

async fn a_reset_gives_a_new_id_and_keeps_label_and_settings(store: &impl Store) {
    let model = Patch::Set("openai/x".to_owned());
    patch(
        store,
        "a",
        SettingsPatch {
            model,
            ..label("Alpha")
        },
        1,
    )
    .await;
    turn(store, "r", "a", 2).await;
    let before = session(store, "a").await;
    assert_eq!(
        (before.message_count, before.last_usage),
        (2, Some(usage(2)))
    );
    let after = store
        .reset_session(&key("a"), "a-id-2".into(), 9)
        .await
        .unwrap();
    assert_eq!(after, session(store, "a").await);
    assert_eq!(
        (after.id.as_str(), after.label.as_deref()),
        ("a-id-2", Some("Alpha"))
    );
    assert_eq!(after.settings, before.settings);
    assert_eq!((after.created_at_ms, after.updated_at_ms), (1, 9));
    assert_eq!(
        (after.message_count, after.last_usage, after.last_maker),
        (0, None, None)
    );
}

async fn a_reset_makes_the_session(store: &impl Store) {
    let made = store
        .reset_session(&key("a"), "fresh".into(), 3)
        .await
        .unwrap();
    assert_eq!((made.id.as_str(), made.created_at_ms), ("fresh", 3));
}

async fn what_was_said_before_a_reset_is_not_heard_after(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    store
        .reset_session(&key("a"), "a-id-2".into(), 9)
        .await
        .unwrap();
    assert_eq!(said(store, "a").await, Vec::<String>::new());
    turn(store, "s", "a", 10).await;
    assert_eq!(said(store, "a").await, ["u: say s", "a: answer to s"]);
    let listed = store
        .sessions(SessionQuery {
            with_first_text: true,
            ..all()
        })
        .await
        .unwrap();
    assert_eq!(listed[0].first_user_text.as_deref(), Some("say s"));
}

async fn a_session_is_found_by_its_current_id_only(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    assert_eq!(
        store.session_by_id("a-id").await.unwrap().unwrap().key,
        key("a")
    );
    store
        .reset_session(&key("a"), "a-id-2".into(), 9)
        .await
        .unwrap();
    assert_eq!(store.session_by_id("a-id").await.unwrap(), None);
    assert_eq!(
        store.session_by_id("a-id-2").await.unwrap().unwrap().key,
        key("a")
    );
}

async fn a_deleted_session_is_gone(store: &impl Store) {
    patch(store, "a", label("Alpha"), 1).await;
    assert!(store.delete_session(&key("a"), false).await.unwrap());
    assert!(!store.delete_session(&key("a"), false).await.unwrap());
    assert_eq!(store.session(&key("a")).await.unwrap(), None);
    assert!(
        matches!(patch(store, "b", label("Alpha"), 2).await, Patched::Ok(_)),
        "the label is free"
    );
}

async fn words_kept_after_a_delete_are_there_under_the_old_id(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    assert!(store.delete_session(&key("a"), false).await.unwrap());
    assert_eq!(said(store, "a").await, Vec::<String>::new());
    patch(store, "b", SettingsPatch::default(), 5).await;
    store
        .reset_session(&key("b"), "a-id".into(), 6)
        .await
        .unwrap();
    assert_eq!(said(store, "b").await, ["u: say r", "a: answer to r"]);
}

async fn words_deleted_with_a_session_are_gone(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    turn(store, "s", "b", 1).await;
    assert!(store.delete_session(&key("a"), true).await.unwrap());
    patch(store, "a", SettingsPatch::default(), 5).await;
    assert_eq!(said(store, "a").await, Vec::<String>::new());
    assert_eq!(
        found(
            store,
            SessionQuery {
                search: Some("answer".into()),
                ..all()
            }
        )
        .await,
        ["b"]
    );
    assert_eq!(said(store, "b").await.len(), 2);
}

async fn sessions_are_counted_by_agent(store: &impl Store) {
    for name in ["agent:main:a", "agent:main:b", "agent:work:a", "global"] {
        let patch = SettingsPatch::default();
        let key = SessionKey::stored(name);
        store
            .patch_session(&key, patch, format!("{name}-id"), 1)
            .await
            .unwrap();
    }
    assert_eq!(store.session_count(None).await.unwrap(), 4);
    assert_eq!(store.session_count(Some("main")).await.unwrap(), 2);
    assert_eq!(store.session_count(Some("nobody")).await.unwrap(), 0);
}

async fn the_newest_session_comes_first(store: &impl Store) {
    for (name, at) in [("a", 3), ("c", 1), ("b", 3), ("d", 2)] {
        patch(store, name, SettingsPatch::default(), at).await;
    }
    assert_eq!(found(store, all()).await, ["a", "b", "d", "c"]);
    turn(store, "r", "c", 10).await;
    assert_eq!(found(store, all()).await, ["c", "a", "b", "d"]);
}

async fn a_list_has_at_most_its_limit(store: &impl Store) {
    for at in 0..5 {
        patch(store, &format!("s{at}"), SettingsPatch::default(), at).await;
    }
    assert_eq!(
        found(store, SessionQuery { limit: 2, ..all() }).await,
        ["s4", "s3"]
    );
    assert_eq!(
        found(store, SessionQuery { limit: 0, ..all() }).await,
        Vec::<String>::new()
    );
}

async fn a_list_filters(store: &impl Store) {
    patch(store, "a", label("Alpha"), 1).await;
    let child = SettingsPatch {
        spawned_by: Patch::Set("agent:main:a".into()),
        ..SettingsPatch::default()
    };
    patch(store, "b", child, 2).await;
    let work = SessionKey::stored("agent:work:c");
    store
        .patch_session(&work, SettingsPatch::default(), "c-id".into(), 3)
        .await
        .unwrap();
    let by = |query| found(store, query);
    assert_eq!(
        by(SessionQuery {
            updated_since_ms: Some(2),
            ..all()
        })
        .await,
        ["c", "b"]
    );
    assert_eq!(
        by(SessionQuery {
            updated_since_ms: Some(u64::MAX),
            ..all()
        })
        .await
        .len(),
        0
    );
    assert_eq!(
        by(SessionQuery {
            agent: Some("main".into()),
            ..all()
        })
        .await,
        ["b", "a"]
    );
    assert_eq!(
        by(SessionQuery {
            label: Some("Alpha".into()),
            ..all()
        })
        .await,
        ["a"]
    );
    assert_eq!(
        by(SessionQuery {
            label: Some("alpha".into()),
            ..all()
        })
        .await
        .len(),
        0
    );
    assert_eq!(
        by(SessionQuery {
            spawned_by: Some("agent:main:a".into()),
            ..all()
        })
        .await,
        ["b"]
    );
}

async fn global_and_unknown_are_listed_on_request(store: &impl Store) {
    for name in ["global", "unknown", "agent:main:a"] {
        let key = SessionKey::stored(name);
        store
            .patch_session(&key, SettingsPatch::default(), format!("{name}-id"), 1)
            .await
            .unwrap();
    }
    let by = |query| found(store, query);
    assert_eq!(by(all()).await, ["a"]);
    assert_eq!(
        by(SessionQuery {
            include_global: true,
            ..all()
        })
        .await,
        ["a", "global"]
    );
    assert_eq!(
        by(SessionQuery {
            include_unknown: true,
            ..all()
        })
        .await,
        ["a", "unknown"]
    );
    let agent = Some("main".to_owned());
    assert_eq!(
        by(SessionQuery {
            include_global: true,
            agent,
            ..all()
        })
        .await,
        ["a"]
    );
}

async fn a_list_shows_first_and_last_words_on_request(store: &impl Store) {
    deliver(store, "a", "welcome", 1).await;
    turn(store, "r", "a", 2).await;
    turn(store, "s", "a", 5).await;
    let listed = store.sessions(all()).await.unwrap();
    assert_eq!(
        (&listed[0].first_user_text, &listed[0].last_text),
        (&None, &None)
    );
    let query = SessionQuery {
        with_first_text: true,
        with_last_text: true,
        ..all()
    };
    let listed = store.sessions(query.clone()).await.unwrap();
    assert_eq!(listed[0].first_user_text.as_deref(), Some("say r"));
    assert_eq!(listed[0].last_text.as_deref(), Some("answer to s"));
    deliver(store, "a", &"ü".repeat(300), 9).await;
    let listed = store.sessions(query).await.unwrap();
    assert_eq!(
        listed[0].last_text.as_deref(),
        Some("ü".repeat(256).as_str())
    );
}

async fn a_list_shows_whether_a_run_is_at_work(store: &impl Store) {
    let at_work = async || store.sessions(all()).await.unwrap()[0].active_run;
    accept(store, "r", "a", 1).await;
    assert!(!at_work().await, "queued");
    begin(store, "r", 2).await;
    assert!(at_work().await);
    store.finish(ok(&["r"], "done", 3)).await.unwrap();
    assert!(!at_work().await);
}

async fn a_delivery_makes_the_session_and_appends(store: &impl Store) {
    let delivered = deliver(store, "a", "hello", 4).await;
    assert_eq!(
        delivered,
        Delivered::New {
            message_id: "hello-id".into()
        }
    );
    deliver(store, "a", "again", 5).await;
    assert_eq!(said(store, "a").await, ["a: hello", "a: again"]);
    let made = session(store, "a").await;
    assert_eq!(
        (made.created_at_ms, made.updated_at_ms, made.message_count),
        (4, 5, 2)
    );
}

async fn a_repeated_delivery_appends_nothing(store: &impl Store) {
    deliver(store, "a", "hello", 4).await;
    let again = NewMessage::injected("other-id".into(), "hello".into(), 9, None);
    let again = store
        .deliver(once("hello", "hash"), &key("a"), "x".into(), again)
        .await
        .unwrap();
    assert_eq!(
        again,
        Delivered::Repeat {
            message_id: "hello-id".into()
        }
    );
    assert_eq!(said(store, "a").await, ["a: hello"]);
}

async fn a_delivery_with_other_params_is_refused(store: &impl Store) {
    deliver(store, "a", "hello", 4).await;
    let other = NewMessage::injected("other-id".into(), "other".into(), 9, None);
    let refused = store
        .deliver(once("hello", "else"), &key("b"), "x".into(), other)
        .await
        .unwrap();
    assert_eq!(refused, Delivered::KeyReused);
    assert_eq!(said(store, "a").await, ["a: hello"]);
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
}

async fn the_time_of_a_session_never_goes_back(store: &impl Store) {
    patch(store, "a", SettingsPatch::default(), 9).await;
    patch(store, "a", label("Alpha"), 4).await;
    assert_eq!(session(store, "a").await.updated_at_ms, 9);
}
