//! Every network is connected, asked and taken out again by the same commands.

use serde_json::{Value, json};
use tidegate_fakes::discord::DiscordFake;
use tidegate_fakes::slack::SlackFake;
use tidegate_fakes::telegram::TelegramFake;

use crate::cli::{DENIED, fails};
use crate::home::{Home, Ran};

const DONE: Option<i32> = Some(0);
const USAGE: Option<i32> = Some(2);

/// A network, and the secrets of its usual way: argument, name of our file, secret.
struct Connected {
    id: &'static str,
    root: String,
    secrets: Vec<(&'static str, &'static str, String)>,
}

impl Connected {
    /// `channels add`, with those of the secrets that are wanted, and more.
    async fn add(&self, home: &Home, wanted: usize, more: &[&str]) -> Ran {
        let mut args = vec!["channels", "add", self.id, "--api-root", &self.root];
        let files: Vec<_> = self
            .secrets
            .iter()
            .take(wanted)
            .map(|(argument, _, secret)| (*argument, file(home, secret)))
            .collect();
        for (argument, path) in &files {
            args.extend([*argument, path]);
        }
        args.extend(more);
        home.run(&args).await
    }
}

/// A file with a secret.
fn file(home: &Home, secret: &str) -> String {
    let path = home.path().join(format!("given-{}", secret.len()));
    std::fs::write(&path, format!("{secret}\n")).unwrap();
    path.display().to_string()
}

fn slack_by_socket(fake: &SlackFake) -> Connected {
    Connected {
        id: "slack",
        root: fake.api_root(),
        secrets: vec![
            ("--token-file", "token", fake.bot_token().to_owned()),
            ("--app-token-file", "appToken", fake.app_token().to_owned()),
        ],
    }
}

fn config(home: &Home) -> String {
    std::fs::read_to_string(home.state().join("tidegate.json")).unwrap_or_default()
}

async fn told(home: &Home, args: &[&str]) -> Value {
    let ran = home.run(args).await;
    assert_eq!(ran.code, DONE, "{ran:?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[tokio::test]
async fn every_network_is_added_asked_and_removed() {
    let telegram = TelegramFake::start().await.unwrap();
    let discord = DiscordFake::start().await;
    let slack = SlackFake::start().await.unwrap();
    let networks = [
        Connected {
            id: "telegram",
            root: telegram.root(),
            secrets: vec![("--token-file", "token", telegram.token().to_owned())],
        },
        Connected {
            id: "discord",
            root: discord.api_root(),
            secrets: vec![("--token-file", "token", discord.token())],
        },
        slack_by_socket(&slack),
    ];
    let home = Home::new();
    for network in &networks {
        let added = network.add(&home, usize::MAX, &[]).await;
        assert_eq!(added.code, DONE, "{}: {added:?}", network.id);
        for (_, name, secret) in &network.secrets {
            let kept = home
                .state()
                .join(format!("secrets/{}-default.{name}", network.id));
            let kept = std::fs::read_to_string(kept).unwrap();
            assert_eq!(kept.trim(), secret);
            assert!(!config(&home).contains(secret));
        }
        let again = network.add(&home, usize::MAX, &[]).await;
        fails(&again, USAGE, &["connected already", "channels login"]);
    }
    let validated = told(&home, &["config", "validate", "--json"]).await;
    assert_eq!(validated["valid"], true, "{validated}");

    let gateway = home.start().await;
    let tested = home.ask(&gateway, &["channels", "test"]).await;
    assert_eq!(tested.code, DONE, "{tested:?}");
    for network in &networks {
        let known = format!("✓ {}/default", network.id);
        assert!(tested.stdout.contains(&known), "{tested:?}");
    }
    assert_eq!(gateway.stop().await.code(), DONE);

    for network in &networks {
        let gone = home.run(&["channels", "remove", network.id]).await;
        assert_eq!(gone.code, DONE, "{gone:?}");
        assert!(!config(&home).contains(network.id), "{}", config(&home));
    }
    let left = std::fs::read_dir(home.state().join("secrets")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn an_account_with_two_secrets_needs_both_and_may_get_one_anew() {
    let fake = SlackFake::start().await.unwrap();
    let slack = slack_by_socket(&fake);
    let home = Home::new();
    let half = slack.add(&home, 1, &[]).await;
    fails(&half, USAGE, &["Socket Mode", "--app-token-file"]);
    let signing = file(&home, fake.signing_secret());
    let unread = slack
        .add(&home, 2, &["--signing-secret-file", &signing])
        .await;
    assert_eq!(unread.code, USAGE, "{unread:?}");
    let said = "Slack by socket takes no --signing-secret";
    assert!(unread.stderr.contains(said), "{unread:?}");
    let no_such_way = slack.add(&home, 2, &["--mode", "polling"]).await;
    fails(&no_such_way, USAGE, &["socket, webhook"]);
    assert!(!config(&home).contains("slack"));

    assert_eq!(slack.add(&home, 2, &[]).await.code, DONE);
    let login = async |secret: &str| {
        let path = file(&home, secret);
        home.run(&["channels", "login", "slack", "--app-token-file", &path])
            .await
    };
    let wrong = login("xapp-1-A0-1-wrong").await;
    assert_eq!(wrong.code, DENIED, "{wrong:?}");
    let right = login(fake.app_token()).await;
    assert_eq!(right.code, DONE, "{right:?}");
    let kept = home.state().join("secrets/slack-default.appToken");
    let kept = std::fs::read_to_string(kept).unwrap();
    assert_eq!(kept.trim(), fake.app_token());
}

#[tokio::test]
async fn a_webhook_is_a_way_with_keys_of_its_own() {
    let slack = SlackFake::start().await.unwrap();
    let telegram = TelegramFake::start().await.unwrap();
    let home = Home::new();
    let (slack_root, telegram_root) = (slack.api_root(), telegram.root());
    let bot = file(&home, slack.bot_token());
    let signing = file(&home, slack.signing_secret());
    let url = "https://tide.test/webhooks/slack/default";
    let mut args = vec!["channels", "add", "slack", "--api-root", &slack_root];
    args.extend(["--mode", "webhook", "--token-file", &bot]);
    args.extend(["--signing-secret-file", &signing]);
    let no_url = home.run(&args).await;
    fails(&no_url, USAGE, &["/webhooks/slack/", "--webhook-url"]);
    args.extend(["--webhook-url", url]);
    let added = home.run(&args).await;
    assert_eq!(added.code, DONE, "{added:?}");
    assert!(config(&home).contains(url));

    let token = file(&home, telegram.token());
    let short = file(&home, "fifteen-letters");
    let mut args = vec!["channels", "add", "telegram", "--api-root", &telegram_root];
    args.extend([
        "--token-file",
        &token,
        "--webhook-url",
        "https://tide.test/t",
    ]);
    let with_short = [args.as_slice(), &["--webhook-secret-file", &short]].concat();
    let refused = home.run(&with_short).await;
    fails(&refused, USAGE, &["16 to 256"]);
    let long = file(&home, "sixteen-letters-");
    args.extend(["--webhook-secret-file", &long]);
    let added = home.run(&args).await;
    assert_eq!(added.code, DONE, "{added:?}");
    let validated = told(&home, &["config", "validate", "--json"]).await;
    assert_eq!(validated["valid"], true, "{validated}");
    let turned = home
        .run(&["channels", "add", "discord", "--webhook-url", url])
        .await;
    assert_eq!(turned.code, USAGE, "{turned:?}");
    assert!(
        turned.stderr.contains("takes no --webhook-url"),
        "{turned:?}"
    );
}

#[tokio::test]
async fn a_half_account_is_refused_with_what_it_lacks() {
    for (account, words) in [
        (
            json!({ "slack": { "botToken": "xoxb-1-2-s" } }),
            &[
                "channels.slack.appToken: missing: Slack by socket",
                "by webhook: botToken, signingSecret, webhookUrl",
            ][..],
        ),
        (
            json!({ "slack": { "botToken": "xoxb-1-2-s", "webhookUrl": "https://tide.test/s" } }),
            &["channels.slack.signingSecret: missing: Slack by webhook"],
        ),
        (
            json!({ "telegram": { "botToken": "42:AA", "webhookUrl": "https://tide.test/t" } }),
            &["channels.telegram.webhookSecret: missing: Telegram by webhook"],
        ),
        (
            json!({ "discord": {} }),
            &["channels.discord.token: missing: Discord by socket"],
        ),
    ] {
        let home = Home::configured(&json!({ "channels": account }));
        let ran = home.run(&["config", "validate"]).await;
        assert_ne!(ran.code, DONE, "{ran:?}");
        for word in words {
            assert!(ran.stdout.contains(word), "{word}: {ran:?}");
        }
    }
    let off = json!({ "channels": { "slack": { "enabled": false } } });
    let home = Home::configured(&off);
    let ran = home.run(&["config", "validate"]).await;
    assert_eq!(ran.code, DONE, "{ran:?}");
}
