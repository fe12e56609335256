use super::*;
use crate::agent::fixtures::turn_with_tools;

/// Who speaks, and of the tools which calls with the words that came.
fn shape(tools: bool) -> Vec<String> {
    let turn = turn_with_tools();
    let told = conversation(&turn.history, tools);
    let line = |said: &Said<'_>| match said {
        Said::User(words) => format!("user {}", words.0.len()),
        Said::Agent(words) => format!("agent {} with {}", words.0.len(), words.calls().count()),
        Said::Tools(brought) => brought
            .iter()
            .map(|one| format!("{} {}: {}", one.call.id, one.is_error(), one.words()))
            .collect::<Vec<_>>()
            .join("; "),
    };
    told.iter().map(line).collect()
}

#[test]
fn every_call_is_followed_by_its_own_result() {
    assert_eq!(
        shape(true),
        [
            "user 1",
            "agent 1 with 2",
            "c1 false: {\"seen\":1}\n[a picture: image/png]; c2 true: no such program",
            "agent 2 with 1",
            &format!("c1 true: {INTERRUPTED_CALL}"),
            "user 1",
        ]
    );
}

#[test]
fn without_tools_only_words_are_told() {
    assert_eq!(shape(false), ["user 1", "agent 2 with 2", "user 1"]);
}
