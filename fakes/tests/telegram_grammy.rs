//! The Telegram fake before an outside judge: a bot on npm `grammy`, which knows the real server.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tidegate_fakes::common::Fault;
use tidegate_fakes::telegram::{Content, Incoming, Message, TelegramFake, User};
use tokio::process::{Child, Command};
use tokio::time::timeout;

const ANN: i64 = 1001;
const SECRET: &str = "s3cret_for-hooks";
/// Node starts slowly on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A fake, and the judge that talks to it.
struct Court {
    fake: TelegramFake,
    ann: User,
    judge: Child,
}

impl Court {
    async fn opens(mode: &str) -> Self {
        let fake = TelegramFake::start().await.unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tools = here.join("../ci/node");
        assert!(
            tools.join("node_modules/grammy").exists(),
            "grammy is missing in {}: `cargo xtask ci` installs it",
            tools.display()
        );
        let node = std::env::var_os("TIDEGATE_NODE").unwrap_or_else(|| "node".into());
        let judge = Command::new(&node)
            .arg(here.join("tests/js/telegram.mjs"))
            .arg(mode)
            .env("ROOT", fake.root())
            .env("TOKEN", fake.token())
            .env("CI_NODE", &tools)
            .env("SECRET", SECRET)
            .stdin(Stdio::piped())
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start ({error})", node.display()));
        Self {
            fake,
            ann: User::new(ANN, "Ann"),
            judge,
        }
    }

    fn say(&self, text: &str) -> i64 {
        self.fake.say(ANN, &self.ann, text).message_id
    }

    /// Waits for a message in the chat.
    async fn sees(&self, what: &str, is_it: impl Fn(&Message) -> bool) -> Message {
        let look = |fake: &TelegramFake| fake.messages(ANN).into_iter().find(|it| is_it(it));
        let seen = self.fake.wait_for(PATIENCE, look).await;
        seen.unwrap_or_else(|error| panic!("{what}: {error}; {:#?}", self.fake.calls()))
    }

    async fn hears(&self, text: &str) -> Message {
        self.sees(text, |it| it.from.is_bot && it.text == text)
            .await
    }

    /// The judge goes home by itself once its standard input has ended.
    async fn closes(mut self) -> TelegramFake {
        drop(self.judge.stdin.take());
        let status = timeout(PATIENCE, self.judge.wait()).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
        self.fake
    }
}

#[tokio::test]
async fn a_polling_bot_finds_everything_as_it_should_be() {
    let court = Court::opens("poll").await;

    let start = court.say("/start");
    let hello = court.hears("Hello & welcome").await;
    assert_eq!(hello.reply_to, Some(start));
    let marks: Vec<_> = hello
        .entities
        .iter()
        .map(|entity| (&*entity.kind, entity.offset, entity.length))
        .collect();
    assert_eq!(marks, [("bold", 0, 5), ("italic", 8, 7)]);

    court.say("photo");
    let photo = court.hears("a dot").await;
    assert_eq!(photo.kind(), "photo");
    let bytes = court.fake.file(photo.file_id().unwrap()).unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));

    court.say("album");
    court.hears("album of 2").await;
    let (first, second) = (court.hears("first").await, court.hears("second").await);
    assert!(first.album.is_some());
    assert_eq!(first.album, second.album);

    court.say("edit");
    let edited = court.hears("final").await;
    assert_eq!(edited.former.first().unwrap().text, "draft");

    let reacted = court.say("react");
    court
        .sees("a reaction", |it| {
            it.id == reacted && !it.reactions.is_empty()
        })
        .await;

    court.say("button");
    let asked = court.hears("Sure?").await;
    let query = court.fake.press(ANN, asked.id, &court.ann, "yes").unwrap();
    let done = court.hears("Done.").await;
    assert_eq!((done.id, done.buttons), (asked.id, None));
    assert_eq!(court.fake.query_answer(&query).as_deref(), Some("got yes"));

    court
        .fake
        .react(ANN, hello.id, &court.ann, &["🔥"])
        .unwrap();
    court.hears("you reacted 🔥").await;

    let document = Incoming::document("notes.txt", "text/plain", &b"remember"[..]);
    court.fake.send(ANN, &court.ann, &document);
    court.hears("notes.txt: remember").await;

    let retry_after = Duration::from_secs(3);
    court
        .fake
        .fail_next("sendMessage", Fault::TooMany { retry_after });
    court.say("flood");
    court.hears("429, wait 3").await;

    court.say("bad markup");
    let why = "Bad Request: can't parse entities: Unsupported start tag \"p\" at byte offset 0";
    court.hears(why).await;

    // The bot confirms what it has seen before it goes.
    let fake = court.closes().await;
    assert_eq!(fake.pending_updates(), 0);
    assert!(matches!(photo.content, Content::Media { .. }));
}

#[tokio::test]
async fn a_bot_behind_a_webhook_gets_its_updates() {
    let court = Court::opens("webhook").await;
    let calls = |fake: &TelegramFake| fake.calls_of("setWebhook").pop();
    court.fake.wait_for(PATIENCE, calls).await.unwrap();
    court.say("one");
    court.hears("echo one").await;
    let asked = {
        court.say("button");
        court.hears("Sure?").await
    };
    court.fake.press(ANN, asked.id, &court.ann, "yes").unwrap();
    court.hears("Done.").await;
    let fake = court.closes().await;
    assert_eq!(fake.calls_of("deleteWebhook").len(), 1);
    assert_eq!(fake.calls_of("getUpdates").len(), 0);
}
