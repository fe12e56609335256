//! Commands and buttons.

use serde_json::json;
use tidegate_fakes::discord::PeopleError;

use crate::bot::{Place, SOON};

#[tokio::test]
async fn commands_are_deployed_and_answered() {
    let mut place = Place::new().await;
    assert_eq!(place.fake.command_names(None), ["ask"]);
    assert_eq!(place.fake.command_names(Some(place.guild)), ["slow"]);

    let asked = place
        .fake
        .slash(place.channel, place.ada, "ask", &[("what", json!("why"))])
        .unwrap();
    let answered = place.bot.hear("answered").await;
    assert!(place.fake.is_acknowledged(asked));
    let messages = place.fake.answers(place.channel);
    assert_eq!(messages[0].id.to_string(), answered["id"]);
    assert_eq!(
        (messages[0].kind, &*messages[0].content),
        (20, "you asked, I edited")
    );
    assert_eq!(messages[0].edits[0].before, "you asked why");
    assert_eq!(messages[1].content, "and there is more");

    place
        .fake
        .slash(place.channel, place.ada, "slow", &[])
        .unwrap();
    assert_eq!(place.bot.hear("deferred").await["text"], "late but here");
    let late = place.fake.answers(place.channel).pop().unwrap();
    assert_eq!((&*late.content, late.flags), ("late but here", 0));

    let dm = place.fake.dm_channel(place.ada);
    let nowhere = place.fake.slash(dm, place.ada, "slow", &[]);
    assert_eq!(
        nowhere,
        Err(PeopleError::NoCommand),
        "a guild's command is not there in private"
    );
    place
        .fake
        .slash(dm, place.ada, "ask", &[("what", json!("here"))])
        .unwrap();
    place.bot.hear("answered").await;
}

#[tokio::test]
async fn a_button_changes_its_message() {
    let place = Place::new().await;
    place.say("!button");
    let asked = place.answer(|message| message.content == "sure?").await;
    place
        .fake
        .press(place.channel, asked.id, place.ada, "yes")
        .unwrap();
    let pressed = place
        .answer(|message| message.content == "pressed yes")
        .await;
    assert_eq!((pressed.id, &pressed.components), (asked.id, &json!([])));
    let thanks = place.answer(|message| message.content == "thank you").await;
    assert_eq!(thanks.flags & 64, 64, "for one person alone");
    let again = place.fake.press(place.channel, asked.id, place.ada, "yes");
    assert_eq!(again, Err(PeopleError::NoButton));
    assert!(
        place
            .fake
            .wait_for(SOON, |fake| (fake.listeners() == 1).then_some(()))
            .await
            .is_ok()
    );
}
