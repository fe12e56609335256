//! Files, threads, forums, the application.

use serde_json::{Value, json};
use tidegate_fakes::common::{Request, dial};
use tidegate_fakes::discord::{Privileged, Settings};

use crate::client::{Place, SOON};

/// A multipart body with `payload_json` and files of so many bytes.
fn multipart(payload: &Value, sizes: &[usize]) -> Vec<u8> {
    let mut body = format!(
        "--b\r\ncontent-disposition: form-data; name=\"payload_json\"\r\ncontent-type: application/json\r\n\r\n{payload}\r\n"
    ).into_bytes();
    for (index, size) in sizes.iter().enumerate() {
        body.extend(format!(
            "--b\r\ncontent-disposition: form-data; name=\"files[{index}]\"; filename=\"my file {index}.bin\"\r\ncontent-type: application/x-test\r\n\r\n"
        ).bytes());
        body.extend(std::iter::repeat_n(b'x', *size));
        body.extend(b"\r\n");
    }
    body.extend(b"--b--\r\n");
    body
}

async fn upload(place: &Place, payload: &Value, sizes: &[usize]) -> (u16, Value) {
    let token = format!("Bot {}", place.fake.token());
    let headers = [
        ("authorization", &*token),
        ("content-type", "multipart/form-data; boundary=b"),
    ];
    let body = multipart(payload, sizes);
    let reply = place
        .raw("POST", &place.messages(), &headers, &body)
        .await
        .unwrap();
    (reply.status, serde_json::from_slice(&reply.body).unwrap())
}

#[tokio::test]
async fn files_have_limits_and_signed_addresses() {
    let settings = Settings {
        file_bytes: 1000,
        request_bytes: 8000,
        ..Settings::loose()
    };
    let place = Place::with(settings).await;
    let notes = json!({ "attachments": [{ "id": 0, "description": "a file" }] });
    let (status, message) = upload(&place, &notes, &[3]).await;
    assert_eq!(status, 200, "{message}");
    let file = &message["attachments"][0];
    assert_eq!(
        (&file["filename"], &file["size"]),
        (&json!("my_file_0.bin"), &json!(3))
    );
    assert_eq!(file["description"], "a file");

    let url = file["url"].as_str().unwrap();
    let fetch = |url: String| async move {
        dial(&Request {
            method: "GET",
            url: &url,
            headers: &[],
            body: b"",
            deadline: SOON,
        })
        .await
        .unwrap()
    };
    let whole = fetch(url.to_owned()).await;
    assert_eq!(
        (whole.status, &*whole.body, whole.header("content-type")),
        (200, &b"xxx"[..], Some("application/x-test"))
    );
    assert_eq!(
        fetch(url.split('?').next().unwrap().to_owned())
            .await
            .status,
        404
    );
    assert_eq!(fetch(url.replace("ex=", "ex=1")).await.status, 404);
    place.fake.clock().skew_ms(25 * 3_600_000);
    assert_eq!(
        fetch(url.to_owned()).await.status,
        404,
        "an address is good for a day"
    );

    let none = json!({});
    assert_eq!(upload(&place, &none, &[1001]).await.0, 413);
    assert_eq!(upload(&place, &none, &[900; 9]).await.1["code"], 40005);
    assert_eq!(upload(&place, &none, &[1; 10]).await.0, 200);
    assert_eq!(upload(&place, &none, &[1; 11]).await.1["code"], 30015);
    let wrong = json!({ "attachments": [{ "id": 4 }] });
    assert_eq!(upload(&place, &wrong, &[1]).await.1["code"], 50035);
}

#[tokio::test]
async fn threads_begin_once_and_are_put_away() {
    let place = Place::new().await;
    let said = place.fake.say(place.channel, place.ada, "topic").unwrap();
    let path = format!("{}/{said}/threads", place.messages());
    let (status, thread) = place.call("POST", &path, json!({ "name": "talk" })).await;
    assert_eq!(
        (status, &thread["id"], &thread["type"]),
        (201, &json!(said), &json!(11))
    );
    assert_eq!(
        place
            .refusal("POST", &path, json!({ "name": "again" }))
            .await,
        (400, 160_004)
    );
    let other = place.fake.say(place.channel, place.ada, "other").unwrap();
    let path = format!("{}/{other}/threads", place.messages());
    assert_eq!(
        place.refusal("POST", &path, json!({ "name": "" })).await,
        (400, 50035)
    );
    let odd = json!({ "name": "x", "auto_archive_duration": 7 });
    assert_eq!(place.refusal("POST", &path, odd).await, (400, 50035));

    let inside = format!("/channels/{said}/messages");
    place.fake.set_archived(said, true, false);
    assert_eq!(
        place
            .refusal("POST", &inside, json!({ "content": "wakes it" }))
            .await,
        (200, -1)
    );
    let (_, thread) = place
        .call("GET", &format!("/channels/{said}"), Value::Null)
        .await;
    assert_eq!(thread["thread_metadata"]["archived"], false);
    place.fake.set_archived(said, true, true);
    assert_eq!(
        place
            .refusal("POST", &inside, json!({ "content": "x" }))
            .await,
        (400, 50083)
    );
}

#[tokio::test]
async fn a_forum_takes_posts_only() {
    let place = Place::new().await;
    let forum = place.fake.add_forum(place.guild, "ideas", &["wish"], true);
    let path = format!("/channels/{forum}");
    assert_eq!(
        place
            .refusal(
                "POST",
                &format!("{path}/messages"),
                json!({ "content": "x" })
            )
            .await,
        (400, 50008)
    );
    let post = |tags: Value| json!({ "name": "title", "message": { "content": "text" }, "applied_tags": tags });
    let threads = format!("{path}/threads");
    assert_eq!(
        place.refusal("POST", &threads, post(json!([]))).await,
        (400, 40067)
    );
    assert_eq!(
        place.refusal("POST", &threads, post(json!(["5"]))).await,
        (404, 10087)
    );
    assert_eq!(
        place
            .refusal("POST", &threads, json!({ "name": "x" }))
            .await,
        (400, 50035)
    );
    let (status, made) = place
        .call("POST", &threads, post(json!(place.fake.tags(forum))))
        .await;
    assert_eq!((status, &made["message"]["content"]), (201, &json!("text")));
    assert_eq!(made["id"], made["message"]["id"]);
}

#[tokio::test]
async fn the_application_tells_its_intents() {
    let settings = Settings {
        privileged: Privileged {
            message_content: true,
            guild_members: false,
            guild_presences: true,
        },
        ..Settings::loose()
    };
    let place = Place::with(settings).await;
    let (_, application) = place.call("GET", "/applications/@me", Value::Null).await;
    assert_eq!(application["flags"], 1 << 19 | 1 << 13);
    let (_, gateway) = place.call("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(gateway["session_start_limit"]["total"], 1000);
    assert_eq!(gateway["session_start_limit"]["remaining"], 1000);
    let _listener = place.listener().await;
    let (_, gateway) = place.call("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(gateway["session_start_limit"]["remaining"], 999);
}

#[tokio::test]
async fn commands_are_replaced_as_a_whole() {
    let place = Place::new().await;
    let path = format!("/applications/{}/commands", place.fake.bot());
    let command = |name: &str| json!({ "name": name, "description": "d" });
    let (_, first) = place
        .call("PUT", &path, json!([command("a"), command("b")]))
        .await;
    let (_, second) = place
        .call("PUT", &path, json!([command("b"), command("c")]))
        .await;
    assert_eq!(first[1]["id"], second[0]["id"], "a name keeps its id");
    assert_eq!(place.fake.command_names(None), ["b", "c"]);
    assert_eq!(
        place
            .refusal("PUT", &path, json!([command("a"), command("a")]))
            .await,
        (400, 50035)
    );
    assert_eq!(
        place
            .refusal("PUT", &path, json!([command("Capital")]))
            .await,
        (400, 50035)
    );
    assert_eq!(
        place
            .refusal("PUT", "/applications/5/commands", json!([]))
            .await,
        (404, 10002)
    );
    assert_eq!(
        place.fake.command_names(None),
        ["b", "c"],
        "refused as a whole"
    );
    let guild = format!(
        "/applications/{}/guilds/{}/commands",
        place.fake.bot(),
        place.guild
    );
    assert_eq!(
        place.refusal("POST", &guild, command("only-here")).await,
        (200, -1)
    );
    assert_eq!(place.fake.command_names(Some(place.guild)), ["only-here"]);
}

#[tokio::test]
async fn typing_lasts_ten_seconds_or_until_the_answer() {
    let place = Place::new().await;
    let path = format!("/channels/{}/typing", place.channel);
    assert_eq!(place.refusal("POST", &path, Value::Null).await, (204, -1));
    assert!(place.fake.is_typing(place.channel));
    place.fake.clock().skew_ms(11_000);
    assert!(!place.fake.is_typing(place.channel));
    place.refusal("POST", &path, Value::Null).await;
    assert!(place.fake.is_typing(place.channel));
    place.fake.clock().skew_ms(11_010);
    place.post("done").await;
    assert!(!place.fake.is_typing(place.channel));
    assert_eq!(place.fake.typing(place.channel).len(), 2);
}

#[tokio::test]
async fn a_bot_puts_its_own_threads_away() {
    let place = Place::new().await;
    let path = format!("/channels/{}/threads", place.channel);
    let (_, thread) = place
        .call("POST", &path, json!({ "name": "mine", "type": 11 }))
        .await;
    let path = format!("/channels/{}", thread["id"].as_str().unwrap());
    let (_, edited) = place
        .call("PATCH", &path, json!({ "name": "done", "archived": true }))
        .await;
    assert_eq!(
        (&edited["name"], &edited["thread_metadata"]["archived"]),
        (&json!("done"), &json!(true))
    );
    assert_eq!(
        place
            .refusal("PUT", &format!("{path}/thread-members/@me"), Value::Null)
            .await,
        (400, 50083)
    );
    let general = format!("/channels/{}", place.channel);
    assert_eq!(
        place
            .refusal("PATCH", &general, json!({ "name": "x" }))
            .await,
        (403, 50013)
    );
    let (_, channels) = place
        .call(
            "GET",
            &format!("/guilds/{}/channels", place.guild),
            Value::Null,
        )
        .await;
    assert_eq!(
        channels.as_array().unwrap().len(),
        1,
        "threads are not listed"
    );
}
