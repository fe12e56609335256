//! Files up and down.

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Incoming, Limits};

use crate::bot::{ANN, Answered, Bot, ann};

/// The head of a PNG of this size: enough for whoever looks at the head only.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_file_of_a_person_can_be_fetched() {
    let bot = Bot::start().await;
    let document = Incoming::document("a b.txt", "text/plain", &b"words"[..]).caption("look");
    bot.fake.send(ANN, &ann(), &document);
    let updates = bot.result("getUpdates", json!({})).await;
    let message = &updates[0]["message"];
    assert_eq!(
        (&message["caption"], &message["document"]["file_name"]),
        (&json!("look"), &json!("a b.txt"))
    );
    let file = bot
        .result(
            "getFile",
            json!({ "file_id": message["document"]["file_id"] }),
        )
        .await;
    let url = format!(
        "{}/file/bot{}/{}",
        bot.fake.root(),
        bot.fake.token(),
        file["file_path"].as_str().unwrap()
    );
    let reply = bot.dial(&url, "", b"").await.unwrap();
    assert_eq!((reply.status, &*reply.body), (200, &b"words"[..]));
    let wrong = url.replace(bot.fake.token(), "7:wrong");
    assert_eq!(bot.dial(&wrong, "", b"").await.unwrap().status, 401);
    let missing = format!("{url}.not");
    assert_eq!(bot.dial(&missing, "", b"").await.unwrap().status, 404);
    bot.refused(
        "getFile",
        json!({ "file_id": "x" }),
        400,
        "Bad Request: invalid file_id",
    )
    .await;
}

#[tokio::test]
async fn what_is_larger_than_twenty_megabytes_is_not_handed_out() {
    let bot = Bot::start().await;
    let video = Incoming::video(9, &b"frames"[..]).of_size(20 * 1024 * 1024 + 1);
    bot.fake.send(ANN, &ann(), &video);
    let id = bot.fake.messages(ANN)[0].file_id().unwrap().to_owned();
    bot.refused(
        "getFile",
        json!({ "file_id": id }),
        400,
        "Bad Request: file is too big",
    )
    .await;
}

#[tokio::test]
async fn photos_are_checked() {
    let bot = Bot::with_ann().await;
    let send = async |bytes: &[u8]| {
        let fields = [
            ("chat_id", "1001"),
            ("caption", "<i>c</i>"),
            ("parse_mode", "HTML"),
        ];
        bot.upload("sendPhoto", &fields, &[("photo", "p.png", bytes)])
            .await
    };
    let answered = send(&png(800, 600)).await;
    let message = &answered.envelope["result"];
    assert_eq!(
        (&message["caption"], &message["photo"][1]["width"]),
        (&json!("c"), &json!(800))
    );
    assert_eq!(message["caption_entities"][0]["type"], "italic");
    assert_eq!(
        send(b"no picture").await.why(),
        "Bad Request: IMAGE_PROCESS_FAILED"
    );
    assert_eq!(send(b"").await.why(), "Bad Request: file must be non-empty");
    assert_eq!(
        send(&png(9_000, 2_000)).await.why(),
        "Bad Request: PHOTO_INVALID_DIMENSIONS"
    );
    let mut large = png(800, 600);
    large.resize(10 * 1024 * 1024 + 1, 0);
    let why = "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size \
               is 10485760 bytes";
    assert_eq!(send(&large).await.why(), why);
    let none = bot.upload("sendPhoto", &[("chat_id", "1001")], &[]).await;
    assert_eq!(none.why(), "Bad Request: there is no photo in the request");
    let stored = bot.fake.bot_messages(ANN);
    assert_eq!(stored.len(), 1);
    assert_eq!(
        bot.fake.file(stored[0].file_id().unwrap()).unwrap(),
        png(800, 600)
    );
}

#[tokio::test]
async fn what_is_too_large_to_upload_is_refused() {
    let bot = Bot::with_ann().await;
    let limits = Limits {
        upload_bytes: 1_000,
        ..Limits::loose()
    };
    bot.fake.set_limits(limits);
    for bytes in [vec![1; 1_001], vec![1; 3 * 1024 * 1024]] {
        let answered = bot
            .upload(
                "sendDocument",
                &[("chat_id", "1001")],
                &[("document", "d", &bytes)],
            )
            .await;
        assert_eq!(
            (answered.status, answered.why()),
            (413, "Request Entity Too Large")
        );
    }
    let long = "c".repeat(1_025);
    let fields = [("chat_id", "1001"), ("caption", &*long)];
    let answered = bot
        .upload("sendVoice", &fields, &[("voice", "v.ogg", b"OggS")])
        .await;
    assert_eq!(answered.why(), "Bad Request: message caption is too long");
}

#[tokio::test]
async fn a_known_file_can_be_sent_again() {
    let bot = Bot::with_ann().await;
    let fields = [("chat_id", "1001"), ("duration", "3")];
    let answered = bot
        .upload("sendVoice", &fields, &[("voice", "v.ogg", b"OggS")])
        .await;
    let voice = &answered.envelope["result"]["voice"];
    assert_eq!(voice["duration"], 3);
    let again = json!({ "chat_id": ANN, "voice": voice["file_id"] });
    bot.result("sendVoice", again).await;
    let unknown = json!({ "chat_id": ANN, "voice": "x" });
    let why = "Bad Request: wrong file identifier/HTTP URL specified";
    bot.refused("sendVoice", unknown, 400, why).await;
}

#[tokio::test]
async fn albums_have_two_to_ten_items_of_a_kind() {
    let bot = Bot::with_ann().await;
    let item =
        |kind: &str, name: &str| json!({ "type": kind, "media": format!("attach://{name}") });
    let picture = png(10, 10);
    let send = async |media: Vec<Value>| -> Answered {
        let media = Value::Array(media).to_string();
        let files = [("a", "a.png", &*picture), ("b", "b.png", &*picture)];
        let fields = [("chat_id", "1001"), ("media", &*media)];
        bot.upload("sendMediaGroup", &fields, &files).await
    };
    let answered = send(vec![item("photo", "a"), item("photo", "b")]).await;
    let album = answered.envelope["result"].as_array().unwrap();
    assert_eq!(album.len(), 2);
    assert_eq!(album[0]["media_group_id"], album[1]["media_group_id"]);
    assert!(album[0]["media_group_id"].is_string());
    for (media, why) in [
        (vec![], "Bad Request: there are no messages to send"),
        (
            vec![item("photo", "a"); 11],
            "Bad Request: too many messages to send as an album",
        ),
        (
            vec![item("photo", "a"), item("document", "b")],
            "Bad Request: document can't be mixed with other media types",
        ),
        (
            vec![item("photo", "a"), item("voice", "b")],
            "Bad Request: can't parse InputMedia: type \"voice\" can't be used in sendMediaGroup",
        ),
    ] {
        assert_eq!(send(media).await.why(), why);
    }
    let photos = [
        Incoming::photo(png(1, 1)).caption("both"),
        Incoming::photo(png(2, 2)),
    ];
    bot.fake.album(ANN, &ann(), &photos);
    let updates = bot.result("getUpdates", json!({ "offset": 0 })).await;
    let group = |at: usize| &updates[at]["message"]["media_group_id"];
    assert_eq!(group(1), group(2));
    assert_eq!(updates[1]["message"]["caption"], "both");
}
