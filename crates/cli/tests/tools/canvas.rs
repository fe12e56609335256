//! A model that uses the canvas, through the whole daemon: page, address, form, restart.

use serde_json::{Value, json};
use tidegate_testkit::in_time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{DIALECTS, House, call, text, words};

const PAGE: &str = "<!doctype html><h1>Tide table</h1>";

/// A form, as a model describes it.
fn form() -> Value {
    json!([
        { "version": "v0.9", "createSurface": { "surfaceId": "gate", "catalogId": "basic" } },
        { "version": "v0.9", "updateComponents": { "surfaceId": "gate", "components": [
            { "id": "root", "component": "Text", "text": "Close the gate?" },
        ] } },
    ])
}

/// GETs an address; status and body.
async fn get(url: &str) -> (u16, String) {
    let (authority, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    let talk = async {
        let mut stream = TcpStream::connect(authority).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = in_time("an answer", talk).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

async fn open(house: &mut House, keep: bool) -> Value {
    let params = json!({ "sessionKey": "main", "keep": keep });
    let answer = house.owner.request("canvas.open", params).await.unwrap();
    answer["payload"].clone()
}

async fn url(house: &mut House, keep: bool) -> String {
    open(house, keep).await["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_model_writes_a_page_shows_it_and_describes_a_form() {
    for dialect in DIALECTS {
        let mut house = House::open(dialect, |said| match said {
            "show me the tides" => call(
                "canvas",
                json!({ "action": "write", "path": "index.html", "content": PAGE }),
            ),
            said if said.contains("index.html has") => {
                call("canvas", json!({ "action": "present" }))
            }
            said if said.contains("was asked to show the canvas") => call(
                "canvas",
                json!({ "action": "a2ui_push", "messages": form() }),
            ),
            said if said.contains("\"surfaces\":[\"gate\"]") => {
                call("canvas", json!({ "action": "list" }))
            }
            said if said.contains("\"path\":\"index.html\"") => words("It is beside us."),
            other => panic!("{other}"),
        })
        .await;
        house.say("show me the tides").await;
        let shown = house
            .owner
            .wait_event("canvas.changed", |event| event["change"] == "present");
        let shown = shown.await.unwrap();
        assert_eq!(
            (&shown["view"], &shown["by"]),
            (&json!("page"), &json!("agent"))
        );
        let pushed = house
            .owner
            .wait_event("canvas.changed", |event| event["change"] == "push");
        assert_eq!(pushed.await.unwrap()["messages"], form());
        assert_eq!(house.ended().await["state"], "final");
        let results = house.history().await;
        let results = results.iter().filter(|one| one["role"] == "toolResult");
        assert_eq!(results.filter(|one| one["isError"] == false).count(), 4);
        let state = house
            .owner
            .request("canvas.state", json!({ "sessionKey": "main" }))
            .await;
        let state = state.unwrap()["payload"].clone();
        assert_eq!(
            (&state["page"], &state["messages"]),
            (&json!(true), &form())
        );

        let opened = url(&mut house, false).await;
        assert!(
            !opened.contains(&format!(":{}/", house.daemon.port())),
            "a port of its own"
        );
        let (status, page) = get(&opened).await;
        assert_eq!(status, 200);
        assert!(page.ends_with("<h1>Tide table</h1>"), "{page}");
        let (bare, _) = opened.split_once("/cap/").unwrap();
        assert_eq!(get(&format!("{bare}/canvas/index.html")).await.0, 401);
    }
}

#[tokio::test]
async fn a_model_is_told_what_it_may_not_write() {
    let mut house = House::open(DIALECTS[0], |said| match said {
        "go" => call(
            "canvas",
            json!({ "action": "write", "path": "../../tidegate.json", "content": "{}" }),
        ),
        said if said.contains("not a plain name") => {
            call("canvas", json!({ "action": "present", "node": "nobody" }))
        }
        said if said.contains("there is no node nobody") => words("Then not."),
        other => panic!("{other}"),
    })
    .await;
    let config = std::fs::read_to_string(house.daemon.state_dir().join("tidegate.json")).unwrap();
    house.say("go").await;
    assert_eq!(house.ended().await["state"], "final");
    let history = house.history().await;
    assert!(
        text(&history[2]).contains("Nothing was changed"),
        "{history:?}"
    );
    let after = std::fs::read_to_string(house.daemon.state_dir().join("tidegate.json")).unwrap();
    assert_eq!(after, config);
}

/// T35, T18: no address survives a restart, not even a kept one; the page itself does.
#[tokio::test]
async fn t35_no_address_survives_a_restart_and_the_page_does() {
    let mut house = House::open(DIALECTS[0], |said| match said {
        "write" => call(
            "canvas",
            json!({ "action": "write", "path": "index.html", "content": PAGE }),
        ),
        _ => words("Done."),
    })
    .await;
    house.say("write").await;
    assert_eq!(house.ended().await["state"], "final");
    let old = [url(&mut house, false).await, url(&mut house, true).await];
    for url in &old {
        assert_eq!(get(url).await.0, 200);
    }
    house.crash().await;
    let fresh = url(&mut house, false).await;
    // The canvas's own port may be another one now.
    let authority = fresh.split('/').nth(2).unwrap();
    for url in &old {
        let path = url.splitn(4, '/').nth(3).unwrap();
        assert_eq!(get(&format!("http://{authority}/{path}")).await.0, 401);
    }
    assert!(get(&fresh).await.1.ends_with("<h1>Tide table</h1>"));
}

/// `tidegate canvas`: the address outlives the command that asked for it.
#[tokio::test]
async fn the_command_line_gives_an_address_that_works_and_the_folder() {
    let mut house = House::open(DIALECTS[0], |_| words("Done.")).await;
    let folder = house.command(&["canvas", "path"]).await;
    assert_eq!(open(&mut house, false).await["folder"], folder.as_str());
    assert!(std::path::Path::new(&folder).starts_with(house.daemon.state_dir()));
    let url = house.command(&["canvas", "open", "--no-open"]).await;
    let (status, page) = get(&url).await;
    assert_eq!(status, 200, "{url}");
    assert!(page.contains("This canvas is empty"), "{page}");
    let json = house.command(&["canvas", "open", "notes", "--json"]).await;
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(get(told["url"].as_str().unwrap()).await.0, 200);
}
