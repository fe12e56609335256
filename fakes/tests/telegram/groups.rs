//! Groups, forums, migration, privacy.

use serde_json::json;
use tidegate_fakes::telegram::{Incoming, Membership, User};

use crate::bot::{ANN, Bot, CREW, ann};

#[tokio::test]
async fn topics_must_exist_and_general_must_not_be_named() {
    let bot = Bot::start().await;
    bot.fake.forum(CREW, "Crew");
    let topic = bot
        .result(
            "createForumTopic",
            json!({ "chat_id": CREW, "name": "Ops" }),
        )
        .await;
    let topic = topic["message_thread_id"].as_i64().unwrap();
    assert_ne!(topic, 1);
    let send = |thread: i64| json!({ "chat_id": CREW, "text": "x", "message_thread_id": thread });
    let message = bot.result("sendMessage", send(topic)).await;
    assert_eq!(message["message_thread_id"], topic);
    let gone = "Bad Request: message thread not found";
    bot.refused("sendMessage", send(1), 400, gone).await;
    bot.refused("sendMessage", send(99), 400, gone).await;
    let message = bot
        .result("sendMessage", json!({ "chat_id": CREW, "text": "x" }))
        .await;
    assert!(message.get("message_thread_id").is_none());
    // Typing alone may name it.
    let typing = json!({ "chat_id": CREW, "action": "typing", "message_thread_id": 1 });
    bot.result("sendChatAction", typing).await;
    // An answer to a message in a topic stays there.
    let said = bot
        .fake
        .send(CREW, &ann(), &Incoming::text("hm").in_topic(topic));
    let reply = json!({ "chat_id": CREW, "text": "x",
        "reply_parameters": { "message_id": said.message_id } });
    assert_eq!(
        bot.result("sendMessage", reply).await["message_thread_id"],
        topic
    );
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_says_where_it_went() {
    let bot = Bot::start().await;
    bot.fake.say(-77, &ann(), "hi");
    let new = bot.fake.migrate(-77, &ann()).unwrap();
    let answered = bot
        .call("sendMessage", json!({ "chat_id": -77, "text": "x" }))
        .await;
    assert_eq!(
        answered.why(),
        "Bad Request: group chat was upgraded to a supergroup chat"
    );
    assert_eq!(answered.envelope["parameters"]["migrate_to_chat_id"], new);
    bot.send(new, "here").await;
    let updates = bot.result("getUpdates", json!({})).await;
    assert_eq!(updates[1]["message"]["migrate_to_chat_id"], new);
    assert_eq!(updates[2]["message"]["migrate_from_chat_id"], -77);
    assert_eq!(updates[2]["message"]["chat"]["type"], "supergroup");
}

#[tokio::test]
async fn privacy_hides_what_is_not_meant_for_the_bot() {
    let bot = Bot::start().await;
    bot.fake.set_privacy(true);
    assert_eq!(bot.fake.say(CREW, &ann(), "chatter").update_id, None);
    assert!(
        bot.fake
            .say(CREW, &ann(), "hey @gate_bot")
            .update_id
            .is_some()
    );
    assert!(bot.fake.say(CREW, &ann(), "/status").update_id.is_some());
    let id = bot.send(CREW, "hello").await;
    let reply = Incoming::text("thanks").reply_to(id);
    assert!(bot.fake.send(CREW, &ann(), &reply).update_id.is_some());
    assert!(bot.fake.say(ANN, &ann(), "chatter").update_id.is_some());
    let me = bot.result("getMe", json!({})).await;
    assert_eq!(me["can_read_all_group_messages"], false);
}

#[tokio::test]
async fn membership_is_told_and_asked() {
    let bot = Bot::start().await;
    bot.fake.membership(CREW, &ann(), Membership::Administrator);
    let updates = bot.result("getUpdates", json!({})).await;
    let change = &updates[0]["my_chat_member"];
    assert_eq!(change["new_chat_member"]["status"], "administrator");
    let ask = |user: i64| json!({ "chat_id": CREW, "user_id": user });
    let me = bot.result("getChatMember", ask(bot.fake.bot().id)).await;
    assert_eq!(me["status"], "administrator");
    assert_eq!(
        bot.result("getChatMember", ask(ANN)).await["status"],
        "member"
    );
    bot.refused(
        "getChatMember",
        ask(5),
        400,
        "Bad Request: member not found",
    )
    .await;
    assert_eq!(
        bot.result("getChat", json!({ "chat_id": CREW })).await["type"],
        "supergroup"
    );
    // With rights it deletes what others wrote; without them it does not.
    let said = bot.fake.say(CREW, &User::new(7, "Bo"), "spam");
    let delete = json!({ "chat_id": CREW, "message_id": said.message_id });
    bot.fake.membership(CREW, &ann(), Membership::Member);
    let why = "Bad Request: message can't be deleted";
    bot.refused("deleteMessage", delete.clone(), 400, why).await;
    bot.fake.membership(CREW, &ann(), Membership::Administrator);
    bot.result("deleteMessage", delete).await;
}
