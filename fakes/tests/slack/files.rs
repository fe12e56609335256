//! Uploads and downloads.

use bytes::Bytes;
use serde_json::{Value, json};
use tidegate_fakes::common::{Fault, Reply};
use tidegate_fakes::slack::names::{ALICE, ELSEWHERE, GENERAL};
use tidegate_fakes::slack::{Download, NewFile, SlackFake};

use crate::{ask, bearer, call_form};

async fn follow(fake: &SlackFake, mut url: String, token: impl Fn(&str) -> bool) -> Reply {
    loop {
        let header = bearer(fake.bot_token());
        let headers = [("Authorization", &*header)];
        let headers = if token(&url) { &headers[..] } else { &[] };
        let reply = ask("GET", &url, headers, b"").await.unwrap();
        let Some(next) = reply.header("location") else {
            return reply;
        };
        let root = fake.api_root().replace("/api/", "");
        url = match next.strip_prefix('/') {
            Some(path) => format!("{root}/{path}"),
            None => next.to_owned(),
        };
    }
}

fn share(fake: &SlackFake) -> (Value, String) {
    let file = NewFile {
        name: "Cat.PNG".to_owned(),
        mimetype: "image/png".to_owned(),
        bytes: Bytes::from_static(b"\x89PNG cat"),
    };
    let (_, id) = fake.share_file(GENERAL, ALICE, file, "look").unwrap();
    let shown = fake.messages(GENERAL)[0].files[0].clone();
    (shown, id)
}

#[tokio::test]
async fn a_download_leaves_the_host_and_shall_leave_the_token_behind() {
    let fake = SlackFake::start().await.unwrap();
    let (shown, id) = share(&fake);
    let host = fake.api_root().replace("/api/", "");
    for field in ["url_private", "url_private_download"] {
        let url = shown[field].as_str().unwrap().to_owned();
        let reply = follow(&fake, url, |url| url.starts_with(&host)).await;
        assert_eq!(reply.header("content-type"), Some("image/png"));
        assert_eq!(&*reply.body, b"\x89PNG cat");
    }
    let hops: Vec<_> = fake.downloads().iter().map(|hop| hop.off_host).collect();
    assert_eq!(hops, [false, false, true, false, true]);
    assert!(
        fake.downloads()
            .iter()
            .all(|hop| hop.off_host == hop.authorization.is_none())
    );

    // A client that carries it along is caught.
    let url = shown["url_private_download"].as_str().unwrap().to_owned();
    follow(&fake, url, |_| true).await;
    let leaked = Download {
        file: id,
        off_host: true,
        authorization: Some(bearer(fake.bot_token())),
        status: 200,
    };
    assert_eq!(fake.downloads().pop(), Some(leaked));
}

#[tokio::test]
async fn without_the_token_there_is_only_a_login_page() {
    let fake = SlackFake::start().await.unwrap();
    let (shown, _) = share(&fake);
    let url = shown["url_private"].as_str().unwrap().to_owned();
    let reply = follow(&fake, url.clone(), |_| false).await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.starts_with(b"<!DOCTYPE html>"));
    // Nor with a client that drops it at the first redirect.
    let reply = follow(&fake, url.clone(), |asked| asked == url).await;
    assert!(reply.body.starts_with(b"<!DOCTYPE html>"));
}

async fn reserve(fake: &SlackFake, length: usize) -> (String, String) {
    let form = format!("filename=a.txt&length={length}");
    let reserved = call_form(fake, "files.getUploadURLExternal", &form).await;
    let field = |name: &str| reserved[name].as_str().unwrap().to_owned();
    (field("upload_url"), field("file_id"))
}

async fn complete(fake: &SlackFake, id: &str, more: &str) -> Value {
    let form = format!("files=[{{\"id\":\"{id}\"}}]{more}");
    call_form(fake, "files.completeUploadExternal", &form).await
}

#[tokio::test]
async fn an_upload_is_seen_when_it_is_whole_and_complete() {
    let fake = SlackFake::start().await.unwrap();
    let (url, id) = reserve(&fake, 4).await;
    let place = format!("&channel_id={GENERAL}");
    assert_eq!(
        complete(&fake, &id, &place).await["error"],
        "file_not_found"
    );
    let half = ask("POST", &url, &[], b"hal").await.unwrap();
    assert_eq!(half.status, 400);
    fake.faults().next("files.upload", Fault::CutBeforeStoring);
    assert!(ask("POST", &url, &[], b"milk").await.is_err());
    assert_eq!(
        complete(&fake, &id, &place).await["error"],
        "file_not_found"
    );

    let whole = ask("POST", &url, &[], b"milk").await.unwrap();
    assert_eq!((whole.status, &*whole.body), (200, &b"OK - 4"[..]));
    assert!(fake.messages(GENERAL).is_empty());
    let elsewhere = format!("&channel_id={ELSEWHERE}");
    assert_eq!(
        complete(&fake, &id, &elsewhere).await["error"],
        "not_in_channel"
    );
    let nowhere = complete(&fake, &id, "&channel_id=C0NOWHERE1").await;
    assert_eq!(nowhere["error"], "invalid_channel");
    let done = complete(&fake, &id, &place).await;
    assert_eq!(done["files"][0]["id"], json!(id));
    assert_eq!(fake.messages(GENERAL)[0].files[0]["id"], json!(id));
    assert_eq!(
        complete(&fake, &id, &place).await["error"],
        "file_not_found"
    );
}

#[tokio::test]
async fn an_upload_of_nothing_is_refused() {
    let fake = SlackFake::start().await.unwrap();
    let refused = call_form(&fake, "files.getUploadURLExternal", "filename=a&length=0").await;
    assert_eq!(refused["error"], "invalid_arguments");
    let refused = call_form(&fake, "files.completeUploadExternal", "files=[]").await;
    assert_eq!(refused["error"], "invalid_arguments");
}
