//! Polls.

use serde_json::{Value, json};

use super::super::answer::{Answer, Granted, Refusal, put};
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::edit::{find, message_id};
use super::send::{no_text, post};
use super::text::json as json_param;

/// Characters of a question, by the vendor's page.
const MOST_QUESTION_CHARS: usize = 300;

/// Options, by the vendor's page since Bot API 9.1.
const MOST_OPTIONS: usize = 12;

/// Characters of an option.
const MOST_OPTION_CHARS: usize = 100;

pub(super) fn send(world: &mut World, params: &Params) -> Answer {
    let question = params.text("question").unwrap_or_default().to_owned();
    check_length("question", &question, MOST_QUESTION_CHARS)?;
    let options = options(params)?;
    let number = world.number();
    let options: Vec<Value> = options
        .iter()
        .map(|text| json!({ "text": text, "voter_count": 0 }))
        .collect();
    let body = json!({
        "id": format!("poll{number}"),
        "question": question,
        "options": options,
        "total_voter_count": 0,
        "is_closed": false,
        "is_anonymous": params.text("is_anonymous").is_none() || params.flag("is_anonymous"),
        "type": params.text("type").unwrap_or("regular"),
        "allows_multiple_answers": params.flag("allows_multiple_answers"),
    });
    let content = Content::Media { kind: "poll", body };
    post(world, params, Draft::new(no_text(), content))
}

/// Texts, or objects with a text.
fn options(params: &Params) -> Result<Vec<String>, Refusal> {
    let Some(Value::Array(list)) = json_param(params, "options")? else {
        return Err(Refusal::bad("expected an Array of Strings as options"));
    };
    let mut texts = Vec::new();
    for option in &list {
        let text = option.as_str().or_else(|| option.get("text")?.as_str());
        let text = text.unwrap_or_default();
        check_length("options", text, MOST_OPTION_CHARS)?;
        texts.push(text.to_owned());
    }
    match texts.len() {
        0 | 1 => Err(Refusal::bad("poll must have at least 2 option")),
        count if count > MOST_OPTIONS => Err(Refusal::bad(format!(
            "poll can't have more than {MOST_OPTIONS} options"
        ))),
        _ => Ok(texts),
    }
}

fn check_length(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::bad(format!("poll {what} must be non-empty")));
    }
    if text.chars().count() > most {
        return Err(Refusal::bad(format!(
            "poll {what} length must not exceed {most}"
        )));
    }
    Ok(())
}

pub(super) fn stop(world: &mut World, params: &Params) -> Answer {
    let chat = world.target(params)?;
    let id = message_id(params, "stop poll in")?;
    let message = find(world, chat, id, "stop poll in")?;
    let Content::Media { kind: "poll", body } = &mut message.content else {
        return Err(Refusal::bad("message with poll to stop not found"));
    };
    if body.get("is_closed") == Some(&json!(true)) {
        return Err(Refusal::bad("poll has already been closed"));
    }
    put(body, "is_closed", json!(true));
    Ok(Granted::from(body.clone()))
}
