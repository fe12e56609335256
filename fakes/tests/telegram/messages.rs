//! Texts, replies, edits, reactions, buttons, polls: in a private chat.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Limits, Membership, Setup};

use crate::bot::{ANN, Answered, Bot, ann};

#[tokio::test]
async fn the_token_and_the_method_are_checked() {
    let bot = Bot::start().await;
    let root = bot.fake.root();
    for (path, code, why) in [
        ("/bot7:wrong/getMe", 401, "Unauthorized"),
        ("/botnothing/getMe", 404, "Not Found"),
        ("/elsewhere", 404, "Not Found"),
    ] {
        let reply = bot.dial(&format!("{root}{path}"), "", b"").await.unwrap();
        let answered = Answered::read(&reply);
        assert_eq!((answered.status, answered.why()), (code, why));
    }
    bot.refused("sendNothing", json!({}), 404, "Not Found: method not found")
        .await;
    let me = bot.result("GETME", json!({})).await;
    assert_eq!(
        (&me["is_bot"], &me["username"]),
        (&json!(true), &json!("gate_bot"))
    );
}

#[tokio::test]
async fn arguments_come_in_every_form() {
    let bot = Bot::with_ann().await;
    let query = bot.url("sendMessage?chat_id=1001&text=by+query");
    let reply = bot.dial(&query, "", b"").await.unwrap();
    assert_eq!(
        Answered::read(&reply).envelope["result"]["text"],
        "by query"
    );
    let form = "application/x-www-form-urlencoded";
    let url = bot.url("sendMessage");
    let reply = bot.dial(&url, form, b"chat_id=1001&text=by%20form").await;
    let answered = Answered::read(&reply.unwrap());
    assert_eq!(answered.envelope["result"]["text"], "by form");
    let fields = [("chat_id", "1001"), ("text", "by parts")];
    let answered = bot.upload("sendMessage", &fields, &[]).await;
    assert_eq!(answered.envelope["result"]["text"], "by parts");
    // An object may come as an object or as a text that holds one.
    let keyboard = json!({ "inline_keyboard": [[{ "text": "a", "callback_data": "b" }]] });
    for markup in [keyboard.clone(), json!(keyboard.to_string())] {
        let params = json!({ "chat_id": "1001", "text": "x", "reply_markup": markup });
        let message = bot.result("sendMessage", params).await;
        assert_eq!(message["reply_markup"], keyboard);
    }
    let texts: Vec<_> = bot
        .fake
        .bot_messages(ANN)
        .into_iter()
        .map(|m| m.text)
        .collect();
    assert_eq!(texts, ["by query", "by form", "by parts", "x", "x"]);
    assert_eq!(bot.fake.calls_of("sendmessage").len(), 5);
}

#[tokio::test]
async fn lengths_count_utf16_units_after_the_markup() {
    let bot = Bot::with_ann().await;
    let send = |text: String| json!({ "chat_id": ANN, "text": text, "parse_mode": "HTML" });
    let clef = "𝄞".repeat(2048);
    bot.result("sendMessage", send(format!("<b>{clef}</b>")))
        .await;
    let too_long = "Bad Request: message is too long";
    bot.refused("sendMessage", send(format!("{clef}x")), 400, too_long)
        .await;
    let empty = "Bad Request: message text is empty";
    bot.refused("sendMessage", send(String::new()), 400, empty)
        .await;
    let blank = "Bad Request: text must be non-empty";
    bot.refused("sendMessage", send("<b> </b>".to_owned()), 400, blank)
        .await;
    let id = bot.send(ANN, "short").await;
    let edit = json!({ "chat_id": ANN, "message_id": id, "text": format!("{clef}x") });
    bot.refused(
        "editMessageText",
        edit,
        400,
        "Bad Request: MESSAGE_TOO_LONG",
    )
    .await;
}

#[tokio::test]
async fn markup_is_parsed_strictly() {
    let bot = Bot::with_ann().await;
    let send = |mode: &str, text: &str| json!({ "chat_id": ANN, "text": text, "parse_mode": mode });
    let message = bot
        .result("sendMessage", send("HTML", "<b>a</b> &lt;"))
        .await;
    assert_eq!(message["text"], "a <");
    assert_eq!(
        message["entities"],
        json!([{ "type": "bold", "offset": 0, "length": 1 }])
    );
    let why = "Bad Request: can't parse entities: Unsupported start tag \"p\" at byte offset 0";
    bot.refused("sendMessage", send("HTML", "<p>a</p>"), 400, why)
        .await;
    let why = "Bad Request: can't parse entities: Character '.' is reserved and must be escaped \
               with the preceding '\\'";
    bot.refused("sendMessage", send("MarkdownV2", "a."), 400, why)
        .await;
    let why = "Bad Request: unsupported parse_mode";
    bot.refused("sendMessage", send("RTF", "a"), 400, why).await;
}

#[tokio::test]
async fn only_chats_that_are_open_take_messages() {
    let bot = Bot::with_ann().await;
    let send = |chat: Value| json!({ "chat_id": chat, "text": "x" });
    bot.refused(
        "sendMessage",
        send(json!(55)),
        400,
        "Bad Request: chat not found",
    )
    .await;
    bot.refused(
        "sendMessage",
        json!({ "text": "x" }),
        400,
        "Bad Request: chat_id is empty",
    )
    .await;
    bot.result("sendMessage", send(json!("@ann_b"))).await;
    bot.fake.membership(ANN, &ann(), Membership::Kicked);
    let blocked = "Forbidden: bot was blocked by the user";
    bot.refused("sendMessage", send(json!(ANN)), 403, blocked)
        .await;
    let action = json!({ "chat_id": ANN, "action": "typing" });
    bot.refused("sendChatAction", action, 403, blocked).await;
    bot.fake.membership(ANN, &ann(), Membership::Member);
    bot.result("sendMessage", send(json!(ANN))).await;
}

#[tokio::test]
async fn replies_need_their_message() {
    let bot = Bot::with_ann().await;
    let said = bot.fake.say(ANN, &ann(), "hello there");
    let reply =
        |parameters: Value| json!({ "chat_id": ANN, "text": "x", "reply_parameters": parameters });
    let message = bot
        .result(
            "sendMessage",
            reply(json!({ "message_id": said.message_id })),
        )
        .await;
    assert_eq!(message["reply_to_message"]["text"], "hello there");
    let gone = "Bad Request: message to be replied not found";
    bot.refused(
        "sendMessage",
        reply(json!({ "message_id": 999 })),
        400,
        gone,
    )
    .await;
    let anyway = json!({ "message_id": 999, "allow_sending_without_reply": true });
    let message = bot.result("sendMessage", reply(anyway)).await;
    assert!(message.get("reply_to_message").is_none());
    let quote = json!({ "message_id": said.message_id, "quote": "bye" });
    bot.refused(
        "sendMessage",
        reply(quote),
        400,
        "Bad Request: QUOTE_TEXT_INVALID",
    )
    .await;
    let old = json!({ "chat_id": ANN, "text": "x", "reply_to_message_id": said.message_id });
    let message = bot.result("sendMessage", old).await;
    assert_eq!(message["reply_to_message"]["message_id"], said.message_id);
}

#[tokio::test]
async fn edits_change_and_say_when_they_do_not() {
    let bot = Bot::with_ann().await;
    let id = bot.send(ANN, "one").await;
    let edit = |id: i64, text: &str| json!({ "chat_id": ANN, "message_id": id, "text": text });
    let message = bot.result("editMessageText", edit(id, "two")).await;
    assert_eq!(message["text"], "two");
    assert!(message["edit_date"].is_i64());
    let answered = bot.call("editMessageText", edit(id, "two")).await;
    assert!(
        answered
            .why()
            .starts_with("Bad Request: message is not modified")
    );
    let gone = "Bad Request: message to edit not found";
    bot.refused("editMessageText", edit(999, "x"), 400, gone)
        .await;
    let said = bot.fake.say(ANN, &ann(), "mine");
    let not_mine = "Bad Request: message can't be edited";
    bot.refused("editMessageText", edit(said.message_id, "x"), 400, not_mine)
        .await;
    let caption = json!({ "chat_id": ANN, "message_id": id, "caption": "x" });
    let none = "Bad Request: there is no caption in the message to edit";
    bot.refused("editMessageCaption", caption, 400, none).await;
    let stored = bot.fake.bot_messages(ANN);
    assert_eq!(
        (&*stored[0].text, &*stored[0].former[0].text),
        ("two", "one")
    );
    let delete = json!({ "chat_id": ANN, "message_id": id });
    bot.result("deleteMessage", delete.clone()).await;
    bot.refused(
        "deleteMessage",
        delete,
        400,
        "Bad Request: message to delete not found",
    )
    .await;
    assert!(bot.fake.bot_messages(ANN).is_empty());
}

#[tokio::test]
async fn reactions_are_one_of_a_fixed_set() {
    let bot = Bot::with_ann().await;
    let said = bot.fake.say(ANN, &ann(), "hi");
    let react = |id: i64, emoji: &[&str]| {
        let list: Vec<_> = emoji
            .iter()
            .map(|emoji| json!({ "type": "emoji", "emoji": emoji }))
            .collect();
        json!({ "chat_id": ANN, "message_id": id, "reaction": list })
    };
    bot.result("setMessageReaction", react(said.message_id, &["👀"]))
        .await;
    bot.result("setMessageReaction", react(said.message_id, &["👍"]))
        .await;
    let reactions = &bot.fake.messages(ANN)[1].reactions;
    assert_eq!(*reactions, [(bot.fake.bot().id, "👍".to_owned())]);
    for emoji in ["✅", "❤\u{fe0f}"] {
        let params = react(said.message_id, &[emoji]);
        bot.refused(
            "setMessageReaction",
            params,
            400,
            "Bad Request: REACTION_INVALID",
        )
        .await;
    }
    let two = react(said.message_id, &["👍", "👀"]);
    bot.refused(
        "setMessageReaction",
        two,
        400,
        "Bad Request: REACTIONS_TOO_MANY",
    )
    .await;
    let gone = "Bad Request: message to react not found";
    bot.refused("setMessageReaction", react(999, &["👍"]), 400, gone)
        .await;
    bot.result("setMessageReaction", react(said.message_id, &[]))
        .await;
    assert!(bot.fake.messages(ANN)[1].reactions.is_empty());
}

#[tokio::test]
async fn buttons_are_pressed_and_answered_in_time() {
    let limits = Limits {
        callback_age: Duration::ZERO,
        ..Limits::loose()
    };
    let bot = Bot::with_ann().await;
    let send = |data: &str| {
        json!({ "chat_id": ANN, "text": "?", "reply_markup":
            { "inline_keyboard": [[{ "text": "Yes", "callback_data": data }]] } })
    };
    let long = "d".repeat(65);
    bot.refused(
        "sendMessage",
        send(&long),
        400,
        "Bad Request: BUTTON_DATA_INVALID",
    )
    .await;
    let message = bot.result("sendMessage", send("yes")).await;
    let id = message["message_id"].as_i64().unwrap();
    assert_eq!(bot.fake.press(ANN, id, &ann(), "no"), None);
    let query = bot.fake.press(ANN, id, &ann(), "yes").unwrap();
    let updates = bot.result("getUpdates", json!({ "offset": 0 })).await;
    let pressed = &updates[1]["callback_query"];
    assert_eq!(
        (&pressed["id"], &pressed["data"]),
        (&json!(query), &json!("yes"))
    );
    assert_eq!(bot.fake.query_answer(&query), None);
    let answer = json!({ "callback_query_id": query, "text": "done" });
    bot.result("answerCallbackQuery", answer.clone()).await;
    assert_eq!(bot.fake.query_answer(&query).as_deref(), Some("done"));
    bot.fake.set_limits(limits);
    let old = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    bot.refused("answerCallbackQuery", answer, 400, old).await;
    let row = json!({ "chat_id": ANN, "text": "?", "reply_markup":
        { "inline_keyboard": [[{ "text": "bare" }]] } });
    let why = "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the \
               inline keyboard";
    bot.refused("sendMessage", row, 400, why).await;
}

#[tokio::test]
async fn polls_places_and_actions() {
    let bot = Bot::with_ann().await;
    let poll = |options: Value| {
        json!({ "chat_id": ANN, "question": "Tea?", "options": options,
        "is_anonymous": false })
    };
    let message = bot
        .result("sendPoll", poll(json!(["yes", { "text": "no" }])))
        .await;
    let id = message["message_id"].as_i64().unwrap();
    bot.fake.vote(ANN, id, &ann(), &[1]);
    let updates = bot.result("getUpdates", json!({})).await;
    assert_eq!(updates[1]["poll"]["options"][1]["voter_count"], 1);
    assert_eq!(updates[2]["poll_answer"]["option_ids"], json!([1]));
    let few = "Bad Request: poll must have at least 2 option";
    bot.refused("sendPoll", poll(json!(["yes"])), 400, few)
        .await;
    let stop = json!({ "chat_id": ANN, "message_id": id });
    assert_eq!(bot.result("stopPoll", stop).await["is_closed"], true);
    let place = json!({ "chat_id": ANN, "latitude": 48.1, "longitude": 11.6 });
    assert_eq!(
        bot.result("sendLocation", place).await["location"]["latitude"],
        48.1
    );
    bot.result(
        "sendChatAction",
        json!({ "chat_id": ANN, "action": "typing" }),
    )
    .await;
    assert_eq!(bot.fake.actions(ANN)[0].action, "typing");
    let wrong = json!({ "chat_id": ANN, "action": "dancing" });
    let why = "Bad Request: wrong parameter action in request";
    bot.refused("sendChatAction", wrong, 400, why).await;
}

#[tokio::test]
async fn an_action_is_shown_for_five_seconds_or_until_a_message() {
    let bot = Bot::with_ann().await;
    let typing = json!({ "chat_id": ANN, "action": "typing" });
    bot.result("sendChatAction", typing.clone()).await;
    assert_eq!(bot.fake.shown_action(ANN).as_deref(), Some("typing"));
    bot.fake.clock().skew_ms(5_000);
    assert_eq!(bot.fake.shown_action(ANN), None);
    bot.result("sendChatAction", typing).await;
    assert_eq!(bot.fake.shown_action(ANN).as_deref(), Some("typing"));
    bot.send(ANN, "here").await;
    assert_eq!(bot.fake.shown_action(ANN), None);
}

#[tokio::test]
async fn commands_are_checked_and_kept() {
    let bot = Bot::start().await;
    let menu = json!([{ "command": "new", "description": "Begin anew" }]);
    bot.result("setMyCommands", json!({ "commands": menu }))
        .await;
    assert_eq!(bot.result("getMyCommands", json!({})).await, menu);
    let wrong = json!({ "commands": [{ "command": "New!", "description": "x" }] });
    bot.refused(
        "setMyCommands",
        wrong,
        400,
        "Bad Request: BOT_COMMAND_INVALID",
    )
    .await;
}

#[tokio::test]
async fn a_burst_passes_and_then_has_to_wait() {
    let limits = Limits {
        repeated_poll: Duration::ZERO,
        ..Limits::vendor()
    };
    let bot = Bot::start_with(Setup {
        limits,
        ..Setup::default()
    })
    .await;
    bot.fake.say(ANN, &ann(), "/start");
    for _ in 0..5 {
        bot.send(ANN, "x").await;
    }
    let answered = bot
        .call("sendMessage", json!({ "chat_id": ANN, "text": "x" }))
        .await;
    assert_eq!(answered.status, 429);
    let wait = answered.envelope["parameters"]["retry_after"]
        .as_u64()
        .unwrap();
    assert!((1..=5).contains(&wait));
    assert_eq!(
        answered.why(),
        format!("Too Many Requests: retry after {wait}")
    );
    assert_eq!(bot.fake.bot_messages(ANN).len(), 5);
}
