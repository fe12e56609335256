use expect_test::{Expect, expect};

use super::*;
use crate::agent::fixtures::{shown_photos, turn, turn_with_photos, turn_with_tools};
use crate::agent::pictures::NONE;

const ASKED: Asked<'_> = Asked {
    provider: "mine",
    original: true,
    max_output_tokens: None,
    pictures: &NONE,
};

fn check(level: ThinkingLevel, shape: Shape, expected: &Expect) {
    expected.assert_eq(&format!("{:#}\n", body(&ASKED, &turn(level), shape)));
}

/// The body without its messages.
fn options(level: ThinkingLevel, shape: Shape) -> String {
    let mut body = body(&ASKED, &turn(level), shape);
    body.as_object_mut()
        .unwrap()
        .retain(|key, _| !matches!(key.as_str(), "messages" | "model" | "stream" | "system"));
    body.to_string()
}

#[test]
fn a_turn_that_thinks() {
    check(
        ThinkingLevel::Medium,
        Shape::Budget,
        &expect![[r#"
        {
          "model": "some/model",
          "stream": true,
          "thinking": {
            "type": "enabled",
            "budget_tokens": 8192
          },
          "max_tokens": 16384,
          "system": "You are kind.",
          "messages": [
            {
              "role": "user",
              "content": "(The beginning of this conversation is not shown.)"
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "text",
                  "text": "Before."
                }
              ]
            },
            {
              "role": "user",
              "content": "Hello"
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "thinking",
                  "thinking": "hm",
                  "signature": "P1"
                },
                {
                  "type": "text",
                  "text": "Hi!"
                }
              ]
            },
            {
              "role": "user",
              "content": "one\n\ntwo"
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "thinking",
                  "thinking": "so",
                  "signature": "P2"
                },
                {
                  "type": "text",
                  "text": "An interrup"
                },
                {
                  "type": "text",
                  "text": "A reminder."
                }
              ]
            },
            {
              "role": "user",
              "content": "Now?"
            }
          ]
        }
    "#]],
    );
}

#[test]
fn a_turn_that_does_not_think_carries_no_proofs() {
    let body = body(&ASKED, &turn(ThinkingLevel::Off), Shape::Budget).to_string();
    assert!(!body.contains("thinking") && !body.contains("P1"), "{body}");
}

#[test]
fn levels_and_shapes() {
    let mut seen = Vec::new();
    for shape in [Shape::Budget, Shape::Adaptive, Shape::Plain] {
        for level in ThinkingLevel::ALL {
            seen.push(format!(
                "{shape:?} {}: {}\n",
                level.as_str(),
                options(level, shape)
            ));
        }
    }
    expect![[r#"
        Budget off: {"max_tokens":8192}
        Budget minimal: {"thinking":{"type":"enabled","budget_tokens":1024},"max_tokens":9216}
        Budget low: {"thinking":{"type":"enabled","budget_tokens":4096},"max_tokens":12288}
        Budget medium: {"thinking":{"type":"enabled","budget_tokens":8192},"max_tokens":16384}
        Budget high: {"thinking":{"type":"enabled","budget_tokens":16384},"max_tokens":24576}
        Budget xhigh: {"thinking":{"type":"enabled","budget_tokens":23552},"max_tokens":31744}
        Adaptive off: {"max_tokens":8192}
        Adaptive minimal: {"thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"max_tokens":8192}
        Adaptive low: {"thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"max_tokens":8192}
        Adaptive medium: {"thinking":{"type":"adaptive"},"output_config":{"effort":"medium"},"max_tokens":8192}
        Adaptive high: {"thinking":{"type":"adaptive"},"output_config":{"effort":"high"},"max_tokens":8192}
        Adaptive xhigh: {"thinking":{"type":"adaptive"},"output_config":{"effort":"max"},"max_tokens":8192}
        Plain off: {"max_tokens":8192}
        Plain minimal: {"max_tokens":8192}
        Plain low: {"max_tokens":8192}
        Plain medium: {"max_tokens":8192}
        Plain high: {"max_tokens":8192}
        Plain xhigh: {"max_tokens":8192}
    "#]].assert_eq(&seen.concat());
}

#[test]
fn refusals_that_are_about_thinking() {
    let adaptive = r#""thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort"."#;
    assert_eq!(smaller(Shape::Budget, adaptive), Some(Shape::Adaptive));
    assert_eq!(smaller(Shape::Adaptive, adaptive), Some(Shape::Plain));
    assert_eq!(
        smaller(Shape::Budget, "thinking: this model cannot"),
        Some(Shape::Plain)
    );
    assert_eq!(smaller(Shape::Plain, adaptive), None);
    assert_eq!(smaller(Shape::Budget, "max_tokens: too large"), None);
}

#[test]
fn photos_are_shown_or_told_of() {
    let pictures = shown_photos();
    let asked = Asked {
        pictures: &pictures,
        ..ASKED
    };
    let shown = body(&asked, &turn_with_photos(), Shape::default());
    let told = body(&ASKED, &turn_with_photos(), Shape::default());
    expect![[r#"
        [
          {
            "role": "user",
            "content": "Before.\n\n[photo: image/png, 2 KB, in the file /media/0]"
          },
          {
            "role": "assistant",
            "content": [
              {
                "type": "text",
                "text": "I see."
              }
            ]
          },
          {
            "role": "user",
            "content": [
              {
                "type": "image",
                "source": {
                  "type": "base64",
                  "media_type": "image/png",
                  "data": "AAAA"
                }
              },
              {
                "type": "image",
                "source": {
                  "type": "base64",
                  "media_type": "image/png",
                  "data": "BBBB"
                }
              },
              {
                "type": "text",
                "text": "What is this?"
              }
            ]
          }
        ]
        [
          {
            "role": "user",
            "content": "Before.\n\n[photo: image/png, 2 KB, in the file /media/0]"
          },
          {
            "role": "assistant",
            "content": [
              {
                "type": "text",
                "text": "I see."
              }
            ]
          },
          {
            "role": "user",
            "content": "What is this?\n\n[photo: image/png, 2 KB, in the file /media/1]\n\n[photo: image/png, 2 KB, in the file /media/2]"
          }
        ]
    "#]].assert_eq(&format!(
        "{:#}\n{:#}\n",
        shown["messages"], told["messages"]
    ));
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one request, as the provider reads it"
)]
fn calls_with_what_they_brought() {
    let shown = shown_photos();
    let asked = Asked {
        pictures: &shown,
        ..ASKED
    };
    let body = body(&asked, &turn_with_tools(), Shape::Budget);
    expect![[r#"
        {
          "model": "some/model",
          "stream": true,
          "thinking": {
            "type": "enabled",
            "budget_tokens": 8192
          },
          "max_tokens": 16384,
          "tools": [
            {
              "name": "exec",
              "description": "Runs a program.",
              "input_schema": {
                "type": "object"
              }
            }
          ],
          "messages": [
            {
              "role": "user",
              "content": "What time is it?"
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "thinking",
                  "thinking": "hm",
                  "signature": "P1"
                },
                {
                  "type": "text",
                  "text": "I look."
                },
                {
                  "type": "tool_use",
                  "id": "c1",
                  "name": "exec",
                  "input": {
                    "command": [
                      "date"
                    ]
                  }
                },
                {
                  "type": "tool_use",
                  "id": "c2",
                  "name": "exec",
                  "input": {
                    "command": [
                      "date"
                    ]
                  }
                }
              ]
            },
            {
              "role": "user",
              "content": [
                {
                  "type": "tool_result",
                  "tool_use_id": "c1",
                  "content": [
                    {
                      "type": "text",
                      "text": "{\"seen\":1}\n[a picture: image/png]"
                    },
                    {
                      "type": "image",
                      "source": {
                        "type": "base64",
                        "media_type": "image/png",
                        "data": "AAAA"
                      }
                    }
                  ],
                  "is_error": false
                },
                {
                  "type": "tool_result",
                  "tool_use_id": "c2",
                  "content": [
                    {
                      "type": "text",
                      "text": "no such program"
                    }
                  ],
                  "is_error": true
                }
              ]
            },
            {
              "role": "assistant",
              "content": [
                {
                  "type": "text",
                  "text": "A reminder."
                },
                {
                  "type": "tool_use",
                  "id": "c1",
                  "name": "exec",
                  "input": {
                    "command": [
                      "date"
                    ]
                  }
                }
              ]
            },
            {
              "role": "user",
              "content": [
                {
                  "type": "tool_result",
                  "tool_use_id": "c1",
                  "content": [
                    {
                      "type": "text",
                      "text": "The call was interrupted before it ended. It is not known what it has done."
                    }
                  ],
                  "is_error": true
                },
                {
                  "type": "text",
                  "text": "Well?"
                }
              ]
            }
          ]
        }
    "#]].assert_eq(&format!("{body:#}\n"));
}

#[test]
fn a_model_that_takes_no_tools_is_told_words_only() {
    let refusal = "registry/some-model does not support tools";
    let bare = smaller(Shape::Budget, refusal).unwrap();
    assert_eq!(bare, Shape::Bare);
    let body = body(&ASKED, &turn_with_tools(), bare).to_string();
    assert!(!body.contains("tool") && !body.contains("c1"), "{body}");
    assert!(body.contains("I look."), "{body}");
    assert_eq!(smaller(bare, refusal), None);
}
