use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::agent::fixtures::{hear, pieces};

const PLAIN: &str = include_str!("../../../../tests/fixtures/openai_plain.sse");
const OLLAMA: &str = include_str!("../../../../tests/fixtures/openai_ollama.sse");
const VLLM: &str = include_str!("../../../../tests/fixtures/openai_vllm.sse");
const ERROR: &str = include_str!("../../../../tests/fixtures/openai_error.sse");
const LIMIT: &str = include_str!("../../../../tests/fixtures/openai_limit.sse");
const FILTER: &str = include_str!("../../../../tests/fixtures/openai_filter.sse");
const CUT: &str = include_str!("../../../../tests/fixtures/openai_cut.sse");
const TOOLS: &str = include_str!("../../../../tests/fixtures/openai_tools.sse");
const TOOLS_OLLAMA: &str = include_str!("../../../../tests/fixtures/openai_tools_ollama.sse");
const ALL: [&str; 9] = [
    TOOLS,
    TOOLS_OLLAMA,
    PLAIN,
    OLLAMA,
    VLLM,
    ERROR,
    LIMIT,
    FILTER,
    CUT,
];

fn check(stream: &str, expected: &Expect) {
    expected.assert_debug_eq(&hear(Chunks::default(), [stream.as_bytes()].into_iter()));
}

#[test]
fn as_openai_sends_it() {
    check(
        PLAIN,
        &expect![[r#"
        Heard {
            deltas: [
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
                    input: 195,
                    output: 10,
                    cache_read: 1024,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn as_ollama_sends_it() {
    check(
        OLLAMA.trim_end(),
        &expect![[r#"
        Heard {
            deltas: [
                Thinking(
                    "Two and two.",
                ),
                Text(
                    "Four.",
                ),
            ],
            fault: None,
            stop: Some(
                Stop,
            ),
            finished: true,
            usage: None,
        }
    "#]],
    );
}

#[test]
fn as_vllm_sends_it() {
    check(
        &VLLM.replace('\n', "\r\n"),
        &expect![[r#"
        Heard {
            deltas: [
                Thinking(
                    "Hm.",
                ),
                Text(
                    "It is long",
                ),
            ],
            fault: None,
            stop: Some(
                Length,
            ),
            finished: false,
            usage: Some(
                Usage {
                    input: 20,
                    output: 4,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn an_error_in_mid_stream() {
    check(
        ERROR,
        &expect![[r#"
        Heard {
            deltas: [
                Text(
                    "It was a",
                ),
            ],
            fault: Some(
                Reported {
                    status: 500,
                    body: "{\"error\":{\"message\":\"The server had an error while processing your request. Sorry about that!\",\"type\":\"server_error\",\"param\":null,\"code\":null}}",
                },
            ),
            stop: None,
            finished: false,
            usage: None,
        }
    "#]],
    );
    check(
        LIMIT,
        &expect![[r#"
        Heard {
            deltas: [],
            fault: Some(
                Reported {
                    status: 429,
                    body: "{\"error\":{\"message\":\"Provider returned error\",\"code\":429}}",
                },
            ),
            stop: None,
            finished: false,
            usage: None,
        }
    "#]],
    );
}

#[test]
fn a_refusal() {
    check(
        FILTER,
        &expect![[r#"
        Heard {
            deltas: [
                Text(
                    "I",
                ),
            ],
            fault: Some(
                Refused,
            ),
            stop: None,
            finished: false,
            usage: None,
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
                Text(
                    "It was a dark",
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

#[test]
fn typed_parts_and_odd_chunks() {
    let stream = r#"data: {"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}

data: {"object":"something.else"}

data:

data: {"choices":[{"delta":{"refusal":"No."},"finish_reason":"tool_calls"}],"usage":null,"error":null}

"#;
    check(
        stream,
        &expect![[r#"
            Heard {
                deltas: [
                    Text(
                        "abNo.",
                    ),
                ],
                fault: None,
                stop: Some(
                    ToolUse,
                ),
                finished: false,
                usage: None,
            }
        "#]],
    );
    check(
        "data: 7\n\n",
        &expect![[r"
        Heard {
            deltas: [],
            fault: Some(
                Unreadable,
            ),
            stop: None,
            finished: false,
            usage: None,
        }
    "]],
    );
}

proptest! {
    #[test]
    fn pieces_do_not_matter(which in 0..ALL.len(), sizes in proptest::collection::vec(1usize..50, 1..40)) {
        let bytes = ALL[which].as_bytes();
        let whole = hear(Chunks::default(), [bytes].into_iter());
        prop_assert_eq!(whole, hear(Chunks::default(), pieces(bytes, &sizes)));
    }

    #[test]
    fn damage_does_no_harm(which in 0..ALL.len(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = ALL[which].as_bytes().to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        hear(Chunks::default(), [bytes.as_slice()].into_iter());
    }

    #[test]
    fn noise_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400), json in "[\\[\\]{}\",:a-z0-9 ]{0,60}") {
        hear(Chunks::default(), [bytes.as_slice()].into_iter());
        let _ = Chunks::default().read("", &json);
    }
}

#[test]
fn calls_of_tools() {
    check(
        TOOLS,
        &expect![[r#"
        Heard {
            deltas: [
                Call(
                    CallPiece {
                        at: 0,
                        id: "call_1",
                        name: "exec",
                        arguments: "",
                    },
                ),
                Call(
                    CallPiece {
                        at: 0,
                        id: "",
                        name: "",
                        arguments: "{\"command\": [\"da",
                    },
                ),
                Call(
                    CallPiece {
                        at: 0,
                        id: "",
                        name: "",
                        arguments: "te\"]}",
                    },
                ),
                Call(
                    CallPiece {
                        at: 1,
                        id: "call_2",
                        name: "nodes",
                        arguments: "{}",
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
                    input: 82,
                    output: 17,
                    cache_read: 0,
                    cache_write: 0,
                },
            ),
        }
    "#]],
    );
}

#[test]
fn calls_of_tools_ollama() {
    check(
        TOOLS_OLLAMA,
        &expect![[r#"
        Heard {
            deltas: [
                Call(
                    CallPiece {
                        at: 0,
                        id: "call_x",
                        name: "exec",
                        arguments: "{\"command\":[\"date\"]}",
                    },
                ),
            ],
            fault: None,
            stop: Some(
                Stop,
            ),
            finished: true,
            usage: None,
        }
    "#]],
    );
}
