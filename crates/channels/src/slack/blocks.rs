//! Buttons below words: blocks, which then hold the words as well.

use serde_json::{Value, json};
use tidegate_core::channel::{Button, ChannelError};

/// Characters of one section.
const SECTION_CHARS: usize = 2900;
/// Characters of all blocks as JSON; Slack refuses at about 13 200.
const ALL_CHARS: usize = 13_000;
/// Blocks of a message.
const MOST_BLOCKS: usize = 50;
/// Buttons of one row.
const MOST_IN_ROW: usize = 25;
/// Characters of a button's words.
const LABEL_CHARS: usize = 75;
/// Characters of a button's value.
const VALUE_CHARS: usize = 2000;

/// Words with buttons below them.
///
/// # Errors
/// `Refused`: Slack does not take so many.
pub(super) fn blocks(
    mrkdwn: &str,
    plain: &str,
    rows: &[Vec<Button>],
) -> Result<Value, ChannelError> {
    let rows: Vec<_> = rows.iter().filter(|row| !row.is_empty()).collect();
    let too_long = |button: &Button| button.value.chars().count() > VALUE_CHARS;
    if rows
        .iter()
        .any(|row| row.len() > MOST_IN_ROW || row.iter().any(too_long))
    {
        return Err(refused("a row of buttons is longer than Slack takes"));
    }
    let actions: Vec<_> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| actions(at, row))
        .collect();
    // Escapes can make the words too long; then they go without marks, which need none.
    ["mrkdwn", "plain_text"]
        .into_iter()
        .zip([mrkdwn, plain])
        .map(|(kind, words)| [sections(kind, words), actions.clone()].concat())
        .find(|blocks| fits(blocks))
        .map(Value::Array)
        .ok_or_else(|| refused("the message with its buttons is longer than Slack takes"))
}

fn fits(blocks: &[Value]) -> bool {
    let chars: usize = blocks.iter().map(|b| b.to_string().chars().count()).sum();
    blocks.len() <= MOST_BLOCKS && chars <= ALL_CHARS
}

fn sections(kind: &str, words: &str) -> Vec<Value> {
    let pieces = pieces(words).into_iter();
    pieces
        .map(|text| json!({"type": "section", "text": {"type": kind, "text": text}}))
        .collect()
}

/// Cuts words at the ends of lines where it can, and never inside of an entity.
fn pieces(words: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = words;
    while let Some((most, _)) = rest.char_indices().nth(SECTION_CHARS) {
        let head = rest.get(..most).unwrap_or_default();
        let end = head
            .rfind('\n')
            .or_else(|| head.rfind([' ', ';']).map(|at| at + 1))
            .filter(|at| *at > 0)
            .unwrap_or(most);
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail.trim_start_matches('\n');
    }
    if !rest.is_empty() {
        pieces.push(rest);
    }
    pieces
}

fn actions(row: usize, buttons: &[Button]) -> Value {
    let button = |(at, button): (usize, &Button)| {
        let label: String = button.label.chars().take(LABEL_CHARS).collect();
        json!({
            "type": "button",
            "action_id": format!("{row}.{at}"),
            "text": {"type": "plain_text", "text": label},
            "value": button.value,
        })
    };
    let elements: Vec<_> = buttons.iter().enumerate().map(button).collect();
    json!({"type": "actions", "elements": elements})
}

fn refused(why: &str) -> ChannelError {
    ChannelError::Refused(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn button(label: &str) -> Button {
        Button {
            label: label.into(),
            value: "v".into(),
        }
    }

    #[test]
    fn words_come_above_buttons() {
        let rows = [vec![button("Yes"), button("No")], Vec::new()];
        let blocks = blocks("*Shall I?*", "Shall I?", &rows).unwrap();
        assert_eq!(blocks[0]["text"]["text"], "*Shall I?*");
        assert_eq!(blocks[1]["elements"][1]["action_id"], "0.1");
        assert_eq!(blocks.as_array().unwrap().len(), 2);
    }

    #[test]
    fn long_words_are_cut_at_lines() {
        let lines = "a line of words\n".repeat(400);
        let pieces = pieces(&lines);
        assert!(pieces.iter().all(|piece| piece.len() <= SECTION_CHARS));
        assert!(pieces.iter().all(|piece| piece.starts_with("a line")));
        let whole = "x".repeat(SECTION_CHARS * 2 + 1);
        assert_eq!(super::pieces(&whole).concat(), whole);
        let escaped = "&lt;".repeat(SECTION_CHARS);
        assert!(
            super::pieces(&escaped)
                .iter()
                .all(|p| p.starts_with('&') && p.ends_with(';'))
        );
    }

    #[test]
    fn what_is_too_long_goes_without_marks() {
        let plain = "<".repeat(3500);
        let blocks = blocks(&plain.replace('<', "&lt;"), &plain, &[vec![button("Yes")]]);
        assert_eq!(blocks.unwrap()[0]["text"]["type"], "plain_text");
    }

    #[test]
    fn too_many_are_refused() {
        let row = vec![button("x"); MOST_IN_ROW + 1];
        assert!(super::blocks("", "", &[row]).is_err());
        let rows = vec![vec![button("x")]; MOST_BLOCKS];
        assert!(super::blocks("x", "x", &rows).is_err());
    }
}
