//! Pictures and films of ffmpeg's own test pattern, and of a screen that exists only in memory.

use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::rig::{Rig, until};

fn bytes(media: &Value) -> Vec<u8> {
    use base64::Engine;
    let text = media["base64"].as_str().unwrap();
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// What ffprobe says of a film: codec, width, height and length.
fn probe(film: &[u8]) -> Value {
    let kept = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(kept.path(), film).unwrap();
    let done = std::process::Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_streams",
            "-show_format",
        ])
        .arg(kept.path())
        .output()
        .unwrap();
    serde_json::from_slice(&done.stdout).unwrap()
}

fn seconds(probed: &Value) -> f64 {
    probed["format"]["duration"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

fn cameras() -> Value {
    let pattern =
        |size: &str| json!({"format": "lavfi", "source": format!("testsrc=size={size}:rate=15")});
    json!({
        "canvas": {"enabled": false},
        "camera": {
            "devices": [
                {"id": "one", "name": "First", "position": "front", "input": pattern("321x243")},
                {"id": "two", "name": "Second", "position": "back", "input": pattern("640x480")},
                {"id": "endless", "name": "Third", "input": {"format": "lavfi", "source": "testsrc=size=64x64,realtime"}},
                {"id": "broken", "name": "Fourth", "input": {"format": "v4l2", "source": "/dev/null"}},
            ],
            "audio": {"format": "lavfi", "source": "sine=frequency=440"},
        },
    })
}

#[tokio::test]
async fn cameras_take_pictures_and_films() {
    let (rig, mut node) = Rig::start(cameras()).await;
    assert!(
        node.params["caps"]
            .as_array()
            .unwrap()
            .contains(&json!("camera"))
    );
    assert_eq!(node.params["permissions"]["camera"], true);
    let list = node.good("camera.list", json!({})).await;
    assert_eq!(
        list["devices"][0],
        json!({"id": "one", "name": "First", "position": "front", "deviceType": "lavfi"})
    );

    let picture = node.good("camera.snap", json!({})).await;
    assert_eq!(
        (&picture["format"], &picture["width"], &picture["height"]),
        (&json!("jpg"), &json!(321), &json!(243))
    );
    assert!(bytes(&picture).starts_with(&[0xff, 0xd8, 0xff]));
    let back = node
        .good(
            "camera.snap",
            json!({"facing": "back", "maxWidth": 100, "delayMs": 200, "quality": 0.1}),
        )
        .await;
    assert_eq!((&back["width"], &back["height"]), (&json!(100), &json!(75)));
    assert!(bytes(&back).len() < bytes(&picture).len());

    let film = node
        .good(
            "camera.clip",
            json!({"deviceId": "one", "durationMs": 1_000}),
        )
        .await;
    let probed = probe(&bytes(&film));
    let kinds: Vec<_> = probed["streams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["codec_name"].clone())
        .collect();
    assert_eq!(kinds, ["h264", "aac"]);
    assert_eq!(probed["streams"][0]["width"], 320);
    assert!((0.9..1.3).contains(&seconds(&probed)), "{probed}");
    assert_eq!(
        (&film["hasAudio"], &film["durationMs"]),
        (&json!(true), &json!(1_000))
    );
    let silent = node
        .good(
            "camera.clip",
            json!({"durationMs": 200, "includeAudio": false}),
        )
        .await;
    assert_eq!(
        probe(&bytes(&silent))["streams"].as_array().unwrap().len(),
        1
    );

    for (command, params, code) in [
        ("camera.snap", json!({"deviceId": "three"}), "NOT_FOUND"),
        ("camera.snap", json!({"format": "png"}), "INVALID_REQUEST"),
        ("camera.snap", json!({"facing": "up"}), "INVALID_REQUEST"),
        ("camera.clip", json!({"format": "webm"}), "INVALID_REQUEST"),
        ("camera.clip", json!({"deviceId": "broken"}), "UNAVAILABLE"),
        ("screen.record", json!({}), "UNKNOWN_COMMAND"),
    ] {
        node.refused(command, params, code).await;
    }
    assert_eq!(std::fs::read_dir(rig.path("scratch")).unwrap().count(), 0);
    rig.stopped().await;
}

#[tokio::test]
async fn a_camera_is_off_when_nobody_waits() {
    let (rig, mut node) = Rig::start(cameras()).await;
    let scratch = rig.path("scratch");
    let filming = || crate::rig::alive(scratch.to_str().unwrap());
    let params = json!({"deviceId": "endless", "durationMs": 60_000});
    node.ask("camera.clip", params.clone(), 2_000).await;
    let late = node.result().await.unwrap();
    assert_eq!(late["error"]["code"], "TIMEOUT");
    until(|| filming() == 0).await;
    node.ask("camera.clip", params, 60_000).await;
    until(|| filming() > 0).await;
    drop(node);
    until(|| filming() == 0).await;
    rig.stopped().await;
}

/// An X server without a screen, on a number that it finds itself.
async fn screen() -> (Child, String) {
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut server = Command::new("Xvfb")
        .args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "320x240x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(writer)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let read = move || {
        let mut text = String::new();
        let mut byte = [0];
        while reader.read(&mut byte).unwrap() == 1 && byte != *b"\n" {
            text.push(char::from(byte[0]));
        }
        text
    };
    let number = tokio::task::spawn_blocking(read).await.unwrap();
    assert_eq!(server.try_wait().unwrap(), None);
    (server, format!(":{number}"))
}

#[tokio::test]
async fn a_screen_is_filmed() {
    let (_server, display) = screen().await;
    let config = json!({
        "canvas": {"enabled": false},
        "screen": {"inputs": [{"format": "x11grab", "source": display}]},
    });
    let (rig, mut node) = Rig::start(config).await;
    let film = node
        .good("screen.record", json!({"durationMs": 1_000, "fps": 5}))
        .await;
    assert_eq!(
        (
            &film["format"],
            &film["fps"],
            &film["screenIndex"],
            &film["hasAudio"]
        ),
        (&json!("mp4"), &json!(5.0), &json!(0), &json!(false))
    );
    let probed = probe(&bytes(&film));
    assert_eq!(
        (
            &probed["streams"][0]["width"],
            &probed["streams"][0]["height"]
        ),
        (&json!(320), &json!(240))
    );
    assert_eq!(probed["streams"][0]["r_frame_rate"], "5/1");
    assert!((0.8..1.5).contains(&seconds(&probed)), "{probed}");
    node.refused("screen.record", json!({"screenIndex": 1}), "NOT_FOUND")
        .await;
    node.refused("screen.record", json!({"fps": 0}), "INVALID_REQUEST")
        .await;
    rig.stopped().await;
}
