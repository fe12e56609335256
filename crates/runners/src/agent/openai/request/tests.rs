use expect_test::{Expect, expect};

use super::*;
use crate::agent::fixtures::{shown_photos, turn, turn_with_photos};
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
