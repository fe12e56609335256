//! Messages in both directions.

use bytes::Bytes;
use serde_json::json;
use tidegate_fakes::discord::{Post, Upload, routes};

use crate::bot::{Bot, Place, SOON};

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let fake = tidegate_fakes::discord::DiscordFake::start().await;
    let mut bot = Bot::start(&fake, "MTA4wrong.token.here");
    assert_eq!(bot.hear("error").await["code"], "TokenInvalid");
    assert_eq!(fake.invalid_requests(), 1);
}

#[tokio::test]
async fn messages_arrive_and_are_answered() {
    let mut place = Place::new().await;
    let asked = place.say("!reply gladly");
    assert_eq!(place.bot.hear_text().await, "!reply gladly");
    let answer = place.answer(|message| message.content == "gladly").await;
    assert_eq!((answer.kind, answer.reply_to), (19, Some(asked)));
    assert_eq!(answer.mentions, [place.ada], "a reply notifies its author");

    place.fake.dm(place.ada, "!reply in private").unwrap();
    let heard = place.bot.hear("message").await;
    assert_eq!(
        (&heard["dm"], &heard["text"]),
        (&json!(true), &json!("!reply in private"))
    );
    let dm = place.fake.dm_channel(place.ada);
    let seen = place
        .fake
        .wait_for(SOON, |fake| fake.answers(dm).pop())
        .await
        .unwrap();
    assert_eq!(seen.content, "in private");

    let mentioned = place
        .fake
        .mention(place.channel, place.ada, "hello")
        .unwrap();
    assert_eq!(place.bot.hear("message").await["mentioned"], true);
    place
        .fake
        .reply(place.channel, place.ada, mentioned, "and again")
        .unwrap();
    let heard = place.bot.hear("message").await;
    assert_eq!(heard["reply"], mentioned.to_string());

    place.say("!direct");
    let seen = place
        .fake
        .wait_for(SOON, |fake| fake.answers(dm).into_iter().nth(1))
        .await
        .unwrap();
    assert_eq!(seen.content, "in private");
}

#[tokio::test]
async fn messages_change() {
    let mut place = Place::new().await;
    place.say("!edit");
    let edited = place.answer(|message| message.content == "second").await;
    assert_eq!(edited.edits[0].before, "first");
    place.say("!remove");
    let removed = place.bot.hear("removed").await;
    let left = place.fake.answers(place.channel);
    assert!(
        left.iter()
            .all(|message| message.id.to_string() != removed["id"])
    );

    let said = place.say("one thing");
    place.fake.edit(place.channel, said, "another").unwrap();
    let mut update = place.bot.hear("update").await;
    while update["id"] != said.to_string() {
        update = place.bot.hear("update").await;
    }
    assert_eq!(
        (&update["text"], &update["edited"]),
        (&json!("another"), &json!(true))
    );
    place.fake.delete(place.channel, said).unwrap();
    let mut gone = place.bot.hear("delete").await;
    while gone["id"] != said.to_string() {
        gone = place.bot.hear("delete").await;
    }
}

#[tokio::test]
async fn reactions_and_typing_pass() {
    let mut place = Place::new().await;
    let said = place.say("!react 👀");
    let reacted = |fake: &tidegate_fakes::discord::DiscordFake| {
        let message = fake
            .messages(place.channel)
            .into_iter()
            .find(|message| message.id == said)?;
        message.reactions.first().cloned()
    };
    let reaction = place.fake.wait_for(SOON, reacted).await.unwrap();
    assert_eq!(
        (&*reaction.emoji, &*reaction.users),
        ("👀", &[place.fake.bot()][..])
    );
    place
        .fake
        .react(place.channel, said, place.ada, "👍")
        .unwrap();
    assert_eq!(place.bot.hear("reaction").await["emoji"], "👍");
    place
        .fake
        .unreact(place.channel, said, place.ada, "👍")
        .unwrap();
    assert_eq!(place.bot.hear("reaction-gone").await["emoji"], "👍");
    place.say("!unreact ✅");
    place.bot.hear("unreacted").await;

    place.say("!type");
    let channel = place.channel;
    place
        .fake
        .wait_for(SOON, |fake| fake.is_typing(channel).then_some(()))
        .await
        .unwrap();
    place.fake.type_as(channel, place.ada).unwrap();
    assert_eq!(
        place.bot.hear("typing").await["user"],
        place.ada.to_string()
    );
}

#[tokio::test]
async fn files_go_up_and_down() {
    let mut place = Place::new().await;
    let file = Upload {
        name: "notes.txt".to_owned(),
        content_type: Some("text/plain".to_owned()),
        bytes: Bytes::from_static(b"the notes"),
    };
    let post = Post {
        files: vec![file],
        ..Post::text("look")
    };
    place.fake.post(place.channel, place.ada, post).unwrap();
    assert_eq!(
        place.bot.hear("message").await["files"],
        json!(["the notes"])
    );

    place.say("!upload");
    let uploaded = place.bot.hear("uploaded").await;
    assert_eq!(uploaded["texts"], json!(["one", "two"]));
    assert_eq!(uploaded["names"], json!(["one_file.txt", "two_file.txt"]));
    let answer = place.answer(|message| message.files.len() == 2).await;
    assert_eq!(&*answer.files[1].bytes, b"two");
    assert_eq!(answer.files[1].description.as_deref(), Some("holds two"));
    let downloads = place.fake.calls().all();
    let mut downloads = downloads
        .iter()
        .filter(|call| call.route == Some(routes::DOWNLOAD));
    assert!(downloads.all(|call| call.authorization.is_none()));
}

#[tokio::test]
async fn threads_and_forums_work() {
    let mut place = Place::new().await;
    let said = place.say("!thread a side talk");
    let thread = place.bot.hear("thread").await;
    assert_eq!(thread["id"], said.to_string());
    assert_eq!(thread["parent"], place.channel.to_string());
    let inside = place.fake.answers(said);
    assert!(
        inside
            .iter()
            .any(|message| message.content == "in the thread")
    );
    place.fake.say(said, place.ada, "!reply here too").unwrap();
    place
        .fake
        .wait_for(SOON, |fake| {
            fake.answers(said)
                .pop()
                .filter(|last| last.content == "here too")
        })
        .await
        .unwrap();

    let forum = place.fake.add_forum(place.guild, "ideas", &["wish"], true);
    place.say(&format!("!forum {forum}"));
    let post = place.bot.hear("post").await;
    assert_eq!(post["id"], post["starter"]);
    assert_eq!(post["content"], "its first words");
    assert_eq!(post["tags"], json!([place.fake.tags(forum)[0].to_string()]));

    let theirs = place
        .fake
        .forum_post(forum, place.ada, "mine", &[], "!reply welcome")
        .unwrap();
    place
        .fake
        .wait_for(SOON, |fake| fake.answers(theirs).pop())
        .await
        .unwrap();
}

#[tokio::test]
async fn history_nonce_and_poll_are_as_the_vendor_has_them() {
    let mut place = Place::new().await;
    place.say("one");
    place.say("two");
    place.say("!history");
    assert_eq!(
        place.bot.hear("history").await["texts"],
        json!(["two", "one"])
    );
    place.say("!nonce");
    let nonce = place.bot.hear("nonce").await;
    assert_eq!(
        (&nonce["same"], &nonce["nonce"]),
        (&json!(true), &json!("4711"))
    );
    let once = place.fake.answers(place.channel);
    assert_eq!(
        once.iter()
            .filter(|message| message.content == "once")
            .count(),
        1
    );
    place.say("!poll");
    assert_eq!(
        place.bot.hear("poll").await["answers"],
        json!(["red", "blue"])
    );
    place.say("!long");
    let error = place.bot.hear("error").await;
    assert_eq!(
        (&error["code"], &error["status"]),
        (&json!(50035), &json!(400))
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("Must be 2000 or fewer in length.")
    );
}
