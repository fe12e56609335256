//! What an address let out ends with it, also what is on its way (SECURITY T18, T35).

use std::time::Duration;

use serde_json::json;
use tidegate_core::clock::millis;

use super::{READ, Scene, open, path};
use crate::common::{Client, Device, Raw, asks, jump};

/// Larger than what the systems on the way keep for a reader.
const FILM_BYTES: u64 = 32 << 20;
/// What a reader takes before something happens.
const BEGINNING: usize = 256 * 1024;

/// A canvas with a large file on it; the name of the file.
async fn with_film(scene: &Scene) -> &'static str {
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "main").await;
    let film = std::fs::File::create(folder.join("film.bin")).unwrap();
    film.set_len(FILM_BYTES).unwrap();
    "film.bin"
}

/// A reader that took the beginning of a file, and no more.
async fn begun(scene: &Scene, path: &str) -> Raw {
    let mut raw = Raw::narrow(scene.edge.canvas_addr).await;
    begin(scene, &mut raw, path).await;
    assert!(raw.gather(BEGINNING).await);
    raw
}

async fn begin(scene: &Scene, raw: &mut Raw, path: &str) {
    let addr = scene.edge.canvas_addr;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n\r\n");
    raw.write(request.as_bytes()).await;
    let head = raw.http_head().await.unwrap();
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
}

/// How many bytes a reader gets in all.
async fn all(raw: &mut Raw) -> u64 {
    raw.rest().await.len() as u64
}

/// T35, T18: what a device is downloading ends with its right, over whatever connection it asked.
#[tokio::test]
async fn t35_a_download_ends_with_the_right_of_its_device() {
    let scene = Scene::new().await;
    let film = with_film(&scene).await;
    for keep in [false, true] {
        let device = Device::number(7);
        let mut phone = Client::open(scene.edge.addr).await;
        let hello = phone.connect_as(&device, &asks(4, READ)).await;
        assert_eq!(hello["ok"], true, "{hello}");
        let params = json!({ "sessionKey": "main", "keep": keep });
        let opened = phone.get("canvas.open", params).await;
        let mut reader = begun(&scene, &format!("{}{film}", path(&opened))).await;
        if keep {
            phone.leave().await;
            assert_eq!(scene.at(&opened).await.status, 200, "it was kept");
        }
        let mut owner = scene.owner().await;
        let revoke = json!({ "deviceId": device.id(), "role": "operator" });
        owner.get("device.token.revoke", revoke).await;
        // A kept one is noticed within a second.
        jump(Duration::from_secs(1)).await;
        let got = all(&mut reader).await;
        assert!(got < FILM_BYTES, "keep {keep}: all of it came");
        assert_eq!(scene.at(&opened).await.status, 401, "keep {keep}");
    }
    scene.edge.stopped().await;
}

#[tokio::test]
async fn t35_a_download_ends_with_its_connection_and_with_its_time() {
    let scene = Scene::new().await;
    let film = with_film(&scene).await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let mut reader = begun(&scene, &format!("{}{film}", path(&opened))).await;
    owner.leave().await;
    assert!(all(&mut reader).await < FILM_BYTES);

    let mut owner = scene.owner().await;
    let params = json!({ "sessionKey": "main", "keep": true });
    let kept = owner.get("canvas.open", params).await;
    let mut reader = begun(&scene, &format!("{}{film}", path(&kept))).await;
    scene.edge.clock.advance_ms(millis(Duration::from_hours(1)));
    jump(Duration::from_secs(1)).await;
    assert!(all(&mut reader).await < FILM_BYTES);
    scene.edge.stopped().await;
}

#[tokio::test]
async fn who_takes_a_download_too_slowly_loses_it_and_who_takes_it_gets_it_whole() {
    let scene = Scene::new().await;
    let film = with_film(&scene).await;
    let mut owner = scene.owner().await;
    let params = json!({ "sessionKey": "main", "keep": true });
    let opened = owner.get("canvas.open", params).await;
    let film = format!("{}{film}", path(&opened));
    let mut slow = begun(&scene, &film).await;
    let mut whole = Raw::dial(scene.edge.canvas_addr).await;
    begin(&scene, &mut whole, &film).await;
    let bytes = usize::try_from(FILM_BYTES).unwrap();
    assert_eq!(whole.exactly(bytes).await.len(), bytes);
    // 30 seconds, and one for each 32 KiB.
    jump(Duration::from_secs(30 + FILM_BYTES / (32 * 1024))).await;
    assert!(all(&mut slow).await < FILM_BYTES);
    scene.edge.stopped().await;
}

#[tokio::test]
async fn a_kept_address_outlives_its_connection_and_nothing_else() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let params = json!({ "sessionKey": "main", "keep": true });
    let kept = owner.get("canvas.open", params).await;
    owner.leave().await;
    let nine = millis(Duration::from_mins(9));
    for _ in 0..6 {
        assert_eq!(scene.at(&kept).await.status, 200, "it is in use");
        scene.edge.clock.advance_ms(nine);
    }
    assert_eq!(scene.at(&kept).await.status, 200);
    scene.edge.clock.advance_ms(nine);
    assert_eq!(scene.at(&kept).await.status, 401, "an hour is over");

    let mut owner = scene.owner().await;
    let kept = owner
        .get("canvas.open", json!({ "sessionKey": "main", "keep": true }))
        .await;
    scene.edge.clock.advance_ms(millis(Duration::from_mins(10)));
    assert_eq!(scene.at(&kept).await.status, 401, "nobody used it");
    scene.edge.stopped().await;
}
