use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::agent::fixtures::{hear, pieces};

const PLAIN: &str = include_str!("../../../../tests/fixtures/anthropic_plain.sse");
const THINKING: &str = include_str!("../../../../tests/fixtures/anthropic_thinking.sse");
const OVERLOADED: &str = include_str!("../../../../tests/fixtures/anthropic_overloaded.sse");
const REFUSAL: &str = include_str!("../../../../tests/fixtures/anthropic_refusal.sse");
const CUT: &str = include_str!("../../../../tests/fixtures/anthropic_cut.sse");
const TOOLS: &str = include_str!("../../../../tests/fixtures/anthropic_tools.sse");
const ALL: [&str; 6] = [TOOLS, PLAIN, THINKING, OVERLOADED, REFUSAL, CUT];

fn check(stream: &str, expected: &Expect) {
    expected.assert_debug_eq(&hear(Events::default(), [stream.as_bytes()].into_iter()));
}

#[test]
fn words_with_pings_and_cache() {
    check(
        PLAIN,
        &expect![[r#"
        Heard {
            deltas: [
                NewPart,
                Text(
                    "Hello, Wörld 🌊!",
                ),
            ],
            fault: None,
            stop: Some(
                Stop,
            ),
            finished: true,
            usage: Some(
                Usage {
                    input: 25,
                    output: 15,
                    cache_read: 2048,
                    cache_write: 100,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn thinking_with_its_proof() {
    check(
        THINKING,
        &expect![[r#"
        Heard {
            deltas: [
                NewPart,
                Thinking(
                    "Two and two.",
                ),
                Proof(
                    "EqQBCg==",
                ),
                NewPart,
                NewPart,
                Text(
                    "Four.",
                ),
            ],
            fault: None,
            stop: Some(
                Length,
            ),
            finished: true,
            usage: Some(
                Usage {
                    input: 40,
                    output: 95,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn overloaded_inside_a_200() {
    check(
        OVERLOADED,
        &expect![[r#"
        Heard {
            deltas: [],
            fault: Some(
                Reported {
                    status: 529,
                    body: "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
                },
            ),
            stop: None,
            finished: false,
            usage: Some(
                Usage {
                    input: 25,
                    output: 1,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn a_refusal() {
    check(
        REFUSAL,
        &expect![[r#"
        Heard {
            deltas: [
                NewPart,
                Text(
                    "I",
                ),
            ],
            fault: Some(
                Refused,
            ),
            stop: None,
            finished: false,
            usage: Some(
                Usage {
                    input: 25,
                    output: 3,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn a_stream_that_breaks_off() {
    check(
        CUT.trim_end(),
        &expect![[r#"
        Heard {
            deltas: [
                NewPart,
                Text(
                    "It was a",
                ),
            ],
            fault: Some(
                Unreadable,
            ),
            stop: None,
            finished: false,
            usage: Some(
                Usage {
                    input: 25,
                    output: 1,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn events_that_are_not_known() {
    let stream = r#"event: later
data: {"type":"later","x":1}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{"}}

data: []

"#;
    check(
        stream,
        &expect![[r#"
            Heard {
                deltas: [
                    Call(
                        CallPiece {
                            at: 0,
                            id: "",
                            name: "",
                            arguments: "{",
                        },
                    ),
                ],
                fault: Some(
                    Unreadable,
                ),
                stop: None,
                finished: false,
                usage: None,
            }
        "#]],
    );
}

proptest! {
    #[test]
    fn pieces_do_not_matter(which in 0..ALL.len(), sizes in proptest::collection::vec(1usize..50, 1..40)) {
        let bytes = ALL[which].as_bytes();
        let whole = hear(Events::default(), [bytes].into_iter());
        prop_assert_eq!(whole, hear(Events::default(), pieces(bytes, &sizes)));
    }

    #[test]
    fn damage_does_no_harm(which in 0..ALL.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = ALL[which].as_bytes().to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        hear(Events::default(), [bytes.as_slice()].into_iter());
    }

    #[test]
    fn noise_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400), json in "[\\[\\]{}\",:a-z0-9 ]{0,60}") {
        hear(Events::default(), [bytes.as_slice()].into_iter());
        let _ = Events::default().read("", &json);
    }
}

#[test]
fn calls_of_tools() {
    check(
        TOOLS,
        &expect![[r#"
        Heard {
            deltas: [
                NewPart,
                Text(
                    "I look.",
                ),
                NewPart,
                Call(
                    CallPiece {
                        at: 1,
                        id: "toolu_1",
                        name: "exec",
                        arguments: "",
                    },
                ),
                Call(
                    CallPiece {
                        at: 1,
                        id: "",
                        name: "",
                        arguments: "",
                    },
                ),
                Call(
                    CallPiece {
                        at: 1,
                        id: "",
                        name: "",
                        arguments: "{\"command\": [\"da",
                    },
                ),
                Call(
                    CallPiece {
                        at: 1,
                        id: "",
                        name: "",
                        arguments: "te\"]}",
                    },
                ),
                NewPart,
                Call(
                    CallPiece {
                        at: 2,
                        id: "toolu_2",
                        name: "nodes",
                        arguments: "{\"action\":\"list\"}",
                    },
                ),
            ],
            fault: None,
            stop: Some(
                ToolUse,
            ),
            finished: true,
            usage: Some(
                Usage {
                    input: 420,
                    output: 71,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}
