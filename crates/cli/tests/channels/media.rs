//! Photos both ways: from a chat to the model that looks at them, and from a caller to the chat,
//! whole or not at all.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tidegate_fakes::telegram::{Incoming, Message, Setup, TelegramFake, User};
use tidegate_testkit::{MockProvider, Reply};
use tokio::task::JoinSet;

use crate::house::{House, OWNER, PATIENCE};
use crate::narrow::Narrow;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";
const PNG_BASE64: &str = "iVBORw0KGgowMDAw";
const SEED: u64 = 0x7d3a_11e5;

fn png_link() -> String {
    format!("data:text/html;name=cat.html;base64,{PNG_BASE64}")
}

/// The files that the daemon keeps.
fn kept(house: &House) -> Vec<PathBuf> {
    let dir = house.daemon.state_dir().join("media");
    let entries = std::fs::read_dir(dir).map(|entries| {
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.collect()
    });
    entries.unwrap_or_default()
}

/// The owner speaks first: no bot may.
async fn meet(house: &House) {
    house.say(OWNER, "/status");
    let answer = house.answer(OWNER, |text| text.contains("Tidegate")).await;
    assert!(answer.is_some());
}

/// The messages of the bot with a file, and its bytes.
fn files(fake: &TelegramFake) -> Vec<(Message, Vec<u8>)> {
    let messages = fake.bot_messages(OWNER).into_iter();
    let files = messages.filter_map(|message| {
        let bytes = fake.file(message.file_id()?)?.to_vec();
        Some((message, bytes))
    });
    files.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_of_a_chat_is_seen_by_the_model() {
    let provider = MockProvider::start(|_| Reply::Words {
        pieces: vec!["I see a cat".into()],
        pause: Duration::ZERO,
        usage: (10, 4),
    })
    .await
    .unwrap();
    let fake = TelegramFake::start_with(Setup::default()).await.unwrap();
    let base_url = provider.base_url();
    let mut house = House::around(fake, &[], |config| {
        config["models"] = json!({ "providers": { "mock": {
            "api": "openai", "baseUrl": base_url,
            "models": [{ "id": "mock-1", "input": ["text", "image"] }],
        } } });
    })
    .await
    .unwrap();
    let photo = Incoming::photo(PNG).caption("what is this?");
    house.fake.send(OWNER, &User::new(OWNER, "Owner"), &photo);
    house
        .answer(OWNER, |text| text.contains("I see a cat"))
        .await
        .expect("an answer");
    let requests = provider.requests();
    let content = &requests[0]["messages"].as_array().unwrap().last().unwrap()["content"];
    let url = format!("data:image/png;base64,{PNG_BASE64}");
    let expected = json!([
        { "type": "text", "text": "what is this?" },
        { "type": "image_url", "image_url": { "url": url } },
    ]);
    assert_eq!(*content, expected);
    let history = house
        .call("chat.history", json!({ "sessionKey": "main" }))
        .await
        .unwrap();
    let said = &history["messages"][0]["content"];
    let note = json!([
        { "type": "text", "text": "what is this?" },
        { "type": "text", "text": "[photo: image/png, 12 bytes]",
          "file": { "kind": "photo", "mime": "image/png", "bytes": 12 } },
    ]);
    assert_eq!(*said, note);
    assert_eq!(kept(&house).len(), 1);
    assert!(house.daemon.stop().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_in_a_link_arrives_as_a_photo_once() {
    let mut house = House::open(&[]).await.unwrap();
    meet(&house).await;
    let params = json!({
        "channel": "telegram", "to": OWNER.to_string(), "message": "look", "mediaUrl": png_link(),
        "idempotencyKey": "k",
    });
    let first = house.call("send", params.clone()).await.unwrap();
    assert_eq!(house.call("send", params.clone()).await.unwrap(), first);
    let sent = files(&house.fake);
    let [(message, bytes)] = &sent[..] else {
        panic!("{sent:?}");
    };
    assert_eq!((message.kind(), message.text.as_str()), ("photo", "look"));
    assert_eq!(bytes, PNG);
    assert_eq!(first["messageId"], message.id.to_string());
    assert_eq!(kept(&house).len(), 1, "a repetition stores nothing");
    // Nothing of this host is sent, whoever asks.
    for link in [
        format!("http://127.0.0.1:{}/", house.daemon.port()),
        "http://localhost/".into(),
        "file:///etc/passwd".into(),
    ] {
        let mut inside = params.clone();
        inside["mediaUrl"] = link.clone().into();
        inside["idempotencyKey"] = link.clone().into();
        let refused = house.call("send", inside).await.unwrap_err().to_string();
        assert!(refused.contains("INVALID_REQUEST"), "{link}: {refused}");
    }
    assert_eq!(files(&house.fake).len(), 1);
    assert!(house.daemon.stop().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_from_the_command_line() {
    let mut house = House::open(&[]).await.unwrap();
    meet(&house).await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("my cat.png");
    std::fs::write(&path, PNG).unwrap();
    let send = |media: PathBuf| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command
            .args(["message", "send", "--channel", "telegram", "--to"])
            .arg(OWNER.to_string())
            .args(["--message", "from here", "--media"])
            .arg(media)
            .args(["--url", &house.daemon.url(), "--token"])
            .arg(house.daemon.token().unwrap())
            .env("HOME", dir.path());
        tokio::task::spawn_blocking(move || command.output())
    };
    let done = send(path).await.unwrap().unwrap();
    assert!(done.status.success(), "{done:?}");
    let found = files(&house.fake);
    assert_eq!(found[0].0.kind(), "photo");
    assert_eq!(found[0].1, PNG);
    let missing = send(dir.path().join("no.png")).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(said.contains("no.png"), "{said}");
    assert!(!missing.status.success());
    assert_eq!(files(&house.fake).len(), 1);
    assert!(house.daemon.stop().await.unwrap().success());
}

/// Places in an upload of so many bytes: its beginning, its end, and some by chance between.
fn places(bytes: usize) -> Vec<usize> {
    let mut state = SEED;
    let mut by_chance = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % bytes
    };
    vec![1, by_chance(), by_chance(), by_chance(), bytes - 1]
}

/// SECURITY F37.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_cut_is_seen_whole_and_once() {
    let mut photo = PNG.to_vec();
    photo.resize(100_000, 7);
    let mut lives = JoinSet::new();
    for cut in places(photo.len()) {
        lives.spawn(upload_cut_at(cut, photo.clone()));
    }
    while let Some(life) = lives.join_next().await {
        life.unwrap();
    }
}

/// Sends a photo over a way that breaks after so many bytes of it.
async fn upload_cut_at(cut: usize, photo: Vec<u8>) {
    let fake = TelegramFake::start_with(Setup::default()).await.unwrap();
    let server = fake.root();
    let server = server.trim_start_matches("http://").parse().unwrap();
    let way = Narrow::open(server, "sendPhoto", cut).await.unwrap();
    let mut house = House::around(fake, &[], |config| {
        config["channels"]["telegram"]["apiRoot"] = way.root().into();
    })
    .await
    .unwrap();
    meet(&house).await;
    let link = format!("data:;base64,{}", STANDARD.encode(&photo));
    let params = json!({
        "channel": "telegram", "to": OWNER.to_string(), "message": "look", "mediaUrl": link,
        "idempotencyKey": "k",
    });
    let sent: Value = house.call("send", params).await.unwrap();
    assert_eq!(sent["runId"], "k", "{sent}");
    let seen = house
        .fake
        .wait_for(PATIENCE, |fake| files(fake).into_iter().next());
    let (_, bytes) = seen.await.unwrap();
    assert!(way.was_cut(), "after {cut} bytes");
    assert_eq!(bytes, photo, "half a photo, cut after {cut} bytes");
    assert_eq!(files(&house.fake).len(), 1, "cut after {cut} bytes");
    let kept = kept(&house);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(std::fs::read(&kept[0]).unwrap(), photo);
    assert!(house.daemon.stop().await.unwrap().success());
}

/// A photo of a chat is cut on its way in, and the daemon with it; nothing half is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_that_is_cut_leaves_nothing() {
    let mut house = House::open(&[]).await.unwrap();
    house.fake.fail_next(
        "file",
        tidegate_fakes::common::Fault::CutInAnswer { after_bytes: 150 },
    );
    let mut photo = PNG.to_vec();
    photo.resize(100_000, 7);
    let photo = Incoming::photo(photo).caption("what is this?");
    house.fake.send(OWNER, &User::new(OWNER, "Owner"), &photo);
    house
        .answer(OWNER, |text| text.contains("not fetched"))
        .await
        .expect("a word about it");
    assert_eq!(kept(&house), Vec::<PathBuf>::new());
    std::fs::write(house.daemon.state_dir().join("media/half.part"), PNG).unwrap();
    house.daemon.restart().await.unwrap();
    assert_eq!(kept(&house), Vec::<PathBuf>::new());
    assert!(house.daemon.stop().await.unwrap().success());
}
