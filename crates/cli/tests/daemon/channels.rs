//! The commands about chat networks, with the real binary and an imitation of a network.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{TelegramFake, User};

use crate::cli::{DENIED, fails};
use crate::home::{Gateway, Home, Ran};

const DONE: Option<i32> = Some(0);
const FAILED: Option<i32> = Some(1);
const USAGE: Option<i32> = Some(2);
const SOON: Duration = Duration::from_secs(20);

/// What a command printed for programs.
fn told(ran: &Ran) -> Value {
    assert_eq!(ran.code, DONE, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|why| panic!("{why}: {ran:?}"))
}

fn config(home: &Home) -> String {
    std::fs::read_to_string(home.state().join("tidegate.json")).unwrap_or_default()
}

/// Puts a token into a file, and connects an account by it.
async fn add(home: &Home, fake: &TelegramFake, token: &str, more: &[&str]) -> Ran {
    let file = home.path().join("token.txt");
    std::fs::write(&file, format!("{token}\n")).unwrap();
    let root = fake.root();
    let file = file.display().to_string();
    let mut args = vec!["channels", "add", "telegram", "--token-file", &file];
    args.extend(["--api-root", &root]);
    args.extend(more);
    home.run(&args).await
}

/// Asks the gateway until it says what is wanted.
async fn ask_until(
    home: &Home,
    gateway: &Gateway,
    args: &[&str],
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let asking = async {
        loop {
            let answer = told(&home.ask(gateway, args).await);
            if wanted(&answer) {
                return answer;
            }
        }
    };
    let said = tokio::time::timeout(SOON, asking).await;
    said.unwrap_or_else(|_| panic!("{args:?} never says it"))
}

#[tokio::test]
async fn an_account_is_checked_before_anything_is_written() {
    let fake = TelegramFake::start().await.unwrap();
    let home = Home::new();
    let wrong = add(
        &home,
        &fake,
        "7000000001:wrong-wrong-wrong-wrong-wrong-wrong",
        &[],
    )
    .await;
    assert_eq!(wrong.code, DENIED, "{wrong:?}");
    assert!(wrong.stderr.contains("nothing was written"), "{wrong:?}");
    assert!(!home.state().join("secrets").exists());
    assert!(!config(&home).contains("botToken"));

    let unknown = home.run(&["channels", "add", "pigeon"]).await;
    fails(&unknown, USAGE, &["pigeon", "telegram"]);
    let nobody = home.run(&["channels", "add", "telegram"]).await;
    fails(&nobody, USAGE, &["no terminal", "--token-file"]);
    let bad = add(&home, &fake, fake.token(), &["--account", "Work/../x"]).await;
    assert_eq!(bad.code, USAGE, "{bad:?}");

    let added = add(&home, &fake, fake.token(), &["--name", "Desk", "--json"]).await;
    let added = told(&added);
    assert_eq!(added["bot"]["id"], fake.bot().id.to_string());
    let secret = home.state().join("secrets/telegram-default.token");
    assert_eq!(
        std::fs::read_to_string(&secret).unwrap().trim(),
        fake.token()
    );
    let mode = std::fs::metadata(&secret).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = config(&home);
    assert!(!text.contains(fake.token()), "{text}");
    assert!(text.contains(&secret.display().to_string()), "{text}");
    assert_eq!(
        told(&home.run(&["config", "validate", "--json"]).await)["valid"],
        true
    );

    let again = add(&home, &fake, fake.token(), &[]).await;
    fails(&again, USAGE, &["connected already", "channels login"]);
    let second = add(&home, &fake, fake.token(), &["--account", "work"]).await;
    assert_eq!(second.code, DONE, "{second:?}");

    for (account, left) in [("work", true), ("default", false)] {
        let gone = home
            .run(&["channels", "remove", "telegram", "--account", account])
            .await;
        assert_eq!(gone.code, DONE, "{gone:?}");
        assert!(gone.stderr.contains("--forget-senders"), "{gone:?}");
        let file = format!("secrets/telegram-{account}.token");
        assert!(!home.state().join(file).exists());
        assert_eq!(secret.exists(), left);
    }
    let text = config(&home);
    assert!(!text.contains("botToken"), "{text}");
    let none = home.run(&["channels", "remove", "telegram"]).await;
    assert_eq!(none.code, USAGE, "{none:?}");
    let none = home.run(&["channels", "login", "telegram"]).await;
    fails(&none, USAGE, &["not in the configuration", "channels add"]);
}

#[tokio::test]
async fn a_secret_may_stay_in_the_environment() {
    let fake = TelegramFake::start().await.unwrap();
    let home = Home::new();
    let root = fake.root();
    let args = [
        "channels",
        "add",
        "telegram",
        "--token-env",
        "BOT",
        "--api-root",
        &root,
    ];
    let missing = home.run(&args).await;
    assert_ne!(missing.code, DONE, "{missing:?}");
    let mut command = home.command(&args);
    command.env("BOT", fake.token());
    let added = crate::home::ran(command).await;
    assert_eq!(added.code, DONE, "{added:?}");
    assert!(!home.state().join("secrets").exists());
    assert!(config(&home).contains("\"env\""), "{}", config(&home));
    assert!(!config(&home).contains(fake.token()));
}

#[tokio::test]
async fn from_a_stranger_to_an_answer_that_can_be_followed() {
    let fake = TelegramFake::start().await.unwrap();
    let home = Home::new();
    assert_eq!(add(&home, &fake, fake.token(), &[]).await.code, DONE);
    let gateway = home.start().await;
    let ask = async |args: &[&str]| home.ask(&gateway, args).await;

    ask_until(&home, &gateway, &["channels", "--json"], |all| {
        all["channelAccounts"]["telegram"][0]["state"] == "live"
    })
    .await;
    let list = ask(&["channels", "list"]).await;
    assert!(list.stdout.contains("telegram/default"), "{list:?}");
    let test = ask(&["channels", "test"]).await;
    assert_eq!(test.code, DONE, "{test:?}");
    assert!(test.stdout.contains("✓ telegram/default"), "{test:?}");

    let ana = User::new(42, "Ana");
    fake.say(42, &ana, "hello?");
    let waiting = ask_until(&home, &gateway, &["pairing", "list", "--json"], |list| {
        list["requests"][0]["senderId"] == "42"
    })
    .await;
    let code = waiting["requests"][0]["code"].as_str().unwrap();
    let shown = fake
        .wait_for(SOON, |fake| fake.bot_messages(42).into_iter().next())
        .await
        .unwrap();
    assert!(shown.text.contains(code), "{}", shown.text);
    let wrong = ask(&["pairing", "approve", "telegram", "AAAA-AAAA"]).await;
    assert_eq!(wrong.code, FAILED, "{wrong:?}");
    let let_in = ask(&["pairing", "approve", "telegram", code, "--owner"]).await;
    assert_eq!(let_in.code, DONE, "{let_in:?}");
    assert!(let_in.stdout.contains("as the owner"), "{let_in:?}");
    let senders = ask(&["pairing", "senders"]).await;
    assert!(senders.stdout.contains("42"), "{senders:?}");

    let asked = fake.say(42, &ana, "/status");
    let id = asked.message_id.to_string();
    let traced = ask_until(
        &home,
        &gateway,
        &[
            "gateway",
            "call",
            "messages.trace",
            "--params",
            &json!({ "id": id }).to_string(),
        ],
        |found| {
            let parts = &found["messages"][0]["parts"];
            parts.as_array().is_some_and(|parts| {
                !parts.is_empty() && parts.iter().all(|part| part["state"] == "sent")
            })
        },
    )
    .await;
    assert_eq!(traced["messages"][0]["inbound"]["senderId"], "42");
    let trace = ask(&["trace", &id]).await;
    assert_eq!(trace.code, DONE, "{trace:?}");
    for words in ["42 sent it", "stored here", "taken by the network"] {
        assert!(trace.stdout.contains(words), "{words}: {trace:?}");
    }
    let none = ask(&["trace", "404404"]).await;
    fails(&none, FAILED, &["404404"]);

    let sent = ask(&[
        "message",
        "send",
        "--channel",
        "telegram",
        "--target",
        "42",
        "-m",
        "news",
        "--json",
    ])
    .await;
    let sent = told(&sent);
    assert_eq!(sent["chatId"], "42");
    let newest = fake.bot_messages(42).pop().unwrap();
    assert_eq!(
        (newest.text.as_str(), newest.id.to_string()),
        ("news", sent["messageId"].as_str().unwrap().to_owned())
    );
    assert_eq!(gateway.stop().await.code(), DONE);
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_or_dropped_and_a_log_out_deletes_the_secret() {
    let fake = TelegramFake::start().await.unwrap();
    let home = Home::new();
    assert_eq!(add(&home, &fake, fake.token(), &[]).await.code, DONE);
    let gateway = home.start().await;
    let ask = async |args: &[&str]| home.ask(&gateway, args).await;
    ask_until(&home, &gateway, &["channels", "--json"], |all| {
        all["channelAccounts"]["telegram"][0]["state"] == "live"
    })
    .await;
    // A chat that the bot was never in.
    for text in ["one", "two"] {
        let refused = ask(&[
            "message",
            "send",
            "--channel",
            "telegram",
            "--to",
            "-999",
            "-m",
            text,
        ])
        .await;
        assert_eq!(refused.code, FAILED, "{refused:?}");
    }
    let dead = told(&ask(&["outbox", "--json"]).await);
    let numbers: Vec<String> = dead["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| part["no"].to_string())
        .collect();
    assert_eq!(numbers.len(), 2, "{dead}");
    let page = ask(&["outbox", "list"]).await;
    assert!(page.stdout.contains("telegram/default -999"), "{page:?}");
    let dropped = ask(&["outbox", "drop", &numbers[0], "--json"]).await;
    assert_eq!(told(&dropped)["dropped"], json!([dead["parts"][0]["no"]]));
    let twice = ask(&["outbox", "drop", &numbers[0]]).await;
    fails(&twice, FAILED, &["not among those that were given up"]);
    fake.group(-999, "Family");
    let retried = ask(&["outbox", "retry", &numbers[1]]).await;
    assert_eq!(retried.code, DONE, "{retried:?}");
    let said = fake
        .wait_for(SOON, |fake| fake.bot_messages(-999).into_iter().next())
        .await
        .unwrap();
    assert_eq!(said.text, "one");

    let secret = home.state().join("secrets/telegram-default.token");
    let left = told(&ask(&["channels", "logout", "telegram", "--json"]).await);
    assert_eq!(
        (&left["cleared"], &left["loggedOut"]),
        (&json!(true), &json!(true))
    );
    assert!(!secret.exists());
    let test = ask(&["channels", "list"]).await;
    assert!(test.stdout.contains("needs-login"), "{test:?}");
    let file = home.path().join("token.txt").display().to_string();
    let login = home
        .run(&["channels", "login", "telegram", "--token-file", &file])
        .await;
    assert_eq!(login.code, DONE, "{login:?}");
    assert!(secret.exists());
    assert_eq!(gateway.stop().await.code(), DONE);
}
