use expect_test::{Expect, expect};

use super::*;
use crate::agent::fixtures::{shown_photos, turn, turn_with_photos, turn_with_tools};
use crate::agent::pictures::NONE;

const ASKED: Asked<'_> = Asked {
    provider: "mine",
    original: false,
    max_output_tokens: Some(500),
    pictures: &NONE,
};

fn check(asked: &Asked<'_>, level: ThinkingLevel, shape: Shape, expected: &Expect) {
    expected.assert_eq(&format!("{:#}\n", body(asked, &turn(level), shape)));
}

/// The body without its messages.
fn options(asked: &Asked<'_>, level: ThinkingLevel, shape: Shape) -> String {
    let mut body = body(asked, &turn(level), shape);
    body.as_object_mut()
        .unwrap()
        .retain(|key, _| !matches!(key.as_str(), "messages" | "model" | "stream"));
    body.to_string()
}

#[test]
fn a_whole_turn() {
    check(
        &ASKED,
        ThinkingLevel::Low,
        Shape::default(),
        &expect![[r#"
        {
          "model": "some/model",
          "stream": true,
          "stream_options": {
            "include_usage": true
          },
          "max_tokens": 500,
          "reasoning_effort": "low",
          "messages": [
            {
              "role": "system",
              "content": "You are kind."
            },
            {
              "role": "user",
              "content": "(The beginning of this conversation is not shown.)"
            },
            {
              "role": "assistant",
              "content": "Before."
            },
            {
              "role": "user",
              "content": "Hello"
            },
            {
              "role": "assistant",
              "content": "Hi!"
            },
            {
              "role": "user",
              "content": "one\n\ntwo"
            },
            {
              "role": "assistant",
              "content": "An interrup\n\nA reminder."
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
fn what_a_server_does_not_understand_is_left_out() {
    let refusals = [
        r#"{"error":{"message":"Unknown parameter: 'stream_options'."}}"#,
        r#"{"error":{"param":"reasoning_effort"}}"#,
        r#"{"detail":"extra field max_completion_tokens"}"#,
    ];
    let original = Asked {
        original: true,
        ..ASKED
    };
    let mut shape = Shape::default();
    let mut seen = vec![options(&original, ThinkingLevel::XHigh, shape)];
    for refusal in refusals {
        shape = smaller(shape, refusal).unwrap();
        assert_eq!(smaller(shape, refusal), None);
        seen.push(options(&original, ThinkingLevel::XHigh, shape));
    }
    assert_eq!(smaller(Shape::default(), "no such model"), None);
    expect![[r#"
        {"stream_options":{"include_usage":true},"max_completion_tokens":500,"reasoning_effort":"high"}
        {"max_completion_tokens":500,"reasoning_effort":"high"}
        {"max_completion_tokens":500}
        {"max_tokens":500}
    "#]].assert_eq(&(seen.join("\n") + "\n"));
}

#[test]
fn levels() {
    let efforts = ThinkingLevel::ALL.map(effort);
    assert_eq!(
        efforts,
        [
            None,
            Some("minimal"),
            Some("low"),
            Some("medium"),
            Some("high"),
            Some("high")
        ]
    );
    let plain = Asked {
        max_output_tokens: None,
        ..ASKED
    };
    assert_eq!(
        options(&plain, ThinkingLevel::Off, Shape::default()),
        r#"{"stream_options":{"include_usage":true}}"#
    );
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
            "content": "I see."
          },
          {
            "role": "user",
            "content": [
              {
                "type": "text",
                "text": "What is this?"
              },
              {
                "type": "image_url",
                "image_url": {
                  "url": "data:image/png;base64,AAAA"
                }
              },
              {
                "type": "image_url",
                "image_url": {
                  "url": "data:image/png;base64,BBBB"
                }
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
            "content": "I see."
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
    let body = body(&asked, &turn_with_tools(), Shape::default());
    expect![[r#"
        {
          "model": "some/model",
          "stream": true,
          "stream_options": {
            "include_usage": true
          },
          "max_tokens": 500,
          "reasoning_effort": "medium",
          "tools": [
            {
              "type": "function",
              "function": {
                "name": "exec",
                "description": "Runs a program.",
                "parameters": {
                  "type": "object"
                }
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
              "content": "I look.",
              "tool_calls": [
                {
                  "id": "c1",
                  "type": "function",
                  "function": {
                    "name": "exec",
                    "arguments": "{\"command\":[\"date\"]}"
                  }
                },
                {
                  "id": "c2",
                  "type": "function",
                  "function": {
                    "name": "exec",
                    "arguments": "{\"command\":[\"date\"]}"
                  }
                }
              ]
            },
            {
              "role": "tool",
              "tool_call_id": "c1",
              "content": "{\"seen\":1}\n[a picture: image/png]"
            },
            {
              "role": "tool",
              "tool_call_id": "c2",
              "content": "no such program"
            },
            {
              "role": "user",
              "content": [
                {
                  "type": "text",
                  "text": "(The pictures that the tools brought.)"
                },
                {
                  "type": "image_url",
                  "image_url": {
                    "url": "data:image/png;base64,AAAA"
                  }
                }
              ]
            },
            {
              "role": "assistant",
              "content": "A reminder.",
              "tool_calls": [
                {
                  "id": "c1",
                  "type": "function",
                  "function": {
                    "name": "exec",
                    "arguments": "{\"command\":[\"date\"]}"
                  }
                }
              ]
            },
            {
              "role": "tool",
              "tool_call_id": "c1",
              "content": "The call was interrupted before it ended. It is not known what it has done."
            },
            {
              "role": "user",
              "content": "Well?"
            }
          ]
        }
    "#]].assert_eq(&format!("{body:#}\n"));
}

#[test]
fn a_model_that_takes_no_tools_is_told_words_only() {
    let refusal = "registry/some-model does not support tools";
    let bare = smaller(Shape::default(), refusal).unwrap();
    assert_eq!(
        bare,
        Shape {
            no_tools: true,
            ..Shape::default()
        }
    );
    let body = body(&ASKED, &turn_with_tools(), bare).to_string();
    assert!(!body.contains("tool") && !body.contains("c1"), "{body}");
    assert!(body.contains("I look."), "{body}");
    assert_eq!(smaller(bare, refusal), None);
}
