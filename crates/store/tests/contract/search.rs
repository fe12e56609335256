//! Finding sessions by their words.

use proptest::prelude::*;
use tidegate_core::store::{SessionQuery, SessionStore, SettingsPatch};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::Patch;
use tidegate_store::{MemoryStore, SqliteStore};

use crate::fixtures::*;

contract! {
    a_session_is_found_by_a_word_of_any_message
    all_words_must_be_in_one_message
    the_last_word_may_be_a_beginning
    case_and_signs_do_not_count
    a_word_with_signs_inside_is_a_phrase
    writings_without_blanks_are_searched_by_letter
    key_label_and_first_words_are_searched_in_part
    thoughts_are_not_searched
    a_blank_search_is_none
    syntax_of_the_index_is_only_text
}

async fn say(store: &impl Store, name: &str, texts: &[&str]) {
    for (at, text) in (1..).zip(texts) {
        let id = format!("{name}{at}");
        let message = NewMessage::injected(id.clone(), (*text).to_owned(), at, None);
        store
            .deliver(once(&id, "h"), &key(name), format!("{name}-id"), message)
            .await
            .unwrap();
    }
}

async fn search(store: &impl Store, text: &str) -> Vec<String> {
    let mut found = found(
        store,
        SessionQuery {
            search: Some(text.into()),
            ..all()
        },
    )
    .await;
    found.sort();
    found
}

async fn a_session_is_found_by_a_word_of_any_message(store: &impl Store) {
    say(store, "a", &["high tide at noon", "low tide at six"]).await;
    say(store, "b", &["nothing"]).await;
    assert_eq!(search(store, "noon").await, ["a"]);
    assert_eq!(search(store, "six").await, ["a"]);
    assert_eq!(search(store, "seven").await, Vec::<String>::new());
}

async fn all_words_must_be_in_one_message(store: &impl Store) {
    say(store, "a", &["high tide at noon", "low tide at six"]).await;
    assert_eq!(search(store, "tide noon").await, ["a"]);
    assert_eq!(search(store, "noon tide").await, ["a"]);
    assert_eq!(search(store, "noon six").await, Vec::<String>::new());
}

async fn the_last_word_may_be_a_beginning(store: &impl Store) {
    say(store, "a", &["the harbourmaster answers x"]).await;
    assert_eq!(search(store, "ha").await, ["a"]);
    assert_eq!(search(store, "harbour").await, ["a"]);
    assert_eq!(search(store, "answers harb").await, ["a"]);
    assert_eq!(search(store, "harb answers").await, Vec::<String>::new());
    assert_eq!(
        search(store, "master").await,
        Vec::<String>::new(),
        "not in the middle"
    );
    assert_eq!(search(store, "x").await, ["a"], "one letter is a word");
    assert_eq!(
        search(store, "h").await,
        Vec::<String>::new(),
        "one letter is no beginning"
    );
}

async fn case_and_signs_do_not_count(store: &impl Store) {
    say(store, "a", &["Grüße, \"WELT\"!"]).await;
    assert_eq!(search(store, "GRÜSSE").await, Vec::<String>::new());
    assert_eq!(search(store, "grüße welt").await, ["a"]);
    assert_eq!(search(store, "(Welt)").await, ["a"]);
}

async fn a_word_with_signs_inside_is_a_phrase(store: &impl Store) {
    say(store, "a", &["see src/main.rs for it"]).await;
    say(store, "b", &["main has no src and no rs"]).await;
    assert_eq!(search(store, "src/main.rs").await, ["a"]);
    assert_eq!(
        search(store, "main.r").await,
        Vec::<String>::new(),
        "one letter is no beginning"
    );
}

async fn writings_without_blanks_are_searched_by_letter(store: &impl Store) {
    say(store, "a", &["我喜欢潮汐和大海"]).await;
    say(store, "b", &["汐潮"]).await;
    assert_eq!(search(store, "潮汐").await, ["a"]);
    assert_eq!(search(store, "潮").await, ["a", "b"]);
}

async fn key_label_and_first_words_are_searched_in_part(store: &impl Store) {
    accept(store, "harbour", "plans", 1).await;
    begin(store, "harbour", 2).await;
    let label = Patch::Set("Über Wasser".to_owned());
    let patch = SettingsPatch {
        label,
        ..SettingsPatch::default()
    };
    store
        .patch_session(&key("other"), patch, "o-id".into(), 1)
        .await
        .unwrap();
    assert_eq!(search(store, "LAN").await, ["plans"]);
    assert_eq!(search(store, "arbou").await, ["plans"]);
    assert_eq!(search(store, "über").await, ["other"]);
    assert_eq!(search(store, "r w").await, ["other"]);
    assert_eq!(search(store, "main:").await, ["other", "plans"]);
}

async fn thoughts_are_not_searched(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    assert_eq!(search(store, "pondering").await, Vec::<String>::new());
    assert_eq!(search(store, "answer").await, ["a"]);
}

async fn a_blank_search_is_none(store: &impl Store) {
    say(store, "a", &["one"]).await;
    assert_eq!(search(store, " \n ").await, ["a"]);
}

async fn syntax_of_the_index_is_only_text(store: &impl Store) {
    say(store, "a", &["NEAR the words: AND OR NOT"]).await;
    for text in [
        "\"",
        "near(",
        "words:",
        "words : near",
        "*",
        "^near",
        "a\"b",
        "-near",
        "AND",
        "NOT not",
        "{a b}:c",
        "\0",
    ] {
        search(store, text).await;
    }
    assert_eq!(search(store, "NOT").await, ["a"]);
    assert_eq!(search(store, "AND:words").await, Vec::<String>::new());
    assert_eq!(search(store, "words:").await, ["a"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is typed, neither store fails, and both find the same.
    #[test]
    fn any_text_is_a_search(
        texts in proptest::collection::vec("[a-c \"*:(){}^+\\-äß潮1]{1,12}|\\PC{1,12}", 1..4),
        typed in proptest::collection::vec("[a-c \"*:(){}^+\\-äß潮1]{1,6}|\\PC{1,8}|NEAR|AND|a*", 1..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let disk = SqliteStore::open(&dir.path().join("state.db")).unwrap();
            let memory = MemoryStore::new();
            for (at, text) in texts.iter().enumerate() {
                let name = format!("s{at}");
                say(&disk, &name, &[text]).await;
                say(&memory, &name, &[text]).await;
            }
            for text in &typed {
                let query = SessionQuery { search: Some(text.clone()), ..all() };
                let on_disk = disk.sessions(query.clone()).await.unwrap();
                let in_memory = memory.sessions(query).await.unwrap();
                if text.is_ascii() && texts.iter().all(|text| text.is_ascii()) {
                    assert_eq!(on_disk, in_memory, "{text:?} in {texts:?}");
                }
            }
            disk.close().await;
        });
    }
}
