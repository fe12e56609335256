//! Files, both ways: whole or not at all, and the token never to another host.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tempfile::TempDir;
use tidegate_channels::slack::{Slack, SlackSettings};
use tidegate_core::channel::{
    Attempt, Body, Channel as _, ChannelError, InboundMedia, MediaKind, OutboundMedia, OutboundPart,
};
use tidegate_core::{Clock as _, Secret, SystemClock};
use tidegate_fakes::common::Fault;
use tidegate_fakes::slack::names::{ALICE, GENERAL};
use tidegate_fakes::slack::{NewFile, SlackFake};

use crate::contract::{attempt, text};
use crate::rig::{fake, settings, slack, target};

const BYTES: usize = 100_000;

fn content() -> Vec<u8> {
    (0..=255).cycle().take(BYTES).collect()
}

fn part(path: &Path) -> OutboundPart {
    OutboundPart {
        body: Body::Media {
            media: OutboundMedia {
                kind: MediaKind::Document,
                path: path.into(),
                name: "tides.bin".into(),
                mime: "application/octet-stream".into(),
                bytes: BYTES as u64,
            },
            markdown: "*today*".into(),
        },
        ..text("")
    }
}

/// A network, our account on it, and a folder with a file to send.
struct Desk {
    fake: SlackFake,
    slack: Arc<Slack>,
    folder: TempDir,
    path: PathBuf,
}

impl Desk {
    async fn open() -> Self {
        let fake = fake().await;
        let slack = slack(settings(&fake));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("to send");
        std::fs::write(&path, content()).unwrap();
        Self {
            fake,
            slack,
            folder,
            path,
        }
    }
}

/// A file that Alice shared, as it arrives.
fn shared(fake: &SlackFake, mimetype: &str) -> InboundMedia {
    let file = NewFile {
        name: "tides.bin".into(),
        mimetype: mimetype.into(),
        bytes: Bytes::from(content()),
    };
    fake.share_file(GENERAL, ALICE, file, "").unwrap();
    let message = fake.messages(GENERAL).pop().unwrap();
    let word = |name: &str| message.files[0][name].as_str().unwrap().to_owned();
    InboundMedia {
        kind: MediaKind::Document,
        handle: word("url_private"),
        name: None,
        mime: Some(mimetype.into()),
        bytes: Some(BYTES as u64),
    }
}

#[tokio::test]
async fn an_upload_that_breaks_shows_nothing() {
    let Desk {
        fake,
        slack,
        path,
        folder: _folder,
    } = Desk::open().await;
    let faults = [
        Fault::CutBeforeStoring,
        Fault::CutAfterStoring,
        Fault::CutInAnswer { after_bytes: 30 },
        Fault::Status(503),
    ];
    for step in ["files.getUploadURLExternal", "files.upload"] {
        for fault in &faults {
            fake.faults().next(step, fault.clone());
            let to = target(GENERAL, None);
            let sent = slack.send(&to, &part(&path), &attempt("1")).await;
            // The bytes arrived, whatever came of the words that say so.
            let arrived = step == "files.upload" && *fault == faults[2];
            if !arrived {
                assert!(
                    matches!(sent, Err(ChannelError::Unreachable(_))),
                    "{step} {fault:?}: {sent:?}"
                );
                assert!(fake.messages(GENERAL).is_empty());
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_may_have_arrived_is_looked_for_first() {
    let Desk {
        fake,
        slack,
        path,
        folder: _folder,
    } = Desk::open().await;
    let to = target(GENERAL, None);
    fake.faults()
        .next("files.completeUploadExternal", Fault::CutAfterStoring);
    let lost = slack.send(&to, &part(&path), &attempt("1")).await;
    assert!(matches!(lost, Err(ChannelError::Unknown(_))), "{lost:?}");
    let again = Attempt {
        key: "1".into(),
        maybe_sent_since_ms: Some(SystemClock.now_ms() - 1000),
        known: Vec::new(),
    };
    let found = slack.send(&to, &part(&path), &again).await.unwrap();
    let all = fake.messages(GENERAL);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].ts, found.message_id);
}

#[tokio::test]
async fn the_same_file_of_another_part_is_not_taken_for_it() {
    let Desk {
        fake,
        slack,
        path,
        folder: _folder,
    } = Desk::open().await;
    let to = target(GENERAL, None);
    let other = slack.send(&to, &part(&path), &attempt("1")).await.unwrap();
    let again = |known: &[&str]| Attempt {
        key: "2".into(),
        maybe_sent_since_ms: Some(SystemClock.now_ms() - 1000),
        known: known.iter().map(|id| (*id).to_owned()).collect(),
    };
    let known = again(&[&other.message_id]);
    let sent = slack.send(&to, &part(&path), &known).await.unwrap();
    assert_ne!(sent, other);
    assert_eq!(fake.messages(GENERAL).len(), 2);
    // Where the share could not be looked up, the receipt is the file's id.
    let files = fake.messages(GENERAL).into_iter();
    let files: Vec<_> = files
        .map(|message| message.files[0]["id"].as_str().unwrap().to_owned())
        .collect();
    let by_file = again(&[&files[0], &sent.message_id]);
    slack.send(&to, &part(&path), &by_file).await.unwrap();
    assert_eq!(fake.messages(GENERAL).len(), 3);
}

#[tokio::test]
async fn a_file_has_the_id_of_its_message() {
    let Desk {
        fake,
        slack,
        path,
        folder: _folder,
    } = Desk::open().await;
    let parent = fake.channel_message(GENERAL, ALICE, "send it").unwrap();
    let to = target(GENERAL, Some(&parent));
    let sent = slack.send(&to, &part(&path), &attempt("1")).await.unwrap();
    let last = fake.messages(GENERAL).pop().unwrap();
    assert_eq!(last.ts, sent.message_id);
    assert_eq!(last.thread_ts, Some(parent));
    // Where we may not look, the file is there all the same.
    fake.faults()
        .next("conversations.replies", Fault::Status(500));
    let sent = slack.send(&to, &part(&path), &attempt("2")).await.unwrap();
    assert!(sent.message_id.starts_with('F'), "{sent:?}");
    std::fs::write(&path, "").unwrap();
    let empty = slack.send(&to, &part(&path), &attempt("3")).await;
    assert!(matches!(empty, Err(ChannelError::Refused(_))), "{empty:?}");
}

#[tokio::test]
async fn the_token_never_leaves_slacks_host() {
    let Desk {
        fake,
        slack,
        folder,
        ..
    } = Desk::open().await;
    let media = shared(&fake, "application/octet-stream");
    let to = folder.path().join("file");
    slack.fetch(&media, &to, BYTES as u64).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), content());
    let asked = fake.downloads();
    assert_eq!(asked.len(), 3);
    for one in &asked {
        assert_eq!(one.authorization.is_some(), !one.off_host, "{one:?}");
    }
    assert!(asked[2].off_host);
    // An address that is not Slack's is not asked at all.
    let elsewhere = InboundMedia {
        handle: "http://127.0.0.1:9/files-pri/x".into(),
        ..media
    };
    let refused = slack.fetch(&elsewhere, &folder.path().join("x"), 10).await;
    assert!(
        matches!(refused, Err(ChannelError::Refused(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_login_page_is_not_the_file() {
    let fake = fake().await;
    let wrong = SlackSettings {
        bot_token: Secret::new("xoxb-1-2-wrong".into()),
        ..settings(&fake)
    };
    let slack = slack(wrong);
    let folder = tempfile::tempdir().unwrap();
    for mime in ["application/octet-stream", "text/html"] {
        let media = shared(&fake, mime);
        let to = folder.path().join("file");
        let fetched = slack.fetch(&media, &to, BYTES as u64).await;
        let error = fetched.unwrap_err();
        assert!(matches!(&error, ChannelError::NeedsSetup(_)), "{error:?}");
        assert!(error.to_string().contains("files:read"), "{error}");
        assert!(!to.exists());
    }
}

#[tokio::test]
async fn a_page_that_was_shared_is_a_file() {
    let Desk {
        fake,
        slack,
        folder,
        ..
    } = Desk::open().await;
    let media = shared(&fake, "text/html");
    let to = folder.path().join("page.html");
    slack.fetch(&media, &to, BYTES as u64).await.unwrap();
    assert_eq!(std::fs::read(&to).unwrap(), content());
}

#[tokio::test]
async fn buttons_go_with_a_file() {
    let Desk {
        fake,
        slack,
        path,
        folder: _folder,
    } = Desk::open().await;
    let button = tidegate_core::channel::Button {
        label: "Yes".into(),
        value: "yes".into(),
    };
    let with_button = OutboundPart {
        buttons: vec![vec![button]],
        ..part(&path)
    };
    slack
        .send(&target(GENERAL, None), &with_button, &attempt("1"))
        .await
        .unwrap();
    let call = fake.calls_of("files.completeUploadExternal").remove(0);
    assert_eq!(call.param("initial_comment"), None);
    let blocks: Value = serde_json::from_str(call.param("blocks").unwrap()).unwrap();
    assert_eq!(blocks[0]["text"]["text"], "_today_");
    assert_eq!(blocks[1]["elements"][0]["value"], "yes");
}
